"""Importing a board: its lists become columns, its cards tasks. Importing it again takes over what changed there,
unless somebody has changed the same thing here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from fairlead.allocation import actions as allocation
from fairlead.events.actor import Actor
from fairlead.integrations.actions.running import Progress, finish_import, keep_progress
from fairlead.integrations.boards import (
    ARCHIVED,
    NEW,
    NOBODY,
    BoardReport,
    Difference,
    Plan,
    count_new,
    difference,
    external_id,
    first_choices,
    known_people,
    origins_of,
    plan_of,
    refuse,
    said,
    tasks_of,
)
from fairlead.integrations.kinds.trello.inbound import Card, Item, Remark, read_board
from fairlead.integrations.models import Import, Origin
from fairlead.integrations.permissions import may_import
from fairlead.integrations.queries import CREATED, UNCHANGED, Row, guessed_statuses, project_of
from fairlead.integrations.saying import Said
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, mark, tr
from fairlead.lib.text import folded
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.drafts import MAX_TEXT, TaskDraft
from fairlead.work.models import Criterion, Project, Status, Task
from fairlead.work.states import OVER, State

ONLY_MANAGERS: Final = later("Only managers can import. Ask one, or ask an admin for the role.")
MAX_BODY: Final = 20_000


def create_board_import(*, file: tuple[str, str], project_key: str, actor: Actor, now: datetime) -> Import:
    """Keep an uploaded board (name, text) with guessed choices. Writes no tasks and no people."""
    require(may_import(actor), ONLY_MANAGERS)
    if not project_key.strip():
        raise Invalid({"project_key": tr("Tasks need a project: choose one, or give the key of a new one.")})
    board = read_board(file[1])
    return Import.objects.create(
        workspace_id=actor.workspace_id, kind="trello", created_by_id=actor.user_id, created_at=now,
        mapping=first_choices(board, actor.workspace_id, project_key.strip().upper()),
        project_key=project_key.strip().upper(),
        tasks_name=file[0], tasks_text=file[1],
    )  # fmt: skip


def change_choices(
    run: Import, *, states: Mapping[str, str], members: Mapping[str, str], archived: str, actor: Actor
) -> Import:
    """Choose what each list means, who each member is, and what becomes of archived cards."""
    require(may_import(actor), ONLY_MANAGERS)
    known = {NOBODY, NEW, *(str(person["id"]) for person in known_people(actor.workspace_id))}
    if set(members.values()) - known:
        raise Invalid({"members": tr("Choose people of this workspace.")})
    if set(states.values()) - set(State.values) or archived not in {value for value, _, _ in ARCHIVED}:
        raise Invalid({"lists": tr("Choose one of the states.")})
    run.mapping = {
        "lists": {**run.mapping["lists"], **states},
        "members": {**run.mapping["members"], **members},
        "archived": archived,
    }
    if not Import.objects.filter(pk=run.pk, state=Import.State.DRAFT).update(mapping=run.mapping):
        raise Conflict(tr("This import was started already; upload the file again to choose otherwise."))
    return run


def run_board(run: Import, *, actor: Actor, now: datetime, on_progress: Progress | None = None) -> BoardReport:
    """Columns, people, then card by card, each in a transaction of its own: after a crash the next run goes on."""
    require(may_import(actor), ONLY_MANAGERS)
    clerk = _Clerk(run, plan_of(run), actor=actor, now=now)
    clerk.add_people()
    clerk.add_columns()
    tell, cards = on_progress or keep_progress(run), clerk.plan.cards
    # What is below comes first, since a new card is put on top of its column.
    for done, card in enumerate(reversed(cards), 1):
        with transaction.atomic():
            clerk.take(card)
        if done % 10 == 0 or done == len(cards):
            tell(done, len(cards))
    refuse(clerk.report, clerk.plan.board)
    finish_import(run, clerk.report, len(cards), actor=actor, now=now)
    return clerk.report


class _Clerk:
    """Works through one board, card by card, keeping the report."""

    def __init__(self, run: Import, plan: Plan, *, actor: Actor, now: datetime) -> None:
        self.run, self.plan, self.report = run, plan, BoardReport()
        self.by: dict[str, Any] = {"actor": actor, "now": now}
        self.tasks, self.origins = tasks_of(run), origins_of(run)
        self.people: dict[str, Worker] = {}

    def add_people(self) -> None:
        """Whoever the members are, made where that was chosen and they are not there from an earlier import."""
        here = {str(w.pk): w for w in Worker.objects.filter(workspace_id=self.run.workspace_id)}
        imported = {worker.external_id: worker for worker in here.values() if worker.external_id}
        for member in self.plan.board.members:
            chosen = self.plan.people.get(member.id, NOBODY)
            if chosen == NEW:
                known = imported.get(external_id(member.id))
                self.people[member.id] = known or people.create_worker(
                    kind="employee", name=member.name, external_id=external_id(member.id), **self.by
                )
                self.report.add(Row("people", 0, member.name, UNCHANGED if known else CREATED))
            elif chosen in here:
                self.people[member.id] = here[chosen]

    def add_columns(self) -> None:
        """A column for each list. In a new project those that no list has are taken away."""
        project = project_of(self.run)
        fresh = project is None
        if project is None:
            project = work.create_project(key=self.run.project_key, name=self.plan.board.name, **self.by)
        self.project: Project = project
        there = {folded(s.name): s for s in Status.objects.filter(project=project)}
        for one in self.plan.lists:
            if folded(one.name) not in there:
                try:
                    there[folded(one.name)] = work.add_status(project, one.name, self.plan.states[one.id], **self.by)
                    self.report.columns.append(one.name)
                except Refused as refusal:
                    told = {"name": one.name, "why": refusal.detail}
                    self.report.notes.append(Said(mark("The list %(name)s got no column: %(why)s"), told))
        if fresh:
            self._remove_unused({folded(one.name) for one in self.plan.lists})
        self.columns = {folded(s.name): s for s in Status.objects.filter(project=project)}
        self.by_state = guessed_statuses(project)

    def _remove_unused(self, used: set[str]) -> None:
        for status in Status.objects.filter(project=self.project).select_related("project"):
            if folded(status.name) not in used and status.state not in (State.DONE, State.CANCELLED):
                try:
                    work.remove_status(status, None, **self.by)
                except Refused:
                    continue  # a board keeps a column where work waits

    def _column(self, card: Card) -> Status | None:
        state = self.plan.state(card)
        name = next((folded(one.name) for one in self.plan.lists if one.id == card.list_id), "")
        named = self.columns.get(name)
        return named if named is not None and named.state == state else self.by_state.get(state)

    def take(self, card: Card) -> None:
        """A new task, or what has changed since the last import."""
        task = self.tasks.get(external_id(card.id))
        if task is None:
            self._create(card)
        elif task.deleted_at is not None:
            self.report.add(Row("tasks", 0, card.values["title"], UNCHANGED))
        else:
            self._update(card, task)

    def _create(self, card: Card) -> None:
        count_new(self.report, card, self.plan)
        status = self._column(card)
        over = status is not None and status.state in OVER
        values = {**card.values, "description": _with_items(card)} if over else card.values
        draft = TaskDraft(
            **values, status=status, external_id=external_id(card.id),
            criteria=() if over else tuple(item.text for item in card.items),
        )  # fmt: skip
        task = work.create_task(self.project, draft, **self.by)
        if not over:
            self._check_items(task, card.items)
            self._assign(task, card)
        self._say(task, card.remarks)
        self._remember(task, card)

    def _check_items(self, task: Task, items: tuple[Item, ...]) -> None:
        criteria = Criterion.objects.filter(task=task).order_by("position").select_related("task__project")
        for criterion, item in zip(criteria, items, strict=True):
            if item.checked:
                work.check_criterion(criterion, **self.by)

    def _assign(self, task: Task, card: Card) -> None:
        worker = next((self.people[m] for m in card.members if m in self.people), None)
        if worker is not None:
            task.refresh_from_db()
            allocation.assign_task(task, worker, reason=mark("As on the board in Trello"), **self.by)

    def _say(self, task: Task, remarks: tuple[Remark, ...]) -> None:
        for remark in remarks:
            when = f"{remark.at:%Y-%m-%d %H:%M} UTC"
            text = re.sub(r"(?<!\w)@(?=\w)", "", remark.text)  # nobody is called for what was said long ago
            work.add_comment(task, f"**{remark.by}** in Trello, {when}:\n\n{text}"[:MAX_BODY], internal=True, **self.by)

    def _update(self, card: Card, task: Task) -> None:
        origin = self.origins.get(task.pk)
        found = difference(card, self.plan.state(card), task, origin.values if origin else {})
        self.report.add(Row("tasks", 0, card.values["title"], found.outcome))
        self.report.kept += len(found.kept)
        if found.take:
            work.change_task(task, **found.take, **self.by)
        if found.moved:
            self._move(task, card)
        self._add_items(task, found)
        self._say(task, found.remarks)
        self.report.remarks += len(found.remarks)
        if origin is None or origin.values != said(card, self.plan.state(card)):
            self._remember(task, card)

    def _move(self, task: Task, card: Card) -> None:
        status = self._column(card)
        if status is not None and status.pk != task.status_id:
            try:
                with transaction.atomic():
                    work.move_task(task, status, **self.by)
            except Refused as refusal:
                told = {"task": str(task), "why": refusal.detail}
                self.report.notes.append(Said(mark("%(task)s stays where it is: %(why)s"), told))

    def _add_items(self, task: Task, found: Difference) -> None:
        for item in found.items if task.state not in OVER else ():
            criterion = work.add_criterion(task, item.text, **self.by)
            if item.checked:
                work.check_criterion(criterion, **self.by)
            self.report.items += 1

    def _remember(self, task: Task, card: Card) -> None:
        Origin.objects.update_or_create(
            task=task,
            defaults={
                "workspace_id": task.workspace_id, "kind": self.run.kind, "values": said(card, self.plan.state(card)),
            },
        )  # fmt: skip


def _with_items(card: Card) -> str:
    """The checklist of a card that is over, as text: what it was measured by is history."""
    lines = "\n".join(f"- {'☑' if item.checked else '☐'} {item.text}" for item in card.items)
    return "\n\n".join(part for part in (card.values["description"], lines) if part)[:MAX_TEXT]
