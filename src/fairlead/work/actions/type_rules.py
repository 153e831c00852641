"""What the type of a task asks of it: what it is filled with, which columns it may be in, when it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.speech import later, tr, tr_count
from fairlead.work.drafts import EFFORTS, TaskDraft
from fairlead.work.models import Project, Status, Task
from fairlead.work.queries.relations import blocked
from fairlead.work.states import OPEN, WAITING, State, column
from fairlead.work.types.definitions import TypeDef, Types, task_types, type_of
from fairlead.work.types.models import (
    MILESTONE,
    REQUEST,
    TASK,
    Approval,
    Approver,
    TaskType,
    template_said,
    type_name,
)


class WrongColumn(Refused):
    """Tasks of this type may not be in the column."""

    code = "wrong-column"
    title = later("Not this column")


class NotApproved(Refused):
    """An approval is done only when enough of its approvers have said yes."""

    code = "not-approved"
    title = later("It is not approved yet")


class PartsOpen(Refused):
    """A milestone is reached when all that leads to it is done."""

    code = "parts-open"
    title = later("Not reached yet")


def filled(drafts: Iterable[TaskDraft], project: Project, *, actor: Actor) -> list[TaskDraft]:
    """The drafts with what the templates of their types add where they say nothing. A client's is a request."""
    drafts = list(drafts)
    if not any(draft.type for draft in drafts) and actor.role != Role.CLIENT:
        return drafts
    types = task_types(project.workspace_id)
    request = next((t.id for t in types if t.base == REQUEST and not t.archived), None)
    return [_filled(draft, types, request if actor.role == Role.CLIENT else draft.type, project) for draft in drafts]


def _filled(draft: TaskDraft, types: Types, type_id: int | None, project: Project) -> TaskDraft:
    if type_id is None:
        return draft
    found = type_of(types, type_id)
    if found is None or found.archived:
        raise Invalid({"type": tr("Choose one of the types of work of this workspace.")})
    if found.is_milestone and any(getattr(draft, name) is not None for name in EFFORTS):
        raise Invalid({"effort_min": tr("A milestone takes no effort; its subtasks do.")})
    likely = draft.effort_min if any(getattr(draft, name) for name in EFFORTS) else found.effort_min
    return replace(
        draft, type=None if found.base == TASK else found.id,
        description=draft.description or template_said(found.description),
        effort_min=likely,
        criteria=draft.criteria or tuple(map(template_said, found.criteria)), needs=draft.needs or found.needs,
        status=draft.status or first_column(found, project),
    )  # fmt: skip


def first_column(found: TypeDef, project: Project) -> Status | None:
    """Where new tasks of the type go, when it is not where all new tasks of the project go."""
    allowed = allowed_columns(found, project.pk)
    if not allowed:
        return None
    waiting = [status for status in allowed if status.state in WAITING]
    return waiting[0] if waiting else allowed[0]


def allowed_columns(found: TypeDef, project_id: int) -> list[Status]:
    """The columns of the project in which tasks of the type may be, from left to right; none means all."""
    if not found.columns:
        return []
    return list(Status.objects.filter(project_id=project_id, pk__in=found.columns).order_by("position", "id"))


def check_column(task: Task, status: Status, *, type_id: int | None = None) -> None:
    """Refuse a column in which the type may not be, with those in which it may. One query."""
    chosen = task.type_id if type_id is None else type_id
    of_type = Q(types__type__base=TASK) if chosen is None else Q(types__type_id=chosen)
    allowed = Status.objects.filter(of_type, project_id=task.project_id).order_by("position", "id")
    names = dict(allowed.values_list("id", "name"))
    if names and status.pk not in names:
        told = TaskType.objects.filter(pk=chosen or 0).values_list("name", flat=True).first()
        raise WrongColumn(
            tr(
                "%(type)s: these go to %(names)s only. Put it there, or change its type.",
                type=type_name(told),
                names=", ".join(map(column, names.values())),
            )
        )


def check_done(task: Task) -> None:
    """Refuse Done for an approval that is not approved, and for a milestone that is not reached."""
    if task.type_id is None:
        return
    found = type_of(task_types(task.workspace_id), task.type_id)
    if found is None:
        return
    if found.is_approval:
        _check_approved(task)
    if found.is_milestone:
        _check_reached(task)


def _check_approved(task: Task) -> None:
    quorum = Approval.objects.filter(task=task).values_list("quorum", flat=True).first() or 1
    yes = Approver.objects.filter(task=task, verdict=Approver.Verdict.YES).count()
    if yes < quorum:
        raise NotApproved(
            tr(
                "%(task)s is done when its approvers say so: %(yes)s of %(quorum)s have. They decide on its page.",
                task=task,
                yes=yes,
                quorum=quorum,
            )
        )


def _check_reached(task: Task) -> None:
    parts = Task.objects.filter(parent=task, state__in=OPEN, deleted_at__isnull=True).select_related("project")
    keys = [*(str(part) for part in parts.order_by("number")), *blocked([task.pk]).get(task.pk, [])]
    if keys:
        raise PartsOpen(
            tr_count(
                "%(task)s is reached when %(names)s is done.",
                "%(task)s is reached when %(names)s are done.",
                len(keys),
                task=task,
                names=", ".join(keys[:10]),
            )
        )


def check_type(task: Task, type_id: int | None) -> TypeDef | None:
    """The type that the task is to be of. Raises Invalid, or WrongColumn when it is where that type may not be."""
    types = task_types(task.workspace_id)
    found = type_of(types, type_id)
    if found is None or found.archived:
        raise Invalid({"type": tr("Choose one of the types of work that are in use.")})
    check_column(task, task.status, type_id=found.id)
    return found


def is_milestone(task: Task) -> bool:
    """Whether the task takes no effort. No query for a plain task."""
    return task.type_id is not None and TaskType.objects.filter(pk=task.type_id, base=MILESTONE).exists()


def check_made(task: Task) -> None:
    """A new task begins in a column of its type, and is done only if it may be."""
    if task.type_id is not None:
        check_column(task, task.status)
    if State(task.state) == State.DONE:
        check_done(task)
