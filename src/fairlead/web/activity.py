"""What happened in the workspace: its event log, for managers and auditors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts import actions
from fairlead.accounts.permissions import may_export_events, may_read_events
from fairlead.accounts.queries import members
from fairlead.events.actor import KINDS, name_said
from fairlead.events.audit import ForgedHead, Verdict, read_heads, verify
from fairlead.events.catalogue import CATALOGUE
from fairlead.events.export import csv_lines, json_lines
from fairlead.events.jobs import heads_path
from fairlead.events.queries import FAMILIES, LogFilter, latest
from fairlead.lib.errors import require
from fairlead.lib.speech import later, later_as, tr
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.web.sentences import changes, sentence
from fairlead.web.step_up import fresh_page
from fairlead.work.queries import visible_projects
from fairlead.work.reach import reach_of

ROWS: Final = 50
MAY_NOT: Final = later("Only managers and auditors can read the event log.")
LARGEST: Final = 2**63 - 1
LINKS: Final = {"task": "/tasks/{label}/", "worker": "/people/{id}/", "plan": "/plans/{id}/"}
ACTOR_KINDS: Final = {
    "person": later("People"),
    "agent": "AI agents",
    "rule": later("Rules"),
    "engine": later("The engine"),
    "system": "Fairlead",
}
BY_WHAT: Final = {"rule": later("Rule"), "engine": later("Engine"), "system": later("System")}
"""What did it, where that was no person and no AI agent."""
GROUPS: Final = {
    "security": later("Security"), "workspace": later("Workspace"), "member": later("Member"),
    "invitation": later("Invitation"), "user": later("User"), "session": later("Session"), "factor": later("Factor"),
    "provider": later("Provider"), "directory": later("Company directory"),
    "log": later("Log"), "branding": later("Branding"), "token": later("Token"),
    "skill": later("Skill"), "worker": later("Worker"), "presence_state": later("Presence_state"),
    "timeoff": later("Timeoff"), "calendar": later("Calendar"), "team": later("Team"), "project": later("Project"),
    "status": later_as("log", "Status"), "task": later("Task"), "field": later("Field"), "type": later("Type"),
    "request_form": later("Request_form"), "comment": later("Comment"), "view": later("View"),
    "ownblock": later("Ownblock"), "time": later_as("log", "Time"), "timesheet": later("Timesheet"),
    "policy": later("Policy"), "plan": later("Plan"), "planning": later("Planning"),
    "export": later_as("log", "Export"), "retention": later("Retention"),
    "person": later_as("log", "Person"), "import": later("Import"),
}  # fmt: skip
"""What events are about: the first part of their kinds."""


@member_page
@require_safe
def activity(request: Request) -> HttpResponse:
    """The latest events that fit the filter of the address."""
    require(may_read_events(request.actor), MAY_NOT)
    asked = LogForm(request.GET, projects=_projects(request))
    wanted = asked.wanted(before=_number(request.GET.get("before", "")))
    rows = latest(request.actor, replace(wanted, hidden=reach_of(request.actor).hidden), limit=ROWS + 1)
    values = {
        "rows": [_told(row, request.user.time_zone) for row in rows[:ROWS]],
        "asked": asked.shown,
        "narrowed": sum(1 for value in asked.shown.values() if value),
        "older": asked.address(before=rows[ROWS - 1]["seq"]) if len(rows) > ROWS else None,
        "newest": asked.address() if wanted.before else None,
        "kinds": [
            (group, GROUPS.get(group, group.capitalize()))
            for group in dict.fromkeys([*FAMILIES, *map(_group, CATALOGUE)])
        ],
        "people": [(m["user_id"], m["name"]) for m in members(request.actor)],
        "projects": [(key, key) for key in asked.projects],
        "actor_kinds": [(kind, ACTOR_KINDS[kind]) for kind in KINDS],
        "exports": may_export_events(request.actor),
    }
    return page(request, "activity/index.jinja", values, block="log")


def _projects(request: Request) -> dict[str, int]:
    return dict(visible_projects(request.actor).order_by("key").values_list("key", "id"))


def _group(kind: str) -> str:
    return kind.partition(".")[0]


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST else None


class LogForm:
    """The filter as it stands in the address or a form; what makes no sense in it is left out.

    `shown`: name → what is in the field. Names: kind, person, by, project, task, from, to, q.
    """

    def __init__(self, asked: QueryDict, *, projects: dict[str, int]) -> None:
        self.projects = projects
        kind, by, project = asked.get("kind", ""), asked.get("by", ""), asked.get("project", "").upper()
        known = kind in CATALOGUE or kind in FAMILIES or kind in map(_group, CATALOGUE)
        self.shown: dict[str, str] = {
            "kind": kind if known else "",
            "person": str(_number(asked.get("person", "")) or ""),
            "by": by if by in KINDS else "",
            "project": project if project in projects else "",
            "task": asked.get("task", "").strip().upper().replace("\0", "")[:40],
            "from": _day(asked.get("from", "")),
            "to": _day(asked.get("to", "")),
            "q": " ".join(asked.get("q", "").replace("\0", "").split())[:200],
        }

    def wanted(self, *, before: int | None = None) -> LogFilter:
        """As the log takes it. Days are those of UTC, as the log's times."""
        it = self.shown
        until = date.fromisoformat(it["to"]) + timedelta(days=1) if it["to"] else None
        return LogFilter(
            kind=it["kind"] or None, user_id=_number(it["person"]), actor_kind=it["by"] or None,
            project_id=self.projects.get(it["project"]), task=it["task"] or None, text=it["q"] or None,
            since=_midnight(date.fromisoformat(it["from"])) if it["from"] else None,
            until=_midnight(until) if until else None, before=before,
        )  # fmt: skip

    def query(self, **more: int) -> str:
        """The filter as the end of an address."""
        return urlencode({name: value for name, value in {**self.shown, **more}.items() if value})

    def address(self, **more: int) -> str:
        """Where these events can be seen."""
        return "/activity/?" + self.query(**more)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return ""
    return day.isoformat() if 1990 < day.year < 2200 else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@member_page
