"""Plan → rows: the lines of a finished plan."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fairlead import engine
from fairlead.allocation.affinity import Affinity
from fairlead.allocation.models import Plan, PlanLine
from fairlead.allocation.naming import Faces
from fairlead.allocation.snapshot import Picture, worker_number
from fairlead.engine.effort import minutes_needed

BATCH = 500
MAX_REASON = 300


def write_lines(plan: Plan, picture: Picture, result: engine.Plan, *, wanted: set[int]) -> dict[str, int]:
    """One line for each of the `wanted` tasks; returns how many have somebody and how many do not."""
    faces, ids, affinity = Faces(plan.workspace_id), picture.task_ids, Affinity(picture.rows)
    lines = [
        _proposed(plan, picture, item, affinity=affinity) for item in result.assignments if ids[item.task] in wanted
    ]
    assigned = len(lines)
    lines += [_left_out(plan, picture, item, faces=faces) for item in result.unassigned if ids[item.task] in wanted]
    PlanLine.objects.bulk_create(lines, batch_size=BATCH)
    return {"tasks": len(lines), "assigned": assigned, "unassigned": len(lines) - assigned}


def _proposed(plan: Plan, picture: Picture, item: engine.Assignment, *, affinity: Affinity) -> PlanLine:
    task = picture.problem.task(item.task)
    late_min = 0 if task.due is None else max(0, item.finish - task.due)
    evidence = affinity.evidence(picture.rows.tasks[picture.task_ids[item.task]], worker_number(item.worker))
    return PlanLine(
        workspace_id=plan.workspace_id, plan=plan, task_id=picture.task_ids[item.task],
        worker_id=worker_number(item.worker), starts_at=picture.at(item.start), ends_at=picture.at(item.finish),
        late_min=late_min, fit=fit(picture.problem, item), evidence=asdict(evidence),
    )  # fmt: skip


def _left_out(plan: Plan, picture: Picture, item: engine.Unassigned, *, faces: Faces) -> PlanLine:
    values: dict[str, Any] = {
        "reason": faces.in_words(item.reason)[:MAX_REASON],
        "fixes": [faces.in_words(fix) for fix in item.fixes],
    }
    return PlanLine(workspace_id=plan.workspace_id, plan=plan, task_id=picture.task_ids[item.task], **values)


def fit(problem: engine.Problem, item: engine.Assignment) -> int:
    """0 to 100 as in a ranking, from what depends on this pair alone: 100 costs nothing."""
    task, worker, objective = problem.task(item.task), problem.worker(item.worker), problem.objective
    late_min = 0 if task.due is None else max(0, item.finish - task.due)
    points = (
        objective.lateness * task.weight * late_min / 60
        + objective.labour * worker.rate * minutes_needed(task, worker) / 60
        + objective.misfit * task.misfit.get(worker.id, 0.0)
    )
    return round(100 * engine.score_of(task.weight, points))
