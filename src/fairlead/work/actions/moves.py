"""Moving tasks: between the columns of the board, and so from state to state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from fairlead.events.actor import AGENT, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Forbidden, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.work.actions.columns import rank_below, require_room
from fairlead.work.actions.field_values import check_filled
from fairlead.work.actions.tasks import fresh, write
from fairlead.work.actions.type_rules import check_column, check_done
from fairlead.work.models import Criterion, Handover, Status, Task
from fairlead.work.permissions import may_order, parts
from fairlead.work.queries.relations import blocked, freed_by
from fairlead.work.states import AGENT_NEVER, ARRIVALS, AUTHOR, HOLDER, MANAGER, OVER, TRANSITIONS, State

BEGUN = (State.RUNNING, State.REVIEW, State.DONE)
WHO = {MANAGER: later("a manager"), HOLDER: later("whoever holds the task"), AUTHOR: later("whoever created it")}


class Blocked(Refused):
    """The task waits for others and cannot start before they are done."""

    code = "blocked"
    title = later("The task is blocked")


class CriteriaOpen(Refused):
    """Some acceptance criteria are not met yet."""

    code = "criteria-open"
    title = later("Acceptance criteria are open")


class NoSuchStep(Refused):
    """Work does not go from the one state straight to the other."""

    code = "no-such-step"
    title = later("Not from here")


def move_task(
    task: Task, status: Status, *, actor: Actor, now: datetime, version: int | None = None, below: Task | None = None
) -> Task:
    """Put the task into a column, right below another card or at the top.

    Inside its column everybody of the team may move it. Elsewhere `states.TRANSITIONS` decides; a blocked task does
    not start, open criteria keep it from being done, and a full column takes nothing more.
    """
    require(may_order(actor, task), tr("Only the team can move tasks."))
    with transaction.atomic():
        fresh(task, version=version)
        if status.project_id != task.project_id:
            raise Invalid({"status": tr("Choose a column of the task's own project.")})
        if status.pk == task.status_id:
            _reorder(task, below, actor=actor, now=now)
        else:
            _check_step(task, State(status.state), actor=actor)
            check_column(task, status)
            _check_gates(task, State(status.state))
            require_room(status)
            arrive(task, status, below, actor=actor, now=now)
    return task


def _reorder(task: Task, below: Task | None, *, actor: Actor, now: datetime) -> None:
    """A new place in the same column is no new version: it cannot collide with what somebody is typing."""
    rank = rank_below(task, task.status, below)
    if below is not None and below.pk == task.pk:
        return
    before, task.rank = task.rank, rank
    Task.objects.filter(pk=task.pk).update(rank=rank)
    record("task.moved", task, actor=actor, now=now, changes={"rank": [before, rank]})


def _check_step(task: Task, to: State, *, actor: Actor) -> None:
    at, mine = State(task.state), parts(actor, task)
    if at == to:
        require(bool(mine), tr("Only managers and whoever holds or created this task can move it to another column."))
        return
    allowed = TRANSITIONS.get((at, to))
    if allowed is None:
        options = ", ".join(str(end.label) for (start, end) in TRANSITIONS if start == at)
        raise NoSuchStep(
            tr(
                "A task goes from %(here)s to one of: %(options)s. Move it there first.",
                here=at.label,
                options=options,
            )
        )
    if actor.kind == AGENT and to in AGENT_NEVER:
        raise Forbidden(tr("An AI agent hands its work in for review; a person says that it is done or cancelled."))
    if not allowed & mine:
        raise Forbidden(
            tr(
                "Only %(who)s can move it from %(here)s to %(there)s.",
                who=_told(allowed),
                here=at.label,
                there=to.label,
            )
        )


def _told(allowed: Collection[str]) -> str:
    return tr(" or ").join(str(WHO[name]) for name in (MANAGER, HOLDER, AUTHOR) if name in allowed)


def _check_gates(task: Task, to: State) -> None:
    if task.project.archived_at is not None:
        raise Refused(
            tr("%(name)s is archived. Restore it in its settings before you move its tasks.", name=task.project.name)
        )
    if to in BEGUN and State(task.state) not in BEGUN:
        keys = blocked([task.pk]).get(task.pk)
        if keys:
            raise Blocked(
                tr(
                    "%(task)s waits for %(names)s. Finish that first, or remove the dependency.",
                    task=task,
                    names=", ".join(keys),
                )
            )
    check_filled(task, to)
    if to == State.DONE:
        check_done(task)
        if texts := open_criteria(task):
            raise CriteriaOpen(
                tr("Not done yet: %(names)s. Check each criterion that is met, or remove it.", names="; ".join(texts))
            )


def open_criteria(task: Task) -> list[str]:
    """What is not met yet."""
    return list(Criterion.objects.filter(task=task, checked_at__isnull=True).values_list("text", flat=True))


def arrive(task: Task, status: Status, below: Task | None, *, actor: Actor, now: datetime) -> None:
    """Put a task that `fresh` brought up to date into the column, and record that; what the client was asked about it
    is over when it leaves review. Whether it may go there is the caller's to know."""
    at, to = State(task.state), State(status.state)
    values: dict[str, Any] = {"status": status, "state": to.value, "rank": rank_below(task, status, below)}
    changes = {"status": [task.status.name, status.name]}
    kind = "task.moved"
    if at != to:
        changes["state"] = [at.value, to.value]
        kind = "task.reopened" if at in OVER else ARRIVALS.get(to, kind)
        values["done_at"] = now if to in OVER else None
        if to == State.RUNNING and task.started_at is None:
            values["started_at"] = now
        if at == State.REVIEW:
            asked = Handover.objects.filter(task=task, state=Handover.State.OPEN)
            asked.update(state=Handover.State.WITHDRAWN, answered_at=now)
    write(task, now=now, **values)
    record(kind, task, actor=actor, now=now, changes=changes)
    if to in OVER and at not in OVER:
        for free in freed_by(task):
            record("task.unblocked", free, actor=actor, now=now, after=str(task))


def settle(task: Task, *states: State, actor: Actor, now: datetime) -> None:
    """Put it into the first column of one of the states, because of a decision that was made about it: by whoever may
    decide, within the caller's transaction. The gates hold, who may move it does not matter."""
    status = _first(task, *states)
    if status.pk != task.status_id:
        _check_gates(task, State(status.state))
        require_room(status)
        arrive(task, status, None, actor=actor, now=now)


def start_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Work on it begins."""
    return move_task(task, _first(task, State.RUNNING), actor=actor, now=now)


def submit_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Hand it in for review."""
    return move_task(task, _first(task, State.REVIEW), actor=actor, now=now)


def complete_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """It is done: every acceptance criterion is met."""
    return move_task(task, _first(task, State.DONE), actor=actor, now=now)


def cancel_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """It will not be done."""
    return move_task(task, _first(task, State.CANCELLED), actor=actor, now=now)


def reopen_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """What was over is to be done after all."""
    return move_task(task, _first(task, State.READY, State.BACKLOG), actor=actor, now=now)


def _first(task: Task, *states: State) -> Status:
    """The first column with one of the states, tried in their order; one that the task's type may be in."""
    for state in states:
        columns = Status.objects.filter(project_id=task.project_id, state=state).order_by("position")
        own = columns.filter(types__type_id=task.type_id) if task.type_id else columns.none()
        found = own.first() or columns.first()
        if found is not None:
            return found
    raise Refused(
        tr(
            "This project has no column for %(state)s. A manager can add one in the project's settings.",
            state=states[0].label,
        )
    )
