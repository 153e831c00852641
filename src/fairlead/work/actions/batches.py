"""Changing many tasks in one go, looking at what that would do, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.dateparse import parse_datetime

from fairlead.events.actor import AGENT, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.lib.undo import UNDO_FOR
from fairlead.work.actions.field_values import change_values, current, work_out
from fairlead.work.actions.former import Former
from fairlead.work.actions.moves import move_task
from fairlead.work.actions.placements import place_task, unplace_task
from fairlead.work.actions.tasks import change_task, delete_task, restore_task, shown, write
from fairlead.work.actions.transfers import move_back, move_whole
from fairlead.work.fields.definitions import definitions
from fairlead.work.fields.json_values import kept, returned
from fairlead.work.models import Batch, BatchLine, Project, Status, Task
from fairlead.work.permissions import may_change_many
from fairlead.work.queries.families import topmost
from fairlead.work.queries.visible import visible_projects, visible_tasks
from fairlead.work.states import AGENT_NEVER, OVER, State

MOST: Final = 200
"""Tasks of one batch."""
KEPT: Final = (
    "priority", "release_at", "due_at", "labels", "effort_min", "status_id", "rank", "started_at", "done_at",
    "deleted_at", "type_id",
)  # fmt: skip
MOVED: Final = "moved"
"""In the line of a task that went to another project: where it was, as `Former` keeps it."""
TIMES: Final = ("release_at", "due_at", "started_at", "done_at", "deleted_at")


class SoAlready(Refused):
    """The task is what it should become: nothing is to be done."""

    code = "so-already"
    title = later("Nothing to change")


@dataclass(frozen=True)
class TaskEdit:
    """What should become of every task; what is None or empty stays.

    A task goes to the column `status_id`, or to the first column of its project with `state`. `due_at` sets the date,
    `shift_days` moves it, `no_due` takes it away; `release_at` sets the start, `no_release` takes it away.
    `effort_min` is the likely effort; `labels` replaces all labels; `fields` are ids of custom fields with values;
    `place_in` is the key of a project that shows it from then on, too. `trash` puts the task into the trash, whatever
    else is given. `project_id` moves it to that project, with its subtasks; nothing else changes in the same step.
    """

    status_id: int | None = None
    state: str = ""
    priority: int | None = None
    release_at: datetime | None = None
    no_release: bool = False
    due_at: datetime | None = None
    shift_days: int | None = None
    no_due: bool = False
    labels: tuple[str, ...] | None = None
    effort_min: int | None = None
    no_effort: bool = False
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    place_in: str = ""
    trash: bool = False
    fields: tuple[tuple[int, Any], ...] = ()
    type_id: int | None = None
    project_id: int | None = None

    def __bool__(self) -> bool:
        return self != TaskEdit()


@dataclass(frozen=True)
class Outcome:
    """What a batch did, or would do: keys of changed tasks, and (key, why) of those left as they are.

    Moved tasks have their new keys, in a preview those that they have now; `along` counts the subtasks that go with
    them."""

    changed: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    batch: Batch | None = None
    along: int = 0


def change_many(
    keys: Sequence[str], edit: TaskEdit, *, actor: Actor, now: datetime, into: Batch | None = None
) -> Outcome:
    """Change these tasks, each by the rules for one; a task that a rule keeps as it is does not stop the others.

    `into`: a batch of the same person's that this goes on with, so that all of it is taken back in one go."""
    _check(keys, edit, actor=actor)
    into = None if into is None else may_undo(into, actor=actor, now=now)
    with transaction.atomic():
        return _run(_meant(keys, edit, actor=actor), edit, actor=actor, now=now, into=into)


def preview_many(keys: Sequence[str], edit: TaskEdit, *, actor: Actor, now: datetime) -> Outcome:
    """What `change_many` would do: it is done, and taken back before anybody can see it."""
    _check(keys, edit, actor=actor)
    tasks = _meant(keys, edit, actor=actor)
    known = [str(task) for task in tasks]
    with transaction.atomic():
        outcome = _run(tasks, edit, actor=actor, now=now)
        transaction.set_rollback(True)
    kept = {key for key, _ in outcome.skipped}
    return Outcome(tuple(key for key in known if key not in kept), outcome.skipped, along=outcome.along)


