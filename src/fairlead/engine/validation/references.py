"""What the ids of a problem point at: each id is used once, every mentioned id exists, no task waits for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from fairlead.engine.validation.faults import ProblemError

Columns = Mapping[str, Sequence[Any]]
"""The values of each field, one for each worker or task."""

SHOWN_OF_A_CYCLE = 20
"""Tasks of a cycle that are named: thousands of edges may each close a cycle of thousands of tasks."""

MENTIONS = ("after", "only", "never", "minutes", "misfit", "now", "pin.worker")
"""Fields of a task that hold ids: of tasks in `after`, of workers elsewhere."""


def reference_errors(workers: Columns, tasks: Columns) -> Iterator[ProblemError]:
    """Ids used twice, then ids of nothing, then cycles."""
    yield from repeated_ids("workers", workers["id"])
    yield from repeated_ids("tasks", tasks["id"])
    yield from mentions_of_nothing(tasks, worker_ids=texts(workers["id"]), task_ids=texts(tasks["id"]))
    yield from cycles(tasks["id"], tasks["after"])


def texts(values: Sequence[object]) -> frozenset[str]:
    """Those that are texts; everything else is reported elsewhere."""
    return frozenset(value for value in values if isinstance(value, str))


def repeated_ids(where: str, ids: Sequence[object]) -> Iterator[ProblemError]:
    """Each id that stands on an earlier row too."""
    seen: set[str] = set()
    for position, item in enumerate(ids):
        if isinstance(item, str):
            if item in seen:
                yield ProblemError(f"{where}[{position}].id", item, "an id that is not used before")
            seen.add(item)


def mentions_of_nothing(tasks: Columns, *, worker_ids: frozenset[str], task_ids: frozenset[str]) -> list[ProblemError]:
    """Every mentioned id that does not exist, task by task."""
    found: list[tuple[int, int, str]] = []
    for rank, name in enumerate(MENTIONS):
        known = task_ids if name == "after" else worker_ids
        for position, value in enumerate(tasks[name.partition(".")[0]]):
            if value:
                strangers = unknown(value if name != "pin.worker" else getattr(value, "worker", None), known)
                found += [(position, rank, item) for item in strangers]
    found.sort(key=itemgetter(0, 1))
    kinds = {name: "a task" if name == "after" else "a worker" for name in MENTIONS}
    return [
        ProblemError(f"tasks[{position}].{MENTIONS[rank]}", item, f"the id of {kinds[MENTIONS[rank]]}")
        for position, rank, item in found
    ]


def unknown(value: object, known: frozenset[str]) -> Sequence[str]:
    """The ids in a field that do not exist; nothing where its type is wrong, which is reported elsewhere."""
    if isinstance(value, str):
        return () if value in known else (value,)
    if isinstance(value, Mapping) and known.issuperset(value):
        return ()
    if isinstance(value, tuple | list | Mapping):
        return [item for item in value if isinstance(item, str) and item not in known]
    return ()


def cycles(ids: Sequence[Any], waits_for: Sequence[Any]) -> Iterator[ProblemError]:
    """No task waits for itself, directly or through others; each edge that closes a cycle is one fault.

    Depth first without recursion, since chains may be thousands long. `depth` is each task's place on the path.
    """
    position = {name: place for place, name in enumerate(ids) if isinstance(name, str)}
    after = waiting_tasks(position, waits_for)
    finished: set[str] = set()
    for first in after:
        path = [] if first in finished else [first]
        depth, waiting = dict.fromkeys(path, 0), [iter(after[item]) for item in path]
        while path:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
                finished.add(path.pop())
            elif item in finished:
                continue
            elif depth.get(item, len(path)) < len(path):
                allowed = f"tasks that do not wait for each other (cycle: {around(path, depth[item])})"
                yield ProblemError(f"tasks[{position[path[-1]]}].after", item, allowed)
            else:
                depth[item] = len(path)
                path.append(item)
                waiting.append(iter(after[item]))


def waiting_tasks(position: Mapping[str, int], waits_for: Sequence[Any]) -> dict[str, list[str]]:
    """For each task that waits: those it waits for which wait themselves. No other task can be part of a cycle."""
    lists = {name: waits_for[place] for name, place in position.items() if waits_for[place]}
    lists = {name: after for name, after in lists.items() if isinstance(after, tuple | list)}
    return {name: [item for item in after if isinstance(item, str) and item in lists] for name, after in lists.items()}


def around(path: Sequence[str], first: int) -> str:
    """The cycle from place `first` of the path to its end and back; the middle of a long one is left out."""
    size, half = len(path) - first, SHOWN_OF_A_CYCLE // 2
    begin, end = (size, 0) if size <= SHOWN_OF_A_CYCLE else (half, half)
    left_out = [f"… {size - begin - end:,} more …"] if end else []
    names = [*path[first : first + begin], *left_out, *path[len(path) - end :], path[first]]
    return " → ".join(names)
