"""What matters: the soft rules that people may weigh for themselves, in percent of the usual weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from fairlead import engine
from fairlead.allocation.policy import POLICY
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import later, tr

MOST_PERCENT: Final = 200
USUAL_PERCENT: Final = 100


@dataclass(frozen=True)
class Weight:
    """One slider: the field of the engine's objective, its name, and what more of it does."""

    name: str
    label: str
    hint: str


WEIGHTS: Final = (
    Weight("lateness", later("Lateness"), later("Finish on time; an hour late counts by the task's priority.")),
    Weight("labour", later("Cost"), later("Prefer whoever does it for less money.")),
    Weight("fairness", later("Fairness"), later("Share the load evenly against everybody's hours.")),
    Weight("moved", later("Calm"), later("Leave held tasks with whoever has them.")),
    Weight("misfit", later("Fit"), later("Prefer matching skills, wishes and experience.")),
    Weight("switch", later("Switches"), later("Keep each person's work in one project together.")),
)
NAMES: Final = tuple(weight.name for weight in WEIGHTS)


def full(weights: Mapping[str, int]) -> dict[str, int]:
    """Every weight by name: the given percentages, 100 for the rest. Raises Invalid for anything else."""
    wrong = {
        name: tr("There is no weight %(name)s; choose of %(names)s.", name=name, names=", ".join(NAMES))
        for name in weights
        if name not in NAMES
    }
    for name, percent in weights.items():
        if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= MOST_PERCENT:
            wrong.setdefault(
                name, tr("Give %(name)s a whole number from 0 to %(most)s percent.", name=name, most=MOST_PERCENT)
            )
    if wrong:
        raise Invalid(wrong)
    return {name: weights.get(name, USUAL_PERCENT) for name in NAMES}


def objective(weights: Mapping[str, int]) -> engine.Objective:
    """The engine's objective with these percentages of its usual weights."""
    usual = {item.name: item.default for item in fields(engine.Objective)}
    changed = {name: usual[name] * percent / 100 for name, percent in weights.items()}  # type: ignore[operator]
    return engine.Objective(unassigned=POLICY.left_out_points, **changed)
