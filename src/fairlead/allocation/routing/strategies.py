"""In which order a step asks those who can do a task: one line for each strategy.

A strategy gives everybody a measure; the smallest goes first, equal ones by their place in the engine's ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fairlead.lib.speech import later

NEVER: Final = 0.0
"""The measure of somebody who never got anything: before everybody who did."""


@dataclass(frozen=True)
class Standing:
    """What is known about a candidate at the moment of choosing. `rank` is the engine's, 1 is best.

    `given_at` and `given`: when this policy last gave or offered them something, and how often in the last four weeks.
    `idle_since`: when they last got or finished a task. `load_min`: minutes of work that they hold; `free_min`:
    working minutes of the coming week that are not taken. `for_client_at`: when they last finished something for this
    client.
    """

    rank: int
    open_tasks: int = 0
    load_min: int = 0
    free_min: int = 0
    week_min: int = 0
    given: int = 0
    given_at: datetime | None = None
    idle_since: datetime | None = None
    for_client_at: datetime | None = None


@dataclass(frozen=True)
class Strategy:
    """A name for texts, one for people, what it does, and the measure."""

    name: str
    title: str
    help: str
    measure: Callable[[Standing], float]


def _moment(at: datetime | None) -> float:
    return NEVER if at is None else at.timestamp()


STRATEGIES: Final[Sequence[Strategy]] = (
    Strategy("best", later("Best match"),
             later("Who suits best: skills, wishes, experience, cost and when they would be done"), lambda it: it.rank),
    Strategy("round_robin", later("Round robin"),
             later("Whose last turn with this policy is the longest ago"), lambda it: _moment(it.given_at)),
    Strategy("least_loaded", later("Least loaded"),
             later("Who holds the fewest hours of work"), lambda it: it.load_min),
    Strategy("fewest_tasks", later("Fewest tasks"),
             later("Who holds the fewest tasks"), lambda it: it.open_tasks),
    Strategy("longest_idle", later("Longest idle"),
             later("Who got or finished nothing for the longest time"), lambda it: _moment(it.idle_since)),
    Strategy("most_capacity", later("Most capacity"),
             later("Who has the most free working hours in the coming week"), lambda it: -it.free_min),
    Strategy("weighted", later("Weighted by hours"),
             later("Turns in proportion to weekly hours: a half-timer gets half as many"),
             lambda it: (it.given + 1) / max(1, it.week_min)),
    Strategy("continuity", later("Continuity"),
             later("Who last finished something for the same client"), lambda it: -_moment(it.for_client_at)),
)  # fmt: skip


def strategy(name: str) -> Strategy:
    """The strategy called so. Raises StopIteration for a name that `definition.check` would refuse."""
    return next(it for it in STRATEGIES if it.name == name)


def in_order(name: str, standings: Mapping[int, Standing]) -> list[int]:
    """Ids of the candidates in the order in which the strategy asks them."""
    measure = strategy(name).measure
    return sorted(standings, key=lambda pk: (measure(standings[pk]), standings[pk].rank))
