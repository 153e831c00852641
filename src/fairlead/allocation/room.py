"""How many tasks somebody would hold: a draft is sound as a whole, but the part of it that is chosen need not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count

from fairlead.allocation.models import PlanLine
from fairlead.allocation.stale import Stale
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN
from fairlead.work.types.models import MILESTONE

GIVEN = (PlanLine.Kind.NEW, PlanLine.Kind.MOVED)


class Limit(NamedTuple):
    """Somebody who takes only so many tasks at once, and how many they hold now."""

    name: str
    most: int
    held: int


def without_room(lines: Sequence[PlanLine]) -> list[Stale]:
    """Those of the lines by which somebody would hold more tasks than they take at once, if all others were applied.

    Of a person's lines the last ones have to go. What then stays with its former holder counts there. The rows of the
    people concerned are held until the transaction ends. Two queries.
    """
    kept = [line for line in lines if line.kind in GIVEN]
    limits = _limits({line.worker_id for line in kept if line.worker_id})
    found: list[Stale] = []
    while over := list(_over(kept, limits)):
        gone = {item.line_id for item in over}
        kept = [line for line in kept if line.pk not in gone]
        found += over
    return found


def _limits(worker_ids: Collection[int]) -> dict[int, Limit]:
    """{worker id: their limit}, of those who have one."""
    limited = Worker.objects.filter(pk__in=worker_ids, max_tasks__isnull=False).order_by("pk")
    rows = list(limited.select_for_update(no_key=True).values_list("pk", "name", "max_tasks"))
    open_tasks = Task.objects.filter(
        assignee_id__in=[pk for pk, _, _ in rows], state__in=OPEN, deleted_at__isnull=True
    ).exclude(type__base=MILESTONE)
    held = dict(open_tasks.order_by().values_list("assignee_id").annotate(n=Count("id")))
    return {pk: Limit(name, most, held.get(pk, 0)) for pk, name, most in rows if most is not None}


def _over(lines: Sequence[PlanLine], limits: Mapping[int, Limit]) -> Iterator[Stale]:
    """What is too much for each, when all these lines are applied."""
    came = Counter(line.worker_id for line in lines)
    went = Counter(line.before_worker_id for line in lines)
    for pk, limit in limits.items():
        would = limit.held + came[pk] - went[pk]
        mine = [line for line in lines if line.worker_id == pk]
        for line in mine[max(0, len(mine) - max(0, would - limit.most)) :]:
            what = tr(
                "%(name)s would hold %(n)s open tasks and takes at most %(most)s at once",
                name=limit.name, n=would, most=limit.most,
            )  # fmt: skip
            yield Stale(line.pk, str(line.task), line.task.title, what)
