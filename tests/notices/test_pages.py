"""The bell, the list, the settings and the link in a mail, as each person meets them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import NOW, Person
from fairlead.events.tenancy import enter
from fairlead.notices import actions, jobs, queries
from fairlead.notices.actions.reading import snooze_end
from fairlead.notices.kinds import KINDS
from fairlead.notices.links import stop_secret
from fairlead.notices.models import Choice, Notice, NoticeSettings
from fairlead.notices.timing import Rhythm
from notices.conftest import Desk, run


def browser(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_bell_counts_and_opening_reads(desk: Desk) -> None:
    run("task.assigned")
    client, notice = browser(desk.world.bob), Notice.objects.get()
    assert "1 unread" in text(client, "/tasks/")
    assert "WEB-1 is yours" in text(client, "/notices/recent/")
    reply = client.post(f"/notices/{notice.pk}/read/", {"go": "1"})
    assert reply.headers["Location"] == "/tasks/WEB-1/"
    assert "0 unread" in text(client, "/notices/count/")
    assert "You have read everything" in text(client, "/notices/?show=unread")


def test_the_list_is_filtered_and_another_one_sees_nothing_of_it(desk: Desk) -> None:
    run("task.assigned")
    desk.say("@Bob <b>look</b>", desk.world.alice)
    client = browser(desk.world.bob)
    assert "WEB-1 is yours" not in text(client, "/notices/?show=mentions")
    assert "@Bob &lt;b&gt;look" in text(client, "/notices/?show=mentions")
    assert "Nothing yet" in text(browser(desk.world.dana), "/notices/")
    notice = Notice.objects.filter(user=desk.world.bob.user).latest("pk")
    for who in (desk.world.dana, desk.world.olga, desk.world.charlie):
        assert browser(who).post(f"/notices/{notice.pk}/read/").status_code == 404
    enter(desk.world.workspace.pk)
    assert Notice.objects.get(pk=notice.pk).read_at is None


def test_all_are_read_at_once_but_what_is_snoozed(desk: Desk) -> None:
    run("task.assigned")
    desk.say("@Bob, look", desk.world.alice)
    client = browser(desk.world.bob)
    mention = Notice.objects.get(kind="mentioned", user=desk.world.bob.user)
    client.post(f"/notices/{mention.pk}/snooze/", {"until": "hour", "next": "/notices/"})
    assert "Alice mentioned you" not in text(client, "/notices/")
    assert "Alice mentioned you" in text(client, "/notices/?show=snoozed")
    client.post("/notices/read-all/")
    enter(desk.world.workspace.pk)
    assert list(Notice.objects.filter(read_at__isnull=True, user=desk.world.bob.user)) == [mention]
    later = timezone.now() + timedelta(hours=2)
    assert queries.unread_count(desk.world.bob.actor, now=later) == 1
    jobs.wake(now=later)
    enter(desk.world.workspace.pk)
    assert Notice.objects.get(pk=mention.pk).snoozed_until is None
    assert client.post(f"/notices/{mention.pk}/snooze/", {"until": "never"}).status_code == 422


@pytest.mark.parametrize(
    ("choice", "zone", "now", "expected"),
    [
        ("hour", "Europe/Berlin", "2026-11-23 09:00", "2026-11-23 10:00"),
        ("tomorrow", "Europe/Berlin", "2026-11-23 09:00", "2026-11-24 08:00"),
        ("tomorrow", "Europe/Berlin", "2026-03-28 09:00", "2026-03-29 07:00"),  # clocks go forward in the night
        ("tomorrow", "America/New_York", "2026-11-24 02:00", "2026-11-24 14:00"),  # still Monday there
        ("monday", "Europe/Berlin", "2026-11-23 09:00", "2026-11-30 08:00"),
        ("monday", "Asia/Kolkata", "2026-11-29 10:00", "2026-11-30 03:30"),
    ],
)
def test_snoozing_is_on_the_clock_of_the_reader(choice: str, zone: str, now: str, expected: str) -> None:
    moments = [datetime.fromisoformat(value).replace(tzinfo=UTC) for value in (now, expected)]
    assert snooze_end(choice, zone, moments[0]) == moments[1]


def test_settings_keep_the_matrix_and_the_times(desk: Desk) -> None:
    client = browser(desk.world.bob)
    html = text(client, "/settings/notifications/")
    assert "Somebody mentions me" in html
    assert "For managers" not in html
    assert "For managers" in text(browser(desk.world.alice), "/settings/notifications/")
    sent = {
        "digest": "daily", "daily_at": "07:30", "quiet_from": "21:00", "quiet_to": "6:15", "quiet_days": ["4", "5"],
        "on": ["assigned app", "mentioned app", "mentioned mail"],
    }  # fmt: skip
    assert client.post("/settings/notifications/", sent).status_code == 302
    enter(desk.world.workspace.pk)
    told = queries.preferences(desk.world.bob.actor)
    assert told.rhythm == Rhythm("daily", 450, 1260, 375, [4, 5])
    chosen = {row.kind.name: (row.in_app, row.mail) for row in told.channels}
    assert (chosen["assigned"], chosen["mentioned"], chosen["commented"]) == (
        (True, False),
        (True, True),
        (False, False),
    )
    reply = client.post("/settings/notifications/", {**sent, "daily_at": "25:00", "quiet_to": "21:00"})
    assert reply.status_code == 422
    assert "A time of day, such as 9:00." in reply.content.decode()
    assert "Quiet hours end at another time" in reply.content.decode()


def test_a_client_chooses_among_what_a_client_gets(desk: Desk) -> None:
    rows = queries.preferences(desk.world.clara.actor).channels
    assert [row.kind.name for row in rows] == ["mentioned", "commented", "to_approve", "asked"]


def test_the_link_in_a_mail_asks_first_and_a_mail_program_stops_at_once(desk: Desk) -> None:
    secret = stop_secret(desk.world.workspace.pk, desk.world.bob.user.pk, ["assigned", "overdue"])
    stranger = Client(enforce_csrf_checks=True)
    assert "Stop these mails?" in text(stranger, f"/notices/stop/{secret}/")
    enter(desk.world.workspace.pk)
    assert not Choice.objects.exists()
    reply = stranger.post(f"/notices/stop/{secret}/", {"List-Unsubscribe": "One-Click"})
    assert "No more of these mails" in reply.content.decode()
    enter(desk.world.workspace.pk)
    rows = Choice.objects.order_by("kind").values_list("user_id", "kind", "in_app", "mail")
    bob = desk.world.bob.user.pk
    assert list(rows) == [(bob, "assigned", True, False), (bob, "overdue", True, False)]
    assert stranger.get(f"/notices/stop/{secret[:-2]}/").status_code == 404


def test_the_picker_offers_whoever_may_read_the_comment(desk: Desk) -> None:
    client = browser(desk.world.bob)
    address = "/tasks/WEB-1/mentions/?q="
    assert 'data-name="Dana"' in text(client, address + "da")
    assert "data-name" not in text(client, address + "cla")
    assert 'data-name="Clara"' in text(client, address + "cla&to=client")
    assert "data-name" not in text(client, address + "charlie")
    assert "data-name" not in text(browser(desk.world.clara), address), "clients learn no names of the team"
    assert browser(desk.world.audrey).get(address).status_code == 403
    assert browser(desk.world.charlie).get(address).status_code == 404


def test_the_list_takes_the_same_queries_for_more(desk: Desk, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        desk.say("@Bob, look", desk.world.alice)
    with django_assert_num_queries(2):
        assert len(queries.notices(desk.world.bob.actor, "all", now=NOW, limit=100)) == 3
    with django_assert_num_queries(2):
        assert queries.unread_count(desk.world.bob.actor, now=NOW) == 3


def test_settings_of_another_workspace_are_apart(desk: Desk) -> None:
    actions.save_preferences(Rhythm(digest="daily"), {}, actor=desk.world.bob.actor)
    enter(desk.world.charlie.workspace.pk)
    assert NoticeSettings.objects.count() == 0
    assert queries.preferences(desk.world.charlie.actor).rhythm == Rhythm()


def test_programs_read_mark_and_choose(desk: Desk) -> None:
    from api.conftest import caller

    run("task.assigned")
    bob = caller(desk.world.bob)
    (item,) = json.loads(bob.get("/notices?unread=true").content)["items"]
    assert (item["kind"], item["url"]) == ("assigned", "/tasks/WEB-1/")
    assert json.loads(bob.post(f"/notices/{item['id']}/snooze", {"until": "hour"}).content)["snoozed_until"]
    assert json.loads(bob.get("/notices").content)["items"] == []
    assert json.loads(bob.post(f"/notices/{item['id']}/read").content)["read_at"]
    assert json.loads(bob.post("/notices/read-all").content) == {"read": 0}
    body = {"digest": "hourly", "quiet_days": [5], "channels": [{"kind": "assigned", "in_app": True, "mail": False}]}
    told = json.loads(bob.put("/notice-settings", body).content)
    assert (told["digest"], told["quiet_days"]) == ("hourly", [5])
    assert {"kind": "assigned", "label": "A task is given to me", "in_app": True, "mail": False, "push": True} in told[
        "channels"
    ]
    body["channels"] = [{"kind": "joined", "in_app": True, "mail": True}]
    assert bob.put("/notice-settings", body).status_code == 422


def test_every_kind_can_be_shown(desk: Desk) -> None:
    bob = desk.world.bob
    for kind in KINDS:
        Notice.objects.create(
            workspace=desk.world.workspace, user=bob.user, kind=kind.name, occasion=kind.name, title=str(kind.label),
            url="/tasks/", created_at=NOW,
        )  # fmt: skip
    html = text(browser(bob), "/notices/")
    assert [kind.name for kind in KINDS if str(kind.label) not in html] == []
