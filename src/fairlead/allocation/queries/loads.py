"""How full everybody is, and how well tasks match their holders."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import Coalesce

from fairlead import engine
from fairlead.accounts.models import Workspace
from fairlead.allocation import snapshot
from fairlead.allocation.near import waited_for
from fairlead.allocation.permissions import may_see
from fairlead.allocation.policy import POLICY
from fairlead.allocation.snapshot import WEEK_MIN, worker_number
from fairlead.engine.effort import minutes_needed
from fairlead.events.actor import Actor
from fairlead.people.queries import active_workers, capacity
from fairlead.work.models import Task
from fairlead.work.states import OPEN


@dataclass(frozen=True)
class WeekLoad:
    """One week of one worker, from Monday in the workspace's zone. Minutes they can work, and minutes of held work.

    `late_min`: minutes of work that is due in this week, or was before the first, and will be done after that.
    """

    starts_on: date
    capacity_min: int
    planned_min: int
    late_min: int = 0

    @property
    def is_overload(self) -> bool:
        """More work than time: it does not fit, or not before it is due."""
        return self.share > 1.0 or self.late_min > 0

    @property
    def share(self) -> float:
        """Planned against capacity; above 1 when overfull, 0 when there is neither."""
        if not self.capacity_min:
            return 1.5 if self.planned_min else 0.0
        return self.planned_min / self.capacity_min


def load(actor: Actor, worker_ids: Collection[int], *, now: datetime, weeks: int = 4) -> dict[int, list[WeekLoad]]:
    """{worker id: the coming weeks, this one first}. What they hold is laid on their calendar from `now` on, in the
    order in which they will do it; capacity counts the whole week. Nothing for somebody who may not see it."""
    if not worker_ids or not may_see(actor):
        return {}
    whose = waited_for(worker_ids, workspace_id=actor.workspace_id)
    picture = snapshot.take(actor.workspace_id, wanted=(), now=now, only=whose)
    zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=actor.workspace_id))
    mondays = _mondays(picture.start.astimezone(zone), weeks)
    windows = list(pairwise(mondays))
    room = capacity([pk for pk in worker_ids if pk in picture.rows.workers], windows)
    items = snapshot.decode(picture.problem, snapshot.queue(picture.problem))
    used, late = planned(picture.problem, items), overdue(picture.problem, items)
    return {
        pk: [
            WeekLoad(
                mondays[week].astimezone(zone).date(),
                room[pk][week],
                used.get(pk, {}).get(week, 0),
                late.get(pk, {}).get(week, 0),
            )
            for week in range(weeks)
        ]
        for pk in worker_ids
        if pk in room
    }


def most_work_first(actor: Actor) -> list[int]:
    """Everybody at work, whoever holds most work for the hours of their week first: what is cheap to say of thousands.
    Effort is counted as it was estimated, whatever is done of it. Two queries; nobody for somebody who may not see."""
    if not may_see(actor):
        return []
    held = Task.objects.filter(workspace_id=actor.workspace_id, state__in=OPEN, deleted_at__isnull=True).order_by()
    effort = Sum(Coalesce("effort_min", POLICY.default_effort_min))
    minutes = dict(held.filter(assignee__isnull=False).values_list("assignee_id").annotate(minutes=effort))
    people = active_workers(actor).order_by("name", "id").values_list("id", "week_minutes")
    return [pk for pk, _ in sorted(people, key=lambda one: -minutes.get(one[0], 0) / max(1, one[1]))]


def _mondays(first: datetime, weeks: int) -> list[datetime]:
    """Monday midnights on the wall clock of `first`, one more than there are weeks, as UTC."""
    return [(first + timedelta(weeks=week)).astimezone(ZoneInfo("UTC")) for week in range(weeks + 1)]


def planned(problem: engine.Problem, assignments: Iterable[engine.Assignment]) -> dict[int, dict[int, int]]:
    """{worker id: {week from the problem's start: minutes of work}}."""
    used: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for item in sorted(assignments, key=lambda item: (item.worker, item.start)):
        worker, number = problem.worker(item.worker), worker_number(item.worker)
        left = minutes_needed(problem.task(item.task), worker)
        for week, minutes in _by_week(worker.calendar or (), item.start, item.finish):
            cap = worker.week_minutes if worker.week_minutes is not None else WEEK_MIN
            step = min(left, minutes, max(0, cap - used[number][week]))
            used[number][week] += step
            left -= step
    return used


def overdue(problem: engine.Problem, assignments: Iterable[engine.Assignment]) -> dict[int, dict[int, int]]:
    """{worker id: {week in which it is due: minutes of work that are done after that}}."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for item in assignments:
        task, worker = problem.task(item.task), problem.worker(item.worker)
        if task.due is not None and item.finish > task.due:
            spans = _by_week(worker.calendar or (), max(item.start, task.due), item.finish)
            minutes = min(sum(spent for _, spent in spans), minutes_needed(task, worker))
            found[worker_number(item.worker)][max(0, task.due - 1) // WEEK_MIN] += minutes
    return found


def _by_week(calendar: Sequence[tuple[int, int]], start: int, finish: int) -> list[tuple[int, int]]:
    """Working minutes from start to finish, by week."""
    found: dict[int, int] = defaultdict(int)
    first = bisect_right(calendar, start, key=itemgetter(1))
    for low, high in islice(calendar, first, None):
        if low >= finish:
            break
        at, last = max(low, start), min(high, finish)
        while at < last:
            end = min(last, (at // WEEK_MIN + 1) * WEEK_MIN)
            found[at // WEEK_MIN] += end - at
            at = end
    return sorted(found.items())
