"""Notifications, addresses of calendars and forms, the end of a day, views: what one press did is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fairlead.accounts.models import Kept
from fairlead.events.tenancy import enter
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from fairlead.people.models import Feed
from fairlead.work import actions as work
from fairlead.work.forms import Question
from fairlead.work.models import OwnBlock, RequestForm, View
from web.test_undo import alice, bob, brought_back, browser, by, kinds, removed, rows, said  # noqa: F401  fixtures
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture


def notice(site: Site, occasion: str, **values: datetime) -> Notice:  # noqa: F811
    """One of bob's."""
    return Notice.objects.create(
        workspace=site.world.workspace, user=site.world.bob.user, kind="assigned", occasion=occasion, title=occasion,
        url="/tasks/", created_at=site.now, **values,
    )  # fmt: skip


def test_all_that_was_marked_as_read_in_one_go_is_unread_again(site: Site, bob: Client) -> None:  # noqa: F811
    for occasion in ("one", "two"):
        notice(site, occasion)
    notice(site, "read before", read_at=site.now)
    notice(site, "snoozed", snoozed_until=timezone.now() + timedelta(days=1))
    before = rows(Notice)
    answer = bob.post("/notices/read-all/", {"next": "/notices/"})
    told, undo = said(answer)
    assert (told, Notice.objects.filter(read_at=None).count()) == ("2 notifications are marked as read.", 1)
    for person in (site.world.alice, site.world.clara, site.world.dana):
        browser(person).post(undo)
        enter(site.world.workspace.pk)
    assert browser(site.world.charlie).post(undo).status_code == 404
    enter(site.world.workspace.pk)
    assert Notice.objects.filter(read_at=None).count() == 1
    assert said(bob.post(undo))[0] == "2 notifications are unread again."
    assert rows(Notice) == before
    notice_read = Notice.objects.get(occasion="one")
    bob.post(f"/notices/{notice_read.pk}/read/")
    assert said(bob.post(undo))[0] == "This was taken back already."
    assert Notice.objects.exclude(read_at=None).count() == 2


def test_marking_nothing_as_read_says_nothing(site: Site, bob: Client) -> None:  # noqa: F811
    assert bob.get(bob.post("/notices/read-all/").url).status_code == 200
    assert "marked as read." not in bob.get("/notices/").content.decode()


def test_the_address_of_the_own_work_works_again(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    secret = people.open_feed(worker, **by(site.world.bob))
    before = rows(Feed)
    undo = removed(bob, f"/people/{worker.pk}/calendars/feed/close/")
    assert Client().get(f"/calendar/{secret}/work.ics").status_code == 404
    enter(site.world.workspace.pk)
    assert browser(site.world.alice).post(undo).status_code == 403
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "calendar.feed_opened")
    assert (rows(Feed), Kept.objects.count()) == (before, 0)
    assert Client().get(f"/calendar/{secret}/work.ics").status_code == 200
    enter(site.world.workspace.pk)


def test_an_address_that_was_replaced_since_stays_dead(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    secret = people.open_feed(worker, **by(site.world.bob))
    undo = removed(bob, f"/people/{worker.pk}/calendars/feed/close/")
    people.open_feed(worker, **by(site.world.bob))
    assert said(bob.post(undo))[0] == "There is a new address meanwhile; the old one no longer works."
    assert Client().get(f"/calendar/{secret}/work.ics").status_code == 404


@pytest.fixture
def form(site: Site) -> RequestForm:  # noqa: F811
    """At a public address, and in the portal."""
    made = work.create_form(site.project, "Fault", (Question("q1", "short", "What?", target="title"),),
                            **by(site.world.alice))  # fmt: skip
    return work.open_form(work.publish_form(made, **by(site.world.alice)), **by(site.world.alice))


def test_a_public_address_that_was_closed_works_again(
    site: Site,  # noqa: F811
    alice: Client,  # noqa: F811
    form: RequestForm,
) -> None:
    before, secret = RequestForm.objects.values().get(), work.public_secret(form)
    undo = removed(alice, f"/projects/WEB/forms/{form.pk}/close/")
    assert Client().get(f"/ask/{secret}/").status_code == 404
    enter(site.world.workspace.pk)
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "request_form.opened")
    assert Client().get(f"/ask/{secret}/").status_code == 200
    enter(site.world.workspace.pk)
    assert RequestForm.objects.values().get() == {**before, "version": before["version"] + 2}


def test_a_form_with_a_new_public_address_keeps_it(
    site: Site,  # noqa: F811
    alice: Client,  # noqa: F811
    form: RequestForm,
) -> None:
    undo = removed(alice, f"/projects/WEB/forms/{form.pk}/close/")
    form.refresh_from_db()
    at = work.open_form(form, **by(site.world.alice)).public_at
    assert said(alice.post(undo))[0] == "Fault has a new public address meanwhile."
    assert RequestForm.objects.get().public_at == at


