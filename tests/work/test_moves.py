"""Moving tasks: who may, what must be met first, and where the card lands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Refused
from fairlead.work import actions
from fairlead.work.actions.columns import ColumnFull
from fairlead.work.actions.moves import Blocked, CriteriaOpen, NoSuchStep
from fairlead.work.models import Task
from fairlead.work.permissions import next_states
from fairlead.work.states import AGENT_NEVER, TRANSITIONS, State
from work.conftest import Site

NAMES = {"backlog": "Backlog", "ready": "Ready", "running": "In progress", "review": "In review", "done": "Done",
         "cancelled": "Cancelled"}  # fmt: skip


def order(site: Site, name: str) -> list[str]:
    return list(Task.objects.filter(status=site.column(name)).order_by("rank").values_list("title", flat=True))


def kind(task: Task) -> str:
    return (
        Event.objects.filter(subject_kind="task", subject_id=task.pk).order_by("-seq").values_list("kind", flat=True)[0]
    )


def put(site: Site, task: Task, state: str) -> None:
    """Set the state directly, so that every step can be tried from every state."""
    Task.objects.filter(pk=task.pk).update(status=site.column(NAMES[state]), state=state)


@pytest.mark.parametrize("at", State.values)
def test_every_step_is_possible_exactly_for_those_in_the_table(site: Site, at: str) -> None:
    world = site.world
    held, made = site.held(world.bob, "Held"), site.make("Made", by=world.dana)
    for who, part, task in ((world.alice, "manager", held), (world.bob, "holder", held), (world.dana, "author", made)):
        for to in State.values:
            if to == at:
                continue
            put(site, task, at)
            allowed = part in TRANSITIONS.get((State(at), State(to)), frozenset())
            task.refresh_from_db()
            assert (State(to) in next_states(who.actor, task)) == allowed
            if allowed:
                actions.move_task(task, site.column(NAMES[to]), actor=who.actor, now=site.now)
                assert task.state == to
            else:
                with pytest.raises((Forbidden, NoSuchStep)):
                    actions.move_task(task, site.column(NAMES[to]), actor=who.actor, now=site.now)


def test_an_agent_never_marks_work_done_or_cancelled(site: Site) -> None:
    echo = site.world.echo
    task = site.held(echo)
    actions.start_task(task, actor=echo.actor, now=site.now)
    with pytest.raises(Forbidden, match="a person says that it is done"):
        actions.complete_task(task, actor=echo.actor, now=site.now)
    assert not AGENT_NEVER & set(next_states(echo.actor, task))
    actions.submit_task(task, actor=echo.actor, now=site.now)
    assert actions.complete_task(task, actor=site.world.alice.actor, now=site.now).state == "done"


def test_a_task_goes_through_its_life_with_one_event_each(site: Site, now: datetime) -> None:
    bob, alice = site.world.bob.actor, site.world.alice.actor
    task = site.held(site.world.bob)
    actions.move_task(task, site.column("Ready"), actor=alice, now=now)
    actions.start_task(task, actor=bob, now=now + timedelta(hours=1))
    actions.submit_task(task, actor=bob, now=now + timedelta(hours=2))
    actions.complete_task(task, actor=bob, now=now + timedelta(hours=3))
    assert (task.started_at, task.done_at) == (now + timedelta(hours=1), now + timedelta(hours=3))
    actions.reopen_task(task, actor=alice, now=now + timedelta(hours=4))
    assert (task.state, task.done_at, task.started_at) == ("ready", None, now + timedelta(hours=1))
    actions.cancel_task(task, actor=alice, now=now + timedelta(hours=5))
    kinds = Event.objects.filter(subject_kind="task", subject_id=task.pk).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["task.created", "task.moved", "task.started", "task.submitted", "task.completed",
                           "task.reopened", "task.cancelled"]  # fmt: skip
    moved = Event.objects.get(kind="task.started").payload
    assert moved == {"changes": {"status": ["Ready", "In progress"], "state": ["ready", "running"]}}


def test_open_criteria_keep_a_task_from_being_done_and_are_named(site: Site) -> None:
    alice = site.world.alice.actor
    task = site.make(criteria=("Loads in 1 s", "Works offline"))
    first = task.criteria.get(text="Loads in 1 s")
    actions.check_criterion(first, actor=alice, now=site.now)
    with pytest.raises(CriteriaOpen, match="Not done yet: Works offline"):
        actions.complete_task(task, actor=alice, now=site.now)
    actions.check_criterion(task.criteria.get(text="Works offline"), actor=alice, now=site.now)
    actions.complete_task(task, actor=alice, now=site.now)
    with pytest.raises(Refused, match="Reopen it"):
        actions.uncheck_criterion(first, actor=alice, now=site.now)


def test_checking_twice_is_one_event(site: Site) -> None:
    alice, task = site.world.alice.actor, site.make(criteria=("Fast",))
    for _ in range(2):
        actions.check_criterion(task.criteria.get(), actor=alice, now=site.now)
    assert Event.objects.filter(kind="task.criterion_checked").count() == 1


def test_a_blocked_task_cannot_start_and_says_what_it_waits_for(site: Site) -> None:
    alice = site.world.alice.actor
    first, task = site.make("First"), site.make("Second")
    actions.add_dependency(task, first, actor=alice, now=site.now)
    for step in (actions.start_task, actions.complete_task):
        with pytest.raises(Blocked, match="WEB-2 waits for WEB-1"):
            step(task, actor=alice, now=site.now)
    actions.complete_task(first, actor=alice, now=site.now)
    assert actions.start_task(task, actor=alice, now=site.now).state == "running"


def test_a_full_column_takes_nothing_more_from_anybody(site: Site) -> None:
    alice = site.world.alice.actor
    actions.change_status(site.column("In progress"), wip_limit=1, actor=alice, now=site.now)
    one, two = site.make("One"), site.make("Two")
    actions.start_task(one, actor=alice, now=site.now)
    with pytest.raises(ColumnFull, match="In progress holds 1 of at most 1 tasks"):
        actions.start_task(two, actor=alice, now=site.now)
    with pytest.raises(ColumnFull):
        site.make(status=site.column("In progress"))
    actions.move_task(one, site.column("In progress"), actor=alice, now=site.now)  # inside its column it may move
    actions.submit_task(one, actor=alice, now=site.now)
    assert actions.start_task(two, actor=alice, now=site.now).state == "running"


def test_a_card_lands_below_the_one_that_was_named(site: Site) -> None:
    alice = site.world.alice.actor
    a, b, c = site.make("A"), site.make("B"), site.make("C")
    assert order(site, "Backlog") == ["C", "B", "A"]
    actions.move_task(c, site.column("Backlog"), below=b, actor=alice, now=site.now)
    assert order(site, "Backlog") == ["B", "C", "A"]
    actions.move_task(b, site.column("Backlog"), below=a, actor=alice, now=site.now)
    assert order(site, "Backlog") == ["C", "A", "B"]
    actions.move_task(b, site.column("Backlog"), actor=alice, now=site.now)
    assert order(site, "Backlog") == ["B", "C", "A"]
    actions.move_task(a, site.column("Ready"), actor=alice, now=site.now)
    actions.move_task(c, site.column("Ready"), below=a, actor=alice, now=site.now)
    assert order(site, "Ready") == ["A", "C"]


def test_ranks_are_spread_again_when_neighbours_come_too_close(site: Site) -> None:
    alice = site.world.alice.actor
    site.make("low")
    top = site.make("top")
    cards = [site.make("x"), site.make("y")]
    for turn in range(60):
        actions.move_task(cards[turn % 2], site.column("Backlog"), below=top, actor=alice, now=site.now)
    assert order(site, "Backlog") == ["top", "y", "x", "low"]
    ranks = list(Task.objects.order_by("rank").values_list("rank", flat=True))
    assert len(set(ranks)) == 4


def test_a_new_place_in_the_column_is_no_new_version_and_free_for_the_team(site: Site) -> None:
    task = site.make("A")
    site.make("B")
    version = task.version
    actions.move_task(task, site.column("Backlog"), actor=site.world.bob.actor, now=site.now)
    assert (order(site, "Backlog"), task.version, kind(task)) == (["A", "B"], version, "task.moved")


def test_a_move_with_an_old_version_or_into_another_project_is_refused(site: Site) -> None:
    alice, task = site.world.alice.actor, site.make()
    other = actions.create_project(key="APP", name="App", actor=alice, now=site.now)
    with pytest.raises(Invalid, match="own project"):
        actions.move_task(task, other.statuses.all()[0], actor=alice, now=site.now)
    actions.change_task(task, title="New", actor=alice, now=site.now)
    with pytest.raises(Conflict):
        actions.move_task(task, site.column("Ready"), version=1, actor=alice, now=site.now)


def test_holding_counts_the_version_up_and_records_nothing(site: Site) -> None:
    task = site.held(site.world.bob)
    assert (task.version, kind(task)) == (2, "task.created")
    actions.hold_task(task, None, now=site.now)
    assert Task.objects.get(pk=task.pk).assignee_id is None
