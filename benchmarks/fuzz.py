"""Random plans from the kernel, each compared with the judge, which shares no code with it.

    python benchmarks/fuzz.py --plans 10000          # the kernel as it is installed
    python benchmarks/fuzz.py --checked --seconds 60 # built with AddressSanitizer, UBSan and index checks

Every plan has to be feasible, and every term of its cost has to be the judge's, within one millionth; changes have to
cost what the judge finds, and to leave no trace when they are undone. `--checked` builds the kernel into a temporary
folder and starts itself again with the sanitizer's library loaded first; the first finding ends the program with what
the sanitizer says and the seed. The last line counts plans, iterations and findings.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fairlead.engine.fuzzing import faults, faults_of_changes, odd_problem, plans
from fairlead.engine.kernel import build, library
from fairlead.engine.search.state import Rows

KERNEL, SEED = "FUZZED_KERNEL", "FUZZED_SEED"
"""Environment of the checked run: the library to load, and the file that says which seed is on."""


class CountingSearch:
    """Counts the iterations of all searches."""

    def __init__(self) -> None:
        self.iterations, search = 0, Rows.search

        def counted(rows: Rows, iterations: int, *, temperature: float) -> None:
            self.iterations += iterations
            search(rows, iterations, temperature=temperature)

        Rows.search = counted  # type: ignore[method-assign]


def fuzz(*, first: int, most_plans: int, seconds: float) -> int:
    """Compare until there were enough; prints findings and the count, returns the number of findings."""
    started, seed, compared, wrong, search = time.monotonic(), first, 0, 0, CountingSearch()
    while compared < most_plans and time.monotonic() - started < seconds:
        if SEED in os.environ:
            Path(os.environ[SEED]).write_text(str(seed))
        of = odd_problem(seed)
        for how, state in plans(of, seed):
            compared += 1
            for fault in faults(of, state) + faults_of_changes(of, state, random.Random(seed), changes=1):
                wrong += 1
                print(f"seed {seed}, {how}: {fault}", flush=True)
        seed += 1
    print(
        f"{compared} plans of {seed - first} problems from seed {first} on, {search.iterations} iterations, "
        f"{wrong} findings in {time.monotonic() - started:.0f} s"
    )
    return wrong


def checked(arguments: list[str]) -> int:
    """Build the kernel with sanitizers and start again on it."""
    found = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory(prefix="fairlead-fuzz-") as folder:
        target, seed = Path(folder) / build.library_name(), Path(folder) / "seed"
        build.build(target, command=["gcc"], flags=build.CHECKED)
        settings = {"LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
        settings |= {"UBSAN_OPTIONS": "print_stacktrace=1", KERNEL: str(target), SEED: str(seed)}
        ended = subprocess.run([sys.executable, *arguments], env={**os.environ, **settings}, check=False).returncode
        if ended not in {0, 1}:
            print(f"The kernel was stopped at seed {seed.read_text()}; again with: --checked --plans 1 --seed …")
        return ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=10**9, help="compare so many plans")
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--checked", action="store_true", help="with sanitizers")
    given = parser.parse_args()
    if given.plans == 10**9 and given.seconds == math.inf:
        given.plans = 10_000
    if given.checked:
        return checked([word for word in sys.argv if word != "--checked"])
    if KERNEL in os.environ:
        library.LIBRARY = Path(os.environ[KERNEL])
    return 1 if fuzz(first=given.seed, most_plans=given.plans, seconds=given.seconds) else 0


if __name__ == "__main__":
    sys.exit(main())
