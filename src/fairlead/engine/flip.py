"""What would make a named worker the first choice: the smallest change of each kind, each tried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fairlead.engine.levers import LEVERS, LEVERS_OF_TIME
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.rank import Ranker, Ranking
from fairlead.engine.relax import ABOUT_TIME, RELAX, Draft
from fairlead.engine.saying import pattern, say
from fairlead.engine.trial import Bid, Flip, Trial

__all__ = ["Flip", "flips"]


def flips(ranker: Ranker, ranking: Ranking, *, worker_id: str) -> tuple[Flip, ...]:
    """The smallest change of each kind that makes this worker first; the smallest first, what a new plan refutes last.

    Empty when she is first already, or when no change of one kind alone would do it.
    """
    best = ranking.best
    if best is not None and best.worker == worker_id:
        return ()
    problem = ranker.problem
    out = next((item for item in ranking.ruled_out if item.worker == worker_id), None)
    obstacles = out.obstacles if out is not None else ()
    bid = cleared(Bid(problem.task(ranking.task), problem.worker(worker_id)), obstacles)
    if bid is None:
        return ()
    trial = Trial(ranker, ranking, worker_id=worker_id)
    needs_time = any(item.code in ABOUT_TIME for item in obstacles)
    found = [bid] if bid.changes and not needs_time and trial.wins(bid) else []
    if not found:
        levers = LEVERS_OF_TIME if needs_time else LEVERS
        found = [better for lever in levers if (better := lever(trial, bid)) is not None]
    tried = [item.to_flip(proven=trial.proof(item)) for item in found if trial.is_first(item)]
    return tuple(sorted(tried, key=lambda flip: (flip.proven is False, flip.size)))


def cleared(bid: Bid, obstacles: Iterable[Obstacle]) -> Bid | None:
    """The bid with every rule out of the way that is not about time; None when one cannot be cleared."""
    for item in obstacles:
        if item.code in ABOUT_TIME:
            continue
        if item.code == "skill":
            bid = with_skill(bid, item.about)
        elif item.code == "pin":
            pin = replace(bid.task.pin, worker=bid.worker.id, start=None) if bid.task.pin else None
            task = replace(bid.task, pin=pin)
            name = bid.worker.id
            bid = bid.with_more(
                say("the task were pinned to %(worker)s", worker=name), "pin.worker", value=name, size=1, task=task
            )
        elif item.code in ("only", "never", "max_tasks"):
            draft = Draft(bid.task, bid.worker)
            RELAX[item.code](draft, item.about)
            path, value = next(iter(draft.changes.items()))
            sentence = say(CLEARED[item.code], worker=bid.worker.id, n=value)
            bid = bid.with_more(sentence, path, value=value, size=1, task=draft.task, worker=draft.new_worker)
        else:
            return None
    return bid


CLEARED = {
    "only": pattern("%(worker)s were among those allowed"),
    "never": pattern("%(worker)s were not excluded"),
    "max_tasks": pattern("%(worker)s could take %(n)s tasks"),
}


def with_skill(bid: Bid, skill: str) -> Bid:
    """The worker with the needed level."""
    wanted, has = bid.task.needs[skill], bid.worker.skills.get(skill, 0)
    worker = replace(bid.worker, skills={**bid.worker.skills, skill: wanted})
    sentence = say("%(worker)s had %(skill)s %(level)s instead of none", worker=worker.id, skill=skill, level=wanted)
    if has:
        told = {"worker": worker.id, "skill": skill, "level": wanted, "has": has}
        sentence = say("%(worker)s had %(skill)s %(level)s instead of %(has)s", **told)
    path = f"{worker.id}.skills.{skill}"
    return bid.with_more(sentence, path, value=wanted, size=float(wanted - has), worker=worker)
