"""When work is planned to be ready, for those who may know that and nothing else of a plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from fairlead.allocation.models import PlanLine
from fairlead.work.states import OPEN


def planned_finishes(workspace_id: int, task_ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """{task: when the plan that was applied last says it ends}, where its worker still has it and that is to come."""
    lines = PlanLine.objects.filter(
        workspace_id=workspace_id, task_id__in=task_ids, outcome=PlanLine.Outcome.APPLIED, ends_at__gt=now,
        worker_id=F("task__assignee_id"), task__state__in=OPEN,
    )  # fmt: skip
    return {task_id: at for task_id, at in lines.order_by("pk").values_list("task_id", "ends_at") if at is not None}
