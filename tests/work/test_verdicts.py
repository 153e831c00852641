"""Work is put to clients: approving, asking for changes, revisions, ratings, reminders; and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Person
from fairlead.accounts import actions as accounts
from fairlead.accounts.brand import brand_in
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Refused
from fairlead.work import actions
from fairlead.work.models import Comment, Handover, Reviewer, Task
from fairlead.work.queries.handovers import handovers
from fairlead.work.queries.portal import request_page
from work.conftest import Site


@pytest.fixture
def shared(site: Site) -> Site:
    """WEB is shared with clara."""
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site


def in_review(site: Site, **values: object) -> Task:
    """A task of bob's that is in review."""
    task = site.held(site.world.bob, **values)
    actions.start_task(task, actor=site.world.bob.actor, now=site.now)
    return actions.submit_task(task, actor=site.world.bob.actor, now=site.now)


def ask(site: Site, task: Task, *, by: Person | None = None, **more: object) -> Handover:
    users = [site.world.clara.user.pk]
    return actions.ask_client(task, users, actor=(by or site.world.bob).actor, now=site.now, **more)  # type: ignore[arg-type]


def test_the_client_approves_and_the_task_is_done(shared: Site) -> None:
    task = in_review(shared, criteria=("Short",))
    actions.check_criterion(task.criteria.get(), actor=shared.world.bob.actor, now=shared.now)
    handover = ask(shared, task, message="Please look")
    shown = {"title": "Write copy", "description": "", "criteria": ["Short"]}
    assert (handover.round, handover.shown, handover.task_version) == (1, shown, task.version)
    actions.approve(handover, actor=shared.world.clara.actor, now=shared.now, words="Lovely")
    task.refresh_from_db()
    handover.refresh_from_db()
    assert (task.state, handover.state, handover.answered_by, handover.words) == (
        "done", "approved", shared.world.clara.user, "Lovely",
    )  # fmt: skip
    told = Event.objects.get(kind="task.approved")
    assert told.payload == {"handover": handover.pk, "round": 1, "version": handover.task_version, "words": "Lovely"}
    assert Event.objects.get(kind="task.completed").actor_user_id == shared.world.clara.user.pk


def test_an_approval_leaves_open_criteria_to_the_team(shared: Site) -> None:
    task = in_review(shared, criteria=("Short",))
    actions.approve(ask(shared, task), actor=shared.world.clara.actor, now=shared.now)
    task.refresh_from_db()
    assert task.state == "review"


def test_changes_send_the_task_back_to_work_and_count(shared: Site) -> None:
    task = in_review(shared)
    actions.limit_revisions(shared.project, 1, actor=shared.world.alice.actor, now=shared.now)
    clara, bob = shared.world.clara.actor, shared.world.bob.actor
    with pytest.raises(Invalid):
        actions.ask_for_changes(ask(shared, task), "  ", actor=clara, now=shared.now)
    first = Handover.objects.get()
    actions.ask_for_changes(first, "Warmer, please", actor=clara, now=shared.now)
    task.refresh_from_db()
    assert task.state == "running"
    told = Event.objects.get(kind="task.changes_asked").payload
    assert (told["revision"], told["limit"], told["words"]) == (1, 1, "Warmer, please")

    actions.submit_task(task, actor=bob, now=shared.now)
    second = ask(shared, task)
    assert second.round == 2
    second = Handover.objects.select_related("task__project").get(pk=second.pk)
    with pytest.raises(actions.RevisionsUsed, match="change order"):
        actions.ask_for_changes(second, "And bigger", actor=clara, now=shared.now)
    task.refresh_from_db()
    second.refresh_from_db()
    assert (task.state, second.state) == ("review", "open")
    assert Comment.objects.get().body == "And bigger"
    assert Event.objects.get(kind="task.beyond_revisions").payload["limit"] == 1
    actions.approve(second, actor=clara, now=shared.now)
    task.refresh_from_db()
    assert task.state == "done"


