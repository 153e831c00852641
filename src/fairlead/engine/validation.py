"""Every rule a problem must meet before anything is computed from it; all faults are found together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairlead.engine.problem import Problem

WORKER_KINDS = ("employee", "freelancer", "agent")
SHOWN_VALUE_LENGTH = 80
LATEST_MIN = 53_000_000
"""Latest minute that a problem may mention: about a hundred years, so that weeks can be counted one by one."""

MOST_LANES = 1_000


@dataclass(frozen=True, slots=True)
class ProblemError:
    """One fault: where it is (`tasks[17].due`), the value found, and what is allowed there."""

    path: str
    value: object
    allowed: str

    def __str__(self) -> str:
        shown = repr(self.value)
        if len(shown) > SHOWN_VALUE_LENGTH:
            shown = shown[:SHOWN_VALUE_LENGTH] + "…"
        return f"{self.path}: {shown} is not allowed; allowed: {self.allowed}"


class ProblemErrors(ValueError):
    """All faults of a problem or plan, each with its path, value and what is allowed."""

    def __init__(self, errors: Iterable[ProblemError]) -> None:
        self.errors: tuple[ProblemError, ...] = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the list that collects the faults found there."""

    path: str
    errors: list[ProblemError]

    def refuse(self, value: object, allowed: str) -> None:
        """Record a fault here."""
        self.errors.append(ProblemError(self.path, value, allowed))

    def at(self, suffix: str) -> Place:
        """A place below this one."""
        return Place(self.path + suffix, self.errors)


Check = Callable[[Place, Any], None]


def is_integer(value: object) -> bool:
    """A true integer: bool is not one, although Python says so."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """A finite number: neither bool, NaN nor infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def integer(least: int, most: int | None = None) -> Check:
    """Checker of an integer within [least, most]."""
    allowed = f"an integer of at least {least}" if most is None else f"an integer from {least} to {most}"

    def check(place: Place, value: Any) -> None:
        if not is_integer(value) or value < least or (most is not None and value > most):
            place.refuse(value, allowed)

    return check


def number(*, above_zero: bool = False) -> Check:
    """Checker of a finite number of at least 0 (or above 0)."""
    allowed = "a number above 0" if above_zero else "a number of at least 0"

    def check(place: Place, value: Any) -> None:
        if not is_number(value) or value < 0 or (above_zero and value == 0):
            place.refuse(value, allowed)

    return check


def text(place: Place, value: Any) -> None:
    """A text with at least one character."""
    if not isinstance(value, str) or not value:
        place.refuse(value, "a text that is not empty")


def one_of(choices: Sequence[str]) -> Check:
    """Checker of a text from a fixed list."""

    def check(place: Place, value: Any) -> None:
        if not isinstance(value, str) or value not in choices:
            place.refuse(value, "one of " + ", ".join(choices))

    return check


def optional(check_value: Check) -> Check:
    """Checker of a value that may be missing (None)."""

    def check(place: Place, value: Any) -> None:
        if value is not None:
            check_value(place, value)

    return check


def mapping(check_value: Check, what: str) -> Check:
    """Checker of a mapping from text to values."""

    def check(place: Place, value: Any) -> None:
        if not isinstance(value, Mapping):
            place.refuse(value, what)
            return
        for key, item in value.items():
            text(place.at(" (key)"), key)
            check_value(place.at(f".{key}"), item)

    return check


def id_list(place: Place, value: Any) -> None:
    """A list of ids, each once."""
    if not isinstance(value, tuple | list):
        place.refuse(value, "a list of ids")
        return
    for position, item in enumerate(value):
        text(place.at(f"[{position}]"), item)
        if item in value[:position]:
            place.at(f"[{position}]").refuse(item, "each id once")


def intervals(place: Place, value: Any) -> None:
    """Ordered working intervals [from, to) that do not overlap."""
    if not isinstance(value, tuple | list):
        place.refuse(value, "a list of [from, to) minutes")
        return
    earliest = 0
    for position, pair in enumerate(value):
        here = place.at(f"[{position}]")
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(map(is_integer, pair)):
            here.refuse(pair, "two integers [from, to)")
        elif pair[1] > LATEST_MIN:
            here.refuse(pair, f"minutes up to {LATEST_MIN}")
        elif pair[0] >= pair[1]:
            here.refuse(pair, "from before to")
        elif pair[0] < earliest:
            here.refuse(pair, f"from at or after {earliest}, where the interval before it ends")
        else:
            earliest = pair[1]


def price_pair(place: Place, value: Any) -> None:
    """The two prices of a task left out: base, and per weight."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        place.refuse(value, "two numbers: points for each task, points per weight")
        return
    for position, item in enumerate(value):
        number()(place.at(f"[{position}]"), item)


def pin(place: Place, value: Any) -> None:
    """A pin: worker and optional start."""
    text(place.at(".worker"), getattr(value, "worker", value))
    optional(MINUTE)(place.at(".start"), getattr(value, "start", None))


def moment(place: Place, value: Any) -> None:
    """A date and time with its offset from UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        place.refuse(value, "a date and time with an offset, like 2026-11-23T00:00:00+00:00")


