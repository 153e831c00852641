"""The time log: timers, entries by hand, and the cells of the week. Weeks are handed in by `time_weeks`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.db import transaction
from django.db.models import Sum

from fairlead.events.actor import AGENT, Actor
from fairlead.events.announce import announce
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, later, locale, tr
from fairlead.lib.text import one_line
from fairlead.lib.undo import UNDO_FOR
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OVER, State
from fairlead.work.time.models import DAY_MIN, TimeEntry, TimeWeek
from fairlead.work.time.permissions import may_log

Source = TimeEntry.Source
MAX_NOTE: Final = 300
SHOWN: Final = ("task", "day", "started_at", "ended_at", "minutes", "note", "billable")
NOT_YOURS: Final = later("Everybody logs their own time; managers can also log it for others.")
THROWN_AWAY: Final = later("A timer that was thrown away does not run again. Start a new one.")


class NoTimer(Missing):
    """There is nothing to stop."""

    code = "no-timer"
    title = later("No timer is running")


class WeekLocked(Conflict):
    """The week was handed in or approved, and its entries stay as they are."""

    code = "week-locked"
    title = later("This week is closed")


@dataclass(frozen=True)
class TimeDraft:
    """An entry as it should be: `minutes` on a day of the worker, or from when to when."""

    day: date
    minutes: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""
    billable: bool = True


def start_timer(worker: Worker, task: Task, *, actor: Actor, now: datetime, note: str = "") -> TimeEntry:
    """Begin to log time on the task; a timer on another one stops. One that runs on this task goes on."""
    require(may_log(actor, worker), NOT_YOURS)
    _check_task(task, open_only=True)
    with transaction.atomic():
        _hold(worker)
        running = _running(worker)
        if running is not None and running.task_id == task.pk:
            return running
        if running is not None:
            _finish(running, _end_of(running, now), actor=actor, now=now)
        day = _day(worker, now)
        _open_week(worker, day)
        entry = TimeEntry.objects.create(
            workspace_id=worker.workspace_id, worker=worker, task=task, day=day, started_at=now, note=_tidy(note),
            source=Source.AGENT if actor.kind == AGENT else Source.TIMER, created_by_id=actor.user_id, created_at=now,
            updated_at=now,
        )  # fmt: skip
        record("time.started", entry, actor=actor, now=now, task=str(task), worker=worker.name)
        _tell(worker)
    return entry


def stop_timer(worker: Worker, *, actor: Actor, now: datetime) -> TimeEntry:
    """The timer ends now. One that ran for more than a day asks for `keep_timer`."""
    require(may_log(actor, worker), NOT_YOURS)
    with transaction.atomic():
        _hold(worker)
        entry = _need_running(worker)
        return _finish(entry, _end_of(entry, now), actor=actor, now=now)


def keep_timer(worker: Worker, minutes: int, *, actor: Actor, now: datetime) -> TimeEntry:
    """The timer was forgotten: it ends after so many minutes."""
    require(may_log(actor, worker), NOT_YOURS)
    with transaction.atomic():
        _hold(worker)
        entry = _need_running(worker)
        ran = max(1, round((now - _start(entry)).total_seconds() / 60))
        if not 1 <= minutes <= min(DAY_MIN, ran):
            raise Invalid(
                {"spent": tr("Keep at least a minute and at most %(n)s min: so long it has run.", n=min(DAY_MIN, ran))}
            )
        return _finish(entry, _start(entry) + timedelta(minutes=minutes), actor=actor, now=now)


def begin_earlier(entry: TimeEntry, at: datetime, *, actor: Actor, now: datetime) -> TimeEntry:
    """The timer was started too late: its work began at `at`, on the same day."""
    require(may_log(actor, entry.worker), NOT_YOURS)
    with transaction.atomic():
        _hold(entry.worker)
        _reread(entry)
        if entry.minutes is not None:
            raise NoTimer(tr("This timer was stopped. Change what it has logged instead."))
        if not now - timedelta(hours=12) <= at <= now:
            raise Invalid({"started_at": tr("A timer begins at most 12 hours ago. Log the rest by hand.")})
        day = _day(entry.worker, at)
        _open_week(entry.worker, day)
        before = entry.started_at
        TimeEntry.objects.filter(pk=entry.pk).update(started_at=at, day=day, updated_at=now)
        told = {"task": str(entry.task), "worker": entry.worker.name, "changes": {"started_at": [before, at]}}
        record("time.changed", entry, actor=actor, now=now, more=0, **told)
        _tell(entry.worker)
    entry.started_at, entry.day = at, day
    return entry


def confirm_timer(worker: Worker, *, actor: Actor, now: datetime) -> TimeEntry:
    """The timer runs for long and that is right; it asks again later."""
    require(may_log(actor, worker), NOT_YOURS)
    with transaction.atomic():
        _hold(worker)
        entry = _need_running(worker)
        TimeEntry.objects.filter(pk=entry.pk).update(confirmed_at=now)
        record("time.confirmed", entry, actor=actor, now=now, task=str(entry.task), worker=worker.name)
        _tell(worker)
    return entry


def discard_timer(worker: Worker, *, actor: Actor, now: datetime) -> TimeEntry:
    """The timer ends and nothing is kept."""
    require(may_log(actor, worker), NOT_YOURS)
    with transaction.atomic():
        _hold(worker)
        entry = _need_running(worker)
        TimeEntry.objects.filter(pk=entry.pk).update(deleted_at=now)
        record("time.removed", entry, actor=actor, now=now, task=str(entry.task), worker=worker.name, minutes=0)
        _tell(worker)
    return entry


def resume_timer(entry: TimeEntry, *, actor: Actor, now: datetime) -> TimeEntry:
    """A timer that was thrown away runs on from its beginning, for ten minutes after. Once it runs, nothing happens.

    Raises Conflict when the worker began another one meanwhile.
    """
    require(may_log(actor, entry.worker), NOT_YOURS)
    with transaction.atomic():
        _hold(entry.worker)
        entry.refresh_from_db()
        if entry.deleted_at is None:
            return entry
        if entry.minutes is not None or now - entry.deleted_at > UNDO_FOR:
            raise Refused(THROWN_AWAY)
        _check_task(entry.task, open_only=True)
        other = _running(entry.worker)
        if other is not None:
            raise Conflict(
                tr("A timer runs on %(other)s by now. Stop it, then start one on %(task)s.", other=other.task,
                   task=entry.task)
            )  # fmt: skip
        _open_week(entry.worker, entry.day)
        TimeEntry.objects.filter(pk=entry.pk).update(deleted_at=None)
        entry.deleted_at = None
        told = {"task": str(entry.task), "worker": entry.worker.name, "minutes": 0, "more": 0}
        record("time.restored", entry, actor=actor, now=now, **told)
        _tell(entry.worker)
    return entry


def log_time(worker: Worker, task: Task, draft: TimeDraft, *, actor: Actor, now: datetime) -> TimeEntry:
    """An entry by hand."""
    require(may_log(actor, worker), NOT_YOURS)
    _check_task(task)
    _check(draft, _day(worker, now))
    with transaction.atomic():
        _hold(worker)
        _open_week(worker, draft.day)
        entry = TimeEntry.objects.create(
            workspace_id=worker.workspace_id, worker=worker, task=task, created_by_id=actor.user_id, created_at=now,
            updated_at=now, source=Source.AGENT if actor.kind == AGENT else Source.MANUAL, **_values(draft),
        )  # fmt: skip
        record(
            "time.logged", entry, actor=actor, now=now, task=str(task), worker=worker.name, day=draft.day,
            minutes=draft.minutes, more=draft.minutes,
        )  # fmt: skip
    return entry


def change_time(entry: TimeEntry, task: Task, draft: TimeDraft, *, actor: Actor, now: datetime) -> TimeEntry:
    """Another task, day, length or note. A running timer is stopped first."""
    require(may_log(actor, entry.worker), NOT_YOURS)
    _check_task(task)
    _check(draft, _day(entry.worker, now))
    with transaction.atomic():
        _hold(entry.worker)
        _reread(entry)
        if entry.minutes is None:
            raise Refused(tr("This timer still runs. Stop it, then change what it has logged."))
        _open_week(entry.worker, entry.day)
        _open_week(entry.worker, draft.day)
        wanted = {"task": task, **_values(draft)}
        changes = {n: [_shown(getattr(entry, n)), _shown(wanted[n])] for n in SHOWN if getattr(entry, n) != wanted[n]}
        if not changes:
            return entry
        moved = entry.task_id != task.pk
        more = draft.minutes if moved else draft.minutes - entry.minutes
        TimeEntry.objects.filter(pk=entry.pk).update(updated_at=now, **wanted)
        entry.refresh_from_db()
        record(
            "time.changed", entry, actor=actor, now=now, task=str(task), worker=entry.worker.name, changes=changes,
            more=more,
        )  # fmt: skip
    return entry


def remove_time(entry: TimeEntry, *, actor: Actor, now: datetime) -> None:
    """Take an entry away; `restore_time` brings it back."""
    require(may_log(actor, entry.worker), NOT_YOURS)
    with transaction.atomic():
        _hold(entry.worker)
        _reread(entry)
        _open_week(entry.worker, entry.day)
        TimeEntry.objects.filter(pk=entry.pk).update(deleted_at=now, updated_at=now)
        told = {"task": str(entry.task), "worker": entry.worker.name, "minutes": entry.minutes or 0}
        record("time.removed", entry, actor=actor, now=now, **told)
        if entry.minutes is None:
            _tell(entry.worker)


def restore_time(entry: TimeEntry, *, actor: Actor, now: datetime) -> TimeEntry:
    """Bring a removed entry back, as it was."""
    require(may_log(actor, entry.worker), NOT_YOURS)
    if entry.minutes is None:
        raise Refused(THROWN_AWAY)
    with transaction.atomic():
        _hold(entry.worker)
        _open_week(entry.worker, entry.day)
        if TimeEntry.objects.filter(pk=entry.pk, deleted_at__isnull=False).update(deleted_at=None, updated_at=now):
            told = {"task": str(entry.task), "worker": entry.worker.name, "minutes": entry.minutes}
            record("time.restored", entry, actor=actor, now=now, more=entry.minutes, **told)
    entry.deleted_at = None
    return entry


def set_day(worker: Worker, task: Task, day: date, minutes: int, *, actor: Actor, now: datetime) -> None:
    """Make the worker's time on the task that day so many minutes in all, as the cell of a sheet.

    What timers and entries with times of day have logged stays; one entry without times takes up the difference.
    """
    require(may_log(actor, worker), NOT_YOURS)
    with transaction.atomic():
        _hold(worker)
        mine = TimeEntry.objects.select_related("task__project", "worker").filter(
            worker=worker, task=task, day=day, deleted_at__isnull=True, minutes__isnull=False
        )
        total = mine.aggregate(n=Sum("minutes"))["n"] or 0
        loose = mine.filter(started_at__isnull=True).order_by("-id").first()
        wanted = minutes - total + (0 if loose is None else loose.minutes or 0)
        if minutes == total:
            return
        if wanted < 0:
            raise Refused(tr("%(task)s has several entries that day. Change or remove them under Entries.", task=task))
        if loose is None:
            log_time(worker, task, TimeDraft(day, wanted), actor=actor, now=now)
        elif wanted == 0:
            remove_time(loose, actor=actor, now=now)
        else:
            draft = TimeDraft(day, wanted, note=loose.note, billable=loose.billable)
            change_time(loose, task, draft, actor=actor, now=now)


def _finish(entry: TimeEntry, ended_at: datetime, *, actor: Actor, now: datetime) -> TimeEntry:
    minutes = max(1, round((ended_at - _start(entry)).total_seconds() / 60))
    ended_at = max(ended_at, _start(entry) + timedelta(seconds=1))
    _open_week(entry.worker, entry.day)
    TimeEntry.objects.filter(pk=entry.pk).update(ended_at=ended_at, minutes=minutes, updated_at=now)
    entry.ended_at, entry.minutes = ended_at, minutes
    told = {"task": str(entry.task), "worker": entry.worker.name, "minutes": minutes}
    record("time.stopped", entry, actor=actor, now=now, more=minutes, **told)
    _tell(entry.worker)
    return entry


def _end_of(entry: TimeEntry, now: datetime) -> datetime:
    if now - _start(entry) > timedelta(minutes=DAY_MIN):
        raise Refused(
            tr(
                "The timer on %(task)s has run for more than a day. Say at the top of the page how much of it to keep.",
                task=entry.task,
            )
        )
    return now


def _start(entry: TimeEntry) -> datetime:
    if entry.started_at is None:  # the database keeps a timer from having no start
        raise NoTimer(tr("No timer is running."))
    return entry.started_at


def _running(worker: Worker) -> TimeEntry | None:
    found = TimeEntry.objects.select_related("task__project", "worker")
    return found.filter(worker=worker, minutes__isnull=True, deleted_at__isnull=True).first()


def _need_running(worker: Worker) -> TimeEntry:
    entry = _running(worker)
    if entry is None:
        raise NoTimer(tr("No timer is running. Start one on a task."))
    return entry


def _hold(worker: Worker) -> None:
    """Changes of one worker's log come one after the other."""
    found = Worker.objects.select_for_update(no_key=True).only("deactivated_at").get(pk=worker.pk)
    if found.deactivated_at is not None:
        raise Refused(
            tr("%(name)s does not take work any more. Bring them back in the directory first.", name=worker.name)
        )


