"""Creating, changing, holding, deleting and restoring tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import in_english, mark, tr
from fairlead.people.models import Skill, Worker
from fairlead.work.actions.belonging import check_belongs
from fairlead.work.actions.columns import STEP, follow_state, require_room, top_rank
from fairlead.work.actions.field_values import change_values, check_filled, insert_values, work_out
from fairlead.work.actions.type_rules import check_made, check_type, filled, is_milestone
from fairlead.work.drafts import EFFORTS, TaskDraft, problems, tidy_labels, wrong_values
from fairlead.work.models import Criterion, Dependency, Need, Project, Status, Task
from fairlead.work.permissions import leads, may_create_task, may_delete_task, may_edit_task
from fairlead.work.states import OVER, WAITING, State
from fairlead.work.triage import Triage
from fairlead.work.types.models import TASK

COLUMNS: Final = (
    "title", "description", "priority", *EFFORTS, "release_at", "due_at", "labels", "parent", "external_id",
)  # fmt: skip
BATCH: Final = 500
ASKED: Final = ("request", "form")
"""Sources of tasks for which somebody outside the team waits."""
Place = tuple[Status, float]
"""A column, and the rank in it."""


def create_task(project: Project, draft: TaskDraft, *, actor: Actor, now: datetime) -> Task:
    """A new task at the top of its column. Raises Invalid with the fields that need another look."""
    with transaction.atomic():
        task = create_tasks(project, [draft], actor=actor, now=now)[0]
        check_filled(task, State(task.state))
        check_made(task)
    return task


def create_tasks(project: Project, drafts: Sequence[TaskDraft], *, actor: Actor, now: datetime) -> list[Task]:
    """New tasks in the order given, all or none; one event each. Quick for thousands: a fixed number of statements
    per five hundred tasks besides the events."""
    require(
        may_create_task(actor, project), tr("Only the team and the project's clients can add tasks to this project.")
    )
    _check_open(project)
    for draft in drafts:
        _check_draft(draft, project, actor=actor)
    source = "request" if actor.role == Role.CLIENT else "import" if len(drafts) > 1 else actor.kind
    return _create(project, drafts, {"source": source}, actor=actor, now=now)


def create_from_form(project: Project, draft: TaskDraft, form: str, *, actor: Actor, now: datetime) -> Task:
    """A task as a request form describes it, with the labels, needs and priority that managers chose for the form.
    Whether the actor may use the form is asked by `submit_form`. `form` is its name."""
    _check_open(project)
    if wrong := problems(draft):
        raise Invalid(wrong)
    return _create(project, [draft], {"source": "form", "form": form}, actor=actor, now=now)[0]


def _create(
    project: Project, drafts: Sequence[TaskDraft], facts: dict[str, str], *, actor: Actor, now: datetime
) -> list[Task]:
    drafts = filled(drafts, project, actor=actor)
    with transaction.atomic():
        _check_related(project, drafts)
        places = _places(project, drafts)
        tasks = _insert(project, drafts, places, actor=actor, now=now)
        _insert_details(tasks, drafts)
        insert_values(tasks, [draft.fields for draft in drafts], project, actor=actor)
        _await_a_look(tasks, facts["source"], actor=actor, now=now)
        for task in tasks:
            record("task.created", task, actor=actor, now=now, title=task.title, **facts)
            if facts["source"] in ASKED:
                record("task.requested", task, actor=actor, now=now, source=facts["source"])
    return tasks


def _await_a_look(tasks: Sequence[Task], source: str, *, actor: Actor, now: datetime) -> None:
    """What came into the backlog from outside the team's own pages waits in the inbox."""
    known = Triage.Source.API if actor.token_id is not None and source not in Triage.Source.values else source
    if known in Triage.Source.values:
        Triage.objects.bulk_create(
            [
                Triage(workspace_id=task.workspace_id, task=task, source=known, created_at=now)
                for task in tasks
                if task.state == State.BACKLOG
            ],
            batch_size=BATCH,
        )


def _check_open(project: Project) -> None:
    if project.archived_at is not None:
        raise Refused(
            tr("%(name)s is archived. Restore it in its settings before you change its tasks.", name=project.name)
        )


