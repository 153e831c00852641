"""Many tasks move to another project: each by the rules for one, in one batch that one press takes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conftest import Person
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.work import actions, queries
from fairlead.work.actions import TaskEdit
from fairlead.work.former_keys import FormerKey
from fairlead.work.models import Attachment, Batch, Comment, Project, Status, Task
from fairlead.work.placement import TaskPlacement
from fairlead.work.queries.families import topmost

from .conftest import Site
from .test_pages import HTMX, Browser, alice, open_as, text  # noqa: F401  fixtures

KEPT = ("pk", "project", "number", "status", "state", "rank", "parent", "assignee", "labels", "due_at", "deleted_at")


@pytest.fixture
def ops(site: Site) -> Project:
    return actions.create_project(key="OPS", name="Operations", actor=site.world.alice.actor, now=site.now)


def move(site: Site, keys: list[str], to: Project, by: Person | None = None) -> actions.Outcome:
    edit = TaskEdit(project_id=to.pk)
    return actions.change_many(keys, edit, actor=(by or site.world.alice).actor, now=site.now)


def undo(site: Site, outcome: actions.Outcome, by: Person | None = None) -> actions.Outcome:
    assert outcome.batch
    return actions.undo_batch(outcome.batch, actor=(by or site.world.alice).actor, now=site.now)


def values() -> list[dict[str, Any]]:
    return list(Task.objects.order_by("pk").values(*KEPT))


def found(site: Site, key: str) -> Task:
    return queries.find_task(site.world.alice.actor, key)


def test_they_move_in_one_batch_and_come_back_exactly(site: Site, ops: Project) -> None:
    for n, column in enumerate(("Backlog", "Ready", "In progress"), 1):
        site.make(f"T{n}", status=site.column(column), labels=("shop",))
    before = values()
    done = move(site, ["WEB-3", "WEB-1"], ops)
    assert (done.changed, done.skipped, done.along) == (("OPS-1", "OPS-2"), (), 0)
    assert {str(task): task.state for task in Task.objects.select_related("project").order_by("pk")} == {
        "OPS-2": "backlog", "WEB-2": "ready", "OPS-1": "running",
    }  # fmt: skip
    back = undo(site, done)
    assert (back.changed, back.skipped) == (("WEB-3", "WEB-1"), ())
    assert values() == before
    assert str(found(site, "OPS-1")) == "WEB-3"
    assert Event.objects.filter(kind="task.transferred").count() == 4
    assert move(site, ["WEB-1", "WEB-3"], ops).changed == ("OPS-2", "OPS-1")


def test_what_is_below_a_chosen_task_goes_with_it_and_is_counted_once(site: Site, ops: Project) -> None:
    parent = site.make("Parent")
    child = site.make("Child", parent=parent)
    site.make("Grandchild", parent=child)
    actions.delete_task(site.make("Thrown away", parent=parent), actor=site.world.alice.actor, now=site.now)
    site.make("Alone", parent=site.make("Stays"))
    before = values()
    keys = ["WEB-3", "web-1", "WEB-2", "WEB-6", "WEB-1"]
    assert topmost(site.world.alice.actor, [*keys, "WEB-99"]) == ["WEB-1", "WEB-6", "WEB-99"]
    seen = actions.preview_many(keys, TaskEdit(project_id=ops.pk), actor=site.world.alice.actor, now=site.now)
    assert (seen.changed, seen.skipped, seen.along) == (("WEB-1", "WEB-6"), (), 2)
    done = move(site, keys, ops)
    assert (done.changed, done.along) == (("OPS-1", "OPS-5"), 2)
    assert [str(found(site, f"WEB-{n}")) for n in (1, 2, 3, 5, 6)] == ["OPS-1", "OPS-2", "OPS-3", "WEB-5", "OPS-5"]
    assert found(site, "OPS-5").parent is None
    undo(site, done)
    assert values() == before


def test_each_obeys_the_rules_for_one_and_says_what_is_in_the_way(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    site.make("Free")
    site.make("Known", external_id="A1")
    actions.create_task(ops, actions.TaskDraft(title="Same", external_id="A1"), **by)
    site.make("Parent")
    site.make("Child", parent=found(site, "WEB-3"), external_id="A2")
    actions.create_task(ops, actions.TaskDraft(title="Same", external_id="A2"), **by)
    keys, edit = ["WEB-1", "WEB-2", "WEB-3", "WEB-4", "OPS-1"], TaskEdit(project_id=ops.pk)
    before, events = values(), Event.objects.count()
    seen = actions.preview_many(keys, edit, **by)
    assert seen.changed == ("WEB-1",)
    assert seen.skipped == (
        ("WEB-2", "OPS-1 has the same outside id already. Change one of the two."),
        ("WEB-3", "OPS-2 has the same outside id already. Change one of the two."),
        ("OPS-1", "OPS-1 is in Operations already."),
    )
    assert (values(), Event.objects.count(), Batch.objects.count()) == (before, events, 0)
    assert not FormerKey.objects.exists()
    done = move(site, keys, ops)
    assert (done.changed, done.skipped) == (("OPS-3",), seen.skipped)


def test_a_column_with_a_hard_limit_takes_so_many_and_the_preview_knows(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    actions.change_status(Status.objects.get(project=ops, name="Backlog"), wip_limit=2, **by)
    keys = [str(site.make(f"T{n}")) for n in range(3)]
    seen = actions.preview_many(keys, TaskEdit(project_id=ops.pk), **by)
    assert (seen.changed, [key for key, _ in seen.skipped]) == (("WEB-1", "WEB-2"), ["WEB-3"])
    assert seen.skipped[0][1].startswith("Backlog holds 2 of at most 2 tasks.")
    assert move(site, keys, ops).skipped == seen.skipped


def test_only_who_leads_both_projects_moves_them(site: Site, ops: Project) -> None:
    world, why = site.world, "Only who leads both projects moves a task from one to the other."
    site.held(world.bob)
    site.held(world.echo)
    for who in (world.bob, world.echo):
        refused = move(site, ["WEB-1", "WEB-2"], ops, who)
        assert (refused.changed, refused.skipped) == ((), (("WEB-1", why), ("WEB-2", why)))
        assert refused.batch is None
    for who, error in ((world.clara, Forbidden), (world.audrey, Forbidden), (world.charlie, Missing)):
        with pytest.raises(error):
            move(site, ["WEB-1"], ops, who)
    actions.put_member(site.project, world.bob.user, "lead", actor=world.alice.actor, now=site.now)
    assert move(site, ["WEB-1"], ops, world.bob).skipped == (("WEB-1", why),)
    actions.put_member(ops, world.bob.user, "lead", actor=world.alice.actor, now=site.now)
    assert move(site, ["WEB-1"], ops, world.bob).changed == ("OPS-1",)
    assert not Task.objects.filter(project__workspace=world.charlie.workspace).exists()


def test_a_project_of_strangers_or_one_that_is_hidden_takes_nothing(site: Site, ops: Project) -> None:
    world = site.world
    site.make()
    actions.make_private(ops, actor=world.alice.actor, now=site.now)
    none = (("WEB-1", "There is no such project, or it was not shared with you."),)
    assert move(site, ["WEB-1"], ops, world.bob).skipped == none
    assert (
        actions.change_many(["WEB-1"], TaskEdit(project_id=ops.pk + 999), actor=world.alice.actor, now=site.now).skipped
        == none
    )


def test_moving_is_a_step_of_its_own(site: Site, ops: Project) -> None:
    site.make()
    edit = TaskEdit(project_id=ops.pk, priority=4)
    with pytest.raises(Invalid, match="Move tasks to a project in one step"):
        actions.change_many(["WEB-1"], edit, actor=site.world.alice.actor, now=site.now)


def test_a_batch_goes_on_and_is_taken_back_as_one(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    for n in range(3):
        site.make(f"T{n}")
    before = values()
    first = move(site, ["WEB-1"], ops)
    more = actions.change_many(["WEB-2", "WEB-3"], TaskEdit(project_id=ops.pk), into=first.batch, **by)
    assert more.batch == first.batch
    with pytest.raises(Forbidden):
        undo(site, first, site.world.bob)
    assert undo(site, first).changed == ("WEB-1", "WEB-2", "WEB-3")
    assert values() == before
    with pytest.raises(Conflict):
        undo(site, first)


def test_undo_leaves_what_somebody_changed_since_and_what_has_no_way_back(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    site.make("A")
    site.make("B")
    site.make("C", external_id="A1")
    done = move(site, ["WEB-1", "WEB-2", "WEB-3"], ops)
    later = {"actor": site.world.alice.actor, "now": site.now + timedelta(seconds=2)}
    actions.change_task(found(site, "OPS-1"), title="Mine", **later)
    site.make("D", external_id="A1")
    back = actions.undo_batch(done.batch or Batch(), **by)
    assert back.changed == ("WEB-2",)
    assert back.skipped == (
        ("OPS-1", "Somebody changed it since."),
        ("OPS-3", "WEB-4 has the same outside id already. Change one of the two."),
    )


def test_a_subtask_returns_to_its_parent_and_to_its_place_in_a_second_column(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    second = actions.add_status(site.project, name="Later", state="backlog", **by)
    parent = site.make("Parent")
    child = site.make("Child", parent=parent)
    actions.move_task(child, second, **by)
    before = values()
    done = move(site, ["WEB-2"], ops)
    assert Task.objects.get(pk=child.pk).status.name == "Backlog"
    undo(site, done)
    assert values() == before
    done = move(site, ["WEB-2"], ops)
    actions.remove_status(second, move_to=site.column("Backlog"), **by)
    actions.delete_task(found(site, "WEB-1"), **by)
    undo(site, done)
    again = found(site, "WEB-2")
    assert (again.status.name, again.parent) == ("Backlog", None)


def test_undo_gives_back_what_clients_saw_and_on_which_boards_it_stood(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    clara = site.world.clara
    task = site.make()
    actions.share_project(site.project, clara.user, **by)
    asked = actions.add_comment(task, "Which color?", internal=False, **by)
    Comment.objects.filter(pk=asked.pk).update(question=True)
    inside = actions.add_comment(task, "Do not tell", internal=True, **by)
    actions.place_task(task, ops, **by)
    placed = TaskPlacement.objects.values("task", "project", "status", "rank", "created_at", "created_by").get()
    done = move(site, ["WEB-1"], ops)
    assert not TaskPlacement.objects.exists()
    undo(site, done)
    assert TaskPlacement.objects.values(*placed).get() == placed
    assert dict(Comment.objects.values_list("pk", "internal")) == {asked.pk: False, inside.pk: True}
    assert list(Comment.objects.filter(question=True)) == [asked]
    assert [it.body for it in queries.visible_comments(clara.actor, found(site, "WEB-1"))] == ["Which color?"]


def test_what_was_hidden_by_a_person_meanwhile_stays_hidden(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    actions.share_project(site.project, site.world.clara.user, **by)
    task = site.make()
    said = [actions.add_comment(task, text, internal=False, **by) for text in ("One", "Two")]
    done = move(site, ["WEB-1"], ops)
    Comment.objects.filter(pk=said[0].pk).update(internal=True)
    undo(site, done)
    assert dict(Comment.objects.values_list("pk", "internal")) == {said[0].pk: True, said[1].pk: False}


def test_files_hidden_by_the_move_are_shown_again(site: Site, ops: Project) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    actions.share_project(ops, site.world.clara.user, **by)
    task = site.make()
    file = Attachment.objects.create(
        workspace=task.workspace, task=task, name="a.txt", for_client=True, created_at=site.now
    )
    done = move(site, ["WEB-1"], ops)
    assert Attachment.objects.get(pk=file.pk).for_client is False
    undo(site, done)
    assert Attachment.objects.get(pk=file.pk).for_client is True


JSON = {"Accept": "application/json"}


def test_from_the_list_they_are_asked_where_previewed_moved_and_taken_back(
    site: Site,
    ops: Project,
    alice: Browser,  # noqa: F811
) -> None:
    site.make("A")
    site.make("Part of A", parent=found(site, "WEB-1"))
    site.make("B", external_id="A1")
    actions.create_task(
        ops, actions.TaskDraft(title="Same", external_id="A1"), actor=site.world.alice.actor, now=site.now
    )
    assert 'formaction="/tasks/bulk/move/?' in text(alice.get("/projects/WEB/list/"))
    form = {"task": ["WEB-1", "WEB-2", "WEB-3"], "next": "/projects/WEB/list/?sort=key"}
    where = text(alice.post("/tasks/bulk/move/", form))
    assert "Move 2 tasks to another project" in where
    assert 'name="tasks" value="WEB-1,WEB-3"' in where
    assert '<option value="OPS">Operations (OPS)</option>' in where
    assert '<option value="WEB">' not in where
    sent = {"tasks": "WEB-1,WEB-3", "move_to": "OPS", "next": form["next"]}
    shown = " ".join(text(alice.post("/tasks/bulk/", sent)).split())
    assert "1 task moves to Operations, 1 is skipped" in shown
    assert "1 subtask goes along." in shown
    assert "OPS-1 has the same outside id already." in shown
    assert 'name="move_to" value="OPS"' in shown
    assert "Move 1 task" in shown
    done = alice.post("/tasks/bulk/do/", {**sent, "tasks": "WEB-1"})
    assert done["Location"] == "/projects/WEB/list/?sort=key"
    after = text(alice.get("/tasks/?all=1"))
    assert "OPS-2 is in Operations now." in after
    batch = Batch.objects.get()
    assert f"/batches/{batch.pk}/undo/" in after
    alice.post(f"/batches/{batch.pk}/undo/?next=/tasks/")
    assert "WEB-1 as before." in text(alice.get("/tasks/?all=1"))
    assert [str(found(site, key)) for key in ("OPS-2", "OPS-3")] == ["WEB-1", "WEB-2"]


def test_all_that_fit_move_a_part_after_the_other(site: Site, ops: Project, alice: Browser) -> None:  # noqa: F811
    for n in range(3):
        site.make(f"Copy {n}", priority=1)
    site.make("Part", priority=1, parent=found(site, "WEB-1"))
    site.make("Other")
    where = text(alice.post("/tasks/bulk/move/?priority=1", {"all": "1"}, headers=HTMX))
    assert 'name="tasks" value="WEB-1,WEB-2,WEB-3"' in where
    shown = text(alice.post("/tasks/bulk/?priority=1", {"all": "1", "move_to": "OPS"}, headers=HTMX))
    assert "3 tasks move to Operations" in shown
    assert 'data-step="25"' in shown
    first = alice.post("/tasks/bulk/do/", {"tasks": "WEB-1,WEB-2", "move_to": "OPS"}, headers=JSON).json()
    assert (first["changed"], first["skipped"]) == (2, 0)
    more = {"tasks": "WEB-3", "move_to": "OPS", "into": str(first["batch"])}
    assert alice.post("/tasks/bulk/do/", more, headers=JSON).json() == {
        "batch": first["batch"], "changed": 1, "skipped": 0,
    }  # fmt: skip
    told = alice.post("/tasks/bulk/told/", {"into": str(first["batch"]), "move_to": "OPS"}, follow=True)
    assert "3 tasks are in Operations now." in text(told)
    assert Task.objects.filter(project=ops).count() == 4


def test_nobody_sees_a_button_that_would_be_refused(
    site: Site,
    ops: Project,
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    bob = open_as(site.world.bob)
    site.held(site.world.bob)
    assert "/tasks/bulk/move/" not in text(bob.get("/projects/WEB/list/"))
    where = text(bob.post("/tasks/bulk/move/", {"task": "WEB-1"}))
    assert "There is no other project that you lead" in where
    actions.put_member(ops, site.world.bob.user, "lead", actor=site.world.alice.actor, now=site.now)
    assert "/tasks/bulk/move/" in text(bob.get("/projects/WEB/list/"))
    assert '<option value="OPS">' in text(bob.post("/tasks/bulk/move/", {"task": "WEB-1"}))


def test_what_cannot_be_meant_is_refused(site: Site, ops: Project, alice: Browser) -> None:  # noqa: F811
    site.make()
    for form in (
        {"task": "WEB-1", "move_to": "OPS", "priority": "4"},
        {"task": "WEB-1", "move_to": "OPS", "assignee": "none"},
        {"move_to": "OPS"},
    ):
        assert alice.post("/tasks/bulk/", form, headers=HTMX).status_code == 422
    assert alice.post("/tasks/bulk/move/", {}, headers=HTMX).status_code == 422
    assert alice.post("/tasks/bulk/", {"task": "WEB-1", "move_to": "XYZ"}, headers=HTMX).status_code == 404
