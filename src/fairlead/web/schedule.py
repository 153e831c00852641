"""The schedule: everybody's lanes, the load of the coming weeks, what waits, and giving a task to somebody by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.permissions import may_assign, may_see
from fairlead.allocation.reading import QUICK_REASONS
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.people.queries import active_workers, find_worker
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.people import page_in
from fairlead.web.render import page
from fairlead.work.models import Task
from fairlead.work.queries import find_task

WEEKS: Final = 6
PLAIN_TASKS: Final = 5
PLAIN_PEOPLE: Final = 60
LOADS: Final = 50
"""People on a page of the load."""
WRITTEN: Final = later("Give a time such as 2026-11-23T09:00:00Z.")
NOT_YOURS: Final = later("Only the team sees the schedule.")


@dataclass(frozen=True)
class _Part:
    """The lanes of a page: of everybody (`ids` is None), or of one page of a large workspace, `total` people long."""

    text: str
    kind: str
    ids: list[int] | None = None
    total: int = 0
    first: int = 0

    @property
    def pages(self) -> tuple[str | None, str | None]:
        """The addresses of the page before and the one after."""
        here, size = self.first // queries.MOST_LANES + 1, queries.MOST_LANES
        before = self._address(here - 1) if self.first else None
        return before, self._address(here + 1) if self.first + size < self.total else None

    def _address(self, number: int) -> str:
        return "?" + urlencode({"q": self.text, "kind": self.kind, "page": number})


def _part(request: Request) -> _Part:
    """What `q`, `kind` and `page` ask for."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    people = queries.lanes_of(request.actor, text=text, kind=kind)
    if people is None:
        return _Part(text, kind)
    first = (page_in(request, len(people), size=queries.MOST_LANES) - 1) * queries.MOST_LANES
    return _Part(text, kind, people[first : first + queries.MOST_LANES], len(people), first)


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """Lanes over time; without a script everybody's next tasks as a table. Of very many people a page shows those who
    hold most work."""
    part = _part(request)
    found = queries.schedule(request.actor, now=timezone.now(), only=part.ids)
    values = {
        "found": found,
        "part": part,
        "plain": sorted(found.lanes, key=lambda it: (not it.blocks, it.name))[:PLAIN_PEOPLE],
        "plain_tasks": PLAIN_TASKS,
        "may_assign": may_assign(request.actor),
        "view": "lanes",
    }
    return page(request, "schedule/index.jinja", values)


@member_page
@require_GET
def data(request: Request) -> HttpResponse:
    """The lanes of a page as short lists for the script."""
    found = queries.schedule(request.actor, now=timezone.now(), only=_part(request).ids)
    return JsonResponse(queries.compact(found))


@member_page
@require_GET
def load(request: Request) -> HttpResponse:
    """Hours of work against hours there are, by person and week. Of very many people a page shows those who hold most
    work; the fullest of a page come first."""
    require(may_see(request.actor), NOT_YOURS)
    everybody = queries.most_work_first(request.actor)
    first = (page_in(request, len(everybody), size=LOADS) - 1) * LOADS
    shown = everybody[first : first + LOADS]
    names = dict(active_workers(request.actor).filter(pk__in=shown).values_list("id", "name"))
    loads = queries.load(request.actor, shown, now=timezone.now(), weeks=WEEKS)
    fullest = sorted(loads, key=lambda pk: (-_fullness(loads[pk]), names[pk]))
    rows = [{"id": pk, "name": names[pk], "weeks": loads[pk]} for pk in fullest]
    values = {"rows": rows, "view": "load", "first": first, "total": len(everybody), "size": LOADS}
    return page(request, "schedule/load.jinja", values)


def _fullness(weeks: Sequence[queries.WeekLoad]) -> float:
    """Whoever has too much comes first, then by the fullest week."""
    return sum(week.late_min for week in weeks) + max(week.share for week in weeks)


def _choice(request: Request, values: Any) -> tuple[Worker, datetime | None]:
    """The worker and time of a choice."""
    text = values.get("worker", "")
    if not text.isdecimal() or len(text) > 18:
        raise Invalid({"worker": tr("Choose somebody from the list.")})
    return find_worker(request.actor, int(text)), _time(values.get("at", ""))


def _time(text: str) -> datetime | None:
    """A moment with its zone; nothing is none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid({"at": WRITTEN}) from None
    if found.tzinfo is None or not 2000 < found.year < 2200:
        raise Invalid({"at": WRITTEN})
    return found


@member_page
@require_GET
def price(request: Request, key: str) -> HttpResponse:
    """What giving the task to `worker` (not before `at`) would cost: one line of text, and whether it is the best."""
    task = find_task(request.actor, key)
    worker, at = _choice(request, request.GET)
    found = queries.price(task, worker, at=at, actor=request.actor, now=timezone.now())
    told = {"words": found.words, "points": found.points, "late": found.late_min, "obstacle": found.obstacle}
    return JsonResponse({**told, "best": not found.parts and not found.obstacle})


@member_page
@require_GET
def move(request: Request, key: str) -> HttpResponse:
    """Who could have the task, with what each would cost; `worker` and `at` are a choice to be confirmed."""
    task = find_task(request.actor, key)
    require(may_assign(request.actor), tr("Only managers move work."))
    return _move_page(request, task)


def _move_page(request: Request, task: Task, refused: Refused | None = None) -> HttpResponse:
    now, sent = timezone.now(), request.POST or request.GET
    chosen = at = None
    if sent.get("worker"):
        worker, at = _choice(request, sent)
        chosen = queries.price(task, worker, at=at, actor=request.actor, now=now)
    values = {
        "task": task,
        "chosen": chosen,
        "at": at,
        "found": queries.recommend(task, actor=request.actor, now=now) if chosen is None else None,
        "pin": queries.pin_of(task),
        "reasons": [(text, tr(text)) for text in QUICK_REASONS],
        "refused": refused,
    }
    return page(request, "schedule/move.jinja", values, block="move", status=refused.status if refused else 200)


@member_page
@require_POST
def pin(request: Request, key: str) -> HttpResponse:
    """Give the task to `worker` and pin it, not before `at`, for a `reason`."""
    task = find_task(request.actor, key)
    before = task.assignee_id
    try:
        worker, at = _choice(request, request.POST)
        actions.pin_task(
            task, worker, actor=request.actor, now=timezone.now(), starts_at=at, reason=request.POST.get("reason", "")
        )
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        return _move_page(request, find_task(request.actor, key), refused)
    undo = f"/tasks/{task}/assign/?worker={before}" if before and before != worker.pk else f"/tasks/{task}/unpin/"
    if not before:
        undo = f"/tasks/{task}/unassign/"
    said = tr("%(task)s is pinned to %(name)s. No plan moves it.", task=task, name=worker.name)
    messages.success(request, said, extra_tags=undo)
    return redirect("schedule")


@member_page
@require_POST
def unpin(request: Request, key: str) -> HttpResponse:
    """Let plans move the task again."""
    task = find_task(request.actor, key)
    actions.unpin_task(task, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(task)s is not pinned any more.", task=task))
    return redirect("schedule")


urls = [
    path("schedule/", index, name="schedule"),
    path("schedule/data/", data, name="schedule-data"),
    path("schedule/load/", load, name="schedule-load"),
    path("tasks/<task:key>/price/", price, name="task-price"),
    path("tasks/<task:key>/move-to/", move, name="task-move-to"),
    path("tasks/<task:key>/pin/", pin, name="task-pin"),
    path("tasks/<task:key>/unpin/", unpin, name="task-unpin"),
]
