"""Whom one task's decision has to look at closely in a large workspace.

To say of thousands of people that they lack a skill, nobody has to read their calendars. Those who have the skills are
ranked exactly as they would be beside everybody: the objective adds up worker by worker, and people's work depends on
other people's only where one task waits for another, so whoever is tied to them in that way is looked at as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from django.db.models import F, QuerySet

from fairlead.allocation.policy import POLICY
from fairlead.allocation.rows import Near, active_workers, needs_of
from fairlead.people.queries import skill_levels
from fairlead.work.models import Dependency, Task
from fairlead.work.queries.people import workers_in
from fairlead.work.states import OPEN

DEEPEST: Final = 5
"""Steps from worker to worker; what is further off moves nobody's week."""


def near(workspace_id: int, task_id: int, *, on: date, relax: int = 0, named: Collection[int] = ()) -> Near | None:
    """The workers who could do the task by their skills on this day (needs lowered by `relax` levels) and by its
    project, of whoever has it, of those who are `named`, and of everybody whose work theirs waits for or keeps waiting.

    None: everybody, since the workspace is small, nothing rules anybody out, or nobody has the skills, so that what
    would free the task has to be looked for among all.
    """
    people = dict(active_workers(workspace_id).values_list("id", "kind"))
    if len(people) <= POLICY.most_near:
        return None
    needs = needs_of([task_id]).get(task_id, {})
    levels = skill_levels(workspace_id, on=on, asked=needs)
    able = _able(task_id, people, levels, needs={skill: max(1, level - relax) for skill, level in needs.items()})
    if not able or len(able) == len(people):
        return None
    holder = Task.objects.filter(pk=task_id).values_list("assignee_id", flat=True)
    ids = frozenset(tied({*able, *holder, *named}, workspace_id=workspace_id, task_id=task_id) & people.keys())
    return Near(ids, {pk: kind for pk, kind in people.items() if pk not in ids}, levels)


def _able(
    task_id: int, people: Collection[int], levels: Mapping[int, Mapping[int, int]], *, needs: Mapping[int, int]
) -> set[int]:
    """Those of these people whom neither a missing skill nor the project keeps from the task."""
    private = Task.objects.filter(pk=task_id, project__private=True).values_list("project_id", flat=True).first()
    allowed = people if private is None else workers_in([private])[private]
    return {
        pk
        for pk in people
        if pk in allowed and all(levels.get(pk, {}).get(skill, 0) >= n for skill, n in needs.items())
    }


def tied(chosen: Iterable[int], *, workspace_id: int, task_id: int | None = None) -> set[int]:
    """These workers and all whose open work is linked to theirs, or to the task, through however many others. One
    query."""
    beside: dict[int, set[int]] = defaultdict(set)
    columns = ("task_id", "after_id", "task__assignee_id", "after__assignee_id")
    for task, after, one, other in _between(workspace_id).values_list(*columns):
        ends = {at for pk, at in ((task, one), (after, other)) if at is not None and pk != task_id}
        if task_id in (task, after):
            chosen = {*chosen, *ends}
        elif len(ends) == 2:
            beside[one].add(other)
            beside[other].add(one)
    found, waiting = set(chosen), list(chosen)
    while waiting:
        new = beside[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def waited_for(chosen: Iterable[int], *, workspace_id: int) -> set[int]:
    """These workers and those for whose open work theirs waits, through up to `DEEPEST` others: whoever decides when
    their work can begin. A query for each step, so one where nobody waits for anybody."""
    found = new = set(chosen)
    for _ in range(DEEPEST):
        ahead = _between(workspace_id).filter(task__assignee__in=new, after__assignee__isnull=False)
        new = set(ahead.values_list("after__assignee_id", flat=True)) - found
        if not new:
            break
        found = found | new
    return found


def _between(workspace_id: int) -> QuerySet[Dependency]:
    """Where one's open task starts after another's, or nobody's."""
    links = Dependency.objects.filter(
        workspace_id=workspace_id, kind=Dependency.Kind.FINISH_START,
        task__state__in=OPEN, task__deleted_at__isnull=True, after__state__in=OPEN, after__deleted_at__isnull=True,
    )  # fmt: skip
    return links.exclude(task__assignee_id=F("after__assignee_id"))
