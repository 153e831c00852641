"""The first look at what came in: accept, merge, decline, snooze."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from fairlead.accounts.actions import keep, take_kept
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.lib.text import one_line
from fairlead.work.actions.comments import add_comment, remove_comment
from fairlead.work.actions.moves import cancel_task, move_task
from fairlead.work.models import Comment, Status, Task
from fairlead.work.permissions import may_triage
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OVER, WAITING, State
from fairlead.work.triage import Triage

MAX_REASON: Final = 600
MOST: Final = 200
WHO: Final = later("Managers take the first look at what comes in.")
Outcome = Triage.Outcome
MERGED: Final = "merged task"
UNSEEN: Final[dict[str, Any]] = {
    "settled_at": None, "outcome": Outcome.NONE, "reason": "", "settled_by": None, "snoozed_until": None,
}  # fmt: skip
"""Of a task that waits for a first look."""


def accept_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """It will be done: it moves to where work is ready."""
    require(may_triage(actor), WHO)
    with transaction.atomic():
        _settle(task, Outcome.ACCEPTED, actor=actor, now=now)
        if task.state == State.BACKLOG:
            move_task(task, _column(task, State.READY), actor=actor, now=now)
    return task


def accept_many(tasks: Sequence[Task], *, actor: Actor, now: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    """Accept each; keys of those that went, and (key, why) of those that did not."""
    require(may_triage(actor), WHO)
    if not 0 < len(tasks) <= MOST:
        raise Invalid({"task": tr("Choose from 1 to %(most)s tasks.", most=MOST)})
    went: list[str] = []
    stayed: list[tuple[str, str]] = []
    for task in tasks:
        try:
            accept_task(task, actor=actor, now=now)
            went.append(str(task))
        except Refused as refused:
            stayed.append((str(task), refused.detail))
    return went, stayed


def decline_task(task: Task, reason: str, *, actor: Actor, now: datetime) -> Task:
    """It will not be done. The reason stands on the task, where a client who asked for it reads it, too."""
    require(may_triage(actor), WHO)
    word = one_line(reason)
    if not word or len(word) > MAX_REASON:
        raise Invalid(
            {"reason": tr("Say why, in at most %(most)s characters; whoever asked for it reads it.", most=MAX_REASON)}
        )
    with transaction.atomic():
        row = _settle(task, Outcome.DECLINED, actor=actor, now=now, reason=word)
        add_comment(task, word, internal=row.source != Triage.Source.REQUEST, actor=actor, now=now)
        if State(task.state) not in OVER:
            cancel_task(task, actor=actor, now=now)
    return task


def merge_task(task: Task, into: Task, *, actor: Actor, now: datetime) -> int:
    """It is asked for already: its comments go to the other task, and it is closed with a link to it.

    Into a task of another project comments go as internal ones: its clients may not be those who wrote them.
    The number by which `unmerge_task` takes it back for ten minutes.
    """
    require(may_triage(actor), WHO)
    if into.pk == task.pk or into.workspace_id != task.workspace_id:
        raise Invalid({"into": tr("Choose another task of this workspace.")})
    if into.deleted_at is not None:
        raise Missing(tr("%(into)s is in the trash. Restore it first.", into=into))
    with transaction.atomic():
        _settle(task, Outcome.MERGED, actor=actor, now=now, into=into)
        moved: dict[str, Any] = {"task": into}
        if into.project_id != task.project_id:
            moved["internal"] = True
        comments = Comment.objects.filter(task=task, deleted_at__isnull=True)
        facts = {
            "task": task.pk, "into": into.pk, "status": None if State(task.state) in OVER else task.status_id,
            "comments": {name: list(comments.filter(internal=name == "team").values_list("pk", flat=True))
                         for name in ("team", "client")},
        }  # fmt: skip
        comments.update(**moved)
        note = add_comment(into, f"{task} asked for the same: {task.title}", internal=True, actor=actor, now=now)
        if State(task.state) not in OVER:
            cancel_task(task, actor=actor, now=now)
        return keep(MERGED, {**facts, "note": note.pk}, workspace_id=task.workspace_id, now=now)


def unmerge_task(task: Task, kept: int, *, actor: Actor, now: datetime) -> Task:
    """Undo of `merge_task`: it waits in the inbox again, with its comments and in its column. Raises Conflict."""
    require(may_triage(actor), WHO)
    with transaction.atomic():
        was = take_kept(kept, MERGED, workspace_id=task.workspace_id, now=now)
        rows = Triage.objects.filter(task=task, outcome=Outcome.MERGED, into_id=was["into"])
        if was["task"] != task.pk or not rows.update(**UNSEEN, into=None):
            raise Conflict(tr("%(task)s is not merged any more. Look at it again.", task=task))
        for name, ids in was["comments"].items():
            there = Comment.objects.filter(pk__in=ids, task_id=was["into"])
            there.update(task=task, internal=name == "team")
        note = Comment.objects.select_related("task__project").filter(pk=was["note"]).first()
        if note is not None:
            remove_comment(note, actor=actor, now=now)
        if was["status"] is not None and State(task.state) == State.CANCELLED:
            column = Status.objects.filter(pk=was["status"], project_id=task.project_id).first()
            move_task(task, column or _column(task, State.BACKLOG), actor=actor, now=now)
        record("task.untriaged", task, actor=actor, now=now)
    return task


def snooze_task(task: Task, until: datetime, *, actor: Actor, now: datetime) -> None:
    """Look at it later: it leaves the inbox until then."""
    require(may_triage(actor), WHO)
    if not now < until <= now + timedelta(days=366):
        raise Invalid({"until": tr("Choose a time from now on, within a year.")})
    with transaction.atomic():
        if not Triage.objects.filter(task=task, settled_at__isnull=True).update(snoozed_until=until):
            raise _gone(task)
        record("task.snoozed", task, actor=actor, now=now, until=until)


def untriage_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Put it back into the inbox, as if nobody had looked; what was merged stays merged."""
    require(may_triage(actor), WHO)
    with transaction.atomic():
        rows = Triage.objects.filter(task=task).exclude(outcome=Outcome.MERGED)
        if not rows.update(**UNSEEN):
            raise Conflict(
                tr("%(task)s was merged or never waited in the inbox. Open it and change it there.", task=task)
            )
        if State(task.state) in (State.READY, *OVER):
            move_task(task, _column(task, State.BACKLOG), actor=actor, now=now)
        record("task.untriaged", task, actor=actor, now=now)
    return task


