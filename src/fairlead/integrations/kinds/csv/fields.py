"""What a CSV column can be read as, and the headings under which other tools export it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairlead.lib.speech import later
from fairlead.lib.text import folded
from fairlead.work.fields.definitions import Definitions


@dataclass(frozen=True)
class Field:
    """One thing that a row can say. `many`: several columns may be read as it, their values are joined. `missing`: what
    is said when it is needed and no column is chosen for it."""

    name: str
    label: str
    hint: str
    headings: tuple[str, ...]
    missing: str = ""
    many: bool = False

    @property
    def required(self) -> bool:
        return bool(self.missing)


PEOPLE: Final = (
    Field(
        "name",
        later("Name"),
        later("Full name."),
        ("name", "full name", "person", "member", "user", "id"),
        missing=later("Choose the column for name."),
    ),
    Field(
        "external_id",
        later("Their id"),
        later("Imported again, the same id is the same person."),
        ("id", "external id", "user id", "gid", "login"),
    ),
    Field(
        "email",
        later("E-mail"),
        later("Where invitations and offers go."),
        ("email", "e mail", "mail", "email address"),
    ),
    Field(
        "kind",
        later("Kind"),
        later("employee, freelancer or agent; employee when empty."),
        ("kind", "type", "employment"),
    ),
    Field(
        "headline",
        later("Role"),
        later("One line under the name."),
        ("role", "title", "job title", "headline", "position"),
    ),
    Field(
        "skills",
        later("Skills"),
        later("name:level, separated by ; or , – such as python:4; sql:3."),
        ("skills", "skill", "competences"),
        many=True,
    ),
    Field(
        "time_zone",
        later("Time zone"),
        later("Such as Europe/Berlin; the workspace's when empty."),
        ("time zone", "timezone", "tz"),
    ),
    Field("country", later("Country"), later("Two letters, for public holidays."), ("country", "country code")),
    Field(
        "week_hours",
        later("Hours a week"),
        later("Such as 40."),
        ("week hours", "hours", "hours per week", "weekly hours", "capacity"),
    ),
    Field(
        "rate",
        later("Rate an hour"),
        later("Such as 65 or 65.50, in the workspace's currency."),
        ("rate", "hourly rate", "cost rate"),
    ),
)

TASKS: Final = (
    Field(
        "title",
        later("Title"),
        later("What is to be done."),
        ("title", "name", "summary", "task", "task name", "subject", "card name"),
        missing=later("Choose the column for title."),
    ),
    Field(
        "external_id",
        later("Its id"),
        later("Imported again, the same id is the same task."),
        ("id", "external id", "key", "issue key", "task id", "gid", "card id"),
    ),
    Field(
        "description",
        later("Description"),
        later("Markdown."),
        ("description", "notes", "body", "details", "card description"),
    ),
    Field(
        "labels",
        later("Labels"),
        later("Separated by ; or ,."),
        ("labels", "label", "tags", "components", "component"),
        many=True,
    ),
    Field(
        "needs",
        later("Needed skills"),
        later("name or name:level, separated by ; or ,."),
        ("needs", "skills", "required skills", "languages", "language", "labels"),
        many=True,
    ),
    Field(
        "effort",
        later("Effort"),
        later("2h, 1d, 45m, or a number of units."),
        ("effort", "estimate", "original estimate", "points", "story points", "size", "files changed"),
    ),
    Field("due", later("Due"), later("A date, or a date and time."), ("due", "due date", "deadline", "due on")),
    Field(
        "release",
        later("Not before"),
        later("A date, or a date and time."),
        ("release", "start date", "start", "not before"),
    ),
    Field(
        "priority",
        later("Priority"),
        later("none, low, medium, high, urgent or 0 to 4."),
        ("priority", "prio", "importance"),
    ),
    Field(
        "state",
        later("State"),
        later("backlog, ready, in progress, in review, done; backlog when empty."),
        ("state", "status", "column", "list", "section"),
    ),
)


TYPE: Final = Field(
    "type",
    later("Type"),
    later("A type of work of this workspace, such as bug."),
    ("type", "issue type", "task type", "kind"),
)
PREFIX: Final = "f."
"""In front of a custom field's key, where the mapping of an import names it."""


def task_fields(own: Definitions) -> tuple[Field, ...]:
    """What a column of a tasks file can be read as, the custom fields among it."""
    mine = tuple(
        Field(PREFIX + field.key, field.name, field.hint or later("A field of your own."),
              (folded(field.name), field.key.replace("_", " ")), many=field.many)
        for field in own if field.typed and not field.archived
    )  # fmt: skip
    return (*TASKS, TYPE, *mine)


def guess_mapping(headings: list[str], fields: tuple[Field, ...]) -> dict[str, list[str]]:
    """For each field the columns that look like it, by their headings."""
    by_folded = {folded(h.replace("_", " ")): h for h in headings}
    guess: dict[str, list[str]] = {}
    for field in fields:
        fitting = [by_folded[name] for name in field.headings if name in by_folded]
        if fitting:
            guess[field.name] = fitting if field.many else fitting[:1]
    return guess
