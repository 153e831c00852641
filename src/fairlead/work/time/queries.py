"""Reading the time log: the running timer, lists of entries, and what a task has taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import STAFF
from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.hours import minutes_within
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import working_time
from fairlead.work.models import Task
from fairlead.work.queries.rollups import efforts_below
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import seen, visible_tasks
from fairlead.work.states import OPEN, State
from fairlead.work.time.models import DAY_MIN, TimeEntry, TimeWeek
from fairlead.work.time.permissions import may_see_all_time

PAGE: Final = 50
RECENT: Final = 6
_LATEST_DAY: Final = ("-day", "-started_at", "-id")
COLUMNS: Final = (
    "id", "day", "started_at", "ended_at", "minutes", "note", "billable", "source", "worker_id", "worker__name",
    "worker__kind", "worker__user_id", "task_id", "task__number", "task__title", "task__project__key",
    "task__project__name",
)  # fmt: skip


@dataclass(frozen=True)
class Timer:
    """The timer that runs for somebody. `asks`: it has run so long that it may have been forgotten."""

    entry_id: int
    task_id: int
    key: str
    title: str
    started_at: datetime
    asks: bool


@dataclass(frozen=True)
class EntryFilter:
    """Which entries; nothing given means all. Days are the workers' own; `named`: a part of the worker's name."""

    worker: int | None = None
    project: str = ""
    task: str = ""
    first: date | None = None
    last: date | None = None
    billable: bool | None = None
    named: str = ""

    def apply(self, entries: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
        wanted = Q()
        if self.worker is not None:
            wanted &= Q(worker_id=self.worker)
        if self.named:
            wanted &= Q(worker__in=Worker.objects.filter(name__icontains=self.named))
        if self.project:
            wanted &= Q(task__project__key=self.project)
        if self.task:
            key, _, number = self.task.rpartition("-")
            numbered = number.isdecimal() and len(number) < 10
            wanted &= Q(task__project__key=key, task__number=int(number)) if numbered else Q(pk__in=[])
        if self.first is not None:
            wanted &= Q(day__gte=self.first)
        if self.last is not None:
            wanted &= Q(day__lte=self.last)
        if self.billable is not None:
            wanted &= Q(billable=self.billable)
        return entries.filter(wanted)


@dataclass(frozen=True)
class EntryPage:
    """A page of entries, the latest day first, and the minutes of all that fit."""

    rows: list[dict[str, Any]]
    total: int
    minutes: int
    billable_min: int
    page: int
    pages: int


@dataclass(frozen=True)
class TaskTime:
    """What a task has taken (minutes), with its subtasks, and who is at it now (names)."""

    spent_min: int
    sub_spent_min: int
    sub_effort_min: int
    people: tuple[tuple[str, int], ...]
    running: tuple[str, ...]

    @property
    def all_min(self) -> int:
        """With the subtasks."""
        return self.spent_min + self.sub_spent_min


def visible_entries(actor: Actor, *, removed: bool = False) -> QuerySet[TimeEntry]:
    """Everybody's for managers and auditors, one's own for others of the team; none for clients."""
    trashed = Task.objects.filter(pk=OuterRef("task_id"), workspace_id=actor.workspace_id, deleted_at__isnull=False)
    return _entries(actor, removed=removed).filter(~Exists(trashed))


def _entries(actor: Actor, *, removed: bool = False) -> QuerySet[TimeEntry]:
    """The visible entries, and those on tasks in the trash."""
    found = TimeEntry.objects.filter(workspace_id=actor.workspace_id, deleted_at__isnull=not removed)
    found = seen(found, actor)
    if may_see_all_time(actor):
        return found
    return found.filter(worker__user_id=actor.user_id or 0) if actor.role in STAFF else found.none()


def find_entry(actor: Actor, entry_id: int, *, removed: bool = False) -> TimeEntry:
    """One entry. Raises Missing, also for what the actor may not see."""
    entries = visible_entries(actor, removed=removed).select_related("task__project", "worker")
    found = entries.filter(pk=entry_id).first()
    if found is None:
        raise Missing(tr("There is no such entry in the time log."))
    return found


@prepared
def _running(workspace_id: int, user_id: int) -> QuerySet[TimeEntry, Any]:
    mine = TimeEntry.objects.filter(
        workspace_id=workspace_id, worker__user_id=user_id, minutes__isnull=True, deleted_at__isnull=True
    )
    running = mine.order_by("id")
    return running.values(
        "id", "started_at", "confirmed_at", "task_id", "task__number", "task__title", "task__project__key"
    )[:1]


def running_timer(actor: Actor, *, now: datetime) -> Timer | None:
    """The actor's own timer, in one query."""
    if actor.user_id is None or actor.role not in STAFF:
        return None
    row = _running.first(actor.workspace_id, actor.user_id)
    if row is None or row["started_at"] is None:
        return None
    since = max(row["started_at"], row["confirmed_at"] or row["started_at"])
    return Timer(
        row["id"], row["task_id"], f"{row['task__project__key']}-{row['task__number']}", row["task__title"],
        row["started_at"], asks=now - since > timedelta(hours=config().timer_asks_after_h),
    )  # fmt: skip


