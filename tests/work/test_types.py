"""Types of work: templates, columns, approvals by quorum, milestones; and checklists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import Person
from fairlead.accounts.models import Workspace
from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden, Invalid, Refused
from fairlead.work import actions
from fairlead.work.models import ChecklistItem, Criterion, Need, Status, Task
from fairlead.work.types.definitions import TypeDef, task_types
from fairlead.work.types.models import TaskType
from work.conftest import Site, skill, worker_for


def of(site: Site, key: str) -> TypeDef:
    return next(t for t in task_types(site.world.workspace.pk) if t.key == key)


def by(who: Person, site: Site) -> dict[str, Any]:
    return {"actor": who.actor, "now": site.now}


def test_every_workspace_has_the_five_types(site: Site) -> None:
    for workspace in Workspace.objects.filter(pk=site.world.workspace.pk):
        keys = list(TaskType.objects.filter(workspace=workspace).values_list("key", "base"))
        assert keys == [(k, k) for k in ("task", "request", "bug", "approval", "milestone")]


def test_a_template_fills_what_is_left_empty_and_no_more(site: Site) -> None:
    python = skill(site.world, "Python", site.now)
    made = actions.create_type(
        "Landing page", icon="palette", color=3, description="**Goal**",
        criteria="Loads fast\nReads well", effort_min=90, needs={python.pk: 3}, **by(site.world.alice, site),
    )  # fmt: skip
    task = site.make("Shop", type=made.pk)
    assert (task.description, task.effort_min, task.type) == ("**Goal**", 90, made)
    assert list(Criterion.objects.filter(task=task).values_list("text", flat=True)) == ["Loads fast", "Reads well"]
    assert list(Need.objects.filter(task=task).values_list("skill", "level")) == [(python.pk, 3)]
    own = site.make("Shop", type=made.pk, description="Mine", effort_min=30, criteria=("Short",), needs={python.pk: 1})
    assert (own.description, own.effort_min, own.criteria.count()) == ("Mine", 30, 1)


def test_a_type_called_new_has_a_page_of_its_own(site: Site) -> None:
    keys = [actions.create_type(name, **by(site.world.alice, site)).key for name in ("New", "Newer")]
    assert keys == ["new_2", "newer"]
    field = actions.create_field("New", "text", **by(site.world.alice, site))
    assert field.key == "new_2"
    with pytest.raises(Invalid, match="taken"):
        actions.create_field("Newest", "text", key="new", **by(site.world.alice, site))


def test_a_client_asks_with_requests(site: Site) -> None:
    actions.share_project(site.project, site.world.clara.user, **by(site.world.alice, site))
    task = site.make("Please", by=site.world.clara, type=of(site, "bug").id)
    assert task.type is not None
    assert task.type.key == "request"


def test_a_type_keeps_to_its_columns(site: Site) -> None:
    alice = site.world.alice
    bug = TaskType.objects.get(workspace=site.world.workspace, key="bug")
    ids = [site.column(name).pk for name in ("Ready", "In progress", "Done")]
    actions.change_type(bug, columns=ids, **by(alice, site))
    task = site.make("Broken", type=bug.pk)
    assert task.status.name == "Ready"
    actions.start_task(task, **by(alice, site))
    with pytest.raises(actions.WrongColumn, match="Bug: these go to Ready, In progress, Done only"):
        actions.move_task(task, site.column("In review"), **by(alice, site))
    outcome = actions.change_many([str(task)], actions.TaskEdit(status_id=site.column("Backlog").pk), **by(alice, site))
    assert "Ready, In progress, Done only" in outcome.skipped[0][1]
    plain = site.make("Plain", status=site.column("Backlog"))
    with pytest.raises(actions.WrongColumn):
        actions.change_task(plain, type=bug.pk, **by(alice, site))
    with pytest.raises(actions.WrongColumn):
        site.make("Broken", type=bug.pk, status=site.column("Backlog"))


def test_another_type_is_told_and_comes_back(site: Site) -> None:
    alice, task, bug = site.world.alice, site.make(), of(site, "bug")
    batch = actions.change_one(task, actions.TaskEdit(type_id=bug.id), **by(alice, site))
    told = Event.objects.filter(kind="task.changed").latest("seq").payload["changes"]
    assert told == {"type": ["Task", "Bug"]}
    actions.undo_batch(batch, **by(alice, site))
    assert Task.objects.get(pk=task.pk).type is None
    actions.change_task(task, type=of(site, "task").id, **by(alice, site))
    assert Task.objects.get(pk=task.pk).type is None


def test_types_are_the_managers_and_the_workspaces_own(site: Site) -> None:
    world = site.world
    for who in (world.bob, world.echo, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            actions.create_type("Mine", **by(who, site))
    bug = TaskType.objects.get(workspace=world.workspace, key="bug")
    with pytest.raises(Forbidden):
        actions.change_type(bug, name="Ours", **by(world.charlie, site))
    with pytest.raises(Refused, match="built in"):
        actions.delete_type(bug, **by(world.alice, site))
    own = actions.create_type("Video", **by(world.alice, site))
    task = site.make(type=own.pk)
    with pytest.raises(Refused, match="1 task is of this type"):
        actions.delete_type(own, **by(world.alice, site))
    actions.archive_type(own, **by(world.alice, site))
    with pytest.raises(Invalid):
        site.make(type=own.pk)
    actions.change_task(task, type=of(site, "task").id, **by(world.alice, site))
    actions.delete_type(own, **by(world.alice, site))


def approval(site: Site, *people: Person, quorum: int = 1) -> Task:
    """An approval that alice asks for, in review."""
    alice = site.world.alice
    task = site.make("The logo", type=of(site, "approval").id)
    actions.name_approvers(task, [who.user for who in people], quorum, **by(alice, site))
    actions.start_task(task, **by(alice, site))
    actions.submit_task(task, **by(alice, site))
    return task


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def test_an_approval_is_done_by_its_quorum_only(site: Site) -> None:
    world = site.world
    task = approval(site, world.bob, world.dana, world.olga, quorum=2)
    with pytest.raises(actions.NotApproved, match="0 of 2"):
        actions.complete_task(task, **by(world.alice, site))
    actions.give_approval(task, "Good", **by(world.bob, site))
    assert state(task) == "review"
    actions.give_approval(task, "Good again", **by(world.bob, site))
    assert state(task) == "review"
    actions.give_approval(task, **by(world.olga, site))
    assert state(task) == "done"
    told = (
        Event.objects.filter(kind="task.approval_given").order_by("seq").values_list("actor_name", "payload__comment")
    )
    assert list(told) == [("Bob", "Good"), ("Bob", "Good again"), ("Olga", "")]
    with pytest.raises(Refused, match="decided already"):
        actions.refuse_approval(task, "No", **by(world.dana, site))


def test_who_may_not_approve(site: Site) -> None:
    world = site.world
    task = site.make("The logo", type=of(site, "approval").id, by=world.alice)
    for who, part in ((world.alice, "asked for an approval"), (world.echo, "AI agent"), (world.charlie, "members")):
        with pytest.raises(Invalid, match=part):
            actions.name_approvers(task, [who.user], 1, **by(world.alice, site))
    actions.name_approvers(task, [world.bob.user], 1, **by(world.alice, site))
    for who in (world.alice, world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.give_approval(task, **by(who, site))
    with pytest.raises(Forbidden):
        actions.name_approvers(task, [world.dana.user], 1, **by(world.dana, site))
    with pytest.raises(Invalid, match="Between 1 and 1"):
        actions.name_approvers(task, [world.bob.user], 2, **by(world.alice, site))
    with pytest.raises(Refused, match="no approval"):
        actions.name_approvers(site.make(), [world.bob.user], 1, **by(world.alice, site))


def test_naming_the_same_approvers_again_is_no_news(site: Site) -> None:
    world = site.world
    task = site.make("The logo", type=of(site, "approval").id)
    for people, quorum in (((world.bob, world.dana), 1), ((world.dana, world.bob), 1), ((world.bob, world.dana), 2)):
        actions.name_approvers(task, [who.user for who in people], quorum, **by(world.alice, site))
    told = Event.objects.filter(kind="task.approvers_named").order_by("seq").values_list("payload", flat=True)
    assert [(it["changes"]["approvers"], it["quorum"]) for it in told] == [
        ([[], ["Bob", "Dana"]], 1),
        ([["Bob", "Dana"], ["Bob", "Dana"]], 2),
    ]


def test_a_rejection_cancels_when_the_rest_would_not_be_enough(site: Site) -> None:
    world = site.world
    task = approval(site, world.bob, world.dana, world.olga, quorum=2)
    with pytest.raises(Invalid, match="Say why"):
        actions.refuse_approval(task, " ", **by(world.bob, site))
    actions.refuse_approval(task, "Too blue", **by(world.bob, site))
    assert state(task) == "review"
    actions.refuse_approval(task, "Too blue", **by(world.dana, site))
    assert state(task) == "cancelled"


def test_asking_for_changes_sends_it_back_and_everybody_decides_anew(site: Site) -> None:
    world = site.world
    task = approval(site, world.bob, world.dana, quorum=2)
    actions.give_approval(task, **by(world.bob, site))
    actions.send_back(task, "Larger, please", **by(world.dana, site))
    assert state(task) == "running"
    verdicts = dict(task.approvers.values_list("user__name", "verdict"))
    assert verdicts == {"Bob": "", "Dana": "changes"}


def test_a_milestone_takes_no_effort_and_is_reached_last(site: Site) -> None:
    alice, milestone = site.world.alice, of(site, "milestone").id
    with pytest.raises(Invalid, match="takes no effort"):
        site.make("Launch", type=milestone, effort_min=60)
    launch = site.make("Launch", type=milestone)
    part, before = site.make("Texts", parent=launch), site.make("Servers")
    actions.add_dependency(launch, before, **by(alice, site))
    with pytest.raises(Invalid, match="takes no effort"):
        actions.change_task(launch, effort_min=60, **by(alice, site))
    with pytest.raises(Refused, match=str(before)):
        actions.complete_task(launch, **by(alice, site))
    actions.complete_task(before, **by(alice, site))
    with pytest.raises(actions.PartsOpen, match=f"reached when {part} is done"):
        actions.complete_task(launch, **by(alice, site))
    actions.cancel_task(part, **by(alice, site))
    actions.complete_task(launch, **by(alice, site))
    assert state(launch) == "done"
    sized = site.make("Later", effort_min=60)
    actions.change_task(sized, type=milestone, **by(alice, site))
    assert Task.objects.get(pk=sized.pk).effort_min is None


def test_a_checklist_is_ticked_off_ordered_and_made_into_subtasks(site: Site) -> None:
    alice, bob = site.world.alice, worker_for(site.world.bob, site.now)
    task = site.make()
    items = [actions.add_item(task, text, **by(alice, site)) for text in ("One", "Two", "Three")]
    actions.place_item(items[2], 0, actor=alice.actor)
    assert list(task.checklist.values_list("text", flat=True)) == ["Three", "One", "Two"]
    actions.change_item(items[0], assignee=bob, due_on=date(2026, 12, 1), **by(alice, site))
    item = actions.check_item(ChecklistItem.objects.get(pk=items[0].pk), **by(site.world.bob, site))
    assert item.done_by == site.world.bob.user
    with pytest.raises(Refused, match="done already"):
        actions.item_to_subtask(item, **by(alice, site))
    actions.uncheck_item(item, **by(site.world.bob, site))
    made = actions.item_to_subtask(ChecklistItem.objects.get(pk=item.pk), **by(alice, site))
    assert (made.title, made.parent, Task.objects.get(pk=made.pk).assignee) == ("One", task, bob)
    assert made.due_at is not None
    actions.remove_item(items[1], **by(alice, site))
    assert list(task.checklist.values_list("text", flat=True)) == ["Three"]
    actions.complete_task(task, **by(alice, site))


def test_a_checklist_is_changed_by_those_of_the_task(site: Site) -> None:
    world, task = site.world, site.make()
    item = actions.add_item(task, "One", **by(world.alice, site))
    for who in (world.bob, world.echo, world.clara, world.audrey, world.charlie):
        for act in (actions.check_item, actions.remove_item, actions.item_to_subtask):
            with pytest.raises(Forbidden):
                act(item, **by(who, site))
        with pytest.raises(Forbidden):
            actions.add_item(task, "Two", **by(who, site))
    with pytest.raises(Invalid):
        actions.add_item(task, " ", **by(world.alice, site))
    assert Status.objects.count() == 6
