"""Timefold Solver, Java, community edition: list variables with a shadow variable for the time that each seat reaches.

The jars come with the wheel `timefold` 1.24.0b0 from PyPI (Apache-2.0). Its Python interface is not used: the solver
is faster in Java, and development of the wheel has ended. `Planner.java` beside this file is compiled once.
Calendars, weekly caps, set-ups, lateness, fairness and prices are exact; a task that waits for others is released when
they could be done at the earliest, and a pinned start is a release. Multithreading and nearby selection are paid
editions.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from fairlead.bench.decode import Sequences
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem

SOURCE = Path(__file__).with_name("Planner.java")
SCALE = 600
"""Units of the score in one point: a minute late at weight 0.1 is still a whole number."""

MOST_CELLS = 30_000_000
"""Most tasks x seats: `Planner` holds four integers for each."""

MEMORY = "-Xmx4g"
STARTING_SECONDS = 0.5
"""Time to start Java and read the problem, taken off the solver's limit."""


def jars() -> list[Path]:
    """The jars of the installed wheel that the solver needs: not those that only its tests and Python need."""
    found = find_spec("timefold")
    folder = Path((found.submodule_search_locations or [""])[0]) / "solver" / "jars" if found else Path()
    skipped = ("python", "test", "junit", "mockito", "jpyinterpreter")
    return [jar for jar in sorted(folder.glob("*.jar")) if not any(word in jar.name for word in skipped)]


def classes() -> Path:
    """Folder of the compiled planner, named by its source."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"fairlead-bench-{digest}"


def class_path(*more: Path) -> str:
    """For java and javac."""
    return ":".join(map(str, [*more, *jars()]))


def compile_planner() -> None:
    """Compile once; the finished folder is moved into place, so that two who start at once do no harm."""
    if classes().is_dir():
        return
    work = Path(tempfile.mkdtemp(prefix="fairlead-bench-"))
    command = ["javac", "-proc:none", "-cp", class_path(), "-d", str(work), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotSolve(f"javac: {done.stderr.strip()[:200]}")
    with suppress(OSError):  # somebody else was faster
        work.rename(classes())


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    table = Table(problem)
    if len(problem.tasks) * len(table.seats) > MOST_CELLS:
        raise CannotSolve("Its tables for each task and worker would not fit into 4 GB.")
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        given, found = Path(folder, "in.txt"), Path(folder, "out.txt")
        given.write_text(written(table))
        millis = str(max(1, round(1000 * (limits.seconds - STARTING_SECONDS))))
        command = ["java", "-XX:+UseSerialGC", MEMORY, "-cp", class_path(classes()), "Planner"]
        command += [str(given), str(found), millis, str(limits.seed)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotSolve(f"java: {done.stderr.strip()[:200]}")
        lines = found.read_text().splitlines()
    return table.orders([[int(word) for word in line.split()] for line in lines])


def written(table: Table) -> str:
    """The problem in the order in which `Planner.Input` reads it."""
    problem, pairs = table.problem, table.pairs
    objective = problem.objective
    fairness = objective.fairness if problem.horizon is not None else 0
    head = [len(problem.tasks), len(table.seats), scaled(fairness), problem.setup, scaled(objective.switch)]
    lines = [" ".join(map(str, head))]
    for seat in table.seats:
        row = [seat.cap, seat.available, seat.most_tasks, len(seat.week_ends), *seat.week_ends.tolist()]
        row += [len(seat.starts), *seat.before.tolist(), *seat.starts.tolist()]
        lines.append(" ".join(map(str, row)))
    points = np.round(SCALE * pairs.points).astype(np.int64)
    columns = [pairs.seat, pairs.minutes, points, table.work_minutes(table.release), table.work_minutes(table.due)]
    cells = np.stack(columns, axis=1)
    for task in range(len(problem.tasks)):
        mine = cells[pairs.of(task)]
        price, late = scaled(table.price[task]), scaled(table.late_per_min[task])
        row = [int(table.due[task]), int(table.context[task]), price, late, len(mine), *mine.ravel().tolist()]
        lines.append(" ".join(map(str, row)))
    return "\n".join(lines)


def scaled(points: float) -> int:
    """Points in units of the score."""
    return round(SCALE * float(points))


PEER = Peer(
    "timefold",
    "Timefold Solver 1.24 (Java, community edition)",
    solve,
    package="timefold",
    programs=("java", "javac"),
    prepare=compile_planner,
)