def change_one(task: Task, edit: TaskEdit, *, actor: Actor, now: datetime, seen: int | None = None) -> Batch:
    """Change one task so that it can be taken back. Raises what the rule that is in the way raises.

    `seen` is the version that the person decided on, where that was a while ago: Conflict when the task has moved on.
    """
    require(may_change_many(actor), tr("Only members of the team change tasks."))
    if seen is not None and task.version != seen:
        raise Conflict(
            tr(
                "%(task)s has changed since you saw it and is in %(name)s now. Look at it first.",
                task=task,
                name=task.status.said,
            )
        )
    with transaction.atomic():
        line = _changed(task, edit, actor=actor, now=now)
        return keep([line], actor=actor, now=now)


def undo_batch(batch: Batch, *, actor: Actor, now: datetime) -> Outcome:
    """Give every task of the batch its former values back, where nobody changed it since. Once, and soon."""
    may_undo(batch, actor=actor, now=now)
    lines = list(batch.lines.select_related("task__project", "task__status", "task__assignee").order_by("id"))
    by_task = {line.task_id: line for line in lines}

    def restore(task: Task) -> BatchLine:
        _restore(by_task[task.pk], actor=actor, now=now)
        return by_task[task.pk]

    with transaction.atomic():
        close_batch(batch, now=now)
        changed, skipped = collect([line.task for line in lines], restore)
    return Outcome(tuple(str(line.task) for line in changed), tuple(skipped), batch)


def may_undo(batch: Batch, *, actor: Actor, now: datetime) -> Batch:
    """The batch, when it is the actor's own and not too old. Raises Forbidden or Conflict."""
    require(
        actor.user_id == batch.by_user_id and may_change_many(actor), tr("Only who made the change can take it back.")
    )
    if now - batch.created_at > UNDO_FOR:
        raise Conflict(tr("This was too long ago to be taken back in one go. Change the tasks themselves."))
    return batch


def close_batch(batch: Batch, *, now: datetime) -> None:
    """Nobody takes it back a second time. Raises Conflict for whoever comes second."""
    if not Batch.objects.filter(pk=batch.pk, undone_at__isnull=True).update(undone_at=now):
        raise Conflict(tr("This was taken back already."))


def collect(
    tasks: Iterable[Task], change: Callable[[Task], BatchLine]
) -> tuple[list[BatchLine], list[tuple[str, str]]]:
    """Change each task for itself: the lines of those that changed, and (key, why) of those that a rule kept."""
    lines: list[BatchLine] = []
    skipped: list[tuple[str, str]] = []
    for task in tasks:
        try:
            with transaction.atomic():
                lines.append(change(task))
        except Refused as refused:
            skipped.append((str(task), refused.detail))
    return lines, skipped


def _check(keys: Sequence[str], edit: TaskEdit, *, actor: Actor) -> None:
    require(may_change_many(actor), tr("Only members of the team change tasks."))
    if not keys:
        raise Invalid({"tasks": tr("Choose at least one task.")})
    if len(set(keys)) > MOST:
        raise Invalid({"tasks": tr("At most %(most)s tasks at once. Narrow the list with a filter.", most=MOST)})
    if not edit:
        raise Invalid({"change": tr("Choose what should change.")})
    if edit.project_id is not None and edit != TaskEdit(project_id=edit.project_id):
        raise Invalid({"project": tr("Move tasks to a project in one step, and change the rest of them in another.")})
    if edit.state and edit.state not in State.values:
        raise Invalid({"state": tr("Choose a state from the list.")})
    if edit.shift_days is not None and abs(edit.shift_days) > 3650:
        raise Invalid({"shift_days": tr("Move dates by at most ten years.")})


def _meant(keys: Sequence[str], edit: TaskEdit, *, actor: Actor) -> list[Task]:
    """The tasks with these keys; of those that move with a chosen one above them only that one."""
    return chosen(keys if edit.project_id is None else topmost(actor, keys), actor=actor)


