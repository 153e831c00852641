"""Workers and skills through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import Caller, caller, good, problem
from conftest import World

As = Callable[..., Caller]


@pytest.fixture
def dana(alice: Caller, world: World) -> dict[str, Any]:
    """Dana in the directory, a freelancer who costs 95.00 an hour."""
    body = {"kind": "freelancer", "name": "Dana", "user_id": world.dana.user.pk, "rate_cents": 9500, "max_tasks": 3}
    return good(alice.post("/workers", body), 201)


def test_a_worker_begins_with_usual_hours(alice: Caller, dana: dict[str, Any], world: World) -> None:
    assert (dana["user_id"], dana["rate_cents"], dana["week_minutes"], dana["max_tasks"]) == (
        world.dana.user.pk,
        9500,
        2400,
        3,
    )
    assert dana["hours"][:2] == [
        {"weekday": 0, "from_min": 540, "to_min": 750},
        {"weekday": 0, "from_min": 780, "to_min": 1050},
    ]
    assert good(alice.get(f"/workers/{dana['id']}")) == dana
    assert good(alice.get("/workers"))["items"] == [dana]


def test_rates_are_for_managers_auditors_and_oneself(alice: Caller, as_person: As, dana: dict[str, Any]) -> None:
    rates = {
        name: good(as_person(name).get(f"/workers/{dana['id']}"))["rate_cents"] for name in ("audrey", "bob", "dana")
    }
    assert rates == {"audrey": 9500, "bob": None, "dana": 9500}


def test_people_change_their_own_profile_and_no_more(as_person: As, dana: dict[str, Any]) -> None:
    own = as_person("dana")
    assert good(own.patch(f"/workers/{dana['id']}", {"headline": "Illustrator"}))["headline"] == "Illustrator"
    for field, value in (
        ("rate_cents", 99),
        ("kind", "employee"),
        ("name", "Queen"),
        ("speed_percent", 500),
        ("user_id", None),
    ):
        problem(own.patch(f"/workers/{dana['id']}", {field: value}), 403, "forbidden")
    problem(own.patch(f"/workers/{dana['id']}", {"workspace": 2}), 422, "invalid")
    assert good(own.get(f"/workers/{dana['id']}"))["rate_cents"] == 9500


def test_a_stale_profile_is_not_written(alice: Caller, dana: dict[str, Any]) -> None:
    etag = alice.get(f"/workers/{dana['id']}").headers["ETag"]
    good(alice.patch(f"/workers/{dana['id']}", {"headline": "One"}, If_Match=etag))
    problem(alice.patch(f"/workers/{dana['id']}", {"headline": "Two"}, If_Match=etag), 412, "precondition-failed")


def test_an_account_of_elsewhere_cannot_be_linked(alice: Caller, world: World) -> None:
    body = problem(
        alice.post("/workers", {"kind": "employee", "name": "C", "user_id": world.charlie.user.pk}), 422, "invalid"
    )
    assert [error["pointer"] for error in body["errors"]] == ["#/user_id"]


def test_skills_are_set_confirmed_and_removed(alice: Caller, as_person: As, dana: dict[str, Any]) -> None:
    python = good(alice.post("/skills", {"name": "Python", "synonyms": ["py"]}), 201)
    own, path = as_person("dana"), f"/workers/{dana['id']}/skills/{python['id']}"
    held = good(own.put(path, {"level": 4, "evidence": "Five years", "last_used_on": "2026-11-01"}))["skills"]
    assert held == [{
        "skill_id": python["id"], "name": "Python", "level": 4, "confirmed": False, "evidence": "Five years",
        "evidence_url": "", "last_used_on": "2026-11-01", "expires_on": None,
    }]  # fmt: skip
    problem(own.post(f"{path}/confirm"), 403, "forbidden")
    assert good(alice.post(f"{path}/confirm"))["skills"][0]["confirmed"] is True
    assert [w["name"] for w in good(alice.get(f"/workers?skill_id={python['id']}&level=4"))["items"]] == ["Dana"]
    assert good(alice.get(f"/workers?skill_id={python['id']}&level=5"))["items"] == []
    good(alice.delete(path), 204)
    problem(alice.delete(path), 404, "not-found")
    for level in (0, 6, "4", True, 4.5):
        problem(alice.put(path, {"level": level}), 422, "invalid")


def test_the_taxonomy_has_parents_and_other_names(alice: Caller) -> None:
    language = good(alice.post("/skills", {"name": "Programming"}), 201)
    python = good(alice.post("/skills", {"name": "Python", "parent_id": language["id"], "synonyms": ["py"]}), 201)
    assert good(alice.get(f"/skills?parent_id={language['id']}"))["items"] == [python]
    assert good(alice.get("/skills?name=PY"))["items"] == [python]
    assert good(alice.get("/skills?name=Perl"))["items"] == []
    changed = good(alice.patch(f"/skills/{python['id']}", {"parent_id": None}))
    assert changed == {**python, "parent_id": None}
    problem(alice.patch(f"/skills/{language['id']}", {"parent_id": language["id"]}), 422, "invalid")


def test_hours_and_wishes_are_replaced(alice: Caller, dana: dict[str, Any]) -> None:
    art = good(alice.post("/skills", {"name": "Art"}), 201)
    week = [{"weekday": 2, "from_min": 600, "to_min": 720}]
    assert good(alice.put(f"/workers/{dana['id']}/hours", {"hours": week}))["hours"] == week
    problem(alice.put(f"/workers/{dana['id']}/hours", {"hours": week * 2}), 422, "invalid")
    wishes = {"wants_skills": [art["id"]], "avoids_labels": ["urgent"]}
    assert good(alice.put(f"/workers/{dana['id']}/preferences", wishes))["preferences"] == {
        "wants_skills": [art["id"]], "wants_labels": [], "avoids_skills": [], "avoids_labels": ["urgent"],
    }  # fmt: skip


def test_time_off_is_asked_for_and_answered(alice: Caller, as_person: As, dana: dict[str, Any]) -> None:
    own, path = as_person("dana"), f"/workers/{dana['id']}/time-off"
    asked = good(own.post(path, {"starts_on": "2026-12-24", "ends_on": "2026-12-31", "reason": "Family"}), 201)
    assert (asked["state"], asked["reason"]) == ("requested", "Family")
    problem(own.post(f"{path}/{asked['id']}/approve"), 403, "forbidden")
    assert good(alice.post(f"{path}/{asked['id']}/approve"))["state"] == "approved"
    problem(alice.post(f"{path}/{asked['id']}/decline", {}), 409, "already-decided")
    assert good(own.post(f"{path}/{asked['id']}/cancel"))["state"] == "cancelled"
    assert [row["state"] for row in good(own.get(path))["items"]] == ["cancelled"]
    problem(own.post(path, {"starts_on": "2026-12-24", "ends_on": "2026-12-01"}), 422, "invalid")
    problem(own.post(path, {"starts_on": "24.12.2026", "ends_on": 5}), 422, "invalid")


def test_somebody_leaves_and_returns(alice: Caller, dana: dict[str, Any]) -> None:
    assert good(alice.post(f"/workers/{dana['id']}/deactivate"))["active"] is False
    assert good(alice.get("/workers?active=true"))["items"] == []
    assert len(good(alice.get("/workers?active=false"))["items"]) == 1
    assert good(alice.post(f"/workers/{dana['id']}/reactivate"))["active"] is True


def test_the_directory_takes_the_same_queries_however_long(alice: Caller, django_assert_num_queries: Any) -> None:
    for number in range(6):
        good(alice.post("/workers", {"kind": "employee", "name": f"Person {number}"}), 201)
    with django_assert_num_queries(5 + 4):
        assert len(good(alice.get("/workers"))["items"]) == 6


def test_a_stranger_finds_nobody(alice: Caller, dana: dict[str, Any], world: World) -> None:
    charlie = caller(world.charlie)
    assert good(charlie.get("/workers"))["items"] == []
    problem(charlie.get(f"/workers/{dana['id']}"), 404, "not-found")
    problem(charlie.patch(f"/workers/{dana['id']}", {"headline": "x"}), 404, "not-found")
    problem(charlie.put(f"/workers/{dana['id']}/hours", {"hours": []}), 404, "not-found")
    problem(charlie.get(f"/workers/{dana['id']}/time-off"), 404, "not-found")
