"""Two people at the same moment, on two connections: exactly one wins, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread

from django.db import connection

from conftest import make_world
from fairlead.allocation import actions
from fairlead.allocation.models import Assignment
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Refused
from fairlead.people.models import Worker
from fairlead.work.models import Task

from .conftest import Team, make_team


def at_once(team: Team, *verbs: Callable[[], object]) -> list[str]:
    """Run all verbs at the same time, each on a connection of its own; "done" or the name of the refusal for each."""
    barrier, outcomes = Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], object]) -> None:
        try:
            enter(team.world.workspace.pk)
            barrier.wait(10)
            verb()
            outcomes[place] = "done"
        except Refused as refused:
            outcomes[place] = type(refused).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=item) for item in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_of_two_assignments_at_the_same_moment_one_wins(committed: None, now: datetime) -> None:
    team = make_team(make_world(), now)
    for round_ in range(3):
        task = team.task(f"Round {round_}")
        seen = [team.fresh(task), team.fresh(task)]

        def give(mine: Task, worker: Worker) -> Callable[[], object]:
            return lambda: actions.assign_task(mine, worker, actor=team.alice, now=now)

        outcomes = at_once(team, give(seen[0], team.bob), give(seen[1], team.dana))
        assert sorted(outcomes) == ["HeldByOther", "done"]
        holder = Assignment.objects.get(task=task, ended_at__isnull=True).worker
        assert team.fresh(task).assignee == holder == (team.bob, team.dana)[outcomes.index("done")]


def test_a_plan_and_a_manager_at_the_same_moment_agree_on_one_holder(committed: None, now: datetime) -> None:
    team = make_team(make_world(), now)
    tasks = [team.task(f"Task {n}") for n in range(4)]
    plan = actions.make_plan(team.project, actor=team.alice, now=now)
    mine = team.fresh(tasks[0])
    outcomes = at_once(
        team,
        lambda: actions.apply_plan(plan, actor=team.alice, now=now),
        lambda: actions.assign_task(mine, team.dana, actor=team.world.olga.actor, now=now),
    )
    assert outcomes[0] in ("done", "StalePlan")
    given = tasks if outcomes[0] == "done" else tasks[:1]
    for task in given:
        assert Assignment.objects.get(task=task, ended_at__isnull=True).worker == team.fresh(task).assignee
    assert Assignment.objects.filter(task__in=tasks, ended_at__isnull=True).count() == len(given)


def test_a_plan_applied_twice_at_the_same_moment_is_applied_once(committed: None, now: datetime) -> None:
    team = make_team(make_world(), now)
    tasks = [team.task(f"Task {n}") for n in range(3)]
    plan = actions.make_plan(team.project, actor=team.alice, now=now)
    verbs = [lambda: actions.apply_plan(plan, actor=team.alice, now=now)] * 2
    assert sorted(at_once(team, *verbs)) == ["Conflict", "done"]
    assert Assignment.objects.filter(task__in=tasks).count() == 3