def _check_draft(draft: TaskDraft, project: Project, *, actor: Actor) -> None:
    if wrong := problems(draft):
        raise Invalid(wrong)
    planned = (draft.needs, draft.after, draft.parent, draft.status, *(draft.values()[name] for name in EFFORTS))
    if actor.role == Role.CLIENT and any(planned):
        raise Forbidden(tr("A request says what and by when; the team adds effort, skills and order."))
    if draft.status is not None and draft.status.project_id != project.pk:
        raise Invalid({"status": tr("Choose a column of this project.")})
    if draft.status is not None and draft.status.state not in WAITING and not leads(actor, project):
        raise Forbidden(tr("New tasks begin in a column where work waits; only managers put them further on."))
    if draft.parent is not None and (draft.parent.project_id != project.pk or draft.parent.deleted_at is not None):
        raise Invalid({"parent": tr("The parent must be a task of the same project.")})


def _check_related(project: Project, drafts: Sequence[TaskDraft]) -> None:
    check_skills(project.workspace_id, {skill for draft in drafts for skill in draft.needs})
    after = {number for draft in drafts for number in draft.after}
    known = Task.objects.filter(workspace_id=project.workspace_id, pk__in=after, deleted_at__isnull=True)
    if after and known.count() < len(after):
        raise Invalid({"after": tr("It should wait for a task that is not there.")})
    outside = [draft.external_id.strip() for draft in drafts if draft.external_id.strip()]
    taken = Task.objects.filter(project=project, external_id__in=outside).first() if outside else None
    if taken is not None or len(set(outside)) < len(outside):
        if taken is None:
            raise Conflict(tr("Another task of this batch already has this outside id."))
        raise Conflict(tr("%(task)s already has this outside id.", task=taken))


def check_skills(workspace_id: int, skill_ids: Iterable[int]) -> None:
    """Refuse ids that are no skills of the workspace."""
    wanted = set(skill_ids)
    if wanted and Skill.objects.filter(workspace_id=workspace_id, pk__in=wanted).count() < len(wanted):
        raise Invalid({"needs": tr("Choose skills from the list of this workspace.")})


def _places(project: Project, drafts: Sequence[TaskDraft]) -> list[Place]:
    """Column and rank of each draft: above what is there, in the order given."""
    default = None if all(draft.status for draft in drafts) else waiting_status(project)
    columns = [draft.status or default for draft in drafts]
    ranks: dict[int, float] = {}
    found: list[Place] = []
    for status in columns:
        if status is None:  # a project always keeps a column where work waits
            raise Missing(tr("This project has no column for new tasks. Add one in its settings."))
        if status.pk not in ranks:
            count = sum(1 for column in columns if column is not None and column.pk == status.pk)
            require_room(status, more=count)
            ranks[status.pk] = top_rank(status.pk) - count * STEP
        found.append((status, ranks[status.pk]))
        ranks[status.pk] += STEP
    return found


def waiting_status(project: Project) -> Status | None:
    """Where new tasks go: the first column of the backlog, else the first where work waits."""
    columns: list[Status] = _waiting_columns.all(project.pk)
    for status in columns:
        status.project = project
    return min(columns, key=lambda status: WAITING.index(State(status.state)), default=None)


@prepared
def _waiting_columns(project_id: int) -> QuerySet[Status]:
    return Status.objects.filter(project_id=project_id, state__in=WAITING).order_by("position")


