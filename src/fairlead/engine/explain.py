"""Why this worker, why not that one, and what would have to be different."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fairlead.engine.doctor import Diagnosis, diagnose
from fairlead.engine.flip import Flip, flips
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.rank import Candidate, Ranker, Ranking, Signals, cost_sentence
from fairlead.engine.more_time import time_fixes
from fairlead.engine.plan import Cost, Plan, plain
from fairlead.engine.problem import Problem
from fairlead.engine.wording import SHOWN_POINTS, amount


@dataclass(frozen=True)
class Comparison:
    """A named worker's standing. `against` is whom she is compared with, `difference` her points minus theirs.

    `flips` are the smallest changes, each in its own unit and each tried out, that would make her the first.
    """

    worker: str
    sentence: str
    place: int | None
    obstacles: tuple[Obstacle, ...]
    against: str | None
    difference: Cost | None
    flips: tuple[Flip, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about one task: who has it and why, all candidates, and what stands against having none."""

    task: str
    sentence: str
    ranking: Ranking
    comparison: Comparison | None
    diagnosis: Diagnosis | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        diagnosis = None if self.diagnosis is None else self.diagnosis.to_dict()
        return {**plain(self), "ranking": self.ranking.to_dict(), "diagnosis": diagnosis}


def explain(
    problem: Problem, plan: Plan, *, task_id: str, worker: str | None = None, signals: Signals | None = None
) -> Explanation:
    """Explain one task of a plan, and one worker's standing when named; KeyError for an unknown task or worker."""
    if worker is not None:
        problem.worker(worker)
    ranker = Ranker(problem, plan)
    ranking = ranker.rank(task_id, signals=signals)
    diagnosis = None
    if ranking.current is None:
        diagnosis = diagnose(ranker, task_id)
        diagnosis = replace(diagnosis, fixes=diagnosis.fixes + time_fixes(ranker, task_id))
    comparison = None if worker is None else compare(ranker, ranking, worker_id=worker)
    return Explanation(task_id, headline(problem, ranking, diagnosis=diagnosis), ranking, comparison, diagnosis)


def headline(problem: Problem, ranking: Ranking, *, diagnosis: Diagnosis | None) -> str:
    """Who has the task and why, or why nobody has it."""
    if diagnosis is not None:
        return f"{ranking.task} is not assigned: {diagnosis.reason}."
    current, best = ranking.candidate(ranking.current or ""), ranking.best
    if current is None or best is None:
        return f"{ranking.current} has {ranking.task}, but no place for it can be found any more."
    pin = problem.task(ranking.task).pin
    if pin is not None:
        return f"{current.worker} has {ranking.task}, pinned to {pin.worker}; it {cost_sentence(current.cost)}."
    if current.worker != best.worker:
        cheaper = difference_sentence(current.delta.minus(best.delta))
        return (
            f"{current.worker} has {ranking.task}; taken by itself {best.worker} would be the better choice now, "
            f"since {current.worker} {cheaper}."
        )
    others = f"of {ranking.eligible} who could do it" if ranking.eligible > 1 else "and the only one who could do it"
    second = f" Next is {runner_up(ranking, best)}." if ranking.eligible > 1 else ""
    return f"{best.worker} has {ranking.task}: the best {others}; it {cost_sentence(best.cost)}.{second}"


def runner_up(ranking: Ranking, best: Candidate) -> str:
    """The second candidate and what she costs more."""
    second = ranking.candidates[1]
    return f"{second.worker}, who {difference_sentence(second.delta.minus(best.delta))}"


def difference_sentence(difference: Cost) -> str:
    """ "costs 14.2 points more: 9 lateness, 5.2 switch"; what goes the other way is named too."""
    total = difference.total
    sign = 1 if total >= 0 else -1
    signed = sorted((-sign * points, name) for name, points in difference.parts.items() if abs(points) >= SHOWN_POINTS)
    main = [f"{amount(-points)} {name}" for points, name in signed if points < 0]
    other = [f"{amount(points)} {name}" for points, name in signed if points > 0]
    if not signed:
        return "costs just as much"
    start = f"costs {amount(abs(total))} points {'more' if sign > 0 else 'less'}: {', '.join(main)}"
    return start + (f", while {', '.join(other)} {'less' if sign > 0 else 'more'}" if other else "")


def compare(ranker: Ranker, ranking: Ranking, *, worker_id: str) -> Comparison:
    """One worker against who has the task (or the best, or the runner-up when she is the best herself)."""
    mine = ranking.candidate(worker_id)
    if mine is None:
        out = next(item for item in ranking.ruled_out if item.worker == worker_id)
        found = flips(ranker, ranking, worker_id=worker_id)
        sentence = f"{worker_id} is ruled out: {out.sentence}."
        return Comparison(worker_id, sentence, None, out.obstacles, None, None, found)
    rival = rival_of(ranking, mine)
    if rival is None:
        sentence = f"{worker_id} is the only one who could do it; it {cost_sentence(mine.cost)}."
        return Comparison(worker_id, sentence, 1, (), None, None, ())
    difference = mine.delta.minus(rival.delta)
    found = () if mine.rank == 1 else flips(ranker, ranking, worker_id=worker_id)
    sentence = (
        f"{worker_id} is {mine.rank} of {ranking.eligible} and {difference_sentence(difference)} (than {rival.worker})."
    )
    return Comparison(worker_id, sentence, mine.rank, (), rival.worker, difference, found)


def rival_of(ranking: Ranking, mine: Candidate) -> Candidate | None:
    """Whom to compare with: the one who has the task, else the best other one."""
    current = ranking.candidate(ranking.current or "")
    if current is not None and current.worker != mine.worker:
        return current
    return next((other for other in ranking.candidates if other.worker != mine.worker), None)
