"""Everything that can be reached by typing: the commands of the palette, and the one list of keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, STAFF
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid
from fairlead.people.queries import active_workers
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.work import grammar, queries

MOST_TASKS: Final = 8
SHORTEST: Final = 2
"""One letter fits almost everything: it looks for pages and actions only."""
MOST_PEOPLE: Final = 5


@dataclass(frozen=True)
class Command:
    """One line of the palette. `kind` says what choosing it does with `target`: go (an address), post (an address, with
    `fields` as a query string), click (a selector), theme (its name) or copy (the page's address)."""

    text: str
    icon: str
    kind: str
    target: str
    keys: str = ""
    group: str = "Go to"
    fields: str = ""


THEMES: Final = (
    Command("Theme: light", "sun", "theme", "light", "", "Actions"),
    Command("Theme: dark", "moon", "theme", "dark", "", "Actions"),
    Command("Theme: like the device", "monitor", "theme", "system", "", "Actions"),
)

# The keys of every page and of its parts, for the sheet that `?` opens: (where, [(what, keys)]).
SHORTCUTS: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    ("", (("Everything: pages, tasks, people, actions", "⌘ K"), ("Search", "/"), ("New task, or a note to self", "c"),
          ("This list", "?"),
          ("Close what is open", "Esc"))),
    ("On My work and in lists", (("Walk between rows", "j k"), ("Open the row", "Enter"), ("Start or hand in", "s"),
                                 ("Start or stop the timer", "t"),
                                 ("Done", "d"), ("Choose the row", "x"), ("Choose all between", "⇧ x"))),
    ("In the inbox", (("Walk", "j k"), ("Accept", "a"), ("Decline", "d"), ("Merge", "m"), ("Snooze", "s"))),
    ("In the week of the time log", (("Walk between cells", "← ↑ ↓ → Enter"), ("Put a cell back", "Esc"))),
    ("On a board", (("Walk between cards", "← ↑ ↓ →"), ("Lift and drop", "Space"), ("Move the lifted card", "← ↑ ↓ →"),
                    ("Put it back", "Esc"), ("Open the card", "Enter"), ("Move menu", "m"))),
    ("On calendar and timeline", (("Move the task by a day", "← →"), ("By a week, on the calendar", "↑ ↓"),
                                  ("Move its end, on the timeline", "⇧ ← →"), ("Put it down", "Enter"),
                                  ("Put it back", "Esc"), ("Zoom the timeline", "+ -"))),
)  # fmt: skip


def commands(
    actor: Actor, nav: Iterable[Mapping[str, Any]], projects: Iterable[Mapping[str, Any]], *, running: bool = False
) -> list[Command]:
    """What this member can do from every page. The page itself may add what can be done with what it shows.
    `running`: a timer of theirs runs."""
    found = [Command(item["label"], item["icon"], "go", item["url"]) for item in nav]
    if actor.role == Role.CLIENT:
        return [*found, Command("New request", "plus", "go", "/portal/new/", "c", "Actions"), *THEMES]
    found += [Command(p["name"], "square-kanban", "go", p["url"], p["key"], "Projects") for p in projects]
    if actor.role != Role.AUDITOR:
        found.append(Command("New task", "plus", "go", "/tasks/new/", "c", "Actions"))
    if actor.role in STAFF:
        found.append(Command("Note to self", "sticky-note", "click", '[data-open="capture"]', "c", "Actions"))
        found.append(Command("Log time", "timer", "go", "/time/new/", "", "Actions"))
    if running:
        found.append(Command("Stop the timer", "square", "post", "/timer/stop/", "", "Actions"))
    if actor.role in MANAGERS:
        found.append(Command("New project", "folder-plus", "go", "/projects/new/", "", "Actions"))
        found.append(Command("Add somebody to the directory", "user-plus", "go", "/people/new/", "", "Actions"))
    found += [
        Command("Timeline", "chart-gantt", "go", "/timeline/"),
        Command("Trash", "trash-2", "go", "/tasks/?deleted=1"),
        Command("Search with operators", "search", "go", "/search/"),
        *THEMES,
        Command("Keyboard shortcuts", "keyboard", "click", '[data-open="shortcuts"]', "?", "Actions"),
    ]
    return found


@member_page
@require_GET
def find(request: Request) -> HttpResponse:
    """Tasks and people for what is being typed, as lines of the palette."""
    if request.actor.role == Role.CLIENT:
        return page(request, "palette/found.jinja", {"hits": (), "people": [], "hint": "", "text": ""}, block="lines")
    text = request.GET.get("q", "").strip()[: grammar.MAX_TEXT]
    hits: tuple[queries.Hit, ...] = ()
    hint = ""
    try:
        query = grammar.read(text)
        if len(text) >= SHORTEST:
            hits = queries.search(
                request.actor, query, now=timezone.now(), zone=request.user.time_zone, limit=MOST_TASKS
            ).hits  # fmt: skip
    except Invalid as refused:
        hint = refused.detail
    people = active_workers(request.actor).filter(name__icontains=text.replace("\x00", "")).order_by("name")
    values = {
        "hits": hits,
        "people": list(people.values("id", "name", "kind")[:MOST_PEOPLE]) if len(text) >= SHORTEST else [],
        "hint": hint,
        "text": text,
    }
    return page(request, "palette/found.jinja", values, block="lines")


urls = [path("palette/", find, name="palette")]
