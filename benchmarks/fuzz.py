"""Random plans from the kernel, each compared with the judge, which shares no code with it.

    python benchmarks/fuzz.py --plans 10000          # the kernel as it is installed
    python benchmarks/fuzz.py --checked --seconds 60 # built with AddressSanitizer, UBSan and index checks

Every plan has to be feasible, and every term of its cost has to be the judge's, within one millionth. `--checked`
builds the kernel into a temporary folder and starts itself again with the sanitizer's library loaded first; the first
finding ends the program with what the sanitizer says. The last line counts plans and findings.
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


def fuzz(*, first: int, most_plans: int, seconds: float) -> int:
    """Compare until there were enough; prints findings and the count, returns the number of findings."""
    started, seed, compared, wrong = time.monotonic(), first, 0, 0
    while compared < most_plans and time.monotonic() - started < seconds:
        of = odd_problem(seed)
        for how, state in plans(of, seed):
            compared += 1
            for fault in faults(of, state) + faults_of_changes(of, state, random.Random(seed), changes=1):
                wrong += 1
                print(f"seed {seed}, {how}: {fault}")
        seed += 1
    print(f"{compared} plans of {seed - first} problems from seed {first} on, {wrong} findings")
    return wrong


def checked(arguments: list[str]) -> int:
    """Build the kernel with sanitizers and start again on it."""
    found = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory(prefix="fairlead-fuzz-") as folder:
        target = Path(folder) / build.library_name()
        build.build(target, command=["gcc"], flags=build.CHECKED)
        settings = {"LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0", "FUZZED_KERNEL": str(target)}
        return subprocess.run([sys.executable, *arguments], env={**os.environ, **settings}, check=False).returncode


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
    if "FUZZED_KERNEL" in os.environ:
        library.LIBRARY = Path(os.environ["FUZZED_KERNEL"])
    return 1 if fuzz(first=given.seed, most_plans=given.plans, seconds=given.seconds) else 0


if __name__ == "__main__":
    sys.exit(main())
