"""Filters in the address of board and list, so that a filtered page can be shared as its link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from fairlead.events.actor import Actor
from fairlead.web.access import Request
from fairlead.work.filters import DUES, ME, NOBODY, TaskFilter
from fairlead.work.models import Project, Task
from fairlead.work.queries import assignees, labels
from fairlead.work.states import State

NAMES = ("q", "state", "assignee", "label", "priority", "due")


def asked(request: Request, *, project: str = "") -> TaskFilter:
    """The filter that the address asks for; what makes no sense is left out."""
    get = {name: request.GET.get(name, "").strip() for name in (*NAMES, "project")}
    priority = get["priority"]
    return TaskFilter(
        text=get["q"][:200].replace("\x00", ""),
        project=project or get["project"].upper()[:8].replace("\x00", ""),
        state=get["state"] if get["state"] in (*State.values, "open") else "",
        assignee=get["assignee"] if _is_assignee(get["assignee"]) else "",
        label=get["label"][:40].replace("\x00", ""),
        priority=int(priority) if priority in "01234" and priority else None,
        due=get["due"] if get["due"] in DUES else "",
    )


def _is_assignee(text: str) -> bool:
    return text in (ME, NOBODY) or (text.isdecimal() and text.isascii() and len(text) < 16)


def filter_bar(
    request: Request, wanted: TaskFilter, actor: Actor, project: Project | None, *, states: bool
) -> dict[str, Any]:
    """What the filter bar shows: choices with the chosen ones, and a chip for each that is applied."""
    people = assignees(actor, project)
    choices: dict[str, list[tuple[str, str]]] = {
        "assignee": [(ME, "Me"), (NOBODY, "Nobody yet"), *((str(w["id"]), w["name"]) for w in people)],
        "label": [(name, name) for name in labels(actor, project)],
        "priority": [(str(value), label) for value, label in reversed(Task.Priority.choices)],
        "due": list(DUES.items()),
    }
    if states:
        choices = {"state": [("open", "Open"), *State.choices], **choices}
    chosen = {
        "q": wanted.text, "state": wanted.state, "assignee": wanted.assignee, "label": wanted.label, "due": wanted.due,
        "priority": "" if wanted.priority is None else str(wanted.priority),
    }  # fmt: skip
    selects = [
        {"name": name, "label": name.capitalize(), "options": options, "value": chosen[name]}
        for name, options in choices.items()
        if options
    ]
    chips = [
        {"text": dict(choices.get(name, [])).get(value, value), "remove": address(request, **{name: "", "page": ""})}
        for name, value in chosen.items()
        if value
    ]
    return {"q": wanted.text, "selects": selects, "chips": chips, "path": request.path, "any": bool(chips)}


def address(request: Request, **changes: object) -> str:
    """This page's address with some parameters changed; an empty value takes one away."""
    query = {name: value for name, value in request.GET.items() if value}
    query.update({name: str(value) for name, value in changes.items()})
    kept = {name: value for name, value in query.items() if value}
    return request.path + ("?" + urlencode(kept) if kept else "")


def pushed(request: Request, response: HttpResponse) -> HttpResponse:
    """An answer to the filter bar puts the short address of what it shows into the browser's own."""
    if request.htmx and request.htmx.trigger == "filters":
        response.headers["HX-Push-Url"] = address(request)
    return response
