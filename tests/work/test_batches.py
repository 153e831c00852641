"""Many tasks at once: a preview that is the change itself, skipped ones with their reason, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conftest import Person
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.models import Batch, Task
from work.conftest import Site
from work.test_pages import HTMX, Browser, alice, open_as, text  # noqa: F401  fixtures

KEPT = (
    "priority",
    "due_at",
    "labels",
    "effort_min",
    "status_id",
    "state",
    "rank",
    "started_at",
    "done_at",
    "deleted_at",
)


def values() -> list[dict[str, Any]]:
    return list(Task.objects.order_by("number").values(*KEPT))


def change(site: Site, keys: list[str], edit: TaskEdit, by: Person | None = None) -> actions.Outcome:
    return actions.change_many(keys, edit, actor=(by or site.world.alice).actor, now=site.now)


def test_all_fields_change_and_come_back_exactly(site: Site) -> None:
    due = site.now + timedelta(days=3)
    for n in range(3):
        site.make(f"T{n}", due_at=due, labels=("old", "kept"), priority=n)
    before = values()
    edit = TaskEdit(state="running", priority=4, shift_days=7, add_labels=("new",), remove_labels=("old",))
    outcome = change(site, ["WEB-1", "WEB-2", "WEB-3"], edit)
    assert (outcome.changed, outcome.skipped) == (("WEB-1", "WEB-2", "WEB-3"), ())
    assert {(row["state"], row["priority"], tuple(row["labels"]), row["due_at"]) for row in values()} == {
        ("running", 4, ("kept", "new"), due + timedelta(days=7))
    }
    assert outcome.batch
    undone = actions.undo_batch(outcome.batch, actor=site.world.alice.actor, now=site.now)
    assert (undone.changed, values()) == (("WEB-1", "WEB-2", "WEB-3"), before)


def test_each_task_obeys_the_rules_for_one(site: Site) -> None:
    site.make("Free")
    waits = site.make("Waits")
    actions.add_dependency(waits, site.make("First"), actor=site.world.alice.actor, now=site.now)
    running = site.make("Under way", status=site.column("In progress"))
    outcome = change(site, ["WEB-1", "WEB-2", str(running)], TaskEdit(state="running"))
    assert outcome.changed == ("WEB-1",)
    reasons = dict(outcome.skipped)
    assert reasons["WEB-2"].startswith("WEB-2 waits for WEB-3")
    assert reasons["WEB-4"] == "It is so already."


def test_a_preview_says_the_same_and_changes_nothing(site: Site) -> None:
    site.make("A")
    site.make("B", criteria=("Fast",))
    before, events = values(), Event.objects.count()
    alice_ = site.world.alice.actor
    seen = actions.preview_many(["WEB-1", "WEB-2"], TaskEdit(state="done"), actor=alice_, now=site.now)
    assert (values(), Event.objects.count(), Batch.objects.count()) == (before, events, 0)
    done = change(site, ["WEB-1", "WEB-2"], TaskEdit(state="done"))
    assert (seen.changed, seen.skipped) == (done.changed, done.skipped) == (("WEB-1",), done.skipped)


def test_undo_leaves_what_somebody_changed_since(site: Site) -> None:
    site.make("A")
    site.make("B")
    outcome = change(site, ["WEB-1", "WEB-2"], TaskEdit(priority=4))
    actions.change_task(
        Task.objects.get(number=2), title="Mine", actor=site.world.alice.actor, now=site.now + timedelta(seconds=2)
    )
    assert outcome.batch
    undone = actions.undo_batch(outcome.batch, actor=site.world.alice.actor, now=site.now)
    assert (undone.changed, undone.skipped) == (("WEB-1",), (("WEB-2", "Somebody changed it since."),))
    assert [row["priority"] for row in values()] == [0, 4]


def test_undo_works_once_soon_and_for_oneself(site: Site) -> None:
    site.make("A")
    batch = change(site, ["WEB-1"], TaskEdit(priority=4)).batch
    assert batch
    with pytest.raises(Forbidden):
        actions.undo_batch(batch, actor=site.world.olga.actor, now=site.now)
    with pytest.raises(Conflict):
        actions.undo_batch(batch, actor=site.world.alice.actor, now=site.now + timedelta(minutes=11))
    actions.undo_batch(batch, actor=site.world.alice.actor, now=site.now)
    with pytest.raises(Conflict):
        actions.undo_batch(batch, actor=site.world.alice.actor, now=site.now)


def test_deleted_tasks_come_back_with_all_that_hangs_on_them(site: Site) -> None:
    alice_ = site.world.alice.actor
    task = site.make("A", criteria=("Fast",))
    actions.add_comment(task, "Hello", internal=True, actor=alice_, now=site.now)
    actions.add_dependency(task, site.make("B"), actor=alice_, now=site.now)
    before = values()
    batch = change(site, ["WEB-1", "WEB-2"], TaskEdit(trash=True)).batch
    assert Task.objects.filter(deleted_at__isnull=True).count() == 0
    assert batch
    actions.undo_batch(batch, actor=alice_, now=site.now)
    assert values() == before
    task.refresh_from_db()
    assert (task.criteria.count(), task.comments.count(), task.waits_for.count()) == (1, 1, 1)


def test_who_may_not_change_a_task_has_it_skipped_and_clients_are_refused(site: Site) -> None:
    world = site.world
    site.make("Of alice")
    site.held(world.bob, "Of bob")
    outcome = change(site, ["WEB-1", "WEB-2"], TaskEdit(priority=3), world.bob)
    assert (outcome.changed, [key for key, _ in outcome.skipped]) == (("WEB-2",), ["WEB-1"])
    for who, error in ((world.clara, Forbidden), (world.audrey, Forbidden), (world.charlie, Missing)):
        with pytest.raises(error):
            change(site, ["WEB-1"], TaskEdit(priority=3), who)


def test_an_agent_finishes_nothing_in_bulk(site: Site) -> None:
    task = site.held(site.world.echo, status=site.column("In progress"))
    outcome = change(site, [str(task)], TaskEdit(state="done"), site.world.echo)
    assert (outcome.changed, "AI agent" in outcome.skipped[0][1]) == ((), True)


@pytest.mark.parametrize(
    ("keys", "edit"),
    [([], TaskEdit(priority=1)), (["WEB-1"], TaskEdit()), (["WEB-1"], TaskEdit(state="flying")),
     ([f"WEB-{n}" for n in range(1, 202)], TaskEdit(priority=1)), (["WEB-1"], TaskEdit(shift_days=99_999))],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(site: Site, keys: list[str], edit: TaskEdit) -> None:
    site.make("A")
    with pytest.raises(Invalid):
        change(site, keys, edit)


def test_the_page_previews_does_and_undoes(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("A")
    site.make("B", priority=4)
    form = {"task": ["WEB-1", "WEB-2"], "priority": "4", "next": "/tasks/?q=x&sort=due"}
    shown = text(alice.post("/tasks/bulk/", form))
    assert "1 task changes, 1 is skipped" in " ".join(shown.split())
    assert "It is so already." in shown
    assert alice.post("/tasks/bulk/do/", form)["Location"] == "/tasks/?q=x&sort=due"
    batch = Batch.objects.get()
    assert f"/batches/{batch.pk}/undo/?next=/tasks/%3Fq%3Dx%26sort%3Ddue" in text(alice.get("/tasks/?all=1"))
    assert alice.post(f"/batches/{batch.pk}/undo/?next=/tasks/%3Fq%3Dx")["Location"] == "/tasks/?q=x"
    assert [row["priority"] for row in values()] == [0, 4]


def test_a_cell_is_edited_in_its_place(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("A")
    assert "<select" in text(alice.get("/tasks/WEB-1/cell/priority/", **HTMX))
    for cell, value in (("priority", "3"), ("due", "2026-12-24"), ("effort", "2h"), ("labels", "shop, data")):
        answer = alice.post(f"/tasks/WEB-1/cell/{cell}/save/?cols=title,labels", {"value": value}, headers=HTMX)
        assert (answer.status_code, text(answer).lstrip().startswith("<tr")) == (200, True)
        assert "/undo/" in answer.headers["HX-Trigger"]
    alice.post("/tasks/WEB-1/cell/status/save/", {"value": site.column("Ready").pk}, headers=HTMX)
    task = Task.objects.get()
    assert (task.priority, task.effort_min, task.labels, task.state) == (3, 120, ["shop", "data"], "ready")
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-12-24T18:00:00+00:00"
    for cell, value in (("effort", "soon"), ("due", "2026-99-99"), ("priority", "9"), ("status", "x")):
        assert alice.post(f"/tasks/WEB-1/cell/{cell}/save/", {"value": value}, headers=HTMX).status_code == 422
    assert alice.get("/tasks/WEB-1/cell/title/").status_code == 404
