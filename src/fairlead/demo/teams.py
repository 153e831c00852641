"""Teams of the made-up company, and meetings in two people's calendars."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fairlead.lib.ics_out import Entry, write
from fairlead.people import actions as people

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
