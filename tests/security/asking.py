"""Asking the server as one person after another, and naming what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from conftest import Person
from fairlead.accounts.models import User
from fairlead.lib.secrets import digest
from fairlead.web.step_up import CONFIRMED
from security.expectations import (
    ADMIN,
    AUDITOR,
    CLIENT,
    CONTRIBUTOR,
    HOLDER,
    MANAGER,
    OTHER_CLIENT,
    OWNER,
    Line,
)
from security.objects import Filled
from security.routes import Route

ANONYMOUS, STRANGER = "anonymous", "stranger"


@dataclass(frozen=True)
class House:
    """The filled world, and the session of everybody in it."""

    filled: Filled
    sessions: dict[str, str]

    def ask(self, who: str, method: str, route: Route, line: Line, **more: Any) -> HttpResponse:
        """One request; whatever it changes is taken back."""
        data = {name: self._filled_in(value) for name, value in line.data.items()}
        with transaction.atomic():
            response = self.browser(who).generic(method, self.url(route, line), **_body(method, data), **more)
            transaction.set_rollback(True)
        return response

    def url(self, route: Route, line: Line) -> str:
        """The address of what this line is about."""
        return route.url({**self.filled.places, **{name: self._id(value) for name, value in line.at.items()}})

    def link(self, route: Route, line: Line) -> str:
        """The address with what the line asks there."""
        asked = urlencode({name: self._filled_in(value) for name, value in line.data.items()})
        return self.url(route, line) + (f"?{asked}" if asked else "")

    def browser(self, who: str, **options: Any) -> Client:
        """A fresh browser that has nothing but this person's session."""
        client = Client(raise_request_exception=False, **options)
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client

    def _id(self, name: str) -> str:
        return self.filled.ids.get(name, self.filled.places.get(name, name))

    def _filled_in(self, value: Any) -> Any:
        return value.format(**self.filled.ids) if isinstance(value, str) else value


def _body(method: str, data: dict[str, Any]) -> dict[str, Any]:
    if method in ("GET", "HEAD"):
        return {"QUERY_STRING": urlencode(data, doseq=True)}
    if any(isinstance(value, bytes) for value in data.values()):
        return {
            "data": encode_multipart(BOUNDARY, {n: _file(v) for n, v in data.items()}),
            "content_type": MULTIPART_CONTENT,
        }
    return {"data": urlencode(data, doseq=True), "content_type": "application/x-www-form-urlencoded"}


def _file(value: Any) -> Any:
    """Bytes are sent as a file."""
    return SimpleUploadedFile("sent.txt", value) if isinstance(value, bytes) else value


def open_house(filled: Filled) -> House:
    """Sign everybody in."""
    world = filled.world
    people: dict[str, Person] = {
        OWNER: world.olga,
        ADMIN: filled.admin,
        MANAGER: world.alice,
        HOLDER: world.bob,
        CONTRIBUTOR: world.dana,
        CLIENT: world.clara,
        OTHER_CLIENT: filled.other_client,
        AUDITOR: world.audrey,
        STRANGER: world.charlie,
    }
    filled.places["sessions/number"] = digest(_session(world.bob.user))  # one more that he has open elsewhere
    return House(filled, {who: _session(person.user) for who, person in people.items()})


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session[CONFIRMED] = (timezone.now() + timedelta(days=1)).isoformat()  # however long the tests take
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def outcome(response: HttpResponse) -> str:
    """ok, wrong (the form), forbidden, missing, sign in, welcome, no such method, or the number of the status."""
    if response.status_code in (301, 302, 303, 307, 308):
        place = response.headers["Location"]
        return "sign in" if place.startswith("/sign-in/") else "welcome" if place.startswith("/welcome/") else "ok"
    if response.status_code < 300:
        return "ok"
    names = {401: "unknown", 403: "forbidden", 404: "missing", 405: "no such method", 409: "wrong", 422: "wrong"}
    return names.get(response.status_code, str(response.status_code))
