# ruff: noqa: F811  fixtures of another module are parameters here
"""What people in other zones see, and days on which the clocks change: everybody's own day, and no hour lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from conftest import Person
from fairlead.accounts.models import User
from fairlead.people import actions as people
from fairlead.work import actions
from fairlead.work.planner import Capture, OwnBlock
from fairlead.work.time.models import TimeEntry
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

Open = Callable[[Person], Browser]
BERLIN = ZoneInfo("Europe/Berlin")
FORWARD, BACK = date(2027, 3, 28), date(2026, 10, 25)
AUCKLAND, ANGELES = "Pacific/Auckland", "America/Los_Angeles"


def lives_in(who: Person, zone: str) -> None:
    """Their profile says so, their hours go by it, and pages are made for them there."""
    User.objects.filter(pk=who.user.pk).update(time_zone=zone)
    who.user.time_zone = zone


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_the_planner_shows_the_clock_on_the_wall_when_clocks_change(site: Site, open_as: Open, day: date) -> None:
    bob, page = worker_for(site.world.bob, site.now), open_as(site.world.bob)
    lives_in(site.world.bob, "Europe/Berlin")
    people.change_worker(bob, actor=site.world.alice.actor, now=site.now, time_zone="Europe/Berlin")
    people.set_hours(bob, [(6, 540, 720)], actor=site.world.alice.actor, now=site.now)
    page.post(
        "/planner/blocks/", {"kind": "focus", "title": "Think", "day": day.isoformat(), "from": "10:00", "to": "11:30"}
    )
    block = OwnBlock.objects.get()
    assert block.starts_at == datetime.combine(day, datetime.min.time(), BERLIN).replace(hour=10)
    for view in ("", "&view=week"):
        shown = text(page.get(f"/planner/?day={day.isoformat()}{view}"))
        assert ("10:00–11:30" in shown, 'data-start="600" data-end="690"' in shown) == (True, True)
        assert 'class="day-works" data-start="540" data-end="720"' in shown


def test_a_persons_tasks_are_due_on_the_readers_own_day(site: Site, open_as: Open) -> None:
    task = site.held(site.world.bob, "Write copy", due_at=datetime(2026, 12, 1, 3, 30, tzinfo=UTC))
    for zone, day in ((ANGELES, "2026-11-30"), (AUCKLAND, "2026-12-01")):
        lives_in(site.world.alice, zone)
        shown = text(open_as(site.world.alice).get(f"/people/{task.assignee_id}/"))
        row = shown.split(f'href="/tasks/{task}/"')[1].split("</li>")[0]
        assert re.findall(r'datetime="([^"]*)"', row) == [day], row


@pytest.mark.parametrize(("day", "minutes"), [(FORWARD, 180), (BACK, 300)])
def test_time_from_when_to_when_is_as_long_as_it_was_when_clocks_change(
    site: Site, open_as: Open, monkeypatch: pytest.MonkeyPatch, day: date, minutes: int
) -> None:
    bob, task = worker_for(site.world.bob, site.now), site.make()
    people.change_worker(bob, actor=site.world.alice.actor, now=site.now, time_zone="Europe/Berlin")
    monkeypatch.setattr(timezone, "now", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    page = open_as(site.world.bob)
    page.post("/time/new/", {"task": str(task), "day": day.isoformat(), "spent": "1:00-5:00", "billable": "on"})
    entry = TimeEntry.objects.get()
    assert (entry.minutes, entry.ended_at - entry.started_at) == (minutes, timedelta(minutes=minutes))
    page.post(
        f"/time/{entry.pk}/", {"task": str(task), "day": day.isoformat(), "spent": "01:00-05:00", "note": "Night"}
    )
    entry.refresh_from_db()
    assert (entry.note, entry.minutes) == ("Night", minutes)


def test_a_timer_over_the_hour_that_comes_twice_can_be_edited(
    site: Site, open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, page = worker_for(site.world.bob, site.now), open_as(site.world.bob)
    people.change_worker(bob, actor=site.world.alice.actor, now=site.now, time_zone="Europe/Berlin")
    task, by = site.make(), {"actor": site.world.bob.actor}
    actions.start_timer(bob, task, now=datetime(2026, 10, 25, 0, 50, tzinfo=UTC), **by)  # 02:50 the first time
    actions.stop_timer(bob, now=datetime(2026, 10, 25, 1, 20, tzinfo=UTC), **by)  # 02:20 the second time
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 10, 25, 12, tzinfo=UTC))
    entry = TimeEntry.objects.get()
    shown = text(page.get(f"/time/{entry.pk}/"))
    assert re.findall(r'name="spent"[^>]*value="([^"]*)"', shown) == ["0:30"]
    page.post(f"/time/{entry.pk}/", {"task": str(task), "day": "2026-10-25", "spent": "0:30", "note": "On call"})
    entry.refresh_from_db()
    assert (entry.note, entry.minutes) == ("On call", 30)


def test_an_entry_until_midnight_is_changed_as_it_was_typed(site: Site, open_as: Open) -> None:
    bob, page, task = worker_for(site.world.bob, site.now), open_as(site.world.bob), site.make()
    people.change_worker(bob, actor=site.world.alice.actor, now=site.now, time_zone=AUCKLAND)
    page.post("/time/new/", {"task": str(task), "day": "2026-11-23", "spent": "22:30-24:00"})
    entry = TimeEntry.objects.get()
    shown = text(page.get(f"/time/{entry.pk}/"))
    assert re.findall(r'name="spent"[^>]*value="([^"]*)"', shown) == ["22:30-24:00"]
    page.post(f"/time/{entry.pk}/", {"task": str(task), "day": "2026-11-24", "spent": "22:30-24:00"})
    entry.refresh_from_db()
    assert (entry.day, entry.minutes) == (date(2026, 11, 24), 90)
    assert entry.ended_at == datetime(2026, 11, 25, tzinfo=ZoneInfo(AUCKLAND))


@pytest.mark.parametrize(("zone", "today"), [(AUCKLAND, date(2026, 11, 26)), (ANGELES, date(2026, 11, 25))])
def test_today_is_the_readers_own(
    site: Site, open_as: Open, monkeypatch: pytest.MonkeyPatch, zone: str, today: date
) -> None:
    noon = datetime(2026, 11, 25, 11, 30, tzinfo=UTC)  # half past midnight in Auckland, early morning in Los Angeles
    lives_in(site.world.bob, zone)
    bob = worker_for(site.world.bob, site.now)
    people.change_worker(bob, actor=site.world.alice.actor, now=site.now, time_zone=zone)
    late = site.held(site.world.bob, "Yesterday", due_at=noon - timedelta(minutes=31 if zone == AUCKLAND else 300))
    site.held(site.world.bob, "Tonight", due_at=datetime.combine(today, datetime.max.time(), ZoneInfo(zone)))
    monkeypatch.setattr(timezone, "now", lambda: noon)
    page = open_as(site.world.bob)
    mine = text(page.get("/my-work/"))
    assert f"{today:%A}, {today.day} November" in mine
    assert str(late) in mine.split("Overdue")[1]
    assert f'data-day="{today.isoformat()}"' in text(page.get("/planner/"))
    marked = r'class="cal-day[^"]*\btoday\b[^"]*"[^>]*data-day="([^"]*)"'
    assert re.findall(marked, text(page.get("/calendar/")))[:1] == [today.isoformat()]
    page.post("/planner/capture/", {"text": "Call home today"})
    assert Capture.objects.get().due_at == datetime.combine(today, datetime.min.time(), ZoneInfo(zone)).replace(hour=18)
    bob.refresh_from_db()
    started = actions.start_timer(bob, late, actor=site.world.bob.actor, now=noon)
    assert started.day == today