MINUTE = integer(0, LATEST_MIN)
LEVELS = mapping(integer(1, 5), "skills with levels from 1 to 5")

WORKER_FIELDS: dict[str, Check] = {
    "id": text,
    "kind": one_of(WORKER_KINDS),
    "skills": LEVELS,
    "calendar": optional(intervals),
    "week_minutes": optional(integer(0)),
    "max_tasks": optional(integer(0)),
    "lanes": integer(1, MOST_LANES),
    "rate": number(),
    "speed": number(above_zero=True),
}

TASK_FIELDS: dict[str, Check] = {
    "id": text,
    "effort": integer(1, LATEST_MIN),
    "needs": LEVELS,
    "release": MINUTE,
    "due": optional(MINUTE),
    "weight": number(),
    "after": id_list,
    "context": optional(text),
    "only": optional(id_list),
    "never": id_list,
    "pin": optional(pin),
    "now": optional(text),
    "minutes": mapping(integer(1, LATEST_MIN), "minutes by worker"),
    "misfit": mapping(number(), "points by worker"),
}

OBJECTIVE_FIELDS: dict[str, Check] = {
    "unassigned": price_pair,
    **{name: number() for name in ("lateness", "labour", "misfit", "switch", "fairness", "moved", "makespan")},
}

PROBLEM_FIELDS: dict[str, Check] = {"start": moment, "horizon": optional(MINUTE), "setup": MINUTE}


def find_errors(problem: Problem) -> list[ProblemError]:
    """Every fault of the problem's values and references; an empty list when it is sound."""
    errors: list[ProblemError] = []
    root = Place("", errors)
    check_fields(root, problem, fields=PROBLEM_FIELDS)
    check_fields(root.at("objective."), problem.objective, fields=OBJECTIVE_FIELDS)
    for position, worker in enumerate(problem.workers):
        check_fields(root.at(f"workers[{position}]."), worker, fields=WORKER_FIELDS)
    for position, task in enumerate(problem.tasks):
        check_fields(root.at(f"tasks[{position}]."), task, fields=TASK_FIELDS)
    check_references(problem, root)
    check_cycles(problem, root)
    return errors


def check_fields(place: Place, owner: object, *, fields: Mapping[str, Check]) -> None:
    """Run each field's checker."""
    for name, check in fields.items():
        check(place.at(name), getattr(owner, name))


def check_one(path: str, owner: object, *, fields: Mapping[str, Check]) -> None:
    """Check the fields of one worker or task; raises ProblemErrors."""
    errors: list[ProblemError] = []
    check_fields(Place(f"{path}.", errors), owner, fields=fields)
    if errors:
        raise ProblemErrors(errors)


def ids_in(value: object) -> tuple[str, ...]:
    """The ids that a field mentions; nothing where its type is wrong, which is reported elsewhere."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple | list | Mapping):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def check_references(problem: Problem, root: Place) -> None:
    """Ids are unique and every mentioned id exists."""
    workers = unique_ids(root.at("workers"), [worker.id for worker in problem.workers])
    tasks = unique_ids(root.at("tasks"), [task.id for task in problem.tasks])
    for position, task in enumerate(problem.tasks):
        mentions: tuple[tuple[str, object, set[str], str], ...] = (
            ("after", task.after, tasks, "the id of a task"),
            ("only", task.only, workers, "the id of a worker"),
            ("never", task.never, workers, "the id of a worker"),
            ("minutes", task.minutes, workers, "the id of a worker"),
            ("misfit", task.misfit, workers, "the id of a worker"),
            ("now", task.now, workers, "the id of a worker"),
            ("pin.worker", getattr(task.pin, "worker", None), workers, "the id of a worker"),
        )
        for name, value, known, allowed in mentions:
            for item in ids_in(value):
                if item not in known:
                    root.at(f"tasks[{position}].{name}").refuse(item, allowed)


def unique_ids(place: Place, ids: Sequence[object]) -> set[str]:
    """The ids as a set; each repeated id is a fault."""
    seen: set[str] = set()
    for position, item in enumerate(ids):
        if not isinstance(item, str):
            continue
        if item in seen:
            place.at(f"[{position}].id").refuse(item, "an id that is not used before")
        seen.add(item)
    return seen


def check_cycles(problem: Problem, root: Place) -> None:
    """No task waits for itself, directly or through others; each edge that closes a cycle is one fault.

    Depth first without recursion, since chains may be thousands long.
    """
    position = {task.id: place for place, task in enumerate(problem.tasks) if isinstance(task.id, str)}
    after = {name: [q for q in ids_in(problem.tasks[i].after) if q in position] for name, i in position.items()}
    finished: set[str] = set()
    for first in after:
        path = [] if first in finished else [first]
        waiting = [iter(after[item]) for item in path]
        while path:
            item = next(waiting[-1], None)
            if item is None:
                finished.add(path.pop())
                waiting.pop()
            elif item in path:
                cycle = " → ".join([*path[path.index(item) :], item])
                place = root.at(f"tasks[{position[path[-1]]}].after")
                place.refuse(item, f"tasks that do not wait for each other (cycle: {cycle})")
            elif item not in finished:
                path.append(item)
                waiting.append(iter(after[item]))
