"""Where work can be brought in from, and how to get it out there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fairlead.integrations.saying import aloud, why_refused
from fairlead.lib.speech import later


@dataclass(frozen=True)
class Source:
    """One tool: what its import brings, and how the file is had there."""

    name: str
    label: str
    icon: str
    brings: str
    how: str
    href: str


def _csv(name: str, label: str, icon: str, brings: str, how: str) -> Source:
    return Source(name, label, icon, brings, how, f"/import/?from={name}" if name != "csv" else "/import/")


SOURCES: Final = (
    _csv(
        "csv",
        later("A spreadsheet"),
        "file-spreadsheet",
        later("Tasks and people from any CSV file; you choose the columns."),
        later("One row for each task or person; the first line names the columns."),
    ),
    Source(
        "trello",
        "Trello",
        "columns-3",
        later("Lists, cards, labels, dates, checklists, comments, and who has what."),
        later("In Trello: the board's menu → Print, export and share → Export as JSON."),
        "/import/trello/",
    ),
    _csv(
        "jira",
        "Jira",
        "bug",
        later("Issues with labels, components, estimates and due dates."),
        later("In Jira: Filters → the issues you want → Export → Export CSV (all fields). The columns are recognised."),
    ),
    _csv(
        "asana",
        "Asana",
        "list-checks",
        later("Tasks of a project with sections, tags and dates."),
        later("In Asana: the project's menu → Export/Print → CSV. The columns are recognised."),
    ),
)


SAYING: Final[dict[str, Any]] = {"why_refused": why_refused, "aloud": aloud}
"""How pages say what is kept with an import."""


def source(name: str) -> dict[str, Any]:
    """For a page of imports: every source, and the chosen one."""
    chosen = next((one for one in SOURCES if one.name == name), SOURCES[0])
    return {"sources": SOURCES, "source": chosen}
