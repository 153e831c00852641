"""Case files as people read them: candidates with bars and sentences, and who was ruled out by what.

Nothing here computes a decision; it only words one. What people earn is left out for those who may not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from fairlead import engine
from fairlead.allocation.naming import Face, Faces

LABELS: Final = {
    "lateness": "being late",
    "labour": "cost",
    "misfit": "fit",
    "switch": "change of project",
    "fairness": "load",
    "moved": "taking it from somebody",
    "makespan": "length of the plan",
}
"""The engine's terms in words."""
RULES: Final = {
    "skill": "Skills",
    "only": "For others only",
    "never": "Excluded by name",
    "pin": "Given to somebody else",
    "max_tasks": "Tasks at once",
    "calendar": "Working time",
    "room": "No room",
    "after": "Waits for other work",
}
"""The engine's hard rules in words."""
SURPLUS_SCORE: Final = 0.06
"""How much the skills bar falls for each level above the needed one: being too good is no fault, only a waste."""
STRONG: Final = 0.7
WEAK: Final = 0.3


@dataclass(frozen=True)
class Factor:
    """One bar: 0 to 1, 1 is best, with the facts."""

    name: str
    score: float
    sentence: str


@dataclass(frozen=True)
class CostPart:
    """Points that giving the task to somebody adds to the plan, by reason."""

    label: str
    points: float


@dataclass(frozen=True)
class Candidate:
    """Somebody who can do the task. `slack_min` is wall-clock time before the due time, negative when late."""

    worker: Face
    rank: int
    score: float
    summary: str
    starts_at: datetime
    finishes_at: datetime
    slack_min: int | None
    factors: tuple[Factor, ...]
    cost: tuple[CostPart, ...]
    points: float | None
    is_holder: bool = False

    @property
    def fit(self) -> int:
        """The score as 0 to 100."""
        return round(self.score * 100)

    @property
    def is_late(self) -> bool:
        """Whether it would be finished after it is due."""
        return self.slack_min is not None and self.slack_min < 0


@dataclass(frozen=True)
class RuledOut:
    """Somebody who cannot do it: the rules in the way, by code and in words."""

    worker: Face
    codes: tuple[str, ...]
    sentence: str

    @property
    def rule(self) -> str:
        """The first rule in the way, in words."""
        return RULES.get(self.codes[0], self.codes[0]) if self.codes else ""


@dataclass(frozen=True)
class Fix:
    """One change that was tried out and lets somebody do the task.

    `kind`: lower_needs (`needs` are then all needs of the task, as (skill id, level)), worker (their profile, by
    `worker_id`, holds the limit), add_person, or edit (the task's own page).
    """

    sentence: str
    kind: str
    needs: tuple[tuple[int, int], ...] = ()
    worker_id: int | None = None


