"""A pin is a person's decision that no plan may undo; it holds as long as the worker has the task. And prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fairlead.allocation import actions, queries, snapshot
from fairlead.allocation.models import Assignment, Pin
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team

pytestmark = pytest.mark.django_db


def by(team: Team) -> dict[str, Any]:
    return {"actor": team.alice, "now": team.now}


def shown(team: Team, task: Task) -> tuple[str, datetime]:
    """Who does a task and when, as the schedule shows it."""
    found = queries.schedule(team.alice, now=team.now)
    lane, block = next((lane, it) for lane in found.lanes for it in lane.blocks if it.key == str(task))
    return lane.name, found.at(block.start_min)


def is_pinned(task: Task) -> bool:
    return Task.objects.filter(queries.pinned(), pk=task.pk).exists()


def test_pinning_gives_the_task_with_a_receipt_and_records_both(team: Team) -> None:
    task, at = team.task(), team.now + timedelta(days=1)
    seq = Event.objects.latest("seq").seq
    actions.pin_task(task, team.dana, reason="Client asked for them", starts_at=at, **by(team))
    assert [e.kind for e in Event.objects.filter(seq__gt=seq).order_by("seq")] == ["task.assigned", "task.pinned"]
    made = Assignment.objects.get(task=task)
    assert (made.starts_at, made.reason) == (at, "Client asked for them")
    assert queries.replay_receipt(team.alice, made.receipt_id).is_same
    assert shown(team, task) == ("Dana", at)
    assert is_pinned(task)


def test_a_pin_with_a_time_lets_others_go_first(team: Team) -> None:
    first, second = team.task(effort_min=480), team.task(effort_min=60)
    actions.pin_task(first, team.bob, starts_at=team.now + timedelta(days=1), **by(team))
    actions.assign_task(second, team.bob, **by(team))
    assert shown(team, second)[1] == team.now
    assert shown(team, first)[1] == team.now + timedelta(days=1)


def test_a_pin_far_ahead_is_still_on_the_schedule(team: Team) -> None:
    task, at = team.task(), team.now + timedelta(weeks=30)
    actions.pin_task(task, team.bob, starts_at=at, **by(team))
    assert shown(team, task)[1] == at


def test_a_second_pin_replaces_the_first_and_the_database_refuses_two(team: Team) -> None:
    task = team.task()
    first = actions.pin_task(task, team.bob, **by(team))
    actions.pin_task(team.fresh(task), team.dana, **by(team))
    first.refresh_from_db()
    assert first.ended_at == team.now
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(workspace_id=task.workspace_id, task=task, worker=team.bob, created_at=team.now)


def test_unpinning_leaves_the_task_where_it_is(team: Team) -> None:
    task = team.task()
    actions.pin_task(task, team.bob, **by(team))
    actions.unpin_task(team.fresh(task), **by(team))
    assert (team.fresh(task).assignee, is_pinned(task), queries.pin_of(task)) == (team.bob, False, None)
    with pytest.raises(Conflict, match="not pinned any more"):
        actions.unpin_task(team.fresh(task), **by(team))


@pytest.mark.parametrize("ending", ["unassign", "other", "deactivated"])
def test_a_pin_means_nothing_when_its_worker_no_longer_holds_the_task(team: Team, ending: str) -> None:
    task = team.task()
    actions.pin_task(task, team.bob, **by(team))
    task = team.fresh(task)
    if ending == "unassign":
        actions.unassign_task(task, **by(team))
    elif ending == "other":
        actions.assign_task(task, team.dana, **by(team))
    else:
        people.deactivate_worker(team.bob, **by(team))
        actions.release_worker(team.bob, now=team.now, reason="gone")
    assert (is_pinned(task), queries.pin_of(task)) == (False, None)


def test_a_rule_in_the_way_asks_for_a_reason_and_nothing_is_half_done(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 3})
    with pytest.raises(actions.RuledOutError, match="ruled out"):
        actions.pin_task(task, team.dana, **by(team))
    assert (team.fresh(task).assignee, Pin.objects.count()) == (None, 0)
    actions.pin_task(task, team.dana, reason="To learn it", **by(team))
    assert team.fresh(task).assignee == team.dana


def test_odd_times_and_finished_tasks_are_refused(team: Team) -> None:
    task = team.task()
    with pytest.raises(Invalid):
        actions.pin_task(task, team.bob, starts_at=team.now + timedelta(days=366), **by(team))
    actions.pin_task(task, team.bob, **by(team))
    work.start_task(team.fresh(task), **by(team))
    with pytest.raises(Invalid):
        actions.pin_task(team.fresh(task), team.bob, starts_at=team.now + timedelta(days=1), **by(team))
    work.complete_task(team.fresh(task), **by(team))
    with pytest.raises(Refused, match="is over"):
        actions.pin_task(team.fresh(task), team.bob, **by(team))


@pytest.mark.parametrize("name", ["bob", "dana", "echo", "clara", "audrey"])
def test_only_managers_pin_and_ask_for_prices(team: Team, name: str) -> None:
    task, actor = team.task(), getattr(team.world, name).actor
    with pytest.raises(Forbidden):
        actions.pin_task(task, team.bob, actor=actor, now=team.now)
    with pytest.raises(Forbidden):
        actions.unpin_task(task, actor=actor, now=team.now)
    if name != "audrey":
        with pytest.raises(Forbidden):
            queries.price(task, team.bob, at=None, actor=actor, now=team.now)


def test_the_price_of_the_best_choice_is_nothing_and_of_another_what_it_costs_more(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=2))
    best, other = queries.recommend(task, actor=team.alice, now=team.now).candidates
    workers = {team.bob.pk: team.bob, team.dana.pk: team.dana}
    mine = queries.price(task, workers[best.worker.id], at=None, actor=team.alice, now=team.now)
    assert (mine.parts, mine.points, mine.words) == ((), 0.0, "Done in time. Nobody would be better.")
    theirs = queries.price(task, workers[other.worker.id], at=None, actor=team.alice, now=team.now)
    assert theirs.points == pytest.approx(sum(part.points for part in theirs.parts))
    assert theirs.points > 0
    assert theirs.words.startswith(f"Done in time. {theirs.points:.1f} points more than {best.worker.name}: ")


def test_a_later_time_costs_lateness_and_says_how_late(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4}, due_at=team.now + timedelta(hours=4))
    found = queries.price(task, team.bob, at=team.now + timedelta(days=1), actor=team.alice, now=team.now)
    assert (found.starts_at, found.late_min) == (team.now + timedelta(days=1), 22 * 60)
    assert {part.label for part in found.parts} >= {"being late"}
    assert Task.objects.get(pk=task.pk).assignee is None


def test_who_is_ruled_out_has_a_rule_and_no_price(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 3})
    found = queries.price(task, team.dana, at=None, actor=team.alice, now=team.now)
    assert (found.obstacle, found.starts_at) == ("needs Scala ≥ 3; has none", None)
    assert found.words == "Dana is ruled out: needs Scala ≥ 3; has none"


def test_the_schedule_is_the_engines_picture_with_what_is_late_and_what_waits(team: Team) -> None:
    late = team.task("Late", due_at=team.now + timedelta(hours=1), priority=4)
    actions.assign_task(late, team.bob, **by(team))
    waits = team.task("Waits", priority=3)
    found = queries.schedule(team.alice, now=team.now)
    assert [(lane.name, block.key, block.late_min) for lane, block in found.late] == [("Bob", str(late), 60)]
    assert [(it.key, it.reason) for it in found.waiting] == [(str(waits), "Waits for somebody")]
    short = queries.compact(found)
    assert [row[1] for row in short["lanes"]] == ["Bob", "Dana", "Echo"]
    assert short["lanes"][0][5][0][:2] == [str(late), "Late"]
    with pytest.raises(Forbidden):
        queries.schedule(team.world.clara.actor, now=team.now)


def test_the_schedule_is_computed_once_for_each_state_of_the_workspace(
    team: Team, django_assert_num_queries: Any
) -> None:
    task = team.task()
    queries.schedule(team.alice, now=team.now)
    with django_assert_num_queries(2):  # the state of the workspace, and which projects are hidden from her
        queries.schedule(team.alice, now=team.now)
    actions.assign_task(task, team.bob, **by(team))
    assert shown(team, task)[0] == "Bob"


def test_snapshots_take_as_many_queries_with_pins_as_without(team: Team) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            snapshot.take(team.world.workspace.pk, wanted=(), now=team.now)
        return len(found)

    actions.assign_task(team.task(), team.bob, **by(team))
    before = count()
    for _ in range(4):
        actions.pin_task(team.task(), team.bob, starts_at=team.now + timedelta(days=2), **by(team))
    assert count() == before
