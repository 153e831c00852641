"""Many tasks at once: a preview that is the change itself, skipped ones with their reason, and the way back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from conftest import Person
from fairlead.allocation import actions as allocation
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.web import task_bulk, task_list
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.models import Batch, Task
from fairlead.work.types.models import TaskType
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


def test_a_type_is_given_to_many_and_taken_back(site: Site) -> None:
    for n in range(2):
        site.make(f"T{n}")
    types = dict(TaskType.objects.filter(workspace=site.world.workspace).values_list("key", "pk"))
    before = list(Task.objects.order_by("number").values_list("type__key", flat=True))
    outcome = change(site, ["WEB-1", "WEB-2"], TaskEdit(type_id=types["bug"]))
    assert list(Task.objects.values_list("type__key", flat=True).distinct()) == ["bug"]
    assert outcome.batch
    actions.undo_batch(outcome.batch, actor=site.world.alice.actor, now=site.now)
    assert list(Task.objects.order_by("number").values_list("type__key", flat=True)) == before


def test_one_batch_is_made_of_several_parts_of_one_person(site: Site) -> None:
    for n in range(3):
        site.make(f"T{n}", priority=1)
    by = {"actor": site.world.alice.actor, "now": site.now}
    first = change(site, ["WEB-1"], TaskEdit(priority=4)).batch
    assert first
    again = actions.change_many(["WEB-2", "WEB-3"], TaskEdit(priority=4), into=first, **by)
    assert again.batch == first
    with pytest.raises(Forbidden):
        actions.change_many(["WEB-1"], TaskEdit(priority=2), into=first, actor=site.world.bob.actor, now=site.now)
    assert actions.undo_batch(first, **by).changed == ("WEB-1", "WEB-2", "WEB-3")
    with pytest.raises(Conflict):
        actions.change_many(["WEB-1"], TaskEdit(priority=3), into=Batch.objects.get(), **by)
    assert set(Task.objects.values_list("priority", flat=True)) == {1}


def test_many_go_to_one_person_and_back_to_who_had_them(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    bob, dana = hired(site, "Bob"), hired(site, "Dana")
    tasks = [site.make(f"T{n}", effort_min=30) for n in range(3)]
    allocation.assign_task(tasks[0], bob, **by)
    allocation.assign_task(tasks[1], dana, **by)
    actions.delete_task(tasks[2], **by)
    keys = ["WEB-1", "WEB-2"]
    seen = allocation.preview_assign(keys, dana, **by)
    assert (seen.changed, seen.skipped) == (("WEB-1",), (("WEB-2", "It is so already."),))
    done = allocation.assign_many(keys, dana, **by)
    assert (done.changed, done.skipped) == (seen.changed, seen.skipped)
    assert _holders() == {"WEB-1": "Dana", "WEB-2": "Dana"}
    assert done.batch
    assert allocation.take_back(done.batch, **by).changed == ("WEB-1",)
    assert _holders() == {"WEB-1": "Bob", "WEB-2": "Dana"}
    with pytest.raises(Conflict):
        allocation.take_back(done.batch, **by)
    freed = allocation.assign_many(keys, None, **by)
    assert (freed.changed, _holders()) == (("WEB-1", "WEB-2"), {"WEB-1": None, "WEB-2": None})


def test_what_somebody_else_was_given_since_stays(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    bob, dana = hired(site, "Bob"), hired(site, "Dana")
    task = site.make(effort_min=30)
    done = allocation.assign_many([str(task)], bob, **by)
    task.refresh_from_db()
    allocation.assign_task(task, dana, **by)
    assert done.batch
    back = allocation.take_back(done.batch, **by)
    assert (back.changed, back.skipped) == ((), (("WEB-1", "Somebody else has it since."),))


@pytest.mark.parametrize("who", ["bob", "dana", "echo", "clara", "audrey", "charlie"])
def test_only_managers_give_many(site: Site, who: str) -> None:
    task, bob = site.make(), hired(site, "Bob")
    with pytest.raises((Forbidden, Missing)):
        allocation.assign_many([str(task)], bob, actor=getattr(site.world, who).actor, now=site.now)


def hired(site: Site, name: str) -> Worker:
    """Somebody with hours, who can be given work."""
    user = getattr(site.world, name.lower()).user
    return people.create_worker(kind="employee", name=name, user=user, actor=site.world.alice.actor, now=site.now)


def _holders() -> dict[str, str | None]:
    rows = Task.objects.filter(deleted_at__isnull=True).order_by("number")
    return {f"WEB-{number}": name for number, name in rows.values_list("number", "assignee__name")}


def test_all_that_fit_the_filter_change_a_part_after_the_other(site: Site, alice: Browser) -> None:  # noqa: F811
    for n in range(4):
        site.make(f"Copy {n}", priority=1)
    site.make("Other", priority=0)
    filtered = "?priority=1"
    shown = text(alice.post(f"/tasks/bulk/{filtered}", {"all": "1", "priority": "4"}, headers=HTMX))
    assert "4 tasks change" in shown
    assert 'name="tasks" value="WEB-1,WEB-2,WEB-3,WEB-4"' in shown
    as_json = {"Accept": "application/json"}
    first = alice.post("/tasks/bulk/do/", {"tasks": "WEB-1,WEB-2", "priority": "4"}, headers=as_json).json()
    assert (first["changed"], first["skipped"]) == (2, 0)
    more = {"tasks": "WEB-3,WEB-4,WEB-1", "priority": "4", "into": str(first["batch"])}
    assert alice.post("/tasks/bulk/do/", more, headers=as_json).json() == {
        "batch": first["batch"], "changed": 2, "skipped": 1,
    }  # fmt: skip
    told = alice.post("/tasks/bulk/told/", {"into": str(first["batch"]), "skipped": "1"}, follow=True)
    assert "4 tasks changed. 1 left as they are." in text(told)
    assert f"/batches/{first['batch']}/undo/" in text(told)
    assert list(Task.objects.filter(priority=4).values_list("number", flat=True).order_by("number")) == [1, 2, 3, 4]


def test_giving_and_changing_are_two_steps_and_too_many_are_refused(
    site: Site,
    alice: Browser,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.make()
    site.make()
    both = alice.post("/tasks/bulk/", {"task": "WEB-1", "assignee": "none", "priority": "4"}, headers=HTMX)
    assert both.status_code == 422
    monkeypatch.setattr(task_bulk, "MOST_CHOSEN", 1)
    many = alice.post("/tasks/bulk/", {"all": "1", "priority": "4"}, headers=HTMX)
    assert many.status_code == 422
    assert set(Task.objects.values_list("priority", flat=True)) == {0}


def test_in_a_large_team_the_person_is_found_by_name(site: Site, alice: Browser, monkeypatch: Any) -> None:  # noqa: F811
    bob, by = hired(site, "Bob"), {"actor": site.world.alice.actor, "now": site.now}
    for _ in range(2):
        people.create_worker(kind="freelancer", name="Kim", **by)
    site.make()
    assert f'<option value="{bob.pk}">Bob</option>' in text(alice.get("/tasks/"))
    monkeypatch.setattr(task_list, "LISTED_PEOPLE", 2)
    shown = text(alice.get("/tasks/"))
    assert ('list="bulk-names"' in shown, f'<option value="{bob.pk}">Bob</option>' in shown) == (True, False)

    def tried(name: str) -> str:
        answer = alice.post("/tasks/bulk/", {"task": ["WEB-1"], "assignee": name}, headers=HTMX)
        return text(answer) or json.loads(answer.headers["HX-Trigger"])["toast"]["text"]

    assert "1 task changes" in tried(" bob ")
    assert "Nobody here is called “Bo”" in tried("Bo")
    assert "Several people are called kim" in tried("kim")
