"""An old plan carried over to a changed problem: what has begun and what is frozen stays, the rest keeps its order, and
only what finds no place any more is put somewhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from fairlead.engine.arrays import NONE, Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.plan import Assignment, Plan
from fairlead.engine.problem import Pin, Problem, Task
from fairlead.engine.search.construct import by_due_and_weight
from fairlead.engine.search.solve import place_cheapest
from fairlead.engine.search.state import State


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a repair may change. Minutes since the problem's start.

    What the plan starts before `now` has begun and stays as it is. What it starts before `frozen_until`, or before its
    worker's own minute in `frozen_for`, keeps its worker and start unless the event makes that impossible. Of all other
    tasks at most `most_moved` change their worker or lose their place.
    """

    now: int = 0
    frozen_until: int = 0
    most_moved: int = 0
    frozen_for: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min(self.now, self.frozen_until, self.most_moved, *self.frozen_for.values()) < 0:
            raise ValueError("now, frozen_until, frozen_for and most_moved have to be at least 0")

    def closed_until(self, worker: str) -> int:
        """First minute in which a task of this worker that is only moved within the budget may start."""
        return max(self.now, self.frozen_until, self.frozen_for.get(worker, 0))


@dataclass
class Carried:
    """The old plan in the kernel's hands, under `problem`: the changed one in which what may not move is pinned.

    `homes` is who had each task, and when. `forced` tasks could not stay as they were: they are not counted. `loose`
    are those of them that were frozen or had begun, as the plan says. `total` is what the carried plan costs.
    """

    problem: Problem
    model: Model
    state: State
    homes: Mapping[str, Assignment]
    budget: Budget
    loose: frozenset[str]
    forced: set[int] = field(default_factory=set)
    total: float = 0.0
    starts: Array = field(init=False)
    home: Array = field(init=False)

    def __post_init__(self) -> None:
        tasks, workers = self.problem.tasks, self.problem.worker_index
        rows = [self.homes.get(task.id) for task in tasks]
        self.starts = np.array([-1 if row is None else row.start for row in rows], np.int64)
        self.home = np.array([NONE if row is None else workers[row.worker] for row in rows], np.int32)

    @property
    def begun(self) -> Array:
        """Tasks that the plan started before now and that could stay."""
        return self._kept_before(np.full(len(self.problem.workers) + 1, self.budget.now))

    @property
    def kept(self) -> Array:
        """Those and the frozen ones."""
        return self._kept_before(np.array([*(self.budget.closed_until(it.id) for it in self.problem.workers), 0]))

    def _kept_before(self, minutes: Array) -> Array:
        """`minutes`: by worker, and one for the tasks of nobody."""
        unpinned = np.array([task.id in self.loose for task in self.problem.tasks], bool)
        return np.asarray((self.home != NONE) & (self.starts < minutes[self.home]) & ~unpinned)

    def waits(self, task: int) -> bool:
        """Something that the task waits for has no place."""
        return any(self.state.worker_of(before) is None for before in self.model.before(task))


def carry_over(problem: Problem, plan: Plan, *, budget: Budget, seed: int = 0, hold: bool = False) -> Carried:
    """The plan as far as it holds under the changed problem; the rest is put where it costs least, or left out.

    A task that may not move but cannot stay is let loose, and all is carried over anew: what waits for it can often
    stay then.
    """
    homes = known_homes(problem, plan)
    loose: frozenset[str] = frozenset()
    while True:
        carried = carried_with(problem, homes, budget=budget, loose=loose, seed=seed, hold=hold)
        lost = {problem.tasks[task].id for task in unable_to_stay(carried)}
        if not lost:
            return carried
        loose |= lost


def known_homes(problem: Problem, plan: Plan) -> dict[str, Assignment]:
    """Who has each task, also one that is gone, as far as she is still there."""
    return {item.task: item for item in plan.assignments if item.worker in problem.worker_index}


