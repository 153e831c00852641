"""One run in a process of its own: `python -m fairlead.bench.child JOB OUT`, both JSON files.

Building the instance, the peer's preparation, decoding and judging are not measured; solving is, children included.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.bench import ours
from fairlead.bench.decode import plan_from
from fairlead.bench.instance import Instance
from fairlead.bench.peers import PEERS, CannotSolve, Limits
from fairlead.bench.sets import BadPlan
from fairlead.engine import Plan, Problem, Verdict, check


@dataclass(frozen=True, slots=True)
class Spent:
    """What the solver used: seconds of the wall clock, and of the processor with all child processes."""

    wall_s: float
    cpu_s: float


def main(words: Sequence[str]) -> None:
    """Read the job, run it, write the facts for its row."""
    job = json.loads(Path(words[0]).read_text())
    instance, limits = Instance(**job["instance"]), Limits(**job["limits"])
    problem = instance.build()
    facts: dict[str, Any] = {"tasks": len(problem.tasks), "workers": len(problem.workers)}
    try:
        solver = job["solver"]
        is_ours = solver in (ours.NAME, ours.WITH_PROOF)
        facts |= run_ours(solver, problem, limits) if is_ours else run_peer(solver, problem, limits)
        facts |= judged(problem, facts.pop("plan"), instance)
    except (CannotSolve, MemoryError) as reason:
        facts["note"] = str(reason) or "out of memory"
    Path(words[1]).write_text(json.dumps(facts))


def run_ours(solver: str, problem: Problem, limits: Limits) -> dict[str, Any]:
    """Solve with the engine."""
    (plan, first_s), spent = measured(lambda: ours.plan(problem, limits, prove=solver == ours.WITH_PROOF))
    return {
        "plan": plan,
        "iterations": plan.iterations,
        "first_s": None if first_s is None else round(first_s, 3),
        "bound": plan.bound,
        **usage(spent),
    }


def run_peer(name: str, problem: Problem, limits: Limits) -> dict[str, Any]:
    """Solve with a peer, then decode and repair its orders."""
    peer = next(peer for peer in PEERS if peer.name == name)
    peer.prepare()
    orders, spent = measured(lambda: peer.solve(problem, limits))
    facts = usage(spent)
    return {"plan": plan_from(problem, orders), **facts}


def measured(run: Callable[[], Any]) -> tuple[Any, Spent]:
    """The result and what it took."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    result = run()
    return result, Spent(time.perf_counter() - wall, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """Processor seconds of this process and its finished children so far."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def usage(spent: Spent) -> dict[str, Any]:
    """Seconds, and the peak of memory so far: this process, and the largest child beside it."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    kilobytes = sum(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return {"wall_s": round(spent.wall_s, 3), "cpu_s": round(spent.cpu_s, 3), "rss_mb": round(kilobytes / 1024)}


def judged(problem: Problem, plan: Plan, instance: Instance) -> dict[str, Any]:
    """Cost by the one judge, and the value in the set's own terms."""
    verdict = check(problem, Plan(plan.assignments, plan.unassigned))
    due = {task.id: task.due for task in problem.tasks}
    late = sum(1 for row in plan.assignments if (last := due[row.task]) is not None and row.finish > last)
    facts = {
        **{name if name == "total" else f"cost_{name}": cost for name, cost in verdict.cost.to_dict().items()},
        "unassigned": len(plan.unassigned),
        "late": late,
        "feasible": verdict.feasible,
        "note": complaint(verdict),
    }
    try:
        return {**facts, "value": instance.value(plan)}
    except BadPlan as error:
        return {**facts, "note": facts["note"] or str(error)}


def complaint(verdict: Verdict) -> str:
    """The first broken rule, if any."""
    return "" if verdict.feasible else f"{len(verdict.violations)} violations: {verdict.violations[0]}"


if __name__ == "__main__":
    main(sys.argv[1:])
