"""The time log: timers, entries by hand, the cells of a week, and weeks that are approved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.web import time_weeks
from fairlead.work import actions
from fairlead.work.actions.time_entries import NoTimer, WeekLocked
from fairlead.work.time import queries
from fairlead.work.time.models import TimeEntry, TimeWeek
from fairlead.work.time.sheet import sheet
from fairlead.work.time.spans import Span, read_span, write_span
from fairlead.work.time.spent import spent_of
from work.conftest import Site, worker_for

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1h30", Span(90)), ("1h 30m", Span(90)), ("90m", Span(90)), ("1:30", Span(90)), ("1.5", Span(90)),
        ("2", Span(120)), ("0:05", Span(5)), ("9:00-10:30", Span(90, 540, 630)), ("9-10", Span(60, 540, 600)),
        ("9.15 – 10.00", Span(45, 555, 600)), ("22:00-24:00", Span(120, 1320, 1440)), ("24h", Span(1440)),
    ],
)  # fmt: skip
def test_time_is_read_as_people_write_it(text: str, span: Span) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "soon", "25h", "0m", "9:00-8:00", "9:75-10:00", "9:00-25:00", "90"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_span(text)


def test_a_written_time_reads_the_same() -> None:
    assert [write_span(n) for n in (0, 5, 90, 1440)] == ["", "0:05", "1:30", "24:00"]


def test_a_timer_runs_and_stops(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), site.world.bob.actor
    task = site.make("Write copy")
    entry = actions.start_timer(bob, task, actor=by, now=site.now)
    assert (entry.source, entry.day, entry.minutes) == ("timer", MONDAY, None)
    timer = queries.running_timer(by, now=site.now)
    assert timer is not None
    assert (timer.key, timer.asks) == ("WEB-1", False)
    stopped = actions.stop_timer(bob, actor=by, now=site.now + timedelta(minutes=42, seconds=20))
    assert stopped.minutes == 42
    assert queries.running_timer(by, now=site.now) is None
    assert spent_of([task.pk]) == {task.pk: 42}
    kinds = list(Event.objects.filter(kind__startswith="time.").order_by("seq").values_list("kind", flat=True))
    assert kinds == ["time.started", "time.stopped"]
    with pytest.raises(NoTimer):
        actions.stop_timer(bob, actor=by, now=site.now)


def test_a_second_timer_stops_the_first_and_the_same_goes_on(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), site.world.bob.actor
    one, two = site.make("One"), site.make("Two")
    first = actions.start_timer(bob, one, actor=by, now=site.now)
    again = actions.start_timer(bob, one, actor=by, now=site.now + timedelta(minutes=5))
    assert again.pk == first.pk
    actions.start_timer(bob, two, actor=by, now=site.now + timedelta(minutes=10))
    first.refresh_from_db()
    assert first.minutes == 10
    assert TimeEntry.objects.filter(worker=bob, minutes__isnull=True).count() == 1


def test_the_database_keeps_a_second_timer_out(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), site.world.bob.actor
    entry = actions.start_timer(bob, site.make(), actor=by, now=site.now)
    entry.pk = None
    with pytest.raises(IntegrityError, match="time_one_running"), transaction.atomic():
        entry.save(force_insert=True)


def test_a_forgotten_timer_asks_and_keeps_what_is_right(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), site.world.bob.actor
    task = site.make()
    actions.start_timer(bob, task, actor=by, now=site.now)
    later = site.now + timedelta(hours=30)
    timer = queries.running_timer(by, now=later)
    assert timer is not None
    assert timer.asks
    with pytest.raises(Refused, match="more than a day"):
        actions.stop_timer(bob, actor=by, now=later)
    with pytest.raises(Invalid):
        actions.keep_timer(bob, 1441, actor=by, now=later)
    actions.confirm_timer(bob, actor=by, now=later)
    asked = queries.running_timer(by, now=later + timedelta(hours=1))
    assert asked is not None
    assert not asked.asks
    assert actions.keep_timer(bob, 90, actor=by, now=later).ended_at == site.now + timedelta(minutes=90)
    actions.start_timer(bob, task, actor=by, now=later)
    actions.discard_timer(bob, actor=by, now=later + timedelta(hours=1))
    assert spent_of([task.pk]) == {task.pk: 90}


def test_nobody_logs_for_others_but_managers_and_no_agent_does(site: Site) -> None:
    world, now = site.world, site.now
    bob, echo = worker_for(world.bob, now), worker_for(world.echo, now)
    task = site.make()
    draft = actions.TimeDraft(MONDAY, 30)
    for who in (world.dana, world.clara, world.audrey, world.echo, world.charlie):
        with pytest.raises(Forbidden):
            actions.log_time(bob, task, draft, actor=who.actor, now=now)
        with pytest.raises(Forbidden):
            actions.start_timer(bob, task, actor=who.actor, now=now)
    assert actions.log_time(bob, task, draft, actor=world.alice.actor, now=now).source == "manual"
    assert actions.log_time(echo, task, draft, actor=world.echo.actor, now=now).source == "agent"
    assert queries.visible_entries(world.clara.actor).count() == 0
    assert queries.visible_entries(world.charlie.actor).count() == 0
    assert queries.visible_entries(world.bob.actor).count() == 1
    assert queries.visible_entries(world.audrey.actor).count() == 2


def test_an_entry_is_changed_removed_and_brought_back(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    one, two = site.make("One"), site.make("Two")
    start = site.now - timedelta(hours=2)
    entry = actions.log_time(bob, one, actions.TimeDraft(MONDAY, 60, start, site.now - timedelta(hours=1)), **by)
    actions.change_time(entry, two, actions.TimeDraft(MONDAY, 45, note="  half   done "), **by)
    assert (entry.task, entry.minutes, entry.started_at, entry.note) == (two, 45, None, "half done")
    changed = Event.objects.get(kind="time.changed").payload
    assert changed["changes"]["task"] == ["WEB-1", "WEB-2"]
    actions.remove_time(entry, **by)
    with pytest.raises(Missing):
        actions.remove_time(entry, **by)
    assert spent_of([two.pk]) == {}
    actions.restore_time(entry, **by)
    assert spent_of([two.pk]) == {two.pk: 45}


def test_entries_at_the_same_time_are_told(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    at, hour = site.now - timedelta(hours=3), timedelta(hours=1)
    actions.log_time(bob, site.make("One"), actions.TimeDraft(MONDAY, 60, at, at + hour), **by)
    half = timedelta(minutes=30)
    second = actions.log_time(bob, site.make("Two"), actions.TimeDraft(MONDAY, 60, at + half, at + half + hour), **by)
    assert queries.overlaps(second) == ["WEB-1"]


def test_a_day_that_has_not_come_is_refused(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    with pytest.raises(Invalid) as refused:
        actions.log_time(bob, site.make(), actions.TimeDraft(MONDAY + timedelta(days=2), 30), **by)
    assert list(refused.value.fields) == ["day"]


def test_a_cell_of_the_week_is_typed_over(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    task = site.make()
    start = site.now - timedelta(hours=3)
    actions.log_time(bob, task, actions.TimeDraft(MONDAY, 60, start, start + timedelta(hours=1)), **by)

    def cell() -> int:
        return sheet(site.world.bob.actor, bob, MONDAY).rows[0].minutes[0]

    for minutes in (150, 90, 60, 75):
        actions.set_day(bob, task, MONDAY, minutes, **by)
        assert cell() == minutes
    with pytest.raises(Refused, match="several entries"):
        actions.set_day(bob, task, MONDAY, 30, **by)
    assert cell() == 75


def test_of_many_weeks_those_that_wait_longest_are_listed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_weeks, "WEEKS_SHOWN", 1)
    bob, mine = worker_for(site.world.bob, site.now), site.world.bob.actor
    task = site.make()
    for monday in (MONDAY, MONDAY - timedelta(days=7)):
        actions.log_time(bob, task, actions.TimeDraft(monday, 60), actor=mine, now=site.now)
        actions.submit_week(bob, monday, actor=mine, now=site.now)
    alice = Client()
    alice.force_login(site.world.alice.user)
    page = alice.get("/time/approval/").content.decode()
    assert re.findall(r"week=([0-9-]+)", page) == [(MONDAY - timedelta(days=7)).isoformat()]
    assert "The 1 that wait longest are shown." in page
    assert queries.weeks_to_approve(site.world.alice.actor).count() == 2
    assert not queries.weeks_to_approve(mine)


def test_a_week_is_handed_in_approved_and_locked(site: Site) -> None:
    world, now = site.world, site.now
    bob, mine, boss = worker_for(world.bob, now), world.bob.actor, world.alice.actor
    task = site.make()
    with pytest.raises(Refused, match="Nothing was logged"):
        actions.submit_week(bob, MONDAY, actor=mine, now=now)
    entry = actions.log_time(bob, task, actions.TimeDraft(MONDAY, 60), actor=mine, now=now)
    week = actions.submit_week(bob, MONDAY, actor=mine, now=now)
    with pytest.raises(WeekLocked, match="Take it back"):
        actions.remove_time(entry, actor=mine, now=now)
    with pytest.raises(Forbidden):
        actions.approve_week(week, actor=mine, now=now)
    actions.take_back_week(week, actor=mine, now=now)
    actions.set_day(bob, task, MONDAY, 90, actor=mine, now=now)
    week = actions.submit_week(bob, MONDAY, actor=mine, now=now)
    assert [row["minutes"] for row in queries.weeks_waiting(boss, most=5)] == [90]
    actions.approve_week(week, actor=boss, now=now)
    for change in (
        lambda: actions.set_day(bob, task, MONDAY, 120, actor=mine, now=now),
        lambda: actions.start_timer(bob, task, actor=mine, now=now),
        lambda: actions.remove_time(entry, actor=boss, now=now),
    ):
        with pytest.raises(WeekLocked, match="Ask Alice"):
            change()
    with pytest.raises(Conflict):
        actions.approve_week(week, actor=boss, now=now)
    with pytest.raises(Invalid):
        actions.return_week(week, " ", actor=boss, now=now)
    returned = actions.return_week(week, "Tuesday is missing", actor=boss, now=now)
    assert (returned.state, returned.note) == (TimeWeek.State.OPEN, "Tuesday is missing")
    actions.remove_time(entry, actor=mine, now=now)


@pytest.mark.parametrize("name", ["dana", "clara", "audrey", "echo", "charlie"])
def test_weeks_are_decided_by_managers_only(site: Site, name: str) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    actions.log_time(bob, site.make(), actions.TimeDraft(MONDAY, 60), **by)
    week = actions.submit_week(bob, MONDAY, **by)
    actor = getattr(site.world, name).actor
    for decide in (actions.approve_week, lambda w, **k: actions.return_week(w, "No", **k), actions.take_back_week):
        with pytest.raises(Forbidden):
            decide(week, actor=actor, now=site.now)


def test_the_sheet_shows_hours_beside_what_was_logged(site: Site, django_assert_max_num_queries: Callable) -> None:
    from fairlead.people import actions as people

    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    people.set_hours(bob, [(0, 540, 720), (1, 540, 1020)], **by)
    for n in range(5):
        actions.log_time(bob, site.make(f"Task {n}"), actions.TimeDraft(MONDAY, 20 + n), **by)
    with django_assert_max_num_queries(7):
        found = sheet(site.world.bob.actor, bob, MONDAY)
    assert (found.works, found.sums, found.total) == ((180, 480, 0, 0, 0, 0, 0), (110, 0, 0, 0, 0, 0, 0), 110)


def test_a_task_tells_what_it_took_with_its_parts(site: Site) -> None:
    bob, by = worker_for(site.world.bob, site.now), {"actor": site.world.bob.actor, "now": site.now}
    whole = site.make("Whole", effort_min=120)
    part = site.make("Part", parent=whole, effort_min=60)
    actions.log_time(bob, whole, actions.TimeDraft(MONDAY, 30), **by)
    actions.log_time(bob, part, actions.TimeDraft(MONDAY, 45), **by)
    actions.start_timer(bob, whole, **by)
    found = queries.task_time(whole)
    assert (found.spent_min, found.sub_spent_min, found.sub_effort_min, found.all_min) == (30, 45, 60, 75)
    assert (found.people, found.running) == ((("Bob", 30),), ("Bob",))
    piece = site.make("Piece of the part", parent=part, effort_min=40)
    actions.log_time(bob, piece, actions.TimeDraft(MONDAY, 15), **by)
    deep = queries.task_time(whole)  # the part counts through its piece alone
    assert (deep.spent_min, deep.sub_spent_min, deep.sub_effort_min, deep.all_min) == (30, 60, 40, 90)
    actions.delete_task(piece, **by | {"actor": site.world.alice.actor})
    assert (queries.task_time(whole).sub_spent_min, queries.task_time(whole).sub_effort_min) == (45, 60)
