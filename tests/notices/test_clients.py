"""What clients and the team are told of each other: bells, mails with a way in, reminders, and how to stop them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from conftest import NOW
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Unavailable
from fairlead.notices import client_mails
from fairlead.notices.models import Notice
from fairlead.work import actions as work
from fairlead.work.models import Handover, Reviewer
from notices.conftest import Desk, run, told


def hand_over(desk: Desk) -> Handover:
    """bob puts WEB-1 to clara."""
    mine = {"actor": desk.world.bob.actor, "now": NOW}
    work.start_task(desk.held, **mine)
    work.submit_task(desk.held, **mine)
    made = work.ask_client(desk.held, [desk.world.clara.user.pk], message="Please look", **mine)
    return Handover.objects.select_related("task__project").get(pk=made.pk)


def mail_it(desk: Desk) -> None:
    event = Event.objects.get(kind="task.handed_over")
    client_mails.mail_handover(workspace_id=event.workspace_id, event_id=event.pk, now=timezone.now())


def test_the_client_is_told_and_mailed_once_with_a_link_that_leads_to_it(desk: Desk) -> None:
    hand_over(desk)
    run("task.handed_over")
    assert told("to_approve") == [("Clara", "Please look at “Write copy”")]
    assert Notice.objects.get(kind="to_approve").url == "/portal/WEB-1/"
    mail_it(desk)
    mail_it(desk)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["clara@example.com"], "Acme: please look at “Write copy”")
    assert "Bob" not in str(sent.body)
    path = re.search(r"https?://[^/]+(/sign-in/link/\S+)", str(sent.body))
    assert path
    enter(None)
    client = Client()
    assert client.get(path[1]).status_code == 200
    assert client.get(path[1]).status_code == 200, "a scanner that looks uses nothing up"


def test_the_team_hears_the_verdict_and_managers_of_a_change_order(desk: Desk) -> None:
    handover, clara = hand_over(desk), desk.world.clara.actor
    work.ask_for_changes(handover, "Warmer", actor=clara, now=NOW)
    run("task.changes_asked")
    text = "Clara asks for changes of WEB-1: Write copy"
    assert told("changes") == [("Alice", text), ("Bob", text)]
    assert {row.body for row in Notice.objects.filter(kind="changes")} == {"Warmer"}
    work.limit_revisions(desk.held.project, 1, actor=desk.world.alice.actor, now=NOW)
    work.submit_task(desk.held, actor=desk.world.bob.actor, now=NOW)
    again = work.ask_client(desk.held, [desk.world.clara.user.pk], actor=desk.world.bob.actor, now=NOW)
    again = Handover.objects.select_related("task__project").get(pk=again.pk)
    with pytest.raises(work.RevisionsUsed):
        work.ask_for_changes(again, "Bigger", actor=clara, now=NOW)
    run("task.beyond_revisions")
    assert [who for who, _ in told("change_order")] == ["Alice", "Olga"]
    work.approve(again, actor=clara, now=NOW)
    run("task.approved")
    assert [who for who, _ in told("approved")] == ["Alice", "Bob"]


def test_a_question_rings_the_clients_and_names_nobody_of_the_team(desk: Desk) -> None:
    work.ask_question(desk.held, "Blue or green?", actor=desk.world.bob.actor, now=NOW)
    run("comment.added")
    assert told("asked") == [("Clara", "A question about “Write copy”")]
    notice = Notice.objects.get(kind="asked")
    assert (notice.actor_name, notice.url.partition("#")[0]) == ("Acme team", "/portal/WEB-1/")


def test_managers_hear_of_requests_and_of_no_other_task(desk: Desk) -> None:
    assert not Event.objects.filter(kind="task.requested").exists()
    assert told("requested") == []
    work.request_work(desk.held.project, "A map", actor=desk.world.clara.actor, now=NOW)
    run("task.requested")
    assert told("requested") == [("Alice", "Clara asks for “A map”"), ("Olga", "Clara asks for “A map”")]


def test_reminders_are_mailed_when_due_and_again_after_a_failure_and_stop_with_one_press(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(desk)
    reviewer, due = Reviewer.objects.get(), NOW + timedelta(days=3)
    ids = {"workspace_id": desk.world.workspace.pk, "reviewer_id": reviewer.pk}
    client_mails.mail_reminder(now=NOW + timedelta(days=2), **ids)
    assert mail.outbox == []

    def fail(*_: object, **__: object) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr("fairlead.accounts.mails.send", fail)
        with pytest.raises(Unavailable):
            client_mails.mail_reminder(now=due, **ids)
    client_mails.mail_reminder(now=due, **ids)
    client_mails.mail_reminder(now=due, **ids)
    [sent] = mail.outbox
    assert sent.subject == "Acme: “Write copy” still waits for you"
    stop = sent.extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + stop.split("/", 3)[3]
    enter(None)
    scanner = Client(enforce_csrf_checks=True)
    assert scanner.get(path).status_code == 200
    enter(desk.world.workspace.pk)
    assert Reviewer.objects.get().stopped_at is None
    assert scanner.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    enter(desk.world.workspace.pk)
    assert Reviewer.objects.get().stopped_at is not None
    client_mails.mail_reminder(now=due + timedelta(days=9), **ids)
    assert len(mail.outbox) == 1
    assert scanner.get("/portal/reminders/nonsense/").status_code == 404
