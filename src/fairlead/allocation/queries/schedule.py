"""The schedule: who does what when, on each person's own calendar, with what waits and what will be late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.models import Offering, Pin, Routing
from fairlead.allocation.near import tied
from fairlead.allocation.permissions import may_see
from fairlead.allocation.policy import POLICY
from fairlead.allocation.queries.loads import most_work_first
from fairlead.allocation.sayings import in_own_words
from fairlead.allocation.snapshot import Picture, worker_number
from fairlead.events.actor import Actor
from fairlead.events.models import Head
from fairlead.lib.among import among
from fairlead.lib.errors import require
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, tr
from fairlead.people.queries import active_workers, busy_blocks
from fairlead.work.models import Project, Task
from fairlead.work.reach import reach_of
from fairlead.work.states import WAITING, State
from fairlead.work.types.models import NOBODYS

NOT_YOURS: Final = later("Only the team sees the schedule.")
KEPT_S: Final = 15 * 60
SHOWN_LATE: Final = 50
SHOWN_WAITING: Final = 200
MOST_LANES: Final = 100
"""Lanes of one page."""


@dataclass(frozen=True)
class Block:
    """One task of a lane; minutes count from the schedule's `start`. `late_min`: how long after it is due it ends.

    `lane` counts from 0: agents do several at the same time.
    """

    key: str
    title: str
    project: str
    color: int
    start_min: int
    end_min: int
    lane: int
    state: str
    priority: int
    due_min: int | None
    late_min: int
    is_pinned: bool


@dataclass(frozen=True)
class Lane:
    """One worker with their tasks in order, the working time in which they lie, and when they are busy: their calendars
    are full, or they do what the reader may not know. `gap_min`: what is kept free between two tasks.
    """

    worker_id: int
    name: str
    kind: str
    lanes: int
    blocks: tuple[Block, ...]
    calendar: tuple[tuple[int, int], ...]
    gap_min: int = 0
    busy: tuple[tuple[int, int], ...] = ()

    @property
    def hours(self) -> float:
        """How many hours from now their work reaches, on the clock."""
        return max((it.end_min for it in self.blocks), default=0) / 60


@dataclass(frozen=True)
class Waiting:
    """A task that nobody has. `state` is that of its way through the policies; `told` is what a policy said, and
    `made_of` what that was made of."""

    key: str
    title: str
    project: str
    color: int
    priority: int
    due_at: datetime | None
    effort_min: int
    state: str
    told: str
    made_of: Any

    @property
    def reason(self) -> str:
        """Why it waits, in the language that is spoken: the schedule is kept for everybody."""
        known = _REASONS.get(self.state)
        said = in_own_words(self.told, self.made_of) if known is None else str(known)
        return said or tr("Waits for somebody")


@dataclass(frozen=True)
class Schedule:
    """Everybody's lanes, or some of them. `start` is Monday 00:00 of this week, `now_min` the present; `seq` the newest
    event in it."""

    start: datetime
    now_min: int
    seq: int
    lanes: tuple[Lane, ...]
    waiting: tuple[Waiting, ...]
    waiting_count: int

    @property
    def late(self) -> list[tuple[Lane, Block]]:
        """What will be late as things stand, the worst first: importance times lateness."""
        found = [(lane, it) for lane in self.lanes for it in lane.blocks if it.late_min]
        found.sort(key=lambda item: -item[1].late_min * POLICY.weights[item[1].priority])
        return found[:SHOWN_LATE]

    @property
    def late_count(self) -> int:
        """How many will be late."""
        return sum(1 for lane in self.lanes for it in lane.blocks if it.late_min)

    def at(self, minute: int) -> datetime:
        """The moment of a minute."""
        return self.start + timedelta(minutes=minute)


def lanes_of(actor: Actor, *, text: str = "", kind: str = "") -> list[int] | None:
    """Of a large workspace, everybody at work whose name holds the text, of that kind, whoever holds most work for the
    hours of their week first: their lanes come in pages. None: all lanes are shown at once."""
    require(may_see(actor), NOT_YOURS)
    found = active_workers(actor)
    if found.count() <= MOST_LANES:
        return None
    found = found.filter(name__icontains=text) if text else found
    found = found.filter(kind=kind) if kind else found
    chosen = set(found.values_list("id", flat=True))
    return [pk for pk in most_work_first(actor) if pk in chosen]


def schedule(actor: Actor, *, now: datetime, only: Sequence[int] | None = None) -> Schedule:
    """The schedule as things stand, of everybody or of these workers. Computed once for each state of the workspace and
    quarter of an hour."""
    require(may_see(actor), NOT_YOURS)
    workspace_id = actor.workspace_id
    seq = Head.objects.filter(workspace_id=workspace_id).values_list("seq", flat=True).first() or 0
    quarter = int(now.timestamp()) // 900
    whose = "" if only is None else "-" + digest(repr(only))
    key = f"schedule-{workspace_id}-{seq}-{quarter}{whose}"
    found: Schedule | None = cache.get(key)
    if found is None:
        found = _schedule(workspace_id, seq=seq, now=now, only=only)
        cache.set(key, found, KEPT_S)
    return _told_to(actor, found)


def _told_to(actor: Actor, found: Schedule) -> Schedule:
    """The schedule as this reader may see it: work of private projects of others is time that is taken, no more."""
    hidden = reach_of(actor).hidden_keys
    if not hidden:
        return found
    lanes = tuple(_without(lane, hidden) for lane in found.lanes)
    waiting, count = _waiting(actor.workspace_id, hidden)
    return replace(found, lanes=lanes, waiting=waiting, waiting_count=count)


def _without(lane: Lane, hidden: Collection[str]) -> Lane:
    taken = [(it.start_min, it.end_min) for it in lane.blocks if it.project in hidden]
    blocks = tuple(it for it in lane.blocks if it.project not in hidden)
    return replace(lane, blocks=blocks, busy=tuple(sorted([*lane.busy, *taken]))) if taken else lane


def _schedule(workspace_id: int, *, seq: int, now: datetime, only: Sequence[int] | None) -> Schedule:
    close = None if only is None else tied(only, workspace_id=workspace_id)
    picture = snapshot.take(workspace_id, wanted=(), now=now, only=close)
    problem = picture.problem
    now_min = snapshot.week_of(workspace_id, now)[1]
    by_worker: dict[int, list[engine.Assignment]] = defaultdict(list)
    for item in snapshot.decode(problem, snapshot.queue(problem)):
        by_worker[worker_number(item.worker)].append(item)
    colors = dict(Project.objects.filter(workspace_id=workspace_id).values_list("id", "color"))
    pins = set(_pinned(workspace_id))
    busy = _busy(picture, now)
    lanes = tuple(
        replace(
            _lane(picture, row, by_worker.get(pk, []), colors=colors, pins=pins, now_min=now_min), busy=busy.get(pk, ())
        )
        for pk, row in picture.rows.workers.items()
        if only is None or pk in only
    )
    waiting, count = _waiting(workspace_id)
    return Schedule(picture.start, now_min, seq, lanes, waiting, count)


def _busy(picture: Picture, now: datetime) -> dict[int, tuple[tuple[int, int], ...]]:
    """{worker id: minutes in which their calendars are full}, from this week on."""
    found = busy_blocks(list(picture.rows.workers), picture.start, now + timedelta(weeks=13))
    base = picture.start
    return {
        pk: tuple((max(0, int((low - base).total_seconds() // 60)), int((high - base).total_seconds() // 60))
                  for low, high in blocks)
        for pk, blocks in found.items()
    }  # fmt: skip


def _pinned(workspace_id: int) -> Any:
    going = Pin.objects.filter(workspace_id=workspace_id, ended_at__isnull=True)
    return going.values_list("task_id", "worker_id")


def _lane(
    picture: Picture, row: Mapping[str, Any], items: list[engine.Assignment], *, colors: Mapping[int, int],
    pins: set[tuple[int, int]], now_min: int,
) -> Lane:  # fmt: skip
    worker = picture.problem.worker(snapshot.worker_name(row["id"]))
    items.sort(key=lambda it: (it.start, it.lane))
    blocks = tuple(_block(picture, it, row["id"], colors=colors, pins=pins) for it in items)
    last = max([now_min + 5 * snapshot.WEEK_MIN, *(it.end_min for it in blocks)])
    calendar = tuple(span for span in worker.calendar or () if span[0] <= last)
    return Lane(row["id"], row["name"], row["kind"], row["lanes"], blocks, calendar, worker.buffer)


def _block(
    picture: Picture, item: engine.Assignment, worker_id: int, *, colors: Mapping[int, int], pins: set[tuple[int, int]]
) -> Block:
    pk = picture.task_ids[item.task]
    row, due = picture.rows.tasks[pk], picture.problem.task(item.task).due
    return Block(
        key=item.task, title=row["title"], project=row["project__key"], color=colors.get(row["project_id"], 0),
        start_min=item.start, end_min=item.finish, lane=item.lane, state=str(row["state"]), priority=row["priority"],
        due_min=due, late_min=0 if due is None else max(0, item.finish - due), is_pinned=(pk, worker_id) in pins,
    )  # fmt: skip


_REASONS: Final[Mapping[str, str]] = {
    Routing.State.PROPOSED: later("Waits for approval on the desk"),
    Routing.State.QUEUED: later("In the queue, to be claimed"),
    Routing.State.ASKING: later("Being offered"),
    Routing.State.WAITING: later("Its policy looks for somebody"),
}


def _waiting(workspace_id: int, hidden: Collection[str] = ()) -> tuple[tuple[Waiting, ...], int]:
    """Tasks that nobody has, the most important and earliest due first, with why they wait; and how many there are."""
    found = Task.objects.filter(
        workspace_id=workspace_id, state__in=WAITING, assignee__isnull=True, deleted_at__isnull=True,
        project__archived_at__isnull=True,
    ).exclude(type__base__in=NOBODYS).order_by("-priority", "due_at", "id")  # fmt: skip
    if hidden:
        found = found.exclude(project__key__in=hidden)
    rows = list(
        found.values("id", "number", "title", "priority", "due_at", "effort_min", "project__key", "project__color")[
            :SHOWN_WAITING
        ]
    )
    ids = [row["id"] for row in rows]
    stuck = Routing.objects.filter(among("task_id", ids), closed_at__isnull=True)
    routed = {row[0]: row[1:] for row in stuck.values_list("task_id", "state", "reason", "told")}
    going = Offering.objects.filter(among("task_id", ids), state=Offering.State.OPEN)
    offered = set(going.values_list("task_id", flat=True))
    return tuple(_wait(row, routed.get(row["id"]), is_offered=row["id"] in offered) for row in rows), found.count()


def _wait(row: Mapping[str, Any], routed: tuple[str, str, Any] | None, *, is_offered: bool) -> Waiting:
    state, reason, made_of = routed or ("suggest", "", {})
    if is_offered:
        state = Routing.State.ASKING
    return Waiting(
        key=f"{row['project__key']}-{row['number']}", title=row["title"], project=row["project__key"],
        color=row["project__color"], priority=row["priority"], due_at=row["due_at"], effort_min=snapshot.effort(row),
        state=str(state), told=reason, made_of=made_of,
    )  # fmt: skip


def compact(found: Schedule) -> dict[str, Any]:
    """The schedule as short lists for the page's script: [id, name, kind, lanes, spans, blocks, busy, gap] for
    each worker,
    with blocks [key, title, color, start, end, lane, flags, due] and flags 1 under way, 2 in review, 4 pinned, 8 late.
    """
    return {
        "start": found.start.isoformat(),
        "now": found.now_min,
        "seq": found.seq,
        "lanes": [
            [it.worker_id, it.name, it.kind, it.lanes, [n for span in it.calendar for n in span],
             [[b.key, b.title, b.color, b.start_min, b.end_min, b.lane, _flags(b), b.due_min] for b in it.blocks],
             [n for span in it.busy for n in span], it.gap_min]
            for it in found.lanes
        ],
    }  # fmt: skip


def _flags(it: Block) -> int:
    under_way = 1 if it.state == State.RUNNING else 2 if it.state == State.REVIEW else 0
    return under_way | (4 if it.is_pinned else 0) | (8 if it.late_min else 0)
