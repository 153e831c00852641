"""What people's overrides say about weights: pure arithmetic over kept decisions, without a database and without luck.

A decision kept, for each candidate, the points of every soft rule. Points grow in proportion to the weight of their
rule, so how the candidates would have stood under another weight can be worked out from what was kept. What is found
so is a candidate for a change; before anybody is asked, the engine ranks the kept snapshots anew (queries/overrides).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PERCENTS: Final = (0, 25, 50, 75, 100, 125, 150, 200, 300, 400, 500)
"""What a weight may become, in percent of the usual one."""
LEAST_OVERRIDES: Final = 3
"""Fewer of them say nothing."""
LEAST_GAIN: Final = 2
"""So many more decisions have to agree with people than before."""
USUAL: Final = 100


@dataclass(frozen=True)
class Standing:
    """One candidate of a decision. `parts`: points by rule, as they counted then; `factors`: scores from 0 to 1."""

    worker: str
    parts: Mapping[str, float]
    factors: Mapping[str, float]


@dataclass(frozen=True)
class Judged:
    """A decision that a person made. `candidates`: best first as they were shown; `weights`: in percent, at that time.

    `chosen` is one of the candidates.
    """

    receipt_id: int
    chosen: str
    candidates: tuple[Standing, ...]
    weights: Mapping[str, int]

    @property
    def suggested(self) -> str:
        """Who stood first."""
        return self.candidates[0].worker

    @property
    def is_override(self) -> bool:
        """Whether somebody else than the first was chosen."""
        return self.chosen != self.suggested

    def first_under(self, weights: Mapping[str, int]) -> str:
        """Who would stand first with these weights, by what was kept. Ties go to whoever stood earlier."""
        return min(self.candidates, key=lambda it: round(self._points(it, weights), 9)).worker

    def _points(self, it: Standing, weights: Mapping[str, int]) -> float:
        total = 0.0
        for name, points in it.parts.items():
            then = self.weights.get(name, USUAL)
            total += points * weights.get(name, USUAL) / then if then else points
        return total


@dataclass(frozen=True)
class Change:
    """One weight, from … to … percent. `fixed` of `overrides` would have been suggested first; of the `accepted`
    suggestions `broken` would no longer stand first."""

    name: str
    before: int
    after: int
    fixed: int
    overrides: int
    broken: int
    accepted: int

    @property
    def gain(self) -> int:
        """How many more decisions would agree with what people did."""
        return self.fixed - self.broken


def count(judged: Sequence[Judged], firsts: Iterable[str], *, name: str, before: int, after: int) -> Change:
    """What a change does to these decisions, when `firsts` would stand first in each of them."""
    pairs = list(zip(judged, firsts, strict=True))
    overrides = [(it, first) for it, first in pairs if it.is_override]
    accepted = [(it, first) for it, first in pairs if not it.is_override]
    fixed = sum(first == it.chosen for it, first in overrides)
    broken = sum(first != it.chosen for it, first in accepted)
    return Change(name, before, after, fixed, len(overrides), broken, len(accepted))


def best_change(judged: Sequence[Judged], now: Mapping[str, int], names: Sequence[str]) -> Change | None:
    """The one weight whose change makes most of the suggestions what people did; None when none is worth a question.

    Ties go to the smaller change, then to the order of `names`.
    """
    if sum(it.is_override for it in judged) < LEAST_OVERRIDES:
        return None
    worth = [change for change in _changes(judged, now, names) if change.gain >= LEAST_GAIN]
    return min(worth, key=lambda it: (-it.gain, abs(it.after - it.before), names.index(it.name)), default=None)


def _changes(judged: Sequence[Judged], now: Mapping[str, int], names: Sequence[str]) -> Iterator[Change]:
    for name in names:
        before = now.get(name, USUAL)
        for after in PERCENTS:
            if after != before:
                weights = {**now, name: after}
                yield count(judged, (it.first_under(weights) for it in judged), name=name, before=before, after=after)


def differences(judged: Iterable[Judged]) -> dict[str, float]:
    """{factor: how much more of it the chosen had than the suggested, on average over the overrides}, largest first."""
    found: dict[str, list[float]] = defaultdict(list)
    for it in judged:
        if it.is_override:
            chosen = next(one for one in it.candidates if one.worker == it.chosen)
            for name, score in chosen.factors.items():
                found[name].append(score - it.candidates[0].factors.get(name, 0.0))
    means = {name: sum(values) / len(values) for name, values in found.items()}
    return dict(sorted(means.items(), key=lambda pair: (-abs(pair[1]), pair[0])))
