"""Work of a private project goes to its people only, and tells nothing of itself to others."""

from __future__ import annotations

from typing import Any

import pytest

from allocation.conftest import Team
from fairlead.accounts import actions as accounts
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions, queries
from fairlead.allocation.models import Offer, PlanLine
from fairlead.events.actor import Actor
from fairlead.lib.errors import Forbidden, Missing
from fairlead.work import actions as work
from fairlead.work.actions import Outside
from fairlead.work.models import Task


@pytest.fixture
def private(team: Team) -> Team:
    """WEB is private to alice and bob."""
    by: dict[str, Any] = {"actor": team.alice, "now": team.now}
    work.make_private(team.project, **by)
    work.put_member(team.project, team.world.bob.user, "contributor", **by)
    return team


@pytest.fixture
def mona(private: Team) -> Actor:
    """A manager who does not belong to it."""
    user = accounts.create_user("mona@example.com", "Mona", "correct horse battery", now=private.now)
    return actor_of(accounts.add_member(user, "manager", actor=private.world.olga.actor, now=private.now))


def by(team: Team, actor: Actor | None = None) -> dict[str, Any]:
    return {"actor": actor or team.alice, "now": team.now}


def test_only_its_people_are_candidates(private: Team) -> None:
    found = queries.recommend(private.task(), **by(private))
    assert [one.worker.name for one in found.candidates] == ["Bob"]
    ruled_out = {one.worker.name: one.rule for one in found.ruled_out}
    assert ruled_out == {"Dana": "For others only", "Echo": "For others only"}


def test_a_reason_does_not_help_against_it(private: Team) -> None:
    task = private.task()
    with pytest.raises(Outside, match="Dana does not belong"):
        actions.assign_task(task, private.dana, reason="She asked for it", **by(private))
    assert private.fresh(task).assignee is None
    assert actions.assign_task(task, private.bob, **by(private)).worker == private.bob


def test_plans_know_it_too(private: Team) -> None:
    tasks = [private.task(f"Part {n}") for n in range(3)]
    plan = actions.apply_plan(actions.make_plan(private.project, **by(private)), **by(private))
    assert PlanLine.objects.filter(plan=plan, outcome="applied").count() == 3
    assert {private.fresh(task).assignee for task in tasks} == {private.bob}


def test_the_plan_of_an_outsider_leaves_it_alone(private: Team, mona: Actor) -> None:
    secret = private.task()
    other = work.create_project(key="APP", name="App", **by(private))
    work.create_task(other, work.TaskDraft(title="Open", effort_min=60), **by(private))
    plan = actions.make_plan(None, **by(private, mona))
    assert [str(line.task) for line in plan.lines.select_related("task__project")] == ["APP-1"]
    whole = actions.make_plan(None, **by(private))
    assert {line.key for line in queries.plan_sheet(mona, whole).lines} == {"APP-1"}
    actions.apply_plan(whole, **by(private, mona))
    assert private.fresh(secret).assignee is None
    with pytest.raises(Missing):
        queries.find_plan(mona, actions.make_plan(private.project, **by(private)).pk)


def test_in_the_schedule_others_see_that_somebody_is_busy(private: Team, mona: Actor) -> None:
    actions.assign_task(private.task("Secret"), private.bob, **by(private))
    private.task("Waits in secret")
    inside = queries.schedule(private.alice, now=private.now)
    [own] = [lane for lane in inside.lanes if lane.worker_id == private.bob.pk]
    assert [block.title for block in own.blocks] == ["Secret"]
    outside = queries.schedule(mona, now=private.now)
    [lane] = [lane for lane in outside.lanes if lane.worker_id == private.bob.pk]
    assert (lane.blocks, lane.busy) == ((), ((own.blocks[0].start_min, own.blocks[0].end_min),))
    assert (inside.waiting_count, outside.waiting_count) == (1, 0)
    assert "ecret" not in str(outside)


def test_an_offer_to_somebody_outside_is_theirs_no_longer(team: Team) -> None:
    task = team.task()
    actions.offer_task(task, workers=[team.dana], **by(team))
    offer = Offer.objects.select_related("task__project", "worker", "offering").get()
    work.make_private(team.project, **by(team))
    with pytest.raises(Missing):
        queries.find_offer(team.world.dana.actor, offer.pk)
    with pytest.raises(Forbidden, match="private project"):
        actions.bearer(Offer.objects.select_related("task__project", "worker").get())
    with pytest.raises(Outside):
        actions.accept_offer(offer, **by(team, team.world.dana.actor))
    assert Task.objects.get(pk=task.pk).assignee is None


def test_a_plain_member_who_leads_it_gives_out_its_work_and_no_other(private: Team) -> None:
    work.put_member(private.project, private.world.dana.user, "lead", **by(private))
    dana = private.world.dana.actor
    assert actions.assign_task(private.task(), private.bob, **by(private, dana)).worker == private.bob
    other = work.create_project(key="APP", name="App", **by(private))
    task = work.create_task(other, work.TaskDraft(title="Open"), **by(private))
    with pytest.raises(Forbidden):
        actions.assign_task(task, private.bob, **by(private, dana))


def test_an_ai_agent_gives_out_nothing(private: Team) -> None:
    work.put_member(private.project, private.world.echo.user, "contributor", **by(private))
    with pytest.raises(Forbidden):
        actions.assign_task(private.task(), private.bob, **by(private, private.world.echo.actor))