@fresh_page
@require_POST
def export(request: Request) -> StreamingHttpResponse:
    """The log as a file, what the filter asks for; that it was taken out is written down first."""
    asked, form = LogForm(request.POST, projects=_projects(request)), request.POST.get("format", "")
    last = actions.export_log(
        request.workspace, form=form, filtered=asked.query(), actor=request.actor, now=timezone.now()
    )
    lines = (csv_lines if form == "csv" else json_lines)(request.workspace.pk, asked.wanted(before=last + 1))
    kind = "text/csv" if form == "csv" else "application/jsonl"
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    name = f"{request.workspace.slug}-events-to-{last}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(row: dict[str, Any], zone: str) -> dict[str, Any]:
    """A line of the page: who, what, what changed, and where the subject can be looked at."""
    link = LINKS.get(row["subject_kind"])
    return {
        "seq": row["seq"],
        "at": row["at"],
        "who": name_said(row["actor_kind"], row["actor_name"]),
        "actor_kind": row["actor_kind"],
        "by_what": BY_WHAT.get(row["actor_kind"], ""),
        "by_token": row["token_id"] is not None,
        "text": sentence(row["kind"], row["subject_label"], row["payload"], zone),
        "kind": row["kind"],
        "changes": changes(row["payload"], zone),
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
        published = []
        forged = tr("the list of published heads was changed by hand: look at it before you trust the rest")
    verdict = verify(request.actor.workspace_id, published=published)
    if forged:
        verdict.problems.append(forged)
    return verdict


urls = [
    path("activity/", activity, name="activity"),
    path("activity/export/", export, name="activity-export"),
    path("activity/verify/", check, name="activity-verify"),
]
