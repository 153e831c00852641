"""Applying a part of a draft never gives somebody more tasks than they take at once."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment, Plan, PlanLine
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN

from .conftest import Team

TRIALS = 25


class Back(Exception):
    """Take back what was tried."""


def swapping(team: Team) -> Plan:
    """Bob takes five tasks at once and has five. The draft gives some of them to Dana, who takes three, and new ones
    that only he can do to Bob."""
    people.change_worker(team.bob, max_tasks=5, actor=team.alice, now=team.now)
    people.change_worker(team.dana, max_tasks=3, actor=team.alice, now=team.now)
    for n in range(5):
        task = team.task(f"Old {n}", needs={team.python.pk: 3}, effort_min=480, due_at=team.now + timedelta(days=2))
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now, reason="They know the work")
    Assignment.objects.update(reason="")
    for n in range(3):
        team.task(f"New {n}", needs={team.scala.pk: 3}, due_at=team.now + timedelta(days=1), priority=4)
    return actions.make_plan(None, actor=team.alice, now=team.now, scope="all")


def lines(plan: Plan, **of: Any) -> list[int]:
    found = PlanLine.objects.filter(plan=plan, worker__isnull=False, **of).exclude(kind="same")
    return list(found.order_by("pk").values_list("pk", flat=True))


def held() -> dict[str, int]:
    mine = Task.objects.filter(state__in=OPEN, assignee__isnull=False).order_by()
    return dict(mine.values_list("assignee__name").annotate(n=Count("pk")))


def test_a_draft_is_sound_as_a_whole(team: Team) -> None:
    plan = swapping(team)
    kinds = [line.kind for line in queries.plan_sheet(team.alice, plan).lines]
    assert (kinds.count("moved"), kinds.count("new")) == (3, 3)
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert held() == {"Bob": 5, "Dana": 3}


def test_new_work_without_the_moves_that_make_room_is_refused_with_the_reason(team: Team) -> None:
    plan = swapping(team)
    moves = lines(plan, kind="moved")
    with pytest.raises(actions.StalePlan) as refused:
        actions.apply_plan(plan, actor=team.alice, now=team.now, leave_out=moves[1:])
    assert [item.what for item in refused.value.stale] == [
        "Bob would hold 7 open tasks and takes at most 5 at once"
    ] * 2
    plan.refresh_from_db()
    assert (plan.state, held()) == ("draft", {"Bob": 5})


def test_the_rest_is_applied_as_far_as_there_is_room(team: Team) -> None:
    plan = swapping(team)
    moves = lines(plan, kind="moved")
    actions.apply_rest(plan, actor=team.alice, now=team.now, leave_out=moves[1:])
    assert held() == {"Bob": 5, "Dana": 1}
    outcomes = PlanLine.objects.filter(plan=plan, kind="new").order_by("outcome").values_list("outcome", flat=True)
    assert list(outcomes) == ["applied", "full", "full"]


def test_work_that_came_meanwhile_takes_the_room(team: Team) -> None:
    plan = swapping(team)
    for n in range(2):
        actions.assign_task(team.task(f"Between {n}"), team.dana, actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan, match="Dana would hold 5 open tasks and takes at most 3 at once"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    actions.apply_rest(plan, actor=team.alice, now=team.now)
    assert held() == {"Bob": 5, "Dana": 3}


def test_no_part_of_a_draft_exceeds_what_anybody_takes(team: Team) -> None:
    plan, rng = swapping(team), Random(1)
    known, before = lines(plan), held()
    most = {worker.name: worker.max_tasks for worker in Worker.objects.filter(max_tasks__isnull=False)}
    refused = 0
    for _ in range(TRIALS):
        left = rng.sample(known, rng.randrange(len(known)))
        for verb in (actions.apply_plan, actions.apply_rest):
            try:
                with transaction.atomic():
                    verb(plan, actor=team.alice, now=team.now, leave_out=left)
                    after = held()
                    raise Back
            except actions.StalePlan:
                refused += 1
                after = held()
                assert after == before
            except Back:
                pass
            assert all(after.get(name, 0) <= limit for name, limit in most.items())
    assert 0 < refused < TRIALS
