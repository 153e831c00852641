"""How much time tasks have taken: as a column of a query, and for many tasks at once."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, IntegerField, OuterRef, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from fairlead.work.time.models import TimeEntry


def spent_column(task: str = "pk") -> Coalesce:
    """Minutes of the finished entries of the task whose id is in `task` of the outer query; 0 for none."""
    mine = TimeEntry.objects.filter(task_id=OuterRef(task), deleted_at__isnull=True, minutes__isnull=False)
    total = mine.order_by().values("task_id").annotate(total=Sum("minutes")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def left_column() -> Combinable:
    """Minutes of the likely effort that are not spent yet, negative when more was; nothing without an effort."""
    return F("effort_min") - spent_column()


def spent_of(task_ids: Collection[int]) -> dict[int, int]:
    """{task id: minutes}, of tasks with an entry only."""
    found = TimeEntry.objects.filter(task_id__in=list(task_ids), deleted_at__isnull=True, minutes__isnull=False)
    return dict(found.order_by().values_list("task_id").annotate(total=Sum("minutes")))
