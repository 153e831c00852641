"""Teams of the made-up company, meetings in two people's calendars, and what its dispatcher decided otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fairlead.allocation import actions as allocation
from fairlead.allocation.queries import recommend
from fairlead.lib.ics_out import Entry, write
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import WAITING

if TYPE_CHECKING:
    from fairlead.demo.company import Company

TEAMS: Final = (
    ("Design", "Mira Castellanos", ("Hana Sato", "Sofia Ricci"), "How it looks and what it says"),
    (
        "Engineering",
        "Ben Okafor",
        ("Bob Lindqvist", "Jonas Weber", "Arjun Mehta", "Priya Nair", "Tom Albright"),
        "What runs",
    ),
    ("Growth", "Grace Kim", ("Leo Fontaine", "Sofia Ricci", "Ruth Adeyemi"), "Words, numbers and search"),
)
"""Name, lead, further members, what it is for."""
MEETINGS: Final = ((0, 10, 0, 60, "Stand-up"), (1, 14, 0, 90, "Client call"), (2, 11, 0, 60, "One to one"),
                   (3, 15, 30, 60, "Retro"), (8, 10, 0, 120, "Workshop"))  # fmt: skip
"""Days after Monday, hour, minute, minutes long, what it is called."""


def write_teams(company: Company, *, now: datetime) -> None:
    """Three teams; some people are in two of them."""
    for name, lead, members, text in TEAMS:
        people.create_team(
            name, lead=company.workers[lead], members=[company.workers[it] for it in members], description=text,
            actor=company.alice, now=now,
        )  # fmt: skip


def write_meetings(company: Company, *, now: datetime) -> None:
    """Bob and Priya have uploaded their calendars; only when they are busy is kept."""
    for name in ("Bob Lindqvist", "Priya Nair"):
        worker, actor = company.workers[name], company.actors[name.split(" ")[0]]
        monday = now.astimezone(ZoneInfo(worker.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        monday -= timedelta(days=monday.weekday())
        entries = []
        for number, (day, hour, minute, long, title) in enumerate(MEETINGS):
            starts = monday + timedelta(days=day, hours=hour, minutes=minute)
            entries.append(Entry(f"meeting-{number}", title, starts, starts + timedelta(minutes=long)))
        content = write("Work", entries, now=now).replace(b"@fairlead", b"@harbour.example")
        people.upload_calendar(worker, "Work calendar", content, actor=actor, now=now)


def write_overrides(company: Company, *, now: datetime) -> None:
    """A few waiting tasks go to whoever knows the project best instead of the first candidate, with a reason."""
    waiting = Task.objects.filter(state__in=WAITING, assignee__isnull=True, deleted_at__isnull=True)
    given = 0
    for task in waiting.select_related("project", "assignee").order_by("pk"):
        found = recommend(task, actor=company.alice, now=now).candidates
        knows = {it.worker.id: _familiarity(it.factors) for it in found}
        best = max(knows, key=lambda pk: (knows[pk], -pk), default=0)
        if not best or knows[best] <= knows[found[0].worker.id]:
            continue
        worker, reason = Worker.objects.get(pk=best), REASONS[given % len(REASONS)]
        allocation.assign_task(task, worker, actor=company.alice, now=now, reason=reason)
        given += 1
        if given == MOST_OVERRIDES:
            return


MOST_OVERRIDES: Final = 5
REASONS: Final = ("They know the work", "They know the work", "The client asked for them")


def _familiarity(factors: Sequence[Any]) -> float:
    return next((it.score for it in factors if it.name == "familiarity"), 0.0)
