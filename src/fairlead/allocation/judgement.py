"""One decision's case file: the engine's ranking for a task, and the facts that its sentences are made of.

The file is plain data, so that a receipt keeps it as it is and shows the same sentences years later.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from fairlead import engine
from fairlead.accounts.models import Workspace
from fairlead.allocation import snapshot
from fairlead.allocation.affinity import Evidence
from fairlead.allocation.near import near
from fairlead.allocation.rows import Near
from fairlead.allocation.snapshot import Picture, worker_name
from fairlead.engine.effort import minutes_needed
from fairlead.engine.saying import parts
from fairlead.lib.errors import Conflict
from fairlead.lib.speech import tr

MOST_CANDIDATES = 10
ENGINES: Final = ("free before due", "load")
"""Factors whose facts the engine tells; the others are worded from `facts`."""


@dataclass(frozen=True)
class Slant:
    """How a policy looks at a task: needs lowered by `relax` levels, and parts of the objective in
    percent of the usual, by name."""

    relax: int = 0
    weights: Mapping[str, int] = field(default_factory=dict)

    def on(self, problem: engine.Problem, key: str) -> engine.Problem:
        """The problem seen so."""
        if self == Slant():
            return problem
        parts = {name: getattr(problem.objective, name) * percent / 100 for name, percent in self.weights.items()}
        tasks = tuple(self._lowered(task) if task.id == key else task for task in problem.tasks)
        return replace(problem, objective=replace(problem.objective, **parts), tasks=tasks)

    def _lowered(self, task: engine.Task) -> engine.Task:
        return replace(task, needs={name: max(1, level - self.relax) for name, level in task.needs.items()})


USUAL: Final = Slant()


@dataclass(frozen=True)
class Judgement:
    """A task looked at in a picture of the workspace: everybody who can do it, best first, and who is ruled out."""

    picture: Picture
    task_key: str
    ranking: engine.Ranking
    seen: Mapping[str, Evidence]

    @property
    def signals(self) -> dict[str, Mapping[str, float]]:
        """What is known about each worker and this task beyond skills and hours."""
        return signals_of(self.seen)

    def file(self, *, k: int = MOST_CANDIDATES, chosen: Collection[int] = ()) -> dict[str, Any]:
        """The case file with the first `k` candidates and, wherever they stand, the `chosen` workers."""
        shown = shortened(self.ranking, k, chosen={worker_name(pk) for pk in chosen})
        return case_file(self.picture.problem, shown, evidence=self.seen, workspace_id=self.picture.workspace_id)

    def obstacle(self, worker_id: int) -> str:
        """What rules this worker out, in a sentence; empty for a candidate."""
        name = worker_name(worker_id)
        return next((item.sentence for item in self.ranking.ruled_out if item.worker == name), "")


def judge(
    task_id: int,
    *,
    workspace_id: int,
    now: datetime,
    slant: Slant = USUAL,
    named: Collection[int] = (),
    k: int | None = None,
) -> Judgement:
    """Rank everybody for one open task beside all the work that is held now. Raises Conflict when it was closed or
    deleted at the same moment.

    In large workspaces those whom their skills rule out are told nothing else (see `near`), but for the `named` ones.
    When nobody can do the task, everybody is looked at closely, whatever it takes. `k`: so many candidates will do."""
    close = near(workspace_id, task_id, on=now.date(), relax=slant.relax, named=named)
    found = _judged(task_id, workspace_id=workspace_id, now=now, slant=slant, close=close, k=k)
    if close is not None and not found.ranking.candidates:
        found = _judged(task_id, workspace_id=workspace_id, now=now, slant=slant, close=None, k=k)
    return found


def _judged(
    task_id: int, *, workspace_id: int, now: datetime, slant: Slant, close: Near | None, k: int | None
) -> Judgement:
    picture = snapshot.take(workspace_id, wanted={task_id}, now=now, close=close)
    if task_id not in picture.rows.tasks:
        raise Conflict(tr("This task was closed or deleted a moment ago. Look at it again, then decide."))
    return judge_in(picture, task_id, slant=slant, k=k)


def judge_in(picture: Picture, task_id: int, *, slant: Slant, k: int | None = None) -> Judgement:
    """Rank everybody for one of the wanted tasks of a picture, seen so; tell the first `k` of them, or all."""
    key = picture.rows.tasks[task_id]["key"]
    seen = replace(picture, problem=slant.on(picture.problem, key))
    evidence = seen.evidence(task_id)
    ranking = engine.rank(seen.problem, snapshot.queue(seen.problem), task_id=key, k=k, signals=signals_of(evidence))
    return Judgement(seen, key, ranking, evidence)


def signals_of(evidence: Mapping[str, Evidence]) -> dict[str, Mapping[str, float]]:
    """The engine's signals from what is known about each worker."""
    return {name: seen.signals for name, seen in evidence.items()}


