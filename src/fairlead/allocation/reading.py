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
from fairlead.allocation.sayings import in_language
from fairlead.lib.figures import number, with_signs
from fairlead.lib.speech import later, mark, tr, tr_count

LABELS: Final = {
    "lateness": later("being late"),
    "labour": later("cost"),
    "misfit": later("fit"),
    "switch": later("change of project"),
    "fairness": later("load"),
    "moved": later("taking it from somebody"),
    "makespan": later("length of the plan"),
}
"""The engine's terms in words."""
RULES: Final = {
    "skill": later("Skills"),
    "only": later("For others only"),
    "never": later("Excluded by name"),
    "pin": later("Given to somebody else"),
    "max_tasks": later("Tasks at once"),
    "calendar": later("Working time"),
    "room": later("No room"),
    "after": later("Waits for other work"),
}
"""The engine's hard rules in words."""
QUICK_REASONS: Final = (
    mark("The client asked for them"), mark("They know the work"), mark("To learn it"), mark("They have more time"),
)  # fmt: skip
"""Reasons for another choice than the best one, in one tap; they are kept, in English, for learning."""
TAKEN_BACK: Final = mark("Taken back")
PLAN_UNDONE: Final = mark("the plan was undone")
POLICY_UNDONE: Final = mark("the policy's decision was undone")
OWN_REASONS: Final = frozenset({*QUICK_REASONS, TAKEN_BACK, PLAN_UNDONE, POLICY_UNDONE})
"""Reasons that the product itself writes down."""
SURPLUS_SCORE: Final = 0.06
"""How much the skills bar falls for each level above the needed one: being too good is no fault, only a waste."""
WISHES: Final = ("preference", "familiarity")
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
        return str(RULES.get(self.codes[0], self.codes[0])) if self.codes else ""


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
        groups: dict[tuple[str, ...], list[RuledOut]] = {}
        for item in self.ruled_out:
            groups.setdefault(item.codes[:1], []).append(item)
        named = [(rows[0].rule, rows) for rows in groups.values()]
        return sorted(named, key=lambda group: (-len(group[1]), group[0]))


def read(
    file: Mapping[str, Any],
    faces: Faces,
    *,
    rates: bool,
    reason: str = "",
    fixes: tuple[Fix, ...] = (),
) -> Recommendation:
    """A case file in words. `rates`: whether the reader may know what people cost."""
    ranking, said = file["ranking"], file.get("said", {})
    told = {row["sentence"]: row for row in ranking["ruled_out"]}
    why = {
        sentence: (
            tuple(dict.fromkeys(obstacle["code"] for obstacle in row["obstacles"])),
            faces.in_words(sentence, said.get(sentence)),
        )
        for sentence, row in told.items()
    }
    return Recommendation(
        task_key=ranking["task"],
        candidates=tuple(_candidate(row, file, faces, rates=rates) for row in ranking["candidates"]),
        ruled_out=tuple(RuledOut(faces.of(row["worker"]), *why[row["sentence"]]) for row in ranking["ruled_out"]),
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
        CostPart(str(LABELS[name]), points)
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
        factors=tuple(shown.values()),
        cost=tuple(sorted(parts, key=lambda part: -abs(part.points))),
        points=row["points"] if rates else None,
        is_holder=file["ranking"]["current"] == row["worker"],
    )


def _factors(row: Mapping[str, Any], file: Mapping[str, Any], *, rates: bool) -> dict[str, Factor]:
    """Bars by code, in a fixed order: six, without cost for those who may not see it, without wishes and experience
    where the receipt of a plan does not keep them (it does for whoever was chosen)."""
    given = {factor["name"]: factor for factor in row["factors"]}
    facts, signals = file["facts"][row["worker"]], file["signals"].get(row["worker"])
    found = {
        "skills": _skills(facts["skills"]),
        "free": _given(tr("Free before due"), given["free before due"], file),
        "load": _given(tr("Load"), given["load"], file),
    }
    if signals:
        found["preference"] = Factor(tr("Preference"), signals["preference"], _preference(facts))
    if rates:
        found["cost"] = Factor(tr("Cost"), given["cost"]["score"], _cost(facts, file["currency"]))
    if signals:
        familiarity = _familiarity(facts, file["context"])
        found["familiarity"] = Factor(tr("Familiarity"), signals["familiarity"], familiarity)
    return found


