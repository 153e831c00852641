"""What stands around tasks for programs: the skills they need, their criteria and what they follow, in one query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from fairlead.events.actor import Actor
from fairlead.work.reach import reach_of

# `open`: the task cannot start until that is done (see relations.HOLDS_UP).
_AROUND: Final = """
SELECT t.id,
 (SELECT json_agg(json_build_object('skill_id', n.skill_id, 'name', s.name, 'level', n.level) ORDER BY s.name)
  FROM work_need n JOIN people_skill s ON s.id = n.skill_id WHERE n.task_id = t.id),
 (SELECT json_agg(json_build_object('id', c.id, 'text', c.text, 'checked_at', c.checked_at) ORDER BY c.position, c.id)
  FROM work_criterion c WHERE c.task_id = t.id),
 (SELECT json_agg(json_build_object('after', p.key || '-' || a.number, 'kind', d.kind, 'lag_min', d.lag_min,
    'open', d.kind = 'fs' AND d.lag_min >= 0 AND a.state NOT IN ('done', 'cancelled')) ORDER BY p.key, a.number)
  FROM work_dependency d JOIN work_task a ON a.id = d.after_id JOIN work_project p ON p.id = a.project_id
  WHERE d.task_id = t.id AND a.deleted_at IS NULL AND a.project_id <> ALL (%s::bigint[]))
FROM unnest(%s::bigint[]) AS t (id)
"""

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Around:
    """needs: skill_id, name, level. criteria: id, text, checked_at (ISO). links: after (a key), kind, lag_min, open."""

    needs: Rows
    criteria: Rows
    links: Rows


def around(actor: Actor, task_ids: Collection[int]) -> dict[int, Around]:
    """{task id: what stands around it}, without tasks of projects that the actor does not see. One query; not for
    clients, who are shown less."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [list(reach_of(actor).hidden), list(task_ids)])
        return {row[0]: Around(*(part or [] for part in row[1:])) for row in cursor.fetchall()}