def _reread(entry: TimeEntry) -> None:
    entry.refresh_from_db()
    if entry.deleted_at is not None:
        raise Missing(tr("This entry was removed. Bring it back first."))


def _open_week(worker: Worker, day: date) -> None:
    """Refuse changes of a week that was handed in or approved."""
    monday = day - timedelta(days=day.weekday())
    week = TimeWeek.objects.select_related("decided_by").filter(worker=worker, monday=monday).first()
    if week is None or week.state == TimeWeek.State.OPEN:
        return
    if week.state == TimeWeek.State.SUBMITTED:
        raise WeekLocked(
            tr("The week of %(day)s was handed in. Take it back first, then change it.", day=_named(monday))
        )
    named, whom = _named(monday), week.decided_by.name if week.decided_by else ""
    if whom:
        raise WeekLocked(
            tr("The week of %(day)s was approved. Ask %(name)s to send it back, then change it.", day=named, name=whom)
        )
    raise WeekLocked(tr("The week of %(day)s was approved. Ask a manager to send it back, then change it.", day=named))


def _named(monday: date) -> str:
    return monday.isoformat() if current() == ENGLISH else str(format_date(monday, locale=locale()))


def _check_task(task: Task, *, open_only: bool = False) -> None:
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    if open_only and State(task.state) in OVER:
        raise Refused(tr("%(task)s is over. Reopen it, or log the time by hand.", task=task))


