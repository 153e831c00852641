"""Weeks of the time log: handed in by whoever worked, approved or sent back by a manager."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet, Sum

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import tr
from fairlead.lib.text import one_line
from fairlead.people.models import Worker
from fairlead.work.time.models import TimeEntry, TimeWeek
from fairlead.work.time.permissions import may_decide_week, may_log

State = TimeWeek.State
MAX_NOTE: Final = 300


def submit_week(worker: Worker, monday: date, *, actor: Actor, now: datetime) -> TimeWeek:
    """Hand the week in. Its entries stay as they are until it comes back."""
    require(may_log(actor, worker), tr("Everybody hands in their own weeks; managers can also do it for others."))
    _check_monday(monday)
    with transaction.atomic():
        _hold(worker)
        running = _entries(worker, monday).filter(minutes__isnull=True).first()
        if running is not None:
            raise Refused(tr("The timer on %(task)s still runs. Stop it, then hand the week in.", task=running.task))
        minutes = _minutes(worker, monday)
        if not minutes:
            raise Refused(tr("Nothing was logged in this week. Log your time, then hand it in."))
        week, _ = TimeWeek.objects.get_or_create(
            worker=worker, monday=monday, defaults={"workspace_id": worker.workspace_id}
        )
        won = TimeWeek.objects.filter(pk=week.pk, state=State.OPEN)
        if not won.update(state=State.SUBMITTED, submitted_at=now, decided_by=None, decided_at=None, note=""):
            raise Conflict(tr("This week was handed in already."))
        record("timesheet.submitted", week, actor=actor, now=now, worker=worker.name, monday=monday, minutes=minutes)
    week.refresh_from_db()
    return week


def take_back_week(week: TimeWeek, *, actor: Actor, now: datetime) -> TimeWeek:
    """Open a week again that waits for a manager."""
    require(may_log(actor, week.worker), tr("Everybody takes back their own weeks."))
    with transaction.atomic():
        _hold(week.worker)
        if not TimeWeek.objects.filter(pk=week.pk, state=State.SUBMITTED).update(state=State.OPEN, submitted_at=None):
            raise Conflict(tr("This week does not wait for approval any more. Look at it again."))
        record("timesheet.taken_back", week, actor=actor, now=now, worker=week.worker.name, monday=week.monday)
    week.refresh_from_db()
    return week


def approve_week(week: TimeWeek, *, actor: Actor, now: datetime) -> TimeWeek:
    """The week is right; from now on nobody changes it."""
    require(may_decide_week(actor, week.worker), tr("Only managers approve weeks."))
    with transaction.atomic():
        _hold(week.worker)
        won = TimeWeek.objects.filter(pk=week.pk, state=State.SUBMITTED)
        if not won.update(state=State.APPROVED, decided_by_id=actor.user_id, decided_at=now):
            raise Conflict(tr("This week does not wait for approval any more. Look at it again."))
        told = {"worker": week.worker.name, "monday": week.monday, "minutes": _minutes(week.worker, week.monday)}
        record("timesheet.approved", week, actor=actor, now=now, **told)
    week.refresh_from_db()
    return week


def return_week(week: TimeWeek, note: str, *, actor: Actor, now: datetime) -> TimeWeek:
    """Send a week back with a word, also one that was approved; it can be changed again."""
    require(may_decide_week(actor, week.worker), tr("Only managers send weeks back."))
    word = one_line(note)
    if not word or len(word) > MAX_NOTE:
        raise Invalid({"note": tr("Say in a word what should change, in at most %(most)s characters.", most=MAX_NOTE)})
    with transaction.atomic():
        _hold(week.worker)
        won = TimeWeek.objects.filter(pk=week.pk).exclude(state=State.OPEN)
        if not won.update(state=State.OPEN, note=word, decided_by_id=actor.user_id, decided_at=now, submitted_at=None):
            raise Conflict(tr("This week is open already."))
        record("timesheet.returned", week, actor=actor, now=now, worker=week.worker.name, monday=week.monday, note=word)
    week.refresh_from_db()
    return week


def as_handed_in(week: TimeWeek) -> dict[str, Any]:
    """What sending a week back overwrites, as plain values, and how many minutes it had."""
    return {
        "state": week.state,
        "note": week.note,
        "submitted_at": week.submitted_at and week.submitted_at.isoformat(),
        "decided_by": week.decided_by_id,
        "decided_at": week.decided_at and week.decided_at.isoformat(),
        "minutes": _minutes(week.worker, week.monday),
    }


def restore_week(week: TimeWeek, was: dict[str, Any], *, actor: Actor, now: datetime) -> TimeWeek:
    """What `return_week` sent back is handed in again, approved if it was. Once it is, nothing happens.

    `was`: what `as_handed_in` said before. Raises Conflict when the week or one of its entries was changed since.
    """
    require(may_decide_week(actor, week.worker), tr("Only managers send weeks back."))
    with transaction.atomic():
        _hold(week.worker)
        week.refresh_from_db()
        if week.state == was["state"]:
            return week
        if not _is_as_returned(week, was["minutes"]):
            raise Conflict(tr("%(name)s has changed the week meanwhile.", name=week.worker.name))
        kept = {name: was[name] for name in ("state", "note", "submitted_at", "decided_by", "decided_at")}
        TimeWeek.objects.filter(pk=week.pk).update(**kept)
        told = {"worker": week.worker.name, "monday": week.monday, "minutes": was["minutes"], "state": was["state"]}
        record("timesheet.restored", week, actor=actor, now=now, **told)
    week.refresh_from_db()
    return week


def _is_as_returned(week: TimeWeek, minutes: int) -> bool:
    """Whether nothing was done with the week or its entries since it was sent back with so many minutes."""
    if week.state != State.OPEN or week.decided_at is None:
        return False
    touched = TimeEntry.objects.filter(
        worker=week.worker, day__range=_days(week.monday), updated_at__gt=week.decided_at
    )
    return not touched.exists() and minutes == _minutes(week.worker, week.monday)


def _check_monday(monday: date) -> None:
    if monday.weekday():
        raise Invalid({"monday": tr("A week begins on a Monday.")})


def _hold(worker: Worker) -> None:
    Worker.objects.select_for_update(no_key=True).only("pk").get(pk=worker.pk)


def _entries(worker: Worker, monday: date) -> QuerySet[TimeEntry]:
    return TimeEntry.objects.select_related("task__project").filter(
        worker=worker, day__range=_days(monday), deleted_at__isnull=True
    )


def _days(monday: date) -> tuple[date, date]:
    return monday, monday + timedelta(days=6)


def _minutes(worker: Worker, monday: date) -> int:
    total = _entries(worker, monday).aggregate(n=Sum("minutes"))["n"]
    return int(total or 0)
