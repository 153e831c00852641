"""The side bar: where a member can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fairlead.accounts.models import Role
from fairlead.allocation.queries import waiting_decisions, waiting_for
from fairlead.events.actor import Actor
from fairlead.lib.speech import later
from fairlead.work.queries import visible_projects
from fairlead.work.queries.triage import inbox_count

LEADING: Final = frozenset({"owner", "admin", "manager"})
WORKING: Final = LEADING | {"contributor"}
TEAM: Final = WORKING | {"auditor"}

# icon, label, address, roles that see it (None: everybody)
ITEMS: list[tuple[str, str, str, frozenset[str] | None]] = [
    ("circle-check-big", later("My work"), "/my-work/", WORKING),
    ("calendar-check", later("Planner"), "/planner/", WORKING),
    ("mailbox", later("Inbox"), "/inbox/", LEADING),
    ("inbox", later("Portal"), "/portal/", frozenset({"client"})),
    ("folder-kanban", later("Projects"), "/projects/", TEAM),
    ("list-todo", later("All tasks"), "/tasks/", TEAM),
    ("calendar-days", later("Calendar"), "/calendar/", TEAM),
    ("handshake", later("Offers"), "/offers/", TEAM),
    ("timer", later("Time"), "/time/", TEAM),
    ("calendar-range", later("Schedule"), "/schedule/", TEAM),
    ("scale", later("Desk"), "/desk/", LEADING | {"auditor"}),
    ("layers", later("Queue"), "/queue/", frozenset({"contributor"})),
    ("users", later("People"), "/people/", TEAM),
    ("upload", later("Import"), "/import/", LEADING),
    ("activity", later("Activity"), "/activity/", LEADING | {"auditor"}),
    ("settings", later("Settings"), "/settings/", None),
]

# Areas with more than one address at the top.
INSIDE: dict[str, str | tuple[str, ...]] = {
    "/people/": ("/people/", "/skills/"),
    "/desk/": ("/desk/", "/policies/"),
    "/calendar/": ("/calendar/", "/timeline/"),
}


# How many things of an area wait for the member.
COUNTS: dict[str, Callable[..., int]] = {"/offers/": waiting_for, "/desk/": waiting_decisions, "/inbox/": inbox_count}


def items(actor: Actor, path: str, *, now: datetime) -> list[dict[str, Any]]:
    """The entries for this member; `current` marks where they are."""
    return [
        {
            "icon": icon,
            "label": str(label),
            "url": url,
            "count": (COUNTS[url](actor, now=now) or None) if url in COUNTS else None,
            "current": path.startswith(INSIDE.get(url, url)),
        }
        for icon, label, url, roles in ITEMS
        if roles is None or actor.role in roles
    ]


def projects(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The projects that this member sees, the ones not archived, by name; clients find theirs in the portal."""
    if actor.role == Role.CLIENT:
        return []
    rows = visible_projects(actor).filter(archived_at__isnull=True).order_by("name")[:30]
    return [
        {**p, "url": (url := f"/projects/{p['key']}/"), "current": path.startswith(url)}
        for p in rows.values("name", "key", "color", "private")
    ]
