"""Calendars, logos, types, devices, hours and preferences: their removal or replacement is taken back exactly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.test_branding import PNG
from fairlead.accounts.actions import change_branding, set_logo
from fairlead.accounts.jobs import forget_kept_rows
from fairlead.accounts.models import Branding, Kept, Session
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Missing
from fairlead.lib.ics import Busy, Reading
from fairlead.lib.secrets import digest
from fairlead.notices.models import Device
from fairlead.people import actions as people
from fairlead.people.models import BusyBlock, Calendar, Hours, Preference, Skill, Worker
from fairlead.work import actions as work
from fairlead.work.types.models import TaskType, TypeColumn, TypeField, TypeNeed
from web.test_undo import alice, bob, brought_back, browser, by, kinds, removed, rows, said  # noqa: F401  fixtures
from work.conftest import Site, site, skill, worker_for  # noqa: F401  a fixture

ADDRESS = "https://calendar.example/secret.ics"


def calendar_of(site: Site) -> tuple[Worker, Calendar]:  # noqa: F811
    """Bob's, at a secret address, read once: a meeting that is over and one to come."""
    worker, now = worker_for(site.world.bob, site.now), timezone.now().replace(microsecond=0)
    calendar = people.connect_calendar(worker, "Work", ADDRESS, keeps_titles=True, **by(site.world.bob))
    hours = (timedelta(hours=-3), timedelta(hours=5))
    busy = [Busy(now + start, now + start + timedelta(minutes=50), "Dentist") for start in hours]
    people.keep_reading(calendar, Reading(busy), etag="abc", now=now)
    return worker, calendar


def test_a_calendar_is_back_with_its_address_and_busy_times(site: Site, bob: Client) -> None:  # noqa: F811
    worker, calendar = calendar_of(site)
    before = rows(Calendar, BusyBlock)
    undo = removed(bob, f"/people/{worker.pk}/calendars/{calendar.pk}/remove/")
    assert rows(Calendar, BusyBlock) == []
    assert "secret.ics" not in undo + Kept.objects.get().sealed
    assert browser(site.world.alice).post(undo).status_code == 403
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "calendar.restored")
    assert (rows(Calendar, BusyBlock), Kept.objects.count()) == (before, 0)
    assert said(bob.post(undo))[0] == "This was taken back already."
    coming = BusyBlock.objects.order_by("starts_at").last()
    assert coming
    payload = Event.objects.get(kind="calendar.restored").payload
    added = [tuple(map(datetime.fromisoformat, span)) for span in payload["added"]]
    assert added == [(coming.starts_at, coming.ends_at)]


def test_a_calendar_that_was_connected_anew_is_not_there_twice(site: Site, bob: Client) -> None:  # noqa: F811
    worker, calendar = calendar_of(site)
    undo = removed(bob, f"/people/{worker.pk}/calendars/{calendar.pk}/remove/")
    people.connect_calendar(worker, "Other", ADDRESS, **by(site.world.bob))
    assert said(bob.post(undo))[0] == "Work was connected anew meanwhile."
    assert Calendar.objects.get().name == "Other"
    people.remove_calendar(Calendar.objects.get(), **by(site.world.bob))
    assert said(bob.post(undo))[0] == "Work is back, with its busy times."


def test_a_calendar_is_back_with_whom_it_was_only(site: Site, bob: Client) -> None:  # noqa: F811
    worker, calendar = calendar_of(site)
    other = worker_for(site.world.dana, site.now)
    undo = removed(bob, f"/people/{worker.pk}/calendars/{calendar.pk}/remove/")
    moved = undo.replace(f"/people/{worker.pk}/", f"/people/{other.pk}/")
    assert browser(site.world.dana).post(moved).status_code == 404
    with pytest.raises(Missing):
        people.restore_calendar(other, Kept.objects.get().pk, **by(site.world.dana))
    assert (Calendar.objects.count(), Kept.objects.count()) == (0, 1)


