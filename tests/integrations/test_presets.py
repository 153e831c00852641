"""Exports of Jira and Asana are recognised by their headings and read without choosing columns."""

from __future__ import annotations

from datetime import UTC, datetime

from conftest import World
from fairlead.integrations.actions import create_import, run_import
from fairlead.integrations.queries import preview
from fairlead.work.models import Task

JIRA = (
    "Summary,Issue key,Issue id,Status,Priority,Labels,Labels,Component/s,Original estimate,Due date,Description\n"
    '"Fix, the login",PORT-7,10007,In Progress,High,web,urgent,Auth,7200,04/Dec/26 5:00 PM,Broken\n'
    "Write docs,PORT-8,10008,To Do,Medium,,,,,,\n"
)
ASANA = (
    "Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,Start Date,Due Date,"
    "Tags,Notes,Projects,Parent task\n"
    '120,2026-11-01,,2026-11-02,Plan the fair,To do,,,2026-11-20,2026-12-01,"events,print",Ask Ina,Fair,\n'
)


def _read(world: World, now: datetime, text: str) -> Task:
    run = create_import(
        people_file=("", ""), tasks_file=("x.csv", text), project_key="PORT", actor=world.alice.actor, now=now
    )
    assert preview(run).refused == []
    run_import(run, actor=world.alice.actor, now=now)
    return Task.objects.order_by("number").first() or Task()


def test_an_export_of_jira(world: World, now: datetime) -> None:
    task = _read(world, now, JIRA)
    assert (task.title, task.external_id, task.state, task.priority) == ("Fix, the login", "PORT-7", "running", 3)
    assert (task.labels, task.effort_min) == (["web", "urgent", "Auth"], 120)
    assert task.due_at == datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert Task.objects.get(external_id="PORT-8").state == "ready"


def test_an_export_of_asana(world: World, now: datetime) -> None:
    task = _read(world, now, ASANA)
    assert (task.title, task.external_id, task.state, task.labels) == (
        "Plan the fair",
        "120",
        "ready",
        ["events", "print"],
    )
    assert task.due_at == datetime(2026, 12, 1, 18, tzinfo=UTC)
