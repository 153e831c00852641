"""How full everybody is over the coming weeks."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from fairlead.allocation import actions, queries
from fairlead.events.tenancy import tenant
from fairlead.people import actions as people
from fairlead.web import schedule
from fairlead.work import actions as work

from .conftest import Team


def weeks(team: Team, worker_id: int) -> list[tuple[date, int, int]]:
    found = queries.load(team.alice, [worker_id], now=team.now)[worker_id]
    return [(w.starts_on, w.capacity_min, w.planned_min) for w in found]


def test_an_idle_worker_has_four_empty_weeks(team: Team) -> None:
    monday = date(2026, 11, 23)
    assert weeks(team, team.bob.pk) == [(monday + timedelta(weeks=n), 2400, 0) for n in range(4)]


def test_held_work_fills_the_weeks_one_after_the_other(team: Team) -> None:
    for _ in range(3):
        actions.assign_task(team.task(effort_min=1200), team.bob, actor=team.alice, now=team.now)
    assert [planned for _, _, planned in weeks(team, team.bob.pk)] == [2400, 1200, 0, 0]


def test_a_weekly_cap_spreads_the_work(team: Team) -> None:
    people.change_worker(team.bob, week_minutes=600, actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=1500), team.bob, actor=team.alice, now=team.now)
    assert [(c, p) for _, c, p in weeks(team, team.bob.pk)] == [(600, 600), (600, 600), (600, 300), (600, 0)]


def test_approved_leave_lowers_the_capacity(team: Team) -> None:
    off = people.request_time_off(
        team.bob, date(2026, 12, 1), date(2026, 12, 2), "", actor=team.world.bob.actor, now=team.now
    )
    people.approve_time_off(off, actor=team.alice, now=team.now)
    assert [capacity for _, capacity, _ in weeks(team, team.bob.pk)] == [2400, 1440, 2400, 2400]


def test_work_that_is_over_counts_no_more(team: Team) -> None:
    task = team.task(effort_min=600)
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    work.complete_task(team.fresh(task), actor=team.alice, now=team.now)
    assert {planned for _, _, planned in weeks(team, team.bob.pk)} == {0}


def test_clients_learn_nothing_and_strangers_nothing_of_others(team: Team) -> None:
    assert queries.load(team.world.clara.actor, [team.bob.pk], now=team.now) == {}
    charlie = team.world.charlie.actor
    with tenant(charlie.workspace_id):
        assert queries.load(charlie, [team.bob.pk], now=team.now) == {}


def test_fits_are_those_of_the_holders(team: Team) -> None:
    task, other = team.task(), team.task()
    made = actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    assert queries.decided([task.pk, other.pk]) == {task.pk: made.fit}


def test_what_cannot_be_done_before_it_is_due_is_overload_of_its_week(team: Team) -> None:
    friday = team.now + timedelta(days=4)
    for _ in range(3):
        task = team.task(effort_min=1200, due_at=friday)
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    found = queries.load(team.alice, [team.bob.pk], now=team.now)[team.bob.pk]
    # 32 of the 60 hours fit before Friday, 09:00; 8 on Friday and 20 next week come too late
    assert [(week.late_min, week.is_overload) for week in found] == [(1680, True), (0, False), (0, False), (0, False)]


def test_of_many_people_a_page_shows_those_with_most_work(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "LOADS", 2)
    people.change_worker(team.dana, week_minutes=600, actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=1200), team.bob, actor=team.alice, now=team.now)  # half a week
    actions.assign_task(team.task(effort_min=480), team.dana, actor=team.alice, now=team.now)  # four fifths of hers
    assert queries.most_work_first(team.alice) == [team.dana.pk, team.bob.pk, team.echo.pk]
    assert queries.most_work_first(team.world.clara.actor) == []
    alice = Client()
    alice.force_login(team.world.alice.user)

    def names(page: str) -> list[str]:
        shown = alice.get(f"/schedule/load/{page}").content.decode()
        assert "of 3" in shown
        return re.findall(r'<th scope="row"[^>]*><a[^>]*>(\w+)', shown)

    assert names("") == ["Dana", "Bob"]
    assert names("?page=2") == names("?page=9") == ["Echo"]
