"""The page of one's calendars, and the address of one's own work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from icalendar import Calendar as Parsed

from conftest import Person, World
from fairlead.allocation import actions as allocation
from fairlead.people import actions
from fairlead.people.models import BusyBlock, Calendar
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from people.team import Team


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def ics() -> bytes:
    at = timezone.now() + timedelta(hours=1)
    times = f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H"
    event = f"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Doctor\r\n{times}\r\nEND:VEVENT"
    return f"BEGIN:VCALENDAR\r\n{event}\r\nEND:VCALENDAR\r\n".encode()


def test_somebody_uploads_a_calendar_and_only_they_read_titles(world: World, team: Team) -> None:
    address = f"/people/{team.dana.pk}/calendars/"
    dana, alice = signed_in(world.dana), signed_in(world.alice)
    sent = {"name": "Work", "file": SimpleUploadedFile("work.ics", ics()), "keeps_titles": "on"}
    assert dana.post(address + "upload/", sent).status_code == 302
    assert "Doctor" in dana.get(address).content.decode()
    shown = alice.get(address).content.decode()
    assert "Work" in shown
    assert "Doctor" not in shown
    assert signed_in(world.bob).get(address).status_code == 403
    number = Calendar.objects.get().pk
    dana.post(f"{address}{number}/titles/", {"keeps_titles": ""})
    assert BusyBlock.objects.get().title == ""
    dana.post(f"{address}{number}/remove/")
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://example.com/x", "begin with https://"),
        ("nonsense", "is not an address"),
        ("", "This field is required"),
    ],
)
def test_an_address_that_cannot_be_is_told_beside_its_field(world: World, team: Team, address: str, said: str) -> None:
    answer = signed_in(world.dana).post(
        f"/people/{team.dana.pk}/calendars/connect/", {"name": "Work", "address": address}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_that_is_no_calendar_is_refused(world: World, team: Team) -> None:
    sent = {"name": "Work", "file": SimpleUploadedFile("work.ics", b"<html>")}
    answer = signed_in(world.dana).post(f"/people/{team.dana.pk}/calendars/upload/", sent)
    assert answer.status_code == 422
    assert "This is no calendar in iCalendar form" in answer.content.decode()


def planned(world: World, team: Team) -> None:
    """Dana has a task of twelve hours that is due in a week."""
    by: dict[str, Any] = {"actor": world.alice.actor, "now": timezone.now()}
    project = work.create_project(key="WEB", name="Web", **by)
    draft = TaskDraft(title="Draw; it, well", effort_min=720, due_at=timezone.now() + timedelta(days=7))
    allocation.assign_task(work.create_task(project, draft, **by), team.dana, **by)


def test_the_own_work_can_be_subscribed_to(world: World, team: Team) -> None:
    planned(world, team)
    secret = actions.open_feed(team.dana, actor=world.dana.actor, now=timezone.now())
    answer = Client().get(f"/calendar/{secret}/work.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar"
    entries = list(Parsed.from_ical(answer.content).walk("VEVENT"))
    blocks = [entry for entry in entries if str(entry["UID"]).startswith("task-")]
    minutes = sum((entry.decoded("dtend") - entry.decoded("dtstart")).total_seconds() / 60 for entry in blocks)
    assert minutes == 720
    assert {str(entry["SUMMARY"]) for entry in blocks} == {"WEB-1 Draw; it, well"}
    assert [str(entry["SUMMARY"]) for entry in entries if entry not in blocks] == ["Due: WEB-1 Draw; it, well"]
    again = Parsed.from_ical(Client().get(f"/calendar/{secret}/work.ics").content)
    assert [str(entry["UID"]) for entry in again.walk("VEVENT")] == [str(entry["UID"]) for entry in entries]


def test_without_titles_it_says_only_when(world: World, team: Team) -> None:
    planned(world, team)
    secret = actions.open_feed(team.dana, shows_titles=False, actor=world.dana.actor, now=timezone.now())
    text = Client().get(f"/calendar/{secret}/work.ics").content.decode()
    assert "SUMMARY:Busy" in text
    assert "WEB" not in text
    assert "due-" not in text


def test_the_own_work_is_written_in_the_language_of_whose_work_it_is(world: World, team: Team) -> None:
    planned(world, team)
    world.dana.user.language = "de"
    world.dana.user.save(update_fields=["language"])
    secret = actions.open_feed(team.dana, actor=world.dana.actor, now=timezone.now())
    answer = Client().get(f"/calendar/{secret}/work.ics", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "de"
    calendar = Parsed.from_ical(answer.content)
    assert str(calendar["X-WR-CALNAME"]) == "Dana: Arbeit"
    assert str(calendar["PRODID"]) == "-//Fairlead//Work//DE"
    assert "Termin: WEB-1 Draw; it, well" in [str(entry["SUMMARY"]) for entry in calendar.walk("VEVENT")]
    hidden = actions.open_feed(team.dana, shows_titles=False, actor=world.dana.actor, now=timezone.now())
    text = Client().get(f"/calendar/{hidden}/work.ics", headers={"Accept-Language": "en"}).content.decode()
    assert "SUMMARY:Belegt" in text
    assert "Busy" not in text


@pytest.mark.parametrize("secret", ["cal_nothing", "x" * 200, "%00"])
def test_a_secret_that_is_none_finds_nothing(world: World, team: Team, secret: str) -> None:
    assert Client().get(f"/calendar/{secret}/work.ics").status_code == 404


def test_a_meeting_is_in_the_schedule(world: World, team: Team) -> None:
    actions.upload_calendar(team.dana, "Work", ics(), actor=world.dana.actor, now=timezone.now())
    alice = signed_in(world.alice)
    lane = next(it for it in alice.get("/schedule/data/").json()["lanes"] if it[1] == "Dana")
    assert lane[6][1] - lane[6][0] in (59, 60)


def test_the_secret_stands_in_no_log(world: World, team: Team, caplog: pytest.LogCaptureFixture) -> None:
    secret = actions.open_feed(team.dana, actor=world.dana.actor, now=timezone.now())
    with caplog.at_level("INFO"):
        assert Client().get(f"/calendar/{secret}/work.ics").status_code == 200
    assert secret not in caplog.text
