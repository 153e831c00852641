"""People over policies: approval, another choice, undo, and queues out of which work is claimed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment, Routing
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work

from .conftest import Team
from .queue_worker import work_off
from .test_routing import EVERYBODY, HOUR, asked, policy, routed

pytestmark = pytest.mark.django_db


# approval and undo


def test_an_approved_proposal_is_done_by_whom_approved_it(team: Team) -> None:
    policy(team, autonomy="approve")
    task = team.task(needs={team.python.pk: 4})
    routing = routed(team, task)
    assert (routing.state, routing.worker, team.fresh(task).assignee) == ("proposed", team.bob, None)
    actions.approve(routing, actor=team.alice, now=team.now)
    given = Assignment.objects.get(task=task)
    assert (given.worker, given.by_user, given.receipt.evidence["how"]) == (team.bob, team.world.alice.user, "assign")
    with pytest.raises(Conflict):
        actions.approve(Routing.objects.get(pk=routing.pk), actor=team.alice, now=team.now)


def test_an_approved_offer_asks_the_proposed_one_first(team: Team) -> None:
    policy(team, {"name": "All"}, autonomy="approve")
    task = team.task(needs={team.python.pk: 3})
    routing = routed(team, task)
    Routing.objects.filter(pk=routing.pk).update(worker=team.dana)
    actions.approve(Routing.objects.get(pk=routing.pk), actor=team.alice, now=team.now)
    assert asked(task) == [("Dana", "open")]


def test_another_choice_needs_a_reason_and_both_are_kept(team: Team) -> None:
    policy(team, autonomy="approve")
    task = team.task(needs={team.python.pk: 3})
    routing = routed(team, task)
    other = team.dana if routing.worker == team.bob else team.bob
    with pytest.raises(Invalid):
        actions.approve_other(routing, other, reason=" ", actor=team.alice, now=team.now)
    actions.approve_other(routing, other, reason="Knows the client", actor=team.alice, now=team.now)
    event = Event.objects.get(kind="task.overridden")
    assert (event.payload["proposed"]["id"], event.payload["worker"]["id"]) == (routing.worker_id, other.pk)
    assert (routed(team, task).state, Assignment.objects.get(task=task).reason) == ("done", "Knows the client")


def test_a_rejected_proposal_stays_with_the_managers(team: Team) -> None:
    policy(team, autonomy="approve")
    task = team.task()
    actions.reject(routed(team, task), reason="Not before Monday", actor=team.alice, now=team.now)
    assert (routed(team, task).state, routed(team, task).reason) == ("manager", "Not before Monday")


def test_a_proposal_whose_worker_is_full_by_now_is_refused_with_the_reason(team: Team) -> None:
    people.change_worker(team.bob, actor=team.alice, now=team.now, max_tasks=1)
    policy(team, autonomy="approve")
    first, second = team.task(needs={team.python.pk: 4}), team.task(needs={team.python.pk: 4})
    routings = [routed(team, task) for task in (first, second)]
    actions.approve(routings[0], actor=team.alice, now=team.now)
    with pytest.raises(Refused, match="cannot take"):
        actions.approve(routings[1], actor=team.alice, now=team.now)


def test_what_a_policy_decided_by_itself_can_be_undone_until_work_began(team: Team) -> None:
    policy(team, autonomy="undo")
    task = team.task()
    routing = routed(team, task)
    assert [card.key for card in queries.desk(team.alice, now=team.now).decided] == [str(task)]
    actions.undo_decision(routing, actor=team.alice, now=team.now)
    assert (team.fresh(task).assignee, routed(team, task).state) == (None, "manager")
    begun = team.task()
    late = routed(team, begun)
    work.start_task(team.fresh(begun), actor=team.alice, now=team.now)
    with pytest.raises(Conflict):
        actions.undo_decision(late, actor=team.alice, now=team.now)


# queues


QUEUE = {"name": "Pool", "how": "queue"}


def test_the_next_of_the_queue_is_claimed_and_nobody_picks_the_cherries(team: Team) -> None:
    policy(team, QUEUE)
    second, first = team.task("Later"), team.task("Sooner", priority=4)
    hard = team.task("Hard", needs={team.scala.pk: 3}, priority=4)
    for task in (first, second, hard):
        assert routed(team, task).state == "queued"
    rows = queries.queue_of(team.world.dana.actor, now=team.now).rows
    assert [(row.title, row.can_pick) for row in rows] == [("Sooner", True), ("Later", False)]
    with pytest.raises(Refused, match="comes first"):
        actions.claim_task(second, team.dana, actor=team.world.dana.actor, now=team.now)
    assert actions.claim_next(team.dana, actor=team.world.dana.actor, now=team.now).task == first
    assert routed(team, first).state == "done"
    actions.claim_task(second, team.dana, actor=team.world.dana.actor, now=team.now)
    with pytest.raises(Missing):
        actions.claim_next(team.dana, actor=team.world.dana.actor, now=team.now)


def test_what_is_to_be_claimed_may_wait_in_the_queue_over_night(team: Team) -> None:
    policy(team, {**QUEUE, "who": "worker.kind == 'freelancer'"})
    assert routed(team, team.task(), datetime(2026, 11, 24, 2, 0, tzinfo=UTC)).state == "queued"


def test_nobody_claims_more_at_once_than_the_policy_allows(team: Team) -> None:
    policy(team, QUEUE, claims=1, pick="any")
    tasks = [team.task(), team.task()]
    work_off(team.now)
    actions.claim_task(tasks[1], team.dana, actor=team.world.dana.actor, now=team.now)
    assert queries.queue_of(team.world.dana.actor, now=team.now).full == ("Web",)
    with pytest.raises(actions.TooManyClaims):
        actions.claim_task(tasks[0], team.dana, actor=team.world.dana.actor, now=team.now)
    work.complete_task(team.fresh(tasks[1]), actor=team.alice, now=team.now)
    actions.claim_task(tasks[0], team.dana, actor=team.world.dana.actor, now=team.now)


def test_claiming_is_for_oneself_and_only_what_waits_in_a_queue(team: Team) -> None:
    policy(team, QUEUE)
    task = team.task()
    with pytest.raises(Conflict):
        actions.claim_task(task, team.dana, actor=team.world.dana.actor, now=team.now)
    work_off(team.now)
    for stranger in (team.world.bob, team.world.clara, team.world.charlie):
        with pytest.raises(Forbidden):
            actions.claim_task(task, team.dana, actor=stranger.actor, now=team.now)


def test_a_queue_that_nobody_claims_from_goes_on_with_the_next_step(team: Team) -> None:
    policy(team, {**QUEUE, "lasts_min": 60}, EVERYBODY)
    task = team.task()
    assert routed(team, task).state == "queued"
    assert routed(team, task, team.now + HOUR).state == "done"
