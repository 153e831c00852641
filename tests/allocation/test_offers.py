"""Offers: who is asked, until when, what an answer does, and that work which nobody wants is never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from fairlead.allocation import actions, jobs, queries
from fairlead.allocation.actions import AlreadyOffered, FullNow, NobodyCan, OfferGone, RuledOutError, Terms
from fairlead.allocation.models import Assignment, Offer, Offering
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.jobs import followers
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused
from fairlead.lib.prepared import counted
from fairlead.notices import jobs as mails
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def offered(team: Team, task: Task, **terms: object) -> list[Offer]:
    """The offers of a new offering, the best candidate's first."""
    made = actions.offer_task(task, actor=team.alice, now=team.now, terms=Terms(**terms))  # type: ignore[arg-type]
    return offers_of(made)


def offers_of(offering: Offering) -> list[Offer]:
    rows = Offer.objects.filter(offering=offering).select_related("offering", "worker", "task__project")
    return list(rows.order_by("id"))


def states(offering: Offering) -> dict[str, str]:
    """{worker: state of the offer}."""
    return {offer.worker.name: offer.state for offer in offers_of(offering)}


def asked(team: Team, offer: Offer) -> Actor:
    """The one who was asked."""
    return {team.bob: team.world.bob, team.dana: team.world.dana}[offer.worker].actor


def run_followers(kind: str, now: datetime) -> None:
    """What the background worker does after the latest event of this kind."""
    event = Event.objects.filter(kind=kind).latest("seq")
    for job in followers(kind):
        if job in (jobs.ask_next, jobs.settle_offers, mails.mail_offer, mails.mail_withdrawal, mails.mail_exhausted):
            job(workspace_id=event.workspace_id, event_id=event.pk, now=now)


def test_the_best_candidate_is_asked_first_and_told_what_it_is_about(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=3))
    (offer,) = offered(team, task)
    best = queries.recommend(task, actor=team.alice, now=team.now).best
    assert best is not None
    assert (offer.worker.name, offer.state, offer.rank) == (best.worker.name, "open", 1)
    assert (offer.minutes, offer.fit) == (120, best.fit)
    assert offer.receipt.ranking["ranking"]["task"] == str(task)
    assert team.fresh(task).assignee is None


def test_pay_is_what_the_work_brings_at_the_workers_rate(team: Team) -> None:
    made = actions.offer_task(team.task(), actor=team.alice, now=team.now, workers=[team.dana])
    (offer,) = offers_of(made)
    assert offer.pay_cents == 13_000  # two hours at 65.00
    sheet = queries.offer_sheet(offer, actor=team.world.dana.actor, now=team.now)
    assert (sheet.card.pay_cents, sheet.card.is_mine, sheet.why is not None) == (13_000, True, True)


def test_an_answer_may_take_so_many_minutes_of_the_workers_own_working_time(team: Team) -> None:
    # dana works on weekdays from 9 to 17 with a break; on Monday at 16:00 UTC an hour of the day is left
    people.set_hours(team.dana, [(day, 540, 1020) for day in range(5)], actor=team.alice, now=team.now)
    late = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    made = actions.offer_task(team.task(), actor=team.alice, now=late, workers=[team.dana], terms=Terms(answer_min=120))
    (offer,) = offers_of(made)
    assert offer.expires_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    card = queries.offer_sheet(offer, actor=team.world.dana.actor, now=late + timedelta(minutes=30)).card
    assert card.left_min == 90
    night = queries.offer_sheet(offer, actor=team.world.dana.actor, now=datetime(2026, 11, 24, 3, 0, tzinfo=UTC)).card
    assert night.left_min == 60


