"""Opening the export of a workspace inside another one: numbers are mapped, people found by their address.

Brought in are people with their skills and hours, projects with their columns, and tasks with all that describes them.
Who holds an open task is decided anew by the same action as always, so that the assignment has its receipt here. What
is history (events, old plans, offers, receipts) stays in the archive.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from django.db import models, transaction

from fairlead.accounts.models import Membership, User, Workspace
from fairlead.allocation import actions as allocation
from fairlead.archive.actions.files import FilesOf, Progress
from fairlead.archive.content import name_of
from fairlead.archive.models import Twin
from fairlead.archive.parcel import DAMAGED, BadArchive
from fairlead.archive.permissions import may_keep_data
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Refused, require
from fairlead.people.models import Hours, Preference, PresenceState, Skill, TimeOff, Worker, WorkerSkill
from fairlead.work.models import (
    Attachment,
    AttachmentVersion,
    Comment,
    Criterion,
    Dependency,
    Need,
    Project,
    ProofNote,
    ProofPin,
    Status,
    Task,
    View,
)
from fairlead.work.states import OPEN

FORMAT: Final = "fairlead.workspace/1"
ORDER: Final[tuple[type[models.Model], ...]] = (
    Skill, PresenceState, Worker, WorkerSkill, Hours, TimeOff, Preference,
    Project, Status, Task, Need, Criterion, Dependency, Comment, View,
    Attachment, AttachmentVersion, ProofPin, ProofNote,
)  # fmt: skip
"""What is brought in; whatever a row points to comes before it."""

THEIR_OWN: Final = (Hours, TimeOff, Preference)
"""What somebody who is here already has said here, and what the archive does not change."""


@dataclass
class Opened:
    """What was brought in. `new` and `known`: rows by kind; `left`: rows whose person or thing is not here;
    `files`: contents whose bytes came; `lost`: versions of files that stayed out, by reason."""

    name: str
    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    assigned: int = 0
    files: int = 0
    lost: Counter[str] = field(default_factory=Counter)


def _silent(_done: int, _all: int) -> None:
    """Nobody looks on."""


def open_workspace(
    path: Path, *, actor: Actor, now: datetime, with_files: bool = True, on_file: Progress = _silent
) -> Opened:
    """Bring everything of the archive in, or nothing. Again: only what is not here yet.

    `on_file(done, all)`: after each file. Raises BadArchive, or Full when the files have no room here."""
    require(may_keep_data(actor), "Only an owner can open another workspace's export here.")
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("workspace.json"))
            if about["format"] != FORMAT:
                raise ValueError(f"its format is {about['format']!r}, this version reads {FORMAT}")
            opener = _Opener(archive, about, actor=actor, now=now)
            if with_files:
                opener.bring_files(on_file)
            with transaction.atomic():
                opener.take_all()
    except (*DAMAGED, zipfile.BadZipFile) as error:
        raise BadArchive(f"{path} is no export of a workspace, or is damaged ({error}).") from error
    opener.assign()
    return opener.opened


class _Opener:
    """Works through one archive, kind by kind."""

    def __init__(self, archive: zipfile.ZipFile, about: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
        self.archive, self.source, self.actor, self.now = archive, str(about["source"])[:64], actor, now
        self.opened = Opened(str(about["name"]))
        found = Twin.objects.filter(workspace_id=actor.workspace_id, source=self.source)
        self.twins = {(kind, there): here for kind, there, here in found.values_list("kind", "there", "here")}
        self.fresh: list[Twin] = []
        self.later: list[tuple[type[models.Model], int, str, int]] = []
        self.holders: dict[int, int] = {}
        self.met: set[int] = set()
        self.users = self._users()
        self.files = FilesOf(archive, actor.workspace_id)

    def bring_files(self, on_file: Progress) -> None:
        """The bytes of every version that is not here yet."""
        kind = name_of(AttachmentVersion)
        self.files.bring((row for row in self._rows(kind) if (kind, int(row["id"])) not in self.twins), on_file)
        self.opened.files, self.opened.lost = self.files.brought, self.files.left

    def _users(self) -> dict[int, int]:
        """Their members who are members here, by address."""
        here = Membership.objects.filter(workspace_id=self.actor.workspace_id).values_list("user__email", "user_id")
        by_email = dict(here)
        rows = self._rows("users")
        return {row["id"]: by_email[row["email"]] for row in rows if row["email"] in by_email}

    def _rows(self, kind: str) -> Iterator[dict[str, Any]]:
        name = f"data/{kind}.jsonl"
        if name in self.archive.namelist():
            with self.archive.open(name) as lines:
                for line in lines:
                    yield json.loads(line)

    def take_all(self) -> None:
        """Every kind in its order, then what points to a row of its own kind, then one event."""
        for model in ORDER:
            for row in self._rows(name_of(model)):
                self._take(model, row)
        for model, pk, name, there in self.later:
            here = self.twins.get((name_of(model), there))
            if here is not None:
                model._default_manager.filter(pk=pk).update(**{name: here})
        Twin.objects.bulk_create(self.fresh, batch_size=1000)
        if self.fresh:
            workspace = Workspace.objects.get(pk=self.actor.workspace_id)
            told = {"source": self.opened.name, "rows": dict(self.opened.new)}
            record("workspace.filled", workspace, actor=self.actor, now=self.now, **told)

    def _take(self, model: type[models.Model], row: dict[str, Any]) -> None:
        kind, there = name_of(model), int(row["id"])
        if (kind, there) in self.twins:
            self.opened.known[kind] += 1
            return
        values, later = self._values(model, row) if self.files.fit(model, row) else (None, {})
        if values is None:
            self.opened.left[kind] += 1
            return
        here = _same(model, values)
        if here is None:
            made = model(**values)
            made.save(force_insert=True)
            here = int(made.pk)
            self.opened.new[kind] += 1
            self.later += [(model, here, name, number) for name, number in later.items()]
            if model is Task and values["state"] in OPEN and row["assignee_id"]:
                self.holders[here] = int(row["assignee_id"])
        else:
            self.opened.known[kind] += 1
            self.met |= {here} if model is Worker else set()
        self.twins[kind, there] = here
        self.fresh.append(
            Twin(workspace_id=self.actor.workspace_id, source=self.source, kind=kind, there=there, here=here)
        )

    def _values(
        self, model: type[models.Model], row: Mapping[str, Any]
    ) -> tuple[dict[str, Any] | None, dict[str, int]]:
        """The row's values here (None: something that it needs is not here), and what points to its own kind."""
        values: dict[str, Any] = {}
        later: dict[str, int] = {}
        for column in model._meta.concrete_fields:
            given = row.get(column.attname)
            if column.primary_key or column.attname not in row:
                continue
            if not isinstance(column, models.ForeignKey):
                values[column.attname] = column.to_python(given)
            elif column.attname == "workspace_id":
                values["workspace_id"] = self.actor.workspace_id
            elif column.related_model is model and given is not None:
                later[column.attname] = int(given)
            else:
                found = self._pointed(column, given)
                if found is None and not column.null:
                    return None, {}
                values[column.attname] = found
        if model in THEIR_OWN and values["worker_id"] in self.met:
            return None, {}
        return self._fitted(model, values), later

    def _pointed(self, column: models.ForeignKey[Any, Any], given: Any) -> int | None:
        if given is None:
            return None
        if column.related_model is User:
            return self.users.get(int(given))
        return self.twins.get((name_of(column.related_model), int(given)))

    def _fitted(self, model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
        """What can be only once in a workspace gives way to what is here."""
        if model is PresenceState:
            values["is_default"] = False
        if model is Project:
            values["key"] = _free_key(values["workspace_id"], values["key"])
        if model is Task and values["state"] in OPEN:
            values["assignee_id"] = None
        return values

    def assign(self) -> None:
        """Open tasks go to whom they went there, by the action that everybody uses."""
        for task_id, there in self.holders.items():
            here = self.twins.get((name_of(Worker), there))
            worker = Worker.objects.filter(pk=here or 0).first()
            task = Task.objects.select_related("project").get(pk=task_id)
            if worker is not None:
                try:
                    reason = f"As in {self.opened.name}"
                    allocation.assign_task(task, worker, actor=self.actor, now=self.now, reason=reason)
                    self.opened.assigned += 1
                except Refused:
                    continue  # whoever left is given nothing; the task waits for somebody


def _same(model: type[models.Model], values: Mapping[str, Any]) -> int | None:
    """The row here that says the same already: skills and presence states by name, people by account or outside id."""
    inside = model._default_manager.filter(workspace_id=values["workspace_id"])
    if model is Skill:
        inside = inside.filter(name__iexact=values["name"], merged_into__isnull=True)
    elif model is PresenceState:
        inside = inside.filter(name__iexact=values["name"])
    elif model is Worker and values["user_id"] is not None:
        inside = inside.filter(user_id=values["user_id"])
    elif model is Worker and values["external_id"]:
        inside = inside.filter(external_id=values["external_id"])
    elif model is WorkerSkill:
        inside = inside.filter(worker_id=values["worker_id"], skill_id=values["skill_id"])
    elif model is View:
        inside = inside.filter(owner_id=values["owner_id"], name=values["name"])
    elif model is Hours:
        day = {name: values[name] for name in ("worker_id", "weekday", "from_min", "to_min")}
        inside = inside.filter(**day)
    else:
        return None
    return inside.values_list("pk", flat=True).first()


def _free_key(workspace_id: int, key: str) -> str:
    """The key itself, else with the first number behind it that makes it free."""
    taken = set(Project.objects.filter(workspace_id=workspace_id).values_list("key", flat=True))
    return next(k for n in count(1) if (k := key if n == 1 else f"{key[: 8 - len(str(n))]}{n}") not in taken)