def shortened(ranking: engine.Ranking, k: int, *, chosen: Collection[str]) -> engine.Ranking:
    """The ranking with its first k candidates and the chosen ones (the engine's ids)."""
    kept = tuple(item for item in ranking.candidates if item.rank <= k or item.worker in chosen)
    return replace(ranking, candidates=kept)


def replay(file: Mapping[str, Any], problem: engine.Problem) -> bool:
    """Whether the engine gives the same ranking again from the problem and the signals, to the byte."""
    stored = file["ranking"]
    ranking = engine.rank(problem, snapshot.queue(problem), task_id=stored["task"], signals=file["signals"])
    kept = {row["worker"] for row in stored["candidates"]}
    again = replace(ranking, candidates=tuple(item for item in ranking.candidates if item.worker in kept))
    return canonical(again.to_dict()) == canonical(stored)


def planned_file(
    problem: engine.Problem, plan: engine.Plan, key: str, *, worker: str, evidence: Mapping[str, Any], workspace_id: int
) -> dict[str, Any]:
    """The case file of a task that a plan gave to `worker`: everybody beside the rest of that plan."""
    ranking = engine.rank(problem, plan, task_id=key)
    known = {worker: Evidence(**evidence)} if evidence else {}
    return case_file(
        problem, shortened(ranking, MOST_CANDIDATES, chosen={worker}), evidence=known, workspace_id=workspace_id
    )


def canonical(data: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal data are equal bytes."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def case_file(
    problem: engine.Problem, ranking: engine.Ranking, *, evidence: Mapping[str, Evidence], workspace_id: int
) -> dict[str, Any]:
    """`ranking` as the engine gave it, `signals` as it was given them, `facts` by worker, what is common to all, and
    what the shown sentences were made of (`said`)."""
    task = problem.task(ranking.task)
    currency = Workspace.objects.values_list("currency", flat=True).get(pk=workspace_id)
    facts = {item.worker: _facts(problem, task, item.worker, evidence.get(item.worker)) for item in ranking.candidates}
    return {
        "ranking": ranking.to_dict(),
        "signals": signals_of(evidence),
        "facts": facts,
        "start": problem.start.isoformat(),
        "due": task.due,
        "context": task.context,
        "weight": task.weight,
        "currency": currency,
        "said": _said(ranking),
    }


def _said(ranking: engine.Ranking) -> dict[str, Any]:
    """What the sentences that are shown were made of, by their English: for readers of other languages."""
    shown = {item.sentence for item in ranking.reasons}
    shown |= {factor.sentence for item in ranking.candidates for factor in item.factors if factor.name in ENGINES}
    return {sentence: parts(sentence) for sentence in sorted(shown)}


def _facts(problem: engine.Problem, task: engine.Task, worker_id: str, evidence: Evidence | None) -> dict[str, Any]:
    worker = problem.worker(worker_id)
    return {
        "skills": [[name, worker.skills.get(name, 0), level] for name, level in task.needs.items()],
        "minutes": minutes_needed(task, worker),
        "rate": worker.rate,
        **(asdict(evidence) if evidence else {}),
    }