def blocks(site: Site, count: int) -> list[OwnBlock]:  # noqa: F811
    """For tasks of bob's, today."""
    worker, now = worker_for(site.world.bob, site.now), timezone.now()
    made = []
    for number in range(count):
        span = (now + timedelta(minutes=number), now + timedelta(minutes=number + 30))
        task = site.held(site.world.bob, f"Task {number}")
        made.append(work.add_block(worker, span, kind="task", task=task, **by(site.world.bob)))
    return made


def test_the_blocks_of_a_day_that_was_shut_down_are_where_they_were(site: Site, bob: Client) -> None:  # noqa: F811
    blocks(site, 2)
    before = rows(OwnBlock)
    undo = removed(bob, "/planner/shut-down/")
    assert rows(OwnBlock) != before
    for person in (site.world.alice, site.world.charlie, site.world.clara):
        assert browser(person).post(undo).status_code == 404
        enter(site.world.workspace.pk)
    assert said(bob.post(undo))[0] == "2 blocks are where they were."
    assert rows(OwnBlock) == before
    assert said(bob.post(undo))[0] == "These blocks are somewhere else by now."
    assert rows(OwnBlock) == before


def test_a_block_that_was_moved_again_stays(site: Site, bob: Client) -> None:  # noqa: F811
    one, two, three = blocks(site, 3)
    undo = removed(bob, "/planner/shut-down/")
    span = (site.now + timedelta(days=9), site.now + timedelta(days=9, hours=1))
    work.move_block(OwnBlock.objects.get(pk=one.pk), span, **by(site.world.bob))
    work.remove_block(OwnBlock.objects.get(pk=two.pk), **by(site.world.bob))
    assert said(bob.post(undo))[0] == "1 block is where it was."
    assert OwnBlock.objects.get(pk=one.pk).starts_at == span[0]
    assert OwnBlock.objects.get(pk=three.pk).starts_at == three.starts_at
    assert OwnBlock.objects.get(pk=two.pk).starts_at != two.starts_at


def test_the_blocks_of_a_planned_day_are_gone_again(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    noon = f"Etc/GMT{timezone.now().hour - 12:+d}"  # where it is about noon now: these names count to the west
    for row in (worker, site.world.bob.user):
        row.time_zone = noon
        row.save(update_fields=["time_zone"])
    people.set_hours(worker, [(day, 0, 1440) for day in range(7)], **by(site.world.alice))
    for title in ("One", "Two"):
        site.held(site.world.bob, title, effort_min=30)
    undo = removed(bob, "/planner/plan/")
    one, two = OwnBlock.objects.filter(removed_at=None).order_by("starts_at")
    for person in (site.world.alice, site.world.charlie, site.world.clara):
        assert browser(person).post(undo).status_code == 404
        enter(site.world.workspace.pk)
    span = (two.starts_at + timedelta(days=1), two.ends_at + timedelta(days=1))
    work.move_block(two, span, **by(site.world.bob))
    assert said(bob.post(undo))[0] == "1 block is gone again."
    assert list(OwnBlock.objects.filter(removed_at=None).values_list("pk", "starts_at")) == [(two.pk, span[0])]
    assert said(bob.post(undo))[0] == "These blocks are somewhere else by now."
    assert OwnBlock.objects.get(pk=one.pk).removed_at is not None


def test_a_view_shows_again_what_it_showed(site: Site, alice: Client) -> None:  # noqa: F811
    view = work.save_view("Mine", "q=draft&sort=due", shared=True, **by(site.world.alice))
    undo = removed(alice, f"/views/{view.pk}/update/", query="q=copy")
    assert View.objects.get().query == "q=copy"
    assert browser(site.world.bob).post(undo).status_code == 403
    assert browser(site.world.charlie).post(undo).status_code == 404
    enter(site.world.workspace.pk)
    assert said(alice.post(undo))[0] == "The view Mine is as before."
    assert View.objects.get().query == "q=draft&sort=due"
    alice.post(undo)
    assert View.objects.get().query == "q=draft&sort=due"
    assert said(alice.post(f"/views/{view.pk}/update/", {"query": "q=draft&sort=due"}))[1] == ""


def test_a_view_that_was_changed_again_stays(site: Site, alice: Client) -> None:  # noqa: F811
    view = work.save_view("Mine", "q=draft", shared=False, **by(site.world.alice))
    undo = removed(alice, f"/views/{view.pk}/update/", query="q=copy")
    alice.post(f"/views/{view.pk}/update/", {"query": "q=other"})
    told = "The view Mine was changed again meanwhile. Change it anew instead."
    assert said(alice.post(undo))[0] == told
    assert View.objects.get().query == "q=other"
