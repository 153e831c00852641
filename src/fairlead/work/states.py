"""The states of a task and who may move it from one to another: the one table.

A project has statuses of its own (columns of its board); each belongs to one of these states.
"""

from __future__ import annotations

from typing import Final

from django.db import models

from fairlead.lib.speech import later, mark, tr


class State(models.TextChoices):
    """Where a task stands. BACKLOG and READY wait, RUNNING and REVIEW are somebody's, DONE and CANCELLED are over."""

    BACKLOG = "backlog", later("Backlog")
    READY = "ready", later("Ready")
    RUNNING = "running", later("In progress")
    REVIEW = "review", later("In review")
    DONE = "done", later("Done")
    CANCELLED = "cancelled", later("Cancelled")


OPEN: Final = (State.BACKLOG, State.READY, State.RUNNING, State.REVIEW)
WAITING: Final = (State.BACKLOG, State.READY)
OVER: Final = (State.DONE, State.CANCELLED)

# Who: "manager" = owner, admin or manager; "holder" = the worker who has the task; "author" = who created it.
MANAGER, HOLDER, AUTHOR = "manager", "holder", "author"
_ALL = frozenset({MANAGER, HOLDER, AUTHOR})
_HANDS = frozenset({MANAGER, HOLDER})
_LEAD = frozenset({MANAGER})

TRANSITIONS: Final[dict[tuple[State, State], frozenset[str]]] = {
    (State.BACKLOG, State.READY): _ALL,
    (State.READY, State.BACKLOG): _ALL,
    (State.BACKLOG, State.RUNNING): _HANDS,
    (State.READY, State.RUNNING): _HANDS,
    (State.RUNNING, State.READY): _HANDS,
    (State.RUNNING, State.BACKLOG): _HANDS,
    (State.RUNNING, State.REVIEW): _HANDS,
    (State.REVIEW, State.RUNNING): _HANDS,
    (State.REVIEW, State.READY): _LEAD,
    (State.RUNNING, State.DONE): _HANDS,
    (State.REVIEW, State.DONE): _HANDS,
    (State.READY, State.DONE): _LEAD,
    (State.BACKLOG, State.DONE): _LEAD,
    (State.BACKLOG, State.CANCELLED): frozenset({MANAGER, AUTHOR}),
    (State.READY, State.CANCELLED): frozenset({MANAGER, AUTHOR}),
    (State.RUNNING, State.CANCELLED): _LEAD,
    (State.REVIEW, State.CANCELLED): _LEAD,
    (State.DONE, State.RUNNING): _LEAD,
    (State.DONE, State.REVIEW): _LEAD,
    (State.DONE, State.READY): _LEAD,
    (State.DONE, State.BACKLOG): _LEAD,
    (State.CANCELLED, State.BACKLOG): _LEAD,
    (State.CANCELLED, State.READY): _LEAD,
}

# The event that a move into a state records; any other move is "task.moved".
ARRIVALS: Final[dict[State, str]] = {
    State.RUNNING: "task.started",
    State.REVIEW: "task.submitted",
    State.DONE: "task.completed",
    State.CANCELLED: "task.cancelled",
}

# An AI agent never marks its own work done and never cancels: a person does.
AGENT_NEVER: Final = frozenset({State.DONE, State.CANCELLED})

# The statuses that a new project starts with: name, state, and the most tasks the column should hold.
DEFAULT_STATUSES: Final[tuple[tuple[str, State], ...]] = (
    (mark("Backlog"), State.BACKLOG),
    (mark("Ready"), State.READY),
    (mark("In progress"), State.RUNNING),
    (mark("In review"), State.REVIEW),
    (mark("Done"), State.DONE),
    (mark("Cancelled"), State.CANCELLED),
)
_NAMES: Final = frozenset(name for name, _ in DEFAULT_STATUSES)


def column(name: str) -> str:
    """How a column is called for its reader: what nobody has named otherwise is said in the language that is spoken."""
    return tr(name) if name in _NAMES else name


def column_named(typed: str, stored: str) -> str:
    """The name to keep after a form that showed the column as its reader calls it."""
    return stored if typed.strip() == column(stored) else typed
