"""Lists in pages: everything once, whatever happens between two pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from api.conftest import API, Caller, caller, good, problem
from conftest import World
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project, Task


@pytest.fixture
def web(alice: Caller, world: World, now: Any) -> Project:
    """WEB with 25 tasks."""
    project = work.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    drafts = [TaskDraft(title=f"Task {number}") for number in range(1, 26)]
    work.create_tasks(project, drafts, actor=world.alice.actor, now=now)
    return project


def walk(alice: Caller, path: str, between: Any = None) -> list[str]:
    """The keys of all pages, following the Link headers."""
    found: list[str] = []
    address: str | None = path
    while address is not None:
        reply = alice.get(address)
        body = good(reply)
        found += [item["key"] for item in body["items"]]
        link = reply.headers.get("Link")
        assert (link is None) == (body["next_cursor"] is None)
        address = None if link is None else link.removeprefix(f"<{API}").partition(">")[0]
        if between is not None:
            between()
    return found


@pytest.mark.parametrize("order", ["created", "-created", "updated", "-updated"])
@pytest.mark.parametrize("limit", [1, 7, 25, 200])
def test_every_task_comes_once(alice: Caller, web: Project, order: str, limit: int) -> None:
    found = walk(alice, f"/tasks?order={order}&limit={limit}")
    numbers = [int(key.removeprefix("WEB-")) for key in found]
    assert numbers == sorted(range(1, 26), reverse=order.startswith("-"))


def test_tasks_that_arrive_meanwhile_disturb_nothing(alice: Caller, web: Project, world: World, now: Any) -> None:
    def between() -> None:
        if Task.objects.count() < 30:
            work.create_task(web, TaskDraft(title="Late"), actor=world.alice.actor, now=now)

    before = [f"WEB-{number}" for number in range(1, 26)]
    assert walk(alice, "/tasks?order=-created&limit=4", between) == before[::-1]
    grown = walk(alice, "/tasks?limit=4", between)
    assert len(grown) == len(set(grown)) == 30


def test_filters_stay_on_the_way(alice: Caller, web: Project) -> None:
    good(alice.post("/projects", {"key": "APP", "name": "App"}), 201)
    good(alice.post("/tasks", {"project": "APP", "title": "Task elsewhere"}), 201)
    assert len(walk(alice, "/tasks?project=WEB&q=task&limit=10")) == 25


def test_a_cursor_fits_one_list_only(alice: Caller, web: Project) -> None:
    cursor = good(alice.get("/tasks?limit=1"))["next_cursor"]
    good(alice.get(f"/tasks?cursor={cursor}"))
    for path in (f"/tasks?order=updated&cursor={cursor}", f"/skills?cursor={cursor}", f"/projects?cursor={cursor}"):
        problem(alice.get(path), 400, "malformed")


@pytest.mark.parametrize("cursor", ["x", "x:y", ":", "e30:AAAA", "%C3%A9", "eyJhIjoxfQ==", "%F0%9F%92%A9:x", "W10"])
def test_a_made_up_cursor_is_refused(alice: Caller, web: Project, cursor: str) -> None:
    problem(alice.get(f"/tasks?cursor={cursor}"), 400, "malformed")


def test_a_cursor_of_elsewhere_opens_nothing(alice: Caller, web: Project, world: World) -> None:
    cursor = good(alice.get("/tasks?limit=1"))["next_cursor"]
    assert good(caller(world.charlie).get(f"/tasks?cursor={cursor}"))["items"] == []


def test_the_last_page_has_no_next(alice: Caller, web: Project) -> None:
    body = good(alice.get("/tasks?limit=25"))
    assert (len(body["items"]), body["next_cursor"]) == (25, None)


def test_the_link_is_relative_to_this_address(alice: Caller, web: Project) -> None:
    link = alice.get("/tasks?limit=1&state=open").headers["Link"]
    address, _, rest = link.partition(">")
    assert rest == '; rel="next"'
    parts = urlsplit(address.removeprefix("<"))
    assert (parts.netloc, parts.path) == ("", "/api/v1/tasks")
    assert "state=open" in parts.query
