"""Whatever is sent, to whichever operation: never a crash, and never a status that the document does not name."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from api.conftest import Caller, caller
from fairlead.api.limits import METER
from fairlead.api.v1 import api
from fairlead.events.tenancy import enter
from security.objects import Filled, fill

CASES = 12
JUNK: list[Any] = [
    None, True, False, 0, -1, 1, 7, 2**31, 2**63 - 1, -(2**63), 0.5, -0.0, 1e308, "", " ", "x", "x" * 300, "x" * 60_000,
    "\u202e\u200b", "💩", "' OR 1=1 --", "%s %d {0} ${jndi:x}", "<script>alert(1)</script>", "../../etc/passwd",
    "\n\r\t", "2026-02-30", "2026-13-01T00:00:00Z", "2026-11-23T09:00:00Z", "0000-01-01", "9999-12-31T23:59:59+14:00",
    "WEB-1", "WEB", "best", [], [[]], [None], [1, 1], ["x"] * 1000, {}, {"": ""}, {"__class__": 1},
    [{"skill_id": 1, "level": 1}] * 2, [{"weekday": 0, "from_min": 1, "to_min": 2}], {"a": {"b": {"c": {"d": {}}}}},
]  # fmt: skip
QUERIES = [
    "", "0", "-1", "1", "9" * 25, "1e9", "NaN", "true", "x" * 500, "💩", "'", "%", "_", "\\", "2026-11-23", "me",
    "WEB-1", "task.", "created",
]  # fmt: skip


@pytest.fixture(scope="module")
def acme(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Caller, Filled]]:
    """A workspace with something behind every address, and a program of its owner."""
    with django_db_blocker.unblock(), transaction.atomic():
        filled = fill(timezone.now())
        yield caller(filled.world.olga), filled
        transaction.set_rollback(True)


def _operations() -> list[tuple[str, str]]:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    return [(method.upper(), path) for path, item in document["paths"].items() for method in item]


def _details(method: str, path: str) -> dict[str, Any]:
    return dict(api.get_openapi_schema()["paths"][path][method.lower()])


def _body_fields(operation: dict[str, Any]) -> list[str]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return []
    return list(api.get_openapi_schema()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]["properties"])


def _address(path: str, filled: Filled, dice: random.Random) -> str:
    """The path with real objects, now and then with nonsense."""
    places = {
        "{key}": "WEB-1" if "/tasks/" in path else "WEB", "{after}": "WEB-2", "{worker_id}": filled.ids["worker"],
        "{skill_id}": filled.ids["skill"], "{status_id}": filled.places["columns/status_id"],
        "{criterion_id}": filled.places["criteria/criterion_id"], "{comment_id}": filled.places["comments/comment_id"],
        "{number}": filled.places["time-off/asked_number"], "{plan_id}": filled.places["plans/plan_id"],
        "{receipt_id}": "1", "{attachment_id}": filled.places["files/attachment_id"],
        "{pin_id}": filled.places["pins/pin_id"], "{sign}": "agree", "{item_id}": filled.places["checklist/item_id"],
    }  # fmt: skip
    for name, value in places.items():
        nonsense = dice.choice(["0", "-1", "x", "9" * 25, "%00", "WEB-0", "..", "%2e%2e", "💩", "web-1"])
        path = path.replace(name, value if dice.random() < 0.85 else nonsense)
    return path.removeprefix("/api/v1")


@pytest.mark.parametrize(("method", "path"), _operations())
def test_junk_is_refused_and_never_crashes(acme: tuple[Caller, Filled], method: str, path: str) -> None:
    olga, filled = acme
    METER.counts.clear()
    operation, dice = _details(method, path), random.Random(f"{method} {path}")
    fields, names = _body_fields(operation), [p["name"] for p in operation["parameters"] if p["in"] == "query"]
    for _ in range(CASES):
        address = _address(path, filled, dice)
        body = (
            {name: dice.choice(JUNK) for name in dice.sample(fields, dice.randint(0, len(fields)))} if fields else None
        )
        query = "&".join(f"{name}={dice.choice(QUERIES)}" for name in names if dice.random() < 0.3)
        if dice.random() < 0.1:
            body = dice.choice(JUNK)
        with transaction.atomic():
            enter(filled.world.workspace.pk)
            reply = olga.send(method, f"{address}?{query}" if query else address, body)
            transaction.set_rollback(True)
        said = b"" if reply.streaming else reply.content[:300]
        told = f"{method} {address}?{query} {json.dumps(body)[:300]} → {reply.status_code} {said!r}"
        assert reply.status_code < 500, told
        assert str(reply.status_code) in {*operation["responses"], "404", "405"}, told
        if reply.status_code >= 400:
            assert reply.headers["Content-Type"] == "application/problem+json", told
