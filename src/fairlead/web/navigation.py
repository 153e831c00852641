"""The side bar: where a member can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from fairlead.accounts.models import Role
from fairlead.allocation.queries import decisions_wait, offers_wait
from fairlead.events.actor import Actor
from fairlead.lib.prepared import Bound, counted, prepared
from fairlead.lib.speech import later
from fairlead.work.models import Project
from fairlead.work.queries import visible_projects
from fairlead.work.queries.triage import inbox_waits
from fairlead.work.reach import shaped

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


# What waits for the member in an area.
WAITING: Final[dict[str, Callable[..., tuple[Bound, ...]]]] = {
    "/offers/": offers_wait, "/desk/": decisions_wait, "/inbox/": inbox_waits,
}  # fmt: skip


def items(actor: Actor, path: str, *, now: datetime) -> list[dict[str, Any]]:
    """The entries for this member; `current` marks where they are. At most one query."""
    waiting = {url: asked(actor, now=now) for url, asked in WAITING.items()}
    found = iter(counted(*[bound for bounds in waiting.values() for bound in bounds]))
    counts = {url: sum(next(found) for _ in bounds) for url, bounds in waiting.items()}
    return [
        {
            "icon": icon,
            "label": str(label),
            "url": url,
            "count": counts.get(url) or None,
            "current": path.startswith(INSIDE.get(url, url)),
        }
        for icon, label, url, roles in ITEMS
        if roles is None or actor.role in roles
    ]


def projects(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The projects that this member sees, the ones not archived, by name; clients find theirs in the portal."""
    if actor.role == Role.CLIENT:
        return []
    rows = _open_projects.all(shaped(actor))
    return [{**p, "url": (url := f"/projects/{p['key']}/"), "current": path.startswith(url)} for p in rows]


@prepared
def _open_projects(actor: Actor) -> QuerySet[Project, Any]:
    found = visible_projects(actor).filter(archived_at__isnull=True).order_by("name")
    return found.values("name", "key", "color", "private")[:30]
