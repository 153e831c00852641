"""Which rule each field of a problem has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from fairlead.engine.validation.faults import Fault, ProblemError, ProblemErrors
from fairlead.engine.validation.references import Columns, reference_errors
from fairlead.engine.validation.values import (
    LATEST_MIN,
    MOST_LANES,
    Check,
    IdList,
    Integer,
    Intervals,
    MappingOf,
    Moment,
    Number,
    OneOf,
    Optional,
    PinOf,
    PricePair,
    Text,
    faults_in,
)

if TYPE_CHECKING:
    from fairlead.engine.problem import Problem

WORKER_KINDS = ("employee", "freelancer", "agent")
MINUTE = Integer(0, LATEST_MIN)
LONGEST_BUFFER_MIN = 24 * 60
LEVELS = MappingOf(Integer(1, 5), "skills with levels from 1 to 5")

WORKER_FIELDS: dict[str, Check] = {
    "id": Text(),
    "kind": OneOf(WORKER_KINDS),
    "skills": LEVELS,
    "calendar": Optional(Intervals()),
    "week_minutes": Optional(Integer(0)),
    "max_tasks": Optional(Integer(0)),
    "lanes": Integer(1, MOST_LANES),
    "rate": Number(),
    "speed": Number(above_zero=True),
    "buffer": Integer(0, LONGEST_BUFFER_MIN),
    "filled": Number(),
}

TASK_FIELDS: dict[str, Check] = {
    "id": Text(),
    "effort": Integer(1, LATEST_MIN),
    "needs": LEVELS,
    "release": MINUTE,
    "due": Optional(MINUTE),
    "weight": Number(),
    "after": IdList(),
    "context": Optional(Text()),
    "only": Optional(IdList()),
    "never": IdList(),
    "pin": Optional(PinOf()),
    "now": Optional(Text()),
    "minutes": MappingOf(Integer(1, LATEST_MIN), "minutes by worker"),
    "misfit": MappingOf(Number(), "points by worker"),
}

OBJECTIVE_FIELDS: dict[str, Check] = {
    "unassigned": PricePair(),
    **dict.fromkeys(("lateness", "labour", "misfit", "switch", "fairness", "moved", "makespan"), Number()),
}

PROBLEM_FIELDS: dict[str, Check] = {"start": Moment(), "horizon": Optional(MINUTE), "setup": MINUTE}


def find_errors(problem: Problem) -> list[ProblemError]:
    """Every fault of the problem's values and references; an empty list when it is sound."""
    return errors_in_columns(
        top=columns_of((problem,), PROBLEM_FIELDS),
        objective=columns_of((problem.objective,), OBJECTIVE_FIELDS),
        workers=columns_of(problem.workers, WORKER_FIELDS),
        tasks=columns_of(problem.tasks, TASK_FIELDS),
    )


def columns_of(rows: Sequence[object], fields: Iterable[str]) -> dict[str, list[Any]]:
    """The rows' values, field by field."""
    return {name: list(map(attrgetter(name), rows)) for name in fields}


def errors_in_columns(*, top: Columns, objective: Columns, workers: Columns, tasks: Columns) -> list[ProblemError]:
    """Every fault of a problem that is given as columns; `top` and `objective` have one row."""
    return [
        *errors_in(top, PROBLEM_FIELDS, path=lambda _: ""),
        *errors_in(objective, OBJECTIVE_FIELDS, path=lambda _: "objective."),
        *errors_in(workers, WORKER_FIELDS, path=lambda row: f"workers[{row}]."),
        *errors_in(tasks, TASK_FIELDS, path=lambda row: f"tasks[{row}]."),
        *reference_errors(workers, tasks),
    ]


def errors_in(columns: Columns, fields: Mapping[str, Check], *, path: Callable[[int], str]) -> list[ProblemError]:
    """Every fault of the fields, row by row; found column by column."""
    found: list[tuple[int, int, Fault]] = []
    names = list(fields)
    for rank, name in enumerate(names):
        found += [(row, rank, fault) for row, fault in faults_in(columns[name], fields[name])]
    found.sort(key=itemgetter(0, 1))
    return [
        ProblemError(f"{path(row)}{names[rank]}{fault.suffix}", fault.value, fault.allowed)
        for row, rank, fault in found
    ]


def check_one(path: str, owner: object, *, fields: Mapping[str, Check]) -> None:
    """Check the fields of one worker or task; raises ProblemErrors."""
    errors = [
        ProblemError(f"{path}.{name}{fault.suffix}", fault.value, fault.allowed)
        for name, check in fields.items()
        for fault in check.faults(getattr(owner, name))
    ]
    if errors:
        raise ProblemErrors(errors)
