"""Runs: each solver on each instance in a fresh process, one row of a CSV file for each, also for those that fail."""

from __future__ import annotations

import csv
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.bench import Unusable, ours
from fairlead.bench.instance import Instance
from fairlead.bench.peers import PEERS, Limits
from fairlead.engine import Cost

COLUMNS = (
    *("date", "machine", "python", "solver", "version", "set", "instance", "tasks", "workers", "chains", "seed"),
    *("threads", "limit_s", "wall_s", "cpu_s", "rss_mb", "iterations", "first_s", "total"),
    *(f"cost_{name}" for name in Cost().parts),
    *("unassigned", "late", "bound", "value", "best", "gap", "feasible", "note"),
)
"""Of the results file. `total` and `cost_...` are points by the judge; `value` and `best` are in the set's own terms,
`gap` is value / best - 1; `late` and `unassigned` count tasks; `bound` is proven, in points."""

KEY = ("solver", "version", "set", "instance", "chains", "seed", "threads", "limit_s")
"""Columns that make a row the same run."""

PATIENCE_S, PATIENCE_FACTOR, PATIENCE_S_PER_TASK = 300, 3, 0.02
"""A child is ended after this long: for building, decoding and judging, and for solvers that ignore their limit."""


@dataclass(frozen=True, slots=True)
class Job:
    """One solver on one instance."""

    solver: str
    instance: Instance
    limits: Limits


class OtherColumns(Unusable):
    """{path} has other columns than this version writes; choose another file for the results."""

    def __init__(self, path: Path) -> None:
        super().__init__((self.__doc__ or "").format(path=path))


def run_all(
    jobs: Sequence[Job], out: Path, *, again: bool, now: Callable[[], datetime], say: Callable[[str], None]
) -> None:
    """Run every job whose row is not in the file yet (or all of them, `again`), appending each row at once."""
    there = set() if again else {key_of(row) for row in read_rows(out)}
    for number, job in enumerate(jobs, start=1):
        row = identity(job) | {"date": now().date().isoformat()}
        what = f"{number}/{len(jobs)} {job.solver} {job.instance.name} seed {row['seed']} {job.limits.seconds:g} s"
        if key_of(row) in there:
            say(f"{what}: is there already")
            continue
        row |= run_child(job)
        append_row(out, row | compared(row))
        say(f"{what}: {summary(row)}")


def identity(job: Job) -> dict[str, Any]:
    """What is known before the run."""
    instance, limits = job.instance, job.limits
    return {
        "machine": machine(),
        "python": platform.python_version(),
        "solver": job.solver,
        "version": version_of(job.solver),
        "set": instance.kind,
        "instance": instance.name,
        "tasks": instance.tasks,
        "workers": instance.workers,
        "chains": instance.chains,
        "seed": limits.seed,
        "threads": limits.threads,
        "limit_s": f"{limits.seconds:g}",
        "best": instance.best,
    }


def version_of(solver: str) -> str:
    """Of our engine or of a peer."""
    return (
        ours.VERSION
        if solver in (ours.NAME, ours.WITH_PROOF)
        else next(peer.version for peer in PEERS if peer.name == solver)
    )


def run_child(job: Job) -> dict[str, Any]:
    """The facts of one run; a note alone when it failed."""
    patience = PATIENCE_S + PATIENCE_FACTOR * job.limits.seconds + PATIENCE_S_PER_TASK * job.instance.tasks
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        given, found, errors = Path(folder, "job.json"), Path(folder, "out.json"), Path(folder, "errors.txt")
        given.write_text(json.dumps(asdict(job)))
        command = [sys.executable, "-m", "fairlead.bench.child", str(given), str(found)]
        with errors.open("w") as stderr:
            child = subprocess.Popen(command, stdout=stderr, stderr=stderr, start_new_session=True)
            try:
                status = child.wait(patience)
            except subprocess.TimeoutExpired:
                return {"note": f"ended after {patience:.0f} s"}
            finally:
                end(child)
        if status == 0:
            facts: dict[str, Any] = json.loads(found.read_text())
            return facts
        return {"note": failure(status, errors.read_text(errors="replace"))}


def end(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it has started, if they still run."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def failure(status: int, errors: str) -> str:
    """Why a child failed, in one line."""
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return (errors.strip().splitlines() or [f"status {status}"])[-1][:300]


def compared(row: dict[str, Any]) -> dict[str, Any]:
    """The gap to the best published value, where both are known."""
    value, best = row.get("value"), row.get("best")
    return {"gap": round(value / best - 1, 6)} if value is not None and best else {}


def summary(row: dict[str, Any]) -> str:
    """One run in a few words."""
    if row.get("total") is None:
        return str(row.get("note"))
    value = f", value {row['value']:g}" if row.get("value") is not None else ""
    return f"cost {row['total']:.1f}{value}, {row['unassigned']} unassigned, {row['cpu_s']:.1f} CPU s"


# -- the file -------------------------------------------------------------------------------------------------


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a results file; none when it is not there."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise OtherColumns(path)
    return rows


def append_row(path: Path, row: dict[str, Any]) -> None:
    """Write one row, with the names of the columns before the first."""
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow({name: as_text(row.get(name)) for name in COLUMNS})


def as_text(value: Any) -> Any:
    """Nothing for None, yes or no for truth values."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def key_of(row: dict[str, Any]) -> tuple[str, ...]:
    """What makes this row the same run as another."""
    return tuple(str(as_text(row.get(name))) for name in KEY)


def machine() -> str:
    """Cores, processor and system; no names of hosts."""
    model = platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        names = (line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line)
        model = next(names, model)
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.system()
    return f"{os.cpu_count()} cores, {model}, {system}"
