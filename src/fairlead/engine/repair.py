"""Calm re-planning: something happened, and the plan changes no more than it has to. Read `repair` first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fairlead.engine.change import Change, changed_problem, task_of, worker_of
from fairlead.engine.check import check
from fairlead.engine.doctor import left_out_reasons
from fairlead.engine.effort import minutes_needed
from fairlead.engine.kernel.library import Array
from fairlead.engine.match.eligibility import obstacles
from fairlead.engine.move import NO_CHANGES, Move, headline, moves_of
from fairlead.engine.objective.total import cost_of
from fairlead.engine.plan import Assignment, Cost, Plan, Unassigned
from fairlead.engine.problem import Problem
from fairlead.engine.saying import Row, say
from fairlead.engine.search.calm import calm_down
from fairlead.engine.search.carry import Budget, Carried, carry_over
from fairlead.engine.search.improve import Progress, Schedule, improve
from fairlead.engine.search.solve import fill_gaps
from fairlead.engine.search.state import positions
from fairlead.engine.search.stop import CONSTRUCT_ONLY, Stop
from fairlead.engine.story import Story
from fairlead.engine.wording import hours, moment

COOL = Schedule(hot=0.1, cold=0.001)
"""A repair starts from a good plan and stays near it; docs/engine/repair.md has the comparison."""


@dataclass(frozen=True)
class Repair:
    """The new plan for the changed problem, and one move for every task that changed.

    `cost_before` is what the old plan costs under the changed problem, carried over with only what the event forces.
    """

    problem: Problem
    plan: Plan
    moves: tuple[Move, ...]
    headline: str
    cost_before: Cost

    @property
    def cost(self) -> Cost:
        """What the new plan costs."""
        return self.plan.cost or Cost()

    @property
    def counted(self) -> int:
        """Moves that count against the budget."""
        return sum(move.counted for move in self.moves)


def repair(
    problem: Problem,
    plan: Plan,
    *,
    change: Change | Sequence[Change],
    budget: Budget,
    stop: Stop = CONSTRUCT_ONLY,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    hold: bool = False,
) -> Repair:
    """The plan after the change, within the budget; ProblemErrors when the change cannot be.

    Never costs more than the old plan carried over. Same input, seed and iterations: same result, byte for byte.
    `hold`: as for `solve`; then what is left out of what somebody has counts more than any cost.
    """
    changes = tuple(change) if isinstance(change, Sequence) else (change,)
    changed = changed_problem(problem, plan, changes)
    if budget.most_moved == 0 and changed == problem and (verdict := check(problem, plan)).feasible:
        return Repair(problem, replace(plan, cost=verdict.cost), (), NO_CHANGES, verdict.cost)
    carried = carry_over(changed, plan, budget=budget, seed=seed, hold=hold)
    before = carried.state.assignments()
    iterations = search(carried, changes, stop=stop, on_progress=on_progress)
    fill_gaps(carried.state)
    gains = calm_down(carried)
    found = carried.state.assignments()
    left_out = reasons(carried, found)
    made = Plan(found, left_out, cost_of(changed, found), None, stop.seconds(), iterations, seed, stop.name)
    moves = moves_of(Story(changed, changes, carried, gains, made))
    return Repair(changed, made, moves, headline(changed, moves, now=budget.now), cost_of(changed, before))


def search(
    carried: Carried, changes: Sequence[Change], *, stop: Stop, on_progress: Callable[[Progress], None] | None
) -> int:
    """Improve the carried plan within the budget, starting from what the changes concern; returns the iterations."""
    state = carried.state
    state.arrays["locked"][:] = locked_tasks(carried)
    state.arrays["home"][:] = counted_homes(carried)
    state.board["most_moved"], state.board["moved"] = carried.budget.most_moved, 0
    seeds = concerned(carried, changes)
    return improve(state, stop=stop, on_progress=on_progress, schedule=COOL, seeds=seeds)


def locked_tasks(carried: Carried) -> Array:
    """What has begun or is frozen, and all that it waits for: taking that out would take it out too."""
    locked = carried.kept & (carried.state.arrays["task_row"] >= 0)
    waiting = np.flatnonzero(locked).tolist()
    while waiting:
        new = [task for task in carried.model.before(waiting.pop()) if not locked[task]]
        locked[new] = True
        waiting += new
    return locked


def counted_homes(carried: Carried) -> Array:
    """The old worker of every task that counts as moved without her."""
    homes = carried.home.copy()
    homes[list(carried.forced)] = -1
    return homes


def concerned(carried: Carried, changes: Sequence[Change]) -> Array:
    """Tasks that the search starts from, when something changed: what the change is about, with its workers, has no
    place, starts later, or is late and could go to one of those workers. Whatever stands in their way can move too."""
    state, model, problem = carried.state, carried.model, carried.problem
    free = (np.diff(model.arrays["pair_ptr"]) > 0) & (state.arrays["locked"] == 0)
    if not changes:
        return positions(np.flatnonzero(free))
    tasks = {problem.task_index.get(name or "") for name in map(task_of, changes)}
    chosen = np.isin(np.arange(free.size), [task for task in tasks if task is not None])
    workers = workers_concerned(carried, changes)
    chosen |= (state.arrays["task_row"] < 0) | np.isin(carried.home, workers)
    chosen[list(carried.forced)] = True
    late = np.zeros(free.size, bool)
    for task, _, _, start, finish in state.placed():
        chosen[task] |= 0 <= carried.starts[task] < start
        late[task] = finish > model.arrays["due"][task]
    owner = np.repeat(np.arange(free.size), np.diff(model.arrays["pair_ptr"]))
    able = np.isin(np.arange(free.size), owner[np.isin(model.arrays["pairs"]["worker"], workers)])
    return positions(np.flatnonzero(free & (chosen | (late & able))))


def workers_concerned(carried: Carried, changes: Sequence[Change]) -> list[int]:
    """Workers whom the changes are about, or who had the tasks that they are about."""
    index = carried.problem.worker_index
    names = [worker_of(change) for change in changes]
    names += [home.worker for change in changes if (home := carried.homes.get(task_of(change) or ""))]
    return sorted({index[name] for name in names if name in index})


def reasons(carried: Carried, found: tuple[Assignment, ...]) -> tuple[Unassigned, ...]:
    """Why each task is left out, now that nothing may start in the past."""
    told = left_out_reasons(carried.problem, Plan(found))
    kept = carried.begun
    return tuple(cannot_go_on(carried, item) if kept[carried.problem.task_index[item.task]] else item for item in told)


def cannot_go_on(carried: Carried, item: Unassigned) -> Unassigned:
    """A task that has begun and that its worker cannot finish: what to do is for people to decide."""
    home, problem = carried.homes[item.task], carried.problem
    worker = problem.worker(home.worker)
    rules = obstacles(carried.model.case(problem.task(item.task), problem.worker_index[worker.id]))
    needed = hours(minutes_needed(problem.task(item.task), worker))
    since = moment(problem, home.start)
    no_time = say("does not have the %(hours)s that it needs from %(since)s on", hours=needed, since=since)
    against = [no_time if rule.code == "calendar" else rule.sentence for rule in rules]
    why = Row("; ", against) if against else item.reason
    reason = say("%(worker)s has begun it and cannot go on: %(why)s", worker=worker.id, why=why)
    return Unassigned(item.task, reason, tuple(dict.fromkeys(rule.code for rule in rules)) or item.blocked_by)
