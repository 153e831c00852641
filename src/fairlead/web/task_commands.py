"""What the palette can do with the task that is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from fairlead.accounts.permissions import STAFF
from fairlead.allocation.permissions import may_assign_in
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.web.palette import Command
from fairlead.work.models import Task
from fairlead.work.permissions import may_edit_task, may_transfer
from fairlead.work.queries import TaskDetails, status_choices
from fairlead.work.states import OVER, State, column


def task_commands(
    actor: Actor, task: Task, found: TaskDetails, steps: Iterable[Mapping[str, str]],
    further: Iterable[tuple[str, str]] = (),
) -> list[Command]:  # fmt: skip
    """Its next steps, status, priority, due date, who does it, its link: what the reader may do, and no more.
    `further`: (key, name) of the projects in which it could be shown, too."""
    group, base = str(task), f"/tasks/{task}/"
    lines = [Command(s["label"], s["icon"], "post", s["url"], group=group) for s in steps if not s["why"]]
    if may_edit_task(actor, task) and task.project.archived_at is None:
        lines += [*_columns(task, found), *_priorities(task)]
        lines.append(Command(tr("Set due date"), "calendar", "click", "#id_due_at", group=group))
        lines.append(Command(tr("Move with its followers"), "calendar-arrow-up", "go", f"{base}dates/", group=group))
        if may_transfer(actor, task):
            lines.append(Command(tr("Move to another project"), "folder-input", "go", f"{base}transfer/", group=group))
        lines += [_shown_in(task, key, name) for key, name in further]
    if may_assign_in(actor, task.project_id) and State(task.state) not in OVER:
        lines.append(Command(tr("Assign the best candidate"), "user-check", "post", f"{base}assign-best/", group=group))
        lines.append(Command(tr("Assign somebody"), "users", "go", f"{base}cell/assignee/", group=group))
    if actor.role in STAFF and State(task.state) not in OVER:
        fields = urlencode({"task": str(task), "next": base})
        lines.append(Command(tr("Start the timer"), "timer", "post", "/timer/start/", group=group, fields=fields))
    if actor.role in STAFF:
        lines.append(Command(tr("Log time on it"), "timer", "go", f"/time/new/?task={task}&next={base}", group=group))
    return [*lines, Command(tr("Copy link"), "link", "copy", "", group=group)]


def _columns(task: Task, found: TaskDetails) -> list[Command]:
    reachable = {*found.next_states, State(task.state)}
    return [
        _set(task, "status", row["id"], tr("Move to %(column)s", column=column(row["name"])), "arrow-right-left")
        for row in status_choices(task.project)
        if row["id"] != task.status_id and State(row["state"]) in reachable
    ]


def _priorities(task: Task) -> list[Command]:
    choices = [(value, label) for value, label in reversed(Task.Priority.choices) if value != task.priority]
    return [
        _set(task, "priority", value, tr("Set priority: %(name)s", name=label), "signal") for value, label in choices
    ]


def _shown_in(task: Task, key: str, name: str) -> Command:
    fields = urlencode({"project": key})
    return Command(
        tr("Show it in %(name)s, too", name=name),
        "link-2",
        "post",
        f"/tasks/{task}/placements/",
        group=str(task),
        fields=fields,
    )


def _set(task: Task, cell: str, value: int, text: str, icon: str) -> Command:
    fields = urlencode({"value": value, "next": f"/tasks/{task}/"})
    return Command(text, icon, "post", f"/tasks/{task}/cell/{cell}/save/", group=str(task), fields=fields)
