"""Speed of the engine alone: each measure in a fresh process, one row of a file for each figure.

`python -m fairlead.bench.micro MEASURE PROBLEM SECONDS SEED` prints the figures of one measure as JSON.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from fairlead.bench import Unusable, ours
from fairlead.bench.generate import company
from fairlead.bench.run import machine
from fairlead.engine import CONSTRUCT_ONLY, Deadline, Problem, Ranker, read_problem, solve, write_problem

COLUMNS = ("date", "machine", "version", "tasks", "workers", "seed", "metric", "value", "unit")
QUERIES, WARM_UP = 500, 20
TOP = 10

Figures: TypeAlias = dict[str, tuple[float, str]]
"""Value and unit by metric."""


def first_plan(problem: Problem, seconds: float, seed: int) -> Figures:
    """Processor seconds to the first complete plan (construction without improvement)."""
    del seconds
    began, cpu = time.perf_counter(), time.process_time()
    plan = solve(problem, stop=CONSTRUCT_ONLY, seed=seed)
    used, wall = time.process_time() - cpu, time.perf_counter() - began
    return {
        "first_plan_cpu": (used, "s"),
        "first_plan_wall": (wall, "s"),
        "first_plan_cost": (plan.cost.total if plan.cost else 0.0, "points"),
        "eligible_pairs": (float(sum(len(task.misfit) for task in problem.tasks)), ""),
    }


def search(problem: Problem, seconds: float, seed: int) -> Figures:
    """Iterations for each second of the processor, first plan included."""
    cpu = time.process_time()
    plan = solve(problem, stop=Deadline(seconds, time.monotonic), seed=seed)
    used = time.process_time() - cpu
    return {"iterations": (float(plan.iterations), ""), "iterations_per_cpu_s": (plan.iterations / used, "1/s")}


def rank(problem: Problem, seconds: float, seed: int) -> Figures:
    """Milliseconds to find the best candidates of one task against a plan that holds all tasks.

    `kernel` only measures every able worker's best place; `top` is the first ten with their costs, factors and
    sentences; `rank` also has the rule that excludes each of the others.
    """
    del seconds
    ranker = Ranker(problem, solve(problem, stop=CONSTRUCT_ONLY, seed=seed))
    chosen = random.Random(seed).choices(problem.tasks, k=WARM_UP + QUERIES)  # noqa: S311  reproducible on purpose
    names = [task.id for task in chosen]
    ways: dict[str, Callable[[str], float]] = {
        "kernel": lambda name: in_the_kernel(ranker, name),
        "top": lambda name: time_of(lambda: ranker.top(name, k=TOP)),
        "rank": lambda name: time_of(lambda: ranker.rank(name, k=TOP)),
    }
    return {metric: figure for way, ask in ways.items() for metric, figure in quantiles(way, names, ask).items()}


def in_the_kernel(ranker: Ranker, task_id: str) -> float:
    """Milliseconds of measuring every able worker's best place."""
    with ranker.bench(task_id) as bench:
        return time_of(lambda: bench.found)


def time_of(ask: Callable[[], object]) -> float:
    """Milliseconds of the wall clock."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def quantiles(way: str, names: Sequence[str], ask: Callable[[str], float]) -> Figures:
    """Median and 99th percentile of the milliseconds, without the first few."""
    millis = sorted([ask(name) for name in names][WARM_UP:])
    return {f"{way}_p50": (quantile(millis, 0.5), "ms"), f"{way}_p99": (quantile(millis, 0.99), "ms")}


MEASURES: dict[str, Callable[[Problem, float, int], Figures]] = {
    "first_plan": first_plan,
    "search": search,
    "rank": rank,
}

COLD_START = """
import sys
from fairlead.engine import CONSTRUCT_ONLY, read_problem, solve
solve(read_problem(sys.argv[1]), stop=CONSTRUCT_ONLY)
"""
"""What a fresh interpreter does until the first plan of a file."""


def main(words: Sequence[str]) -> None:
    """One measure in this process."""
    name, path, seconds, seed = words
    figures = MEASURES[name](read_problem(path), float(seconds), int(seed))
    print(json.dumps(figures))  # noqa: T201  read by the process that started this one


def measure_all(
    size: tuple[int, int, int], out: Path, *, seconds: float, now: Callable[[], datetime], say: Callable[[str], None]
) -> None:
    """All measures of a company of (tasks, workers, seed), each row written at once."""
    tasks, workers, seed = size
    known = {
        "date": now().date().isoformat(),
        "machine": machine(),
        "version": ours.VERSION,
        "tasks": tasks,
        "workers": workers,
        "seed": seed,
    }
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        path = Path(folder, "problem.json")
        write_problem(company(tasks, workers, seed), path)
        for name in (*MEASURES, "cold_start"):
            say(f"measuring {name}")
            figures = cold_start(path) if name == "cold_start" else in_child(name, path, seconds=seconds, seed=seed)
            for metric, (value, unit) in figures.items():
                say(f"  {metric}: {value:.4g} {unit}")
                append(out, {**known, "metric": metric, "value": f"{value:.6g}", "unit": unit})


def in_child(name: str, path: Path, *, seconds: float, seed: int) -> Figures:
    """One measure in a fresh process."""
    command = [sys.executable, "-m", "fairlead.bench.micro", name, str(path), str(seconds), str(seed)]
    figures: Figures = json.loads(output_of(command))
    return figures


def cold_start(path: Path) -> Figures:
    """Seconds of the wall clock from starting the interpreter to the first plan; the median of three."""
    walls = []
    for _ in range(3):
        began = time.perf_counter()
        output_of([sys.executable, "-c", COLD_START, str(path)])
        walls.append(time.perf_counter() - began)
    return {"cold_start_wall": (sorted(walls)[1], "s")}


def output_of(command: list[str]) -> str:
    """What the command prints; Unusable with its last complaint when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unusable((done.stderr.strip().splitlines() or ["the measuring process failed"])[-1])
    return done.stdout


def quantile(ordered: list[float], share: float) -> float:
    """The value below which this share of the ordered values lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def append(path: Path, row: dict[str, object]) -> None:
    """Write one row, with the names of the columns before the first."""
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main(sys.argv[1:])
