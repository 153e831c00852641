"""Checklists and approvals through the API: the same rules as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from api.conftest import Caller, good, problem
from conftest import World
from fairlead.events.models import Event
from fairlead.work import actions
from fairlead.work.models import ChecklistItem

As = Callable[..., Caller]


@pytest.fixture
def task(world: World, alice: Caller, now: Any) -> str:
    """A task of alice's, in a project that clara sees."""
    project = actions.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    actions.share_project(project, world.clara.user, actor=world.alice.actor, now=now)
    return str(actions.create_task(project, actions.TaskDraft(title="Logo"), actor=world.alice.actor, now=now))


def texts(by: Caller, task: str) -> list[str]:
    return [item["text"] for item in good(by.get(f"/tasks/{task}/checklist"))["items"]]


def test_a_checklist_is_made_changed_ordered_and_ticked_off(alice: Caller, task: str) -> None:
    place = f"/tasks/{task}/checklist"
    first, second, third = (good(alice.post(place, {"text": text}), 201) for text in ("One", "Two", "Three"))
    assert first == {
        "id": first["id"], "text": "One", "assignee_id": None, "due_on": None, "done_at": None, "done_by": None,
    }  # fmt: skip
    assert good(alice.patch(f"{place}/{second['id']}", {"due_on": "2027-01-04"}))["text"] == "Two"
    assert good(alice.patch(f"{place}/{second['id']}", {"text": " 2 "}))["due_on"] == "2027-01-04"
    assert good(alice.patch(f"{place}/{second['id']}", {"due_on": None}))["due_on"] is None
    done = good(alice.post(f"{place}/{first['id']}/check"))
    assert (done["done_by"], done["done_at"] is None) == ("Alice", False)
    assert good(alice.post(f"{place}/{first['id']}/check"))["done_at"] == done["done_at"]
    moved = good(alice.post(f"{place}/{third['id']}/place", {"position": 0}))
    assert [item["text"] for item in moved["items"]] == texts(alice, task) == ["Three", "One", "2"]
    problem(alice.post(f"{place}/{first['id']}/subtask"), 422, "refused")
    assert good(alice.post(f"{place}/{first['id']}/uncheck"))["done_by"] is None
    assert good(alice.post(f"{place}/{third['id']}/subtask"), 201) == {"key": "WEB-2"}
    good(alice.delete(f"{place}/{second['id']}"), 204)
    problem(alice.delete(f"{place}/{second['id']}"), 404, "not-found")
    assert texts(alice, task) == ["One"]


def test_a_step_that_cannot_be_is_refused_with_its_reason(world: World, alice: Caller, task: str) -> None:
    place = f"/tasks/{task}/checklist"
    assert problem(alice.post(place, {"text": "  "}), 422, "invalid")["errors"][0]["pointer"] == "#/text"
    problem(alice.post(place, {"text": "x", "assignee_id": 10**9}), 404, "not-found")
    problem(alice.post(place, {"text": "x", "due": "2027-01-04"}), 422, "invalid")
    problem(alice.post(f"{place}/{10**9}/check"), 404, "not-found")
    item = good(alice.post(place, {"text": "x"}), 201)["id"]
    problem(alice.post(f"{place}/{item}/place", {"position": -1}), 422, "invalid")
    for number in range(99):
        ChecklistItem.objects.create(
            workspace=world.workspace, task=ChecklistItem.objects.get(pk=item).task, text="y", position=number + 1
        )
    full = problem(alice.post(place, {"text": "z"}), 422, "refused")
    assert full["detail"] == "A checklist has at most 100 items. Make subtasks of some."


def test_a_repeated_request_adds_one_step(alice: Caller, task: str) -> None:
    sent = [alice.post(f"/tasks/{task}/checklist", {"text": "Once"}, Idempotency_Key="k") for _ in range(2)]
    assert good(sent[0], 201) == good(sent[1], 201)
    assert sent[1].headers["Idempotent-Replayed"] == "true"
    assert texts(alice, task) == ["Once"]


