"""Mails of notices: exact times over quiet hours, digests and changing clocks; once each; and how to stop them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from conftest import NOW
from fairlead.events.models import Event
from fairlead.lib.errors import Invalid, Unavailable
from fairlead.notices import actions, jobs
from fairlead.notices.actions import Wanted
from fairlead.notices.models import Notice
from fairlead.notices.timing import Rhythm, mail_time
from fairlead.people import actions as people
from notices.conftest import Desk, run

ALL = tuple(range(7))
BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = Rhythm(quiet_from_min=1200, quiet_to_min=480, quiet_days=ALL)
DAILY = Rhythm(digest="daily", daily_at_min=540)
GAP = Rhythm(digest="daily", daily_at_min=150)  # 2:30


@pytest.mark.parametrize(
    ("rhythm", "zone", "now", "expected"),
    [
        (Rhythm(), BERLIN, "2026-11-23 22:00", "2026-11-23 22:00"),
        (NIGHT, BERLIN, "2026-11-23 18:59", "2026-11-23 18:59"),
        (NIGHT, BERLIN, "2026-11-23 19:00", "2026-11-24 07:00"),
        (NIGHT, BERLIN, "2026-11-24 06:59:59", "2026-11-24 07:00"),
        (NIGHT, BERLIN, "2026-11-24 07:00", "2026-11-24 07:00"),
        (NIGHT, NEW_YORK, "2026-11-24 01:00", "2026-11-24 13:00"),
        (NIGHT, BERLIN, "2026-03-28 22:00", "2026-03-29 06:00"),  # clocks go forward: the night is an hour shorter
        (NIGHT, BERLIN, "2026-10-24 22:00", "2026-10-25 07:00"),  # and back
        (Rhythm(quiet_from_min=0, quiet_to_min=1439, quiet_days=(5, 6)), "UTC", "2026-11-28 10:00", "2026-11-28 23:59"),
        (Rhythm(quiet_from_min=1200, quiet_to_min=480, quiet_days=(4,)), "UTC", "2026-11-28 07:00", "2026-11-28 08:00"),
        (Rhythm(quiet_from_min=1200, quiet_to_min=480, quiet_days=(4,)), "UTC", "2026-11-28 21:00", "2026-11-28 21:00"),
        (Rhythm(digest="hourly"), KOLKATA, "2026-11-23 09:00", "2026-11-23 09:30"),  # half an hour from UTC
        (Rhythm(digest="hourly"), BERLIN, "2026-11-23 09:00", "2026-11-23 10:00"),
        (Rhythm(digest="hourly"), BERLIN, "2026-11-23 09:59:59", "2026-11-23 10:00"),
        (DAILY, BERLIN, "2026-11-23 07:59", "2026-11-23 08:00"),
        (DAILY, BERLIN, "2026-11-23 08:00", "2026-11-24 08:00"),
        (DAILY, BERLIN, "2026-03-28 12:00", "2026-03-29 07:00"),
        (DAILY, BERLIN, "2026-10-24 12:00", "2026-10-25 08:00"),
        (GAP, BERLIN, "2026-03-28 12:00", "2026-03-29 01:30"),  # 2:30 is skipped: 3:30 on the wall
        (GAP, BERLIN, "2026-10-24 12:00", "2026-10-25 00:30"),  # 2:30 comes twice: the first
        (Rhythm(digest="daily", daily_at_min=420, quiet_from_min=1200, quiet_to_min=480, quiet_days=ALL), BERLIN,
         "2026-11-23 12:00", "2026-11-24 07:00"),
    ],
)  # fmt: skip
def test_when_a_mail_goes_out(rhythm: Rhythm, zone: str, now: str, expected: str) -> None:
    assert mail_time(rhythm, zone, at(now)) == at(expected)


def send(desk: Desk, who: str = "bob", now: datetime = NOW) -> None:
    """The job, twice."""
    ids: dict[str, Any] = {"workspace_id": desk.world.workspace.pk, "user_id": getattr(desk.world, who).user.pk}
    jobs.send_mails(**ids, now=now)
    jobs.send_mails(**ids, now=now)


def test_a_mail_goes_out_once_with_the_link_that_stops_it(desk: Desk) -> None:
    run("task.assigned")
    send(desk)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["bob@example.com"], "WEB-1 is yours: Write copy")
    assert "/tasks/WEB-1/" in letter.body
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_was_read_before_is_not_mailed(desk: Desk) -> None:
    run("task.assigned")
    actions.mark_read(Notice.objects.get(), actor=desk.world.bob.actor, now=NOW)
    send(desk)
    assert mail.outbox == []


def test_a_digest_is_one_mail_at_its_time(desk: Desk) -> None:
    actions.save_preferences(Rhythm(digest="hourly"), {}, actor=desk.world.bob.actor)
    run("task.assigned")
    desk.say("@Bob, hello", desk.world.alice)
    assert set(Notice.objects.values_list("mail_at", flat=True)) == {NOW + timedelta(hours=1)}
    send(desk, now=NOW + timedelta(minutes=59))
    assert mail.outbox == []
    send(desk, now=NOW + timedelta(hours=1))
    (letter,) = mail.outbox
    assert letter.subject == "2 notifications from Acme"
    assert letter.body.index("WEB-1 is yours") < letter.body.index("Alice mentioned you on WEB-1")


def test_channels_are_chosen_for_each_kind(desk: Desk) -> None:
    channels = {
        "assigned": Wanted(in_app=False, mail=True), "mentioned": Wanted(in_app=True, mail=False),
        "commented": Wanted(in_app=False, mail=False),
    }  # fmt: skip
    actions.save_preferences(Rhythm(), channels, actor=desk.world.bob.actor)
    run("task.assigned")
    desk.say("@Bob, hello", desk.world.alice)
    desk.say("hello", desk.world.alice)
    rows = Notice.objects.filter(user=desk.world.bob.user).order_by("pk")
    assert [(n.kind, n.in_app, n.mail_at is not None) for n in rows] == [
        ("assigned", False, True), ("mentioned", True, False),
    ]  # fmt: skip


def test_a_kind_that_was_switched_off_since_is_not_mailed(desk: Desk) -> None:
    run("task.assigned")
    actions.stop_mails(desk.world.workspace.pk, desk.world.bob.user.pk, ["assigned"])
    send(desk)
    assert mail.outbox == []


def test_a_mail_that_was_not_taken_waits_again(desk: Desk, settings: Any) -> None:
    run("task.assigned")
    settings.EMAIL_BACKEND = "fairlead.lib.mail.Backend"
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    ids = {"workspace_id": desk.world.workspace.pk, "user_id": desk.world.bob.user.pk}
    with pytest.raises(Unavailable):
        jobs.send_mails(**ids, now=NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send(desk, now=NOW + timedelta(minutes=1))
    assert len(mail.outbox) == 1


def test_the_mail_of_an_offer_goes_out_once_and_not_to_whoever_does_not_want_it(desk: Desk) -> None:
    from fairlead.allocation import actions as allocation

    for worker in (desk.team.dana, desk.team.bob):
        people.change_worker(worker, email=f"{worker.name.lower()}@example.com", actor=desk.team.alice, now=NOW)
    actions.save_preferences(Rhythm(), {"offered": Wanted(in_app=True, mail=False)}, actor=desk.world.bob.actor)
    task = desk.team.task("Draw")
    terms = allocation.Terms(at_once=2)
    team = desk.team
    allocation.offer_task(task, workers=[team.dana, team.bob], terms=terms, actor=team.alice, now=NOW)
    for event in Event.objects.filter(kind="task.offered"):
        for _ in range(2):
            jobs.mail_offer(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
            jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=NOW)
    assert [letter.to for letter in mail.outbox] == [["dana@example.com"]]
    assert Notice.objects.filter(kind="offered", in_app=True).count() == 2
    send(desk, "dana")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Rhythm(digest="weekly"), "digest"),
        (Rhythm(daily_at_min=1440), "daily_at_min"),
        (Rhythm(quiet_from_min=480, quiet_to_min=480), "quiet_to_min"),
        (Rhythm(quiet_days=(7,)), "quiet_days"),
    ],
)
def test_times_that_cannot_be_are_refused(desk: Desk, wrong: Rhythm, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.save_preferences(wrong, {}, actor=desk.world.bob.actor)
    assert field in refusal.value.fields
    with pytest.raises(Invalid) as refusal:
        actions.save_preferences(Rhythm(), {"joined": Wanted(in_app=True, mail=True)}, actor=desk.world.bob.actor)
    assert "channels" in refusal.value.fields


def test_a_mail_that_another_worker_is_sending_is_left_to_it(committed: None) -> None:
    def held_there() -> bool:
        try:
            with actions.sending("notices 1 1") as mine:
                return mine
        finally:
            connection.close()

    def send_there() -> None:
        try:
            jobs.send_mails(workspace_id=1, user_id=1, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with actions.sending("notices 1 1") as mine:
            assert mine is True
            assert other.submit(held_there).result() is False
            with pytest.raises(Unavailable, match="Another worker"):
                other.submit(send_there).result()
        assert other.submit(held_there).result() is True


def test_a_mail_sent_twice_is_one_to_whoever_reads_it(desk: Desk) -> None:
    run("task.assigned")
    ids = {"workspace_id": desk.world.workspace.pk, "user_id": desk.world.bob.user.pk}
    jobs.send_mails(**ids, now=NOW)
    Notice.objects.update(mailed_at=None, mail_at=NOW)  # its worker was killed before it could say so
    jobs.send_mails(**ids, now=NOW)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
