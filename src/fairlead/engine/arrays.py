"""The problem as arrays: tasks and workers by position, times in each worker's own work minutes.

What is in the arrays, and in which unit, says kernel/c/fields.h. Building them for 50,000 tasks takes about a second,
so it goes column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np

from fairlead.engine.clock import FAR_MIN, Clock
from fairlead.engine.effort import exact, minutes_needed
from fairlead.engine.kernel.library import PAIR, Array, Board
from fairlead.engine.match.eligibility import Case
from fairlead.engine.objective import lateness, unassigned
from fairlead.engine.problem import WEEK_MIN, Problem, Task, Worker

FAR = FAR_MIN
"""Later than any minute that occurs."""

NONE = -1
LARGEST_FRACTION = 1 << 62
"""Speeds like 1e-30 are fractions of larger numbers than the kernel's; Python computes their minutes."""

HELD_PRICE = 100.0
"""Where what somebody has is held, leaving it out costs so many times the dearest task more."""

Arrays = dict[str, Array]


def pointers(counts: Iterable[int]) -> Array:
    """Where each list starts when they lie one after the other, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(np.fromiter(counts, np.int64)))).astype(np.int64)


def column(values: Iterable[object], kind: type) -> Array:
    """One value for each row."""
    return np.fromiter(values, kind)


def takes_tasks(workers: Sequence[Worker]) -> Array:
    """Who takes tasks at all."""
    return np.array([worker.max_tasks != 0 for worker in workers], bool)


def differ_in_more_than_max_tasks(some: Sequence[Worker], others: Sequence[Worker]) -> bool:
    """Whether a worker is different in anything that her pairs depend on."""
    changed = ((a, b) for a, b in zip(some, others, strict=True) if a is not b)
    return some is not others and any(replace(b, max_tasks=a.max_tasks) != a for a, b in changed)


class Skills:
    """Skills as columns of a table of levels, and the sets of workers who have one at a level, as bits."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        names = dict.fromkeys(chain.from_iterable(worker.skills for worker in workers))
        self.columns = {name: position for position, name in enumerate(names)}
        self.level = np.zeros((len(workers), len(self.columns) + 1), np.uint8)
        for row, worker in enumerate(workers):
            for name, level in worker.skills.items():
                self.level[row, self.columns[name]] = level
        self.words = max(1, -(-len(workers) // 64))
        self.sets = [self.bits(takes_tasks(workers))]
        self.numbers: dict[tuple[str, int], int] = {}

    def bits(self, chosen: Array) -> Array:
        """A set of workers as 64-bit words."""
        padded = np.zeros(self.words * 64, np.uint8)
        padded[: chosen.size] = chosen
        return np.packbits(padded, bitorder="little").view(np.uint64)

    def column(self, name: str) -> int:
        """The skill's column; the last one, in which everybody has 0, for a skill that nobody has."""
        return self.columns.get(name, len(self.columns))

    def set_number(self, name: str, level: int) -> int:
        """The number of the set of workers with at least this level."""
        number = self.numbers.get((name, level))
        if number is None:
            number = self.numbers[name, level] = len(self.sets)
            self.sets.append(self.bits(self.level[:, self.column(name)] >= level))
        return number


def calendar_arrays(problem: Problem) -> Arrays:
    """Intervals of all calendars, clipped to the horizon, and the weeks of those who have a weekly cap."""
    workers, last = problem.workers, FAR if problem.horizon is None else problem.horizon
    always = ((0, last),)
    calendars = [
        () if worker.week_minutes == 0 else always if worker.calendar is None else worker.calendar for worker in workers
    ]
    counts = column((len(each) for each in calendars), np.int64)
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(calendars)), np.int64).reshape(-1, 2)
    owner = np.repeat(np.arange(len(workers)), counts)
    inside = flat[:, 0] < last
    owner, start, end = owner[inside], flat[inside, 0], np.minimum(flat[inside, 1], last)
    gap_ptr = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(workers))))).astype(np.int64)
    done = np.concatenate(([0], np.cumsum(end - start)))
    before, total = done[:-1] - done[gap_ptr[owner]], done[gap_ptr[1:]] - done[gap_ptr[:-1]]
    ends = np.zeros(len(workers), np.int64)
    np.maximum.at(ends, owner, end)
    capped = column((worker.week_minutes is not None for worker in workers), bool)
    weeks = np.where(capped & (ends < FAR), -(-ends // WEEK_MIN), 0)
    return {
        "gap_ptr": gap_ptr,
        "from_min": start.astype(np.int32),
        "until_min": end.astype(np.int32),
        "before_min": before.astype(np.int32),
        "total": total.astype(np.int32),
        "week_ptr": pointers(weeks),
        "week_end": np.zeros(int(weeks.sum()), np.int32),
        "available": np.maximum(1, total).astype(np.float64),
    }


def worker_arrays(problem: Problem) -> Arrays:
    """Everything about the workers; caps that can never bind are lifted."""
    workers = problem.workers
    arrays = calendar_arrays(problem)
    lanes = column((worker.lanes for worker in workers), np.int32)
    arrays["cap"] = column(
        (FAR if worker.week_minutes is None else min(worker.week_minutes, FAR) for worker in workers), np.int32
    )
    Board(arrays, {}).call("fl_weeks", lanes.ctypes.data)
    cap, endless = arrays["cap"], np.diff(arrays["week_ptr"]) == 0
    cap[endless & (lanes.astype(np.int64) * WEEK_MIN <= cap)] = FAR
    cap[arrays["total"] == 0] = FAR
    speeds = [exact(float(worker.speed)) for worker in workers]
    odd = column((max(speed.numerator, speed.denominator) > LARGEST_FRACTION for speed in speeds), bool)
    return arrays | {
        "most": worker_limits(problem),
        "buffer": column((worker.buffer for worker in workers), np.int32),
        "shares": ((lanes > 1) & (cap < FAR)).astype(np.uint8),
        "row_ptr": pointers(lanes),
        "row_worker": np.repeat(np.arange(len(workers), dtype=np.int32), lanes),
        "filled": column((worker.filled for worker in workers), np.float64),
        "rate": column((worker.rate for worker in workers), np.float64),
        "speed_above": column((0 if o else s.numerator for s, o in zip(speeds, odd, strict=True)), np.int64),
        "speed_below": column((0 if o else s.denominator for s, o in zip(speeds, odd, strict=True)), np.int64),
    }


def worker_limits(problem: Problem) -> Array:
    """The most tasks of each worker."""
    return column((FAR if w.max_tasks is None else min(w.max_tasks, FAR) for w in problem.workers), np.int32)


def task_arrays(problem: Problem, tasks: Sequence[Task], skills: Skills, odd: Sequence[int] = ()) -> Arrays:
    """Everything about these tasks but what they wait for. `odd` workers get their minutes from Python."""
    objective, index = problem.objective, problem.worker_index
    needs = [(name, level) for task in tasks for name, level in task.needs.items()]
    named = {
        "only": [[index[name] for name in task.only] or [NONE] if task.only is not None else [] for task in tasks],
        "never": [[index[name] for name in task.never] for task in tasks],
    }
    pins = [task.pin for task in tasks]
    arrays = {
        "release": column((task.release for task in tasks), np.int32),
        "due": column((FAR if task.due is None else task.due for task in tasks), np.int32),
        "late_rate": column((lateness.rate_per_minute(task, objective) for task in tasks), np.float64),
        "price": column((unassigned.price(task, objective) for task in tasks), np.float64),
        "effort": column((task.effort for task in tasks), np.int32),
        "need_ptr": pointers(len(task.needs) for task in tasks),
        "need_set": column((skills.set_number(name, level) for name, level in needs), np.int32),
        "need_skill": column((skills.column(name) for name, _ in needs), np.int32),
        "need_level": column((level for _, level in needs), np.int32),
        "pin_worker": column((NONE if pin is None else index[pin.worker] for pin in pins), np.int32),
        "pin_start": column((NONE if pin is None or pin.start is None else pin.start for pin in pins), np.int32),
        "now": column((NONE if task.now is None else index[task.now] for task in tasks), np.int32),
    }
    for name, lists in named.items():
        arrays[f"{name}_ptr"] = pointers(map(len, lists))
        arrays[name] = column(chain.from_iterable(lists), np.int32)
    return arrays | predictions(problem, tasks, odd)


def predictions(problem: Problem, tasks: Sequence[Task], odd: Sequence[int]) -> Arrays:
    """Predicted minutes and misfit, each sorted by worker within the task."""
    index = problem.worker_index
    minutes = [task.minutes for task in tasks]
    if odd:
        workers = [problem.workers[position] for position in odd]
        minutes = [{w.id: min(minutes_needed(t, w), FAR) for w in workers} | dict(t.minutes) for t in tasks]
    found: Arrays = {}
    for name, given, kind in (
        ("minutes", minutes, np.int32),
        ("misfit", [task.misfit for task in tasks], np.float64),
    ):
        at = pointers(map(len, given))
        worker = column(map(index.__getitem__, chain.from_iterable(given)), np.int32)
        value = column(chain.from_iterable(each.values() for each in given), kind)
        owner = np.repeat(np.arange(len(given)), np.diff(at))
        if np.any((np.diff(worker) < 0) & (np.diff(owner) == 0)):
            order = np.lexsort((worker, owner))
            worker, value = worker[order], value[order]
        found |= {f"{name}_ptr": at, f"{name}_worker": worker}
        found["minutes" if name == "minutes" else "misfit_points"] = value
    return found


def chain_arrays(problem: Problem) -> Arrays:
    """Whom each task waits for, and who waits for it."""
    index, tasks = problem.task_index, problem.tasks
    pred = column((index[name] for task in tasks for name in task.after), np.int32)
    waiting = np.repeat(np.arange(len(tasks), dtype=np.int32), [len(task.after) for task in tasks])
    order = np.argsort(pred, kind="stable")
    return {
        "pred_ptr": pointers(len(task.after) for task in tasks),
        "pred": pred,
        "succ_ptr": np.searchsorted(pred[order], np.arange(len(tasks) + 1)).astype(np.int64),
        "succ": np.ascontiguousarray(waiting[order]),
    }


def context_arrays(problem: Problem) -> Arrays:
    """The context of each task as a number, and the tasks of each context."""
    numbers: dict[str, int] = {}
    names = (task.context for task in problem.tasks)
    context = column((NONE if n is None else numbers.setdefault(n, len(numbers)) for n in names), np.int32)
    order = np.argsort(context, kind="stable").astype(np.int32)
    first = int(np.count_nonzero(context == NONE))
    return {
        "context": context,
        "context_ptr": (np.searchsorted(context[order], np.arange(len(numbers) + 1)) - first).astype(np.int64),
        "context_task": np.ascontiguousarray(order[first:]),
    }


class Model:
    """One problem as the kernel sees it. `arrays` and `numbers` are never changed once it is made."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.skills = Skills(problem.workers)
        self.workers = worker_arrays(problem)
        self.odd = np.flatnonzero(self.workers["speed_above"] == 0).tolist()
        self.numbers = self.read_numbers()
        tasks = task_arrays(problem, problem.tasks, self.skills, self.odd) | context_arrays(problem)
        pairs = self.make_pairs(tasks)
        kept = ("release", "due", "late_rate", "price", "context", "context_ptr", "context_task")
        self.arrays = self.workers | {name: tasks[name] for name in kept} | chain_arrays(problem) | pairs
        self.arrays["tail"], self.arrays["worth"] = np.zeros(len(problem.tasks), np.int32), tasks["price"].copy()
        self.extra = np.zeros(len(problem.tasks))
        """Points by task that a search adds to its price, and nobody is told."""
        self.numbers["has_chains"] = int(self.arrays["pred"].size > 0)
        self.numbers["has_contexts"] = int(self.arrays["context_ptr"].size > 1)

    def read_numbers(self) -> dict[str, float]:
        """Weights of the objective, and the set-up."""
        problem, objective = self.problem, self.problem.objective
        return {
            "switch_points": objective.switch,
            "fairness": objective.fairness if problem.horizon is not None else 0.0,
            "makespan": objective.makespan,
            "labour": objective.labour,
            "misfit": objective.misfit,
            "stability": objective.moved,
            "setup": problem.setup,
            "skills": self.skills.level.shape[1],
        }

    def make_pairs(self, tasks: Arrays, takers: Array | None = None) -> Arrays:
        """The able workers of these tasks, by points; `takers` are who takes tasks at all, when not as in the model."""
        words = self.skills.words
        given = self.workers | tasks
        given["level"] = self.skills.level.reshape(-1)
        sets = self.skills.sets if takers is None else [self.skills.bits(takers), *self.skills.sets[1:]]
        given["able_set"] = np.concatenate(sets)
        given["set_now"] = np.zeros(words, np.uint64)
        given["pair_ptr"] = np.zeros(tasks["release"].size + 1, np.int64)
        board = Board(given, self.numbers)
        board.give("pairs", np.zeros(board.call("fl_count_able", words), PAIR))
        count = board.call("fl_fill_pairs", words)
        return {"pair_ptr": given["pair_ptr"], "pairs": board.arrays["pairs"][:count]}

    def keeping_held(self) -> Model:
        """The same for a search that leaves out nothing that somebody has for the sake of what is free."""
        other, price = copy(self), self.arrays["price"]
        held = np.array([task.pin is not None or task.now is not None for task in self.problem.tasks], bool)
        other.extra = held * HELD_PRICE * max(1.0, float(price.max(initial=0)))
        dear = price + other.extra
        other.arrays = self.arrays | {"price": dear, "worth": dear.copy(), "tail": self.arrays["tail"].copy()}
        return other

    # -- for those who explain ----------------------------------------------------------------------------------

    @cached_property
    def clocks(self) -> Clocks:
        """The workers' calendars, each made when it is first asked for."""
        return Clocks(self.problem)

    def case(self, task: Task, worker: int) -> Case:
        """The pair as the hard rules see it."""
        return Case(self.problem, task, self.problem.workers[worker], self.clocks[worker])

    def pairs(self, task: int) -> Array:
        """The able workers of a task, by points."""
        at = self.arrays["pair_ptr"]
        return self.arrays["pairs"][at[task] : at[task + 1]]

    def pairs_if(self, problem: Problem, task: Task) -> Array:
        """The same for a task, and perhaps a worker, that were different: `problem` has them."""
        other = self
        if differ_in_more_than_max_tasks(self.problem.workers, problem.workers):
            other = Model(problem.without_tasks())
        takers = None if problem.workers is self.problem.workers else takes_tasks(problem.workers)
        return other.make_pairs(task_arrays(problem, (task,), other.skills, other.odd), takers)["pairs"]

    def fits(self, task: Task) -> Array:
        """Workers who could do the task on an empty calendar if no other rule, and no pin, were in the way."""
        loose = replace(task, needs={}, only=None, never=(), pin=None)
        fits = np.zeros(len(self.problem.workers), bool)
        arrays = task_arrays(self.problem, (loose,), self.skills, self.odd)
        fits[self.make_pairs(arrays, np.ones(fits.size, bool))["pairs"]["worker"]] = True
        return fits

    def before(self, task: int) -> list[int]:
        """What the task waits for."""
        at = self.arrays["pred_ptr"]
        return list(self.arrays["pred"][at[task] : at[task + 1]].tolist())

    def eligible(self, task: int) -> list[int]:
        """Workers whom no hard rule keeps from this task on an empty calendar, in the problem's order."""
        return sorted(self.pairs(task)["worker"].tolist())

    def available(self, worker: int) -> int:
        """Minutes this worker can work within the horizon."""
        return int(self.arrays["available"][worker])

    def chain_order(self, keys: Array) -> Array:
        """Tasks by key, each after those that it waits for, which are as urgent as itself."""
        order = np.argsort(keys, kind="stable").astype(np.int32)
        if self.numbers["has_chains"]:
            self.scratch_board(order).call("fl_chain_order")
        return order

    @cached_property
    def topology(self) -> Array:
        """For each task a number that is larger than those of the tasks that it waits for."""
        rank = np.empty(len(self.problem.tasks), np.int32)
        rank[self.chain_order(np.zeros(rank.size))] = np.arange(rank.size)
        return rank

    def find_tails(self) -> None:
        """Fill `tail` and `worth`: how much has to follow each task, and what that is worth."""
        order = self.chain_order(np.zeros(len(self.problem.tasks)))
        self.scratch_board(order).call("fl_tails")

    def scratch_board(self, order: Array) -> Board:
        """A board without a plan, for what only looks at chains."""
        size = order.size
        scratch = {
            "order": order,
            "queue": np.zeros(size, np.int32),
            "queued": np.zeros(size, np.uint8),
            "taken": np.zeros(size + 1, np.int32),
        }
        return Board(self.arrays | scratch, self.numbers)


class Clocks(dict[int, Clock]):
    """Calendars of workers by position, made on demand."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem

    def __missing__(self, worker: int) -> Clock:
        clock = self[worker] = Clock(self.problem.workers[worker], self.problem.horizon)
        return clock
