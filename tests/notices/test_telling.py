"""Who is told what, and who never is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW
from fairlead.accounts import actions as accounts
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Offer
from fairlead.events.models import Event
from fairlead.events.record import record
from fairlead.notices import actions, jobs, queries
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from fairlead.work import actions as work
from notices.conftest import Desk, run, told

HOUR = timedelta(hours=1)


def test_whoever_gets_a_task_is_told_once_and_whoever_gave_it_is_not(desk: Desk) -> None:
    run("task.assigned")
    assert told() == [("Bob", "WEB-1 is yours: Write copy")]
    notice = Notice.objects.get()
    assert (notice.url, notice.actor_name, notice.read_at) == ("/tasks/WEB-1/", "Alice", None)


def test_whoever_loses_a_task_is_told_and_whoever_gives_it_back_is_not(desk: Desk) -> None:
    allocation.assign_task(desk.held, desk.team.dana, actor=desk.team.alice, now=NOW, reason="")
    run("task.assigned")
    assert told() == [("Bob", "WEB-1 is no longer yours: Write copy"), ("Dana", "WEB-1 is yours: Write copy")]
    allocation.unassign_task(desk.team.fresh(desk.held), actor=desk.world.dana.actor, now=NOW)
    run("task.unassigned")
    assert len(told()) == 2


def test_a_mention_reaches_the_one_who_is_named_and_the_comment_the_others(desk: Desk) -> None:
    comment = desk.say("Hello @dana, what do you think? Not `@olga`, nor olga@example.com.", desk.world.bob)
    assert told() == [("Alice", "Bob commented on WEB-1: Write copy"), ("Dana", "Bob mentioned you on WEB-1")]
    dana = Notice.objects.get(user=desk.world.dana.user)
    assert (dana.url, dana.kind) == (f"/tasks/WEB-1/#comment-{comment.pk}", "mentioned")
    assert dana.body.startswith("Hello @dana, what")
    work.edit_comment(comment, "Hello @dana and @Olga", actor=desk.world.bob.actor, now=NOW)
    run("comment.edited")
    assert told("mentioned") == [("Dana", "Bob mentioned you on WEB-1"), ("Olga", "Bob mentioned you on WEB-1")]


def test_a_client_never_hears_of_an_internal_comment(desk: Desk) -> None:
    desk.say("What does @Clara want?", desk.world.bob)
    assert told("mentioned") == []
    event = Event.objects.filter(kind="comment.added").latest("seq")
    assert "mentions" not in event.payload
    desk.say("@Clara, please look", desk.world.bob, internal=False)
    assert told("mentioned") == [("Clara", "Acme team mentioned you on WEB-1")]


def test_a_client_loses_what_was_told_when_the_project_is_no_longer_shared(desk: Desk) -> None:
    desk.say("@Clara, please look", desk.world.bob, internal=False)
    clara = desk.world.clara
    assert queries.unread_count(clara.actor, now=NOW) == 1
    work.unshare_project(desk.team.project, clara.user, actor=desk.team.alice, now=NOW)
    assert queries.unread_count(clara.actor, now=NOW) == 0
    assert actions.due_mails(desk.world.workspace.pk, clara.user.pk, now=NOW + HOUR) == []


def test_whoever_may_not_see_the_task_is_not_told(desk: Desk) -> None:
    hidden = work.create_project(key="SECRET", name="Secret", actor=desk.team.alice, now=NOW)
    task = work.create_task(hidden, work.TaskDraft(title="Hide"), actor=desk.team.alice, now=NOW)
    comment = work.add_comment(task, "Hello", internal=False, actor=desk.team.alice, now=NOW)
    ids = [desk.world.clara.user.pk, desk.world.charlie.user.pk, desk.world.bob.user.pk]
    from django.db import transaction

    with transaction.atomic():  # as if somebody had written their ids into the event
        record("comment.edited", comment, actor=desk.team.alice, now=NOW, task=str(task), mentions=ids)
    run("comment.edited")
    assert told() == [("Bob", "Alice mentioned you on SECRET-1")]


def test_nothing_is_told_of_what_is_gone(desk: Desk) -> None:
    comment = work.add_comment(desk.held, "@Dana, hello", internal=True, actor=desk.world.bob.actor, now=NOW)
    work.remove_comment(comment, actor=desk.world.bob.actor, now=NOW)
    run("comment.added")
    work.delete_task(desk.held, actor=desk.team.alice, now=NOW)
    run("task.assigned")
    assert told() == []


def test_former_members_are_not_told(desk: Desk) -> None:
    work.add_comment(desk.held, "@Dana, hello", internal=True, actor=desk.world.bob.actor, now=NOW)
    accounts.remove_member(desk.world.dana.member.pk, actor=desk.world.olga.actor, now=NOW)
    run("comment.added")
    assert told("mentioned") == []


def test_time_off_goes_to_managers_and_the_answer_back(desk: Desk) -> None:
    day = date(2027, 3, 1)
    asked = people.request_time_off(desk.team.bob, day, day, "Moving", actor=desk.world.bob.actor, now=NOW)
    run("timeoff.requested")
    assert told() == [("Alice", "Bob asks for time off"), ("Olga", "Bob asks for time off")]
    assert Notice.objects.earliest("pk").body == "1 Mar"
    people.decline_time_off(asked, "Release week", actor=desk.team.alice, now=NOW)
    run("timeoff.declined")
    bob = Notice.objects.get(user=desk.world.bob.user)
    assert (bob.title, bob.body) == ("Your time off was declined", "Release week")


def test_a_plan_is_told_once_to_each_and_waits_for_the_other_managers(desk: Desk) -> None:
    for title in ("One", "Two"):
        desk.team.task(title, needs={desk.team.scala.pk: 3})
    plan = allocation.make_plan(desk.team.project, actor=desk.team.alice, now=NOW)
    run("plan.made")
    assert told() == [("Olga", "A plan waits: 2 assigned, 0 not")]
    allocation.apply_plan(plan, actor=desk.team.alice, now=NOW)
    for event in Event.objects.filter(kind="task.assigned", actor_kind="engine"):
        jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
    assert told("assigned") == []
    run("plan.applied")
    assert told("plan_applied") == [("Bob", "A plan changes your work")]
    assert Notice.objects.get(kind="plan_applied").body == "WEB-2, WEB-3"


def test_a_plan_that_no_longer_waits_calls_nobody(desk: Desk) -> None:
    desk.team.task("One", needs={desk.team.scala.pk: 3})
    first, second, third = (allocation.make_plan(desk.team.project, actor=desk.team.alice, now=NOW) for _ in range(3))
    allocation.discard_plan(third, actor=desk.team.alice, now=NOW)
    for event in Event.objects.filter(kind="plan.made"):
        jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
    waiting = Notice.objects.filter(kind="plan_made", read_at=None)
    assert {notice.url for notice in waiting} == {f"/plans/{plan.pk}/" for plan in (first, second)}
    allocation.apply_plan(first, actor=desk.team.alice, now=NOW)
    for event in Event.objects.filter(kind="plan.applied"):
        jobs.settle_plan(workspace_id=event.workspace_id, event_id=event.pk, now=NOW + HOUR)
    assert waiting.get().url == f"/plans/{second.pk}/"
    assert Notice.objects.get(url=f"/plans/{first.pk}/").read_at == NOW + HOUR


def test_an_offer_is_told_reminded_of_and_in_the_end_a_managers(desk: Desk) -> None:
    task = desk.team.task("Draw", needs={desk.team.python.pk: 3})
    terms = allocation.Terms(answer_min=60, goes_on=False)
    allocation.offer_task(task, workers=[desk.team.dana], terms=terms, actor=desk.team.alice, now=NOW)
    offer = Offer.objects.select_related("task__project", "worker", "offering").get()
    run("task.offered")
    assert told() == [("Dana", "WEB-2 is offered to you: Draw")]
    assert Notice.objects.get().url == f"/offers/{offer.pk}/"
    ids: dict[str, Any] = {"workspace_id": offer.workspace_id, "offer_id": offer.pk}
    jobs.remind_of_offer(**ids, now=offer.expires_at - HOUR / 4)
    jobs.remind_of_offer(**ids, now=offer.expires_at - HOUR / 8)
    assert told("expiring") == [("Dana", "The offer of WEB-2 ends soon: Draw")]
    allocation.decline_offer(offer, actor=desk.world.dana.actor, now=NOW, reason="No")
    jobs.remind_of_offer(**ids, now=offer.expires_at - HOUR / 8)
    assert len(told("expiring")) == 1
    allocation.next_offers(offer.offering, now=NOW)
    run("task.offers_exhausted")
    assert told("exhausted") == [("Alice", "Nobody accepted WEB-2: Draw"), ("Olga", "Nobody accepted WEB-2: Draw")]


def test_a_task_that_nobody_can_do_is_told_to_managers_with_the_reason(desk: Desk) -> None:
    from django.db import transaction

    with transaction.atomic():
        record("task.unroutable", desk.held, actor=desk.team.alice, now=NOW, reason="Nobody has COBOL 3")
    run("task.unroutable")
    assert told() == [("Olga", "Nobody can do WEB-1: Write copy")]
    assert Notice.objects.get().body == "Nobody has COBOL 3"


def test_due_and_overdue_are_told_from_nine_on_the_clock_of_the_holder_and_once(desk: Desk) -> None:
    desk.world.bob.user.time_zone = "America/New_York"
    desk.world.bob.user.save()
    due_at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    work.change_task(desk.team.fresh(desk.held), due_at=due_at, actor=desk.team.alice, now=NOW)
    due, over = "WEB-1 is due tomorrow: Write copy", "WEB-1 is overdue: Write copy"
    for moment, seen in (
        (datetime(2026, 11, 24, 13, 59, tzinfo=UTC), []),  # 8:59 there
        (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), [due]),
        (datetime(2026, 11, 24, 14, 15, tzinfo=UTC), [due]),
        (datetime(2026, 11, 25, 14, 30, tzinfo=UTC), [due]),
        (datetime(2026, 11, 26, 14, 0, tzinfo=UTC), [due, over]),
        (datetime(2026, 11, 27, 14, 0, tzinfo=UTC), [due, over]),
    ):  # fmt: skip
        jobs.remind_of_dates(now=moment)
        assert [title for _, title in told()] == seen, moment


def test_old_news_is_neither_mailed_nor_new(desk: Desk) -> None:
    run("task.assigned", now=NOW + timedelta(days=2))
    assert (Notice.objects.get().mail_at, Notice.objects.get().read_at) == (None, None)
    Notice.objects.all().delete()
    run("task.assigned", now=NOW + timedelta(days=4))
    assert Notice.objects.get().read_at == NOW


def test_an_agent_is_told_but_gets_no_mail(desk: Desk) -> None:
    task = desk.team.task("Sort", needs={desk.team.python.pk: 2})
    allocation.assign_task(task, desk.team.echo, actor=desk.team.alice, now=NOW)
    run("task.assigned")
    assert [(n.user.name, n.mail_at) for n in Notice.objects.select_related("user")] == [("Echo", None)]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@Bob", ["Bob"]),
        ("(@bob), thanks", ["Bob"]),
        ("@BOB. And @dana; @echo: go", ["Bob", "Dana", "Echo"]),
        ("@Bobby @ Bob mail@bob.example", []),
        ("```\n@bob\n``` `@dana`", []),
        ("@charlie from elsewhere", []),
    ],
)
def test_what_counts_as_a_mention(desk: Desk, body: str, names: list[str]) -> None:
    desk.say(body, desk.world.alice)
    event = Event.objects.filter(kind="comment.added").latest("seq")
    users = {p.user.pk: p.user.name for p in (desk.world.bob, desk.world.dana, desk.world.echo, desk.world.charlie)}
    assert [users[pk] for pk in event.payload.get("mentions", [])] == names


def test_the_holder_hears_that_a_task_can_start_and_whoever_made_way_does_not(desk: Desk) -> None:
    alice = desk.team.alice
    first, mine = desk.team.task("First"), desk.team.task("Mine")
    allocation.assign_task(mine, desk.team.dana, actor=alice, now=NOW)
    for task in (desk.held, mine):
        work.add_dependency(desk.team.fresh(task), first, actor=alice, now=NOW)
    work.complete_task(first, actor=desk.world.olga.actor, now=NOW)
    for event in Event.objects.filter(kind="task.unblocked"):
        jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
    assert told("unblocked") == [
        ("Bob", "WEB-1 can start, WEB-2 is over: Write copy"),
        ("Dana", "WEB-3 can start, WEB-2 is over: Mine"),
    ]
