"""Places inside a column: room under its limit, and ranks between neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Min, QuerySet

from fairlead.lib.errors import Refused
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import later, tr
from fairlead.work.models import Status, Task
from fairlead.work.placement import NEAREST, TaskPlacement
from fairlead.work.states import State

STEP: Final = 1024.0
"""The distance between neighbours in a fresh column: fifty tasks fit between any two before ranks are spread again."""
CLOSEST: Final = 1e-6

SPREAD = """
UPDATE work_task SET rank = placed.place * %s
FROM (SELECT id, row_number() OVER (ORDER BY rank, id) AS place FROM work_task
      WHERE status_id = %s AND deleted_at IS NULL) AS placed
WHERE work_task.id = placed.id
"""


class ColumnFull(Refused):
    """The column already holds as many tasks as its limit allows."""

    code = "column-full"
    title = later("The column is full")


def require_room(status: Status, *, more: int = 1) -> None:
    """Refuse to put `more` tasks into a column beyond its hard limit; one that is not hard is only shown.

    Holds the column's row until the transaction ends.
    """
    if status.wip_limit is None or not status.wip_hard:
        return
    limit = Status.objects.select_for_update().values_list("wip_limit", flat=True).get(pk=status.pk)
    count = Task.objects.filter(status_id=status.pk, deleted_at__isnull=True).count()
    if limit is not None and count + more > limit:
        raise ColumnFull(
            tr(
                "%(column)s holds %(n)s of at most %(most)s tasks. Finish or move one first;"
                " a manager can change the limit in the project's settings.",
                column=status.said,
                n=count,
                most=limit,
            )
        )


def top_rank(status_id: int) -> float:
    """The smallest rank of a column; 0 when it is empty."""
    least: float | None = _least_rank.first(status_id)
    return least or 0.0


@prepared
def _least_rank(status_id: int) -> QuerySet[Task, Any]:
    column = Task.objects.filter(status_id=status_id, deleted_at__isnull=True)
    return column.order_by("rank").values_list("rank", flat=True)[:1]


def rank_below(task: Task, status: Status, above: Task | None) -> float:
    """The rank that puts `task` right below `above` in the column, or at the top when that is None."""
    column = Task.objects.filter(status_id=status.pk, deleted_at__isnull=True).exclude(pk=task.pk)
    if above is None:
        least = column.aggregate(least=Min("rank"))["least"]
        return STEP if least is None else least - STEP
    place = column.filter(pk=above.pk).values_list("rank", flat=True).first()
    if place is None:  # perhaps it is only shown on this board
        place = TaskPlacement.objects.filter(task=above, status=status).values_list("rank", flat=True).first()
    if place is None:
        return top_rank(status.pk) - STEP
    after = column.filter(rank__gt=place).aggregate(least=Min("rank"))["least"]
    if after is None:
        return float(place + STEP)
    if after - place < CLOSEST:
        spread(status.pk)
        return rank_below(task, status, above)
    return float((place + after) / 2)


def spread(status_id: int) -> None:
    """Give the tasks of a column even distances again, in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, [STEP, status_id])


def column_for(columns: Sequence[Status], state: State) -> Status:
    """The first of a board's columns with the state; where there is none, the nearest."""
    for wanted in (state, *NEAREST[state]):
        for column in columns:
            if column.state == wanted:
                return column
    return columns[0]


def follow_state(task: Task) -> None:
    """Put the task into the columns for its state on the boards where it is also shown."""
    for placement in TaskPlacement.objects.select_related("status").filter(task=task):
        if placement.status.state != task.state:
            columns = list(Status.objects.filter(project_id=placement.project_id).order_by("position", "id"))
            TaskPlacement.objects.filter(pk=placement.pk).update(status=column_for(columns, State(task.state)))


def settle_placements(status: Status, columns: Sequence[Status]) -> None:
    """What is shown in this column goes to the best of the others: it is removed, or means something else now."""
    for placement in TaskPlacement.objects.select_related("task").filter(status=status):
        column = column_for(columns, State(placement.task.state))
        TaskPlacement.objects.filter(pk=placement.pk).update(status=column)
