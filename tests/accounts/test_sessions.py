"""Sessions: listed, ended one by one or together, refused at once; a mail when a device is new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from accounts.conftest import Mailed
from accounts.test_sign_in import PASSWORD, sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.devices import device_name
from fairlead.accounts.models import Session
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.secrets import digest

Deliver = Callable[[datetime], Mailed]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("", "Unknown device"),
        ("x" * 5000, "Unknown device"),
    ],
)
def test_a_browser_is_named_by_what_it_says(agent: str, name: str) -> None:
    assert device_name(agent) == name


def _signed_in(agent: str = FIREFOX, **more: Any) -> Client:
    browser = Client(headers={"User-Agent": agent}, **more)
    assert sign_in(browser) == 302
    return browser


def _number(browser: Client) -> str:
    return digest(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def test_every_session_is_listed_with_its_device_and_this_one_marked(world: World) -> None:
    desk = _signed_in(FIREFOX, REMOTE_ADDR="198.51.100.7")
    _signed_in(IPHONE)
    page = desk.get("/settings/sessions/").content.decode()
    assert page.index("Firefox on Linux") < page.index("This one") < page.index("Safari on iPhone")
    assert page.count("This one") == 1
    assert "198.51.100.7" in page


def test_sessions_of_others_are_neither_shown_nor_ended(world: World) -> None:
    bob, dana = _signed_in(), Client(headers={"User-Agent": EDGE})
    sign_in(dana, "dana@example.com")
    assert "Edge" not in bob.get("/settings/sessions/").content.decode()
    assert bob.post(f"/settings/sessions/{_number(dana)}/end/").status_code == 404
    assert dana.get("/settings/").status_code == 200


def test_an_ended_session_is_refused_with_its_next_request(world: World) -> None:
    desk, phone = _signed_in(FIREFOX), _signed_in(IPHONE)
    assert desk.post(f"/settings/sessions/{_number(phone)}/end/").status_code == 302
    assert phone.get("/settings/").headers["Location"] == "/sign-in/?next=%2Fsettings%2F"
    assert desk.get("/settings/").status_code == 200
    enter(world.workspace.pk)
    event = Event.objects.order_by("-seq")[0]
    assert (event.kind, event.actor_name, event.payload) == ("session.ended", "Bob", {"sessions": 1})


def test_all_others_end_together_and_this_one_goes_on(world: World) -> None:
    desk, *others = (_signed_in() for _ in range(3))
    assert desk.post("/settings/sessions/end-others/").status_code == 302
    assert [b.get("/settings/").status_code for b in (desk, *others)] == [200, 302, 302]
    assert Session.objects.filter(user=world.bob.user).count() == 1


def test_ending_the_present_session_is_signing_out(world: World) -> None:
    desk = _signed_in()
    assert desk.post(f"/settings/sessions/{_number(desk)}/end/").headers["Location"] == "/sign-in/"
    assert not Session.objects.filter(user=world.bob.user).exists()


def test_the_table_holds_nothing_that_signs_in(world: World) -> None:
    desk = _signed_in()
    kept = Session.objects.get(user=world.bob.user)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key
    assert thief.get("/settings/").status_code == 302
    assert kept.session_key != desk.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_request_that_was_under_way_does_not_bring_an_ended_session_back(world: World) -> None:
    desk = _signed_in()
    under_way = desk.session
    assert under_way["how"] == "password"
    Session.objects.filter(user=world.bob.user).delete()
    under_way["workspace"] = world.workspace.pk
    with pytest.raises(UpdateError):
        under_way.save()
    assert not Session.objects.filter(user=world.bob.user).exists()


def test_signing_in_again_gives_the_session_a_new_name(world: World) -> None:
    desk = _signed_in()
    before = _number(desk)
    secret = actions.make_sign_in_link(world.dana.user, now=timezone.now())
    desk.post(f"/sign-in/link/{secret}/")
    assert _number(desk) != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_new_password_ends_the_other_sessions_and_renames_this_one(world: World) -> None:
    desk, phone = _signed_in(), _signed_in(IPHONE)
    before = _number(desk)
    desk.post("/settings/password/", {"current": PASSWORD, "password": "quite another phrase"})
    assert _number(desk) != before
    assert phone.get("/settings/").status_code == 302
    assert [s.pk for s in Session.objects.filter(user=world.bob.user)] == [_number(desk)]


def test_last_use_is_noted_every_five_minutes_only(world: World) -> None:
    desk = _signed_in()
    long_ago = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=_number(desk)).update(seen_at=long_ago)
    desk.get("/settings/")
    noted = Session.objects.get(pk=_number(desk)).seen_at
    assert noted > long_ago
    desk.get("/settings/")
    assert Session.objects.get(pk=_number(desk)).seen_at == noted


def test_the_list_asks_the_database_as_often_for_many_sessions_as_for_one(
    world: World, django_assert_max_num_queries: Any
) -> None:
    desk = _signed_in()
    for _ in range(5):
        _signed_in()
    with django_assert_max_num_queries(13):
        desk.get("/settings/sessions/")


def test_a_new_device_is_told_by_mail_but_not_the_first_one_and_not_a_known_one(world: World, deliver: Deliver) -> None:
    now = timezone.now()
    desk = _signed_in(FIREFOX)
    assert deliver(now) == []
    desk.post("/sign-out/")
    sign_in(desk)
    assert deliver(now) == []
    _signed_in(IPHONE, REMOTE_ADDR="203.0.113.5")
    [mail] = deliver(now)
    assert (mail.to, mail.subject) == (["bob@example.com"], "New sign-in to your account")
    assert "Safari on iPhone" in str(mail.body)
    assert "203.0.113.5" in str(mail.body)
