"""Which events ask for a proposal, and what the proposal is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from fairlead.allocation.models import Assignment, Plan
from fairlead.allocation.publish import BUSY
from fairlead.engine.saying import Day, Row, say
from fairlead.events.models import Event
from fairlead.lib.hours import Interval
from fairlead.people.models import TimeOff, Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN, State
from fairlead.work.time.spent import spent_of

LOCALE: Final = "en_GB"
MOST_MOVED_BY_MEETINGS: Final = 2
NEWS: Final = timedelta(days=2)
"""Hours that have held for longer are what everybody plans with."""
OVERRUN: Final = "overrun"
"""One proposal at a time is about all that takes longer than planned."""
MOST_NAMED: Final = 3
URGENT: Final = Task.Priority.URGENT.word


@dataclass(frozen=True)
class Cause:
    """Something that happened. `key`: a newer proposal with the same one replaces the older; `said`: in a sentence.

    About a worker, who may be away on some days, or `busy` at some times; or about tasks. `extra`: waiting tasks that
    should find somebody. `overrun`: the tasks are under way and take longer than they were planned to.
    """

    key: str
    said: str
    worker_id: int | None = None
    away: tuple[date, date] | None = None
    task_ids: tuple[int, ...] = ()
    extra: frozenset[int] = frozenset()
    overrun: bool = False
    busy: tuple[Interval, ...] = ()

    @property
    def most_moved(self) -> int | None:
        """How many tasks it may move, where that is less than the workspace allows: a meeting is a small thing."""
        return MOST_MOVED_BY_MEETINGS if self.busy else None


def of_time_off(event: Event) -> Cause | None:
    """Approved days, as long as they are."""
    asked = TimeOff.objects.select_related("worker").filter(pk=event.subject_id, state=TimeOff.State.APPROVED).first()
    if asked is None or asked.worker.deactivated_at is not None:
        return None
    days = (asked.starts_on, asked.ends_on)
    return Cause(f"timeoff:{asked.pk}", _away(asked.worker.name, *days), asked.worker_id, days)


def of_calendar(event: Event, *, now: datetime) -> Cause | None:
    """New busy times that are still to come, in somebody's calendar."""
    worker = Worker.objects.filter(pk=event.payload["worker"], deactivated_at__isnull=True).first()
    times = ((datetime.fromisoformat(low), datetime.fromisoformat(high)) for low, high in event.payload["added"])
    busy = tuple((low, high) for low, high in times if high > now)
    if worker is None or not busy:
        return None
    said, more = _busy(worker.name, busy[0], worker.time_zone), len(busy) - 1
    if more:
        said = say("%(what)s and %(n)s more time", what=said, n=1) if more == 1 else _times(said, more)
    return Cause(f"{BUSY}{worker.pk}", said, worker.pk, busy=busy)


def _times(said: str, more: int) -> str:
    return say("%(what)s and %(n)s more times", what=said, n=more)


def _busy(name: str, span: Interval, zone: str) -> str:
    """ "Ada is busy on 24 Nov, 10:00–11:00", on the clock of the zone."""
    low, high = (at.astimezone(ZoneInfo(zone)) for at in span)
    told = {"name": name, "day": _day(low), "low": f"{low:%H:%M}", "high": f"{high:%H:%M}"}
    if low.date() == high.date():
        return say("%(name)s is busy on %(day)s, %(low)s–%(high)s", **told)
    return say("%(name)s is busy on %(day)s, %(low)s–%(end)s %(high)s", **told, end=_day(high))


def _away(name: str, first: date, last: date) -> str:
    """ "Ada is away 2–6 Dec", "… 30 Nov–2 Dec", "… 2 Dec"."""
    if first == last:
        return say("%(name)s is away %(day)s", name=name, day=_day(last))
    same = (first.year, first.month) == (last.year, last.month)
    low = Day(str(first.day), first) if same else _day(first)
    return say("%(name)s is away %(first)s–%(last)s", name=name, first=low, last=_day(last))


def _day(on: date) -> Day:
    """ "24 Nov", also of a moment."""
    day = on.date() if isinstance(on, datetime) else on
    return Day(format_skeleton("MMMd", day, locale=LOCALE), day)


def of_departure(event: Event) -> Cause | None:
    """Somebody who does not take work any more: what they gave back looks for others."""
    worker = Worker.objects.filter(pk=event.subject_id, deactivated_at__isnull=False).first()
    if worker is None:
        return None
    left = Assignment.objects.filter(
        worker=worker, end_reason=Assignment.EndReason.RELEASED, ended_at__gte=event.at, task__assignee__isnull=True,
        task__state__in=OPEN, task__deleted_at__isnull=True,
    )  # fmt: skip
    extra = frozenset(left.values_list("task_id", flat=True))
    return (
        Cause(f"left:{worker.pk}", say("%(name)s does not take work any more", name=worker.name), extra=extra)
        if extra
        else None
    )


