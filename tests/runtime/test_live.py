"""Live updates: who may listen, what is said, and what a page that was away hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from conftest import NOW, Person, World, make_world
from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Session, Workspace
from fairlead.events.announce import announce
from fairlead.events.record import record
from fairlead.events.tenancy import tenant
from fairlead.live import STREAMS_OF_ONE_USER, Hub

PATIENCE_S = 30


@pytest.fixture
def world(committed: None) -> World:
    return make_world()


def cookie_of(person: Person) -> bytes:
    client = Client()
    client.force_login(person.user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


def _happen(person: Person) -> None:
    with tenant(person.member.workspace_id), transaction.atomic():
        workspace = Workspace.objects.get(pk=person.member.workspace_id)
        record("workspace.changed", workspace, actor=person.actor, now=NOW, changes={})


async def elsewhere(change: Callable[..., None], *arguments: Any) -> None:
    """Change something in another thread, with a database connection of its own that is closed afterwards."""

    def do() -> None:
        try:
            change(*arguments)
        finally:
            connection.close()

    await asyncio.to_thread(do)


async def happen(person: Person) -> None:
    """Something is recorded in the person's workspace."""
    await elsewhere(_happen, person)


@dataclass
class Page:
    """What an open page has received."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"]) if self.sent else 0

    @property
    def text(self) -> str:
        return b"".join(message["body"] for message in self.sent[1:]).decode()

    @property
    def topics(self) -> list[str]:
        lines = [line for line in self.text.splitlines() if line.startswith("data: ")]
        return [json.loads(line.removeprefix("data: "))["kind"] for line in lines]

    @property
    def last_id(self) -> str:
        return next(line for line in reversed(self.text.splitlines()) if line.startswith("id: ")).removeprefix("id: ")

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def hub_running(heartbeat_s: float = 15) -> AsyncIterator[Hub]:
    hub = Hub(heartbeat_s=heartbeat_s)
    hub.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not hub.listening:
                await asyncio.sleep(0.02)
        yield hub
    finally:
        await hub.stop()


@asynccontextmanager
async def page(
    hub: Hub, cookie: bytes, *, last_id: str = "", made: str = "", at: str = "", method: str = "GET"
) -> AsyncIterator[Page]:
    opened = Page()

    async def receive() -> dict[str, Any]:
        await opened.leave.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        opened.sent.append(message)

    headers = [(b"cookie", cookie), (b"last-event-id", last_id.encode())]
    scope = {"method": method, "headers": headers, "query_string": urlencode({"made": made, "at": at}).encode()}
    opened.task = asyncio.create_task(hub.serve(scope, receive, send))
    await opened.until(lambda: len(opened.sent) >= 2)
    yield opened
    opened.leave.set()
    await opened.task


def run(scenario: Callable[[], Any]) -> None:
    asyncio.run(scenario())


def test_a_page_hears_the_topic_of_each_change_in_its_workspace_and_nothing_else(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running() as hub, page(hub, bob) as seen:
            assert seen.status == 200
            await happen(world.charlie)
            await happen(world.alice)
            await seen.until(lambda: seen.topics != [])
            assert seen.topics == ["workspace"]
            assert "Acme" not in seen.text
            assert "changes" not in seen.text

    run(scenario)


def test_a_stranger_may_not_listen(world: World) -> None:
    async def scenario() -> None:
        async with hub_running() as hub:
            for cookie in (b"", b"fairlead=forged", b"\xff=;;;="):
                async with page(hub, cookie) as seen:
                    assert (seen.status, seen.text) == (401, "")
            assert hub.streams == {}

    run(scenario)


def test_only_reading_is_answered(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running() as hub, page(hub, bob, method="POST") as seen:
            assert seen.status == 405

    run(scenario)


def test_a_new_page_hears_what_happened_since_it_was_made(world: World) -> None:
    bob, then = cookie_of(world.bob), int(NOW.timestamp() * 1000)

    async def scenario() -> None:
        async with hub_running() as hub:
            await happen(world.alice)
            async with page(hub, bob, made=str(then - 60_000)) as late:
                await late.until(lambda: "workspace" in late.topics)
            for nothing_new in (str(then + 60_000), "-1", "9" * 20, "soon"):
                async with page(hub, bob, made=nothing_new) as seen:
                    assert (seen.status, seen.topics) == (200, [])

    run(scenario)


def test_a_page_that_was_away_hears_each_topic_that_it_missed_once(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running() as hub:
            async with page(hub, bob) as first:
                await happen(world.alice)
                await first.until(lambda: first.topics != [])
            for _ in range(3):
                await happen(world.alice)
            async with page(hub, bob, last_id=first.last_id) as again:
                await again.until(lambda: again.topics != [])
                assert again.topics == ["workspace"]
                assert int(again.last_id) == int(first.last_id) + 3
            assert hub.streams == {}

    run(scenario)


def test_a_stream_ends_when_its_session_does(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running(heartbeat_s=0.2) as hub, page(hub, bob) as seen:
            await seen.until(lambda: "still here" in seen.text)
            await elsewhere(Session.objects.all().delete)
            assert seen.task is not None
            await asyncio.wait_for(asyncio.shield(seen.task), PATIENCE_S)
            assert seen.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}

    run(scenario)


def test_a_stream_ends_when_its_reader_is_removed_from_the_workspace(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running(heartbeat_s=0.2) as hub, page(hub, bob) as seen:
            await elsewhere(remove, world)
            assert seen.task is not None
            await asyncio.wait_for(asyncio.shield(seen.task), PATIENCE_S)

    run(scenario)


def remove(world: World) -> None:
    with tenant(world.bob.member.workspace_id):
        accounts.remove_member(world.bob.member.pk, actor=world.olga.actor, now=NOW)


def test_one_person_may_have_only_so_many_pages_open(world: World) -> None:
    bob = cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running() as hub:
            opened = [page(hub, bob) for _ in range(STREAMS_OF_ONE_USER)]
            for one in opened:
                assert (await one.__aenter__()).status == 200
            async with page(hub, bob) as refused:
                assert refused.status == 429
            for one in opened:
                await one.__aexit__(None, None, None)

    run(scenario)


def _ring(whom: Person) -> None:
    with tenant(whom.member.workspace_id):
        announce("notice", whom.member.workspace_id, whom.user.pk)


def test_what_concerns_one_reader_is_told_to_that_reader_only(world: World) -> None:
    bob, dana = cookie_of(world.bob), cookie_of(world.dana)

    async def scenario() -> None:
        async with hub_running() as hub, page(hub, bob) as seen, page(hub, dana) as other:
            await elsewhere(_ring, world.bob)
            await happen(world.alice)
            await other.until(lambda: other.topics != [])
            await seen.until(lambda: len(seen.topics) > 1)
            assert (sorted(seen.topics), other.topics) == (["notice", "workspace"], ["workspace"])

    run(scenario)
