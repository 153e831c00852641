"""What the CSV exports of other tools look like, so that their columns need no choosing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fairlead.integrations.kinds.csv.fields import Field, guess_mapping


@dataclass(frozen=True)
class Preset:
    """A tool's export of tasks: the headings by which it is recognised, where each field stands, and the options."""

    name: str
    label: str
    known_by: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    options: Mapping[str, Any] = field(default_factory=dict)


PRESETS: Final = (
    Preset(
        "jira", "Jira", frozenset({"Issue key", "Summary"}),
        {
            "title": ("Summary",), "external_id": ("Issue key",), "description": ("Description",),
            "labels": ("Labels", "Component/s", "Components"), "priority": ("Priority",),
            "effort": ("Original estimate", "Original Estimate"), "due": ("Due date", "Due Date"), "state": ("Status",),
        },
        {"in_seconds": True},
    ),
    Preset(
        "asana", "Asana", frozenset({"Task ID", "Section/Column"}),
        {
            "title": ("Name",), "external_id": ("Task ID",), "description": ("Notes",), "labels": ("Tags",),
            "due": ("Due Date",), "release": ("Start Date",), "state": ("Section/Column",),
        },
    ),
    Preset(
        "fairlead", "Fairlead", frozenset({"key", "title", "id", "effort_min"}),
        {
            "title": ("title",), "external_id": ("id",), "description": ("description",), "labels": ("labels",),
            "needs": ("needs",), "effort": ("effort_min",), "due": ("due",), "release": ("not before",),
            "priority": ("priority",), "state": ("state",),
        },
        {"unit_min": 1},
    ),
)  # fmt: skip


def recognised(headings: list[str]) -> Preset | None:
    """The tool whose export has these headings."""
    return next((preset for preset in PRESETS if preset.known_by <= set(headings)), None)


def preset_label(name: str) -> str:
    """The tool that an import was read as coming from; empty for a file of no known tool."""
    return next((preset.label for preset in PRESETS if preset.name == name), "")


def task_mapping(headings: list[str], preset: Preset | None, fields: tuple[Field, ...]) -> dict[str, list[str]]:
    """For each of the fields its columns: those of the preset, else what the headings suggest."""
    if preset is None:
        return guess_mapping(headings, fields)
    bare = {heading: re.sub(r" \(\d+\)$", "", heading) for heading in headings}
    several = {field.name for field in fields if field.many}
    found: dict[str, list[str]] = {}
    for name, wanted in preset.columns.items():
        fitting = [heading for heading in headings if bare[heading] in wanted]
        if fitting:
            found[name] = fitting if name in several else fitting[:1]
    return found
