"""Why not me: one's place, what weighs against one, and the least that would change it."""

from __future__ import annotations

import pytest

from fairlead.allocation import actions, queries
from fairlead.lib.errors import Forbidden, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work

from .conftest import Team

pytestmark = pytest.mark.django_db


def test_who_lacks_a_level_reads_which_one_would_have_done(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    actions.assign_best(task, actor=team.alice, now=team.now)
    told = queries.standing(team.fresh(task), team.dana, actor=team.world.dana.actor, now=team.now)
    assert (told.place, told.reason) == (None, "needs Python ≥ 4; has 3")
    assert told.decided_at == team.now
    assert [(change.sentence, change.proven) for change in told.changes] == [
        ("Dana had Python 4 instead of 3 and Dana needed 1 h 4 min instead of 2 h", True)
    ]


def test_who_costs_more_reads_what_weighs_but_not_what_others_earn(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    mine = queries.standing(task, team.dana, actor=team.world.dana.actor, now=team.now)
    full = queries.standing(task, team.dana, actor=team.alice, now=team.now)
    assert (mine.place, full.place, mine.eligible) == (2, 2, 2)
    assert mine.against is not None
    assert mine.against.name == "Bob"
    assert "cost" in [part.label for part in full.parts]
    assert "cost" not in [part.label for part in mine.parts]
    assert [change.sentence for change in full.changes if "an hour" in change.sentence]
    assert not [change.sentence for change in mine.changes if "an hour" in change.sentence]


def test_it_tells_how_it_was_decided_and_not_how_it_is_now(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    actions.assign_best(task, actor=team.alice, now=team.now)
    people.set_skill(team.dana, team.python, 5, actor=team.alice, now=team.now)
    told = queries.standing(team.fresh(task), team.dana, actor=team.alice, now=team.now)
    assert told.reason == "needs Python ≥ 4; has 3"


def test_who_is_first_has_nothing_to_change(team: Team) -> None:
    told = queries.standing(team.task(needs={team.scala.pk: 3}), team.bob, actor=team.world.bob.actor, now=team.now)
    assert (told.is_first, told.eligible, told.changes) == (True, 1, ())


def test_a_task_of_a_plan_is_explained_from_the_plan(team: Team) -> None:
    tasks = [team.task(f"Task {n}", needs={team.python.pk: 3}) for n in range(3)]
    actions.apply_plan(actions.make_plan(team.project, actor=team.alice, now=team.now), actor=team.alice, now=team.now)
    held = team.fresh(tasks[0])
    assert held.assignee is not None
    other = team.dana if held.assignee == team.bob else team.bob
    told = queries.standing(held, other, actor=team.world.audrey.actor, now=team.now)
    assert (told.place, told.eligible, told.against and told.against.name) == (2, 2, held.assignee.name)


@pytest.mark.parametrize("who", ["bob", "clara", "charlie", "echo"])
def test_nobody_asks_about_others(team: Team, who: str) -> None:
    with pytest.raises(Forbidden):
        queries.standing(team.task(), team.dana, actor=getattr(team.world, who).actor, now=team.now)


def test_what_was_never_given_to_anybody_and_is_over_has_no_answer(team: Team) -> None:
    task = team.task()
    work.cancel_task(task, actor=team.alice, now=team.now)
    with pytest.raises(Refused, match="nobody was ever given it"):
        queries.standing(team.fresh(task), team.dana, actor=team.alice, now=team.now)


def test_who_came_later_was_not_considered(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    actions.assign_best(task, actor=team.alice, now=team.now)
    late = people.create_worker(kind="employee", name="Lena", actor=team.alice, now=team.now)
    with pytest.raises(Refused, match="Lena was not in the directory"):
        queries.standing(team.fresh(task), late, actor=team.alice, now=team.now)
