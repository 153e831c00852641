"""The areas of the web interface; each lists its addresses as `urls`."""

from __future__ import annotations

from types import ModuleType

from fairlead.web import (
    activity,
    allocation,
    board,
    fairness,
    home,
    imports,
    joining,
    offers,
    people,
    policies,
    presence,
    projects,
    routing,
    schedule,
    session,
    settings_pages,
    skills,
    styleguide,
    task_list,
    task_parts,
    tasks,
)

AREAS: list[ModuleType] = [
    activity,
    allocation,
    board,
    fairness,
    home,
    imports,
    joining,
    offers,
    people,
    policies,
    presence,
    projects,
    routing,
    schedule,
    session,
    settings_pages,
    skills,
    styleguide,
    task_list,
    task_parts,
    tasks,
]