def test_one_question_at_a_time_and_only_in_review(shared: Site) -> None:
    task = in_review(shared)
    handover = ask(shared, task)
    with pytest.raises(Conflict, match="already"):
        ask(shared, task)
    actions.take_back(handover, actor=shared.world.alice.actor, now=shared.now)
    with pytest.raises(actions.VerdictGone):
        actions.approve(handover, actor=shared.world.clara.actor, now=shared.now)
    with pytest.raises(Refused, match="not in review"):
        ask(shared, shared.held(shared.world.bob, "Another"))
    again = ask(shared, task)
    actions.move_task(task, shared.column("In progress"), actor=shared.world.bob.actor, now=shared.now)
    again.refresh_from_db()
    assert again.state == "withdrawn"
    with pytest.raises(actions.VerdictGone):
        actions.approve(again, actor=shared.world.clara.actor, now=shared.now)


def test_only_one_of_two_answers_counts(shared: Site) -> None:
    handover = ask(shared, in_review(shared))
    same = Handover.objects.select_related("task__project").get(pk=handover.pk)
    actions.ask_for_changes(handover, "No", actor=shared.world.clara.actor, now=shared.now)
    with pytest.raises(actions.VerdictGone):
        actions.approve(same, actor=shared.world.clara.actor, now=shared.now)


@pytest.mark.parametrize("who", ["dana", "clara", "audrey", "charlie", "echo"])
def test_only_managers_and_the_holder_ask(shared: Site, who: str) -> None:
    task = in_review(shared)
    with pytest.raises(Forbidden):
        ask(shared, task, by=getattr(shared.world, who))


def test_an_agent_that_holds_the_task_leaves_asking_to_people(shared: Site) -> None:
    task = shared.held(shared.world.echo)
    actions.start_task(task, actor=shared.world.echo.actor, now=shared.now)
    actions.submit_task(task, actor=shared.world.echo.actor, now=shared.now)
    with pytest.raises(Forbidden):
        ask(shared, task, by=shared.world.echo)


@pytest.mark.parametrize("who", ["olga", "alice", "bob", "audrey", "echo", "charlie"])
def test_nobody_but_the_client_answers(shared: Site, who: str) -> None:
    handover, actor = ask(shared, in_review(shared)), getattr(shared.world, who).actor
    with pytest.raises(Forbidden):
        actions.approve(handover, actor=actor, now=shared.now)
    with pytest.raises(Forbidden):
        actions.ask_for_changes(handover, "Different", actor=actor, now=shared.now)
    with pytest.raises(Forbidden):
        actions.rate(handover, 5, actor=actor, now=shared.now)


def test_a_client_who_was_not_asked_or_lost_the_project_is_refused(shared: Site) -> None:
    clement = accounts.create_user("clement@example.com", "Clement", None, now=shared.now)
    member = accounts.add_member(clement, "client", actor=shared.world.olga.actor, now=shared.now)
    other = Person(clement, member)
    with pytest.raises(Invalid, match="at least one client"):
        actions.ask_client(in_review(shared), [clement.pk], actor=shared.world.alice.actor, now=shared.now)
    handover = ask(shared, in_review(shared))
    actions.share_project(shared.project, clement, actor=shared.world.alice.actor, now=shared.now)
    with pytest.raises(Forbidden):
        actions.approve(handover, actor=other.actor, now=shared.now)
    actions.unshare_project(shared.project, shared.world.clara.user, actor=shared.world.alice.actor, now=shared.now)
    with pytest.raises(Forbidden):
        actions.approve(handover, actor=shared.world.clara.actor, now=shared.now)


def test_a_rating_is_given_once_after_the_approval(shared: Site) -> None:
    handover, clara = ask(shared, in_review(shared)), shared.world.clara.actor
    with pytest.raises(actions.VerdictGone):
        actions.rate(handover, 4, actor=clara, now=shared.now)
    actions.approve(handover, actor=clara, now=shared.now)
    with pytest.raises(Invalid):
        actions.rate(handover, 6, actor=clara, now=shared.now)
    actions.rate(handover, 4, actor=clara, now=shared.now, words=" Quick ")
    assert (handover.rating, handover.rating_words) == (4, "Quick")
    with pytest.raises(actions.VerdictGone):
        actions.rate(handover, 1, actor=clara, now=shared.now)


