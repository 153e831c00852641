"""iMOPSE, multi-skill project scheduling: each task needs one skill at a level and one worker; least makespan.

A file has a header with counts, a table of workers (id, salary, skills with levels) and one of tasks (id, duration,
skill with level, ids of predecessors). As a problem: an hour is a minute, levels are ranked from 1, and the makespan
is all that counts; salaries are kept as rates but cost nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fairlead.bench import Unusable
from fairlead.bench.sets.dense import START, must_do_all
from fairlead.bench.sets.published import BadPlan, PublicSet, owners
from fairlead.engine import Objective, Plan, Problem, Task, Worker

SKILL = re.compile(r"(\w+):\s*(\d+)")
ROW = re.compile(r"(\d+)\s+(\d+)\s+(\w+):\s*(\d+)\s*(.*)$")
COUNT = re.compile(r"(Tasks|Resources):\s*(\d+)")
MOST_LEVELS = 5


@dataclass(frozen=True)
class Step:
    """One task: duration in hours, the skill and level it needs, and what comes before it."""

    hours: int
    skill: str
    level: int
    after: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """Workers with salary and levels by skill, and tasks, by id."""

    salary: dict[str, float]
    levels: dict[str, dict[str, int]]
    steps: dict[str, Step]


def parse(path: Path) -> Project:
    """Read a file; Unusable when the tables do not hold as many rows as the header says."""
    counts: dict[str, int] = {}
    found, table = Project({}, {}, {}), ""
    for line in map(str.strip, path.read_text(encoding="utf-8", errors="replace").splitlines()):
        if count := COUNT.match(line):
            counts[count[1]] = int(count[2])
        elif line.startswith(("ResourceID", "TaskID")):
            table = line.split()[0]
        elif line and not line.startswith("=") and table == "ResourceID":
            number, salary = line.split()[:2]
            found.salary[f"w{number}"] = float(salary)
            found.levels[f"w{number}"] = {skill: int(level) for skill, level in SKILL.findall(line)}
        elif table == "TaskID" and (row := ROW.match(line)):
            after = tuple(f"t{name}" for name in row[5].split())
            found.steps[f"t{row[1]}"] = Step(int(row[2]), row[3], int(row[4]), after)
    if not found.steps or counts != {"Tasks": len(found.steps), "Resources": len(found.salary)}:
        raise Unusable(f"{path} is no iMOPSE instance.")
    return found


def read(path: Path) -> Problem:
    """The instance as a problem."""
    project = parse(path)
    needed = needed_levels(project)
    workers = tuple(
        Worker(name, skills=ranked(levels, needed), rate=project.salary[name])
        for name, levels in project.levels.items()
    )
    tasks = tuple(
        Task(name, max(1, step.hours), needs=ranked({step.skill: step.level}, needed), after=step.after)
        for name, step in project.steps.items()
    )
    price = must_do_all(float(sum(step.hours for step in project.steps.values())), len(tasks))
    objective = Objective(price, lateness=0, labour=0, misfit=0, switch=0, fairness=0, moved=0, makespan=1.0)
    return Problem(START, workers, tasks, objective=objective)


def needed_levels(project: Project) -> dict[str, list[int]]:
    """By skill the levels that tasks need, in order. Unusable when these are more than a problem can tell apart."""
    found: dict[str, set[int]] = {}
    for step in project.steps.values():
        found.setdefault(step.skill, set()).add(step.level)
    if (most := max(map(len, found.values()))) > MOST_LEVELS:
        raise Unusable(f"a skill is needed at {most} levels, at most {MOST_LEVELS} can be told apart")
    return {skill: sorted(levels) for skill, levels in found.items()}


def ranked(levels: dict[str, int], needed: dict[str, list[int]]) -> dict[str, int]:
    """How many of the needed levels of each skill these levels reach; skills without any are left out."""
    reached = {skill: bisect_right(needed.get(skill, []), level) for skill, level in levels.items()}
    return {skill: rank for skill, rank in reached.items() if rank}


def score(path: Path, plan: Plan) -> float:
    """Makespan in hours; BadPlan when a rule of the set is broken."""
    project, rows = parse(path), {row.task: row for row in plan.assignments}
    busy: dict[str, list[tuple[int, int]]] = {}
    for name, worker in owners(plan).items():
        step, row = project.steps[name], rows[name]
        if project.levels[worker].get(step.skill, -1) < step.level:
            raise BadPlan(f"{worker} lacks {step.skill} for {name}")
        if row.start < 0 or row.finish != row.start + step.hours:
            raise BadPlan(f"{name} takes {row.finish - row.start} hours instead of {step.hours}")
        if any(rows[before].finish > row.start for before in step.after):
            raise BadPlan(f"{name} starts before those it waits for are done")
        busy.setdefault(worker, []).append((row.start, row.finish))
    for worker, times in busy.items():
        times.sort()
        if any(second[0] < first[1] for first, second in pairwise(times)):
            raise BadPlan(f"{worker} does two tasks at once")
    return float(max(row.finish for row in rows.values()))


def is_instance(path: Path) -> bool:
    """Definition files."""
    return path.suffix == ".def"


SET = PublicSet(
    "imopse", "multi-skill projects, makespan (iMOPSE)", read, score, is_instance, "best_published_makespan"
)
