"""Moving tasks with what follows them: which move, where to, and taking it back. Monday 23 November 2026 is today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW
from fairlead.lib.errors import Conflict, Forbidden, Invalid
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions, queries
from fairlead.work.actions import SoAlready
from fairlead.work.dates import Days
from fairlead.work.models import Batch, Task
from fairlead.work.queries.dated import bars_of
from work.conftest import Site, worker_for


def at(day: int, hour: int = 18, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def span(site: Site, title: str, first: int, last: int, **more: Any) -> Task:
    """A task of November from one day until another."""
    return site.make(title, release_at=at(first, 0), due_at=at(last), **more)


def link(site: Site, task: Task, after: Task, kind: str = "fs", lag_min: int = 0) -> None:
    actions.add_dependency(task, after, kind=kind, lag_min=lag_min, actor=site.world.alice.actor, now=site.now)


def shift(site: Site, task: Task, days: int, **more: Any) -> actions.Shift:
    fresh = Task.objects.select_related("project", "status", "assignee").get(pk=task.pk)
    return actions.shift_task(
        fresh, actions.dates_after(fresh, days), actor=site.world.alice.actor, now=site.now, **more
    )


def dates(*tasks: Task) -> list[tuple[int, int]]:
    """(day of the start, day of the due time) in November; December counts on: 31 is 1 December."""
    found = []
    for task in tasks:
        task.refresh_from_db()
        found.append(tuple(_day(when) for when in (task.release_at, task.due_at)))
    return found  # type: ignore[return-value]


def _day(when: datetime | None) -> int:
    return (when.date() - date(2026, 10, 31)).days if when else 0


def test_followers_move_later_as_far_as_they_must_and_onto_working_days(site: Site) -> None:
    a, b, c = span(site, "A", 23, 25), span(site, "B", 26, 27), span(site, "C", 30, 30)
    link(site, b, a)
    link(site, c, b)
    told = shift(site, a, 2)
    assert [(one.key, one.because) for one in told.moved] == [("WEB-1", ""), ("WEB-2", "WEB-1"), ("WEB-3", "WEB-2")]
    # A: Wednesday to Friday; B: Monday and Tuesday; C: Wednesday
    assert dates(a, b, c) == [(25, 27), (30, 31), (32, 32)]
    assert b.release_at == at(30, 0)
    assert b.due_at == at(1, 18, 12)


def test_a_follower_with_room_stays_and_nothing_moves_earlier(site: Site) -> None:
    a, b = span(site, "A", 23, 24), span(site, "B", 30, 30)
    link(site, b, a)
    assert len(shift(site, a, 1).moved) == 1
    assert len(shift(site, a, -1).moved) == 1
    assert dates(a, b) == [(23, 24), (30, 30)]


@pytest.mark.parametrize(
    ("kind", "lag_min", "there"),
    [
        ("fs", 0, (27, 30)),  # Thursday is full, so it begins on Friday
        ("fs", 1440, (30, 31)),
        ("fs", -1440, (26, 27)),
        ("ss", 0, (25, 26)),
        ("ss", 1440, (26, 27)),
        ("ff", 0, (25, 26)),
        ("ff", 2880, (27, 30)),
        ("sf", 2880, (26, 27)),
    ],
)
def test_every_kind_of_link_moves_by_its_own_rule(site: Site, kind: str, lag_min: int, there: tuple[int, int]) -> None:
    """A goes to Wednesday and Thursday; B was on Monday and Tuesday."""
    a, b = span(site, "A", 23, 24), span(site, "B", 23, 24)
    link(site, b, a, kind, lag_min)
    shift(site, a, 2)
    assert dates(a, b) == [(25, 26), there]


def test_a_preview_says_what_would_move_and_changes_nothing(site: Site) -> None:
    a, b = span(site, "A", 23, 24), span(site, "B", 25, 25)
    link(site, b, a)
    alice = site.world.alice.actor
    found = actions.preview_shift(a, actions.dates_after(a, 1), actor=alice)
    assert [(one.key, one.after[1]) for one in found.moved] == [("WEB-1", at(25)), ("WEB-2", at(26))]
    assert (found.batch, dates(a, b)) == (None, [(23, 24), (25, 25)])
    assert not Batch.objects.exists()


def test_one_press_takes_everything_back(site: Site) -> None:
    alice = site.world.alice.actor
    a, b = span(site, "A", 23, 24), span(site, "B", 25, 25)
    link(site, b, a)
    batch = shift(site, a, 1).batch
    assert batch is not None
    assert actions.undo_batch(batch, actor=alice, now=site.now).changed == ("WEB-1", "WEB-2")
    assert dates(a, b) == [(23, 24), (25, 25)]
    assert queries.history(alice, b)[0].text.startswith("changed the ")


def test_a_task_is_moved_over_the_weekend_in_the_way_that_it_went(site: Site) -> None:
    a = span(site, "A", 26, 27)  # Thursday and Friday
    shift(site, a, 2)
    assert dates(a) == [(30, 31)]
    shift(site, a, -1)
    assert dates(a) == [(27, 30)]


def test_holidays_and_time_off_of_the_holder_count(site: Site) -> None:
    alice, bob = site.world.alice.actor, worker_for(site.world.bob, NOW)
    people.set_hours(bob, [(day, 540, 1020) for day in (0, 1, 2, 3)], actor=alice, now=NOW)  # not on Fridays
    off = people.request_time_off(bob, date(2026, 11, 30), date(2026, 12, 1), "Away", actor=alice, now=NOW)
    if off.state != "approved":
        people.approve_time_off(off, actor=alice, now=NOW)
    a, b = span(site, "A", 24, 25), site.held(site.world.bob, "B", release_at=at(26, 0), due_at=at(26))
    link(site, b, a)
    shift(site, a, 1)
    assert dates(a, b) == [(25, 26), (32, 32)]  # not Friday, not the days away: Wednesday


def test_a_country_without_work_on_christmas(site: Site) -> None:
    days = Days(off=frozenset({date(2026, 12, 25)}))
    assert days.next(date(2026, 12, 25)) == date(2026, 12, 28)
    assert days.after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert days.next(date(2026, 12, 27), step=-1) == date(2026, 12, 24)
    assert days.between(date(2026, 12, 23), date(2026, 12, 28)) == 2
    assert Days(weekdays=frozenset()).next(date(2026, 12, 25)) == date(2026, 12, 25)


def test_what_has_begun_is_over_or_has_no_dates_stays(site: Site) -> None:
    alice = site.world.alice.actor
    a = span(site, "A", 23, 24)
    begun, over, bare = span(site, "Begun", 25, 26), span(site, "Over", 25, 25), site.make("Bare")
    for task in (begun, over, bare):
        link(site, task, a)
    link(site, bare, a, "ss")
    Task.objects.filter(pk=begun.pk).update(state="running", status=site.column("In progress"), started_at=at(22))
    actions.cancel_task(over, actor=alice, now=site.now)
    assert [one.key for one in shift(site, a, 3).moved] == ["WEB-1"]
    assert dates(begun, over, bare) == [(25, 26), (25, 25), (0, 0)]


def test_a_task_without_a_start_keeps_its_hour_and_its_length(site: Site) -> None:
    a, b = span(site, "A", 23, 24), site.make("B", due_at=at(26, 12), effort_min=960)
    link(site, b, a)
    shift(site, a, 1)  # until Wednesday: B takes two days, Thursday and Friday
    assert b.release_at is None
    b.refresh_from_db()
    assert b.due_at == at(27, 12)


def test_followers_of_others_stay_and_it_says_why(site: Site) -> None:
    bob = site.world.bob
    mine, other, last = site.held(bob, "Mine", due_at=at(24)), span(site, "Other", 25, 25), span(site, "Last", 26, 26)
    link(site, other, mine)
    link(site, last, other)
    mine = Task.objects.select_related("project", "status", "assignee").get(pk=mine.pk)
    told = actions.shift_task(mine, actions.dates_after(mine, 2), actor=bob.actor, now=site.now)
    assert [one.key for one in told.moved] == ["WEB-1"]
    assert told.stays == (("WEB-2", "Only managers and whoever holds or created it can change it."),)


def test_an_archived_project_is_not_touched(site: Site) -> None:
    alice = site.world.alice.actor
    app = actions.create_project(key="APP", name="App", actor=alice, now=site.now)
    a = span(site, "A", 23, 24)
    b = actions.create_task(app, actions.TaskDraft(title="B", due_at=at(24)), actor=alice, now=site.now)
    link(site, b, a)
    actions.archive_project(app, actor=alice, now=site.now)
    assert shift(site, a, 1).stays == (("APP-1", "App is archived."),)


def test_nobody_else_moves_it(site: Site) -> None:
    task = span(site, "A", 23, 24)
    world = site.world
    for who in (world.bob, world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.preview_shift(task, (None, at(25)), actor=who.actor)
        with pytest.raises(Forbidden):
            actions.shift_task(task, (None, at(25)), actor=who.actor, now=site.now)
    assert dates(task) == [(23, 24)]


def test_dates_that_make_no_sense_and_old_versions_are_refused(site: Site) -> None:
    alice, task = site.world.alice.actor, span(site, "A", 23, 24)
    with pytest.raises(Invalid, match="due before it may begin"):
        actions.shift_task(task, (at(26), at(25)), actor=alice, now=site.now)
    with pytest.raises(Invalid, match="ten years"):
        actions.dates_after(task, 3651)
    with pytest.raises(SoAlready):
        actions.shift_task(task, (at(23, 0), at(24)), actor=alice, now=site.now)
    with pytest.raises(Conflict):
        actions.shift_task(task, (at(24, 0), at(25)), actor=alice, now=site.now, version=task.version + 1)


def test_followers_that_already_stand_too_early_move_though_the_task_stays(site: Site) -> None:
    a, b = span(site, "A", 23, 26), span(site, "B", 25, 25)
    link(site, b, a)
    told = actions.shift_task(a, (a.release_at, a.due_at), actor=site.world.alice.actor, now=site.now)
    assert [one.key for one in told.moved] == ["WEB-2"]
    assert dates(a, b) == [(23, 26), (27, 27)]


def test_an_hour_of_the_wall_clock_survives_the_change_of_the_clocks(site: Site) -> None:
    bob = worker_for(site.world.bob, NOW)
    Worker.objects.filter(pk=bob.pk).update(time_zone="Europe/Berlin")
    friday = datetime(2026, 10, 23, 16, tzinfo=UTC)  # 18:00 in Berlin, in summer
    task = site.held(site.world.bob, "A", due_at=friday)
    shift(site, task, 3)
    task.refresh_from_db()
    assert task.due_at == friday + timedelta(days=3, hours=1)  # 18:00 in winter


def test_what_is_due_in_the_small_hours_is_due_at_the_end_of_the_day_before(site: Site) -> None:
    """18:00 of New York is midnight in Berlin."""
    a = span(site, "A", 26, 27)
    b = site.make("Thursday and Friday", release_at=at(26, 5), due_at=at(28, 0))
    c = site.make("Monday and Tuesday", release_at=at(23, 5), due_at=at(25, 2))
    d = site.make("Friday", due_at=at(28, 1))
    link(site, b, a)
    actions.shift_task(a, (a.release_at, a.due_at), actor=site.world.alice.actor, now=site.now)
    shift(site, c, 3)
    shift(site, d, 1)
    # B: all of Monday and Tuesday; C: Thursday and Friday; D: Saturday is not worked, so Monday
    assert dates(b, c) == [(30, 32), (26, 28)]
    assert dates(d) == [(0, 31)]
    night = site.make("Night", release_at=at(25, 1), due_at=at(25, 4))
    shift(site, night, 1)
    assert dates(night) == [(26, 26)]
    e = site.make("A day of work", due_at=at(25, 0), effort_min=480)
    bar = bars_of(e.workspace_id, Task.objects.filter(pk=e.pk))[e.pk]
    assert (bar.start, bar.is_milestone) == (at(24, 0), False)
