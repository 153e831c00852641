"""Who decides about an approval, and the checklist of a task."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from fairlead.accounts.models import Membership, Role, User
from fairlead.events.actor import AGENT, Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import ChecklistItem, Task
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, OVER, State
from fairlead.work.types.models import Approval, Approver


@dataclass(frozen=True)
class ApprovalView:
    """`approvers`: rows with name, verdict, comment, decided_at. `mine`: the reader may decide now;
    `answered`: they have, and may still take it back."""

    quorum: int
    approvers: list[dict[str, Any]]
    mine: bool
    answered: bool = False

    @property
    def yes(self) -> int:
        return sum(1 for row in self.approvers if row["verdict"] == Approver.Verdict.YES)


def approval_of(actor: Actor, task: Task) -> ApprovalView:
    """How the decision about a visible task stands. Two queries."""
    quorum = Approval.objects.filter(task=task).values_list("quorum", flat=True).first() or 1
    rows = plain(
        Approver.objects.filter(task=task)
        .order_by("user__name", "id")
        .values("user_id", "verdict", "comment", "decided_at", name=F("user__name"))
    )
    said = next((row["verdict"] for row in rows if row["user_id"] == actor.user_id), None)
    mine = (
        said is not None
        and actor.kind != AGENT
        and task.created_by_id != actor.user_id
        and State(task.state) not in OVER
    )
    return ApprovalView(quorum, rows, mine, mine and bool(said))


def possible_approvers(actor: Actor, task: Task) -> list[tuple[int, str]]:
    """(user id, name) of the people who may be asked: members, but neither AI agents nor who asked for it."""
    members = Membership.objects.filter(
        workspace_id=actor.workspace_id, removed_at__isnull=True, user__kind=User.Kind.PERSON
    ).exclude(role=Role.AUDITOR)
    found = members.exclude(user_id=task.created_by_id) if task.created_by_id else members
    return list(found.order_by("user__name").values_list("user_id", "user__name"))


def members_who_decide(actor: Actor, users: Collection[int]) -> set[int]:
    """Which of these users are members who decide something: auditors only read."""
    members = Membership.objects.filter(
        workspace_id=actor.workspace_id, user_id__in=users, removed_at__isnull=True
    ).exclude(role=Role.AUDITOR)
    return set(members.values_list("user_id", flat=True))


def checklist(task: Task) -> list[dict[str, Any]]:
    """The items of a visible task in their order."""
    who = {"who": F("assignee__name"), "who_kind": F("assignee__kind"), "by": F("done_by__name")}
    rows = ChecklistItem.objects.filter(task=task).order_by("position", "id")
    return plain(rows.values("id", "text", "assignee_id", "due_on", "done_at", **who))


def find_item(actor: Actor, task: Task, item_id: int) -> ChecklistItem:
    """An item of a visible task's checklist. Raises Missing."""
    found = ChecklistItem.objects.filter(workspace_id=actor.workspace_id, task=task, pk=item_id)
    item = found.select_related("assignee").first()
    if item is None:
        raise Missing(tr("This item was removed from the checklist."))
    item.task = task
    return item


@dataclass(frozen=True)
class MyItem:
    """An open item of somebody's, on a task that is open."""

    id: int
    text: str
    key: str
    title: str
    due_on: date | None


def my_items(actor: Actor, worker_id: int) -> list[MyItem]:
    """What is open on checklists for a worker, the earliest first."""
    rows = ChecklistItem.objects.filter(
        task__in=visible_tasks(actor).filter(state__in=OPEN, project__archived_at__isnull=True),
        assignee_id=worker_id, done_at__isnull=True,
    ).order_by(F("due_on").asc(nulls_last=True), "task_id", "position")[:50]  # fmt: skip
    found = rows.values("id", "text", "due_on", "task__project__key", "task__number", "task__title")
    return [
        MyItem(
            row["id"], row["text"], f"{row['task__project__key']}-{row['task__number']}", row["task__title"],
            row["due_on"],
        )
        for row in found
    ]  # fmt: skip
