"""The judge: is a plan feasible, and what does it cost? Slow, obvious, and sharing no code with the search.

It reads the problem and the plan as data and recomputes everything else: minutes, interruptions by the
calendar and the weekly cap, set-ups, precedence, every term of the objective.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from itertools import count, islice, pairwise

from fairlead.engine.plan import PARTS, Assignment, Cost, Plan
from fairlead.engine.problem import Problem, Task, Worker

WEEK = 10080
LONGEST = 1 << 29
"""Minutes of work that fit into no calendar: about a thousand years."""

COST_TOLERANCE = 0.06
"""Points by which a stated cost may differ: plan files may round every term to one decimal."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: code, sentence, and the task and worker it is about."""

    code: str
    sentence: str
    task: str = ""
    worker: str = ""

    def __str__(self) -> str:
        about = ", ".join(part for part in (self.task and f"task {self.task}", self.worker) if part)
        return f"{about or 'plan'}: {self.sentence} [{self.code}]"


@dataclass(frozen=True)
class Verdict:
    """All violations and the true cost. A wrongly stated cost is a violation that leaves the plan feasible."""

    violations: tuple[Violation, ...]
    cost: Cost

    @property
    def ok(self) -> bool:
        """Nothing at all is wrong."""
        return not self.violations

    @property
    def feasible(self) -> bool:
        """The work can be done as planned."""
        return all(violation.code == "cost" for violation in self.violations)


def check(problem: Problem, plan: Plan) -> Verdict:
    """Judge a plan. Never raises for a bad plan: whatever is wrong is in the verdict."""
    judge = Judge(problem, plan)
    judge.lists()
    judge.eligibility()
    judge.order()
    theirs = by_worker(judge.known)
    for worker in problem.workers:
        Replay(judge, worker, theirs.get(worker.id, [])).run()
    cost = true_cost(problem, judge.known)
    judge.stated_cost(cost)
    return Verdict(tuple(judge.found), cost)


