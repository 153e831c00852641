"""Calendars are read from a real server: changes, nothing new, faults, and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conftest import NOW, World
from fairlead.config import config
from fairlead.integrations import jobs
from fairlead.integrations.kinds.ics.inbound import check_address
from fairlead.lib.errors import Invalid
from fairlead.people import actions as people
from fairlead.people.models import BusyBlock, Calendar
from fairlead.people.queries import due_calendars

FILE = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Doctor\r\nDTSTART:20261124T100000Z\r\nDTEND:20261124T110000Z"
    b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Place:
    """A server with one calendar: what it answers next, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.etag = 200, FILE, '"a"'
        self.asked: list[str | None] = []
        place = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.headers.get("If-None-Match")
                place.asked.append(known)
                status = 304 if known == place.etag and place.status == 200 else place.status
                body = place.body if status == 200 else b""
                self.send_response(status)
                self.send_header("ETag", place.etag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_port}/work.ics"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The server, in a network that the settings trust."""
    monkeypatch.setenv("FAIRLEAD_PRIVATE_HOSTS", "cloud.local, 127.0.0.1")
    config.cache_clear()
    made = Place()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()
    monkeypatch.undo()
    config.cache_clear()


def connected(world: World, place: Place) -> Calendar:
    by: dict[str, Any] = {"actor": world.alice.actor, "now": NOW}
    worker = people.create_worker(kind="employee", name="Nina", **by)
    return people.connect_calendar(worker, "Work", check_address(place.address), **by)


def read(calendar: Calendar, now: datetime = NOW) -> Calendar:
    """As the job does it; the calendar afterwards."""
    jobs.read_calendar(workspace_id=calendar.workspace_id, calendar_id=calendar.pk, now=now)
    calendar.refresh_from_db()
    return calendar


def test_a_calendar_is_read_and_asked_again_only_for_what_is_new(world: World, place: Place) -> None:
    calendar = read(connected(world, place))
    assert (calendar.fault, calendar.etag, calendar.read_at) == ("", '"a"', NOW)
    assert BusyBlock.objects.count() == 1
    later = NOW + timedelta(minutes=10)
    assert read(calendar, later).read_at == later
    assert place.asked == [None, '"a"']
    # nothing is asked before it is due
    read(calendar, later + timedelta(minutes=1))
    assert len(place.asked) == 2
    # after half a day it is read whole: the window has moved on
    read(calendar, NOW + timedelta(hours=13))
    assert place.asked[-1] is None
    place.body, place.etag = FILE.replace(b"T100000Z", b"T090000Z"), '"b"'
    read(calendar, NOW + timedelta(hours=14))
    assert (calendar.etag, BusyBlock.objects.get().starts_at.hour) == ('"b"', 9)


def test_a_fault_says_what_to_do_and_keeps_what_was_known(world: World, place: Place) -> None:
    calendar = read(connected(world, place))
    place.status = 404
    calendar = read(calendar, NOW + timedelta(minutes=10))
    assert calendar.fault == "There is nothing at this address any more."
    assert calendar.advice == "Make a new secret link and enter it here."
    assert calendar.next_at == NOW + timedelta(minutes=30)
    place.status, place.body, place.etag = 200, b"<html>Sign in</html>", '"c"'
    calendar = read(calendar, NOW + timedelta(hours=1))
    assert (calendar.fault, calendar.faults) == ("What lies at the address cannot be read.", 2)
    assert BusyBlock.objects.count() == 1
    place.body = FILE
    assert read(calendar, NOW + timedelta(hours=3)).fault == ""


def test_only_calendars_that_are_due_come_round(world: World, place: Place) -> None:
    calendar = connected(world, place)
    assert due_calendars(now=NOW, most=10) == [calendar.pk]
    read(calendar)
    assert due_calendars(now=NOW, most=10) == []
    assert due_calendars(now=NOW + timedelta(minutes=10), most=10) == [calendar.pk]
    people.deactivate_worker(calendar.worker, actor=world.alice.actor, now=NOW)
    assert due_calendars(now=NOW + timedelta(minutes=10), most=10) == []
    people.remove_calendar(calendar, actor=world.alice.actor, now=NOW)
    jobs.read_calendar(workspace_id=world.workspace.pk, calendar_id=calendar.pk, now=NOW)


def test_addresses_are_looked_at_before_they_are_kept(place: Place) -> None:
    assert check_address(" webcal://calendar.example.com/x ") == "https://calendar.example.com/x"
    for address in ("http://calendar.example.com/x", "calendar", "https://me:secret@example.com/"):
        with pytest.raises(Invalid) as refusal:
            check_address(address)
        assert list(refusal.value.fields) == ["address"]
