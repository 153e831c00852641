"""Calendar, timeline and shifting through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import Caller, good, problem

As = Callable[..., Caller]


@pytest.fixture
def alice(alice: Caller) -> Caller:
    """With the project WEB: WEB-1 on 23 and 24 November, WEB-2 after it on the 25th, WEB-3 without dates."""
    good(alice.post("/projects", {"key": "WEB", "name": "Website"}), 201)
    for title, first, last in (("A", 23, 24), ("B", 25, 25)):
        dates = {"release_at": f"2026-11-{first}T00:00:00Z", "due_at": f"2026-11-{last}T18:00:00Z"}
        good(alice.post("/tasks", {"project": "WEB", "title": title, **dates}), 201)
    good(alice.post("/tasks", {"project": "WEB", "title": "C"}), 201)
    assert alice.put("/tasks/WEB-2/waits-for/WEB-1").status_code == 204
    return alice


def test_the_calendar_has_the_days_of_every_task(alice: Caller) -> None:
    found = good(alice.get("/calendar?from=2026-11-24&to=2026-11-30"))
    assert [(it["key"], it["first_day"], it["last_day"]) for it in found["items"]] == [
        ("WEB-1", "2026-11-23", "2026-11-24"),
        ("WEB-2", "2026-11-25", "2026-11-25"),
    ]
    assert (found["undated"], found["away"], found["more"]) == (1, [], False)
    assert good(alice.get("/calendar?from=2026-11-24&to=2026-11-30&q=b"))["items"][0]["key"] == "WEB-2"
    four_weeks = good(alice.get("/calendar?from=2026-10-28"))["items"]
    assert [it["key"] for it in four_weeks] == ["WEB-1"]


@pytest.mark.parametrize(
    "query", ["to=2026-11-01", "from=2026-11-02&to=2026-11-01", "from=2026-01-01&to=2026-12-01", "from=1&to=2"]
)
def test_days_that_make_no_sense_are_refused(alice: Caller, query: str) -> None:
    problem(alice.get(f"/calendar?{query}"), 422, "invalid")


def test_the_timeline_has_bars_links_and_what_does_not_fit(alice: Caller) -> None:
    good(alice.patch("/tasks/WEB-1", {"due_at": "2026-11-26T18:00:00Z"}))
    found = good(alice.get("/timeline"))
    assert [(it["key"], it["starts_at"], it["ends_at"]) for it in found["items"]] == [
        ("WEB-1", "2026-11-23T00:00:00Z", "2026-11-26T18:00:00Z"),
        ("WEB-2", "2026-11-25T00:00:00Z", "2026-11-25T18:00:00Z"),
    ]
    sentence = "WEB-2 starts on 25 Nov 00:00, but WEB-1 ends on 26 Nov 18:00."
    assert found["links"] == [{"after": "WEB-1", "task": "WEB-2", "kind": "fs", "lag_min": 0, "problem": sentence}]
    assert (found["critical"], found["undated"]) == (["WEB-1", "WEB-2"], 1)


def test_a_shift_is_tried_then_done_then_taken_back(alice: Caller) -> None:
    tried = good(alice.post("/tasks/WEB-1/shift", {"days": 1, "dry_run": True}))
    assert [(it["key"], it["after"]["due_at"], it["because"]) for it in tried["moved"]] == [
        ("WEB-1", "2026-11-25T18:00:00Z", ""),
        ("WEB-2", "2026-11-26T18:00:00Z", "WEB-1"),
    ]
    assert tried["batch"] is None
    assert good(alice.get("/tasks/WEB-2"))["due_at"] == "2026-11-25T18:00:00Z"
    done = good(alice.post("/tasks/WEB-1/shift", {"days": 1}))
    assert done["moved"] == tried["moved"]
    assert good(alice.get("/tasks/WEB-2"))["due_at"] == "2026-11-26T18:00:00Z"
    assert good(alice.post(f"/batches/{done['batch']}/undo"))["changed"] == ["WEB-1", "WEB-2"]
    assert good(alice.get("/tasks/WEB-2"))["due_at"] == "2026-11-25T18:00:00Z"


@pytest.mark.parametrize(
    "body",
    [{"days": 4000}, {"days": 1, "due_at": None}, {"days": "1"}, {"due_at": "2026-11-20T18:00:00Z"}, {"more": 1}],
)
def test_shifts_that_make_no_sense_are_refused(alice: Caller, body: dict[str, Any]) -> None:
    problem(alice.post("/tasks/WEB-1/shift", body), 422, "invalid")


def test_what_would_not_move_and_what_somebody_changed_are_said(alice: Caller) -> None:
    problem(alice.post("/tasks/WEB-1/shift", {}), 422, "so-already")
    first = alice.get("/tasks/WEB-1").headers["ETag"]
    good(alice.patch("/tasks/WEB-1", {"title": "Changed"}))
    answer = alice.post("/tasks/WEB-1/shift", {"days": 1}, If_Match=first)
    assert answer.status_code in (409, 412)


def test_a_task_that_is_not_there_cannot_be_shifted(alice: Caller) -> None:
    problem(alice.post("/tasks/WEB-9/shift", {"days": 1}), 404, "not-found")