def test_what_nobody_can_take_back_any_more_is_forgotten(site: Site) -> None:  # noqa: F811
    worker, calendar = calendar_of(site)
    kept = people.remove_calendar(calendar, actor=site.world.bob.actor, now=site.now)
    forget_kept_rows(now=site.now + timedelta(minutes=10))
    assert Kept.objects.count() == 1
    late = {"actor": site.world.bob.actor, "now": site.now + timedelta(minutes=10, seconds=1)}
    with pytest.raises(Conflict):
        people.restore_calendar(worker, kept, **late)
    forget_kept_rows(now=late["now"])
    enter(site.world.workspace.pk)
    assert Kept.objects.count() == 0


@pytest.fixture
def olga(site: Site) -> Client:  # noqa: F811
    return browser(site.world.olga)


def logo() -> tuple[bytes, str]:
    row = Branding.objects.get()
    return bytes(row.logo or b""), row.logo_type


OTHER = b"\xff\xd8\xff\xe0" + b"0" * 2000


def test_a_logo_that_was_removed_or_replaced_is_back(site: Site, olga: Client) -> None:  # noqa: F811
    assert set_logo(site.world.workspace, PNG, **by(site.world.olga)) is None
    undo = removed(olga, "/settings/branding/logo/remove/")
    assert logo() == (b"", "")
    assert browser(site.world.alice).post(undo).status_code == 403
    brought_back(site, olga, undo, "branding.changed")
    assert (logo(), Kept.objects.count()) == ((PNG, "image/png"), 0)
    undo = removed(olga, "/settings/branding/logo/", logo=SimpleUploadedFile("logo.jpg", OTHER))
    assert logo() == (OTHER, "image/jpeg")
    brought_back(site, olga, undo, "branding.changed")
    assert logo() == (PNG, "image/png")
    changes = Event.objects.filter(kind="branding.changed").order_by("-seq").values_list("payload", flat=True)[0]
    assert changes == {"changes": {"logo": ["image/jpeg", "image/png"]}}


def test_a_logo_that_was_changed_again_stays(site: Site, olga: Client) -> None:  # noqa: F811
    set_logo(site.world.workspace, PNG, **by(site.world.olga))
    undo = removed(olga, "/settings/branding/logo/remove/")
    change_branding(site.world.workspace, name="Acme & Sons", **by(site.world.olga))
    set_logo(site.world.workspace, OTHER, **by(site.world.olga))
    assert said(olga.post(undo))[0] == "The logo was changed again meanwhile. Choose the one that you want."
    assert logo() == (OTHER, "image/jpeg")
    assert Branding.objects.get().name == "Acme & Sons"


def test_the_first_logo_and_the_same_one_take_nothing_away(site: Site, olga: Client) -> None:  # noqa: F811
    for _ in range(2):
        sent = olga.post("/settings/branding/logo/", {"logo": SimpleUploadedFile("logo.png", PNG)})
        assert said(sent) == ("The logo was saved.", "")
    olga.post("/settings/branding/logo/remove/")
    Kept.objects.all().delete()
    assert said(olga.post("/settings/branding/logo/remove/")) == ("The logo was removed.", "")


def video(site: Site) -> TaskType:  # noqa: F811
    """A type with everything that one can have."""
    cutting = skill(site.world, "Cutting", site.now)
    budget = work.create_field("Budget", "number", **by(site.world.alice))
    return work.create_type(
        "Video", icon="video", color=4, description="# Script\n" * 2000, criteria="Sound\nPicture", effort_min=240,
        needs={cutting.pk: 4}, columns=[site.column("Ready").pk], fields=[budget.pk], **by(site.world.alice),
    )  # fmt: skip


TYPE_ROWS = (TaskType, TypeNeed, TypeColumn, TypeField)


