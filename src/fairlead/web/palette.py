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
from fairlead.lib.speech import later, tr
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
    group: str = later("Go to")
    fields: str = ""


THEMES: Final = (
    Command(later("Theme: light"), "sun", "theme", "light", "", later("Actions")),
    Command(later("Theme: dark"), "moon", "theme", "dark", "", later("Actions")),
    Command(later("Theme: like the device"), "monitor", "theme", "system", "", later("Actions")),
)

# The keys of every page and of its parts, for the sheet that `?` opens: (where, [(what, keys)]).
SHORTCUTS: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "",
        (
            (later("Everything: pages, tasks, people, actions"), "⌘ K"),
            (later("Search"), "/"),
            (later("New task, or a note to self"), "c"),
            (later("Send what you write"), "⌘ Enter"),
            (later("This list"), "?"),
            (later("Close what is open"), "Esc"),
        ),
    ),
    (
        later("On My work and in lists"),
        (
            (later("Walk between rows"), "j k"),
            (later("Open the row"), "Enter"),
            (later("Start or hand in"), "s"),
            (later("Start or stop the timer"), "t"),
            (later("Done"), "d"),
            (later("Choose the row"), "x"),
            (later("Choose all between"), "⇧ x"),
        ),
    ),
    (
        later("In the inbox"),
        (
            (later("Walk"), "j k"),
            (later("Accept"), "a"),
            (later("Decline"), "d"),
            (later("Merge"), "m"),
            (later("Snooze"), "s"),
        ),
    ),
    (
        later("In the week of the time log"),
        ((later("Walk between cells"), "← ↑ ↓ → Enter"), (later("Put a cell back"), "Esc")),
    ),
    (
        later("On a board"),
        (
            (later("Walk between cards"), "← ↑ ↓ →"),
            (later("Lift and drop"), "Space"),
            (later("Move the lifted card"), "← ↑ ↓ →"),
            (later("Put it back"), "Esc"),
            (later("Open the card"), "Enter"),
            (later("Move menu"), "m"),
        ),
    ),
    (
        later("On calendar and timeline"),
        (
            (later("Move the task by a day"), "← →"),
            (later("By a week, on the calendar"), "↑ ↓"),
            (later("Move its end, on the timeline"), "⇧ ← →"),
            (later("Put it down"), "Enter"),
            (later("Put it back"), "Esc"),
            (later("Zoom the timeline"), "+ -"),
        ),
    ),
)


def commands(
    actor: Actor, nav: Iterable[Mapping[str, Any]], projects: Iterable[Mapping[str, Any]], *, running: bool = False
) -> list[Command]:
    """What this member can do from every page. The page itself may add what can be done with what it shows.
    `running`: a timer of theirs runs."""
    found = [Command(item["label"], item["icon"], "go", item["url"]) for item in nav]
    if actor.role == Role.CLIENT:
        return [*found, Command(tr("New request"), "plus", "go", "/portal/new/", "c", tr("Actions")), *THEMES]
    found += [Command(p["name"], "square-kanban", "go", p["url"], p["key"], tr("Projects")) for p in projects]
    if actor.role != Role.AUDITOR:
        found.append(Command(tr("New task"), "plus", "go", "/tasks/new/", "c", tr("Actions")))
    if actor.role in STAFF:
        found.append(Command(tr("Note to self"), "sticky-note", "click", '[data-open="capture"]', "c", tr("Actions")))
        found.append(Command(tr("Log time"), "timer", "go", "/time/new/", "", tr("Actions")))
    if running:
        found.append(Command(tr("Stop the timer"), "square", "post", "/timer/stop/", "", tr("Actions")))
    if actor.role in MANAGERS:
        found.append(Command(tr("New project"), "folder-plus", "go", "/projects/new/", "", tr("Actions")))
        found.append(Command(tr("Add somebody to the directory"), "user-plus", "go", "/people/new/", "", tr("Actions")))
    found += [
        Command(tr("Timeline"), "chart-gantt", "go", "/timeline/"),
        Command(tr("Trash"), "trash-2", "go", "/tasks/?deleted=1"),
        Command(tr("Search with operators"), "search", "go", "/search/"),
        *THEMES,
        Command(tr("Keyboard shortcuts"), "keyboard", "click", '[data-open="shortcuts"]', "?", tr("Actions")),
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
