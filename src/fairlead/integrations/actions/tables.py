"""Importing: keep the files, try them, run them. Running twice, or again after a crash, makes nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.integrations.actions.running import Progress, finish_import, keep_progress
from fairlead.integrations.kinds.csv.fields import PEOPLE, guess_mapping
from fairlead.integrations.kinds.csv.inbound import Options, PersonDraft, Read, TaskRow, read_table
from fairlead.integrations.kinds.csv.presets import recognised, task_mapping
from fairlead.integrations.models import Import
from fairlead.integrations.permissions import may_import
from fairlead.integrations.queries import (
    CREATED,
    REFUSED,
    UNCHANGED,
    UPDATED,
    Files,
    Report,
    Row,
    field_choices,
    files,
    guessed_statuses,
    known_skills,
    person_changes,
    project_of,
    task_changes,
    tasks_by_external_id,
    workers_by_external_id,
)
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import tr
from fairlead.lib.text import folded
from fairlead.people import actions as people
from fairlead.people.models import Skill
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.fields.models import Field
from fairlead.work.models import Project

BATCH = 100
Item = TypeVar("Item")


def create_import(
    *, people_file: tuple[str, str], tasks_file: tuple[str, str], project_key: str, actor: Actor, now: datetime
) -> Import:
    """Keep uploaded files (name, text; empty when not given) with a guessed mapping. Writes no people and no tasks."""
    require(may_import(actor), tr("Only managers can import. Ask one, or ask an admin for the role."))
    tables = {"people": read_table(people_file[1]) if people_file[1] else None,
              "tasks": read_table(tasks_file[1]) if tasks_file[1] else None}  # fmt: skip
    if not any(tables.values()):
        raise Invalid({"tasks_file": tr("Choose a file with tasks, a file with people, or both.")})
    if tables["tasks"] and not project_key:
        raise Invalid({"project_key": tr("Tasks need a project: choose one, or give the key of a new one.")})
    preset = recognised(tables["tasks"].headings) if tables["tasks"] else None
    choices = field_choices(actor.workspace_id)["tasks"]
    mapping = {
        "people": guess_mapping(tables["people"].headings, PEOPLE) if tables["people"] else {},
        "tasks": task_mapping(tables["tasks"].headings, preset, choices) if tables["tasks"] else {},
        "options": asdict(Options(**(preset.options if preset else {}))),
        "preset": preset.name if preset else "",
    }
    return Import.objects.create(
        workspace_id=actor.workspace_id, kind="csv", created_by_id=actor.user_id, created_at=now, mapping=mapping,
        project_key=project_key.strip().upper(), people_name=people_file[0], people_text=people_file[1],
        tasks_name=tasks_file[0], tasks_text=tasks_file[1],
    )  # fmt: skip


def change_mapping(
    run: Import, mapping: Mapping[str, Mapping[str, list[str]]], options: Options, *, actor: Actor
) -> Import:
    """Read the columns differently. Raises Conflict once it was started, Invalid when a needed column is missing."""
    require(may_import(actor), tr("Only managers can import."))
    choices = field_choices(actor.workspace_id)
    wrong = {
        f"{file}-{field.name}": field.missing
        for file, fields, text in (("people", PEOPLE, run.people_text), ("tasks", choices["tasks"], run.tasks_text))
        for field in fields
        if text and field.required and not mapping[file].get(field.name)
    }
    if wrong:
        raise Invalid(wrong)
    chosen = {"people": dict(mapping["people"]), "tasks": dict(mapping["tasks"]), "options": asdict(options)}
    run.mapping = {**run.mapping, **chosen}
    if not Import.objects.filter(pk=run.pk, state=Import.State.DRAFT).update(mapping=run.mapping):
        raise Conflict(tr("This import was started already; upload the files again to read them differently."))
    return run


def run_tables(run: Import, *, actor: Actor, now: datetime, on_progress: Progress | None = None) -> Report:
    """Create and update people and tasks row by row; refused rows are reported and skipped.

    Commits every hundred rows, so that a crash loses nothing and the next run goes on where it stopped.
    """
    require(may_import(actor), tr("Only managers can import."))
    read = files(run)
    clerk = _Clerk(run, read, actor=actor, now=now, on_progress=on_progress)
    clerk.add_skills()
    clerk.add_people()
    if read.tasks:
        clerk.add_tasks(_project(run, actor=actor, now=now))
    return clerk.finish()


def _project(run: Import, *, actor: Actor, now: datetime) -> Project:
    found = project_of(run)
    if found is not None:
        return found
    name = run.tasks_name.rsplit(".", 1)[0].replace("_", " ").strip().title() or run.project_key
    return work.create_project(key=run.project_key, name=name, actor=actor, now=now)


class _Clerk:
    """Works through one import, row by row, keeping the report and the progress."""

    def __init__(self, run: Import, read: Files, *, actor: Actor, now: datetime, on_progress: Progress | None) -> None:
        self.run, self.read, self.actor, self.now = run, read, actor, now
        self.report, self.done = Report(), 0
        self.on_progress = on_progress or keep_progress(run)
        self.known = known_skills(run.workspace_id)

    def add_skills(self) -> None:
        """Skills that the files name and the taxonomy does not have."""
        for name in self.read.skills:
            if folded(name) not in self.known:
                skill = people.create_skill(name, actor=self.actor, now=self.now)
                self.known[folded(name)] = skill.pk
                self.report.new_skills.append(name)

    def add_people(self) -> None:
        """People, each with their skills in a transaction of their own."""
        workers = workers_by_external_id(self.run.workspace_id)
        skills = Skill.objects.filter(workspace_id=self.run.workspace_id).in_bulk()
        for read in self.read.people:
            with transaction.atomic():
                self._note("people", read, self._person(read.draft, workers, skills) if read.draft else REFUSED)
            self._advance(1)

    def _person(self, draft: PersonDraft, workers: Mapping[str, Any], skills: Mapping[int, Skill]) -> str:
        worker, outcome = workers.get(draft.external_id), UNCHANGED
        changes: dict[str, Any] = {"skills": draft.skills}
        if worker is None:
            made = {**draft.profile, "external_id": draft.external_id}
            worker = people.create_worker(name=draft.name, actor=self.actor, now=self.now, **made)
            outcome = CREATED
        elif changes := person_changes(worker, draft, self.known):
            profile = {k: v for k, v in changes.items() if k != "skills"}
            if profile:
                people.change_worker(worker, actor=self.actor, now=self.now, **profile)
            outcome = UPDATED
        for name, level in changes.get("skills", {}).items():
            people.set_skill(worker, skills[self.known[folded(name)]], level, actor=self.actor, now=self.now)
        return outcome

    def add_tasks(self, project: Project) -> None:
        """Tasks, a hundred in a transaction."""
        before, statuses = tasks_by_external_id(self.run), guessed_statuses(project)
        for batch in _batches(self.read.tasks, BATCH):
            self._switch_on(project, batch)
            with transaction.atomic():
                new = [read for read in batch if read.draft and read.draft.external_id not in before]
                drafts = [self._draft(read.draft, statuses) for read in new if read.draft]
                work.create_tasks(project, drafts, actor=self.actor, now=self.now)
                for read in batch:
                    self._note("tasks", read, CREATED if read in new else self._task(read, before))
            self._advance(len(batch))

    def _switch_on(self, project: Project, batch: list[Read[TaskRow]]) -> None:
        """The file has values for these fields: the project gets them."""
        used = {pk for read in batch if read.draft for pk in read.draft.fields}
        for field in Field.objects.filter(workspace_id=self.run.workspace_id, pk__in=used).exclude(
            projects_on__project=project
        ):
            work.switch_on(field, project, actor=self.actor, now=self.now)

    def _draft(self, row: TaskRow, statuses: Mapping[Any, Any]) -> TaskDraft:
        needs = {self.known[folded(name)]: level for name, level in row.needs.items()}
        return TaskDraft(
            title=row.title,
            external_id=row.external_id,
            needs=needs,
            status=statuses.get(row.state),
            fields=row.fields,
            type=row.type,
            **row.values,
        )

    def _task(self, read: Read[TaskRow], before: Mapping[str, Any]) -> str:
        if read.draft is None:
            return REFUSED
        task = before[read.draft.external_id]
        changes = task_changes(task, read.draft, self.known)
        if not changes:
            return UNCHANGED
        work.change_task(task, actor=self.actor, now=self.now, **changes)
        return UPDATED

    def _note(self, file: str, read: Read[Any], outcome: str) -> None:
        self.report.add(Row(file, read.line, read.label, outcome, read.problem, read.said))

    def _advance(self, rows: int) -> None:
        self.done += rows
        if self.done % 10 == 0 or rows > 1:
            self.on_progress(self.done, len(self.read.people) + len(self.read.tasks))

    def finish(self) -> Report:
        """Keep the report and say in the log what the import did."""
        finish_import(self.run, self.report, self.done, actor=self.actor, now=self.now)
        return self.report


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