def chosen(keys: Sequence[str], *, actor: Actor) -> list[Task]:
    """The visible tasks with these keys, in their order; one that is not there raises Missing."""
    wanted = [key.upper() for key in dict.fromkeys(keys)]
    numbers = [int(n) for _, _, n in (key.rpartition("-") for key in wanted) if n.isdecimal() and len(n) < 10]
    tasks = visible_tasks(actor).filter(number__in=numbers, project__key__in={key.rpartition("-")[0] for key in wanted})
    known = {str(task): task for task in tasks.select_related("project", "status", "assignee")}
    if gone := [key for key in wanted if key not in known]:
        raise Missing(tr("There is no task %(gone)s any more. Reload the list.", gone=gone[0][:20]))
    return [known[key] for key in wanted]


def _run(tasks: Iterable[Task], edit: TaskEdit, *, actor: Actor, now: datetime, into: Batch | None = None) -> Outcome:
    lines, skipped = collect(tasks, lambda task: _changed(task, edit, actor=actor, now=now))
    batch = keep(lines, actor=actor, now=now, into=into) if lines else into
    along = sum(line.before[MOVED]["along"] for line in lines if MOVED in line.before)
    return Outcome(tuple(str(line.task) for line in lines), tuple(skipped), batch, along)


def _changed(task: Task, edit: TaskEdit, *, actor: Actor, now: datetime) -> BatchLine:
    """The line of a task after the edit. Raises Refused when a rule is in the way or nothing is different."""
    version, before = task.version, values_of(task, [pk for pk, _ in edit.fields])
    if edit.trash:
        delete_task(task, actor=actor, now=now)
    elif edit.project_id is not None:
        before[MOVED] = _moved(task, edit.project_id, actor=actor, now=now)
    else:
        if values := _new_values(task, edit):
            change_task(task, actor=actor, now=now, **values)
        status = _target(task, edit)
        if status is not None and status.pk != task.status_id:
            move_task(task, status, actor=actor, now=now)
        if edit.place_in:
            before["placed_in"] = _placed(task, edit.place_in, actor=actor, now=now)
    if task.version == version:
        raise SoAlready(tr("It is so already."))
    return BatchLine(task=task, workspace_id=task.workspace_id, before=before, version=task.version)


