"""Checklists: the small steps of a task. They hold nothing up; acceptance criteria do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.actions.tasks import create_task, delete_task, hold_task
from fairlead.work.drafts import MAX_CRITERION, TaskDraft
from fairlead.work.models import ChecklistItem, Task
from fairlead.work.permissions import may_edit_task

MOST: Final = 100
CHANGED: Final = ("text", "assignee", "due_on")
ONLY: Final = later("Only managers and whoever holds or created this task can change its checklist.")


def add_item(
    task: Task, text: str, *, actor: Actor, now: datetime, assignee: Worker | None = None, due_on: date | None = None
) -> ChecklistItem:
    """One more step, at the end."""
    _check(task, actor)
    _check_values(task, {"text": text.strip(), "assignee": assignee})
    with transaction.atomic():
        there = ChecklistItem.objects.filter(task=task)
        if there.count() >= MOST:
            raise Refused(tr("A checklist has at most %(most)s items. Make subtasks of some.", most=MOST))
        last = there.aggregate(last=Max("position"))["last"]
        item = ChecklistItem.objects.create(
            workspace_id=task.workspace_id, task=task, text=text.strip(), position=0 if last is None else last + 1,
            assignee=assignee, due_on=due_on,
        )  # fmt: skip
        record("task.item_added", task, actor=actor, now=now, text=item.text)
    return item


def change_item(item: ChecklistItem, *, actor: Actor, now: datetime, **values: Any) -> ChecklistItem:
    """Change any of: text, assignee (a worker or None), due_on."""
    _check(item.task, actor)
    if unknown := set(values) - set(CHANGED):
        raise TypeError(f"change_item does not know {', '.join(sorted(unknown))}")
    tidy = {name: value.strip() if name == "text" else value for name, value in values.items()}
    changed = {name: value for name, value in tidy.items() if getattr(item, name) != value}
    _check_values(item.task, changed)
    if changed:
        changes = {name: [_told(getattr(item, name)), _told(value)] for name, value in changed.items()}
        with transaction.atomic():
            ChecklistItem.objects.filter(pk=item.pk).update(**changed)
            record("task.item_changed", item.task, actor=actor, now=now, text=item.text, changes=changes)
    return _again(item)


def _told(value: Any) -> Any:
    return value.name if isinstance(value, Worker) else "" if value is None else value


def check_item(item: ChecklistItem, *, actor: Actor, now: datetime) -> ChecklistItem:
    """It is done: said by whoever may change the list, or whose it is."""
    _check_mine(item, actor)
    with transaction.atomic():
        won = ChecklistItem.objects.filter(pk=item.pk, done_at__isnull=True)
        if won.update(done_at=now, done_by_id=actor.user_id):
            record("task.item_checked", item.task, actor=actor, now=now, text=item.text)
    return _again(item)


def uncheck_item(item: ChecklistItem, *, actor: Actor, now: datetime) -> ChecklistItem:
    """It is not done after all."""
    _check_mine(item, actor)
    with transaction.atomic():
        if ChecklistItem.objects.filter(pk=item.pk, done_at__isnull=False).update(done_at=None, done_by=None):
            record("task.item_unchecked", item.task, actor=actor, now=now, text=item.text)
    return _again(item)


def place_item(item: ChecklistItem, position: int, *, actor: Actor) -> ChecklistItem:
    """Put it at another place of the list, 0 being the first. The order is no news."""
    _check(item.task, actor)
    with transaction.atomic():
        others = list(ChecklistItem.objects.select_for_update().filter(task=item.task).exclude(pk=item.pk))
        place = max(0, min(position, len(others)))
        for index, other in enumerate([*others[:place], item, *others[place:]]):
            ChecklistItem.objects.filter(pk=other.pk).exclude(position=index).update(position=index)
    return _again(item)


def remove_item(item: ChecklistItem, *, actor: Actor, now: datetime) -> None:
    """Take it off the list."""
    _check(item.task, actor)
    with transaction.atomic():
        gone, _ = ChecklistItem.objects.filter(pk=item.pk).delete()
        if gone:
            record("task.item_removed", item.task, actor=actor, now=now, text=item.text)


def item_to_subtask(item: ChecklistItem, *, actor: Actor, now: datetime) -> Task:
    """Make a task of it, part of the one that it stood on, with who does it and until when."""
    _check(item.task, actor)
    if item.done_at is not None:
        raise Refused(tr("It is done already; a subtask would be to do. Uncheck it first."))
    with transaction.atomic():
        due_at = None if item.due_on is None else datetime(*item.due_on.timetuple()[:3], 18, tzinfo=now.tzinfo)
        task = create_task(
            item.task.project, TaskDraft(title=item.text, parent=item.task, due_at=due_at), actor=actor, now=now
        )
        if item.assignee is not None:
            hold_task(task, item.assignee, now=now)
        ChecklistItem.objects.filter(pk=item.pk).delete()
        record("task.item_converted", item.task, actor=actor, now=now, text=item.text, into=str(task))
    return task


def subtask_to_item(
    made: Task, task: Task, text: str, *, actor: Actor, now: datetime, assignee: Worker | None = None,
    due_on: date | None = None,
) -> None:  # fmt: skip
    """Undo of `item_to_subtask`: the item stands on the list again, at its end, and the subtask is in the trash.

    Once it is, nothing happens. Raises Missing for a task that is no part of this one.
    """
    if made.parent_id != task.pk:
        raise Missing(tr("There is nothing here that could be taken back."))
    with transaction.atomic():
        made = Task.objects.select_for_update(of=("self",)).select_related("project").get(pk=made.pk)
        if made.deleted_at is None:
            delete_task(made, actor=actor, now=now)
            add_item(task, text, actor=actor, now=now, assignee=assignee, due_on=due_on)


def _check(task: Task, actor: Actor) -> None:
    require(may_edit_task(actor, task), ONLY)
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))


def _check_mine(item: ChecklistItem, actor: Actor) -> None:
    mine = item.assignee is not None and item.assignee.user_id is not None and item.assignee.user_id == actor.user_id
    if not (may_edit_task(actor, item.task) or (mine and item.workspace_id == actor.workspace_id)):
        raise Forbidden(ONLY)
    if item.task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=item.task))


def _check_values(task: Task, values: dict[str, Any]) -> None:
    if "text" in values and not 0 < len(values["text"]) <= MAX_CRITERION:
        raise Invalid({"text": tr("Say what is to be done, in at most %(most)s characters.", most=MAX_CRITERION)})
    worker = values.get("assignee")
    if worker is not None and worker.workspace_id != task.workspace_id:
        raise Invalid({"assignee": tr("Choose somebody from the directory.")})


def _again(item: ChecklistItem) -> ChecklistItem:
    item.refresh_from_db()
    return item
