"""Recommendations, assignments, receipts, plans and events through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.conftest import Caller, caller, good, problem
from conftest import World

As = Callable[..., Caller]


@pytest.fixture
def team(alice: Caller, world: World) -> dict[str, int]:
    """Bob, who knows Python well, Dana, who knows it a little, and the task WEB-1 that needs it."""
    python = good(alice.post("/skills", {"name": "Python"}), 201)["id"]
    ids = {"python": python}
    for name, kind, level in (("bob", "employee", 4), ("dana", "freelancer", 2)):
        user_id = getattr(world, name).user.pk
        body = {"kind": kind, "name": name.title(), "user_id": user_id, "rate_cents": 9000}
        ids[name] = good(alice.post("/workers", body), 201)["id"]
        good(alice.put(f"/workers/{ids[name]}/skills/{python}", {"level": level}))
    good(alice.post("/projects", {"key": "WEB", "name": "Website"}), 201)
    needs = [{"skill_id": python, "level": 3}]
    good(alice.post("/tasks", {"project": "WEB", "title": "Build", "effort_min": 120, "needs": needs}), 201)
    return ids


def test_a_task_names_who_should_do_it(alice: Caller, team: dict[str, int]) -> None:
    found = good(alice.get("/tasks/WEB-1/recommendation"))
    assert [c["worker"]["name"] for c in found["candidates"]] == ["Bob"]
    assert [(r["worker"]["name"], r["codes"]) for r in found["ruled_out"]] == [("Dana", ["skill"])]
    assert "Cost" in [factor["name"] for factor in found["candidates"][0]["factors"]]


def test_what_people_cost_is_left_out_for_others(as_person: As, team: dict[str, int]) -> None:
    found = good(as_person("dana").get("/tasks/WEB-1/recommendation"))["candidates"][0]
    assert "Cost" not in [factor["name"] for factor in found["factors"]]
    assert found["cost"] == []


def test_a_task_that_nobody_can_do_says_why(alice: Caller, team: dict[str, int]) -> None:
    good(alice.patch("/tasks/WEB-1", {"needs": [{"skill_id": team["python"], "level": 5}]}))
    found = good(alice.get("/tasks/WEB-1/recommendation"))
    assert found["candidates"] == []
    assert "Python" in found["reason"]
    problem(alice.post("/tasks/WEB-1/assignment", {"worker": "best"}), 422, "nobody")


def test_the_best_one_is_assigned_with_a_receipt(alice: Caller, team: dict[str, int]) -> None:
    task = good(alice.post("/tasks/WEB-1/assignment", {"worker": "best"}))
    assert task["assignee"] == {"id": team["bob"], "name": "Bob", "kind": "employee"}
    decision = good(alice.get("/tasks/WEB-1/assignment"))
    assert (decision["worker"]["name"], decision["by_name"]) == ("Bob", "Alice")
    assert good(alice.get(f"/receipts/{decision['receipt_id']}")) == decision
    assert [t["key"] for t in good(alice.get(f"/tasks?assignee={team['bob']}"))["items"]] == ["WEB-1"]
    good(alice.delete("/tasks/WEB-1/assignment?reason=Changed%20plans"), 204)
    assert good(alice.get("/tasks/WEB-1"))["assignee"] is None
    problem(alice.delete("/tasks/WEB-1/assignment"), 409, "conflict")


def test_against_a_rule_there_must_be_a_reason(alice: Caller, team: dict[str, int]) -> None:
    body = problem(alice.post("/tasks/WEB-1/assignment", {"worker": team["dana"]}), 422, "ruled-out")
    assert [error["pointer"] for error in body["errors"]] == ["#/reason"]
    task = good(alice.post("/tasks/WEB-1/assignment", {"worker": team["dana"], "reason": "She wants to learn"}))
    assert task["assignee"]["name"] == "Dana"
    for worker in ("worst", "1", 0, -1, 10**18, None, True, 1.5):
        reply = alice.post("/tasks/WEB-1/assignment", {"worker": worker})
        assert reply.status_code in (404, 422), reply.content


def test_contributors_take_work_and_managers_give_it(as_person: As, team: dict[str, int]) -> None:
    bob = as_person("bob")
    problem(bob.post("/tasks/WEB-1/assignment", {"worker": team["bob"]}), 403, "forbidden")
    assert good(bob.post("/tasks/WEB-1/take"))["assignee"]["name"] == "Bob"
    problem(as_person("dana").post("/tasks/WEB-1/take"), 403, "forbidden")


def test_who_is_not_in_the_directory_takes_nothing(as_person: As, team: dict[str, int]) -> None:
    problem(as_person("echo").post("/tasks/WEB-1/take"), 403, "forbidden")


def test_a_stale_assignment_is_stopped(alice: Caller, team: dict[str, int]) -> None:
    etag = alice.get("/tasks/WEB-1").headers["ETag"]
    good(alice.patch("/tasks/WEB-1", {"title": "Build it"}))
    problem(alice.post("/tasks/WEB-1/assignment", {"worker": "best"}, If_Match=etag), 412, "precondition-failed")


def test_a_plan_is_made_applied_and_undone(alice: Caller, team: dict[str, int]) -> None:
    hard = [{"skill_id": team["python"], "level": 5}]
    good(alice.post("/tasks", {"project": "WEB", "title": "Too hard", "effort_min": 60, "needs": hard}), 201)
    plan = good(alice.post("/plans", {"project": "WEB"}), 201)
    assert (plan["state"], plan["project"], plan["progress"]) == ("draft", "WEB", 1.0)
    assert [(line["key"], line["worker"]["name"]) for line in plan["lines"]] == [("WEB-1", "Bob")]
    assert [(line["key"], line["worker"]) for line in plan["left_open"]] == [("WEB-2", None)]
    assert good(alice.get(f"/plans/{plan['id']}")) == plan
    assert good(alice.post(f"/plans/{plan['id']}/apply", {}))["state"] == "applied"
    assert good(alice.get("/tasks/WEB-1"))["assignee"]["name"] == "Bob"
    problem(alice.post(f"/plans/{plan['id']}/apply", {}), 409, "conflict")
    assert good(alice.post(f"/plans/{plan['id']}/undo"))["state"] == "undone"
    assert good(alice.get("/tasks/WEB-1"))["assignee"] is None
    second = good(alice.post("/plans", {}), 201)
    assert good(alice.post(f"/plans/{second['id']}/discard"))["state"] == "discarded"
    assert [(p["id"], p["project"]) for p in good(alice.get("/plans"))["items"]] == [
        (second["id"], None),
        (plan["id"], "WEB"),
    ]


def test_a_line_can_be_left_out(alice: Caller, team: dict[str, int]) -> None:
    plan = good(alice.post("/plans", {"project": "WEB"}), 201)
    applied = good(alice.post(f"/plans/{plan['id']}/apply", {"leave_out": [plan["lines"][0]["id"]]}))
    assert applied["lines"][0]["outcome"] == "left_out"
    assert good(alice.get("/tasks/WEB-1"))["assignee"] is None


def test_load_is_told_week_by_week(alice: Caller, team: dict[str, int]) -> None:
    good(alice.post("/tasks/WEB-1/assignment", {"worker": team["bob"]}))
    weeks = good(alice.get(f"/workers/{team['bob']}/load"))["weeks"]
    assert len(weeks) == 4
    assert sum(week["planned_min"] for week in weeks) == 120


def test_events_tell_what_happened(alice: Caller, world: World, team: dict[str, int]) -> None:
    good(alice.post("/tasks/WEB-1/assignment", {"worker": "best"}))
    events = good(alice.get("/events?limit=200"))["items"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    last = good(alice.get("/events?order=newest&limit=1"))["items"][0]
    assert (last["kind"], last["subject"]["label"], last["project"]) == ("task.assigned", "WEB-1", "WEB")
    assert last["actor"]["name"] == "Alice"
    assert last["actor"]["token_id"] is not None
    assert last["payload"]["worker"] == {"id": team["bob"], "name": "Bob"}
    assert good(alice.get(f"/events?after={last['seq']}"))["items"] == []
    assert [e["seq"] for e in good(alice.get(f"/events?after={last['seq'] - 1}"))["items"]] == [last["seq"]]
    kinds = {e["kind"] for e in good(alice.get("/events?kind=task.&project=WEB&subject_kind=task"))["items"]}
    assert kinds == {"task.created", "task.assigned"}


def test_events_are_for_managers_and_auditors(as_person: As, team: dict[str, int]) -> None:
    good(as_person("audrey").get("/events"))
    problem(as_person("bob").get("/events"), 403, "forbidden")
    problem(as_person("alice", "work:read").get("/events"), 403, "missing-scope")


def test_a_stranger_finds_no_decision(alice: Caller, team: dict[str, int], world: World) -> None:
    good(alice.post("/tasks/WEB-1/assignment", {"worker": "best"}))
    receipt = good(alice.get("/tasks/WEB-1/assignment"))["receipt_id"]
    good(alice.post("/tasks", {"project": "WEB", "title": "More"}), 201)
    plan = good(alice.post("/plans", {"project": "WEB"}), 201)["id"]
    charlie = caller(world.charlie)
    for path in (f"/receipts/{receipt}", f"/plans/{plan}", "/tasks/WEB-1/assignment", f"/workers/{team['bob']}/load"):
        problem(charlie.get(path), 404, "not-found")
    problem(charlie.post(f"/plans/{plan}/apply", {}), 404, "not-found")
    problem(charlie.post("/plans", {"project": "WEB"}), 404, "not-found")
    assert all(event["project"] is None for event in good(charlie.get("/events"))["items"])