def test_who_accepts_has_the_task_with_the_receipt_of_the_offer(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    made = actions.offer_task(task, actor=team.alice, now=team.now, workers=[team.dana, team.bob])
    mine = next(offer for offer in offers_of(made) if offer.worker == team.dana)
    given = actions.accept_offer(mine, actor=team.world.dana.actor, now=team.now + HOUR)
    assert team.fresh(task).assignee == team.dana
    assert (given.receipt, given.fit) == (mine.receipt, mine.fit)
    assert states(made) == {"Dana": "accepted", "Bob": "withdrawn"}
    made.refresh_from_db()
    assert made.state == "filled"
    kinds = list(Event.objects.order_by("seq").values_list("kind", flat=True))[-3:]
    assert kinds == ["task.offer_accepted", "task.assigned", "task.offer_withdrawn"]
    told = queries.decision_of(task, actor=team.alice)
    assert (told.worker.name, told.offered_by, told.chosen is not None) == ("Dana", "Alice", True)
    assert queries.replay_receipt(team.world.audrey.actor, told.receipt_id).is_same


def test_an_offer_is_answered_once(team: Team) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}))
    assert offer.worker == team.bob
    actions.accept_offer(offer, actor=team.world.bob.actor, now=team.now)
    for verb in (actions.accept_offer, actions.decline_offer):
        with pytest.raises(OfferGone):
            verb(offer, actor=team.world.bob.actor, now=team.now)
    assert Assignment.objects.filter(task=offer.task).count() == 1


def test_who_declines_makes_room_for_the_next_and_nothing_is_held_against_them(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    before = [(c.worker.name, c.score) for c in queries.recommend(task, actor=team.alice, now=team.now).candidates]
    (first,) = offered(team, task)
    actions.decline_offer(first, actor=asked(team, first), now=team.now, reason="Pay is too low")
    run_followers("task.offer_declined", team.now)
    _, second = offers_of(first.offering)
    assert (first.worker != second.worker, second.state, second.rank) == (True, "open", 2)
    after = [(c.worker.name, c.score) for c in queries.recommend(task, actor=team.alice, now=team.now).candidates]
    assert after == before


def test_who_takes_back_a_decline_is_asked_again_beside_the_next_one(team: Team) -> None:
    (first,) = offered(team, team.task(needs={team.python.pk: 3}))
    actor = asked(team, first)
    actions.decline_offer(first, actor=actor, now=team.now, reason="Too busy")
    run_followers("task.offer_declined", team.now)
    for _ in range(2):
        assert actions.take_back_decline(first, actor=actor, now=team.now).state == "open"
    assert Event.objects.filter(kind="task.offer_reopened").count() == 1
    _, second = offers_of(first.offering)
    assert (first.reason, first.answered_at, second.state) == ("", None, "open")
    actions.accept_offer(first, actor=actor, now=team.now)
    assert [offer.state for offer in offers_of(first.offering)] == ["accepted", "withdrawn"]


def test_a_decline_after_which_nobody_was_left_is_taken_back_too(team: Team) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}))
    actions.decline_offer(offer, actor=team.world.bob.actor, now=team.now)
    run_followers("task.offer_declined", team.now)
    assert queries.offerings(team.alice, now=team.now)[0]
    actions.take_back_decline(offer, actor=team.world.bob.actor, now=team.now)
    nobody, going = queries.offerings(team.alice, now=team.now)
    assert (nobody, [row.state for row in going]) == ([], ["open"])
    actions.accept_offer(offer, actor=team.world.bob.actor, now=team.now)


def test_a_decline_stays_when_it_is_too_late_or_somebody_elses(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    (offer,) = offered(team, task, answer_min=60)
    actor = team.world.bob.actor
    actions.decline_offer(offer, actor=actor, now=team.now)
    with pytest.raises(Forbidden):
        actions.take_back_decline(offer, actor=team.alice, now=team.now)
    with pytest.raises(OfferGone):
        actions.take_back_decline(offer, actor=actor, now=offer.expires_at)
    run_followers("task.offer_declined", team.now)
    anew = actions.offer_task(team.fresh(task), actor=team.alice, now=team.now)
    with pytest.raises(OfferGone):
        actions.take_back_decline(offer, actor=actor, now=team.now)
    actions.withdraw_offers(anew, actor=team.alice, now=team.now)
    actions.assign_task(team.fresh(task), team.bob, actor=team.alice, now=team.now)
    with pytest.raises(OfferGone):
        actions.take_back_decline(offer, actor=actor, now=team.now)
    assert Offer.objects.filter(state="open").count() == 0


def test_a_job_that_runs_twice_asks_nobody_twice(team: Team) -> None:
    (first,) = offered(team, team.task(needs={team.python.pk: 3}))
    actions.decline_offer(first, actor=asked(team, first), now=team.now)
    run_followers("task.offer_declined", team.now)
    run_followers("task.offer_declined", team.now)
    assert len(offers_of(first.offering)) == 2


def test_an_offer_runs_out_and_cannot_be_accepted_any_more(team: Team) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}), answer_min=60)
    early = offer.expires_at - timedelta(seconds=1)
    assert actions.expire_offer(offer, now=early) is False
    with pytest.raises(OfferGone):
        actions.accept_offer(offer, actor=team.world.bob.actor, now=offer.expires_at)
    assert actions.expire_offer(offer, now=offer.expires_at) is True
    assert actions.expire_offer(offer, now=offer.expires_at) is False
    assert Event.objects.filter(kind="task.offer_expired").count() == 1


