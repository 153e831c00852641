"""Making a plan in a process of its own: whatever happens to it, at worst this one plan is lost.

The engine searches in compiled code. A fault there, or a machine that runs out of memory, would take a web or worker
process along with everything else it does; this child process has nothing else to do.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from fairlead import engine
from fairlead.config import config

MOST_THREADS = 4
"""Cores that one plan uses at most, unless the setting says otherwise."""


NO_BUDGET = engine.Budget()


class SolverDied(Exception):
    """The process that made the plan ended before it was done."""


class Limit(engine.Iterations):
    """So many iterations, or fewer when somebody asks to stop: then `at` says after how many it ended.

    The search cools down over `limit` whether it is stopped or not, and hears of the wish to stop only between two of
    its steps. With the same `at` it takes the same way again and ends at the same plan.
    """

    def __init__(self, limit: int, at: int | None = None) -> None:
        super().__init__(limit)
        self.at = at
        self._asked = threading.Event()

    def ask(self) -> None:
        """Stop soon."""
        self._asked.set()

    def done(self, iterations: int, /) -> bool:
        """True at the limit, and at the first step after the wish to stop; the beginning is never the end."""
        if self.at is None and iterations > 0 and self._asked.is_set():
            self.at = iterations
        return iterations >= (self.limit if self.at is None else self.at)


@dataclass(frozen=True)
class Question:
    """What the engine is asked. With a `basis` it is a repair of that plan after `changes`, within `budget`."""

    problem: engine.Problem
    iterations: int
    seed: int
    threads: int = 1
    stopped_at: int | None = None
    warm_start: engine.Plan | None = None
    basis: engine.Plan | None = None
    changes: Sequence[engine.Change] = ()
    budget: engine.Budget = NO_BUDGET


@dataclass(frozen=True)
class Answer:
    """The plan, the moves of a repair, and after how many iterations somebody stopped it, if so."""

    plan: engine.Plan
    moves: tuple[engine.Move, ...] = ()
    stopped_at: int | None = None


Listener = Callable[[engine.Progress], object]


def answer(question: Question, *, limit: Limit | None = None, on_progress: Listener | None = None) -> Answer:
    """Ask the engine here and now: the same question gives the same bytes. What somebody has, they have beside whatever
    a plan gives them, so the plan holds it."""
    stop = limit or Limit(question.iterations, question.stopped_at)
    tell = cast("Callable[[engine.Progress], None] | None", on_progress)
    common: dict[str, Any] = {"stop": stop, "seed": question.seed, "on_progress": tell, "hold": True}
    if question.basis is None:
        warm, threads = question.warm_start, question.threads
        return Answer(engine.solve(question.problem, warm_start=warm, threads=threads, **common), (), stop.at)
    made = engine.repair(question.problem, question.basis, change=question.changes, budget=question.budget, **common)
    return Answer(made.plan, made.moves, stop.at)


def cores() -> int:
    """Threads of a large plan: what the setting says, else the cores of this machine, up to four."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return config().plan_threads or min(MOST_THREADS, here)


def answer_apart(question: Question, *, on_progress: Callable[[engine.Progress], bool]) -> Answer:
    """The engine's answer, made in a child process: the same bytes as made here. SolverDied when the child dies.

    When `on_progress` returns True the search is asked to stop and answers with the best plan so far.
    """
    with subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        asked, told = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
        try:
            pickle.dump(question, asked)
            asked.flush()
            is_asked = False
            while not isinstance(news := pickle.load(told), Answer):  # noqa: S301  our own child's words
                if on_progress(news) and not is_asked:
                    is_asked = True
                    asked.write(b"s")
                    asked.flush()
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            child.wait()
            raise SolverDied(f"the solver ended with status {child.returncode}") from None
        finally:
            child.kill()
            with suppress(BrokenPipeError):  # what was not yet read by a child that died is nobody's any more
                asked.close()
    return news


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """The child: read one question, tell how far it is, and then the answer."""
    question = pickle.load(asked)  # noqa: S301  our own parent's words
    limit = Limit(question.iterations, question.stopped_at)
    threading.Thread(target=_listen, args=(asked, limit), daemon=True).start()

    def on_progress(news: engine.Progress) -> None:
        pickle.dump(news, told)
        told.flush()

    pickle.dump(answer(question, limit=limit, on_progress=on_progress), told)
    told.flush()


def _listen(asked: BinaryIO, limit: Limit) -> None:
    """Wait for the wish to stop."""
    if asked.read(1):
        limit.ask()


if __name__ == "__main__":
    # What goes to the parent has to be of the parent's classes, not of this module's twin of them.
    importlib.import_module("fairlead.allocation.solver").serve(sys.stdin.buffer, sys.stdout.buffer)
