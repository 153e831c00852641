"""Which open pages show something of a task, so that only they have to ask again when it changes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

# A page of a task shows what is around it: its parts, whose sums go all the way up, and what it waits for or holds up.
# A board shows the tasks of its project and those that stand there too.
_NEAR: Final = """
WITH RECURSIVE up (id, parent_id) AS (
  SELECT id, parent_id FROM work_task WHERE id = ANY (%(ids)s::bigint[])
  UNION SELECT t.id, t.parent_id FROM work_task t JOIN up ON t.id = up.parent_id
), near (id) AS (
  SELECT id FROM up
  UNION SELECT id FROM work_task WHERE parent_id = ANY (%(ids)s::bigint[])
  UNION SELECT after_id FROM work_dependency WHERE task_id = ANY (%(ids)s::bigint[])
  UNION SELECT task_id FROM work_dependency WHERE after_id = ANY (%(ids)s::bigint[])
)
SELECT 'task/' || id FROM near
UNION SELECT 'board/' || t.project_id FROM work_task t JOIN near USING (id)
UNION SELECT 'board/' || p.project_id FROM work_taskplacement p JOIN near ON p.task_id = near.id
"""


def places_near(task_ids: Collection[int]) -> frozenset[str]:
    """The places (`task/12`, `board/3`) whose pages show something of these tasks. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"ids": list(task_ids)})
        return frozenset(row[0] for row in cursor.fetchall())
