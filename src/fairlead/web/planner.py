"""My day: notes to myself, what is mine today, and my calendar with what I keep time for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import STAFF
from fairlead.allocation import queries as allocation
from fairlead.allocation.queries.day_plan import Slot, free_today, suggest_day
from fairlead.allocation.queries.my_work import MyWork
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.hours import Interval
from fairlead.lib.speech import later, tr, tr_count
from fairlead.people.models import Worker
from fairlead.people.queries import worker_of, working_time
from fairlead.web.access import Request, member_page
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.web.time_log import read_day
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.queries import find_task, visible_projects
from fairlead.work.queries.planner import captures, find_block, own_blocks
from fairlead.work.states import OVER

FIRST_HOUR, LAST_HOUR = 7, 20
QUARTER: Final = 15
HERE: Final = "/planner/"
ADDED: Final = "blocks added"
MOVED: Final = "blocks moved"
FOR_TEAM: Final = later("The planner is for the team. Your projects are under Projects.")


@dataclass(frozen=True)
class Day:
    """One column of the calendar. `works` and blocks are in minutes after midnight, in the reader's zone."""

    on: date
    works: list[tuple[int, int]]
    blocks: list[dict[str, Any]]


def own_worker(request: Request) -> Worker:
    """The reader's own profile. Raises Missing for who has none."""
    require(request.actor.role in STAFF, FOR_TEAM)
    worker = worker_of(request.actor)
    if worker is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    return worker


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The day, or with ?view=week the week; ?day=2026-11-26 another one."""
    require(request.actor.role in STAFF, FOR_TEAM)
    return _shown(request)


def _shown(request: Request) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(request.user.time_zone)
    today = now.astimezone(zone).date()
    day = read_day(request.GET.get("day", "")) or today
    week = request.GET.get("view") == "week"
    first = day - timedelta(days=day.weekday()) if week else day
    days = [first + timedelta(days=n) for n in range(7 if week else 1)]
    worker = worker_of(request.actor)
    work = allocation.my_work(worker, actor=request.actor, now=now, zone=request.user.time_zone) if worker else None
    shown = _days(request, worker, days, work) if worker and work else []
    step = timedelta(days=7 if week else 1)
    values = {
        "me": worker,
        "notes": captures(request.actor),
        "projects": list(visible_projects(request.actor).filter(archived_at__isnull=True).order_by("name")
                         .values_list("key", "name")),
        "today": today,
        "day": day,
        "week": week,
        "days": shown,
        "hours": _hours(shown),
        "mine": [*work.overdue, *work.today] if work else [],
        "coming": list(work.next[:6]) if work else [],
        "previous": _address(first - step, week=week),
        "following": _address(first + step, week=week),
        "here": _address(day, week=week),
    }  # fmt: skip
    return page(request, "planner/index.jinja", values)


def _address(day: date, *, week: bool) -> str:
    return f"{HERE}?day={day.isoformat()}" + ("&view=week" if week else "")


def _days(request: Request, worker: Worker, days: list[date], work: MyWork) -> list[Day]:
    zone = ZoneInfo(request.user.time_zone)
    start = datetime.combine(days[0], time(), zone)
    end = datetime.combine(days[-1] + timedelta(days=1), time(), zone)
    works = working_time([worker.pk], start, end)[worker.pk]
    found = [{**block, "own": True} for block in own_blocks(worker, start, end)] + _planned(work, works)
    columns = []
    for on in days:
        low = datetime.combine(on, time(), zone)
        high = datetime.combine(on + timedelta(days=1), time(), zone)
        columns.append(Day(
            on,
            [span for first, last in works if (span := _within(first, last, low, high))],
            [{**block, "from_min": span[0], "to_min": span[1]} for block in found
             if (span := _within(block["starts_at"], block["ends_at"], low, high))],
        ))  # fmt: skip
    return columns


def _planned(work: MyWork, works: list[Interval]) -> list[dict[str, Any]]:
    """What the schedule has the worker at, cut into their working time: blocks that cannot be moved here."""
    items = [item for item in (*work.overdue, *work.today, *work.next, *work.waiting) if item.starts_at]
    return [
        {"id": None, "own": False, "kind": "plan", "title": item.title, "state": item.state, "key": item.key,
         "starts_at": max(low, item.starts_at), "ends_at": min(high, item.ends_at)}
        for item in items
        for low, high in works
        if item.starts_at and item.ends_at and low < item.ends_at and high > item.starts_at
    ]  # fmt: skip


def _within(first: datetime, last: datetime, low: datetime, high: datetime) -> tuple[int, int] | None:
    """The part of a span that lies in a day, in minutes after its midnight on the clock of `low`."""
    start, end = max(first, low), min(last, high)
    if start >= end:
        return None
    begins = _on_the_wall(start, low)
    ends = _on_the_wall(end, low)
    # around the hour that comes twice a clock may show less at the end than at the beginning
    passed = int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() // 60)
    return begins, ends if ends > begins else begins + passed


def _on_the_wall(at: datetime, midnight: datetime) -> int:
    """Minutes that a clock has gone on from midnight, which are not those that have passed when clocks change."""
    # two times of one zone are subtracted as their clocks show them
    return int((at.astimezone(midnight.tzinfo) - midnight).total_seconds() // 60)


def _hours(days: list[Day]) -> range:
    """The hours that the calendar shows: the usual ones, and more where something lies outside."""
    spans = [(b["from_min"], b["to_min"]) for day in days for b in day.blocks if b["own"]]
    spans += [span for day in days for span in day.works]
    first = min([FIRST_HOUR, *(low // 60 for low, _ in spans)])
    last = max([LAST_HOUR, *(-(-high // 60) for _, high in spans)])
    return range(first, last)


def _back(request: Request) -> HttpResponse:
    here = request.POST.get("here", "")
    return redirect(here if here.startswith(HERE) else HERE)


@member_page
@require_POST
def add(request: Request) -> HttpResponse:
    """Keep time: a block with day, from and to; without them the next free half hour of today."""
    worker, now = own_worker(request), timezone.now()
    key, kind = request.POST.get("task", ""), request.POST.get("kind", "focus")
    task = find_task(request.actor, key) if key else None
    try:
        span = _asked_span(request) or _next_free(request, worker, now)
        actions.add_block(
            worker, span, kind="task" if task else kind, title=request.POST.get("title", ""), task=task,
            actor=request.actor, now=now,
        )  # fmt: skip
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
    return _back(request)


def _asked_span(request: Request) -> tuple[datetime, datetime] | None:
    """The time that the form names, in the reader's zone; None when it names no day."""
    day = read_day(request.POST.get("day", ""))
    if day is None:
        return None
    clocks = [_minutes(request.POST.get(name, "")) for name in ("from", "to")]
    midnight = datetime.combine(day, time(), ZoneInfo(request.user.time_zone))
    return midnight + timedelta(minutes=clocks[0]), midnight + timedelta(minutes=clocks[1])


