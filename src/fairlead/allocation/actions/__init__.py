"""Everything that decides about work. One verb, one function, one transaction; callers import from here."""

from fairlead.allocation.actions.assign import (
    HeldByOther,
    NobodyCan,
    RuledOutError,
    assign_best,
    assign_task,
    release_worker,
    settle_assignment,
    take_task,
    unassign_task,
)
from fairlead.allocation.actions.plans import apply_plan, discard_plan, finish_plan, make_plan, undo_plan

__all__ = [
    "HeldByOther",
    "NobodyCan",
    "RuledOutError",
    "apply_plan",
    "assign_best",
    "assign_task",
    "discard_plan",
    "finish_plan",
    "make_plan",
    "release_worker",
    "settle_assignment",
    "take_task",
    "unassign_task",
    "undo_plan",
]
