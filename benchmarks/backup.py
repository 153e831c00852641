"""Seconds and megabytes of a backup and of its restore, with 100,000 tasks and 50,000 comments.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/backup.py [--tasks 100000] [--into postgresql://…]

Run it against a throw-away database that `fairlead migrate` has prepared; `--into` is an empty one on any server.
Prints CSV: what, rows, MB, seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import search  # sets Django up, and fills the workspace in the same way

from fairlead.archive.backup import make_backup
from fairlead.archive.parcel import check


def main() -> None:
    """Fill, back up, verify, restore."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--into", default="")
    given = parser.parse_args()
    _, project = search.workspace()
    search.fill(project, given.tasks)
    print("what,rows,mb,seconds")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup.tar.gz"
        started = time.perf_counter()
        made = make_backup(path, now=datetime.now(UTC))
        tell("backup", made.manifest.rows, path, started)
        started = time.perf_counter()
        check(path)
        tell("verify", made.manifest.rows, path, started)
        if given.into:
            environment = {**os.environ, "FAIRLEAD_DATABASE_URL": given.into, "FAIRLEAD_DATA_DIR": folder}
            started = time.perf_counter()
            command = [sys.executable, "-m", "fairlead", "restore", str(path)]
            subprocess.run(command, env=environment, check=True, capture_output=True)
            tell("restore", made.manifest.rows, path, started)


def tell(what: str, rows: int, path: Path, started: float) -> None:
    """One line."""
    print(f"{what},{rows},{path.stat().st_size / 1e6:.1f},{time.perf_counter() - started:.1f}", flush=True)


if __name__ == "__main__":
    main()