def test_reminders_come_after_their_days_at_most_five_times_until_stopped(shared: Site) -> None:
    ask(shared, in_review(shared), remind_days=2)
    here, day = shared.world.workspace.pk, timedelta(days=1)
    assert actions.due_reminders(here, now=shared.now + 2 * day - timedelta(minutes=1)) == []
    at = shared.now
    for _ in range(5):
        at += 2 * day
        [reviewer] = actions.due_reminders(here, now=at)
        assert actions.count_reminder(reviewer, now=at)
        assert not actions.count_reminder(reviewer, now=at)
    assert actions.due_reminders(here, now=at + 9 * day) == []
    Reviewer.objects.update(reminders=0)
    actions.stop_reminders(Reviewer.objects.get(), now=at)
    assert actions.due_reminders(here, now=at + 9 * day) == []


def test_no_reminder_once_it_was_answered_or_when_none_was_wanted(shared: Site) -> None:
    later, here = shared.now + timedelta(days=30), shared.world.workspace.pk
    handover = ask(shared, in_review(shared), remind_days=0)
    assert actions.due_reminders(here, now=later) == []
    Handover.objects.update(remind_days=1)
    assert len(actions.due_reminders(here, now=later)) == 1
    actions.approve(handover, actor=shared.world.clara.actor, now=shared.now)
    assert actions.due_reminders(here, now=later) == []


def ratings(site: Site, person: Person, task: Task, later: timedelta = timedelta()) -> tuple[int | None, int | None]:
    """What this person of the team reads: the client's rating, and the team's."""
    (row,) = handovers(person.actor, task, now=site.now + later).rounds
    return row.rating, row.client_rating


def clients(site: Site, task: Task, later: timedelta = timedelta()) -> tuple[int | None, int | None]:
    """The same for clara in the portal."""
    brand = brand_in(task.workspace_id)
    (row,) = request_page(site.world.clara.actor, brand, task, now=site.now + later).rounds
    return row.rating, row.client_rating


def test_client_and_worker_rate_each_other_and_neither_reads_before_writing(shared: Site) -> None:
    bob, clara, alice = (getattr(shared.world, name) for name in ("bob", "clara", "alice"))
    task = in_review(shared)
    handover = ask(shared, task)
    with pytest.raises(Conflict, match="not approved yet"):
        actions.rate_client(handover, 4, actor=bob.actor, now=shared.now)
    actions.approve(handover, actor=clara.actor, now=shared.now)
    actions.rate_client(handover, 3, actor=bob.actor, now=shared.now, words=" Clear ")
    assert clients(shared, task) == (None, None)
    assert clients(shared, task, timedelta(days=14)) == (None, 3)
    actions.rate(handover, 5, actor=clara.actor, now=shared.now)
    assert clients(shared, task) == ratings(shared, bob, task) == ratings(shared, alice, task) == (5, 3)
    told = Event.objects.get(kind="task.client_rated")
    assert told.payload == {"handover": handover.pk, "rating": 3, "words": "Clear"}
    with pytest.raises(Conflict, match="rated already"):
        actions.rate_client(handover, 1, actor=bob.actor, now=shared.now)


def test_whoever_did_the_work_reads_the_clients_rating_after_their_own_or_two_weeks(shared: Site) -> None:
    bob, alice = shared.world.bob, shared.world.alice
    task = in_review(shared)
    handover = ask(shared, task)
    actions.approve(handover, actor=shared.world.clara.actor, now=shared.now)
    actions.rate(handover, 2, actor=shared.world.clara.actor, now=shared.now)
    assert (ratings(shared, bob, task), ratings(shared, alice, task)) == ((None, None), (2, None))
    assert ratings(shared, bob, task, timedelta(days=13, hours=23)) == (None, None)
    assert ratings(shared, bob, task, timedelta(days=14)) == (2, None)
    (row,) = handovers(alice.actor, task, now=shared.now).rounds
    assert not row.to_rate
    for person in (alice, shared.world.clara):
        with pytest.raises(Forbidden):
            actions.rate_client(handover, 5, actor=person.actor, now=shared.now)
    with pytest.raises(Invalid):
        actions.rate_client(handover, 0, actor=bob.actor, now=shared.now)