def _check(draft: TimeDraft, today: date) -> None:
    wrong = {}
    if not 1 <= draft.minutes <= DAY_MIN:
        wrong["spent"] = tr("An entry is longer than nothing and at most a day.")
    if (draft.started_at is None) != (draft.ended_at is None):
        wrong["spent"] = tr("Say from when to when, or only how long.")
    if draft.day > today + timedelta(days=1):
        wrong["day"] = tr("Time is logged when it was spent; this day has not come yet.")
    if draft.day < today - timedelta(days=3660):
        wrong["day"] = tr("This day is more than ten years ago.")
    if len(draft.note) > MAX_NOTE:
        wrong["note"] = tr("A note has at most %(most)s characters.", most=MAX_NOTE)
    if wrong:
        raise Invalid(wrong)


def _values(draft: TimeDraft) -> dict[str, Any]:
    return {
        "day": draft.day, "minutes": draft.minutes, "started_at": draft.started_at, "ended_at": draft.ended_at,
        "note": _tidy(draft.note), "billable": draft.billable,
    }  # fmt: skip


def _tidy(note: str) -> str:
    return one_line(note)[:MAX_NOTE]


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, Task) else value


def _day(worker: Worker, now: datetime) -> date:
    """The worker's own day."""
    return now.astimezone(ZoneInfo(worker.time_zone)).date()


def _tell(worker: Worker) -> None:
    """The worker's open pages show the timer as it is now."""
    if worker.user_id is not None:
        announce("timer", worker.workspace_id, worker.user_id)
