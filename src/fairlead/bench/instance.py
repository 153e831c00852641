"""What is solved: a made-up company or a file of a public set. As plain values, which a child process can build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairlead.bench.generate import company
from fairlead.bench.sets import SETS
from fairlead.engine import Plan, Problem

COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Instance:
    """`kind` is company or the name of a set; the size and seed make a company, `path` names a file of a set."""

    kind: str
    name: str
    tasks: int = 0
    workers: int = 0
    chains: bool = False
    seed: int = 1
    path: str = ""
    best: float | None = None

    def build(self) -> Problem:
        """The problem. Unusable or OSError for a file that cannot be read."""
        if self.kind == COMPANY:
            return company(self.tasks, self.workers, self.seed, chains=self.chains)
        return SETS[self.kind].read(Path(self.path))

    def value(self, plan: Plan) -> float | None:
        """The plan in the set's own terms, checked independently; None for a company, BadPlan for a bad one."""
        return None if self.kind == COMPANY else SETS[self.kind].score(Path(self.path), plan)


def companies(sizes: list[tuple[int, int]], seeds: list[int], *, chains: bool) -> list[Instance]:
    """One for each size and seed."""
    return [
        Instance(COMPANY, f"{tasks}x{workers}", tasks, workers, chains, seed)
        for tasks, workers in sizes
        for seed in seeds
    ]


def published(kind: str, folder: Path, *, best: Path | None, seeds: list[int]) -> list[Instance]:
    """One for each file of a set in the folder and each seed, with the best published value where it is known."""
    values = SETS[kind].best(best) if best is not None else {}
    return [
        Instance(kind, path.stem, seed=seed, path=str(path.resolve()), best=values.get(path.stem))
        for path in SETS[kind].files(folder)
        for seed in seeds
    ]