def _moved(task: Task, project_id: int, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Move the task to this project; what it takes to move it back."""
    project = visible_projects(actor).filter(pk=project_id).first()
    if project is None:
        raise Missing(tr("There is no such project, or it was not shared with you."))
    return move_whole(task, project, actor=actor, now=now).kept()


def _placed(task: Task, key: str, *, actor: Actor, now: datetime) -> int:
    """Show the task in this project, too; its id. Counts as a change of the task, so that it can be taken back."""
    project = visible_projects(actor).filter(key=key.upper()).first()
    if project is None:
        raise Missing(tr("There is no such project, or it was not shared with you."))
    place_task(task, project, actor=actor, now=now)
    write(task, now=now)
    return project.pk


def keep(lines: Sequence[BatchLine], *, actor: Actor, now: datetime, into: Batch | None = None) -> Batch:
    """A batch of what was changed, so that `undo_batch` can take it back; or more of a batch that was not yet.

    Raises Conflict when that one was taken back in the meantime."""
    if into is None:
        batch = Batch.objects.create(workspace_id=actor.workspace_id, by_user_id=actor.user_id or 0, created_at=now)
    elif (batch := Batch.objects.select_for_update().get(pk=into.pk)).undone_at is not None:
        raise Conflict(tr("This was taken back in the meantime. Choose the tasks again."))
    for line in lines:
        line.batch = batch
    BatchLine.objects.bulk_create(lines)
    return batch


def values_of(task: Task, fields: Sequence[int] = ()) -> dict[str, Any]:
    """What a line keeps of a task before it is changed; `fields` are ids of custom fields that will change."""
    found = {name: getattr(task, name) for name in KEPT}
    if fields:
        now = current(task, fields)
        found["fields"] = {str(pk): kept(now.get(pk)) for pk in fields}
    return found | {name: found[name].isoformat() if found[name] else None for name in TIMES}


def _new_values(task: Task, edit: TaskEdit) -> dict[str, Any]:
    values: dict[str, Any] = {"fields": dict(edit.fields)} if edit.fields else {}
    if edit.type_id is not None:
        values["type"] = edit.type_id
    if edit.priority is not None:
        values["priority"] = edit.priority
    if edit.no_release or edit.release_at is not None:
        values["release_at"] = None if edit.no_release else edit.release_at
    if edit.no_due:
        values["due_at"] = None
    elif edit.due_at is not None:
        values["due_at"] = edit.due_at
    elif edit.shift_days is not None:
        if task.due_at is None:
            raise Refused(tr("It has no due date that could be moved."))
        values["due_at"] = task.due_at + timedelta(days=edit.shift_days)
    if edit.no_effort or edit.effort_min is not None:
        values["effort_min"] = None if edit.no_effort else edit.effort_min
    if edit.labels is not None:
        values["labels"] = list(edit.labels)
    elif edit.add_labels or edit.remove_labels:
        gone = {label.strip() for label in edit.remove_labels}
        values["labels"] = [label for label in task.labels if label not in gone] + list(edit.add_labels)
    return values


def _target(task: Task, edit: TaskEdit) -> Status | None:
    columns = Status.objects.filter(project_id=task.project_id)
    if edit.status_id is not None:
        status = columns.filter(pk=edit.status_id).first()
        if status is None:
            raise Refused(tr("This column belongs to another project."))
        return status
    if not edit.state or task.state == edit.state:
        return None
    status = columns.filter(state=edit.state).order_by("position").first()
    if status is None:
        raise Refused(tr("Its project has no column for %(state)s.", state=State(edit.state).label))
    return status


def _restore_fields(task: Task, before: dict[str, Any], *, actor: Actor) -> dict[str, Any]:
    """Give the custom fields of the batch their former values back; a field that is gone since stays as it is."""
    known = {field.id: field for field in definitions(task.workspace_id)}
    given = {int(pk): returned(known[int(pk)], value) for pk, value in before.items() if int(pk) in known}
    changes = change_values(task, given, actor=actor) if given else {}
    work_out([task])
    return changes


def _restore(line: BatchLine, *, actor: Actor, now: datetime) -> None:
    task, before = line.task, dict(line.before)
    if task.version != line.version:
        raise Conflict(tr("Somebody changed it since."))
    if MOVED in before:
        move_back(task, Former.read(before[MOVED]), actor=actor, now=now, version=line.version)
        return
    if task.deleted_at is not None and before["deleted_at"] is None:
        restore_task(task, actor=actor, now=now)
        return
    project = Project.objects.filter(pk=before.get("placed_in", 0)).first()
    if project is not None:
        unplace_task(task, project, actor=actor, now=now)
    kept = [name for name in KEPT if name in before]
    values = {name: parse_datetime(before[name]) if name in TIMES and before[name] else before[name] for name in kept}
    del values["status_id"]
    values["type_id"] = line.before.get("type_id", task.type_id)
    status = Status.objects.filter(pk=int(line.before["status_id"])).first()
    if status is None:
        raise Conflict(tr("Its column was removed since."))
    if actor.kind == AGENT and status.state in AGENT_NEVER:
        raise Forbidden(tr("An AI agent hands its work in for review; a person says that it is done or cancelled."))
    moved, old = status.pk != task.status_id, (task.status, State(task.state))
    changes: dict[str, Any] = {
        name: [shown(name, getattr(task, name)), shown(name, values[name])]
        for name in ("priority", "release_at", "due_at", "labels", "effort_min")
        if name in values and getattr(task, name) != values[name]
    }
    write(task, now=now, status=status, state=status.state, **values)
    changes |= _restore_fields(task, before.get("fields", {}), actor=actor)
    if changes:
        record("task.changed", task, actor=actor, now=now, changes=changes)
    if moved:
        kind = "task.reopened" if old[1] in OVER and status.state not in OVER else "task.moved"
        told = {"status": [old[0].name, status.name], "state": [old[1].value, status.state]}
        record(kind, task, actor=actor, now=now, changes=told)