def test_when_nobody_is_left_the_task_is_a_managers_to_decide(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    (offer,) = offered(team, task)
    actions.decline_offer(offer, actor=team.world.bob.actor, now=team.now, reason="Too busy")
    run_followers("task.offer_declined", team.now)
    nobody, going = queries.offerings(team.alice, now=team.now)
    assert [(row.key, row.state, [c.reason for c in row.offers]) for row in nobody] == [
        (str(task), "exhausted", ["Too busy"])
    ]
    assert going == []
    assert sum(counted(*queries.offers_wait(team.alice, now=team.now))) == 1
    assert Event.objects.get(kind="task.offers_exhausted").payload["asked"] == 1
    # it is not lost, and leaves the list as soon as somebody has it
    actions.assign_task(team.fresh(task), team.bob, actor=team.alice, now=team.now)
    assert queries.offerings(team.alice, now=team.now) == ([], [])


def test_only_those_who_were_named_are_asked_when_that_was_said(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    terms = Terms(goes_on=False)
    made = actions.offer_task(task, actor=team.alice, now=team.now, workers=[team.dana], terms=terms)
    (offer,) = offers_of(made)
    actions.decline_offer(offer, actor=team.world.dana.actor, now=team.now)
    run_followers("task.offer_declined", team.now)
    made.refresh_from_db()
    assert (made.state, len(offers_of(made))) == ("exhausted", 1)


def test_who_is_full_keeps_the_offer_and_is_told_why(team: Team) -> None:
    people.change_worker(team.bob, actor=team.alice, now=team.now, max_tasks=1)
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}))
    actions.assign_task(team.task("Other"), team.bob, actor=team.alice, now=team.now)
    with pytest.raises(FullNow, match="takes at most 1 at once"):
        actions.accept_offer(offer, actor=team.world.bob.actor, now=team.now)
    offer.refresh_from_db()
    assert offer.state == "open"


def test_what_is_given_to_somebody_is_not_offered_any_more(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    (offer,) = offered(team, task)
    actions.assign_task(team.fresh(task), team.dana, actor=team.alice, now=team.now)
    # even before the background job has run
    with pytest.raises(OfferGone):
        actions.accept_offer(offer, actor=asked(team, offer), now=team.now)
    run_followers("task.assigned", team.now)
    offer.refresh_from_db()
    assert (offer.state, offer.reason) == ("withdrawn", "it is not to be had any more")


def test_what_is_being_offered_is_left_alone_by_plans_and_cannot_be_taken(team: Team) -> None:
    task, other = team.task(needs={team.python.pk: 3}), team.task(needs={team.python.pk: 3})
    (offer,) = offered(team, task)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert [line.task for line in plan.lines.all()] == [other]
    taker = team.dana if offer.worker == team.bob else team.bob
    by = team.world.dana if taker == team.dana else team.world.bob
    with pytest.raises(Refused, match="is being offered at the moment"):
        actions.take_task(team.fresh(task), taker, actor=by.actor, now=team.now)


def test_a_manager_withdraws_and_may_offer_again_on_other_terms(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    (offer,) = offered(team, task)
    with pytest.raises(AlreadyOffered):
        offered(team, task)
    actions.withdraw_offers(offer.offering, actor=team.alice, now=team.now, reason="The price changed")
    assert states(offer.offering) == {offer.worker.name: "withdrawn"}
    (again,) = offered(team, task, answer_min=240)
    assert again.worker == offer.worker


def test_who_leaves_is_not_waited_for(team: Team) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 3}))
    people.deactivate_worker(offer.worker, actor=team.alice, now=team.now)
    event = Event.objects.filter(kind="worker.deactivated").latest("seq")
    jobs.release_worker(workspace_id=event.workspace_id, event_id=event.pk, now=team.now)
    run_followers("task.offer_withdrawn", team.now)
    first, second = offers_of(offer.offering)
    assert (first.state, second.state) == ("withdrawn", "open")


