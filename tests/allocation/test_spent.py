"""What was logged, and time that people keep, reach the planner."""

from __future__ import annotations

from datetime import timedelta

from fairlead.allocation import actions, causes, snapshot
from fairlead.allocation.policy import POLICY
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team


def effort_now(team: Team, task: Task, *, later: timedelta = timedelta()) -> int:
    """What the engine is told that the task still needs."""
    picture = snapshot.take(team.world.workspace.pk, wanted=(), now=team.now + later)
    return picture.problem.task(str(task)).effort


def under_way(team: Team, **draft: int) -> Task:
    task = team.task(**draft)
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    return work.start_task(team.fresh(task), actor=team.alice, now=team.now)


def log(team: Team, task: Task, minutes: int) -> None:
    draft = work.TimeDraft(team.now.date(), minutes)
    work.log_time(team.bob, task, draft, actor=team.world.bob.actor, now=team.now)


def test_what_was_logged_is_what_is_no_longer_left(team: Team) -> None:
    task = under_way(team, effort_min=240)
    assert effort_now(team, task, later=timedelta(hours=3)) == 240 - 60
    log(team, task, 90)
    assert effort_now(team, task, later=timedelta(hours=3)) == 150
    log(team, task, 200)
    assert effort_now(team, task) == round(240 * POLICY.least_left)


def test_it_counts_for_work_that_was_put_back(team: Team) -> None:
    task = team.task(effort_min=240)
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    log(team, task, 60)
    assert effort_now(team, task) == 180


def test_passing_the_effort_is_told_once(team: Team) -> None:
    task = under_way(team, effort_min=120)
    log(team, task, 100)
    assert not causes.passes_effort(task, more=100)
    log(team, task, 30)
    assert causes.passes_effort(task, more=30)
    log(team, task, 10)
    assert not causes.passes_effort(task, more=10)


def test_time_that_somebody_keeps_is_not_planned_into(team: Team) -> None:
    people.set_hours(team.bob, [(day, 540, 1020) for day in range(5)], actor=team.alice, now=team.now)

    def minutes() -> int:
        worker = snapshot.take(team.world.workspace.pk, wanted=(), now=team.now).problem.worker(f"w{team.bob.pk}")
        return sum(high - low for low, high in worker.calendar or () if low < 7 * 1440)

    before, hour = minutes(), timedelta(hours=1)
    by = {"actor": team.world.bob.actor, "now": team.now}
    block = work.add_block(team.bob, (team.now + hour, team.now + 3 * hour), title="Focus", **by)
    assert minutes() == before - 120
    work.remove_block(block, **by)
    assert minutes() == before
