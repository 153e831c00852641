"""Plan → rows: the lines of a finished plan, each compared with the present."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from fairlead import engine
from fairlead.allocation import because
from fairlead.allocation.affinity import Affinity
from fairlead.allocation.models import Plan, PlanLine
from fairlead.allocation.naming import Faces
from fairlead.allocation.queries.figures import soon
from fairlead.allocation.snapshot import Picture, holder_of, worker_number
from fairlead.engine.effort import minutes_needed
from fairlead.engine.saying import parts, say
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import speaking

BATCH = 500
MAX_REASON = 300
SHIFT_MIN: Final = 60
"""A task that its holder does so much earlier or later counts as shifted."""
SHORT_SHIFT_MIN: Final = 15
"""The same for one that a meeting lies on."""
BUSY: Final = "busy:"
"""How the keys of causes begin that come from calendars."""
Kind = PlanLine.Kind


@dataclass(frozen=True)
class Draft:
    """What lines are made of. `before`: the present distribution; `reasons`: why, by task, where the engine said so."""

    plan: Plan
    picture: Picture
    result: engine.Plan
    before: Mapping[str, engine.Assignment]
    reasons: Mapping[str, str]
    affinity: Affinity
    faces: Faces
    loads: Mapping[int, int]


def draft_of(
    plan: Plan,
    picture: Picture,
    result: engine.Plan,
    *,
    before: Collection[engine.Assignment],
    reasons: Mapping[str, str] | None = None,
) -> Draft:
    """Everything that `write_lines` needs, read once."""
    return Draft(
        plan, picture, result, {item.task: item for item in before}, reasons or {}, Affinity(picture.rows),
        Faces(plan.workspace_id), soon(picture.problem, before),
    )  # fmt: skip


def write_lines(draft: Draft, *, wanted: Collection[int]) -> dict[str, int]:
    """One line for each of the `wanted` tasks; returns how many have somebody, how many do not, how many move."""
    ids, result = draft.picture.task_ids, draft.result
    lines = [_proposed(draft, item) for item in result.assignments if ids[item.task] in wanted]
    assigned = len(lines)
    lines += [_left_out(draft, item) for item in result.unassigned if ids[item.task] in wanted]
    PlanLine.objects.bulk_create(lines, batch_size=BATCH)
    kinds = Counter(line.kind for line in lines)
    return {
        "tasks": len(lines), "assigned": assigned, "unassigned": len(lines) - assigned, "moved": kinds[Kind.MOVED],
        "shifted": kinds[Kind.SHIFTED],
    }  # fmt: skip


def _proposed(draft: Draft, item: engine.Assignment) -> PlanLine:
    picture, number = draft.picture, worker_number(item.worker)
    task, task_id = picture.problem.task(item.task), picture.task_ids[item.task]
    evidence = draft.affinity.evidence(picture.rows.tasks[task_id], number)
    kind = kind_of(draft, item)
    why = _why(draft, item, kind)
    return PlanLine(
        workspace_id=draft.plan.workspace_id, plan=draft.plan, task_id=task_id, kind=kind, worker_id=number,
        starts_at=picture.at(item.start), ends_at=picture.at(item.finish), late_min=late(task, item),
        fit=fit(picture.problem, item), evidence=asdict(evidence), reason=_named(draft, why)[:MAX_REASON],
        told=_told(why), **_before(draft, item.task),
    )  # fmt: skip


def kind_of(draft: Draft, item: engine.Assignment) -> str:
    """What becomes of a task that the plan gives to somebody."""
    was, holder = draft.before.get(item.task), _holder(draft, item.task)
    if holder is None:
        return Kind.NEW
    if holder != item.worker:
        return Kind.MOVED
    return Kind.SHIFTED if matters(draft.plan, was, item, draft.picture.problem) else Kind.SAME


def _holder(draft: Draft, task: str) -> str | None:
    """Who has it now, also where there is no time or room for it in their hands."""
    was = draft.before.get(task)
    return was.worker if was else holder_of(draft.picture.problem.task(task))


def matters(plan: Plan, was: engine.Assignment | None, item: engine.Assignment | None, problem: engine.Problem) -> bool:
    """Whether somebody has to know of it: another worker, or another time. After a meeting only what it lies on, or
    what becomes late by it: everything behind it is pushed along by the length of the meeting, in the same order."""
    if was is None or item is None or was.worker != item.worker:
        return True
    shift = max(abs(was.start - item.start), abs(was.finish - item.finish))
    if not plan.cause_key.startswith(BUSY):
        return shift >= SHIFT_MIN
    hit = any(span[0] == "away" and span[2] < was.finish and span[3] > was.start for span in plan.changes)
    task = problem.task(item.task)
    return shift >= SHORT_SHIFT_MIN and (hit or late(task, item) > 0 == late(task, was))


def _why(draft: Draft, item: engine.Assignment, kind: str) -> str:
    """What the engine said, or what the move buys; nothing for what stays where it is."""
    if item.task in draft.reasons:
        return draft.reasons[item.task]
    if kind != Kind.MOVED:
        return ""
    was, picture = draft.before.get(item.task), draft.picture
    if was is None:
        return say("%(worker)s has no room for it", worker=_holder(draft, item.task))
    row = picture.rows.tasks[picture.task_ids[item.task]]
    knows = [draft.affinity.evidence(row, worker_number(one.worker)) for one in (was, item)]
    return because.why(because.Move(picture.problem, was, item, knows[0], knows[1], draft.loads))


def _named(draft: Draft, said: str) -> str:
    """The sentence as it is kept for everybody: in English, with names."""
    with speaking(ENGLISH):
        return draft.faces.in_words(said)


def _told(reason: str, fixes: Collection[str] = ()) -> dict[str, Any]:
    """What the sentences were made of, for readers of other languages."""
    return {"reason": parts(reason), "fixes": [parts(fix) for fix in fixes]} if reason else {}


def _before(draft: Draft, task: str) -> dict[str, Any]:
    was, holder = draft.before.get(task), _holder(draft, task)
    return {
        "before_worker_id": worker_number(holder) if holder else None,
        "before_starts_at": draft.picture.at(was.start) if was else None,
        "before_ends_at": draft.picture.at(was.finish) if was else None,
    }


def _left_out(draft: Draft, item: engine.Unassigned) -> PlanLine:
    reason = draft.reasons.get(item.task, item.reason)
    return PlanLine(
        workspace_id=draft.plan.workspace_id, plan=draft.plan, task_id=draft.picture.task_ids[item.task],
        kind=Kind.OPEN, reason=_named(draft, reason)[:MAX_REASON], told=_told(reason, item.fixes),
        fixes=[_named(draft, fix) for fix in item.fixes], **_before(draft, item.task),
    )  # fmt: skip


def late(task: engine.Task, item: engine.Assignment) -> int:
    """Minutes after the due time; 0 when on time."""
    return 0 if task.due is None else max(0, item.finish - task.due)


def fit(problem: engine.Problem, item: engine.Assignment) -> int:
    """0 to 100 as in a ranking, from what depends on this pair alone: 100 costs nothing."""
    task, worker, objective = problem.task(item.task), problem.worker(item.worker), problem.objective
    points = (
        objective.lateness * task.weight * late(task, item) / 60
        + objective.labour * worker.rate * minutes_needed(task, worker) / 60
        + objective.misfit * task.misfit.get(worker.id, 0.0)
    )
    return round(100 * engine.score_of(task.weight, points))
