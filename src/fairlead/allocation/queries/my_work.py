"""What one worker has to do, in the order of doing it; and what waits for somebody's decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from fairlead.allocation import snapshot
from fairlead.allocation.models import Assignment, Plan
from fairlead.allocation.near import waited_for
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.queries.offers import nobody_found
from fairlead.allocation.queries.plans import visible_plans
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.permissions import may_manage_people
from fairlead.people.queries import requests_waiting
from fairlead.work.models import Task
from fairlead.work.queries import blocked, visible_tasks
from fairlead.work.queries.rows import plain
from fairlead.work.reach import knows_key
from fairlead.work.states import OPEN, OVER, WAITING, State

DONE_DAYS: Final = 14
DONE_SHOWN: Final = 8
COLUMNS: Final = (
    "id", "number", "title", "state", "priority", "due_at", "effort_min", "done_at", "version", "project__key",
    "project__name", "project__color", "status__name",
)  # fmt: skip
Times = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkItem:
    """One task of mine. `starts_at` to `ends_at`: when the schedule has me at it; `step`: what I can do next.

    `note`: why it came from somebody else, where a plan handed it over. `decided`: a receipt says why I have it.
    """

    key: str
    title: str
    project: str
    color: int
    state: str
    status: str
    priority: int
    due_at: datetime | None
    effort_min: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    done_at: datetime | None
    blocked_by: tuple[str, ...]
    criteria_open: int
    late: bool
    version: int
    note: str = ""
    decided: bool = False

    @property
    def step(self) -> str:
        """start, submit, or nothing."""
        if self.blocked_by:
            return ""
        return "start" if self.state in WAITING else "submit" if self.state == State.RUNNING else ""

    @property
    def may_finish(self) -> bool:
        """Whether its holder can say from here that it is done: every criterion is met."""
        return self.state == State.RUNNING and not self.criteria_open


@dataclass(frozen=True)
class MyWork:
    """A task stands in one place only: late ones first, then what waits for others, then by the schedule."""

    overdue: tuple[WorkItem, ...]
    today: tuple[WorkItem, ...]
    next: tuple[WorkItem, ...]
    waiting: tuple[WorkItem, ...]
    done: tuple[WorkItem, ...]

    @property
    def open(self) -> int:
        return len(self.overdue) + len(self.today) + len(self.next) + len(self.waiting)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a manager: how many, and where to decide."""

    name: str
    count: int
    url: str


def my_work(worker: Worker, *, actor: Actor, now: datetime, zone: str) -> MyWork:
    """What `worker` holds. `zone` says when today ends. The number of queries does not depend on how much it is."""
    mine = visible_tasks(actor).filter(assignee=worker, project__archived_at__isnull=True)
    rows = _rows(mine.filter(state__in=OPEN).order_by("id"))
    over = mine.filter(state__in=OVER, done_at__gte=now - timedelta(days=DONE_DAYS))
    finished = _rows(over.order_by("-done_at", "-id")[:DONE_SHOWN])
    times = schedule(worker, now=now) if rows else {}
    stops = {
        pk: [key for key in keys if knows_key(actor, key)] for pk, keys in blocked([r["id"] for r in rows]).items()
    }
    known = {pk: tuple(key for key in keys if knows_key(actor, key)) for pk, keys in stops.items()}
    items = [_item(row, times.get(row["id"]), known.get(row["id"], ()), now) for row in rows]
    items.sort(key=lambda item: (item.starts_at is None, item.starts_at or now, item.key))
    today = now.astimezone(ZoneInfo(zone)).date()
    places: dict[str, list[WorkItem]] = {"overdue": [], "today": [], "next": [], "waiting": []}
    for item in items:
        places[_place(item, today, zone)].append(item)
    places["overdue"].sort(key=lambda item: (item.due_at or now, item.key))
    return MyWork(**{name: tuple(found) for name, found in places.items()},
                  done=tuple(_item(row, None, (), now) for row in finished))  # fmt: skip


def schedule(worker: Worker, *, now: datetime) -> dict[int, Times]:
    """{task id: from, to}: what the worker holds laid on their working hours, from now on, and after what it waits
    for."""
    whose = waited_for([worker.pk], workspace_id=worker.workspace_id)
    picture = snapshot.take(worker.workspace_id, wanted=(), now=now, only=whose)
    found, mine = snapshot.decode(picture.problem, snapshot.queue(picture.problem)), snapshot.worker_name(worker.pk)
    return {
        picture.task_ids[item.task]: (picture.at(item.start), picture.at(item.finish))
        for item in found
        if item.worker == mine
    }


def decisions(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What waits for this manager: each kind with how many there are; nothing for others."""
    if not may_assign(actor):
        return []
    tasks = visible_tasks(actor).filter(state__in=OPEN, project__archived_at__isnull=True)
    counted = tasks.aggregate(  # of a column that the index for counting has: no task is read
        nobody=Count("workspace", filter=Q(assignee__isnull=True)),
        late=Count("workspace", filter=Q(due_at__lt=now)),
        review=Count("workspace", filter=Q(state=State.REVIEW)),
    )
    away = requests_waiting(actor).count() if may_manage_people(actor) else 0
    drafts = visible_plans(actor).filter(state=Plan.State.DRAFT).count()
    return [
        Waiting(tr("Nobody accepted the offer"), nobody_found(actor).count(), "/offers/"),
        Waiting(tr("Requests for time off"), away, "/people/"),
        Waiting(tr("Plans to look at"), drafts, "/plans/"),
        Waiting(tr("Tasks without anybody"), counted["nobody"], "/tasks/?assignee=nobody&state=open"),
        Waiting(tr("Tasks in review"), counted["review"], "/tasks/?state=review"),
        Waiting(tr("Late tasks"), counted["late"], "/tasks/?due=late"),
    ]


def _rows(tasks: QuerySet[Task]) -> list[dict[str, Any]]:
    open_ = Count("criteria", filter=Q(criteria__isnull=False, criteria__checked_at__isnull=True))
    noted = Assignment.objects.filter(task=OuterRef("pk"), ended_at__isnull=True, plan__isnull=False).exclude(reason="")
    given = Exists(Assignment.objects.filter(task=OuterRef("pk"), ended_at__isnull=True))
    found = tasks.annotate(criteria_open=open_, note=Subquery(noted.values("reason")[:1]), decided=given)
    return plain(found.values(*COLUMNS, "criteria_open", "note", "decided"))


def _item(row: Mapping[str, Any], times: Times | None, stops: tuple[str, ...], now: datetime) -> WorkItem:
    starts_at, ends_at = times or (None, None)
    waits = row["state"] in WAITING
    return WorkItem(
        key=f"{row['project__key']}-{row['number']}", title=row["title"], project=row["project__name"],
        color=row["project__color"], state=row["state"], status=row["status__name"], priority=row["priority"],
        due_at=row["due_at"], effort_min=row["effort_min"], starts_at=starts_at, ends_at=ends_at,
        done_at=row["done_at"], blocked_by=stops if waits else (), criteria_open=row["criteria_open"],
        late=row["due_at"] is not None and row["due_at"] < now and row["state"] in OPEN, note=row["note"] or "",
        version=row["version"], decided=row["decided"],
    )  # fmt: skip


def _place(item: WorkItem, today: date, zone: str) -> str:
    if item.state == State.REVIEW or item.blocked_by:
        return "waiting"
    if item.late:
        return "overdue"
    begins = item.starts_at.astimezone(ZoneInfo(zone)).date() if item.starts_at else None
    return "today" if item.state == State.RUNNING or (begins is not None and begins <= today) else "next"