def probably_worked(worker: Worker, timer: Timer, *, now: datetime) -> int:
    """Minutes of a forgotten timer that are likely right: the working time of the day on which it was started."""
    ran = max(1, round((now - timer.started_at).total_seconds() / 60))
    until = min(now, timer.started_at + timedelta(hours=12))
    worked = minutes_within(working_time([worker.pk], timer.started_at, until)[worker.pk], timer.started_at, until)
    return max(1, min(worked or 60, ran, DAY_MIN))


def recent_tasks(actor: Actor, worker: Worker) -> list[dict[str, Any]]:
    """Open tasks to start a timer on: those that the worker has under way, then those logged lately."""
    logged = TimeEntry.objects.filter(worker=worker, deleted_at__isnull=True).order_by("-id").values("task_id")[:40]
    ids = list(dict.fromkeys(row["task_id"] for row in logged))
    fits = Q(pk__in=ids) | Q(assignee=worker, state__in=(State.RUNNING, State.REVIEW)) | Q(assignee=worker)
    tasks = visible_tasks(actor).filter(fits, state__in=OPEN, project__archived_at__isnull=True)
    rows = plain(tasks.values("id", "number", "title", "state", "project__key", "assignee_id")[:200])
    place = {pk: n for n, pk in enumerate(ids)}
    rows.sort(key=lambda row: (row["state"] != State.RUNNING or row["assignee_id"] != worker.pk,
                               place.get(row["id"], len(ids)), -row["id"]))  # fmt: skip
    return [{**row, "key": f"{row['project__key']}-{row['number']}"} for row in rows[:RECENT]]


def entry_list(actor: Actor, wanted: EntryFilter, *, page: int = 1) -> EntryPage:
    """A page of the finished entries that fit; three queries."""
    total, minutes, billable_min = _sums(actor, wanted)
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    fitting = wanted.apply(visible_entries(actor)).filter(minutes__isnull=False)
    # Put in order are the entries as such; only those of the page are read with all that stands around them.
    here = fitting.order_by(*_LATEST_DAY).values("pk")[(page - 1) * PAGE : page * PAGE]
    rows = entry_rows(TimeEntry.objects.filter(pk__in=here).order_by(*_LATEST_DAY))
    return EntryPage(rows, total, minutes, billable_min, page, pages)


def _sums(actor: Actor, wanted: EntryFilter) -> tuple[int, ...]:
    """How many finished entries fit, their minutes, and those to be billed: of all, less those on tasks in the trash.

    To ask for the few of the trash apart costs less than to compare each of hundreds of thousands with it.
    """
    every = wanted.apply(_entries(actor)).filter(minutes__isnull=False)
    whole, trashed = (
        entries.aggregate(
            n=Count("*"), all_min=Sum("minutes", default=0), due=Sum("minutes", filter=Q(billable=True), default=0)
        )
        for entries in (every, every.filter(task__deleted_at__isnull=False))
    )
    return tuple(whole[name] - trashed[name] for name in ("n", "all_min", "due"))


