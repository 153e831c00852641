"""Everything that brings data in. Callers import from here."""

from __future__ import annotations

from datetime import datetime

from fairlead.events.actor import Actor
from fairlead.integrations.actions.boards import change_choices, create_board_import, run_board
from fairlead.integrations.actions.running import Progress, fail_import, start_import
from fairlead.integrations.actions.tables import change_mapping, create_import, run_tables
from fairlead.integrations.models import Import
from fairlead.integrations.queries import Report

RUNS = {"csv": run_tables, "trello": run_board}
"""How an import of each kind is run."""


def run_import(run: Import, *, actor: Actor, now: datetime, on_progress: Progress | None = None) -> Report:
    """Create and update what the import names; what cannot be used is reported and skipped."""
    return RUNS[run.kind](run, actor=actor, now=now, on_progress=on_progress)


__all__ = [
    "change_choices",
    "change_mapping",
    "create_board_import",
    "create_import",
    "fail_import",
    "run_import",
    "start_import",
]
