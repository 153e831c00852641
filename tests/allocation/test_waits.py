"""The marks beside a task's worker: offered and for how long, nobody can do it, and why somebody has it."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.allocation import actions, queries
from fairlead.allocation.actions import Terms
from fairlead.allocation.models import Offer, Routing
from fairlead.web.marks import mark
from fairlead.work.models import Task

from .conftest import Team


def rows(*tasks: Task) -> list[dict[str, Any]]:
    found = Task.objects.filter(pk__in=[task.pk for task in tasks])
    return [
        {"id": it.pk, "key": str(it), "state": it.state, "assignee_id": it.assignee_id}
        for it in found.select_related("project").order_by("pk")
    ]


def offered(team: Team, *workers: Any) -> Task:
    task = team.task("Offered", needs={team.python.pk: 1})
    terms = Terms(at_once=len(workers), answer_min=120)
    actions.offer_task(task, actor=team.alice, now=team.now, terms=terms, workers=list(workers))
    return task


def stuck(team: Team) -> Task:
    """A task that nobody can do, in the hands of a policy that has said so."""
    task = team.task("Stuck", needs={team.scala.pk: 5})
    actions.route_waiting(team.project.workspace_id, now=team.now)
    Routing.objects.filter(task=task).update(state="unroutable", reason="nobody has Scala 5")
    return task


def test_an_offer_shows_who_is_asked_and_how_long(team: Team) -> None:
    task = offered(team, team.bob, team.dana)
    found = queries.waits_of(team.alice, [task.pk], now=team.now)[task.pk]
    assert (sorted(found.asked), found.left_min, found.offer_id) == (["Bob", "Dana"], 120, None)
    shown = mark(rows(task), actor=team.alice, now=team.now)[task.pk]["wait"]
    assert (shown["text"], shown["url"]) == ("offered, 2 h left", f"/tasks/{task}/candidates/")
    assert "Bob" in shown["title"]


def test_whoever_is_asked_sees_their_own_offer_only(team: Team) -> None:
    task, other = offered(team, team.bob), offered(team, team.dana)
    found = queries.waits_of(team.world.bob.actor, [task.pk, other.pk], now=team.now)
    assert list(found) == [task.pk]
    mine = Offer.objects.get(task=task)
    shown = mark(rows(task, other), actor=team.world.bob.actor, now=team.now)
    assert list(shown) == [task.pk]
    assert shown[task.pk]["wait"]["url"] == f"/offers/{mine.pk}/"


def test_what_nobody_can_do_says_why_and_leads_to_its_doctor(team: Team) -> None:
    task = stuck(team)
    shown = mark(rows(task), actor=team.alice, now=team.now)[task.pk]["wait"]
    assert (shown["text"], shown["url"]) == ("nobody can", f"/tasks/{task}/candidates/")
    assert "nobody has Scala 5" in shown["title"]
    assert mark(rows(task), actor=team.world.bob.actor, now=team.now) == {}


def test_clients_strangers_and_agents_that_are_not_asked_see_nothing(team: Team) -> None:
    tasks = offered(team, team.bob), stuck(team)
    held = team.task("Held")
    actions.assign_task(held, team.bob, actor=team.alice, now=team.now)
    ids = [task.pk for task in tasks]
    for actor in (team.world.clara.actor, team.world.echo.actor, team.world.charlie.actor):
        assert queries.waits_of(actor, ids, now=team.now) == {}
    assert mark(rows(*tasks, held), actor=team.world.clara.actor, now=team.now) == {}


def test_whoever_was_given_it_has_a_reason(team: Team) -> None:
    held, against = team.task("Held"), team.task("Against", needs={team.scala.pk: 3})
    actions.assign_task(held, team.bob, actor=team.alice, now=team.now)
    actions.assign_task(against, team.dana, actor=team.alice, now=team.now, reason="To learn it")
    shown = mark(rows(held, against), actor=team.alice, now=team.now)
    assert 0 < shown[held.pk]["match"] <= 1
    assert shown[against.pk] == {"match": None, "why": f"/tasks/{against}/why/"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(team: Team, count: int, django_assert_num_queries: Any) -> None:
    tasks = [make(team) for _ in range(count) for make in (stuck, lambda team: offered(team, team.bob, team.dana))]
    found = rows(*tasks)
    with django_assert_num_queries(6):
        assert len(mark(found, actor=team.alice, now=team.now)) == 2 * count


def test_a_dispatcher_sees_the_most_pressing_of_each_kind(team: Team) -> None:
    for actor in (team.world.bob.actor, team.world.echo.actor, team.world.clara.actor):
        assert queries.dispatch(actor, now=team.now) is None
    empty = queries.dispatch(team.alice, now=team.now)
    assert empty is not None
    assert (empty.offer, empty.stuck, empty.plan, empty.given) == (None, None, None, None)
    task, nobody = offered(team, team.bob), stuck(team)
    given = team.task("Given")
    actions.apply_plan(actions.make_plan(team.project, actor=team.alice, now=team.now), actor=team.alice, now=team.now)
    team.task("More")
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    found = queries.dispatch(team.alice, now=team.now)
    assert found is not None
    assert found.offer is not None
    assert found.stuck is not None
    assert found.given is not None
    assert (found.offer.key, found.offers, found.stuck.key, found.plan) == (str(task), 1, str(nobody), plan)
    assert found.given.key == str(given)
    stranger = queries.dispatch(team.world.charlie.actor, now=team.now)
    assert stranger is None or (stranger.offer, stranger.stuck, stranger.plan, stranger.given) == (None,) * 4
