"""One click gives a task to somebody; it is never with two, never lost, and every decision has a receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment, Receipt
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Conflict, Forbidden, Missing, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work

from .conftest import Team


def test_assigning_sets_the_holder_and_records_one_event_with_a_receipt(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    seq = Event.objects.order_by("-seq")[0].seq
    made = actions.assign_task(task, team.dana, actor=team.alice, now=team.now, reason="She asked for it")
    assert team.fresh(task).assignee == team.dana
    event = Event.objects.get(seq__gt=seq)
    assert (event.kind, event.actor_kind, event.subject_id) == ("task.assigned", "person", task.pk)
    assert event.payload["worker"] == {"id": team.dana.pk, "name": "Dana"}
    assert (event.payload["previous"], event.payload["reason"]) == (None, "She asked for it")
    assert event.payload["receipt"] == made.receipt_id
    assert made.starts_at == team.now
    assert 0 < made.fit <= 100


def test_assign_best_takes_the_first_candidate(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    best = queries.recommend(task, actor=team.alice, now=team.now).best
    made = actions.assign_best(task, actor=team.alice, now=team.now)
    assert best is not None
    assert (made.worker_id, made.fit) == (best.worker.id, best.fit)


def test_assign_best_refuses_when_nobody_can(team: Team) -> None:
    with pytest.raises(actions.NobodyCan, match="Nobody can do"):
        actions.assign_best(team.task(needs={team.scala.pk: 5}), actor=team.alice, now=team.now)


def test_the_same_worker_again_changes_nothing(team: Team) -> None:
    task = team.task()
    first = actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    count = Event.objects.count()
    assert actions.assign_task(team.fresh(task), team.bob, actor=team.alice, now=team.now) == first
    assert Event.objects.count() == count


def test_giving_it_to_somebody_else_ends_the_former_assignment(team: Team) -> None:
    task = team.task()
    first = actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    actions.assign_task(team.fresh(task), team.dana, actor=team.alice, now=team.now)
    first.refresh_from_db()
    assert (first.ended_at, first.end_reason) == (team.now, "replaced")
    assert team.fresh(task).assignee == team.dana
    assert Event.objects.order_by("-seq")[0].payload["previous"]["name"] == "Bob"


def test_of_two_managers_the_second_learns_who_has_it(team: Team) -> None:
    task = team.task()
    seen_by_alice, seen_by_olga = team.fresh(task), team.fresh(task)
    actions.assign_task(seen_by_alice, team.bob, actor=team.alice, now=team.now)
    with pytest.raises(actions.HeldByOther, match=r"Bob has WEB-1 now"):
        actions.assign_task(seen_by_olga, team.dana, actor=team.world.olga.actor, now=team.now)
    assert team.fresh(task).assignee == team.bob


def test_the_database_refuses_two_active_assignments(team: Team) -> None:
    made = actions.assign_task(team.task(), team.bob, actor=team.alice, now=team.now)
    with pytest.raises(IntegrityError, match="assignment_one_active"), transaction.atomic():
        Assignment.objects.create(
            workspace=team.world.workspace, task=made.task, worker=team.dana, receipt=made.receipt, by_kind="person",
            created_at=team.now,
        )  # fmt: skip


def test_a_stale_version_is_a_conflict(team: Team) -> None:
    task = team.task()
    with pytest.raises(Conflict, match="was changed by somebody else"):
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now, version=task.version + 1)


def test_somebody_ruled_out_needs_a_reason(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 3})
    with pytest.raises(Refused, match=r"Dana is ruled out: needs Scala ≥ 3; has none") as refused:
        actions.assign_task(task, team.dana, actor=team.alice, now=team.now)
    assert "reason" in refused.value.fields
    made = actions.assign_task(task, team.dana, actor=team.alice, now=team.now, reason="To learn it")
    assert (made.worker, made.reason, made.fit) == (team.dana, "To learn it", 0)


def test_a_closed_task_and_a_deactivated_worker_are_refused(team: Team) -> None:
    done = team.task()
    work.complete_task(done, actor=team.alice, now=team.now)
    with pytest.raises(Refused, match="Reopen it"):
        actions.assign_task(team.fresh(done), team.bob, actor=team.alice, now=team.now)
    gone = people.deactivate_worker(team.dana, actor=team.alice, now=team.now) or team.dana
    gone.refresh_from_db()
    with pytest.raises(Refused, match="does not take work"):
        actions.assign_task(team.task(), gone, actor=team.alice, now=team.now)


def test_a_task_of_an_archived_project_goes_to_nobody_and_can_be_given_back(team: Team) -> None:
    held, waits = team.task(), team.task()
    actions.assign_task(held, team.bob, actor=team.alice, now=team.now)
    work.archive_project(team.project, actor=team.alice, now=team.now)
    for give in (
        lambda: actions.assign_task(team.fresh(waits), team.bob, actor=team.alice, now=team.now),
        lambda: actions.assign_best(team.fresh(waits), actor=team.alice, now=team.now),
        lambda: actions.take_task(team.fresh(waits), team.bob, actor=team.world.bob.actor, now=team.now),
        lambda: actions.offer_task(team.fresh(waits), actor=team.alice, now=team.now),
    ):
        with pytest.raises(Refused, match=r"Web shop is archived\. Restore it in its settings first\."):
            give()
    many = actions.assign_many([str(held), str(waits)], team.dana, actor=team.alice, now=team.now, into=None)
    assert (many.changed, [key for key, _ in many.skipped]) == ((), [str(held), str(waits)])
    actions.unassign_task(team.fresh(held), actor=team.world.bob.actor, now=team.now)
    assert team.fresh(held).assignee is None


def test_taking_back_leaves_the_task_open_and_says_why(team: Team) -> None:
    task = team.task()
    made = actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    actions.unassign_task(team.fresh(task), actor=team.alice, now=team.now, reason="Other plans")
    made.refresh_from_db()
    assert made.end_reason == "released"
    assert team.fresh(task).assignee is None
    event = Event.objects.order_by("-seq")[0]
    assert (event.kind, event.payload["reason"]) == ("task.unassigned", "Other plans")
    with pytest.raises(Conflict, match="Nobody holds"):
        actions.unassign_task(team.fresh(task), actor=team.alice, now=team.now)


def test_contributors_take_what_they_can_do_and_give_it_back(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    made = actions.take_task(task, team.bob, actor=team.world.bob.actor, now=team.now)
    assert (made.worker, made.by_user_id) == (team.bob, team.world.bob.user.pk)
    actions.unassign_task(team.fresh(task), actor=team.world.bob.actor, now=team.now)
    with pytest.raises(Refused, match="You cannot take"):
        actions.take_task(team.fresh(task), team.dana, actor=team.world.dana.actor, now=team.now)


def test_contributors_neither_assign_nor_take_for_others_nor_take_from_others(team: Team) -> None:
    task, bob = team.task(), team.world.bob.actor
    with pytest.raises(Forbidden):
        actions.assign_task(task, team.bob, actor=bob, now=team.now)
    with pytest.raises(Forbidden):
        actions.take_task(task, team.dana, actor=bob, now=team.now)
    actions.assign_task(task, team.dana, actor=team.alice, now=team.now)
    with pytest.raises(Forbidden):
        actions.take_task(team.fresh(task), team.bob, actor=bob, now=team.now)
    with pytest.raises(Forbidden):
        actions.unassign_task(team.fresh(task), actor=bob, now=team.now)


def test_an_agent_assigns_nothing_whatever_its_role(team: Team) -> None:
    agent = replace(team.world.echo.actor, role="manager")
    with pytest.raises(Forbidden):
        actions.assign_task(team.task(), team.bob, actor=agent, now=team.now)
    with pytest.raises(Forbidden):
        actions.take_task(team.task(), team.echo, actor=team.world.echo.actor, now=team.now)


@pytest.mark.parametrize("who", ["clara", "audrey"])
def test_clients_and_auditors_decide_nothing(team: Team, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.assign_best(team.task(), actor=getattr(team.world, who).actor, now=team.now)


def test_a_token_without_the_scope_decides_nothing(team: Team) -> None:
    with pytest.raises(Forbidden):
        actions.assign_best(team.task(), actor=replace(team.alice, scopes=frozenset({"allocation:read"})), now=team.now)


def test_a_receipt_is_replayed_to_the_byte(team: Team) -> None:
    actions.assign_task(team.task("First"), team.bob, actor=team.alice, now=team.now)
    made = actions.assign_best(team.task(needs={team.python.pk: 2}), actor=team.alice, now=team.now)
    receipt = Receipt.objects.get(pk=made.receipt_id)
    assert queries.replay(receipt)
    receipt.ranking["ranking"]["candidates"][0]["points"] += 0.1
    assert not queries.replay(receipt)


def test_a_replay_says_whether_and_why_it_differs(team: Team) -> None:
    made = actions.assign_best(team.task(needs={team.python.pk: 2}), actor=team.alice, now=team.now)
    same = queries.replay_receipt(team.world.audrey.actor, made.receipt_id)
    assert (same.is_same, same.sentence) == (True, "Computed again from the same data: the same result, to the byte.")
    kept = Receipt.objects.get(pk=made.receipt_id)
    kept.ranking["ranking"]["candidates"][0]["points"] += 0.1
    kept.save()
    forged = queries.replay_receipt(team.alice, made.receipt_id)
    assert (forged.is_same, "not what was decided on" in forged.sentence) == (False, True)
    Receipt.objects.filter(pk=kept.pk).update(engine_version="1")
    older = queries.replay_receipt(team.alice, made.receipt_id)
    assert (older.is_same, "another result than engine 1" in older.sentence) == (False, True)


@pytest.mark.parametrize(("who", "refused"), [("clara", Forbidden), ("charlie", Missing)])
def test_strangers_and_clients_replay_nothing(team: Team, who: str, refused: type[Exception]) -> None:
    made = actions.assign_best(team.task(needs={team.python.pk: 2}), actor=team.alice, now=team.now)
    with pytest.raises(refused):
        queries.replay_receipt(getattr(team.world, who).actor, made.receipt_id)


def test_a_receipt_still_tells_the_truth_after_everything_changed(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now.replace(day=27))
    made = actions.assign_task(task, team.dana, actor=team.alice, now=team.now, reason="Knows the client")
    people.set_skill(team.bob, team.python, 1, actor=team.alice, now=team.now)
    told = queries.decision_of(task, actor=team.alice)
    assert (told.receipt_id, told.worker.name, told.by_name, told.reason) == (
        made.receipt_id, "Dana", "Alice", "Knows the client",
    )  # fmt: skip
    assert [c.worker.name for c in told.recommendation.candidates] == ["Bob", "Dana"]
    assert told.chosen is not None
    assert told.chosen.factors[0].sentence == "Python 3 (needs 3)"
    assert [r.worker.name for r in told.recommendation.ruled_out] == ["Echo"]


def test_a_stranger_sees_no_receipt(team: Team) -> None:
    made = actions.assign_best(team.task(), actor=team.alice, now=team.now)
    charlie = team.world.charlie.actor
    with tenant(charlie.workspace_id), pytest.raises(Missing):
        queries.receipt(charlie, made.receipt_id)
    with pytest.raises(Missing):  # and without the wall of the database
        queries.receipt(charlie, made.receipt_id)


def test_finished_work_ends_the_assignment_and_reopened_work_goes_on(team: Team) -> None:
    task = team.task()
    made = actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    work.complete_task(team.fresh(task), actor=team.alice, now=team.now)
    actions.settle_assignment(team.fresh(task), now=team.now)
    made.refresh_from_db()
    assert (made.ended_at, made.end_reason) == (team.now, "done")
    assert team.fresh(task).assignee == team.bob
    work.reopen_task(team.fresh(task), actor=team.alice, now=team.now)
    actions.settle_assignment(team.fresh(task), now=team.now)
    actions.settle_assignment(team.fresh(task), now=team.now)
    made.refresh_from_db()
    assert (made.ended_at, made.end_reason) == (None, "")


def test_the_open_tasks_of_somebody_who_leaves_go_back_to_the_team(team: Team) -> None:
    first, second = team.task("One"), team.task("Two")
    for task in (first, second):
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    work.complete_task(team.fresh(second), actor=team.alice, now=team.now)
    people.deactivate_worker(team.bob, actor=team.alice, now=team.now)
    assert actions.release_worker(team.bob, now=team.now, reason="Bob does not take work any more") == 1
    assert actions.release_worker(team.bob, now=team.now, reason="again") == 0
    assert (team.fresh(first).assignee, team.fresh(second).assignee) == (None, team.bob)
    event = Event.objects.filter(kind="task.unassigned").get()
    assert (event.actor_kind, event.payload["reason"]) == ("system", "Bob does not take work any more")
