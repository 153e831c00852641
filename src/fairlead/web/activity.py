"""What happened in the workspace: its event log, for managers and auditors."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts.permissions import may_read_events
from fairlead.accounts.queries import members
from fairlead.events.actor import KINDS
from fairlead.events.audit import ForgedHead, Verdict, read_heads, verify
from fairlead.events.catalogue import CATALOGUE
from fairlead.events.jobs import heads_path
from fairlead.events.queries import LogFilter, latest
from fairlead.lib.errors import require
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.web.sentences import changes, sentence

ROWS: Final = 50
MAY_NOT: Final = "Only managers and auditors can read the event log."
LARGEST: Final = 2**63 - 1
LINKS: Final = {"task": "/tasks/{label}/", "worker": "/people/{id}/", "plan": "/plans/{id}/"}
ACTOR_KINDS: Final = {
    "person": "People",
    "agent": "AI agents",
    "rule": "Rules",
    "engine": "The engine",
    "system": "Fairlead",
}


@member_page
@require_safe
def activity(request: Request) -> HttpResponse:
    """The latest events, filtered by kind, person and kind of actor."""
    require(may_read_events(request.actor), MAY_NOT)
    wanted = _wanted(request)
    rows = latest(request.actor, wanted, limit=ROWS + 1)
    values = {
        "rows": [_told(row) for row in rows[:ROWS]],
        "wanted": wanted,
        "older": _address(wanted, rows[ROWS - 1]["seq"]) if len(rows) > ROWS else None,
        "newest": _address(wanted, None) if wanted.before else None,
        "kinds": [(group, group.capitalize()) for group in dict.fromkeys(kind.partition(".")[0] for kind in CATALOGUE)],
        "people": [(m["user_id"], m["name"]) for m in members(request.actor)],
        "actor_kinds": [(kind, ACTOR_KINDS[kind]) for kind in KINDS],
    }
    return page(request, "activity/index.jinja", values, block="log")


def _wanted(request: Request) -> LogFilter:
    """The filter of the address; what makes no sense in it is left out."""
    asked = request.GET
    kind = asked.get("kind", "")
    known = kind in CATALOGUE or any(name.startswith(f"{kind}.") for name in CATALOGUE)
    actor_kind = asked.get("by", "")
    return LogFilter(
        kind=kind if kind and known else None,
        user_id=_number(asked.get("person", "")),
        actor_kind=actor_kind if actor_kind in KINDS else None,
        before=_number(asked.get("before", "")),
    )


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST else None


def _address(wanted: LogFilter, before: int | None) -> str:
    asked = {"kind": wanted.kind, "person": wanted.user_id, "by": wanted.actor_kind, "before": before}
    return "/activity/?" + urlencode({name: value for name, value in asked.items() if value})


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the page: who, what, what changed, and where the subject can be looked at."""
    link = LINKS.get(row["subject_kind"])
    return {
        "seq": row["seq"],
        "at": row["at"],
        "who": row["actor_name"],
        "actor_kind": row["actor_kind"],
        "by_token": row["token_id"] is not None,
        "text": sentence(row["kind"], row["subject_label"], row["payload"]),
        "kind": row["kind"],
        "changes": changes(row["payload"]),
        "url": link.format(label=row["subject_label"], id=row["subject_id"]) if link else None,
    }


@member_page
@require_POST
def check(request: Request) -> HttpResponse:
    """Recompute the chain of the log and compare it with what was published."""
    require(may_read_events(request.actor), MAY_NOT)
    return page(request, "activity/verdict.jinja", {"verdict": _verdict(request)}, block="content")


def _verdict(request: Request) -> Verdict:
    forged = ""
    try:
        published = read_heads(heads_path(), key=settings.SECRET_KEY)
    except ForgedHead:
        published, forged = [], "the list of published heads was changed by hand: look at it before you trust the rest"
    verdict = verify(request.actor.workspace_id, published=published)
    if forged:
        verdict.problems.append(forged)
    return verdict


urls = [path("activity/", activity, name="activity"), path("activity/verify/", check, name="activity-verify")]