def entry_rows(entries: QuerySet[TimeEntry]) -> list[dict[str, Any]]:
    """Rows with COLUMNS, `key` (of the task) and `worker` (id, name, kind)."""
    rows = plain(entries.values(*COLUMNS))
    for row in rows:
        row["key"] = f"{row['task__project__key']}-{row['task__number']}"
        row["worker"] = {"id": row["worker_id"], "name": row["worker__name"], "kind": row["worker__kind"]}
    return rows


def overlaps(entry: TimeEntry) -> list[str]:
    """Keys of tasks on which the worker has logged the same time of day; empty for an entry without times."""
    if entry.started_at is None or entry.ended_at is None:
        return []
    others = TimeEntry.objects.filter(
        worker_id=entry.worker_id, deleted_at__isnull=True, started_at__lt=entry.ended_at, ended_at__gt=entry.started_at
    ).exclude(pk=entry.pk)
    rows = others.order_by("started_at").values_list("task__project__key", "task__number")
    return list(dict.fromkeys(f"{key}-{number}" for key, number in rows))


def task_time(task: Task) -> TaskTime:
    """What a task and all tasks below it have taken; two queries. Efforts are those of the leaves."""
    below = efforts_below(task.pk)
    entries = TimeEntry.objects.filter(task_id__in=[task.pk, *below], deleted_at__isnull=True)
    rows = plain(entries.filter(task__deleted_at__isnull=True).values("task_id", "minutes", "worker__name"))
    mine = [row for row in rows if row["task_id"] == task.pk]
    people: dict[str, int] = {}
    for row in mine:
        people[row["worker__name"]] = people.get(row["worker__name"], 0) + (row["minutes"] or 0)
    return TaskTime(
        spent_min=sum(row["minutes"] or 0 for row in mine),
        sub_spent_min=sum(row["minutes"] or 0 for row in rows if row["task_id"] != task.pk),
        sub_effort_min=sum(below.values()),
        people=tuple(sorted(((n, m) for n, m in people.items() if m), key=lambda pair: -pair[1])),
        running=tuple(row["worker__name"] for row in mine if row["minutes"] is None),
    )


def find_week(actor: Actor, worker_id: int, monday: date) -> TimeWeek:
    """A week that was handed in at some time, of a worker whose time the actor sees. Raises Missing."""
    weeks = TimeWeek.objects.filter(workspace_id=actor.workspace_id, worker_id=worker_id, monday=monday)
    if not may_see_all_time(actor):
        weeks = weeks.filter(worker__user_id=actor.user_id or 0)
    found = weeks.select_related("worker", "decided_by").first()
    if found is None or actor.role == Role.CLIENT:
        raise Missing(tr("This week was not handed in."))
    return found


def weeks_to_approve(actor: Actor) -> QuerySet[TimeWeek]:
    """Weeks that wait for approval; none for those who may not see everybody's time."""
    found = TimeWeek.objects.filter(workspace_id=actor.workspace_id, state=TimeWeek.State.SUBMITTED)
    return found if may_see_all_time(actor) else found.none()


def weeks_waiting(actor: Actor, *, most: int) -> list[dict[str, Any]]:
    """The first of the weeks to approve, the oldest first: worker, monday, submitted_at, minutes."""
    weeks = weeks_to_approve(actor).order_by("monday", "worker__name", "id")
    rows = plain(weeks.values(
        "id", "monday", "submitted_at", "worker_id", "worker__name", "worker__kind", "worker__week_minutes"
    )[:most])  # fmt: skip
    if not rows:
        return []
    first, last = rows[0]["monday"], rows[-1]["monday"] + timedelta(days=6)
    entries = TimeEntry.objects.filter(
        worker_id__in={row["worker_id"] for row in rows}, day__range=(first, last), deleted_at__isnull=True
    )
    sums: dict[tuple[int, date], int] = {}
    by_day = entries.order_by().values_list("worker_id", "day").annotate(n=Sum("minutes"))
    for worker_id, day, minutes in by_day:
        key = (worker_id, day - timedelta(days=day.weekday()))
        sums[key] = sums.get(key, 0) + (minutes or 0)
    for row in rows:
        row["minutes"] = sums.get((row["worker_id"], row["monday"]), 0)
        row["worker"] = {"id": row["worker_id"], "name": row["worker__name"], "kind": row["worker__kind"]}
    return rows
