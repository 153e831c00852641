"""Reading imports, and what an import would do if it were run now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import QuerySet

from fairlead.events.actor import Actor
from fairlead.integrations.exports import own_id
from fairlead.integrations.kinds.csv.fields import PEOPLE, task_fields
from fairlead.integrations.kinds.csv.inbound import (
    Options,
    Own,
    PersonDraft,
    Read,
    TaskRow,
    read_people,
    read_table,
    read_tasks,
)
from fairlead.integrations.models import Import
from fairlead.integrations.permissions import may_import
from fairlead.integrations.saying import NOTHING, Said
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.lib.text import folded
from fairlead.people.models import Skill, Worker
from fairlead.work.fields.definitions import definitions
from fairlead.work.fields.stored import people_of, values_of
from fairlead.work.models import Project, Task
from fairlead.work.reach import reach_of
from fairlead.work.states import State
from fairlead.work.types.definitions import task_types
from fairlead.work.types.models import TASK, TaskType

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"


@dataclass(frozen=True)
class Row:
    """What becomes of one row of a file, and why it is refused if it is: in English, and for each reader."""

    file: str
    line: int
    label: str
    outcome: str
    why: str = ""
    said: Said = NOTHING


@dataclass
class Report:
    """What an import does or did: a count for each outcome of people and tasks, the refused rows, the new skills."""

    people: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    refused: list[Row] = field(default_factory=list)
    new_skills: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Count one row."""
        counts = self.people if row.file == "people" else self.tasks
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
        if row.outcome == REFUSED:
            self.refused.append(row)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, kept with the import."""
        return asdict(self)


@dataclass(frozen=True)
class Files:
    """Both files of an import, read by its mapping."""

    people: list[Read[PersonDraft]]
    tasks: list[Read[TaskRow]]

    @property
    def skills(self) -> list[str]:
        """Every skill that a usable row names, once for each spelling that differs."""
        named: dict[str, str] = {}
        for person in self.people:
            named.update({folded(s): s for s in (person.draft.skills if person.draft else ())})
        for task in self.tasks:
            named.update({folded(s): s for s in (task.draft.needs if task.draft else ())})
        return sorted(named.values(), key=str.casefold)


def imports(actor: Actor) -> QuerySet[Import]:
    """The imports of the workspace, newest first, for those who may import and see where it goes."""
    found = Import.objects.filter(workspace_id=actor.workspace_id) if may_import(actor) else Import.objects.none()
    return found.exclude(project_key__in=reach_of(actor).hidden_keys).order_by("-created_at")


def find_import(actor: Actor, number: int) -> Import:
    """One import. Raises Missing."""
    found = imports(actor).filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such import."))
    return found


def files(run: Import) -> Files:
    """Read the import's files by its mapping. Raises Invalid for a file that is no table."""
    options = Options(**run.mapping["options"])
    people = read_people(read_table(run.people_text), run.mapping["people"], options) if run.people_text else ()
    mapping, own = run.mapping["tasks"], own_of(run.workspace_id)
    tasks = read_tasks(read_table(run.tasks_text), mapping, options, own) if run.tasks_text else ()
    return Files(list(people), list(tasks))


def own_of(workspace_id: int) -> Own:
    """The custom fields and types of the workspace, as a file may name them."""
    fields = tuple(field for field in definitions(workspace_id) if field.typed and not field.archived)
    types: dict[str, int] = {}
    for kind in task_types(workspace_id):
        if not kind.archived:
            types |= {folded(text): kind.id for text in (kind.key, kind.name, kind.said)}
    return Own(fields, people_of(workspace_id, fields), types)


def known_skills(workspace_id: int) -> dict[str, int]:
    """The id of each skill by its folded name and synonyms."""
    found: dict[str, int] = {}
    for number, name, synonyms in Skill.objects.filter(workspace_id=workspace_id).values_list("id", "name", "synonyms"):
        found.update({folded(text): number for text in (*synonyms, name)})
    return found


