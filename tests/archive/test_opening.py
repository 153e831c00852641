"""The export of a workspace opens in another one: everything arrives once, points to the right things, and works."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive.test_data import data_folder  # noqa: F401  a fixture
from conftest import World, make_world
from fairlead.accounts import actions as accounts
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Assignment
from fairlead.archive import actions
from fairlead.archive.actions.exports import folder
from fairlead.archive.parcel import BadArchive
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden
from fairlead.people import actions as people
from fairlead.people.models import Skill, Worker, WorkerSkill
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Comment, Criterion, Dependency, Need, Project, Status, Task


@pytest.fixture
def world(committed: None, now: datetime) -> World:
    """Acme with work, and charlie's workspace with a skill and a project of the same names; bob is a member there."""
    world = make_world()
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    bob = people.create_worker(kind="employee", name="Bob", user=world.bob.user, **by)
    ann = people.create_worker(kind="freelancer", name="Ann", **by)
    parent, skill = people.create_skill("Craft", **by), people.create_skill("Writing", **by)
    people.change_skill(skill, parent=parent, **by)
    people.set_skill(ann, skill, 4, **by)
    project = work.create_project(key="WEB", name="Site", **by)
    drafts = [TaskDraft(title=f"Task {n}", needs={skill.pk: 2}, criteria=("Short",), effort_min=30) for n in range(3)]
    tasks = work.create_tasks(project, drafts, **by)
    work.add_dependency(tasks[2], tasks[0], **by)
    work.change_task(tasks[1], parent=tasks[2], **by)
    allocation.assign_task(Task.objects.get(pk=tasks[0].pk), ann, **by)
    work.add_comment(tasks[0], "Hello", internal=True, actor=world.bob.actor, now=now)
    assert bob.pk
    enter(world.charlie.workspace.pk)
    theirs: dict[str, Any] = {"actor": world.charlie.actor, "now": now}
    accounts.add_member(world.bob.user, "contributor", **theirs)
    people.create_skill("writing", **theirs)
    work.create_project(key="WEB", name="Other", **theirs)
    enter(world.workspace.pk)
    return world


@pytest.fixture
def file(world: World, now: datetime) -> Path:
    export = actions.request_export(actor=world.olga.actor, now=now)
    actions.make_export(export, now=now)
    export.refresh_from_db()
    return folder(world.workspace.pk) / export.file_name


def _counts() -> dict[str, int]:
    kinds = (Skill, Worker, WorkerSkill, Project, Status, Task, Need, Criterion, Dependency, Comment, Assignment)
    return {kind.__name__: kind.objects.count() for kind in kinds}  # type: ignore[attr-defined]


def test_everything_arrives_once_and_points_to_the_right_things(world: World, file: Path, now: datetime) -> None:
    enter(world.charlie.workspace.pk)
    done = actions.open_workspace(file, actor=world.charlie.actor, now=now)
    assert (done.name, done.new["work.task"], done.new["people.worker"], done.assigned) == ("Acme", 3, 2, 1)
    assert done.known["people.skill"] == 1
    project = Project.objects.get(name="Site")
    assert project.key == "WEB2"
    tasks = {task.title: task for task in Task.objects.filter(project=project).select_related("assignee", "parent")}
    assert tasks["Task 1"].parent == tasks["Task 2"]
    assert Dependency.objects.get().after == tasks["Task 0"]
    assert Need.objects.filter(task=tasks["Task 0"]).get().skill == Skill.objects.get(name="writing")
    assert Skill.objects.get(name="Craft").workspace_id == world.charlie.workspace.pk
    assert str(tasks["Task 0"].assignee) == "Ann"
    assert Assignment.objects.get().receipt.task == tasks["Task 0"]
    assert Comment.objects.get().author == world.bob.user
    assert Worker.objects.get(name="Bob").user == world.bob.user
    assert WorkerSkill.objects.get().worker == Worker.objects.get(name="Ann")
    assert work.create_task(project, TaskDraft(title="Next"), actor=world.charlie.actor, now=now).number == 4
    before, events = _counts(), Event.objects.count()
    again = actions.open_workspace(file, actor=world.charlie.actor, now=now)
    assert (_counts(), Event.objects.count(), again.assigned) == (before, events, 0)
    assert not again.new
    assert verify(world.charlie.workspace.pk).problems == []


def test_what_is_no_export_is_refused_and_only_an_owner_opens_one(world: World, file: Path, now: datetime) -> None:
    wrong = file.with_name("wrong.zip")
    wrong.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(BadArchive, match="no export of a workspace"):
        actions.open_workspace(wrong, actor=world.olga.actor, now=now)
    for who in (world.alice, world.bob, world.clara, world.echo):
        with pytest.raises(Forbidden):
            actions.open_workspace(file, actor=who.actor, now=now)
