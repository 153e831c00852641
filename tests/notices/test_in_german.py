"""Mails, pushes and digests are in the language of whoever gets them, whatever the sending process spoke before."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from conftest import NOW, Person
from fairlead.accounts import jobs as account_jobs
from fairlead.allocation import actions as allocation
from fairlead.events.models import Event
from fairlead.lib.speech import speaking
from fairlead.notices import actions, jobs, push_jobs
from fairlead.notices.models import Notice
from fairlead.notices.timing import Rhythm
from fairlead.people import actions as people
from fairlead.work import actions as work
from notices.conftest import Desk, run, told
from notices.push_service import PushService
from notices.test_clients import hand_over, mail_it
from notices.test_mails import send
from notices.test_push import device, push, service  # noqa: F401  a fixture

BOTH = pytest.mark.parametrize("spoken", ["en", "de"])
"""What the thread of the worker process happens to speak: it must not matter."""


def german(*who: Person) -> None:
    for person in who:
        person.user.language = "de"
        person.user.save(update_fields=["language"])


@BOTH
def test_one_event_is_told_to_each_in_their_own_language(desk: Desk, spoken: str) -> None:
    german(desk.world.alice)
    with speaking(spoken):
        work.request_work(desk.held.project, "A map", actor=desk.world.clara.actor, now=NOW)
        run("task.requested")
    assert told("requested") == [("Alice", "Clara bittet um „A map“"), ("Olga", "Clara asks for “A map”")]


@BOTH
def test_a_mail_and_its_labels_are_german_for_who_reads_german(desk: Desk, spoken: str) -> None:
    german(desk.world.bob)
    with speaking(spoken):
        run("task.assigned")
        send(desk)
    [letter] = mail.outbox
    assert letter.subject == "WEB-1 gehört jetzt Ihnen: Write copy"
    assert "Hello" not in letter.body
    html = str(letter.alternatives[0][0])
    assert 'lang="de"' in html


@BOTH
def test_a_digest_is_in_the_language_of_its_reader(desk: Desk, spoken: str) -> None:
    german(desk.world.bob)
    actions.save_preferences(Rhythm(digest="hourly"), {}, actor=desk.world.bob.actor)
    with speaking(spoken):
        run("task.assigned")
        desk.say("@Bob, hello", desk.world.alice)
        send(desk, now=NOW.replace(hour=NOW.hour + 1))
    [letter] = mail.outbox
    assert letter.subject == "2 Benachrichtigungen von Acme"
    assert "Alice hat Sie bei WEB-1 erwähnt" in letter.body


@BOTH
def test_an_offer_gives_its_reasons_in_the_language_of_the_worker(desk: Desk, spoken: str) -> None:
    german(desk.world.dana)
    team = desk.team
    for worker in (team.dana, team.bob):
        people.change_worker(worker, email=f"{worker.name.lower()}@example.com", actor=team.alice, now=NOW)
    terms = allocation.Terms(at_once=2)
    allocation.offer_task(team.task("Draw"), workers=[team.dana, team.bob], terms=terms, actor=team.alice, now=NOW)
    with speaking(spoken):
        for event in Event.objects.filter(kind="task.offered"):
            jobs.mail_offer(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert letters["dana@example.com"].subject == "WEB-2 wird Ihnen angeboten: Draw"
    assert letters["bob@example.com"].subject == "WEB-2 is offered to you: Draw"
    [why] = [line for line in str(letters["dana@example.com"].body).splitlines() if line.startswith("Warum Sie: ")]
    [reason] = [line for line in str(letters["bob@example.com"].body).splitlines() if line.startswith("Why you: ")]
    assert "done" not in why.lower()
    assert "fertig" not in reason.lower()


@BOTH
def test_a_client_is_asked_and_reminded_in_german(desk: Desk, spoken: str) -> None:
    german(desk.world.clara)
    with speaking(spoken):
        hand_over(desk)
        run("task.handed_over")
        mail_it(desk)
    [letter] = mail.outbox
    assert letter.subject == "Acme: Bitte „Write copy“ ansehen"
    assert Notice.objects.get(kind="to_approve").title == "Bitte ansehen: „Write copy“"


@BOTH
def test_a_push_and_the_trial_of_a_device_are_german(desk: Desk, service: PushService, spoken: str) -> None:  # noqa: F811
    german(desk.world.bob)
    mine = device(desk.world.bob, service)
    device(desk.world.alice, service, "hers")
    actions.save_preferences(Rhythm(push_digest="hourly"), {}, actor=desk.world.bob.actor)
    with speaking(spoken):
        run("task.assigned")
        desk.say("@Bob, hello", desk.world.alice)
        push(desk.world.bob, NOW.replace(hour=NOW.hour + 1))
        push_jobs.try_device(device_id=mine.pk, workspace_id=desk.world.workspace.pk, now=NOW)
    assert [it["title"] for it in service.got] == ["2 Benachrichtigungen von Acme", "Mitteilungen kommen hier an"]
    assert "WEB-1 gehört jetzt Ihnen: Write copy" in service.got[0]["body"]


@BOTH
def test_a_link_to_sign_in_is_in_the_language_of_the_account_else_of_the_workspace(desk: Desk, spoken: str) -> None:
    german(desk.world.bob)
    ids: dict[str, Any] = {"workspace_id": 0, "now": NOW}
    with speaking(spoken):
        for who in (desk.world.bob, desk.world.alice):
            account_jobs.mail_sign_in_link(email=who.user.email, **ids)
    assert [letter.subject for letter in mail.outbox] == ["Ihr Link zum Anmelden", "Your link to sign in"]