def take_numbers(project: Project, count: int) -> int:
    """The first of `count` numbers that are this caller's alone; two callers can never get the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_project SET next_number = next_number + %s WHERE id = %s RETURNING next_number",
            [count, project.pk],
        )
        return int(cursor.fetchone()[0]) - count


def _insert(
    project: Project, drafts: Sequence[TaskDraft], places: Sequence[Place], *, actor: Actor, now: datetime
) -> list[Task]:
    first = take_numbers(project, len(drafts))
    tasks = [
        Task(
            workspace_id=project.workspace_id, project=project, number=first + index, status=status, state=status.state,
            rank=rank, parent=draft.parent, type_id=draft.type,
            created_by_id=actor.user_id, created_at=now, updated_at=now,
            started_at=now if status.state not in WAITING else None, done_at=now if status.state in OVER else None,
            **draft.values(),
        )
        for index, (draft, (status, rank)) in enumerate(zip(drafts, places, strict=True))
    ]  # fmt: skip
    if len(tasks) == 1:
        tasks[0].save(force_insert=True)
        return tasks
    return Task.objects.bulk_create(tasks, batch_size=BATCH)


def _insert_details(tasks: Sequence[Task], drafts: Sequence[TaskDraft]) -> None:
    pairs = list(zip(tasks, drafts, strict=True))
    needs = [n for task, draft in pairs for n in _needs(task, draft.needs)]
    criteria = [
        Criterion(workspace_id=task.workspace_id, task=task, text=text.strip(), position=place)
        for task, draft in pairs
        for place, text in enumerate(draft.criteria)
    ]
    waits = [
        Dependency(workspace_id=task.workspace_id, task=task, after_id=after)
        for task, draft in pairs
        for after in dict.fromkeys(draft.after)
    ]
    if needs:
        Need.objects.bulk_create(needs, batch_size=BATCH)
    if criteria:
        Criterion.objects.bulk_create(criteria, batch_size=BATCH)
    if waits:
        Dependency.objects.bulk_create(waits, batch_size=BATCH)


def _needs(task: Task, levels: Mapping[int, int]) -> list[Need]:
    return [Need(workspace_id=task.workspace_id, task=task, skill_id=s, level=n) for s, n in levels.items()]


def fresh(task: Task, *, version: int | None = None) -> None:
    """Bring `task` up to date and hold its row until the transaction ends.

    Raises Missing when it is in the trash, Conflict when `version` is given and no longer the present one.
    """
    _reread(task)
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    if version is not None and version != task.version:
        raise Conflict(
            tr("%(task)s was changed by somebody else since you opened it. Look at it again, then save.", task=task)
        )


def _reread(task: Task) -> None:
    # Held alone, then read: a join would still look for the status that the task had before somebody moved it.
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)
    task.refresh_from_db(from_queryset=Task.objects.select_related("assignee", "status"))


def write(task: Task, *, now: datetime, **values: Any) -> None:
    """Change a task that `fresh` brought up to date, and count its version up."""
    won = Task.objects.filter(pk=task.pk, version=task.version)
    if not won.update(version=F("version") + 1, updated_at=now, **values):
        raise Conflict(tr("%(task)s was changed by somebody else a moment ago. Read it again.", task=task))
    task.version += 1
    task.updated_at = now
    for name, value in values.items():
        setattr(task, name, value)
    if "state" in values:
        follow_state(task)


def change_task(task: Task, *, actor: Actor, now: datetime, version: int | None = None, **values: Any) -> Task:
    """Change any of: title, description, priority, effort_low_min, effort_min, effort_high_min, release_at, due_at,
    labels, parent, external_id, needs as {skill id: level}, fields as {field id: value}, and type as the id of a type
    of work. What is equal already is neither written nor recorded.
    """
    require(may_edit_task(actor, task), tr("Only managers and whoever holds or created this task can change it."))
    if unknown := set(values) - {*COLUMNS, "needs", "fields", "type"}:
        raise TypeError(f"change_task does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        fresh(task, version=version)
        _check_open(task.project)
        needs, fields = values.pop("needs", None), values.pop("fields", {})
        changes, retyped = _retyped(task, values)
        changed = retyped | _changed(task, values)
        changes |= {
            name: [shown(name, getattr(task, name)), shown(name, value)]
            for name, value in changed.items()
            if name != "type_id"
        }
        if needs is not None:
            changes.update(_change_needs(task, needs))
        if fields:
            changes.update(change_values(task, fields, actor=actor))
        if changes:
            write(task, now=now, **changed)
            if fields or "effort_min" in changed:
                work_out([task])
            record("task.changed", task, actor=actor, now=now, changes=changes)
    return task


def _retyped(task: Task, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What another type changes, for the event and for the row; takes `type` out of the values."""
    milestone = is_milestone(task)
    changes: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    if "type" in values:
        found = check_type(task, values.pop("type"))
        type_id = None if found is None or found.base == TASK else found.id
        if type_id != task.type_id and found is not None:
            before = task.type.name if task.type else mark("Task")
            changes, changed = {"type": [before, found.name]}, {"type_id": type_id}
        milestone = found is not None and found.is_milestone
    if milestone:
        if any(values.get(name) is not None for name in EFFORTS):
            raise Invalid({"effort_min": tr("A milestone takes no effort; its subtasks do.")})
        values.update(dict.fromkeys(EFFORTS))
    return changes, changed


