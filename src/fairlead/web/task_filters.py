"""Filters in the address of board and list, so that a filtered page can be shared as its link."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.speech import later, tr, tr_as
from fairlead.people.queries import skill_choices, team_choices, worker_name
from fairlead.web.access import Request
from fairlead.web.member_field import LISTED_PEOPLE
from fairlead.web.own_filters import own_asked, own_filters, own_query
from fairlead.work.filters import DUES, ME, NOBODY, TaskFilter
from fairlead.work.models import Project, Task
from fairlead.work.queries import assignees, labels
from fairlead.work.queries.own_fields import PREFIX
from fairlead.work.states import State
from fairlead.work.types.definitions import looks
from fairlead.work.types.models import type_name

RANGES = {
    "due_from": later("Due from"),
    "due_to": later("Due until"),
    "created_from": later("Created from"),
    "created_to": later("Created until"),
}
LABELS: Final = {
    "state": later("State"),
    "assignee": later("Assignee"),
    "label": later("Label"),
    "priority": later("Priority"),
    "due": later("Due"),
    "type": later("Type"),
    "skill": later("Skill"),
    "team": later("Team"),
}
"""What the selects of the filter bar are called."""
MOST_CHOSEN: Final = 1000
"""Tasks of a list that can be chosen at once."""
NAMES = ("q", "state", "type", "assignee", "label", "priority", "due", "skill", "team", *RANGES)
LISTED = ("sort", "group", "cols")
"""What a list of tasks takes beside the filters. A saved view keeps both."""


def asked(request: Request, *, project: str = "") -> TaskFilter:
    """The filter that the address asks for; what makes no sense is left out."""
    get = {name: request.GET.get(name, "").strip() for name in (*NAMES, "project")}
    priority = get["priority"]
    return TaskFilter(
        text=get["q"][:200].replace("\x00", ""),
        project=project or get["project"].upper()[:8].replace("\x00", ""),
        state=get["state"] if get["state"] in (*State.values, "open") else "",
        assignee=_assignee(get["assignee"]),
        type=get["type"][:40].replace("\x00", ""),
        label=get["label"][:40].replace("\x00", ""),
        priority=int(priority) if priority in "01234" and priority else None,
        due=get["due"] if get["due"] in DUES else "",
        skill=int(get["skill"]) if _is_number(get["skill"]) and request.actor.role != Role.CLIENT else None,
        team=int(get["team"]) if _is_number(get["team"]) and request.actor.role != Role.CLIENT else None,
        due_from=_day(get["due_from"]),
        due_to=_day(get["due_to"]),
        created_from=_day(get["created_from"]),
        created_to=_day(get["created_to"]),
        own=own_asked(request),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def kept_query(request: Request) -> str:
    """What a saved view keeps of this address: filters, sorting, grouping and columns, in a fixed order."""
    names = (*NAMES, "project", *LISTED)
    usual = [(name, request.GET[name]) for name in names if request.GET.get(name)]
    return urlencode([*usual, *own_query(request.GET)])


def _assignee(text: str) -> str:
    """An id, "me", "nobody" or a part of a name."""
    text = " ".join(text.replace("\x00", "").split())[:120]
    return text if not text.isdecimal() or _is_number(text) else ""


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 16


def filter_bar(
    request: Request, wanted: TaskFilter, actor: Actor, project: Project | None, *, states: bool
) -> dict[str, Any]:
    """What the filter bar shows: choices with the chosen ones, and a chip for each that is applied."""
    people = assignees(actor, project, most=LISTED_PEOPLE + 1)
    many = len(people) > LISTED_PEOPLE
    choices: dict[str, list[tuple[str, str]]] = {
        "assignee": [(ME, tr("Me")), (NOBODY, tr("Nobody yet")), *_people(actor, wanted, people, many=many)],
        "label": [(name, name) for name in labels(actor, project)],
        "priority": [(str(value), label) for value, label in reversed(Task.Priority.choices)],
        "due": list(DUES.items()),
    }
    if states:
        choices = {"state": [("open", tr_as("state", "Open")), *State.choices], **choices}
    if actor.role != Role.CLIENT:
        choices["type"] = [
            (kind["key"], type_name(kind["name"])) for pk, kind in looks(actor.workspace_id).items() if pk
        ]
        choices["skill"] = [(str(pk), name) for pk, name, _ in skill_choices(actor)]
        choices["team"] = [(str(pk), name) for pk, name in team_choices(actor)]
    chosen = {
        "q": wanted.text, "type": wanted.type, "state": wanted.state,
        "assignee": wanted.assignee, "label": wanted.label, "due": wanted.due,
        "priority": "" if wanted.priority is None else str(wanted.priority),
        "skill": "" if wanted.skill is None else str(wanted.skill),
        "team": "" if wanted.team is None else str(wanted.team),
        **{name: day.isoformat() if (day := getattr(wanted, name)) else "" for name in RANGES},
    }  # fmt: skip
    selects = [
        {
            "name": name,
            "label": str(LABELS[name]),
            "options": options,
            "value": chosen[name],
            "typed": many and name == "assignee",
        }
        for name, options in choices.items()
        if options
    ]
    chips = [
        {"text": dict(choices.get(name, [])).get(value, value), "remove": address(request, **{name: "", "page": ""})}
        for name, value in chosen.items()
        if value
    ]
    chips += [
        {
            "text": f"{each.field.name}: {each.text}",
            "remove": address(request, **{PREFIX + each.field.key: "", "page": ""}),
        }
        for each in wanted.own
    ]
    ranges = [(name, label, chosen[name]) for name, label in RANGES.items()]
    return {
        "q": wanted.text, "selects": selects, "chips": chips, "path": request.path, "any": bool(chips),
        "own": own_filters(request, wanted.own, project), "owned": bool(wanted.own),
        "ranges": ranges, "dated": any(value for _, _, value in ranges),
    }  # fmt: skip


def _people(actor: Actor, wanted: TaskFilter, people: list[dict[str, Any]], *, many: bool) -> list[tuple[str, str]]:
    """(id, name) of those who hold tasks; of many only whoever is chosen: the others are found by typing."""
    if not many:
        return [(str(w["id"]), w["name"]) for w in people]
    name = worker_name(actor, int(wanted.assignee)) if wanted.assignee.isdecimal() else ""
    return [(wanted.assignee, name)] if name else []


def address(request: Request, **changes: object) -> str:
    """This page's address with some parameters changed; an empty value takes one away."""
    query = {name: value for name, value in request.GET.items() if value}
    query.update({name: str(value) for name, value in changes.items()})
    kept = {name: value for name, value in query.items() if value}
    return request.path + ("?" + urlencode(kept) if kept else "")


def address_at(path: str, request: Request, project: Project | None) -> str:
    """The same filters at another path, which does not name the project itself."""
    here = address(request, project=project.key if project else request.GET.get("project", ""), page="")
    return here.replace(request.path, path, 1)


def pushed(request: Request, response: HttpResponse) -> HttpResponse:
    """An answer to the filter bar puts the short address of what it shows into the browser's own."""
    if request.htmx and request.htmx.trigger == "filters":
        response.headers["HX-Push-Url"] = address(request)
    return response
