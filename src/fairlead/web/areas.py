"""The areas of the web interface; each lists its addresses as `urls`."""

from __future__ import annotations

from types import ModuleType

from fairlead.web import (
    activity,
    allocation,
    batches,
    board,
    fairness,
    home,
    imports,
    joining,
    my_work,
    offers,
    palette,
    people,
    projects,
    search,
    session,
    settings_pages,
    skills,
    styleguide,
    task_bulk,
    task_cells,
    task_list,
    task_parts,
    task_views,
    tasks,
)

AREAS: list[ModuleType] = [
    activity,
    allocation,
    batches,
    board,
    fairness,
    home,
    imports,
    joining,
    my_work,
    offers,
    palette,
    people,
    projects,
    search,
    session,
    settings_pages,
    skills,
    styleguide,
    task_bulk,
    task_cells,
    task_list,
    task_parts,
    task_views,
    tasks,
]