def test_a_type_is_back_with_its_templates_skills_columns_and_fields(site: Site, alice: Client) -> None:  # noqa: F811
    made = video(site)
    work.archive_type(made, **by(site.world.alice))
    before = rows(*TYPE_ROWS)
    undo = removed(alice, "/settings/types/video/delete/")
    assert len(undo) < 300
    assert not TaskType.objects.filter(key="video").exists()
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "type.restored")
    assert (rows(*TYPE_ROWS), Kept.objects.count()) == (before, 0)
    assert said(alice.post(undo))[0] == "This was taken back already."


def test_a_type_whose_name_is_taken_is_not_brought_back(site: Site, alice: Client) -> None:  # noqa: F811
    video(site)
    undo = removed(alice, "/settings/types/video/delete/")
    other = work.create_type("video", **by(site.world.alice))
    assert said(alice.post(undo))[0] == "There is a type Video already."
    work.delete_type(other, **by(site.world.alice))
    alice.post(undo)
    assert TaskType.objects.get(key="video").name == "Video"


def test_a_type_comes_back_without_what_is_gone_since(site: Site, alice: Client) -> None:  # noqa: F811
    video(site)
    undo = removed(alice, "/settings/types/video/delete/")
    Skill.objects.filter(name="Cutting").delete()
    alice.post(undo)
    found = TaskType.objects.get(key="video")
    assert (found.needs.count(), found.columns.count(), found.fields.count()) == (0, 1, 1)


def device_of(site: Site, client: Client, *, here: bool) -> Device:  # noqa: F811
    """Bob's, signed in with this browser or with another one."""
    session = client.session.session_key if here else "another"
    if not here:
        now = timezone.now()
        Session.objects.create(session_key=digest("another"), user=site.world.bob.user, session_data="",
                               created_at=now, seen_at=now, expire_date=now + timedelta(days=9))  # fmt: skip
    return Device.objects.create(
        workspace=site.world.workspace, user=site.world.bob.user, session=digest(session or ""), sealed="v1.secret",
        address_digest="a" * 64, name="Firefox on Linux", discreet=True, created_at=site.now,
        used_at=site.now + timedelta(hours=1),
    )  # fmt: skip


def test_a_device_takes_notifications_again(site: Site, bob: Client) -> None:  # noqa: F811
    device = device_of(site, bob, here=False)
    before = rows(Device)
    undo = removed(bob, f"/settings/devices/{device.pk}/remove/")
    assert rows(Device) == []
    for person, status in (("charlie", 404), ("alice", 403), ("clara", 403)):
        assert browser(getattr(site.world, person)).post(undo).status_code == status, person
        enter(site.world.workspace.pk)
    assert said(bob.post(undo))[0] == "Firefox on Linux gets your notifications again."
    assert (rows(Device), Kept.objects.count()) == (before, 0)
    assert said(bob.post(undo))[0] == "This was taken back already."
    assert rows(Device) == before


def test_a_device_that_was_switched_on_again_is_not_there_twice(site: Site, bob: Client) -> None:  # noqa: F811
    device = device_of(site, bob, here=False)
    undo = removed(bob, f"/settings/devices/{device.pk}/remove/")
    Device.objects.create(
        workspace=site.world.workspace, user=site.world.alice.user, session="x", sealed="v1.other", name="Mine",
        address_digest="a" * 64, created_at=site.now,
    )  # fmt: skip
    assert said(bob.post(undo))[0] == "Firefox on Linux was switched on again meanwhile."
    assert Device.objects.get().name == "Mine"


def test_the_browser_in_use_is_switched_on_again_there(site: Site, bob: Client) -> None:  # noqa: F811
    device = device_of(site, bob, here=True)
    response = bob.post(f"/settings/devices/{device.pk}/remove/")
    assert said(response) == ("Firefox on Linux gets no more notifications.", "")


HOURS = [(0, 540, 720), (0, 780, 1020), (2, 600, 840)]