def by_worker(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    """Each worker's assignments in order of start."""
    result: dict[str, list[Assignment]] = {}
    for item in sorted(assignments, key=lambda row: (row.start, row.finish)):
        result.setdefault(item.worker, []).append(item)
    return result


@dataclass
class Judge:
    """The rules that look at the plan as a whole."""

    problem: Problem
    plan: Plan
    found: list[Violation] = field(default_factory=list)
    known: list[Assignment] = field(default_factory=list)

    def say(self, code: str, sentence: str, *, task: str = "", worker: str = "") -> None:
        """Record a violation."""
        self.found.append(Violation(code, sentence, task, worker))

    def lists(self) -> None:
        """Every task is in exactly one list, once; nothing unknown is in them."""
        tasks = {task.id for task in self.problem.tasks}
        workers = {worker.id: worker for worker in self.problem.workers}
        left_out = Counter(item.task for item in self.plan.unassigned)
        assigned = Counter(item.task for item in self.plan.assignments)
        accepted: set[str] = set()
        for item in self.plan.assignments:
            if item.task not in tasks:
                self.say("unknown", "is not in the problem", task=item.task)
            elif item.worker not in workers:
                self.say("unknown", f"is given to {item.worker}, who is not in the problem", task=item.task)
            elif not 0 <= item.lane < workers[item.worker].lanes:
                lanes = workers[item.worker].lanes
                self.say("lane", f"is in lane {item.lane} of {lanes}", task=item.task, worker=item.worker)
            elif item.task not in accepted:
                accepted.add(item.task)
                self.known.append(item)
        for name, times in (assigned + left_out).items():
            if times > 1:
                self.say("twice", f"is listed {times} times", task=name)
        for task in self.problem.tasks:
            if task.id not in assigned and task.id not in left_out:
                self.say("missing", "is neither assigned nor unassigned", task=task.id)
        self.reasons(tasks)

    def reasons(self, tasks: set[str]) -> None:
        """What is left out is known, and a reason is given."""
        for left in self.plan.unassigned:
            if left.task not in tasks:
                self.say("unknown", "is not in the problem", task=left.task)
            if not left.reason.strip():
                self.say("reason", "is left out without a reason", task=left.task)

    def eligibility(self) -> None:
        """Skills, only, never, pin, max_tasks."""
        for item in self.known:
            task, worker = self.problem.task(item.task), self.problem.worker(item.worker)
            for name, level in task.needs.items():
                if worker.skills.get(name, 0) < level:
                    has = worker.skills.get(name, 0)
                    self.say("skill", f"needs {name} {level}, has {has}", task=task.id, worker=worker.id)
            if task.only is not None and worker.id not in task.only:
                self.say("only", f"may be done only by {', '.join(task.only)}", task=task.id, worker=worker.id)
            if worker.id in task.never:
                self.say("never", "may never be done by this worker", task=task.id, worker=worker.id)
            if task.pin and task.pin.worker != worker.id:
                self.say("pin", f"is pinned to {task.pin.worker}", task=task.id, worker=worker.id)
            if task.pin and task.pin.start is not None and task.pin.start != item.start:
                sentence = f"is pinned to start at {task.pin.start}, starts at {item.start}"
                self.say("pin", sentence, task=task.id, worker=worker.id)
        for name, tasks in Counter(item.worker for item in self.known).items():
            most = self.problem.worker(name).max_tasks
            if most is not None and tasks > most:
                self.say("max_tasks", f"has {tasks} tasks, at most {most} allowed", worker=name)

    def order(self) -> None:
        """Release, predecessors, horizon."""
        finish = {item.task: item.finish for item in self.known}
        for item in self.known:
            task = self.problem.task(item.task)
            if item.start < task.release:
                sentence = f"starts at {item.start}, before its release {task.release}"
                self.say("release", sentence, task=task.id, worker=item.worker)
            for before in task.after:
                if before not in finish:
                    self.say("after", f"waits for {before}, which is unassigned", task=task.id, worker=item.worker)
                elif item.start < finish[before]:
                    sentence = f"starts at {item.start}, before {before} finishes at {finish[before]}"
                    self.say("after", sentence, task=task.id, worker=item.worker)
            if self.problem.horizon is not None and item.finish > self.problem.horizon:
                sentence = f"finishes at {item.finish}, after the horizon {self.problem.horizon}"
                self.say("horizon", sentence, task=task.id, worker=item.worker)

    def stated_cost(self, cost: Cost) -> None:
        """The plan's own cost agrees with the true one."""
        for name in PARTS if self.plan.cost is not None else ():
            stated, true = getattr(self.plan.cost, name), getattr(cost, name)
            if abs(stated - true) > COST_TOLERANCE:
                self.say("cost", f"states {name} {stated:.2f}, truly {true:.2f}")


class Replay:
    """One worker's work minute by minute: items in order of start, ties by lane, set-ups as soon as possible."""

    def __init__(self, judge: Judge, worker: Worker, assignments: list[Assignment]) -> None:
        self.judge, self.problem, self.worker = judge, judge.problem, worker
        self.used: dict[int, int] = {}
        self.waiting: dict[int, deque[Assignment]] = {}
        for item in assignments:
            self.waiting.setdefault(item.lane, deque()).append(item)
        self.ended = dict.fromkeys(self.waiting, 0)
        self.free_from = dict.fromkeys(self.waiting, 0)
        self.last: dict[int, Task | None] = dict.fromkeys(self.waiting)
        self.set_up = dict.fromkeys(self.waiting, False)

    def run(self) -> None:
        """Replay everything, reporting what does not fit."""
        upcoming = {lane: self.next_start(lane) for lane in self.waiting}
        while upcoming:
            _, lane = min(zip(upcoming.values(), upcoming, strict=True))
            if self.set_up_is_next(lane):
                self.do_set_up(lane)
            else:
                self.do_task(lane)
            del upcoming[lane]
            # what was booked may move the set-ups of other lanes, when they share the minutes of a week
            shared = upcoming if self.worker.week_minutes is not None else ()
            for each in [*filter(self.set_up_is_next, shared), lane]:
                if self.waiting[each]:
                    upcoming[each] = self.next_start(each)

    def set_up_is_next(self, lane: int) -> bool:
        """A set-up is due when contexts differ and it was not done yet."""
        before, after = self.last[lane], self.problem.task(self.waiting[lane][0].task)
        if before is None or before.context is None or after.context is None:
            return False
        return before.context != after.context and self.problem.setup > 0 and not self.set_up[lane]

    def next_start(self, lane: int) -> int:
        """When the lane's next item starts."""
        if not self.set_up_is_next(lane):
            return self.waiting[lane][0].start
        done = self.work(self.free_from[lane], 1)
        return done[0] if done else self.waiting[lane][0].start

    def do_set_up(self, lane: int) -> None:
        """Replay a set-up; the lane is free when it is over."""
        self.set_up[lane] = True
        done = self.work(self.free_from[lane], self.problem.setup)
        item = self.waiting[lane][0]
        if done is None:
            self.judge.say("setup", "has no time left for its set-up", task=item.task, worker=self.worker.id)
            return
        self.book(done[2])
        self.free_from[lane] = done[1]

    def do_task(self, lane: int) -> None:
        """Replay a task from its stated start."""
        item = self.waiting[lane].popleft()
        task, worker = self.problem.task(item.task), self.worker.id
        if item.start < self.free_from[lane]:
            code, what = self.in_the_way(item)
            sentence = f"starts at {item.start}, but the {what} before it in lane {lane} ends at {self.free_from[lane]}"
            self.judge.say(code, sentence, task=item.task, worker=worker)
        done = self.work(item.start, minutes_of(task, self.worker))
        if done is None:
            self.judge.say("calendar", "does not fit into the calendar", task=item.task, worker=worker)
        else:
            self.book(done[2])
            self.compare(item, done)
        self.last[lane], self.set_up[lane] = task, False
        self.ended[lane], self.free_from[lane] = item.finish, item.finish + self.worker.buffer

    def in_the_way(self, item: Assignment) -> tuple[str, str]:
        """Code and name of what an item that starts too early runs into."""
        if self.set_up[item.lane]:
            return "setup", "set-up"
        return ("overlap", "task") if item.start < self.ended[item.lane] else ("buffer", "buffer")

    def compare(self, item: Assignment, done: tuple[int, int, dict[int, int]]) -> None:
        """Stated against replayed start and finish."""
        start, finish, _ = done
        if start != item.start:
            upcoming = next(pieces(self.worker, self.problem.horizon, earliest=item.start), None)
            calendar = upcoming is not None and upcoming[0] == item.start
            why = "the weekly minutes are used up" if calendar else "the worker does not work then"
            code = "week" if calendar else "calendar"
            sentence = f"starts at {item.start}, but {why}"
            self.judge.say(code, sentence, task=item.task, worker=self.worker.id)
        elif finish != item.finish:
            sentence = f"started at {item.start} it finishes at {finish}, not at {item.finish}"
            self.judge.say("finish", sentence, task=item.task, worker=self.worker.id)

    def work(self, earliest: int, minutes: int) -> tuple[int, int, dict[int, int]] | None:
        """First minute, end, and minutes by week of work done from `earliest` on; None when it does not fit."""
        cap = self.worker.week_minutes
        if minutes > LONGEST or (cap is not None and minutes > cap * (LONGEST // WEEK)):
            return None
        first, taken = -1, dict[int, int]()
        for a, b in pieces(self.worker, self.problem.horizon, earliest=earliest):
            week = a // WEEK
            room = b - a if cap is None else min(b - a, cap - self.used.get(week, 0) - taken.get(week, 0))
            step = min(room, minutes)
            if step <= 0:
                continue
            first = a if first < 0 else first
            taken[week] = taken.get(week, 0) + step
            minutes -= step
            if minutes == 0:
                return first, a + step, taken
        return None

    def book(self, taken: dict[int, int]) -> None:
        """Count minutes against the weekly cap."""
        for week, minutes in taken.items():
            self.used[week] = self.used.get(week, 0) + minutes


def pieces(worker: Worker, horizon: int | None, *, earliest: int) -> Iterator[tuple[int, int]]:
    """Working time from `earliest` on, cut at the ends of weeks and at the horizon."""
    whole = worker.calendar
    weeks = ((week * WEEK, (week + 1) * WEEK) for week in count(earliest // WEEK))
    first = 0 if whole is None else bisect_right(whole, earliest, key=lambda interval: interval[1])
    for begin, until in weeks if whole is None else islice(whole, first, None):
        at, end = max(begin, earliest), until if horizon is None else min(until, horizon)
        if at >= end:
            return
        while at < end:
            cut = min(end, (at // WEEK + 1) * WEEK)
            yield at, cut
            at = cut


def minutes_of(task: Task, worker: Worker) -> int:
    """Predicted minutes, else effort / speed rounded up, in decimals as written."""
    if worker.id in task.minutes:
        return task.minutes[worker.id]
    return rounded_up(task.effort, worker.speed)


@lru_cache(maxsize=1 << 16)
def rounded_up(effort: int, speed: float) -> int:
    """effort / speed; the same few thousand pairs come again and again."""
    return int((Decimal(effort) / Decimal(str(speed))).to_integral_value(ROUND_CEILING))


def misfit_of(task: Task, worker: Worker) -> float:
    """Predicted misfit, else the mean number of levels above the needed ones."""
    if worker.id in task.misfit:
        return task.misfit[worker.id]
    above = [max(worker.skills.get(name, 0) - level, 0) for name, level in task.needs.items()]
    return sum(above) / len(above) if above else 0.0


def true_cost(problem: Problem, assignments: list[Assignment]) -> Cost:
    """Every term of the objective from its definition."""
    weights = problem.objective
    pairs = [(item, problem.task(item.task), problem.worker(item.worker)) for item in assignments]
    done = {item.task for item in assignments}
    base, per_weight = weights.unassigned
    late = [task.weight * max(0, item.finish - task.due) / 60 for item, task, _ in pairs if task.due is not None]
    lanes: dict[tuple[str, int], list[Assignment]] = {}
    for item in sorted(assignments, key=lambda row: (row.start, row.finish)):
        lanes.setdefault((item.worker, item.lane), []).append(item)
    contexts = [[problem.task(item.task).context for item in lane] for lane in lanes.values()]
    switches = sum(a is not None and b is not None and a != b for lane in contexts for a, b in pairwise(lane))
    return Cost(
        unassigned=math.fsum(base + per_weight * task.weight for task in problem.tasks if task.id not in done),
        lateness=weights.lateness * math.fsum(late),
        labour=weights.labour * math.fsum(worker.rate * minutes_of(task, worker) / 60 for _, task, worker in pairs),
        misfit=weights.misfit * math.fsum(misfit_of(task, worker) for _, task, worker in pairs),
        switch=weights.switch * switches,
        fairness=weights.fairness * unfairness(problem, assignments),
        moved=weights.moved * sum(task.now is not None and task.now != worker.id for _, task, worker in pairs),
        makespan=weights.makespan * max((item.finish for item in assignments), default=0),
    )


def unfairness(problem: Problem, assignments: list[Assignment]) -> float:
    """Sum over workers of (filled + planned / available)² less filled²; 0 without a horizon."""
    if problem.horizon is None:
        return 0.0
    shares, theirs = [], by_worker(assignments)
    for worker in problem.workers:
        by_week: Counter[int] = Counter()
        for a, b in pieces(worker, problem.horizon, earliest=0):
            by_week[a // WEEK] += b - a
        cap = math.inf if worker.week_minutes is None else worker.week_minutes
        available = max(1, sum(min(minutes, cap) for minutes in by_week.values()))
        mine = [problem.task(item.task) for item in theirs.get(worker.id, [])]
        share = sum(minutes_of(task, worker) for task in mine) / available
        shares.append((worker.filled + share) ** 2 - worker.filled**2)
    return math.fsum(shares)
