"""Fields and types through the API: definitions with ETags, values of tasks, refusals with pointers."""

from __future__ import annotations

from typing import Any

from api.conftest import Caller, good, problem
from api.test_work import new_task, web  # noqa: F401  fixtures


def made(alice: Caller, **body: Any) -> dict[str, Any]:
    return good(alice.post("/fields", {"projects": ["WEB"], **body}), 201)


def test_a_field_is_made_changed_deleted_and_restored(alice: Caller, web: dict[str, Any]) -> None:  # noqa: F811
    field = made(alice, name="Stage", kind="select", options=[{"name": "Draft"}, {"name": "Live", "color": 2}])
    assert (field["key"], field["projects"], [o["name"] for o in field["options"]]) == (
        "stage",
        ["WEB"],
        ["Draft", "Live"],
    )
    first = alice.get("/fields/stage")
    changed = alice.patch("/fields/stage", {"name": "Phase", "on_cards": ["WEB"]}, If_Match=first["ETag"])
    assert (good(changed)["name"], good(changed)["on_cards"]) == ("Phase", ["WEB"])
    problem(alice.patch("/fields/stage", {"name": "X"}, If_Match=first["ETag"]), 412, "precondition-failed")
    assert alice.delete("/fields/stage").status_code == 204
    problem(alice.get("/fields/stage"), 404, "not-found")
    assert good(alice.post("/fields/stage/restore", {}))["name"] == "Phase"
    assert [f["key"] for f in good(alice.get("/fields?project=WEB"))["items"]] == ["stage"]


def test_tasks_carry_values_by_key(alice: Caller, web: dict[str, Any]) -> None:  # noqa: F811
    made(alice, name="Budget", kind="money", currency="EUR")
    made(alice, name="Stage", kind="select", options=[{"name": "Draft"}])
    made(alice, name="Pages", kind="number", decimals=1)
    task = new_task(alice, fields={"budget": {"amount": 120000, "currency": "EUR"}, "stage": "Draft", "pages": 2.5})
    assert task["fields"]["budget"] == {"amount": 120000, "currency": "EUR"}
    assert (task["fields"]["stage"]["name"], task["fields"]["pages"]) == ("Draft", 2.5)
    changed = good(alice.patch(f"/tasks/{task['key']}", {"fields": {"stage": None, "pages": 3}, "type": "bug"}))
    assert (changed["fields"]["stage"], changed["fields"]["pages"], changed["type"]) == (None, 3, "bug")
    assert [t["key"] for t in good(alice.get("/tasks?fields=budget:>1000"))["items"]] == [task["key"]]
    assert good(alice.get("/tasks?fields=budget:>2000"))["items"] == []
    assert [t["key"] for t in good(alice.get("/tasks?type=bug"))["items"]] == [task["key"]]


def test_wrong_values_are_pointed_at(alice: Caller, web: dict[str, Any]) -> None:  # noqa: F811
    made(alice, name="Budget", kind="money", currency="EUR")
    for value in (12.5, "12", {"amount": 1.5, "currency": "EUR"}, {"amount": 1, "currency": "USD"}, {"amount": True}):
        told = problem(
            alice.post("/tasks", {"project": "WEB", "title": "A", "fields": {"budget": value}}), 422, "invalid"
        )
        assert told["errors"][0]["pointer"] == "#/fields/budget"
    told = problem(alice.post("/tasks", {"project": "WEB", "title": "A", "fields": {"nothing": 1}}), 422, "invalid")
    assert told["errors"][0]["pointer"] == "#/fields/nothing"


def test_types_are_listed_made_and_changed(alice: Caller, web: dict[str, Any]) -> None:  # noqa: F811
    made_ = good(alice.post("/types", {"name": "Video", "icon": "video", "criteria": ["It is cut"]}), 201)
    assert (made_["key"], made_["criteria"]) == ("video", ["It is cut"])
    keys = [kind["key"] for kind in good(alice.get("/types"))["items"]]
    assert keys == ["task", "request", "bug", "approval", "milestone", "video"]
    assert good(alice.patch("/types/video", {"archived": True}))["archived"] is True
    assert new_task(alice, "Shot", type="bug")["type"] == "bug"
    assert alice.delete("/types/video").status_code == 204