def test_who_is_away_for_long_is_passed_over(team: Team) -> None:
    away = (team.now.date(), team.now.date() + timedelta(days=6))
    asked_for = people.request_time_off(team.bob, *away, "Leave", actor=team.alice, now=team.now)
    people.approve_time_off(asked_for, actor=team.alice, now=team.now)
    (offer,) = offered(team, team.task(needs={team.python.pk: 3}))
    assert offer.worker == team.dana
    with pytest.raises(NobodyCan):
        offered(team, team.task(needs={team.python.pk: 4}))


@pytest.mark.parametrize("who", ["bob", "dana", "clara", "audrey", "echo"])
def test_only_managers_offer(team: Team, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.offer_task(team.task(), actor=getattr(team.world, who).actor, now=team.now)


@pytest.mark.parametrize("who", ["alice", "olga", "dana", "clara", "audrey", "charlie"])
def test_nobody_answers_for_somebody_else(team: Team, who: str) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}))
    for verb in (actions.accept_offer, actions.decline_offer):
        with pytest.raises(Forbidden):
            verb(offer, actor=getattr(team.world, who).actor, now=team.now)


@pytest.mark.parametrize("who", ["dana", "clara", "charlie"])
def test_an_offer_to_somebody_else_is_not_to_be_seen(team: Team, who: str) -> None:
    (offer,) = offered(team, team.task(needs={team.python.pk: 4}))
    with pytest.raises(Missing):
        queries.find_offer(getattr(team.world, who).actor, offer.pk)


def test_an_ai_agent_answers_for_itself(team: Team) -> None:
    made = actions.offer_task(team.task(), actor=team.alice, now=team.now, workers=[team.echo])
    (offer,) = offers_of(made)
    given = actions.accept_offer(offer, actor=team.world.echo.actor, now=team.now)
    assert (given.worker, given.by_kind) == (team.echo, "agent")


def test_nobody_is_offered_what_a_rule_keeps_from_them(team: Team) -> None:
    with pytest.raises(RuledOutError, match="Dana is ruled out"):
        actions.offer_task(
            team.task(needs={team.scala.pk: 3}), actor=team.alice, now=team.now, workers=[team.bob, team.dana]
        )
    assert not Offer.objects.exists()


def test_what_nobody_can_do_or_is_held_or_over_is_not_offered(team: Team) -> None:
    with pytest.raises(NobodyCan):
        offered(team, team.task(needs={team.scala.pk: 5}))
    held, over = team.task(), team.task()
    actions.assign_task(held, team.bob, actor=team.alice, now=team.now)
    work.cancel_task(over, actor=team.alice, now=team.now)
    for task in (held, over):
        with pytest.raises(Refused):
            offered(team, team.fresh(task))
    with pytest.raises(Invalid):
        offered(team, team.task(), at_once=0)


def test_the_mail_has_what_one_needs(team: Team) -> None:
    people.change_worker(team.dana, actor=team.alice, now=team.now, email="dana@example.com")
    actions.offer_task(
        team.task(due_at=team.now + timedelta(days=2)), actor=team.alice, now=team.now, workers=[team.dana]
    )
    run_followers("task.offered", team.now)
    (letter,) = mail.outbox
    assert letter.to == ["dana@example.com"]
    assert "Pay: €130.00 for 2 h" in letter.body
    assert "/offer/" in letter.body


def test_who_waits_in_vain_and_who_offered_in_vain_are_told(team: Team) -> None:
    people.change_worker(team.dana, actor=team.alice, now=team.now, email="dana@example.com")
    made = actions.offer_task(team.task(), actor=team.alice, now=team.now, workers=[team.dana])
    actions.withdraw_offers(made, actor=team.alice, now=team.now, reason="The client cancelled")
    run_followers("task.offer_withdrawn", team.now)
    (letter,) = mail.outbox
    assert (letter.to, "The client cancelled" in letter.body) == (["dana@example.com"], True)
    mail.outbox.clear()
    (offer,) = offered(team, team.task("Hard", needs={team.python.pk: 4}))
    actions.decline_offer(offer, actor=team.world.bob.actor, now=team.now, reason="Too busy")
    run_followers("task.offer_declined", team.now)
    run_followers("task.offers_exhausted", team.now)
    (letter,) = mail.outbox
    assert (letter.to, "Bob: declined (Too busy)" in letter.body) == ([team.world.alice.user.email], True)
