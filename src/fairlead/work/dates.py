"""Tasks on the calendar: when each begins and ends, what a link asks of its follower, and where that moves then.

Pure: rows in, dates out. A task lasts from its start to its due time. Where one of them is not set it is assumed from
the likely effort, a working day for every eight hours; a task with a due time and neither start nor effort is a
milestone, a point in time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fairlead.work.models import Dependency
from fairlead.work.states import OVER, WAITING

Kind = Dependency.Kind
DAY: Final = timedelta(days=1)
DAY_MIN: Final = 480
"""Minutes of effort that fill a working day."""
MORNING: Final = time(6)
"""What is due before it is due at the end of the day before: at 18:00 of somebody west of here."""
FAR: Final = 400
"""Days after which the next working day is no longer looked for."""
AT_START: Final = frozenset({Kind.FINISH_START, Kind.START_START})
"""The links that say when the follower may start; the others say when it may end."""


@dataclass(frozen=True)
class Days:
    """On which days somebody works: weekdays (0 = Monday) without single days off. `zone`: when their days begin."""

    zone: str = "UTC"
    weekdays: frozenset[int] = frozenset(range(5))
    off: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.off

    def next(self, day: date, *, step: int = 1) -> date:
        """The day itself or the first one after it (with step -1: before it) that is worked; the day where none is."""
        for distance in range(FAR):
            if self.works(day + step * distance * DAY):
                return day + step * distance * DAY
        return day

    def after(self, day: date, count: int) -> date:
        """The working day that is `count` of them after the day; before it when negative."""
        step = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = self.next(day + step * DAY, step=step)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days come after `first` until `last`, which is part of it."""
        return sum(1 for n in range(1, (last - first).days + 1) if self.works(first + n * DAY))

    def local(self, at: datetime) -> datetime:
        """The clock on the wall, without its zone."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.zone))

    def end_day(self, due: datetime) -> date:
        """The day at whose end something is due."""
        local = self.local(due)
        return local.date() - DAY if local.time() < MORNING else local.date()

    def end(self, day: date, like: datetime) -> datetime:
        """The end of the day, at the time of day of another due time."""
        return self.moment(day + (self.local(like).date() - self.end_day(like)), self.local(like).time())


@dataclass(frozen=True)
class Bar:
    """A task on the calendar; `days` are those of whoever has it, else the workspace's."""

    id: int
    key: str
    title: str
    state: str
    version: int
    release_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    effort_min: int | None
    days: Days

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def has_begun(self) -> bool:
        return self.state not in WAITING

    @property
    def is_dated(self) -> bool:
        return self.end is not None

    @property
    def is_milestone(self) -> bool:
        return self.is_dated and self.start == self.end

    @property
    def start(self) -> datetime | None:
        """When it began, or should begin; assumed from its effort when nothing says so."""
        begun = self.started_at if self.has_begun else None
        known = begun if begun and (self.due_at is None or begun < self.due_at) else self.release_at
        if known is not None or self.due_at is None:
            return known
        if not self.effort_min:
            return self.due_at
        return min(self.due_at, self.days.moment(self._spread(self.days.end_day(self.due_at), -1), time(0)))

    @property
    def end(self) -> datetime | None:
        """When it is due; without that when it ended, or when its effort will be spent after the start."""
        if self.due_at is not None:
            return self.due_at
        if self.is_over and self.done_at is not None:
            return self.done_at
        start = self.start
        if start is None:
            return None
        last = self._spread(self.days.local(start).date(), 1)
        return max(start, self.days.moment(last, time(18)))

    def _spread(self, day: date, way: int) -> date:
        return self.days.after(day, way * (-(-(self.effort_min or 1) // DAY_MIN) - 1))


@dataclass(frozen=True)
class Link:
    """`task` follows `after`, by their ids."""

    task: int
    after: int
    kind: str
    lag_min: int


Dates = tuple[datetime | None, datetime | None]
"""Not before, and due."""


def asked_of(link: Link, before: Bar) -> datetime | None:
    """The earliest moment at which the follower may start (or, by the kind of link, end)."""
    edge = before.end if link.kind in (Kind.FINISH_START, Kind.FINISH_FINISH) else before.start
    return None if edge is None else edge + timedelta(minutes=link.lag_min)


def is_broken(link: Link, before: Bar, bar: Bar) -> bool:
    """Whether the follower starts, or ends, too early. What is over, or has begun, no longer waits for the other."""
    if before.is_over or bar.is_over or not (before.is_dated and bar.is_dated):
        return False
    if link.kind in AT_START and bar.has_begun:
        return False
    at, edge = asked_of(link, before), bar.start if link.kind in AT_START else bar.end
    return at is not None and edge is not None and edge < at


def pushed(bar: Bar, link: Link, before: Bar) -> Bar:
    """The follower of a broken link, moved later by as few working days as the link asks for."""
    at = asked_of(link, before)
    if at is None:
        return bar
    days = bar.days
    edge = bar.start if link.kind in AT_START else bar.end
    if edge is None:
        return bar
    if link.kind not in AT_START:
        last = days.next(days.end_day(edge))
        while days.end(last, edge) < at:
            last = days.next(last + DAY)
        return moved(bar, days.between(days.end_day(edge), last))
    local = days.local(edge)
    day = days.next(local.date())
    while days.moment(day, local.time()) < at:
        day = days.next(day + DAY)
    return moved(bar, days.between(local.date(), day), first=day)


def moved(bar: Bar, count: int, *, first: date | None = None) -> Bar:
    """The bar `count` working days later, or earlier. It keeps its times of day, and its length in working days.

    `first`: the day on which it then starts. A start that lies in the past stays where it was.
    """
    days, start, due = bar.days, bar.start, bar.due_at
    if start is None:
        return bar
    begin = days.local(start).date()
    first = first or _landed(days, begin, count)
    release_at = bar.release_at
    if release_at is not None and not bar.has_begun:
        release_at = days.moment(first, days.local(release_at).time())
    if due is not None:
        ends = days.end_day(due)
        last = days.after(first, days.between(begin, ends))
        if bar.has_begun:
            last = _landed(days, ends, count)
        # what begins and ends within one night ends on the day on which it begins
        due = days.end(last, due) if ends >= begin else days.moment(first, days.local(due).time())
    if release_at is not None and due is not None and release_at >= due:
        due = release_at + (bar.due_at - bar.release_at if bar.due_at and bar.release_at else DAY)
    return replace(bar, release_at=release_at, due_at=due)


def _landed(days: Days, day: date, count: int) -> date:
    """So many working days away; a day that is not worked counts as the one before it."""
    return days.after(day, count) if count else days.next(day)


def moved_by_days(bar: Bar, count: int) -> Dates:
    """The dates of a task that is moved by days of the calendar: it lands on a working day, in the way that it went."""
    edge = bar.start if bar.release_at is not None and not bar.has_begun else bar.due_at
    if edge is None or count == 0:
        return bar.release_at, bar.due_at
    day = bar.days.end_day(edge) if edge == bar.due_at else bar.days.local(edge).date()
    target = bar.days.next(day + count * DAY, step=1 if count > 0 else -1)
    if edge == bar.due_at:
        return bar.release_at, bar.days.end(target, edge)
    there = moved(bar, 0, first=target)
    return there.release_at, there.due_at


def in_order(links: Sequence[Link], root: int) -> list[int]:
    """The ids that follow `root`, each after all that it follows. The links have no circles."""
    followers: dict[int, list[int]] = {}
    waits: dict[int, int] = {}
    for link in links:
        followers.setdefault(link.after, []).append(link.task)
        waits[link.task] = waits.get(link.task, 0) + 1
    found, ready = [], deque([root])
    while ready:
        at = ready.popleft()
        if at != root:
            found.append(at)
        for task in followers.get(at, ()):
            waits[task] -= 1
            if not waits[task]:
                ready.append(task)
    return found


def longest_chain(bars: Mapping[int, Bar], links: Sequence[Link]) -> list[int]:
    """The ids of the linked open tasks that take the longest one after the other, by their own lengths.

    In their order; ties go to the smaller id. A task without links is no chain.
    """
    live = {pk: bar for pk, bar in bars.items() if bar.is_dated and not bar.is_over}
    inside = [link for link in links if link.task in live and link.after in live]
    into: dict[int, list[Link]] = {}
    for link in inside:
        into.setdefault(link.task, []).append(link)
    best: dict[int, tuple[float, int]] = {}
    for pk in _sorted(inside):
        ways = [(best[link.after][0] + link.lag_min, -link.after) for link in into.get(pk, ())]
        length, way = max(ways, default=(0.0, 0))
        best[pk] = (length + _minutes(live[pk]), -way)
    if not best:
        return []
    at = max(best, key=lambda pk: (best[pk][0], -pk))
    chain = [at]
    while best[at][1]:
        at = best[at][1]
        chain.append(at)
    return chain[::-1]


def _minutes(bar: Bar) -> float:
    return (bar.end - bar.start).total_seconds() / 60 if bar.end and bar.start else 0.0


def _sorted(links: Sequence[Link]) -> list[int]:
    """All ids of the links, each after those that it follows."""
    firsts = {link.after for link in links} - {link.task for link in links}
    fake = [Link(pk, 0, Kind.FINISH_START, 0) for pk in sorted(firsts)]
    return in_order([*fake, *links], 0)
