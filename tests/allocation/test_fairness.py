"""How evenly work was given: shares with worked numbers, the index, and who sees whose row."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.cache import cache

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Offer
from fairlead.allocation.queries.fairness import evenness
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.people import actions as people

from .conftest import Team

fairness = import_module(evenness.__module__)
pytestmark = pytest.mark.django_db


def row(told: queries.Fairness, name: str) -> queries.FairRow:
    return next(row for row in told.rows if row.worker.name == name)


def test_load_is_what_was_given_against_working_time(team: Team) -> None:
    # 4 weeks of 40 h: this one and the three before, in which bob was there already
    team.bob.created_at = team.now - timedelta(weeks=10)
    team.bob.save()
    for title in ("One", "Two"):
        actions.assign_task(team.task(title, effort_min=480), team.bob, actor=team.alice, now=team.now)
    back = team.task("Three", effort_min=480)
    actions.assign_task(back, team.bob, actor=team.alice, now=team.now)
    actions.unassign_task(back, actor=team.alice, now=team.now)
    told = queries.fairness(team.alice, now=team.now)
    bob = row(told, "Bob")
    assert (bob.given_min, bob.tasks, bob.capacity_min, bob.load) == (960, 2, 9600, 0.1)
    dana = row(told, "Dana")  # she came this week
    assert (dana.load, dana.capacity_min) == (0.0, 2400)


def test_pay_is_the_rate_for_the_given_work(team: Team) -> None:
    actions.assign_task(team.task(effort_min=90), team.dana, actor=team.alice, now=team.now)
    assert row(queries.fairness(team.alice, now=team.now), "Dana").pay_cents == 9_750  # an hour and a half at 65.00


def test_opportunity_counts_decisions_that_could_have_gone_to_somebody(team: Team) -> None:
    for n in range(3):
        actions.assign_task(team.task(f"T{n}", needs={team.python.pk: 3}), team.bob, actor=team.alice, now=team.now)
    offering = actions.offer_task(
        team.task("Offer", needs={team.python.pk: 3}), actor=team.alice, now=team.now, workers=[team.dana]
    )
    offer = Offer.objects.select_related("offering", "worker", "task__project").get(offering=offering)
    actions.decline_offer(offer, actor=team.world.dana.actor, now=team.now)
    told = queries.fairness(team.alice, now=team.now)
    bob, dana = row(told, "Bob"), row(told, "Dana")
    assert (bob.chosen, bob.considered, bob.opportunity) == (3, 4, 0.75)
    assert (dana.chosen, dana.considered, dana.opportunity) == (1, 4, 0.25)
    assert dict(dana.offers) == {"declined": 1}
    assert told.opportunity_index == pytest.approx(1.0 / (2 * (0.75**2 + 0.25**2)))


def test_unpleasant_work_is_what_somebody_would_rather_avoid(team: Team) -> None:
    people.set_preferences(team.bob, wants=[], avoids=[team.scala, "legacy"], actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=60, needs={team.scala.pk: 2}), team.bob, actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=60, labels=("Legacy",)), team.bob, actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=120), team.bob, actor=team.alice, now=team.now)
    bob = row(queries.fairness(team.alice, now=team.now), "Bob")
    assert (bob.avoided_min, bob.avoided) == (120, 0.5)


def test_what_is_older_than_the_window_does_not_count(team: Team) -> None:
    actions.assign_task(team.task(), team.bob, actor=team.alice, now=team.now)
    later = team.now + timedelta(weeks=5)
    assert row(queries.fairness(team.alice, now=later), "Bob").tasks == 0
    assert row(queries.fairness(team.alice, now=later, weeks=12), "Bob").tasks == 1
    with pytest.raises(Invalid):
        queries.fairness(team.alice, now=later, weeks=5)


def test_evenness_is_1_for_equals_and_1_of_n_when_one_has_everything() -> None:
    assert evenness([0.3, 0.3, 0.3, None]) == pytest.approx(1.0)
    assert evenness([0.9, 0.0, 0.0]) == pytest.approx(1 / 3)
    assert evenness([0.0, 0.0]) is None
    assert evenness([]) is None


def test_people_see_their_own_row_and_the_index_of_all(team: Team) -> None:
    actions.assign_task(team.task(), team.bob, actor=team.alice, now=team.now)
    mine = queries.fairness(team.world.bob.actor, now=team.now)
    assert [(row.worker.name, row.is_me) for row in mine.rows] == [("Bob", True)]
    assert mine.load_index == queries.fairness(team.world.audrey.actor, now=team.now).load_index == 0.5
    assert [row.pay_cents for row in queries.fairness(team.world.dana.actor, now=team.now).rows] == [0]


def test_clients_and_strangers_learn_nothing(team: Team) -> None:
    with pytest.raises(Forbidden):
        queries.fairness(team.world.clara.actor, now=team.now)
    with tenant(team.world.charlie.workspace.pk):
        assert queries.fairness(team.world.charlie.actor, now=team.now).rows == ()


def test_everybody_is_read_in_the_same_number_of_queries(team: Team, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        queries.fairness(team.alice, now=team.now)
    for n in range(15):
        people.create_worker(kind="employee", name=f"More {n}", actor=team.alice, now=team.now)
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        queries.fairness(team.alice, now=team.now)


def page(team: Team, *, start: int = 0, at: timedelta = timedelta(0)) -> tuple[queries.Fairness, int, int]:
    return queries.fairness_page(team.alice, now=team.now + at, start=start, size=2)


def names(told: queries.Fairness) -> list[str]:
    return [row.worker.name for row in told.rows]


@pytest.mark.parametrize("most", [0, 200])
def test_a_page_shows_so_many_rows_and_the_indexes_of_all(
    team: Team, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(fairness, "MANY", most)
    cache.clear()
    people.create_worker(kind="employee", name="Zoe", actor=team.alice, now=team.now)
    actions.assign_task(team.task(effort_min=480), team.bob, actor=team.alice, now=team.now)
    whole = queries.fairness(team.alice, now=team.now)
    assert names(whole) == ["Bob", "Dana", "Echo", "Zoe"]
    told, first, total = page(team)
    assert (told.rows, first, total) == (whole.rows[:2], 0, 4)
    assert (told.people, told.load_index, told.as_of) == (3, whole.load_index, team.now)
    for start in (2, 99):
        told, first, _ = page(team, start=start)
        assert (names(told), first) == (["Echo", "Zoe"], 2)


def test_of_many_people_the_indexes_are_of_the_quarter_of_an_hour_and_the_rows_of_now(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fairness, "MANY", 1)
    cache.clear()
    assert page(team)[0].load_index is None
    actions.assign_task(team.task(effort_min=480), team.bob, actor=team.alice, now=team.now)
    told = page(team, at=timedelta(minutes=1))[0]
    assert (told.load_index, told.as_of, told.rows[0].given_min) == (None, team.now, 480)
    later = page(team, at=timedelta(minutes=15))[0]
    assert (later.load_index, later.as_of) == (0.5, team.now + timedelta(minutes=15))


def test_of_many_people_somebody_sees_their_own_row_only(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "MANY", 1)
    cache.clear()
    told, first, total = queries.fairness_page(team.world.bob.actor, now=team.now, start=0, size=2)
    assert (names(told), told.people, first, total) == (["Bob"], 2, 0, 1)
    assert queries.fairness_page(team.world.olga.actor, now=team.now, start=0, size=2)[2] == 3
    with pytest.raises(Forbidden):
        queries.fairness_page(team.world.clara.actor, now=team.now, start=0, size=2)
