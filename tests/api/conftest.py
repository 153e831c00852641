"""Calling the API as programs do: over HTTP, with tokens made by the real action."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from conftest import Person, World
from fairlead.accounts import actions as accounts
from fairlead.accounts.permissions import SCOPES
from fairlead.api.limits import METER
from fairlead.events.tenancy import enter

API = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """A program with a token (or without, when it is empty)."""

    token: str
    client: Client

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request; `body` goes as JSON. Headers are written If_Match="…"."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        content = {} if body is None else _content(body)
        return self.client.generic(method, API + path, headers=named, **content)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)


def _content(body: Any) -> dict[str, Any]:
    """JSON, or a form when the body holds a file (bytes)."""
    if isinstance(body, dict) and any(isinstance(value, bytes) for value in body.values()):
        form = {n: SimpleUploadedFile("sent.txt", v) if isinstance(v, bytes) else v for n, v in body.items()}
        return {"data": encode_multipart(BOUNDARY, form), "content_type": MULTIPART_CONTENT}
    return {"data": json.dumps(body), "content_type": "application/json"}


def caller(person: Person, *scopes: str) -> Caller:
    """A program of this person, with these scopes or with all; the connection is left inside their workspace."""
    enter(person.workspace.pk, user_id=person.user.pk)
    _, token = accounts.create_token("test", scopes or SCOPES, actor=person.actor, now=timezone.now(), days=None)
    return Caller(token, Client(raise_request_exception=False))


def good(reply: HttpResponse, status: int = 200) -> Any:
    """The body of a reply that must have this status."""
    assert reply.status_code == status, reply.content.decode()
    return json.loads(reply.content) if reply.content else None


def problem(reply: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of a reply that must have this status and code."""
    body: dict[str, Any] = json.loads(reply.content)
    assert (reply.status_code, body.get("code")) == (status, code), body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert {"type", "title", "detail", "request_id"} <= set(body)
    assert body["request_id"] == reply.headers["X-Request-Id"]
    return body


@pytest.fixture(autouse=True)
def fresh_allowances() -> Iterator[None]:
    """Token ids repeat when tables are emptied; their counts must not."""
    METER.counts.clear()
    yield
    METER.counts.clear()


@pytest.fixture
def alice(world: World) -> Caller:
    """A manager's program with every scope."""
    return caller(world.alice)


@pytest.fixture
def as_person(world: World) -> Callable[..., Caller]:
    """as_person("bob", "work:read"): a program of somebody in the world."""
    return lambda name, *scopes: caller(getattr(world, name), *scopes)
