"""Everything that the page of one task shows, as plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.lag import write_lag
from fairlead.work.models import Criterion, Dependency, Need, Project, Status, Task
from fairlead.work.permissions import next_states
from fairlead.work.queries.comments import comment_rows
from fairlead.work.queries.rollups import NO_PARTS, Parts, parts_of
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, State


@dataclass(frozen=True)
class TaskDetails:
    """`waits_for` and `holds_up` are rows of tasks with their links;
    `next_states` what this reader may do with it next."""

    needs: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    subtasks: list[dict[str, Any]]
    waits_for: list[dict[str, Any]]
    holds_up: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    next_states: list[State]

    @property
    def blocked_by(self) -> list[str]:
        """The keys of the open tasks that it waits for."""
        return [row["key"] for row in self.waits_for if row["state"] in OPEN]

    @property
    def met(self) -> int:
        return sum(1 for criterion in self.criteria if criterion["checked_at"])

    parts: Parts = NO_PARTS
    """What its subtasks add up to, down to the leaves."""


def details(actor: Actor, task: Task) -> TaskDetails:
    """What belongs to a visible task; clients get neither needs nor internal comments."""
    links = _links(task)
    needs = Need.objects.filter(task=task).order_by("skill__name").values("skill_id", "level", name=F("skill__name"))
    return TaskDetails(
        needs=[] if actor.role == Role.CLIENT else plain(needs),
        criteria=plain(
            Criterion.objects.filter(task=task).values("id", "text", "checked_at", by=F("checked_by__name"))
        ),
        subtasks=_rows(visible_tasks(actor).filter(parent=task)),
        waits_for=_linked(actor, {link["after_id"]: link for link in links if link["task_id"] == task.pk}),
        holds_up=_linked(actor, {link["task_id"]: link for link in links if link["after_id"] == task.pk}),
        comments=comment_rows(actor, task),
        next_states=next_states(actor, task),
        parts=parts_of([task.pk]).get(task.pk, NO_PARTS),
    )


def _links(task: Task) -> list[dict[str, Any]]:
    mine = Dependency.objects.filter(Q(task=task) | Q(after=task))
    return plain(mine.values("task_id", "after_id", "kind", "lag_min"))


def _linked(actor: Actor, links: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the tasks at the other end of links, each with `kind`, `kind_name` and `lag` as text."""
    rows = _rows(visible_tasks(actor).filter(pk__in=links)) if links else []
    for row in rows:
        link = links[row["id"]]
        row["kind"], row["kind_name"] = link["kind"], str(Dependency.Kind(link["kind"]).label)
        row["lag"] = write_lag(link["lag_min"])
    return rows


def _rows(tasks: QuerySet[Task]) -> list[dict[str, Any]]:
    rows = plain(tasks.order_by("project__key", "number").values(
        "id", "number", "title", "state", "effort_min", "due_at", "project__key", "status__name", *HOLDER
    ))  # fmt: skip
    for row in rows:
        row["key"] = f"{row['project__key']}-{row['number']}"
        row["worker"] = holder(row)
    return rows


def status_choices(project: Project) -> list[dict[str, Any]]:
    """The columns of a project from left to right: id, name, state, wip_limit, wip_hard."""
    columns = Status.objects.filter(project=project).order_by("position", "id")
    return plain(columns.values("id", "name", "state", "wip_limit", "wip_hard"))
