"""Files through the API: sent as forms, given back byte for byte, refused as problems."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from api.conftest import API, Caller, good, problem
from conftest import World
from fairlead.config import config, use
from fairlead.work import actions
from fairlead.work.models import Attachment


@pytest.fixture
def task(world: World, alice: Caller, now: Any) -> str:
    project = actions.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    actions.share_project(project, world.clara.user, actor=world.alice.actor, now=now)
    return str(actions.create_task(project, actions.TaskDraft(title="Logo"), actor=world.alice.actor, now=now))


def form(by: Caller, path: str, *, name: str = "logo.txt", content: bytes = b"one", **more: str) -> HttpResponse:
    headers = {"Authorization": f"Bearer {by.token}", **{n: more.pop(n) for n in ("Idempotency-Key",) if n in more}}
    sent = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content), **more})
    return by.client.generic("POST", API + path, sent, MULTIPART_CONTENT, headers=headers)


def body(reply: Any) -> bytes:
    return b"".join(reply.streaming_content) if reply.streaming else bytes(reply.content)


def test_a_file_goes_in_and_comes_out_in_all_its_versions(alice: Caller, task: str) -> None:
    made = good(form(alice, f"/tasks/{task}/attachments"), 201)
    assert (made["name"], made["for_client"], made["revision"], made["task"]) == ("logo.txt", False, 1, task)
    number = made["id"]
    second = good(form(alice, f"/attachments/{number}/versions", name="b.txt", content=b"two"), 201)
    assert (second["number"], second["size"], second["mime"]) == (2, 3, "text/plain")
    shown = good(alice.get(f"/attachments/{number}"))
    assert [(v["number"], v["name"]) for v in shown["versions"]] == [(2, "b.txt"), (1, "logo.txt")]
    first = alice.get(f"/attachments/{number}/versions/1/content")
    assert (first.status_code, body(first)) == (200, b"one")
    assert first.headers["Content-Disposition"] == 'attachment; filename="logo.txt"'
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    part = alice.get(f"/attachments/{number}/versions/2/content", Range="bytes=1-")
    assert (part.status_code, body(part), part.headers["Content-Range"]) == (206, b"wo", "bytes 1-2/3")
    assert [item["id"] for item in good(alice.get(f"/tasks/{task}/attachments"))["items"]] == [number]
    good(alice.delete(f"/attachments/{number}"), 204)
    problem(alice.get(f"/attachments/{number}"), 404, "not-found")
    assert good(alice.post(f"/attachments/{number}/restore"))["revision"] == 2


def test_clients_get_what_is_shown_and_agents_show_nothing(alice: Caller, as_person: Any, task: str) -> None:
    number = good(form(alice, f"/tasks/{task}/attachments"), 201)["id"]
    echo = as_person("echo")
    problem(echo.patch(f"/attachments/{number}", {"for_client": True}), 403, "forbidden")
    problem(form(echo, f"/tasks/{task}/attachments", for_client="true"), 403, "forbidden")
    assert good(alice.patch(f"/attachments/{number}", {"for_client": True}))["for_client"] is True
    problem(as_person("charlie").get(f"/attachments/{number}/versions/1/content"), 404, "not-found")


def test_a_repeated_request_adds_one_file(alice: Caller, task: str) -> None:
    path, key = f"/tasks/{task}/attachments", {"Idempotency-Key": "k1"}
    first, again = form(alice, path, **key), form(alice, path, **key)
    assert (good(first, 201), again.headers["Idempotent-Replayed"]) == (good(again, 201), "true")
    assert Attachment.objects.count() == 1
    problem(form(alice, path, content=b"other", **key), 422, "key-reused")
    assert list((config().files_path / "incoming").glob("*")) == []


def test_what_is_no_form_with_a_file_is_refused(alice: Caller, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/tasks/{task}/attachments"
    problem(alice.post(path, {"file": "x"}), 415, "wrong-type")
    problem(alice.post(path), 415, "wrong-type")
    headers = {"Authorization": f"Bearer {alice.token}"}
    for kind in ("multipart/form-data", "multipart/form-data; boundary="):
        problem(alice.client.generic("POST", API + path, b"junk", kind, headers=headers), 400, "malformed")
    problem(alice.client.generic("POST", API + path, b"--B--\r\n", "multipart/form-data; boundary=B", headers=headers),
            422, "invalid")  # fmt: skip
    problem(form(alice, path, for_client="perhaps"), 422, "invalid")
    problem(form(alice, path, content=b""), 422, "invalid")
    monkeypatch.setenv("FAIRLEAD_FILE_MAX_MB", "1")
    use()
    refused = problem(form(alice, path, content=b"x" * (2**20 + 1)), 413, "too-large")
    monkeypatch.undo()
    use()
    assert refused["detail"] == "A file may have 1 MB at most. Make it smaller, or share a link to it."
    assert Attachment.objects.count() == 0
    assert json.loads(alice.get(path).content)["items"] == []


def test_comments_are_restored_shown_and_signed(world: World, alice: Caller, as_person: Any, task: str) -> None:
    place = f"/tasks/{task}/comments"
    number = good(alice.post(place, {"body": "one"}), 201)["id"]
    good(alice.patch(f"{place}/{number}", {"body": "two"}))
    assert [text["body"] for text in good(alice.get(f"{place}/{number}/revisions"))["items"]] == ["one"]
    problem(as_person("echo").post(f"{place}/{number}/show"), 403, "forbidden")
    assert good(alice.post(f"{place}/{number}/show"))["internal"] is False
    assert good(alice.post(f"{place}/{number}/hide"))["internal"] is True
    good(alice.put(f"{place}/{number}/reactions/party"), 204)
    problem(alice.put(f"{place}/{number}/reactions/frown"), 422, "invalid")
    good(alice.delete(f"{place}/{number}"), 204)
    problem(alice.post(f"{place}/{number}/hide"), 404, "not-found")
    assert good(alice.post(f"{place}/{number}/restore"))["body"] == "two"