def carried_with(
    problem: Problem,
    homes: Mapping[str, Assignment],
    *,
    budget: Budget,
    loose: frozenset[str],
    seed: int,
    hold: bool,
) -> Carried:
    """One try, with these tasks free to go."""
    loose |= {task.id for task in problem.tasks if contradicts_pin(task, homes.get(task.id))}
    tasks = (guarded(task, homes.get(task.id), budget=budget, loose=task.id in loose) for task in problem.tasks)
    inner = replace(problem, tasks=tuple(tasks))
    model = Model(inner).keeping_held() if hold else Model(inner)
    model.find_tails()
    state = State(model, seed=seed)
    state.board.give("release", model.arrays["release"].copy())
    carried = Carried(inner, model, state, homes, budget, loose)
    put_back(carried)
    return carried


def contradicts_pin(task: Task, home: Assignment | None) -> bool:
    """The task's own pin, a human decision, wants it elsewhere."""
    if home is None or task.pin is None:
        return False
    return task.pin.worker != home.worker or task.pin.start not in (None, home.start)


def guarded(task: Task, home: Assignment | None, *, budget: Budget, loose: bool) -> Task:
    """The task as the search may treat it: pinned to its place when it has begun or is frozen, else not before now."""
    earliest = budget.now if home is None or loose else budget.closed_until(home.worker)
    if home is not None and not loose and home.start < earliest:
        return replace(task, pin=Pin(home.worker, home.start))
    if task.release >= earliest or (task.pin is not None and task.pin.start is not None):
        return task
    return replace(task, release=earliest)


def put_back(carried: Carried) -> None:
    """Every task with its worker in the old order; then those without a place where they cost least, urgent first."""
    state, model = carried.state, carried.model
    for task in order_of_return(carried):
        if not carried.waits(task) and not put_home(carried, task):
            carried.forced.add(task)
    for task in model.chain_order(by_due_and_weight(model)).tolist():
        if state.worker_of(task) is not None or carried.waits(task):
            continue
        if carried.home[task] != NONE and task not in carried.forced:
            if put_home(carried, task):
                continue
            carried.forced.add(task)
        place_cheapest(state, task)
    loose = {carried.problem.task_index[name] for name in carried.loose}
    carried.total = state.total()
    carried.forced |= loose | {task for task in state.left_out() if carried.home[task] != NONE}


def order_of_return(carried: Carried) -> list[int]:
    """Tasks with a home by their old start, those that must start in one minute first of all."""
    pinned = np.array([t.pin is not None and t.pin.start is not None for t in carried.problem.tasks], bool)
    latest = int(carried.starts.max(initial=0)) + 1
    order = carried.model.chain_order(carried.starts - np.where(pinned, latest, 0))
    return [task for task in order.tolist() if carried.home[task] != NONE]


def put_home(carried: Carried, task: int) -> bool:
    """Put a task into its old lane after those that started before it, else anywhere with its old worker."""
    state, model, home = carried.state, carried.model, carried.home[task]
    pairs = model.pairs(task)
    pair = pairs[pairs["worker"] == home]
    if not pair.size:
        return False
    lane = min(carried.homes[carried.problem.tasks[task].id].lane, carried.problem.workers[home].lanes - 1)
    row = int(model.arrays["row_ptr"][home]) + lane
    if any(state.put(task, pair, row=row, place=place) for place in places_in_turn(carried, task, row=row)):
        state.commit()
        return True
    if state.place(task, pair)["row"][0] == NONE:
        return False
    state.commit()
    return True


def places_in_turn(carried: Carried, task: int, *, row: int) -> Iterator[int]:
    """Places in the row from the old order's on; never before what the task waits for."""
    tasks = carried.state.slots(row)["task"]
    before = np.flatnonzero(carried.starts[tasks] < carried.starts[task])
    waited_for = np.flatnonzero(np.isin(tasks, carried.model.before(task)))
    first = max(before.max(initial=-1), waited_for.max(initial=-1)) + 1
    yield from range(int(first), tasks.size + 1)


def unable_to_stay(carried: Carried) -> list[int]:
    """Tasks that may not move, are without a place, and wait for nothing: they have to be let loose.

    One that has begun and that its worker could not do in these minutes whatever else she did is not: nobody else can
    go on with it.
    """
    stuck = carried.begun & (np.diff(carried.model.arrays["pair_ptr"]) == 0)
    out = np.flatnonzero(carried.kept & ~stuck & (carried.state.arrays["task_row"] == NONE))
    return [task for task in out.tolist() if not carried.waits(task)]