def typed(hours: list[tuple[int, int, int]]) -> dict[str, str]:
    """The form of the weekly hours, filled in."""
    sent, spans = {}, dict.fromkeys(range(7), 0)
    for day, start, end in hours:
        for name, minute in (("from", start), ("to", end)):
            sent[f"d{day}_{spans[day]}_{name}"] = f"{minute // 60:02}:{minute % 60:02}"
        spans[day] += 1
    return sent


def hours_of(worker: Worker) -> list[tuple[int, int, int]]:
    held = Hours.objects.filter(worker=worker).order_by("weekday", "from_min")
    return list(held.values_list("weekday", "from_min", "to_min"))


def test_overwritten_hours_are_as_before(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    people.set_hours(worker, HOURS, **by(site.world.bob))
    undo = removed(bob, f"/people/{worker.pk}/hours/", **typed([(4, 540, 600)]))
    assert hours_of(worker) == [(4, 540, 600)]
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "worker.hours_changed")
    assert hours_of(worker) == HOURS
    assert said(bob.post(f"/people/{worker.pk}/hours/", typed(HOURS))) == ("The weekly hours were saved.", "")


def test_hours_that_were_changed_again_stay(site: Site, bob: Client) -> None:  # noqa: F811
    worker, other = (worker_for(who, site.now) for who in (site.world.bob, site.world.dana))
    people.set_hours(worker, HOURS, **by(site.world.bob))
    undo = removed(bob, f"/people/{worker.pk}/hours/", **typed([(4, 540, 600)]))
    people.set_hours(worker, [(5, 0, 1440)], **by(site.world.alice))
    assert said(bob.post(undo))[0] == "The weekly hours were changed again meanwhile. Change them anew instead."
    assert hours_of(worker) == [(5, 0, 1440)]
    moved = undo.replace(f"/people/{worker.pk}/", f"/people/{other.pk}/")
    assert browser(site.world.alice).post(moved).status_code == 404


def wishes(worker: Worker) -> list[tuple[int | None, str, int]]:
    return list(Preference.objects.filter(worker=worker).order_by("pk").values_list("skill_id", "label", "stance"))


def test_overwritten_preferences_are_as_before(site: Site, bob: Client) -> None:  # noqa: F811
    worker, writing = worker_for(site.world.bob, site.now), skill(site.world, "Writing", site.now)
    people.set_preferences(worker, wants=["green field", writing], avoids=["on call"], **by(site.world.bob))
    before = wishes(worker)
    undo = removed(bob, f"/people/{worker.pk}/preferences/", wants="on call", avoids="")
    assert wishes(worker) == [(None, "on call", 1)]
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "worker.preferences_changed")
    assert wishes(worker) == before == [(None, "green field", 1), (writing.pk, "", 1), (None, "on call", -1)]
    told = Event.objects.filter(kind="worker.preferences_changed").order_by("-seq").values_list("payload", flat=True)[0]
    assert told == {"wants": ["green field", "Writing"], "avoids": ["on call"]}
    same = {"wants": "Writing\ngreen field", "avoids": "on call"}
    assert said(bob.post(f"/people/{worker.pk}/preferences/", same)) == ("The preferences were saved.", "")


def test_preferences_that_were_changed_again_stay(site: Site, bob: Client) -> None:  # noqa: F811
    worker, writing = worker_for(site.world.bob, site.now), skill(site.world, "Writing", site.now)
    people.set_preferences(worker, wants=[writing, "tests"], avoids=[], **by(site.world.bob))
    undo = removed(bob, f"/people/{worker.pk}/preferences/", wants="", avoids="meetings")
    people.set_preferences(worker, wants=[], avoids=[], **by(site.world.alice))
    told = "The preferences were changed again meanwhile. Change them anew instead."
    assert said(bob.post(undo))[0] == told
    assert wishes(worker) == []
    people.set_preferences(worker, wants=[], avoids=["meetings"], **by(site.world.alice))
    writing.delete()
    bob.post(undo)
    assert wishes(worker) == [(None, "tests", 1)]
