"""What must be done before what. The order of work has no circles: the database is asked before each new link."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.lag import write_lag
from fairlead.lib.speech import in_english, tr
from fairlead.work.models import Dependency, Task
from fairlead.work.permissions import may_edit_task

# All that `after` waits for, directly or through others, with the way there.
REACH = """
WITH RECURSIVE way (id, path) AS (
  SELECT %s::bigint, ARRAY[%s::bigint]
  UNION ALL
  SELECT d.after_id, way.path || d.after_id FROM work_dependency d JOIN way ON d.task_id = way.id
  WHERE NOT d.after_id = ANY (way.path)
)
SELECT path FROM way WHERE id = %s LIMIT 1
"""
Kind = Dependency.Kind
LOCK_CLASS = 0x7A5C
"""Names the advisory lock under which one workspace's links are added one after the other."""


class Circle(Invalid):
    """The link would make tasks wait for each other."""

    code = "circle"


def add_dependency(
    task: Task, after: Task, *, kind: str = Kind.FINISH_START, lag_min: int = 0, actor: Actor, now: datetime
) -> Dependency:
    """`task` comes after `after` as `kind` and `lag_min` say; they may be in different projects of the workspace.

    A link that is there already gets this kind and lag. Raises Circle with the chain that would close.
    """
    _check(task, actor)
    _check_lag(kind, lag_min)
    if after.workspace_id != task.workspace_id or after.deleted_at is not None:
        raise Missing(tr("The task that it should wait for is not there."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, task.workspace_id % 2**31])
        _refuse_circle(task, after)
        link, new = Dependency.objects.select_for_update().get_or_create(
            task=task, after=after, defaults={"workspace_id": task.workspace_id, "kind": kind, "lag_min": lag_min}
        )
        if new:
            told = {"link": Kind(kind).value, "lag_min": lag_min}
            record("task.dependency_added", task, actor=actor, now=now, after=str(after), **told)
        elif (link.kind, link.lag_min) != (kind, lag_min):
            _change(link, kind, lag_min, actor=actor, now=now)
    return link


def _change(link: Dependency, kind: str, lag_min: int, *, actor: Actor, now: datetime) -> None:
    pairs = {
        "kind": (in_english(Kind(link.kind).label), in_english(Kind(kind).label)),
        "lag": (write_lag(link.lag_min), write_lag(lag_min)),
    }
    changes = {name: [old, new] for name, (old, new) in pairs.items() if old != new}
    link.kind, link.lag_min = kind, lag_min
    link.save(update_fields=["kind", "lag_min"])
    record("task.dependency_changed", link.task, actor=actor, now=now, after=str(link.after), changes=changes)


def _check_lag(kind: str, lag_min: int) -> None:
    if kind not in Kind.values:
        raise Invalid({"kind": tr("Choose how the two follow each other from the list.")})
    if abs(lag_min) > Dependency.MOST_LAG_MIN:
        raise Invalid({"lag_min": tr("A lag is at most a year.")})
    if lag_min < 0 and kind != Kind.FINISH_START:
        raise Invalid({"lag_min": tr("Only a task that starts after the other ends can have a negative lag.")})


def remove_dependency(task: Task, after: Task, *, actor: Actor, now: datetime) -> None:
    """`task` no longer waits for `after`."""
    _check(task, actor)
    with transaction.atomic():
        gone, _ = Dependency.objects.filter(task=task, after=after).delete()
        if gone:
            record("task.dependency_removed", task, actor=actor, now=now, after=str(after))


def _check(task: Task, actor: Actor) -> None:
    require(
        may_edit_task(actor, task), tr("Only managers and whoever holds or created a task can say what it waits for.")
    )
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))


def _refuse_circle(task: Task, after: Task) -> None:
    if task.pk == after.pk:
        raise Circle({"after": tr("A task cannot wait for itself.")})
    with connection.cursor() as cursor:
        cursor.execute(REACH, [after.pk, after.pk, task.pk])
        row = cursor.fetchone()
    if row is not None:
        keys = {found.pk: str(found) for found in Task.objects.filter(pk__in=row[0]).select_related("project")}
        way = " → ".join(keys[pk] for pk in row[0])
        raise Circle(
            {"after": tr("They would wait for each other: %(way)s already. Remove one of these links first.", way=way)}
        )
