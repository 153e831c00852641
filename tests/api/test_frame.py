"""What holds for every operation: tokens, scopes, problems, ETags and allowances."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.conftest import API, Caller, caller, good, problem
from conftest import World
from fairlead.accounts import actions as accounts
from fairlead.accounts.models import ApiToken, User
from fairlead.api.v1 import me
from fairlead.config import use

As = Callable[..., Caller]


def test_a_token_says_who_it_is(alice: Caller, world: World) -> None:
    body = good(alice.get("/me"))
    assert body["name"] == "Alice"
    assert body["role"] == "manager"
    assert body["workspace"] == {"id": world.workspace.pk, "name": "Acme", "time_zone": "UTC", "currency": "EUR"}
    assert "work:write" in body["scopes"]


def test_without_a_token_nobody_gets_in(world: World) -> None:
    reply = Caller("", Client()).get("/me")
    problem(reply, 401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "fl_x", "Bearer \u00e9", "Bearer " + "x" * 5000]
)
def test_a_header_that_is_no_token_is_refused(world: World, header: str) -> None:
    problem(Caller("", Client()).get("/me", Authorization=header), 401, "unauthenticated")


def test_being_signed_in_counts_for_nothing(world: World) -> None:
    client = Client()
    client.force_login(world.alice.user)
    problem(Caller("", client).get("/me"), 401, "unauthenticated")
    problem(Caller("", client).post("/skills", {"name": "Python"}), 401, "unauthenticated")


def test_a_token_in_the_address_is_no_token(alice: Caller) -> None:
    problem(Caller("", Client()).get(f"/me?token={alice.token}"), 401, "unauthenticated")


def test_an_expired_token_is_refused(alice: Caller, world: World) -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(alice.get("/me"), 401, "unauthenticated")


def test_a_revoked_token_is_refused(alice: Caller, world: World) -> None:
    good(alice.get("/me"))
    accounts.revoke_token(ApiToken.objects.get().pk, actor=world.alice.actor, now=timezone.now())
    problem(alice.get("/me"), 401, "unauthenticated")


def test_the_token_of_somebody_who_left_is_refused(alice: Caller, world: World) -> None:
    accounts.remove_member(world.alice.member.pk, actor=world.olga.actor, now=timezone.now())
    problem(alice.get("/me"), 401, "unauthenticated")


def test_the_token_of_a_closed_account_is_refused(alice: Caller, world: World) -> None:
    User.objects.filter(pk=world.alice.user.pk).update(is_active=False)
    problem(alice.get("/me"), 401, "unauthenticated")


def test_a_missing_scope_is_named(as_person: As) -> None:
    reader = as_person("alice", "people:read")
    good(reader.get("/skills"))
    body = problem(reader.post("/skills", {"name": "Python"}), 403, "missing-scope")
    assert "people:write" in body["detail"]


def test_a_scope_never_exceeds_the_role(as_person: As) -> None:
    problem(as_person("bob").post("/skills", {"name": "Python"}), 403, "forbidden")


@pytest.mark.parametrize(
    "path", ["/nothing", "/tasks/", "/tasks/WEB-1/nothing", "/", "/skills/x", "/skills/" + "9" * 30]
)
def test_an_unknown_address_is_a_problem(alice: Caller, path: str) -> None:
    problem(alice.get(path), 404, "not-found")


def test_so_it_is_outside_this_version(world: World) -> None:
    reply = Client().get("/api/v2/tasks")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_wrong_method_says_which_are_right(alice: Caller, method: str) -> None:
    reply = alice.send(method, "/skills")
    problem(reply, 405, "method-not-allowed")
    assert {name.strip() for name in reply.headers["Allow"].split(",")} == {"GET", "HEAD", "POST"}


def test_head_is_get_without_a_body(alice: Caller) -> None:
    reply = alice.send("HEAD", "/me")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["ETag"] == alice.get("/me").headers["ETag"]


def test_a_wrong_field_is_pointed_at(alice: Caller) -> None:
    body = problem(alice.post("/skills", {"name": 7, "colour": "red", "synonyms": ["a", 2]}), 422, "invalid")
    assert {error["pointer"] for error in body["errors"]} == {"#/name", "#/colour", "#/synonyms/1"}


def test_what_an_action_refuses_is_pointed_at_too(alice: Caller) -> None:
    good(alice.post("/skills", {"name": "Python"}), 201)
    body = problem(alice.post("/skills", {"name": " python "}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#/name"]


def test_a_wrong_parameter_is_named(alice: Caller) -> None:
    for query, name in (("limit=0", "limit"), ("limit=201", "limit"), ("limit=1e9", "limit"), ("page=2", "page")):
        body = problem(alice.get(f"/skills?{query}"), 422, "invalid")
        assert [error["parameter"] for error in body["errors"]] == [name]


def test_parameters_do_not_reach_the_database_by_name(alice: Caller) -> None:
    problem(alice.get("/workers?user__password__startswith=a"), 422, "invalid")


def test_a_parameter_comes_once(alice: Caller) -> None:
    problem(alice.get("/skills?limit=1&limit=2"), 422, "invalid")


def test_nul_is_no_text(alice: Caller) -> None:
    problem(alice.get("/skills?name=%00"), 422, "invalid")
    body = problem(alice.post("/skills", {"name": "a\0b", "synonyms": ["\ud800"]}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#/name", "#/synonyms/0"]


MALFORMED = {
    "nothing": b" ",
    "no JSON": b"name=Python",
    "half of it": b'{"name": "Py',
    "not UTF-8": b'{"name": "\xff"}',
    "NaN": b'{"name": NaN}',
    "a number beyond any": b'{"name": 1e400}',
    "a number of 5000 digits": b'{"parent_id": ' + b"9" * 5000 + b"}",
    "a name twice": b'{"name": "a", "name": "b"}',
    "no object": b'["name"]',
    "a very deep one": b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "a deep one": b'{"name": ' + b"[" * 20 + b"]" * 20 + b"}",
    "a name with NUL": b'{"na\\u0000me": 1}',
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_body_that_cannot_be_read_is_refused(alice: Caller, what: str) -> None:
    reply = alice.client.generic(
        "POST", f"{API}/skills", MALFORMED[what], "application/json", headers={"Authorization": f"Bearer {alice.token}"}
    )
    problem(reply, 400, "malformed")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/xml"]
)
def test_a_body_must_say_that_it_is_json(alice: Caller, content_type: str) -> None:
    headers = {"Authorization": f"Bearer {alice.token}"}
    reply = alice.client.generic("POST", f"{API}/skills", b'{"name": "Python"}', content_type, headers=headers)
    problem(reply, 415, "wrong-type")


def test_a_huge_body_is_refused(alice: Caller) -> None:
    problem(alice.post("/skills", {"name": "x" * 1_100_000}), 413, "too-large")


def test_a_huge_body_is_refused_unread_when_it_says_so(alice: Caller) -> None:
    for length in ("99999999999", "9" * 40, "-1", "many"):
        reply = alice.client.generic(
            "POST", f"{API}/skills", b"{}", "application/json", CONTENT_LENGTH=length,
            headers={"Authorization": f"Bearer {alice.token}"},
        )  # fmt: skip
        problem(reply, 413, "too-large")


def test_a_crash_is_a_problem_without_details(alice: Caller, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def crash(_actor: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(me, "worker_of", crash)
    reply = alice.get("/me")
    problem(reply, 500, "crash")
    assert b"secret detail" not in reply.content
    assert b"Zero" not in reply.content


def test_a_reader_who_has_it_already_gets_no_body(alice: Caller) -> None:
    skill = good(alice.post("/skills", {"name": "Python"}), 201)
    first = alice.get(f"/skills/{skill['id']}")
    again = alice.get(f"/skills/{skill['id']}", If_None_Match=f'"other", W/{first.headers["ETag"]}')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    good(alice.patch(f"/skills/{skill['id']}", {"description": "Snakes"}))
    good(alice.get(f"/skills/{skill['id']}", If_None_Match=first.headers["ETag"]))


def test_replies_are_private(alice: Caller) -> None:
    assert alice.get("/me").headers["Cache-Control"] == "private, no-cache"
    assert alice.post("/skills", {"name": "Python"}).headers["Cache-Control"] == "no-store"
    assert "Authorization" in alice.get("/me").headers["Vary"]


def test_an_allowance_ends_and_begins_again(alice: Caller, as_person: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLEAD_API_PER_MINUTE", "2")
    use()
    try:
        moment = timezone.now().replace(second=10)
        monkeypatch.setattr("fairlead.api.routes.timezone.now", lambda: moment)
        assert alice.get("/me").headers["RateLimit-Remaining"] == "1"
        assert alice.get("/me").headers["RateLimit-Remaining"] == "0"
        reply = alice.get("/me")
        problem(reply, 429, "too-many-requests")
        assert reply.headers["Retry-After"] == reply.headers["RateLimit-Reset"] == "50"
        good(as_person("bob").get("/me"))
        moment += timedelta(seconds=50)
        good(alice.get("/me"))
    finally:
        monkeypatch.delenv("FAIRLEAD_API_PER_MINUTE")
        use()


def test_a_token_is_in_no_log(alice: Caller, capfd: Any) -> None:
    alice.get("/me")
    alice.get(f"/skills?name={alice.token}")
    out = capfd.readouterr()
    assert alice.token not in out.out + out.err


def test_two_workspaces_do_not_meet(alice: Caller, world: World) -> None:
    skill = good(alice.post("/skills", {"name": "Python"}), 201)
    charlie = caller(world.charlie)
    assert good(charlie.get("/skills"))["items"] == []
    problem(charlie.get(f"/skills/{skill['id']}"), 404, "not-found")
    problem(charlie.patch(f"/skills/{skill['id']}", {"name": "Snake"}), 404, "not-found")
    problem(charlie.post("/skills", {"name": "Django", "parent_id": skill["id"]}), 404, "not-found")
    assert json.loads(alice.get("/skills").content)["items"][0]["name"] == "Python"