def test_strangers_find_no_checklist_and_others_of_the_team_change_none(
    as_person: As, alice: Caller, task: str
) -> None:
    place = f"/tasks/{task}/checklist"
    item = good(alice.post(place, {"text": "One"}), 201)["id"]
    assert texts(as_person("audrey", "work:read"), task) == ["One"]
    for who in ("bob", "dana", "echo"):
        problem(as_person(who).post(f"{place}/{item}/check"), 403, "forbidden")
    problem(as_person("charlie").get(place), 404, "not-found")
    problem(as_person("charlie").delete(f"{place}/{item}"), 404, "not-found")
    problem(Caller("", Client()).get(place), 401, "unauthenticated")
    problem(as_person("alice", "work:read").post(place, {"text": "Two"}), 403, "missing-scope")
    assert texts(alice, task) == ["One"]


def test_an_approval_is_asked_for_given_taken_back_and_decided(
    world: World, as_person: As, alice: Caller, task: str
) -> None:
    kind = good(alice.patch(f"/tasks/{task}", {"type": "approval"}))
    assert kind["type"] == "approval"
    place, ids = f"/tasks/{task}/approval", [world.bob.user.pk, world.olga.user.pk]
    shown = good(alice.put(place, {"approvers": ids, "quorum": 2}))
    assert [(a["name"], a["verdict"]) for a in shown["approvers"]] == [("Bob", ""), ("Olga", "")]
    assert (shown["quorum"], shown["approvals"], shown["mine"]) == (2, 0, False)
    good(alice.post(f"/tasks/{task}/start"))
    good(alice.post(f"/tasks/{task}/submit"))
    bob, olga = as_person("bob"), as_person("olga")
    problem(bob.post(f"{place}/withdraw"), 422, "refused")
    assert good(bob.post(f"{place}/approve", {"comment": "Good"}))["approvals"] == 1
    taken = good(bob.post(f"{place}/withdraw"))
    assert (taken["approvals"], taken["approvers"][0]["comment"], taken["state"]) == (0, "", "review")
    problem(olga.post(f"{place}/changes", {"comment": " "}), 422, "invalid")
    assert good(olga.post(f"{place}/changes", {"comment": "Larger"}))["state"] == "running"
    good(olga.post(f"{place}/approve", {}))
    assert good(bob.post(f"{place}/approve", {}))["state"] == "done"
    problem(bob.post(f"{place}/withdraw"), 422, "refused")
    kinds = Event.objects.filter(kind__startswith="task.approval_").order_by("seq").values_list("kind", flat=True)
    said = [kind.removeprefix("task.approval_") for kind in kinds]
    assert said == ["given", "withdrawn", "sent_back", "given", "given"]


def test_a_rejection_cancels_when_nobody_is_left_to_say_yes(
    world: World, as_person: As, alice: Caller, task: str
) -> None:
    good(alice.patch(f"/tasks/{task}", {"type": "approval"}))
    good(alice.put(f"/tasks/{task}/approval", {"approvers": [world.bob.user.pk]}))
    assert good(as_person("bob").post(f"/tasks/{task}/approval/reject", {"comment": "No"}))["state"] == "cancelled"


def test_who_may_neither_name_nor_decide(world: World, as_person: As, alice: Caller, task: str) -> None:
    place = f"/tasks/{task}/approval"
    problem(alice.get(place), 404, "not-found")
    good(alice.patch(f"/tasks/{task}", {"type": "approval"}))
    for who in ("alice", "echo", "audrey", "charlie"):
        body = {"approvers": [getattr(world, who).user.pk]}
        assert problem(alice.put(place, body), 422, "invalid")["errors"][0]["pointer"] == "#/approvers"
    body = {"approvers": [world.bob.user.pk], "quorum": 2}
    assert problem(alice.put(place, body), 422, "invalid")["errors"][0]["pointer"] == "#/quorum"
    good(alice.put(place, {"approvers": [world.bob.user.pk]}))
    for who in ("alice", "dana", "echo", "audrey"):
        problem(as_person(who).post(f"{place}/approve", {}), 403, "forbidden")
        problem(as_person(who).post(f"{place}/withdraw"), 403, "forbidden")
    problem(as_person("bob", "work:read").post(f"{place}/approve", {}), 403, "missing-scope")
    assert good(alice.get(place))["approvals"] == 0
    problem(as_person("charlie").get(place), 404, "not-found")
