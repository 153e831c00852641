"""The list of projects with how far each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Q

from fairlead.events.actor import Actor
from fairlead.work.membership import ProjectRole
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import visible_projects, visible_tasks
from fairlead.work.reach import is_at_least
from fairlead.work.states import OPEN, State

MOST_PROJECTS: Final = 30
"""Of one page: what they have of tasks is counted for each."""


@dataclass(frozen=True)
class ProjectRow:
    """A project; `counts` is {state: tasks}, `late` the open tasks past their due time."""

    id: int
    key: str
    name: str
    client: str
    color: int
    private: bool
    archived: bool
    lead: dict[str, object] | None
    counts: dict[str, int]
    late: int
    nobody: int
    active_at: datetime

    @property
    def done(self) -> int:
        return self.counts.get(State.DONE, 0)

    @property
    def open(self) -> int:
        return sum(self.counts.get(state, 0) for state in OPEN)

    @property
    def total(self) -> int:
        """All that is or was to be done: cancelled tasks do not count."""
        return self.open + self.done


def led_projects(actor: Actor) -> list[tuple[str, str]]:
    """(key, name) of the projects in use that the actor leads, by name."""
    rows = visible_projects(actor).filter(archived_at__isnull=True).order_by("name", "id")
    found = rows.values_list("id", "key", "name")
    return [(key, name) for pk, key, name in found if is_at_least(actor, pk, ProjectRole.LEAD)]


def project_list(
    actor: Actor, *, now: datetime, archived: bool = False, start: int = 0, size: int = MOST_PROJECTS
) -> list[ProjectRow]:
    """The visible projects by name, those in use or the archived ones: `size` of them from the one at `start`."""
    projects = visible_projects(actor).filter(archived_at__isnull=not archived).order_by("name", "id")
    rows = plain(projects.values(
        "id", "key", "name", "client", "color", "private", "created_at", "lead_id", "lead__name", "lead__kind"
    )[start : start + size])  # fmt: skip
    tasks = visible_tasks(actor).filter(project_id__in=[row["id"] for row in rows]).order_by()
    # Counted are columns of the index for counting, so that no task is read.
    counted = tasks.values("project_id", "state").annotate(n=Count("workspace"), active_at=Max("updated_at"))
    waiting = tasks.filter(state__in=OPEN).values("project_id").annotate(
        late=Count("workspace", filter=Q(due_at__lt=now)), nobody=Count("workspace", filter=Q(assignee__isnull=True)),
    )  # fmt: skip
    of: dict[int, list[dict[str, Any]]] = {}
    for fact in plain(counted):
        of.setdefault(fact["project_id"], []).append(fact)
    waits = {fact["project_id"]: (fact["late"], fact["nobody"]) for fact in plain(waiting)}
    return [_row(row, of.get(row["id"], []), waits.get(row["id"], (0, 0)), archived=archived) for row in rows]


def _row(row: dict[str, Any], facts: list[dict[str, Any]], waits: tuple[int, int], *, archived: bool) -> ProjectRow:
    lead = {"id": row["lead_id"], "name": row["lead__name"], "kind": row["lead__kind"]} if row["lead_id"] else None
    return ProjectRow(
        **{name: row[name] for name in ("id", "key", "name", "client", "color", "private")},
        archived=archived, lead=lead, counts={str(f["state"]): f["n"] for f in facts}, late=waits[0], nobody=waits[1],
        active_at=max([row["created_at"], *(f["active_at"] for f in facts)]),
    )  # fmt: skip
