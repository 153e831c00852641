"""Pictures of a report as SVG: how much dearer each solver is than the best one, by size, and by time.

The same lines give the same bytes: ids are hashed with a fixed salt and no date is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairlead.bench import ours

if TYPE_CHECKING:
    from fairlead.bench.report import Group, Line

SALT = "fairlead"
OUR_COLOUR, PEER_COLOUR = "#1f6feb", "#8c959f"
WIDTH_IN, ROW_IN = 8.0, 0.34


def draw(groups: dict[Group, list[Line]], folder: Path) -> list[Path]:
    """One picture of ratios for each group that has several solvers, and one of cost by time where limits differ."""
    import matplotlib as mpl

    mpl.use("svg")
    written = []
    with mpl.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none", "font.size": 9}):
        for group, lines in groups.items():
            bars = [(line.solver, sum(line.to_ours) / len(line.to_ours)) for line in lines if line.to_ours]
            if len(bars) > 1:
                written.append(draw_ratios(group, bars, folder))
        for name, curves in by_time(groups).items():
            written.append(draw_curves(name, curves, folder))
    return written


def draw_ratios(group: Group, bars: list[tuple[str, float]], folder: Path) -> Path:
    """Horizontal bars: cost / cost of Fairlead, mean over instances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, 1.1 + ROW_IN * len(bars)), layout="constrained")
    axes = figure.subplots()
    names, ratios = zip(*sorted(bars, key=lambda bar: -bar[1]), strict=True)
    colours = [OUR_COLOUR if name == ours.NAME else PEER_COLOUR for name in names]
    drawn = axes.barh(names, ratios, color=colours)
    axes.bar_label(drawn, fmt="%.2f", padding=3)
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_xlabel("cost / cost of fairlead, mean over instances (lower is better)")
    axes.set_title(group.title)
    axes.margins(x=0.1)
    return save(figure, folder / f"ratio-{slug(group.title)}.svg")


def by_time(groups: dict[Group, list[Line]]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """By set and size, for each solver mean cost by limit in seconds; only where some solver has two limits."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for group, lines in groups.items():
        name = " ".join(filter(None, (group.kind, group.size, f"{group.threads} threads")))
        for line in lines:
            if line.mean_cost is not None:
                found.setdefault(name, {}).setdefault(line.solver, []).append((group.limit_s, line.mean_cost))
    return {name: curves for name, curves in found.items() if any(len(points) > 1 for points in curves.values())}


def draw_curves(name: str, curves: dict[str, list[tuple[float, float]]], folder: Path) -> Path:
    """Lines: mean cost by limit."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, 4.5), layout="constrained")
    axes = figure.subplots()
    for solver, points in sorted(curves.items()):
        limits, costs = zip(*sorted(points), strict=True)
        axes.plot(limits, costs, marker="o", label=solver, linewidth=2.5 if solver == ours.NAME else 1.2)
    axes.set_xscale("log")
    axes.set_xlabel("limit, seconds of the wall clock")
    axes.set_ylabel("mean cost (lower is better)")
    axes.set_title(name)
    axes.legend()
    return save(figure, folder / f"time-{slug(name)}.svg")


def save(figure: Any, path: Path) -> Path:
    """Write an SVG file without a date."""
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    return path


def slug(text: str) -> str:
    """A name for a file."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())