def _minutes(text: str) -> int:
    """09:30, or minutes after midnight."""
    hours, _, minutes = text.partition(":")
    if minutes and hours.isdecimal() and minutes.isdecimal() and len(text) == 5:
        return int(hours) * 60 + int(minutes)
    if text.isdecimal() and text.isascii() and len(text) < 5 and int(text) <= 1440:
        return int(text)
    raise Invalid({"from": tr("Write the time like 09:30.")})


def _next_free(request: Request, worker: Worker, now: datetime) -> tuple[datetime, datetime]:
    minutes = request.POST.get("minutes", "30")
    wanted = min(int(minutes), 480) if minutes.isdecimal() and len(minutes) < 5 and int(minutes) else 30
    taken = _taken(worker, now, request.user.time_zone)
    for low, high in free_today(worker, taken, now=now, zone=request.user.time_zone):
        if high - low >= timedelta(minutes=QUARTER):
            return low, min(high, low + timedelta(minutes=wanted))
    raise Refused(tr("Nothing is free in your working time today. Drag it to another time, or choose another day."))


def _taken(worker: Worker, now: datetime, zone: str) -> list[tuple[datetime, datetime]]:
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return [(b["starts_at"], b["ends_at"]) for b in own_blocks(worker, midnight, midnight + timedelta(days=1))]


@member_page
@require_POST
def move(request: Request, number: int) -> HttpResponse:
    """Another day, time or length."""
    block = find_block(request.actor, number)
    span = _asked_span(request)
    if span is None:
        raise Invalid({"day": tr("Choose a day.")})
    actions.move_block(block, span, actor=request.actor, now=timezone.now())
    return _back(request)


