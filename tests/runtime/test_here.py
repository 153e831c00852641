"""Who else has a task or board open: seen at once by everybody there, by no client, and kept nowhere."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from secrets import token_hex

import pytest
from django.db import connections
from django.test import Client

from conftest import NOW, Person, World, make_world
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Missing
from fairlead.web.here import OVER_S, Here, Place, find_place, here, place_of
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project, Task
from runtime.test_live import cookie_of, elsewhere, hub_running, page, run


@pytest.fixture
def world(committed: None) -> World:
    """With the task WEB-1."""
    made = make_world()
    project = work.create_project(key="WEB", name="Web shop", actor=made.alice.actor, now=NOW)
    work.create_task(project, TaskDraft(title="Write copy"), actor=made.alice.actor, now=NOW)
    work.share_project(project, made.clara.user, actor=made.alice.actor, now=NOW)
    return made


def seen_by(person: Person, address: str = "/here/task/WEB-1/") -> str:
    """What this person reads there. Run in a thread of its own, whose connection nobody else would close."""
    client = Client()
    try:
        client.force_login(person.user)
        return client.get(address).content.decode()
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


def test_whoever_opens_a_task_is_seen_by_the_others_there_and_goes_with_the_page(world: World) -> None:
    alice, bob = cookie_of(world.alice), cookie_of(world.bob)

    async def scenario() -> None:
        async with hub_running() as hub, page(hub, alice, at="task/WEB-1") as hers, page(hub, alice) as elsewhere:
            await hers.until(lambda: hers.topics == ["here"])
            assert "open now" not in await asyncio.to_thread(seen_by, world.alice)
            async with page(hub, bob, at="task/WEB-1"), page(hub, bob, at="task/WEB-1"):
                await hers.until(lambda: hers.topics == ["here", "here"])  # his second page says nothing new
                assert "Bob has this open now" in await asyncio.to_thread(seen_by, world.alice)
                assert "Alice has this open now" in await asyncio.to_thread(seen_by, world.bob)
                assert "Alice, Bob have this open now" in await asyncio.to_thread(seen_by, world.olga)
            await hers.until(lambda: hers.topics == ["here"] * 3)
            assert "open now" not in await asyncio.to_thread(seen_by, world.alice)
            assert elsewhere.topics == []
        assert here.own == {}

    run(scenario)


def test_clients_and_strangers_see_nobody_and_are_seen_nowhere(world: World) -> None:
    clara, charlie, bob = cookie_of(world.clara), cookie_of(world.charlie), cookie_of(world.bob)

    async def scenario() -> None:
        async with (
            hub_running() as hub,
            page(hub, bob, at="task/WEB-1") as his,
            page(hub, clara, at="task/WEB-1"),
            page(hub, charlie, at="task/WEB-1"),
            page(hub, bob, at="task/WEB-99"),
            page(hub, bob, at="nonsense"),
        ):
            await his.until(lambda: his.topics == ["here"])
            assert [(place.workspace_id, list(people)) for place, people in here.own.items()] == [
                (world.workspace.pk, [world.bob.user.pk])
            ]
            for person in (world.clara, world.charlie):
                assert "Bob" not in await asyncio.to_thread(seen_by, person)

    run(scenario)


def test_places_are_those_that_one_may_see(world: World) -> None:
    enter(world.workspace.pk)
    assert find_place(world.bob.actor, "board", "WEB").name.startswith("board/")
    assert place_of(world.workspace.pk, world.bob.user.pk, "task/WEB-1") is not None
    for person, kind, key in ((world.bob, "task", "WEB-2"), (world.bob, "plan", "1"), (world.clara, "task", "WEB-1")):
        with pytest.raises(Missing):
            find_place(person.actor, kind, key)
        assert place_of(world.workspace.pk, person.user.pk, f"{kind}/{key}") is None
    assert place_of(world.workspace.pk, world.charlie.user.pk, "task/WEB-1") is None


def test_processes_tell_each_other_and_one_that_died_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("fairlead.web.here.time.monotonic", lambda: clock[0])
    one, other, place = Here("one"), Here("other"), Place(1, "task/1")
    assert one.enter(place, 7)
    assert other.enter(place, 8)
    one.hear(other.told(place))
    assert one.people(place) == {7, 8}
    clock[0] += OVER_S - 1
    assert one.people(place) == {7, 8}
    one.hear(other.told(place))
    clock[0] += 2
    assert one.people(place) == {7, 8}
    assert other.leave(place, 8)
    one.hear(other.told(place))
    assert one.people(place) == {7}
    one.hear(json.dumps(["third", 1, "task/1", [9]]))
    clock[0] += OVER_S
    assert one.people(place) == {7}


def test_a_page_of_a_task_or_board_hears_only_of_what_it_may_show(world: World) -> None:
    alice, actor = cookie_of(world.alice), world.alice.actor
    shop = Project.objects.get(key="WEB")
    app = work.create_project(key="APP", name="App", actor=actor, now=NOW)
    part = work.create_task(shop, TaskDraft(title="A part"), actor=actor, now=NOW)
    grown = work.create_task(shop, TaskDraft(title="A part of the part", parent=part), actor=actor, now=NOW)
    waits = work.create_task(shop, TaskDraft(title="Waits", after=(part.pk,)), actor=actor, now=NOW)
    far = work.create_task(app, TaskDraft(title="Far away"), actor=actor, now=NOW)
    places = ("task/WEB-1", "board/WEB", part.key, waits.key, "board/APP", "")

    def heard_of(change: Callable[[], object]) -> set[str]:
        heard: set[str] = set()

        async def scenario() -> None:
            async with hub_running() as hub, AsyncExitStack() as opened:
                pages = {}
                for at in places:
                    name = at if "/" in at or not at else f"task/{at}"
                    pages[at] = await opened.enter_async_context(page(hub, alice, at=name))
                await elsewhere(change)
                await elsewhere(end)
                for it in pages.values():
                    await it.until(lambda it=it: "project" in it.topics)  # type: ignore[misc]  # a default for the loop
                heard.update(at for at, it in pages.items() if "task" in it.topics)

        def end() -> None:
            enter(world.workspace.pk)
            work.change_project(Project.objects.get(pk=app.pk), name=token_hex(4), actor=actor, now=NOW)

        run(scenario)
        return heard

    def rename(task: Task, **changes: object) -> Callable[[], None]:
        def do() -> None:
            enter(world.workspace.pk)
            fresh = Task.objects.get(pk=task.pk)
            work.change_task(fresh, actor=actor, now=NOW, **(changes or {"title": token_hex(4)}))

        return do

    assert heard_of(rename(far)) == {"board/APP", ""}
    assert heard_of(rename(grown)) == {part.key, "board/WEB", ""}
    assert heard_of(rename(part)) == {part.key, waits.key, "board/WEB", ""}
    assert heard_of(rename(grown, parent=None)) == set(places)
