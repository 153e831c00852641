"""Tables and pictures of a results file. The same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median

from fairlead.bench import Unusable, ours
from fairlead.bench.run import read_rows

EVEN = 1e-6
"""Relative difference of costs that counts as equal."""


@dataclass(frozen=True, slots=True)
class Result:
    """One run that ended with a feasible plan. `cost` is in points, or in the set's own terms where it has some.

    `gap` is cost / best published value - 1, `above_bound` points / proven bound - 1.
    """

    solver: str
    case: str
    cost: float
    cpu_s: float
    gap: float | None
    above_bound: float | None


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Runs that are compared with each other: same set, size, limit and threads. `size` is empty for public sets."""

    kind: str
    tasks: int
    size: str
    limit_s: float
    threads: int

    @property
    def title(self) -> str:
        """For people."""
        threads = f"{self.threads} thread{'s' * (self.threads > 1)}"
        return f"{' '.join(filter(None, (self.kind, self.size)))}, {self.limit_s:g} s, {threads}"


@dataclass(frozen=True, slots=True)
class Line:
    """One solver in one group. Ratios are cost / cost on the same instance; None without a counterpart."""

    solver: str
    runs: int
    failed: int
    mean_cost: float | None
    to_peer: list[float]
    to_ours: list[float]
    wins: int
    cpu_s: float | None
    gaps: list[float]
    above_bound: list[float]


def write_report(results: Path, folder: Path) -> list[Path]:
    """Write report.md, and the pictures when matplotlib is there; returns what was written."""
    rows = read_rows(results)
    if not rows:
        raise Unusable(f"{results} has no results.")
    groups = grouped(rows)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.md"
    page.write_text(markdown(groups), encoding="utf-8")
    if find_spec("matplotlib") is None:
        return [page]
    from fairlead.bench.pictures import draw

    return [page, *draw(groups, folder)]


def grouped(rows: list[dict[str, str]]) -> dict[Group, list[Line]]:
    """The lines of each group, best first. The last row counts where a run was done again."""
    latest: dict[Group, dict[tuple[str, str], Result | None]] = {}
    for row in rows:
        case = f"{row['instance']} {row['seed']}"
        latest.setdefault(group_of(row), {})[row["solver"], case] = result_of(row, case)
    return {group: lines_of(found) for group, found in sorted(latest.items())}


def group_of(row: dict[str, str]) -> Group:
    """Where a row belongs."""
    is_company = row["set"] == "company"
    size = row["instance"] + " with chains" * (row["chains"] == "yes") if is_company else ""
    tasks = int(row["tasks"] or 0) if is_company else 0
    return Group(row["set"], tasks, size, float(row["limit_s"]), int(row["threads"]))


def result_of(row: dict[str, str], case: str) -> Result | None:
    """The run, or None when it gave no feasible plan."""
    is_public = row["set"] != "company"
    cost = row["value"] if is_public else row["total"]
    if row["feasible"] != "yes" or not cost:
        return None
    gap = float(row["gap"]) if row["gap"] else None
    above = float(row["total"]) / float(row["bound"]) - 1 if float(row["bound"] or 0) > 0 else None
    return Result(row["solver"], case, float(cost), float(row["cpu_s"]), gap, above)


def lines_of(found: dict[tuple[str, str], Result | None]) -> list[Line]:
    """One line for each solver, by its mean ratio to the best peer, then by cost."""
    by_case: dict[str, dict[str, float]] = {}
    for (solver, case), result in found.items():
        if result is not None:
            by_case.setdefault(case, {})[solver] = result.cost
    lines = [line_of(solver, found, by_case) for solver in dict.fromkeys(solver for solver, _ in found)]
    return sorted(lines, key=lambda line: (mean(line.to_peer) or 1e9, line.mean_cost or 1e18, line.solver))


def line_of(solver: str, found: dict[tuple[str, str], Result | None], by_case: dict[str, dict[str, float]]) -> Line:
    """The figures of one solver."""
    runs = [result for (name, _), result in found.items() if name == solver]
    good = [result for result in runs if result is not None]
    to_peer, to_ours, wins = [], [], 0
    for result in good:
        costs = by_case[result.case]
        peers = [cost for name, cost in costs.items() if name != ours.NAME]
        to_peer += ratio(result.cost, min(peers, default=None))
        to_ours += ratio(result.cost, costs.get(ours.NAME))
        wins += result.cost <= min(costs.values()) * (1 + EVEN)
    return Line(
        solver=solver,
        runs=len(runs),
        failed=len(runs) - len(good),
        mean_cost=mean([result.cost for result in good]),
        to_peer=to_peer,
        to_ours=to_ours,
        wins=wins,
        cpu_s=mean([result.cpu_s for result in good]),
        gaps=[result.gap for result in good if result.gap is not None],
        above_bound=[result.above_bound for result in good if result.above_bound is not None],
    )


def ratio(cost: float, other: float | None) -> list[float]:
    """The ratio as a list of one; empty when there is nothing to divide by."""
    return [cost / other] if other else []


def mean(values: Iterable[float]) -> float | None:
    """The mean; None of nothing."""
    known = list(values)
    return fmean(known) if known else None


# -- Markdown -------------------------------------------------------------------------------------------------

HEAD = (
    *("solver", "runs", "failed", "mean cost", "to best peer: mean", "median", "to fairlead: mean", "median"),
    *("best or equal", "CPU s", "above bound: median", "gap to published: mean", "at or below"),
)


def markdown(groups: dict[Group, list[Line]]) -> str:
    """One table for each group."""
    parts = [
        "# Results\n\nCosts are points by one judge, in public sets the set's own terms; lower is better. Ratios are "
        "taken for each instance, then averaged. *Best or equal* counts the instances on which nobody was better.\n"
    ]
    for group, lines in groups.items():
        table = [HEAD, tuple("---" if place == 0 else "---:" for place in range(len(HEAD)))]
        table += [cells(line) for line in lines]
        rows = "\n".join(f"| {' | '.join(row)} |" for row in table)
        parts.append(f"## {group.title}\n\n{rows}\n")
    return "\n".join(parts)


def cells(line: Line) -> tuple[str, ...]:
    """A line of the table."""
    at_best = sum(gap <= EVEN for gap in line.gaps)
    return (
        line.solver,
        str(line.runs),
        str(line.failed),
        figure(line.mean_cost, 1),
        figure(mean(line.to_peer)),
        figure(median(line.to_peer) if line.to_peer else None),
        figure(mean(line.to_ours)),
        figure(median(line.to_ours) if line.to_ours else None),
        str(line.wins),
        figure(line.cpu_s, 1),
        figure(None if not line.above_bound else 100 * median(line.above_bound), 2, unit=" %"),
        figure(None if not line.gaps else 100 * fmean(line.gaps), 2, unit=" %"),
        f"{at_best} of {len(line.gaps)}" if line.gaps else "",
    )


def figure(value: float | None, digits: int = 3, *, unit: str = "") -> str:
    """A number with so many digits; nothing for None."""
    return "" if value is None else f"{value:.{digits}f}{unit}"
