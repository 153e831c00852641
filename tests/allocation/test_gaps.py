"""What the engine is told of people beside hours: minutes between two tasks, frozen hours, and how full they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairlead import engine
from fairlead.allocation import actions, queries, snapshot
from fairlead.allocation.actions.proposals import frozen_for
from fairlead.allocation.models import Assignment, PlanLine
from fairlead.engine.testing import START
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.actions import TaskEdit
from fairlead.work.states import State

from .conftest import Team


def usual(team: Team, minutes: int) -> None:
    actions.change_planning(gap_min=minutes, actor=team.world.olga.actor, now=team.now)


def buffers(team: Team) -> dict[str, int]:
    picture = snapshot.take(team.project.workspace_id, wanted=(), now=team.now)
    return {picture.rows.workers[int(it.id[1:])]["name"]: it.buffer for it in picture.problem.workers}


def test_nobody_has_one_unless_somebody_says_so(team: Team) -> None:
    assert buffers(team) == {"Bob": 0, "Dana": 0, "Echo": 0}


def test_the_workspace_says_it_for_people_and_a_profile_says_otherwise(team: Team) -> None:
    usual(team, 15)
    people.change_worker(team.dana, gap_minutes=0, actor=team.world.dana.actor, now=team.now)
    assert buffers(team) == {"Bob": 15, "Dana": 0, "Echo": 0}
    people.change_worker(team.echo, gap_minutes=5, actor=team.alice, now=team.now)
    people.change_worker(team.dana, gap_minutes=None, actor=team.alice, now=team.now)
    assert buffers(team) == {"Bob": 15, "Dana": 15, "Echo": 5}


@pytest.mark.parametrize("minutes", [-1, 241])
def test_it_is_at_most_four_hours(team: Team, minutes: int) -> None:
    with pytest.raises(Invalid):
        people.change_worker(team.bob, gap_minutes=minutes, actor=team.alice, now=team.now)
    with pytest.raises(Invalid):
        usual(team, minutes)


def test_only_admins_say_the_usual_one_and_agents_and_strangers_nobodys(team: Team) -> None:
    for actor in (team.alice, team.world.bob.actor, team.world.echo.actor):
        with pytest.raises(Forbidden):
            actions.change_planning(gap_min=5, actor=actor, now=team.now)
    for actor in (team.world.dana.actor, team.world.echo.actor, team.world.charlie.actor):
        with pytest.raises(Forbidden):
            people.change_worker(team.bob, gap_minutes=5, actor=actor, now=team.now)


def two_tasks(team: Team, **more: Any) -> list[Any]:
    return [team.task(f"Task {n}", needs={team.scala.pk: 2}, effort_min=60, **more) for n in range(2)]


def test_a_plan_keeps_it_between_two_tasks_and_its_receipt_says_so(team: Team) -> None:
    usual(team, 25)
    two_tasks(team)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    first, second = PlanLine.objects.filter(plan=plan).order_by("starts_at")
    assert first.ends_at is not None
    assert second.starts_at is not None
    assert second.starts_at - first.ends_at == timedelta(minutes=25)
    problem = snapshot.problem_of(plan.snapshot.content)  # type: ignore[union-attr]
    assert problem.worker(f"w{team.bob.pk}").buffer == 25
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert Assignment.objects.filter(worker=team.bob).count() == 2


def test_why_names_it(team: Team) -> None:
    usual(team, 25)
    task = two_tasks(team)[0]
    best = queries.recommend(task, actor=team.alice, now=team.now).candidates[0]
    facts = {factor.name: factor.sentence for factor in best.factors}
    assert any("25 min between two tasks" in said for said in facts.values()), facts


def test_the_shown_cost_of_a_choice_by_hand_counts_it(team: Team) -> None:
    first, second = two_tasks(team)
    actions.assign_task(first, team.bob, actor=team.alice, now=team.now)
    found = queries.price(second, team.bob, at=None, actor=team.alice, now=team.now)
    usual(team, 30)
    later = queries.price(second, team.bob, at=None, actor=team.alice, now=team.now)
    assert found.ends_at is not None
    assert later.ends_at is not None
    assert later.ends_at - found.ends_at == timedelta(minutes=30)


def test_the_schedule_shows_it(team: Team) -> None:
    usual(team, 20)
    for task in two_tasks(team):
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    found = queries.schedule(team.alice, now=team.now)
    lane = next(it for it in found.lanes if it.name == "Bob")
    assert lane.gap_min == 20
    assert lane.blocks[1].start_min - lane.blocks[0].end_min == 20
    assert queries.compact(found)["lanes"][found.lanes.index(lane)][7] == 20


def test_the_frozen_hours_are_everybodys_own(team: Team) -> None:
    early = engine.Worker("early", calendar=((0, 120), (600, 900)))
    late = engine.Worker("late", calendar=((1000, 1200),))
    always = engine.Worker("gone", calendar=())
    problem = engine.Problem(start=START, workers=(early, late, always), tasks=(), horizon=20160)
    assert frozen_for(problem, 60, 240) == {"early": 780, "late": 1200, "gone": 60}
    assert frozen_for(problem, 60, 60) == {"early": 120, "late": 1060, "gone": 60}
    assert frozen_for(problem, 60, 0) == {"early": 60, "late": 60, "gone": 60}


def test_what_somebody_finished_lately_counts_in_the_fairness_of_plans(team: Team) -> None:
    task = team.task(effort_min=480)
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    assert set(filled(team, team.now).values()) == {0.0}
    for state in ("running", "review", "done"):
        work.change_one(team.fresh(task), TaskEdit(state=State(state)), actor=team.alice, now=team.now)
    now = team.now + timedelta(days=1)
    full = filled(team, now)
    assert full.pop("Bob") == pytest.approx(0.06, abs=0.03)
    assert full == {"Dana": 0.0, "Echo": 0.0}
    assert set(filled(team, team.now + timedelta(weeks=5)).values()) == {0.0}
    ranked = queries.recommend(team.task("Next"), actor=team.alice, now=now).candidates
    points = {c.worker.name: sum(part.points for part in c.cost if part.label == "load") for c in ranked}
    assert points["Bob"] > points["Dana"]


def filled(team: Team, now: datetime) -> dict[str, float]:
    picture = snapshot.take(team.project.workspace_id, wanted=(), now=now)
    return {picture.rows.workers[int(it.id[1:])]["name"]: it.filled for it in picture.problem.workers}