def preview(run: Import) -> Report:
    """What running the import now would do; writes nothing."""
    read, report = files(run), Report()
    known = known_skills(run.workspace_id)
    report.new_skills = [name for name in read.skills if folded(name) not in known]
    workers = workers_by_external_id(run.workspace_id)
    for person in read.people:
        held = workers.get(person.draft.external_id) if person.draft else None
        report.add(
            _row(
                "people",
                person,
                held is None,
                bool(held and person.draft and person_changes(held, person.draft, known)),
            )
        )
    tasks = tasks_by_external_id(run)
    for task in read.tasks:
        before = tasks.get(task.draft.external_id) if task.draft else None
        report.add(
            _row("tasks", task, before is None, bool(before and task.draft and task_changes(before, task.draft, known)))
        )
    return report


def _row(file: str, read: Read[Any], new: bool, differs: bool) -> Row:
    if read.draft is None:
        return Row(file, read.line, read.label, REFUSED, read.problem, read.said)
    return Row(file, read.line, read.label, CREATED if new else UPDATED if differs else UNCHANGED)


def workers_by_external_id(workspace_id: int) -> dict[str, Worker]:
    """Workers by their outside id, else by the id under which a table of ours names them; with their skills at hand."""
    found = Worker.objects.filter(workspace_id=workspace_id).prefetch_related("skills")
    return {worker.external_id or own_id(worker.pk): worker for worker in found}


def tasks_by_external_id(run: Import) -> dict[str, Task]:
    """Tasks of the import's project by their outside id, else by their key, with their needs at hand."""
    found = Task.objects.filter(workspace_id=run.workspace_id, project__key=run.project_key)
    return {task.external_id or str(task): task for task in found.select_related("project").prefetch_related("needs")}


def person_changes(worker: Worker, draft: PersonDraft, known: Mapping[str, int]) -> dict[str, Any]:
    """The profile values that the file gives and the worker does not have; `skills` for new or other levels."""
    values = {"name": draft.name, **draft.profile}
    changes = {name: value for name, value in values.items() if getattr(worker, name) != value}
    levels = {s.skill_id: s.level for s in worker.skills.all()}
    skills = {name: n for name, n in draft.skills.items() if levels.get(known.get(folded(name), 0)) != n}
    return {**changes, **({"skills": skills} if skills else {})}


def task_changes(task: Task, draft: TaskRow, known: Mapping[str, int]) -> dict[str, Any]:
    """The values that the file gives and the task does not have. Its state is not taken from the file again, and a
    task in the trash stays as it is."""
    if task.deleted_at is not None:
        return {}
    values = {"title": draft.title, **draft.values}
    changes = {name: value for name, value in values.items() if _differs(getattr(task, name), value)}
    needs = {known.get(folded(name), 0): n for name, n in draft.needs.items()}
    changes |= _own_changes(task, draft)
    if draft.type is not None and not draft.values["description"]:
        changes.pop("description", None)  # the template of its type stands where the file says nothing
    if draft.type is not None and not needs:
        return changes
    return {**changes, **({"needs": needs} if needs != {n.skill_id: n.level for n in task.needs.all()} else {})}


def _own_changes(task: Task, draft: TaskRow) -> dict[str, Any]:
    """The custom fields and the type that the file gives and the task does not have."""
    changes: dict[str, Any] = {}
    if draft.fields:
        fields = tuple(field for field in definitions(task.workspace_id) if field.id in draft.fields)
        have = values_of([task.pk], fields).get(task.pk, {})
        if differ := {pk: value for pk, value in draft.fields.items() if have.get(pk) != value}:
            changes["fields"] = differ
    kind = draft.type
    if kind is not None and kind != task.type_id and (task.type_id or not _is_plain(kind)):
        changes["type"] = kind
    return changes


def _is_plain(type_id: int) -> bool:
    return TaskType.objects.filter(pk=type_id, base=TASK).exists()


def _differs(before: Any, after: Any) -> bool:
    return list(before) != list(after) if isinstance(after, tuple) else before != after


def project_of(run: Import) -> Project | None:
    """The project that the tasks go to, if it is there already."""
    return Project.objects.filter(workspace_id=run.workspace_id, key=run.project_key).first()


def guessed_statuses(project: Project) -> dict[State, Any]:
    """The first status of the project for each state."""
    found: dict[State, Any] = {}
    for status in project.statuses.order_by("-position"):
        found[State(status.state)] = status
    return found


def field_choices(workspace_id: int) -> dict[str, tuple[Any, ...]]:
    """What columns can be read as, for people and for tasks."""
    return {"people": PEOPLE, "tasks": task_fields(definitions(workspace_id))}
