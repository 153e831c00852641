"""The directory's list: who is shown, what is known about them, and how many queries it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW, World
from fairlead.people import actions, queries
from fairlead.people.queries import DirectoryFilter
from people.team import Team


def names(world: World, *, who: str = "alice", at: datetime = NOW, **wanted: Any) -> list[str]:
    rows = queries.directory(getattr(world, who).actor, DirectoryFilter(**wanted), now=at)
    return [row.name for row in rows]


def test_everybody_is_in_one_list_by_name(world: World, team: Team) -> None:
    assert names(world) == ["Alice", "Bob", "Dana", "Echo"]


def test_a_client_and_a_stranger_see_an_empty_list(world: World, team: Team) -> None:
    assert names(world, who="clara") == []
    assert names(world, who="charlie") == []


def test_filters_by_text_kind_and_skill(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.change_worker(team.dana, headline="Motion designer", **by)
    actions.set_skill(team.bob, team.scala, 3, **by)
    assert names(world, text="motion dana") == ["Dana"]
    assert names(world, kind="agent") == ["Echo"]
    assert names(world, skill_id=team.scala.pk, level=3) == ["Bob"]
    assert names(world, skill_id=team.scala.pk, level=4) == []
    assert names(world, skill_id=team.functional.pk, level=2) == ["Bob"]


def test_who_was_taken_out_is_in_a_list_of_its_own(world: World, team: Team) -> None:
    actions.deactivate_worker(team.bob, actor=world.alice.actor, now=NOW)
    assert names(world) == ["Alice", "Dana", "Echo"]
    assert names(world, deactivated=True) == ["Bob"]


def test_available_means_at_work_at_this_moment(world: World, team: Team) -> None:
    evening = NOW.replace(hour=16, minute=45)  # 16:45 in London's winter, 17:45 in Berlin
    assert names(world, available=True, at=evening) == ["Alice", "Dana", "Echo"]


def presence(world: World, worker_id: int, at: datetime) -> queries.Presence:
    rows = queries.directory(world.alice.actor, DirectoryFilter(), now=at)
    return next(row.presence for row in rows if row.id == worker_id)


def test_presence_says_until_when_or_from_when(world: World, team: Team) -> None:
    assert presence(world, team.bob.pk, NOW) == queries.Presence(
        True, datetime(2026, 11, 23, 11, 30, tzinfo=UTC), None, None
    )
    friday_night = datetime(2026, 11, 27, 20, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert presence(world, team.bob.pk, friday_night) == queries.Presence(False, None, monday, None)


def test_presence_says_until_which_day_somebody_is_away(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    asked = actions.request_time_off(team.bob, date(2026, 11, 23), date(2026, 11, 24), **by)
    actions.approve_time_off(asked, **by)
    assert presence(world, team.bob.pk, NOW) == queries.Presence(
        False, None, datetime(2026, 11, 25, 8, tzinfo=UTC), date(2026, 11, 24)
    )


def test_a_row_says_what_somebody_can_take_this_week(world: World, team: Team) -> None:
    rows = queries.directory(world.alice.actor, DirectoryFilter(), now=NOW)
    assert [row.capacity_min for row in rows] == [2400, 2400, 2400, 10080]
    later = queries.directory(world.alice.actor, DirectoryFilter(), now=datetime(2026, 12, 23, 12, tzinfo=UTC))
    assert [row.capacity_min for row in later] == [2400, 1920, 2400, 10080]  # Christmas Day, a Friday, in Germany


def test_rates_are_left_out_for_those_who_may_not_know_them(world: World, team: Team) -> None:
    def rates(who: str) -> list[int | None]:
        return [r.rate_cents for r in queries.directory(getattr(world, who).actor, DirectoryFilter(), now=NOW)]

    assert rates("alice") == rates("audrey") == [0, 5000, 9000, 0]
    assert rates("bob") == [None, 5000, None, None]
    assert rates("echo") == [None, None, None, 0]


@pytest.mark.parametrize("more", [0, 30])
def test_the_list_takes_six_queries_whatever_its_length(
    world: World, team: Team, more: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for n in range(more):
        worker = actions.create_worker(kind="freelancer", name=f"Extra {n}", actor=world.alice.actor, now=NOW)
        actions.set_skill(worker, team.scala, 3, actor=world.alice.actor, now=NOW)
    actor = world.alice.actor
    with django_assert_num_queries(6):
        rows = queries.directory(actor, DirectoryFilter(), now=NOW)
    assert len(rows) == 4 + more


def test_presence_is_unknown_further_than_three_weeks_ahead() -> None:
    assert queries.presence([], None, NOW, "UTC") == queries.Presence(False, None, None, None)
    soon = [(NOW + timedelta(hours=1), NOW + timedelta(hours=2))]
    assert queries.presence(soon, None, NOW, "UTC").back_at == NOW + timedelta(hours=1)
