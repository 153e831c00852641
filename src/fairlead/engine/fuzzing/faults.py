"""What is wrong with a plan of the kernel: what the judge says against it, and where its figures differ."""

from __future__ import annotations

import math

from fairlead.engine.check import Verdict, check
from fairlead.engine.kernel.library import Array
from fairlead.engine.plan import Cost, Plan, Unassigned
from fairlead.engine.problem import Problem
from fairlead.engine.search.state import State

TOLERANCE = 1e-6
KINDS = {
    "pair": ("labour", "misfit", "moved"),
    "late": ("lateness",),
    "neighbour": ("switch",),
    "load": ("fairness",),
    "plan": ("makespan",),
    "left_out": ("unassigned",),
}
"""Terms of the objective by the place at which the kernel counts them."""


def faults(of: Problem, state: State) -> list[str]:
    """Everything that is wrong; the kernel's sums may differ from the judge's by one millionth."""
    verdict = judged(of, state)
    found = [str(violation) for violation in verdict.violations]
    found += differences(figures(state), by_kind(verdict.cost))
    if not alike(state.total(), verdict.cost.total):
        found.append(f"costs {verdict.cost.total}, the kernel says {state.total()}")
    return found + misplaced(state)


def judged(of: Problem, state: State) -> Verdict:
    """The judge's verdict on the plan as it stands."""
    made = state.assignments()
    held = {item.task for item in made}
    rest = tuple(Unassigned(task.id, "left out") for task in of.tasks if task.id not in held)
    return check(of, Plan(made, rest))


def by_kind(cost: Cost) -> dict[str, float]:
    """The judge's points, added up as the kernel does."""
    return {kind: math.fsum(cost.parts[name] for name in names) for kind, names in KINDS.items()}


def figures(state: State) -> dict[str, float]:
    """The kernel's own sums, as its books have them."""
    arrays = state.arrays
    return {
        "pair": total(arrays["row_points"]),
        "late": total(arrays["row_late"]),
        "neighbour": int(arrays["row_switches"].sum()) * state.board["switch_points"],
        "load": total(arrays["load_points"]),
        "plan": state.board["makespan"] * int(arrays["latest"][1] if arrays["latest"].size else 0),
        "left_out": total(arrays["price"][arrays["task_row"] < 0]),
    }


def total(values: Array) -> float:
    return math.fsum(values.tolist())


def differences(kernel: dict[str, float], judge: dict[str, float], *, scale: float = 0.0) -> list[str]:
    """Where the two do not agree. Differences of sums as large as `scale` are known only to its millionth."""
    return [
        f"{kind} is {judge[kind]}, the kernel says {value}"
        for kind, value in kernel.items()
        if not alike(value, judge[kind], scale=scale)
    ]


def alike(one: float, other: float, *, scale: float = 0.0) -> bool:
    """Equal within the tolerance."""
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE * max(1.0, scale))


def misplaced(state: State) -> list[str]:
    """Where the kernel's books about tasks and rows do not agree."""
    arrays = state.arrays
    found = []
    for row, worker in enumerate(arrays["row_worker"].tolist()):
        for place, task in enumerate(state.slots(row)["task"].tolist()):
            if (arrays["task_row"][task], arrays["task_place"][task]) != (row, place):
                found.append(f"task {task} is not where the books say, row {row} of worker {worker}")
    for worker in range(arrays["cap"].size):
        slots = [state.slots(row) for row in state.rows_of(worker)]
        counted = sum(each.size for each in slots), sum(int(each["minutes"].sum()) for each in slots)
        if counted != (state.held(worker), state.planned(worker)):
            found.append(f"worker {worker} has {counted} tasks and minutes, the books say otherwise")
    if arrays["queued"].any() or state.board["waiting"]:
        found.append("tasks wait in the queue for ever")
    if arrays["week_used"].any():
        found.append("the weeks of a worker were not cleared")
    return found