def _given(name: str, factor: Mapping[str, Any], file: Mapping[str, Any]) -> Factor:
    """A bar whose facts the engine tells."""
    sentence = factor["sentence"]
    return Factor(name, factor["score"], _capital(in_language(sentence, file.get("said", {}).get(sentence))))


def _skills(rows: Iterable[tuple[str, int, int]]) -> Factor:
    levels = [(name, has, needed) for name, has, needed in rows]
    if not levels:
        return Factor(tr("Skills"), 1.0, tr("No particular skill is needed"))
    surplus = sum(has - needed for _, has, needed in levels) / len(levels)
    told = (
        tr("%(skill)s %(has)s (needs %(needed)s)", skill=name, has=has, needed=level) for name, has, level in levels
    )
    return Factor(tr("Skills"), max(0.5, 1.0 - SURPLUS_SCORE * surplus), ", ".join(told))


def _preference(facts: Mapping[str, Any]) -> str:
    said = []
    if facts["wants"]:
        said.append(tr("Wants %(kinds)s", kinds=", ".join(facts["wants"])))
    if facts["avoids"]:
        said.append(tr("Would rather not do %(kinds)s", kinds=", ".join(facts["avoids"])))
    return "; ".join(said) or tr("No wish about work of this kind")


def _cost(facts: Mapping[str, Any], currency: str) -> str:
    if not facts["rate"]:
        return tr("No rate is set")
    price, rate = (
        f"{currency} {number(value, '.2f')}" for value in (facts["rate"] * facts["minutes"] / 60, facts["rate"])
    )
    return tr("%(price)s for %(hours)s at %(rate)s an hour", price=price, hours=span(facts["minutes"]), rate=rate)


def _familiarity(facts: Mapping[str, Any], context: str | None) -> str:
    where, n = context or tr("this project"), facts["done_here"]
    if not n and not facts["done_alike"]:
        return tr("New to %(project)s", project=where)
    done = tr_count("Finished %(n)s task in %(project)s", "Finished %(n)s tasks in %(project)s", n, project=where)
    if not facts["done_alike"]:
        return done
    return tr("%(done)s, %(n)s with the same label", done=done, n=facts["done_alike"])


def summary(factors: Mapping[str, Factor], slack_min: int | None) -> str:
    """One sentence: when it would be done, what speaks most for it, and what most against it. Factors by code."""
    if slack_min is None:
        said = tr("Has time for it") if factors["free"].score >= STRONG else tr("Has little time for it")
    elif slack_min < 0:
        said = tr("Would finish %(hours)s late", hours=span(-slack_min))
    else:
        said = tr("Done %(hours)s before it is due", hours=span(slack_min))
    praised = [code for code in WISHES if code in factors and factors[code].score >= STRONG]
    if factors["skills"].sentence.endswith(")"):
        praised.insert(0, "skills")
    said += "".join(f"; {_inside(code, factors)}" for code in praised[:2])
    weak = [code for code in ("preference", "load", "cost") if code in factors and factors[code].score < WEAK]
    if weak:
        worst = min(weak, key=lambda code: factors[code].score)
        return tr("%(for)s. But: %(against)s.", **{"for": said, "against": _inside(worst, factors)})
    return said + "."


def _inside(code: str, factors: Mapping[str, Factor]) -> str:
    """A factor's sentence inside another one: those of wishes begin with a word, the others with a name or a number."""
    text = factors[code].sentence
    return text[:1].lower() + text[1:] if code in WISHES else text


def shown_reason(reason: str) -> str:
    """The reason of a decision: what the product wrote down is said in the reader's language."""
    return tr(reason) if reason in OWN_REASONS else reason


def span(minutes: int) -> str:
    """`45 min`, `3 h`, `5 days`."""
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return with_signs(f"{minutes / 60:.1f}".removesuffix(".0")) + " h"
    return tr_count("%(n)s day", "%(n)s days", round(minutes / 1440))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