def of_hours(event: Event, *, now: datetime) -> Cause | None:
    """Other hours in the week, or fewer of them, as long as that is news."""
    if now - event.at > NEWS:
        return None
    worker = Worker.objects.filter(pk=event.subject_id, deactivated_at__isnull=True).first()
    changes = _changes(event)
    fewer = event.kind == "worker.hours_changed" or any(_fell(changes, name, sign) for name, sign in _LESS_TIME)
    if worker is None or not fewer:
        return None
    return Cause(f"hours:{worker.pk}", say("The hours of %(name)s changed", name=worker.name), worker.pk)


_LESS_TIME: Final = (
    ("week_minutes", 1),
    ("day_minutes", 1),
    ("rest_minutes", -1),
    ("buffer_minutes", -1),
    ("gap_minutes", -1),
)


def of_task(event: Event) -> Cause | None:
    """An urgent task, an earlier due date, or more work in what is under way."""
    task = Task.objects.select_related("project").filter(pk=event.subject_id, deleted_at__isnull=True).first()
    if task is None or task.state not in OPEN:
        return None
    said = _said_of(task, event)
    if said:
        extra = frozenset({task.pk}) if task.assignee_id is None else frozenset()
        return Cause(f"task:{task.pk}", said, task_ids=(task.pk,), extra=extra)
    return of_overruns([task]) if _fell(_changes(event), "effort_min", -1) else None


def _said_of(task: Task, event: Event) -> str:
    changes, is_urgent = _changes(event), task.priority == Task.Priority.URGENT
    if event.kind == "task.created":
        return say("%(task)s is new and urgent", task=str(task)) if is_urgent else ""
    if is_urgent and changes.get("priority", ["", ""])[1] == URGENT:
        return say("%(task)s became urgent", task=str(task))
    if task.due_at is not None and _came_closer(changes.get("due_at")):
        return say("%(task)s is due earlier, on %(day)s", task=str(task), day=_day(task.due_at))
    return ""


def of_overruns(tasks: Iterable[Task]) -> Cause | None:
    """Those of the tasks that somebody still has under way, and that should be done by now."""
    late = [task for task in tasks if task.state == State.RUNNING and not task.deleted_at and task.assignee_id]
    if not late:
        return None
    return Cause(OVERRUN, longer([str(task) for task in late]), task_ids=tuple(t.pk for t in late), overrun=True)


def longer(keys: Sequence[str]) -> str:
    """ "SHOP-1, SHOP-2 and 3 more take longer than planned"."""
    if len(keys) == 1:
        return say("%(task)s takes longer than planned", task=keys[0])
    named, more = Row(", ", keys[:MOST_NAMED]), len(keys) - MOST_NAMED
    if more > 0:
        return say("%(tasks)s and %(n)s more take longer than planned", tasks=named, n=more)
    return say("%(tasks)s take longer than planned", tasks=named)


def with_others(cause: Cause, workspace_id: int) -> Cause:
    """An overrun together with those for which a draft waits: one proposal says what they change together."""
    if not cause.overrun:
        return cause
    draft = Plan.objects.filter(workspace_id=workspace_id, cause_key=OVERRUN, state=Plan.State.DRAFT).first()
    if draft is None:
        return cause
    keys = [name.rpartition("-") for _, name in draft.changes]
    known = Task.objects.filter(
        workspace_id=workspace_id, project__key__in={key for key, _, _ in keys}, number__in={int(n) for _, _, n in keys}
    ).select_related("project")
    named = {str(task): task for task in known}
    before = [named[name] for _, name in draft.changes if name in named]
    new = set(cause.task_ids) - {task.pk for task in before}
    own = Task.objects.filter(pk__in=new).select_related("project")
    return of_overruns([*before, *own]) or cause


def passes_effort(task: Task, *, more: int) -> bool:
    """Whether the last `more` minutes made the time that was logged on a task under way more than its effort."""
    if task.state != State.RUNNING or not task.effort_min or more <= 0:
        return False
    spent = spent_of([task.pk]).get(task.pk, 0)
    return spent > task.effort_min >= spent - more


def _changes(event: Event) -> Mapping[str, list[Any]]:
    found: Mapping[str, list[Any]] = event.payload.get("changes") or {}
    return found


def _fell(changes: Mapping[str, list[Any]], name: str, sign: int = 1) -> bool:
    before, after = changes.get(name, [None, None])
    return before is not None and after is not None and (after - before) * sign < 0


def _came_closer(change: list[Any] | None) -> bool:
    if not change or change[1] is None:
        return False
    return change[0] is None or datetime.fromisoformat(change[1]) < datetime.fromisoformat(change[0])