def untriage_many(ids: Sequence[int], *, actor: Actor, now: datetime) -> list[Task]:
    """Undo of `accept_many`, for those of these tasks that still wait to be begun. Raises Conflict when none does."""
    require(may_triage(actor), WHO)
    accepted = Triage.objects.filter(outcome=Outcome.ACCEPTED)
    found = visible_tasks(actor).filter(pk__in=ids, state__in=WAITING, triage__in=accepted).order_by("id")
    if not (tasks := list(found.select_related("project", "status"))):
        raise Conflict(tr("None of them is as it was. Look at them again."))
    with transaction.atomic():
        return [untriage_task(task, actor=actor, now=now) for task in tasks]


def _settle(task: Task, outcome: str, *, actor: Actor, now: datetime, **more: Any) -> Triage:
    """Exactly one look decides."""
    waits = Triage.objects.filter(task=task, settled_at__isnull=True)
    row = waits.first()
    if row is None or not waits.update(settled_at=now, outcome=outcome, settled_by_id=actor.user_id, **more):
        raise _gone(task)
    told = {name: str(value) for name, value in more.items()}
    record("task.triaged", task, actor=actor, now=now, outcome=outcome, source=row.source, **told)
    return row


def _gone(task: Task) -> Conflict:
    return Conflict(tr("Somebody has looked at %(task)s already. Reload the inbox.", task=task))


def _column(task: Task, state: State) -> Status:
    """The first column with this state, else the first one where work waits."""
    columns = Status.objects.filter(project_id=task.project_id, state__in=WAITING).order_by("position")
    found = columns.filter(state=state).first() or columns.first()
    if found is None:  # a project always keeps a column where work waits
        raise Missing(tr("This project has no column where work waits. Add one in its settings."))
    return found
