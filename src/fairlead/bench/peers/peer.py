"""What a peer is: another way of planning that is measured beside ours."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TypeAlias

from fairlead import __version__
from fairlead.bench.decode import Sequences
from fairlead.engine import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a solver may use: wall clock seconds, threads; and where its random numbers begin."""

    seconds: float
    seed: int
    threads: int = 1


Solve: TypeAlias = Callable[[Problem, Limits], Sequences]


class CannotSolve(Exception):
    """The peer cannot say this problem, or found no plan in time; the message says why. Noted, not hidden."""


def do_nothing() -> None:
    """No preparation."""


@dataclass(frozen=True)
class Peer:
    """`solve` gives orders of tasks, which are decoded and repaired alike for all. `prepare` is not measured.

    `package` is the distribution on PyPI that it needs, `programs` what has to be on the path.
    """

    name: str
    about: str
    solve: Solve
    package: str = ""
    programs: tuple[str, ...] = ()
    prepare: Callable[[], None] = do_nothing

    @property
    def version(self) -> str:
        """Of the package, or of Fairlead for the rules that are part of it. Empty when it is not installed."""
        try:
            return version(self.package) if self.package else __version__
        except PackageNotFoundError:
            return ""

    @property
    def missing(self) -> str:
        """What to do before it can run; empty when it can."""
        if not self.version:
            return "not installed: pip install fairlead[peers]"
        lacking = [program for program in self.programs if shutil.which(program) is None]
        return f"not installed: needs {' and '.join(lacking)} on the path" if lacking else ""