def _changed(task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    tidy = dict(values)
    if "title" in tidy:
        tidy["title"] = tidy["title"].strip()
    if "labels" in tidy:
        tidy["labels"] = tidy_labels(tidy["labels"])
    changed = {name: value for name, value in tidy.items() if getattr(task, name) != value}
    columns = [name for name in COLUMNS if name != "parent"]
    wrong = wrong_values({**{name: getattr(task, name) for name in columns}, **changed})
    if changed.get("parent") is not None and (text := _wrong_parent(task, changed["parent"])):
        wrong["parent"] = text
    if (
        changed.get("external_id")
        and Task.objects.filter(project_id=task.project_id, external_id=changed["external_id"]).exists()
    ):
        wrong["external_id"] = tr("Another task of this project already has this outside id.")
    if wrong:
        raise Invalid(wrong)
    return changed


def _wrong_parent(task: Task, parent: Task) -> str:
    if parent.project_id != task.project_id or parent.deleted_at is not None:
        return tr("The parent must be a task of the same project.")
    above: Task | None = parent
    while above is not None:
        if above.pk == task.pk:
            return tr(
                "%(parent)s is itself part of %(task)s; a task cannot be its own parent.", parent=parent, task=task
            )
        above = above.parent
    return ""


def _change_needs(task: Task, needs: Mapping[int, int]) -> dict[str, list[str]]:
    if any(not 1 <= level <= 5 for level in needs.values()):
        raise Invalid({"needs": tr("A needed level is a number from 1 to 5.")})
    check_skills(task.workspace_id, needs)
    before = {need.skill_id: need.level for need in Need.objects.filter(task=task)}
    if before == dict(needs):
        return {}
    skills = Skill.objects.filter(workspace_id=task.workspace_id, pk__in={*before, *needs})
    names = dict(skills.values_list("pk", "name"))
    Need.objects.filter(task=task).exclude(skill_id__in=needs).delete()
    for skill_id, level in needs.items():
        if before.get(skill_id) != level:
            Need.objects.update_or_create(
                task=task, skill_id=skill_id, defaults={"level": level, "workspace_id": task.workspace_id}
            )
    return {"needs": [_told(before, names), _told(needs, names)]}


def _told(needs: Mapping[int, int], names: Mapping[int, str]) -> str:
    return ", ".join(
        f"{names[skill]} ≥ {level}" for skill, level in sorted(needs.items(), key=lambda n: names[n[0]].casefold())
    )


def shown(name: str, value: Any) -> Any:
    """A field's value as people read it in the log."""
    if name == "priority":
        return in_english(Task.Priority(value).label)
    if name == "parent":
        return str(value) if value else ""
    return value


def hold_task(task: Task, worker: Worker | None, *, now: datetime) -> None:
    """Set who holds the task. No event and no permission of its own: called by the allocation's actions inside their
    transaction, which record why."""
    check_belongs([task], worker)
    _reread(task)
    write(task, now=now, assignee=worker)


def hold_tasks(tasks: Iterable[Task], worker: Worker | None, *, now: datetime) -> None:
    """`hold_task` for many tasks in one statement, without reading them again."""
    found = list(tasks)
    check_belongs(found, worker)
    held = Task.objects.filter(pk__in=[task.pk for task in found])
    held.update(assignee=worker, version=F("version") + 1, updated_at=now)


def delete_task(task: Task, *, actor: Actor, now: datetime) -> None:
    """Put the task into the trash; `restore_task` takes it out again."""
    require(may_delete_task(actor, task), tr("Only managers and whoever created this task can delete it."))
    with transaction.atomic():
        fresh(task)
        write(task, now=now, deleted_at=now)
        record("task.deleted", task, actor=actor, now=now)


def restore_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Take the task out of the trash, back to where it was (also into a full column: nothing may get lost)."""
    require(may_delete_task(actor, task), tr("Only managers and whoever created this task can restore it."))
    with transaction.atomic():
        _reread(task)
        if task.deleted_at is not None:
            write(task, now=now, deleted_at=None)
            record("task.restored", task, actor=actor, now=now)
    return task
