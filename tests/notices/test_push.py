"""Pushes, to a real push service with a browser that decrypts them: once, in time, and only what is still news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from conftest import NOW, Person
from fairlead.accounts.models import Session
from fairlead.allocation import actions as allocation
from fairlead.config import config
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Unavailable
from fairlead.notices import actions, jobs, push_jobs, queries
from fairlead.notices.actions import Subscription, Wanted
from fairlead.notices.models import Device, Notice, Push
from fairlead.notices.timing import Rhythm
from notices.conftest import Desk, run
from notices.push_service import PushService, running

ALL = tuple(range(7))
INSIDE = (
    "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://localhost/x", "https://169.254.169.254/",
    "http://push.example.com/x", "https://me:it@push.example.com/x",
)  # fmt: skip


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """The push service, in a network that the settings trust."""
    monkeypatch.setenv("FAIRLEAD_PRIVATE_HOSTS", "127.0.0.1")
    config.cache_clear()
    with running() as made:
        yield made
    monkeypatch.undo()
    config.cache_clear()


def signed_in(who: Person, key: str = "") -> str:
    """A session of theirs; its digest."""
    key = key or f"session of {who.user.name}"
    values = {"user": who.user, "session_data": "", "created_at": NOW, "seen_at": NOW}
    Session.objects.get_or_create(session_key=key, defaults={**values, "expire_date": NOW + timedelta(days=30)})
    return key


def device(who: Person, service: PushService, name: str = "one") -> Device:
    """One of theirs that takes pushes."""
    by: dict[str, Any] = {"actor": who.actor, "now": NOW}
    return actions.add_device(service.subscription(name), "Firefox on Linux", signed_in(who), **by)


def push(who: Person, now: datetime = NOW) -> None:
    """What the worker does when pushes are due: every job twice."""
    ids: dict[str, Any] = {"workspace_id": who.workspace.pk}
    for _ in range(2):
        push_jobs.send_pushes(**ids, user_id=who.user.pk, now=now)
    for number in list(Push.objects.values_list("pk", flat=True)):
        for _ in range(2):
            push_jobs.send_push(**ids, push_id=number, now=now)


def test_news_reaches_every_device_once(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    mine = [device(bob, service, name) for name in ("phone", "laptop")]
    device(desk.world.alice, service, "hers")
    run("task.assigned")
    push(bob)
    push(bob)
    notice = Notice.objects.get(user=bob.user)
    assert [(it["title"], it["url"], it["tag"]) for it in service.got] == [
        ("WEB-1 is yours: Write copy", "/tasks/WEB-1/", f"notice-{notice.pk}")
    ] * 2
    assert {name: service.asked[0][name] for name in ("ttl", "urgency", "topic", "content-encoding")} == {
        "ttl": "86400", "urgency": "normal", "topic": f"notice-{notice.pk}", "content-encoding": "aes128gcm",
    }  # fmt: skip
    assert notice.pushed_at == NOW
    assert set(Device.objects.filter(pk__in=[it.pk for it in mine]).values_list("used_at", flat=True)) == {NOW}
    assert not Push.objects.exists()


def test_what_was_read_or_put_off_before_is_not_pushed(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    actions.mark_read(Notice.objects.get(user=bob.user), actor=bob.actor, now=NOW)
    desk.say("@Bob, hello", desk.world.alice)
    push_jobs.send_pushes(workspace_id=bob.workspace.pk, user_id=bob.user.pk, now=NOW)
    mention = Notice.objects.get(kind="mentioned")
    actions.snooze(mention, "hour", zone="UTC", actor=bob.actor, now=NOW)  # between the claim and the sending
    push(bob)
    assert service.got == []

    # it comes back when its time has come, on the device as well
    later = NOW + timedelta(hours=1)
    actions.wake(bob.workspace.pk, now=later)
    push(bob, later)
    assert [it["title"] for it in service.got] == ["Alice mentioned you on WEB-1"]


def test_a_device_takes_nothing_after_its_session_has_ended(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    Session.objects.filter(user=bob.user).delete()
    push(bob)
    assert service.got == []
    assert queries.devices(bob.actor, "", now=NOW) == []


def test_whoever_was_removed_is_told_nothing(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    bob.member.removed_at = NOW
    bob.member.save()
    push(bob)
    assert service.got == []


def test_a_device_that_is_gone_is_forgotten(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    for status in (404, 410):
        device(bob, service)
        service.status = status
        Notice.objects.filter(user=bob.user).update(push_at=NOW)
        push(bob)
        assert not Device.objects.exists()
    assert len(service.asked) == 2
    assert Notice.objects.get(user=bob.user).pushed_at is None


def test_a_push_that_was_not_taken_goes_again_and_then_no_more(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    mine = device(bob, service)
    run("task.assigned")
    push_jobs.send_pushes(workspace_id=bob.workspace.pk, user_id=bob.user.pk, now=NOW)
    (going,) = Push.objects.all()
    ids: dict[str, Any] = {"workspace_id": bob.workspace.pk, "push_id": going.pk}
    service.status = 503
    for _ in range(2):
        with pytest.raises(Unavailable, match="503"):
            push_jobs.send_push(**ids, now=NOW)
    mine.refresh_from_db()
    assert mine.failing_since == NOW
    service.status = 201
    for _ in range(2):
        push_jobs.send_push(**ids, now=NOW + timedelta(minutes=1))
    mine.refresh_from_db()
    assert (len(service.got), mine.failing_since) == (1, None)
    assert push_jobs.send_push.retry == (10, 60, 600)


def test_a_device_that_takes_nothing_for_two_weeks_is_forgotten(desk: Desk, service: PushService) -> None:
    mine = device(desk.world.bob, service)
    assert actions.note_failure(mine, now=NOW)
    assert actions.note_failure(mine, now=NOW + timedelta(days=14))
    assert not actions.note_failure(mine, now=NOW + timedelta(days=14, seconds=1))
    assert not Device.objects.exists()


def test_a_push_service_inside_our_own_network_is_never_asked(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    push_jobs.send_pushes(workspace_id=bob.workspace.pk, user_id=bob.user.pk, now=NOW)
    (going,) = Push.objects.all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRLEAD_PRIVATE_HOSTS", "")
        config.cache_clear()
        with pytest.raises(Unavailable, match="begin with https"):
            push_jobs.send_push(workspace_id=bob.workspace.pk, push_id=going.pk, now=NOW)
        for address in INSIDE:
            wrong = replace(service.subscription(), endpoint=address)
            with pytest.raises(Invalid):
                actions.add_device(wrong, "x", signed_in(bob), actor=bob.actor, now=NOW)
        # a name that leads inside is found out when it is asked
        fine = replace(service.subscription(), endpoint="https://localhost.localdomain/x")
        other = actions.add_device(fine, "x", signed_in(bob), actor=bob.actor, now=NOW)
        push_jobs.try_device(workspace_id=bob.workspace.pk, device_id=other.pk, now=NOW)
        other.refresh_from_db()
        assert other.failing_since == NOW
    config.cache_clear()
    assert service.asked == []


@pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("AAAA", "AAAA"), ("*", "*"), (None, "AAAA"), (None, "")])
def test_keys_that_are_none_are_refused(desk: Desk, service: PushService, p256dh: str | None, auth: str) -> None:
    real = service.subscription()
    with pytest.raises(Invalid, match="Try another browser"):
        actions.add_device(
            Subscription(real.endpoint, real.p256dh if p256dh is None else p256dh, auth), "x",
            signed_in(desk.world.bob), actor=desk.world.bob.actor, now=NOW,
        )  # fmt: skip


def test_a_digest_is_one_push_at_its_time_and_offers_do_not_wait_for_it(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    actions.save_preferences(Rhythm(push_digest="hourly"), {}, actor=bob.actor)
    run("task.assigned")
    desk.say("@Bob, hello", desk.world.alice)
    offered = _offer(desk)
    push(bob)
    assert [it["title"] for it in service.got] == ["WEB-2 is offered to you: Draw"]
    push(bob, NOW + timedelta(minutes=59))
    assert len(service.got) == 1
    push(bob, NOW + timedelta(hours=1))
    assert service.got[1:] == [
        {"title": "2 notifications from Acme", "url": "/notices/?show=unread", "tag": "digest", "at": 1795424400000,
         "body": "Alice mentioned you on WEB-1\nWEB-1 is yours: Write copy"},
    ]  # fmt: skip
    assert service.asked[0]["urgency"] == "high"
    assert int(service.asked[0]["ttl"]) == int((offered.expires_at - NOW).total_seconds())


def _offer(desk: Desk) -> Any:
    team = desk.team
    made = allocation.offer_task(
        team.task("Draw"), workers=[team.bob], terms=allocation.Terms(), actor=team.alice, now=NOW
    )
    run("task.offered")
    return made.offers.get()


def test_an_offer_can_be_answered_from_the_push_and_is_not_pushed_when_it_is_over(
    desk: Desk, service: PushService
) -> None:
    bob = desk.world.bob
    device(bob, service)
    offer = _offer(desk)
    push(bob)
    (shown,) = service.got
    assert (shown["url"], [it["action"] for it in shown["actions"]]) == (f"/offers/{offer.pk}/", ["accept", "decline"])
    Notice.objects.filter(kind="offered").update(push_at=NOW)
    allocation.decline_offer(offer, actor=bob.actor, now=NOW)
    push(bob)
    assert len(service.got) == 1


def test_quiet_hours_hold_pushes_over_the_change_of_clocks(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    bob.user.time_zone = "Europe/Berlin"
    bob.user.save()
    night = Rhythm(quiet_from_min=1200, quiet_to_min=480, quiet_days=ALL)
    actions.save_preferences(night, {}, actor=bob.actor)
    eve = datetime.fromisoformat("2027-03-27T22:00:00+00:00")  # clocks go forward in this night
    Session.objects.update(expire_date=eve + timedelta(days=9))
    desk.say("@Bob, hello", desk.world.alice, now=eve)
    assert Notice.objects.get(kind="mentioned").push_at == datetime.fromisoformat("2027-03-28T06:00:00+00:00")


def test_channels_are_chosen_for_each_kind_and_once_more_before_it_goes(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    chosen = {
        "assigned": Wanted(in_app=True, mail=True, push=False),
        "commented": Wanted(in_app=False, mail=False, push=True),
        "mentioned": Wanted(in_app=True, mail=True),
    }  # fmt: skip
    actions.save_preferences(Rhythm(), chosen, actor=bob.actor)
    run("task.assigned")
    desk.say("hello", desk.world.alice)
    desk.say("@Bob, hello", desk.world.alice)
    actions.save_preferences(Rhythm(), {"mentioned": Wanted(in_app=True, mail=True, push=False)}, actor=bob.actor)
    push(bob)
    assert [it["title"] for it in service.got] == ["Alice commented on WEB-1: Write copy"]


def test_a_mail_is_spared_where_a_device_had_the_news(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    actions.save_preferences(Rhythm(spare_mails=True), {}, actor=bob.actor)
    run("task.assigned")
    desk.say("@Bob, hello", desk.world.alice)
    later = NOW + timedelta(minutes=15)
    assert set(Notice.objects.filter(user=bob.user).values_list("mail_at", flat=True)) == {later}
    first = Notice.objects.get(kind="assigned", user=bob.user)
    Notice.objects.filter(kind="mentioned").update(push_at=None)  # the second was taken by no device
    push(bob)
    first.refresh_from_db()
    assert first.pushed_at == NOW
    jobs.send_mails(workspace_id=bob.workspace.pk, user_id=bob.user.pk, now=later)
    (letter,) = mail.outbox
    assert letter.subject == "Alice mentioned you on WEB-1"


def test_without_that_wish_both_come(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    push(bob)
    jobs.send_mails(workspace_id=bob.workspace.pk, user_id=bob.user.pk, now=NOW)
    assert (len(service.got), len(mail.outbox)) == (1, 1)


def test_a_discreet_device_is_told_the_kind_of_news_only(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    mine = device(bob, service)
    actions.be_discreet(mine, actor=bob.actor)
    desk.say("@Bob, the secret recipe", desk.world.alice)
    push(bob)
    (shown,) = service.got
    assert (shown["title"], shown["body"]) == ("Acme", "Somebody mentions me in a comment")
    assert "WEB-1" not in shown["title"] + shown["body"]


def test_a_push_of_the_longest_news_still_fits(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    Notice.objects.filter(user=bob.user).update(title="\U0001f600" * 300, body="\U0001f600" * 500, url="/" + "x" * 199)
    push(bob)
    (shown,) = service.got
    assert (len(shown["title"]), len(shown["body"])) == (120, 160)


def test_pressing_a_push_marks_its_notice_as_read_without_a_session(desk: Desk, service: PushService) -> None:
    bob = desk.world.bob
    device(bob, service)
    run("task.assigned")
    push(bob)
    address = service.got[0]["seen"]
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(address).status_code == 405
    assert stranger.post(address[:-2] + "x/").status_code == 404
    enter(desk.world.workspace.pk)
    assert Notice.objects.get(user=bob.user).read_at is None
    assert stranger.post(address).status_code == 204
    enter(desk.world.workspace.pk)
    assert Notice.objects.get(user=bob.user).read_at is not None


def test_devices_are_ones_own_business(desk: Desk, service: PushService) -> None:
    world = desk.world
    mine = device(world.bob, service)
    for person in (world.alice, world.clara, world.echo):
        with pytest.raises(Missing):
            queries.find_device(person.actor, mine.pk)
        with pytest.raises(Forbidden):
            actions.remove_device(mine, actor=person.actor, now=NOW)
    enter(world.charlie.workspace.pk)
    assert not Device.objects.exists()
    enter(world.workspace.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, address_digest FROM notices_device")
        ((sealed, mark),) = cursor.fetchall()
    assert "127.0.0.1" not in sealed + mark


def test_one_browser_is_one_device_of_whoever_used_it_last(desk: Desk, service: PushService) -> None:
    device(desk.world.bob, service)
    device(desk.world.bob, service)
    device(desk.world.alice, service)
    assert list(Device.objects.values_list("user__name", flat=True)) == ["Alice"]


def test_there_are_ten_devices_at_most(desk: Desk, service: PushService) -> None:
    for number in range(10):
        device(desk.world.bob, service, str(number))
    with pytest.raises(Conflict, match="10 devices take your notifications already"):
        device(desk.world.bob, service, "more")
    device(desk.world.bob, service, "3")
    assert Device.objects.count() == 10


def test_a_test_push_shows_how_news_will_look(desk: Desk, service: PushService) -> None:
    mine = device(desk.world.bob, service)
    push_jobs.try_device(workspace_id=desk.world.workspace.pk, device_id=mine.pk, now=NOW)
    assert [it["title"] for it in service.got] == ["Notifications work here"]
    mine.refresh_from_db()
    assert mine.used_at == NOW


def test_nothing_waits_for_a_push_where_no_device_takes_any(desk: Desk) -> None:
    run("task.assigned")
    assert list(Notice.objects.values_list("push_at", flat=True)) == [None]
