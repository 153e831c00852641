"""Making a plan in a process of its own: whatever happens to it, at worst this one plan is lost.

The engine searches in compiled code. A fault there, or a machine that runs out of memory, would take a web or worker
process along with everything else it does; this child process has nothing else to do.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import BinaryIO, cast

from fairlead import engine


class SolverDied(Exception):
    """The process that made the plan ended before it was done."""


def solve_apart(
    problem: engine.Problem, *, iterations: int, seed: int, on_progress: Callable[[engine.Progress], None]
) -> engine.Plan:
    """The engine's plan, made in a child process: the same bytes as made here. SolverDied when the child dies."""
    with subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        asked, told = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
        try:
            pickle.dump((problem, iterations, seed), asked)
            asked.close()
            while not isinstance(news := pickle.load(told), engine.Plan):  # noqa: S301  our own child's words
                on_progress(news)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            child.wait()
            raise SolverDied(f"the solver ended with status {child.returncode}") from None
        finally:
            child.kill()
    return news


def _serve(asked: BinaryIO, told: BinaryIO) -> None:
    """The child: read one problem, tell how far it is, and then the plan."""
    problem, iterations, seed = pickle.load(asked)  # noqa: S301  our own parent's words

    def on_progress(news: engine.Progress) -> None:
        pickle.dump(news, told)
        told.flush()

    plan = engine.solve(problem, stop=engine.Iterations(iterations), seed=seed, on_progress=on_progress)
    pickle.dump(plan, told)
    told.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