@member_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Give the time back."""
    actions.remove_block(find_block(request.actor, number), actor=request.actor, now=timezone.now())
    messages.success(request, tr("The block was removed."), extra_tags=f"/planner/blocks/{number}/restore/")
    return _back(request)


@member_page
@require_POST
def restore(request: Request, number: int) -> HttpResponse:
    """Keep a removed block again."""
    actions.restore_block(find_block(request.actor, number), actor=request.actor, now=timezone.now())
    return redirect(HERE)


@member_page
@require_GET
def preview(request: Request) -> HttpResponse:
    """What a planned day would look like."""
    slots = _suggested(request, own_worker(request))
    zone = ZoneInfo(request.user.time_zone)
    rows = [(s.item, f"{s.starts_at.astimezone(zone):%H:%M}", f"{s.ends_at.astimezone(zone):%H:%M}") for s in slots]
    return page(request, "planner/preview.jinja", {"rows": rows}, block="preview")


def _suggested(request: Request, worker: Worker) -> list[Slot]:
    now, zone = timezone.now(), request.user.time_zone
    work = allocation.my_work(worker, actor=request.actor, now=now, zone=zone)
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    blocks = own_blocks(worker, midnight, midnight + timedelta(days=1))
    taken = [(block["starts_at"], block["ends_at"]) for block in blocks]
    return suggest_day(worker, work, taken, planned=[b["key"] for b in blocks if b["key"]], now=now, zone=zone)


@member_page
@require_POST
def plan(request: Request) -> HttpResponse:
    """Keep the time as the preview had it."""
    worker, now = own_worker(request), timezone.now()
    slots = _suggested(request, worker)
    spans = [(find_task(request.actor, slot.item.key), (slot.starts_at, slot.ends_at)) for slot in slots]
    made = actions.add_task_blocks(worker, spans, actor=request.actor, now=now)
    if made:
        told = tr_count("Your day has %(n)s block more.", "Your day has %(n)s blocks more.", len(made))
        put = [[block.pk, block.starts_at.isoformat(), block.ends_at.isoformat()] for block in made]
        undo = undo_link(request, reverse("planner-plan-undo"), ADDED, {"blocks": put})
        messages.success(request, told, extra_tags=undo)
    else:
        messages.info(request, tr("Nothing to plan: no working time is left today, or everything has its place."))
    return redirect(HERE)


@member_page
@require_POST
def plan_undo(request: Request) -> HttpResponse:
    """Undo of planning the day: its blocks are gone, but those that were moved since."""

    def act() -> str:
        put = [
            (find_block(request.actor, number), (datetime.fromisoformat(low), datetime.fromisoformat(high)))
            for number, low, high in read_was(request, ADDED)["blocks"]
        ]
        done = actions.remove_added_blocks(put, actor=request.actor, now=timezone.now())
        if not done:
            raise Conflict(tr("These blocks are somewhere else by now."))
        return tr_count("%(n)s block is gone again.", "%(n)s blocks are gone again.", done)

    return taken_back(request, act, HERE)


@member_page
@require_POST
def shut_down(request: Request) -> HttpResponse:
    """Move today's blocks for tasks that are not done to the next day of work, at the same time of day."""
    worker, now, zone = own_worker(request), timezone.now(), ZoneInfo(request.user.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = own_blocks(worker, midnight, midnight + timedelta(days=1))
    undone = [row for row in rows if row["kind"] == "task" and row["task__state"] not in OVER]
    ahead = _next_day_of_work(worker, midnight, zone)
    moves = []
    for row in undone:
        spans = [datetime.combine(at.astimezone(zone).date() + ahead, at.astimezone(zone).time(), zone)
                 for at in (row["starts_at"], row["ends_at"])]  # fmt: skip
        moves.append((find_block(request.actor, row["id"]), (spans[0], spans[1])))
    was = [[block.pk, *map(datetime.isoformat, (block.starts_at, block.ends_at, *put))] for block, put in moves]
    actions.move_blocks(moves, actor=request.actor, now=now)
    on = written((midnight + ahead).date(), "weekday")
    undo = undo_link(request, reverse("planner-shut-down-undo"), MOVED, {"blocks": was}) if moves else ""
    told = _see_you(len(moves), on) if moves else tr("Everything is done. See you.")
    messages.success(request, told, extra_tags=undo)
    return redirect(HERE)


@member_page
@require_POST
def shut_down_undo(request: Request) -> HttpResponse:
    """Undo of shutting down: the blocks are where they were today, but those that were moved again."""

    def act() -> str:
        moves = []
        for number, *texts in read_was(request, MOVED)["blocks"]:
            low, high, put_low, put_high = map(datetime.fromisoformat, texts)
            moves.append((find_block(request.actor, number), (low, high), (put_low, put_high)))
        done = actions.move_blocks_back(moves, actor=request.actor, now=timezone.now())
        if not done:
            raise Conflict(tr("These blocks are somewhere else by now."))
        return tr_count("%(n)s block is where it was.", "%(n)s blocks are where they were.", len(done))

    return taken_back(request, act, HERE)


def _see_you(moved: int, on: str) -> str:
    return tr_count(
        "%(n)s block moved to %(day)s. See you then.", "%(n)s blocks moved to %(day)s. See you then.", moved, day=on
    )


def _next_day_of_work(worker: Worker, midnight: datetime, zone: ZoneInfo) -> timedelta:
    end = midnight + timedelta(days=15)
    times = working_time([worker.pk], midnight + timedelta(days=1), end)[worker.pk]
    first = times[0][0].astimezone(zone).date() if times else (midnight + timedelta(days=1)).date()
    return first - midnight.date()


urls = [
    path("planner/", index, name="planner"),
    path("planner/blocks/", add, name="planner-add"),
    path("planner/blocks/<int:number>/move/", move, name="planner-move"),
    path("planner/blocks/<int:number>/remove/", remove, name="planner-remove"),
    path("planner/blocks/<int:number>/restore/", restore, name="planner-restore"),
    path("planner/preview/", preview, name="planner-preview"),
    path("planner/plan/", plan, name="planner-plan"),
    path("planner/plan/undo/", plan_undo, name="planner-plan-undo"),
    path("planner/shut-down/", shut_down, name="planner-shut-down"),
    path("planner/shut-down/undo/", shut_down_undo, name="planner-shut-down-undo"),
]
