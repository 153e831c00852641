"""The API answers in English, or in the language that the request asks for; never in that of the token's owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from api.conftest import API, Caller, problem
from conftest import World
from fairlead.api import limits
from fairlead.api.problems import CODES, PHRASES
from fairlead.api.wording import SAID, wrong
from fairlead.config import config
from fairlead.lib.speech import in_english, speaking, tr

GERMAN = {"Accept_Language": "de-AT,de;q=0.9,en;q=0.5"}

Ask = Callable[[Caller, dict[str, str]], HttpResponse]
WALK: tuple[tuple[str, int, str, Ask, tuple[str, str], tuple[str, str]], ...] = (
    ("no token", 401, "unauthenticated", lambda _a, h: Caller("", Client()).get("/me", **h),
     ("A valid API token is needed", "Send the header Authorization"),
     ("Ein gültiger API-Token ist nötig", "Senden Sie den Header Authorization")),
    ("unknown address", 404, "not-found", lambda a, h: a.get("/nothing", **h),
     ("Not Found", "There is no such thing"), ("Nicht gefunden", "Das gibt es nicht")),
    ("unknown task", 404, "not-found", lambda a, h: a.get("/tasks/WEB-99", **h),
     ("Not found", "There is no"), ("Nicht gefunden", "gibt es nicht")),
    ("bad path", 404, "not-found", lambda a, h: a.get("/skills/" + "9" * 30, **h),
     ("Not found", "Nothing is at this address"), ("Nicht gefunden", "An dieser Adresse ist nichts")),
    ("wrong method", 405, "method-not-allowed", lambda a, h: a.delete("/skills", **h),
     ("Method Not Allowed", "the method does not"), ("Methode nicht erlaubt", "die Methode nicht")),
    ("no JSON", 415, "wrong-type", lambda a, h: a.client.post(
        API + "/skills", b"x", content_type="text/plain",
        headers={"Authorization": f"Bearer {a.token}", **{n.replace("_", "-"): v for n, v in h.items()}}),
     ("The body must be JSON", "Send the body as JSON"), ("Der Inhalt muss JSON sein", "Senden Sie den Inhalt")),
    ("no object", 400, "malformed", lambda a, h: a.post("/skills", ["Python"], **h),
     ("This request cannot be read", "one JSON object"), ("Diese Anfrage ist nicht lesbar", "einzelnes JSON-Objekt")),
    ("wrong parameter", 422, "invalid", lambda a, h: a.get("/skills?colour=red", **h),
     ("Some fields need another look", "Some parameters"), ("Einige", "Einige Parameter")),
    ("wrong cursor", 400, "malformed", lambda a, h: a.get("/skills?cursor=x", **h),
     ("This request cannot be read", "not one of ours"), ("Diese Anfrage ist nicht lesbar", "gibt es hier nicht")),
    ("wrong field", 422, "invalid", lambda a, h: a.post("/skills", {"name": 7}, **h),
     ("Some fields need another look", "Look at: name."), ("Einige", "Sehen Sie nach bei: name.")),
    ("an action refuses", 422, "invalid", lambda a, h: a.post("/skills", {"name": "  "}, **h),
     ("Some fields need another look", "name"), ("Einige", "Namen")),
)  # fmt: skip


@pytest.mark.parametrize("walked", WALK, ids=[row[0] for row in WALK])
def test_refusals_are_english_unless_the_request_asks_for_german(alice: Caller, world: World, walked: Any) -> None:
    _, status, code, ask, english, german = walked
    world.alice.user.language = "de"
    world.alice.user.save(update_fields=["language"])
    plain, asked, other = ask(alice, {}), ask(alice, GERMAN), ask(alice, {"Accept_Language": "fr"})
    for reply, language, (title, detail) in ((plain, "en", english), (asked, "de", german), (other, "en", english)):
        body = problem(reply, status, code)
        assert title in body["title"]
        assert detail in body["detail"]
        assert reply.headers["Content-Language"] == language
        assert "Accept-Language" in reply.headers["Vary"]


def test_each_wrong_field_is_told_in_the_language_that_is_asked_for(alice: Caller) -> None:
    sent = {"name": 7, "colour": "red", "synonyms": ["a", 2]}
    english = {e["pointer"]: e["detail"] for e in problem(alice.post("/skills", sent), 422, "invalid")["errors"]}
    german = {
        e["pointer"]: e["detail"] for e in problem(alice.post("/skills", sent, **GERMAN), 422, "invalid")["errors"]
    }
    assert english == {
        "#/name": "A text is expected.",
        "#/colour": "There is no such field here.",
        "#/synonyms/1": "A text is expected.",
    }
    assert german == {
        "#/name": "Erwartet wird ein Text.",
        "#/colour": "Ein solches Feld gibt es hier nicht.",
        "#/synonyms/1": "Erwartet wird ein Text.",
    }


def test_a_missing_scope_and_a_used_up_allowance_are_told_in_german(as_person: Callable[..., Caller]) -> None:
    reader = as_person("alice", "people:read")
    body = problem(reader.post("/skills", {"name": "Python"}, **GERMAN), 403, "missing-scope")
    assert body["title"] == "Der Token darf das nicht"
    assert "Diesem Token fehlt das Recht people:write." in body["detail"]
    limits.METER.counts.update(dict.fromkeys(range(1000), config().api_per_minute))
    body = problem(reader.get("/me", **GERMAN), 429, "too-many-requests")
    assert "Ein Token darf 600 Anfragen in der Minute senden" in body["detail"]


def test_everything_that_a_program_can_be_told_has_german_words() -> None:
    said = [text for _, text in CODES.values()] + list(SAID.values()) + list(PHRASES)
    with speaking("de"):
        assert [text for text in said if tr(in_english(text)) == in_english(text)] == []
        assert wrong({"type": "literal_error", "ctx": {"expected": "'fs', 'ss' or 'ff'"}}) == (
            "Erwartet wird eines von diesen: 'fs', 'ss', 'ff'."
        )
        assert wrong({"type": "some_new_kind"}) == "Dieser Wert ist hier nicht möglich."


def test_a_reply_that_is_kept_keeps_its_language(alice: Caller) -> None:
    key = {"Idempotency_Key": "one"}
    first = alice.post("/skills", {"name": "Python"}, **key, **GERMAN)
    again = alice.post("/skills", {"name": "Python"}, **key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.content, again.content) == (first.content, first.content)
    assert (first.headers["Content-Language"], again.headers["Content-Language"]) == ("de", "de")


def test_an_etag_of_one_language_is_no_answer_in_another(alice: Caller) -> None:
    english, german = alice.get("/notice-settings"), alice.get("/notice-settings", **GERMAN)
    assert english.headers["ETag"] != german.headers["ETag"]
    tag = english.headers["ETag"]
    assert alice.get("/notice-settings", If_None_Match=tag).status_code == 304
    other = alice.get("/notice-settings", If_None_Match=tag, **GERMAN)
    assert (other.status_code, other.headers["Content-Language"]) == (200, "de")
    assert {"Accept-Language", "Authorization"} <= {name.strip() for name in other.headers["Vary"].split(",")}


def test_the_reference_is_english_for_everybody(db: None) -> None:
    reply = Client().get(API + "/docs", headers={"Accept-Language": "de"})
    assert reply.headers["Content-Language"] == "en"
    assert '<html lang="en"' in reply.content.decode()
    assert "There is no token, or it is wrong, expired or revoked." in reply.content.decode()
