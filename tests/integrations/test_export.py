"""Tables to keep: what the reader may see, no cell that runs, and an import that restores what was there."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Person, World
from fairlead.accounts import actions as accounts
from fairlead.integrations.actions import create_import, run_import
from fairlead.integrations.exports import tasks_as_csv
from fairlead.integrations.kinds.csv.inbound import read_table
from fairlead.lib.sheets import safe, unmarked, write_table
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Need, Task
from fairlead.work.queries import visible_tasks

PAYLOADS = (
    "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")", "'=1", "''@x",
    "plain", "'quoted'", "a=b", "", "日本",
)  # fmt: skip


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_begins_like_a_formula_and_reading_gives_it_back(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unmarked(safe(text)) == text
    (row,) = read_table(write_table(["cell", "more"], [[text, "x"]])).rows
    assert row[1]["cell"] == text


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def _client(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


@pytest.fixture
def tasks(world: World, now: datetime) -> list[Task]:
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    skill = people.create_skill("Writing", **by)
    project = work.create_project(key="WEB", name="Site", **by)
    work.share_project(project, world.clara.user, **by)
    drafts = [
        TaskDraft(title="=1+1", description="a,b\n\"c\"", labels=("x", "y"), effort_min=90, needs={skill.pk: 3},
                  due_at=now + timedelta(days=3), priority=3),
        TaskDraft(title="Second", external_id="JIRA-7"),
    ]  # fmt: skip
    return work.create_tasks(project, drafts, **by)


def test_tasks_come_as_the_filters_say(world: World, tasks: list[Task]) -> None:
    answer = _client(world.bob).get("/tasks/export.csv?q=Second")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tasks.csv"'
    assert [(row["key"], row["id"]) for row in _rows(answer.content.decode())] == [("WEB-2", "JIRA-7")]
    first = _rows(_client(world.bob).get("/tasks/export.csv?label=x").content.decode())[0]
    assert (first["title"], first["needs"], first["effort_min"], first["priority"]) == (
        "'=1+1",
        "Writing:3",
        "90",
        "high",
    )


def test_importing_an_export_restores_what_was_there(world: World, tasks: list[Task], now: datetime) -> None:
    text = _client(world.alice).get("/tasks/export.csv").content.decode()
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    work.change_task(tasks[0], title="Changed", labels=(), needs={}, priority=0, description="", **by)

    def again(key: str) -> dict[str, int]:
        run = create_import(people_file=("", ""), tasks_file=("tasks.csv", text), project_key=key, **by)
        return run_import(run, **by).tasks

    assert again("WEB") == {"updated": 1, "unchanged": 1}
    tasks[0].refresh_from_db()
    assert (tasks[0].title, tasks[0].labels, tasks[0].priority) == ("=1+1", ["x", "y"], 3)
    assert tasks[0].description == 'a,b\n"c"'
    assert Need.objects.get(task=tasks[0]).level == 3
    assert again("WEB") == {"unchanged": 2}
    assert again("COPY") == {"created": 2}
    assert again("COPY") == {"unchanged": 2}


def test_people_come_and_go_back(world: World, now: datetime) -> None:
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    skill = people.create_skill("Writing", **by)
    ann = people.create_worker(kind="freelancer", name="@Ann", email="ann@example.com", rate_cents=6550, **by)
    people.set_skill(ann, skill, 4, **by)
    text = _client(world.alice).get("/people/export.csv").content.decode()
    (row,) = _rows(text)
    assert (row["name"], row["kind"], row["skills"], row["rate"]) == ("'@Ann", "freelancer", "Writing:4", "65.50")
    assert _rows(_client(world.bob).get("/people/export.csv").content.decode())[0]["rate"] == ""
    people.change_worker(ann, name="Anna", rate_cents=1, **by)
    run = create_import(people_file=("people.csv", text), tasks_file=("", ""), project_key="", **by)
    assert run_import(run, **by).people == {"updated": 1}
    worker = Worker.objects.get()
    assert (worker.name, worker.rate_cents) == ("@Ann", 6550)


def test_a_client_gets_what_the_portal_shows_and_a_stranger_nothing(world: World, tasks: list[Task]) -> None:
    assert _client(world.clara).get("/tasks/export.csv").headers["Location"] == "/portal/"
    rows = _rows(tasks_as_csv(world.clara.actor, visible_tasks(world.clara.actor)))
    assert len(rows) == 2
    assert list(rows[0]) == ["key", "title", "description", "project", "state", "due", "created", "updated"]
    assert _client(world.clara).get("/people/export.csv").status_code == 403
    assert _rows(_client(world.charlie).get("/tasks/export.csv").content.decode()) == []


def test_the_api_gives_a_table_to_who_asks_for_one(world: World, tasks: list[Task], now: datetime) -> None:
    _, secret = accounts.create_token("t", ["work:read", "people:read"], days=None, actor=world.alice.actor, now=now)
    header = {"Authorization": f"Bearer {secret}", "Accept": "text/csv"}
    answer = Client().get("/api/v1/tasks?priority=3", headers=header)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert [row["key"] for row in _rows(answer.content.decode())] == ["WEB-1"]
    assert Client().get("/api/v1/workers", headers=header).content.decode().startswith("\ufeffname,")
    assert Client().get("/api/v1/tasks", headers=header | {"Accept": "application/json"}).json()["items"]
