"""What the parts of tasks add up to: over the leaves below them, whatever lies between."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import connection

# Every task below the wanted ones, then of those only the leaves: a part that has parts counts through them alone.
BELOW: Final = """
WITH RECURSIVE below (root, id, state, effort_min) AS (
  SELECT t.parent_id, t.id, t.state, t.effort_min FROM work_task t
  WHERE t.parent_id = ANY (%s::bigint[]) AND t.deleted_at IS NULL
  UNION
  SELECT b.root, t.id, t.state, t.effort_min FROM work_task t JOIN below b ON t.parent_id = b.id
  WHERE t.deleted_at IS NULL
)
SELECT root, count(*), count(*) FILTER (WHERE state IN ('done', 'cancelled')), coalesce(sum(effort_min), 0),
  coalesce(sum(effort_min) FILTER (WHERE state NOT IN ('done', 'cancelled')), 0)
FROM below b WHERE NOT EXISTS (SELECT 1 FROM work_task c WHERE c.parent_id = b.id AND c.deleted_at IS NULL)
GROUP BY root
"""

ALL_BELOW: Final = """
WITH RECURSIVE below (id, effort_min) AS (
  SELECT t.id, t.effort_min FROM work_task t WHERE t.parent_id = %s AND t.deleted_at IS NULL
  UNION
  SELECT t.id, t.effort_min FROM work_task t JOIN below b ON t.parent_id = b.id WHERE t.deleted_at IS NULL
)
SELECT id, CASE WHEN NOT EXISTS (SELECT 1 FROM work_task c WHERE c.parent_id = b.id AND c.deleted_at IS NULL)
  THEN coalesce(effort_min, 0) ELSE 0 END
FROM below b
"""


@dataclass(frozen=True)
class Parts:
    """The leaves below a task: how many, how many are over, and their likely efforts in minutes, all and still open."""

    count: int = 0
    over: int = 0
    effort_min: int = 0
    open_min: int = 0


NO_PARTS: Final = Parts()


def parts_of(task_ids: Collection[int]) -> dict[int, Parts]:
    """{task id: what its parts add up to}, for tasks that have parts. One query, whatever the depth."""
    if not task_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [list(task_ids)])
        return {row[0]: Parts(*(int(part) for part in row[1:])) for row in cursor.fetchall()}


def efforts_below(task_id: int) -> dict[int, int]:
    """{id: likely effort in minutes} of all tasks below a task, whatever the depth; 0 for what has parts itself."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_BELOW, [task_id])
        return {row[0]: int(row[1]) for row in cursor.fetchall()}