@dataclass(frozen=True)
class Recommendation:
    """Who should do a task. When nobody can, `reason` says exactly why and `fixes` what would free it."""

    task_key: str
    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...]
    eligible: int
    reason: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The first of the list."""
        return self.candidates[0] if self.candidates else None

    @property
    def by_rule(self) -> list[tuple[str, list[RuledOut]]]:
        """Who was ruled out, by the first rule in the way, the rule that hits most people first."""
        groups: dict[str, list[RuledOut]] = {}
        for item in self.ruled_out:
            groups.setdefault(item.rule, []).append(item)
        return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def read(
    file: Mapping[str, Any],
    faces: Faces,
    *,
    rates: bool,
    reason: str = "",
    fixes: tuple[Fix, ...] = (),
) -> Recommendation:
    """A case file in words. `rates`: whether the reader may know what people cost."""
    ranking = file["ranking"]
    return Recommendation(
        task_key=ranking["task"],
        candidates=tuple(_candidate(row, file, faces, rates=rates) for row in ranking["candidates"]),
        ruled_out=tuple(
            RuledOut(
                worker=faces.of(row["worker"]),
                codes=tuple(dict.fromkeys(obstacle["code"] for obstacle in row["obstacles"])),
                sentence=faces.in_words(row["sentence"]),
            )
            for row in ranking["ruled_out"]
        ),
        eligible=ranking["eligible"],
        reason=reason,
        fixes=fixes,
    )


def _candidate(row: Mapping[str, Any], file: Mapping[str, Any], faces: Faces, *, rates: bool) -> Candidate:
    start, due = datetime.fromisoformat(file["start"]), file["due"]
    slack = None if due is None else due - row["finish"]
    shown = _factors(row, file, rates=rates)
    terms = dict(row["cost"])
    hidden = 0.0 if rates else terms["labour"]
    parts = tuple(
        CostPart(LABELS[name], points)
        for name, points in terms.items()
        if rates and name in LABELS and abs(points) >= 0.05
    )
    costs = max(0.0, row["points"] - hidden)
    return Candidate(
        worker=faces.of(row["worker"]),
        rank=row["rank"],
        score=engine.score_of(file["weight"], costs),
        summary=summary(shown, slack),
        starts_at=start + timedelta(minutes=row["start"]),
        finishes_at=start + timedelta(minutes=row["finish"]),
        slack_min=slack,
        factors=shown,
        cost=tuple(sorted(parts, key=lambda part: -abs(part.points))),
        points=row["points"] if rates else None,
        is_holder=file["ranking"]["current"] == row["worker"],
    )


def _factors(row: Mapping[str, Any], file: Mapping[str, Any], *, rates: bool) -> tuple[Factor, ...]:
    """Bars in a fixed order: six, without cost for those who may not see it, without wishes and experience where the
    receipt of a plan does not keep them (it does for whoever was chosen)."""
    given = {factor["name"]: factor for factor in row["factors"]}
    facts, signals = file["facts"][row["worker"]], file["signals"].get(row["worker"])
    found = [
        _skills(facts["skills"]),
        Factor("Free before due", given["free before due"]["score"], _capital(given["free before due"]["sentence"])),
        Factor("Load", given["load"]["score"], _capital(given["load"]["sentence"])),
    ]
    if signals:
        found.append(Factor("Preference", signals["preference"], _preference(facts)))
    if rates:
        found.append(Factor("Cost", given["cost"]["score"], _cost(facts, file["currency"])))
    if signals:
        found.append(Factor("Familiarity", signals["familiarity"], _familiarity(facts, file["context"])))
    return tuple(found)


def _skills(rows: Iterable[tuple[str, int, int]]) -> Factor:
    levels = [(name, has, needed) for name, has, needed in rows]
    if not levels:
        return Factor("Skills", 1.0, "No particular skill is needed")
    surplus = sum(has - needed for _, has, needed in levels) / len(levels)
    sentence = ", ".join(f"{name} {has} (needs {needed})" for name, has, needed in levels)
    return Factor("Skills", max(0.5, 1.0 - SURPLUS_SCORE * surplus), sentence)


def _preference(facts: Mapping[str, Any]) -> str:
    said = []
    if facts["wants"]:
        said.append(f"Wants {', '.join(facts['wants'])}")
    if facts["avoids"]:
        said.append(f"Would rather not do {', '.join(facts['avoids'])}")
    return "; ".join(said) or "No wish about work of this kind"


def _cost(facts: Mapping[str, Any], currency: str) -> str:
    if not facts["rate"]:
        return "No rate is set"
    price = facts["rate"] * facts["minutes"] / 60
    return f"{currency} {price:.2f} for {span(facts['minutes'])} at {currency} {facts['rate']:.2f} an hour"


def _familiarity(facts: Mapping[str, Any], context: str | None) -> str:
    where = context or "this project"
    if not facts["done_here"] and not facts["done_alike"]:
        return f"New to {where}"
    alike = f", {facts['done_alike']} with the same label" if facts["done_alike"] else ""
    return f"Finished {_tasks(facts['done_here'])} in {where}{alike}"


def summary(factors: Iterable[Factor], slack_min: int | None) -> str:
    """One sentence: when it would be done, what speaks most for it, and what speaks most against it."""
    by_name = {factor.name: factor for factor in factors}
    if slack_min is None:
        said = "Has time for it" if by_name["Free before due"].score >= STRONG else "Has little time for it"
    elif slack_min < 0:
        said = f"Would finish {span(-slack_min)} late"
    else:
        said = f"Done {span(slack_min)} before it is due"
    praised = [by_name[name] for name in ("Preference", "Familiarity") if name in by_name]
    praised = [factor for factor in praised if factor.score >= STRONG]
    skills = by_name["Skills"]
    if skills.sentence.endswith(")"):
        praised.insert(0, skills)
    said += "".join(f"; {_small(factor.sentence)}" for factor in praised[:2])
    against = [by_name[name] for name in ("Preference", "Load", "Cost") if name in by_name]
    weak = [factor for factor in against if factor.score < WEAK]
    if weak:
        said += f". But: {_small(min(weak, key=lambda factor: factor.score).sentence)}"
    return said + "."


def span(minutes: int) -> str:
    """`45 min`, `3 h`, `5 days`."""
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes / 60:.1f}".removesuffix(".0") + " h"
    return f"{round(minutes / 1440)} days"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_VERBS = ("Wants", "Would", "Finished", "New", "No")


def _small(text: str) -> str:
    """The sentence inside another one: the capital of a name stays."""
    return text[:1].lower() + text[1:] if text.startswith(_VERBS) else text
