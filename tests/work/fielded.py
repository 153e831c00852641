"""A project with a field of every kind switched on, for the tests of fields."""

from __future__ import annotations

from typing import Any

from fairlead.work import actions
from fairlead.work.fields.definitions import FieldDef, by_key, definitions
from fairlead.work.models import Task
from work.conftest import Site

ALL: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Account", "text", {}),
    ("Notes", "long", {}),
    ("Weight", "number", {"decimals": 2, "unit": "kg"}),
    ("Budget", "money", {"currency": "EUR"}),
    ("Launch", "date", {}),
    ("Stage", "select", {"options": ("Draft", "Live", "Old")}),
    ("Channels", "multi", {"options": ("Web", "Print", "Radio")}),
    ("Contact", "person", {}),
    ("Reviewers", "people", {}),
    ("Urgent print", "check", {}),
    ("Ticket", "link", {}),
    ("Rate", "formula", {"formula": "task.fields.budget / task.effort_h", "decimals": 1}),
)


def add_field(site: Site, name: str, kind: str, **values: Any) -> FieldDef:
    """A field, switched on in the site's project."""
    names = values.pop("options", ())
    options = tuple(actions.OptionIn(text, color=place) for place, text in enumerate(names))
    made = actions.create_field(
        name, kind, options=options, projects=(site.project,), actor=site.world.alice.actor, now=site.now, **values
    )
    return known(site, made.key)


def add_all(site: Site) -> dict[str, FieldDef]:
    """A field of every kind, by key."""
    for name, kind, values in ALL:
        add_field(site, name, kind, **values)
    return {field.key: field for field in definitions(site.world.workspace.pk)}


def known(site: Site, key: str) -> FieldDef:
    found = by_key(definitions(site.world.workspace.pk), key)
    assert found is not None
    return found


def fill(site: Site, task: Task, **values: Any) -> Task:
    """Give the task values by the keys of the fields."""
    given = {known(site, key).id: value for key, value in values.items()}
    return actions.change_task(task, fields=given, actor=site.world.alice.actor, now=site.now)


def option(field: FieldDef, name: str) -> int:
    return next(each.id for each in field.options if each.name == name)
