"""Tasks on the days of a calendar, as different readers see them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from conftest import NOW
from fairlead.events.tenancy import enter
from fairlead.people import actions as people
from fairlead.work import actions, queries
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.queries.calendar import lanes
from work.conftest import Site, worker_for

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def at(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def shown(site: Site, who: str = "alice", zone: str = "UTC", **wanted: Any) -> list[tuple[str, int, int]]:
    """(key, first day, last day) of all entries of November."""
    actor = getattr(site.world, who).actor
    found = queries.calendar(actor, TaskFilter(**wanted), FIRST, LAST, now=site.now, zone=zone)
    return [(it.row["key"], it.first.day, it.last.day) for it in found.entries]


def test_tasks_stand_on_their_due_day_or_from_their_start_until_it(site: Site) -> None:
    site.make("Point", due_at=at(10))
    site.make("Span", release_at=at(8, 0), due_at=at(12))
    site.make("Bare")
    site.make("Later", due_at=datetime(2026, 12, 1, 0, tzinfo=UTC))
    site.make("From before", release_at=datetime(2026, 10, 20, tzinfo=UTC), due_at=at(3))
    assert shown(site) == [("WEB-5", 20, 3), ("WEB-2", 8, 12), ("WEB-1", 10, 10)]
    found = queries.calendar(site.world.alice.actor, TaskFilter(), FIRST, LAST, now=site.now)
    assert ([row["key"] for row in found.tray], found.undated) == (["WEB-3"], 1)


def test_days_are_those_of_the_reader(site: Site) -> None:
    site.make("Late at night", due_at=at(10, 23))
    assert shown(site) == [("WEB-1", 10, 10)]
    assert shown(site, zone="Asia/Tokyo") == [("WEB-1", 11, 11)]


def test_cancelled_ones_are_shown_only_when_asked_for_and_done_ones_are_never_late(site: Site) -> None:
    alice = site.world.alice.actor
    done, cancelled, _late = (site.make(name, due_at=at(10)) for name in "ABC")
    actions.complete_task(done, actor=alice, now=site.now)
    actions.cancel_task(cancelled, actor=alice, now=site.now)
    found = queries.calendar(alice, TaskFilter(), FIRST, LAST, now=site.now)
    assert [(it.row["key"], it.late, it.is_over) for it in found.entries] == [
        ("WEB-1", False, True),
        ("WEB-3", True, False),
    ]
    assert [key for key, *_ in shown(site, state="cancelled")] == ["WEB-2"]


def test_the_filter_is_the_one_of_the_list(site: Site) -> None:
    site.make("Blue", due_at=at(10), labels=("a",), priority=3)
    site.make("Red", due_at=at(10))
    assert [key for key, *_ in shown(site, label="a")] == ["WEB-1"]
    assert [key for key, *_ in shown(site, text="red")] == ["WEB-2"]
    assert shown(site, due="none") == []


def test_time_off_and_holidays_are_told_of_the_one_person_who_is_asked_for(site: Site) -> None:
    alice, bob = site.world.alice.actor, worker_for(site.world.bob, NOW)
    people.change_worker(bob, actor=alice, now=NOW, country="PL")
    off = people.request_time_off(bob, date(2026, 11, 26), date(2026, 11, 27), "Away", actor=alice, now=NOW)
    if off.state != "approved":
        people.approve_time_off(off, actor=alice, now=NOW)

    def away(who: str, assignee: str) -> list[tuple[str, int, int]]:
        actor = getattr(site.world, who).actor
        found = queries.calendar(actor, TaskFilter(assignee=assignee), FIRST, LAST, now=site.now)
        return [(it.name, it.first.day, it.last.day) for it in found.away]

    assert ("Bob is away", 26, 27) in away("alice", str(bob.pk))
    assert ("National Independence Day", 11, 11) in away("bob", "me")
    assert away("alice", "") == []
    assert away("clara", str(bob.pk)) == []
    assert away("charlie", str(bob.pk)) == []


def test_strangers_and_clients_see_only_what_is_theirs(site: Site) -> None:
    site.make("Ours", due_at=at(10))
    assert (shown(site, "charlie"), shown(site, "clara")) == ([], [])
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    assert shown(site, "clara") == [("WEB-1", 10, 10)]


def test_bars_take_the_first_lane_that_is_free(site: Site) -> None:
    for first, last in ((2, 4), (3, 3), (4, 5), (5, 8)):
        site.make(f"{first}", release_at=at(first, 0), due_at=at(last))
    found = queries.calendar(site.world.alice.actor, TaskFilter(), FIRST, LAST, now=site.now)
    placed = lanes(found.entries, date(2026, 11, 2), date(2026, 11, 8))
    assert [(it.row["key"], lane) for lane, it in placed] == [("WEB-1", 0), ("WEB-2", 1), ("WEB-3", 1), ("WEB-4", 0)]
    assert [it.row["key"] for _, it in lanes(found.entries, date(2026, 11, 6), date(2026, 11, 8))] == ["WEB-4"]


# the page


@pytest.fixture
def alice(site: Site) -> Client:
    client = Client()
    client.force_login(site.world.alice.user)
    return client


def test_the_page_shows_a_month_and_counts_what_does_not_fit(site: Site, alice: Client) -> None:
    for n in range(7):
        site.make(f"Task {n}", due_at=at(10))
    html = alice.get("/calendar/?on=2026-11-15").content.decode()
    assert "November 2026" in html
    assert "+3 more" in html
    day = alice.get("/projects/WEB/calendar/?view=day&on=2026-11-10").content.decode()
    assert day.count('class="cal-line-link"') == 7
    assert "Tuesday, 10 November 2026" in day


def test_each_day_has_its_first_tasks_and_counts_the_others_also_those_that_go_on(site: Site) -> None:
    for day, count in ((10, 4), (11, 5), (30, 1)):
        for n in range(count):
            site.make(f"On {day}", due_at=at(day, 18 - n))
    for n in range(4):
        site.make("Goes on", release_at=at(20), due_at=datetime(2026, 12, 2 + n, 18, tzinfo=UTC))
    site.make("Begins later", release_at=datetime(2026, 12, 1, 9, tzinfo=UTC), due_at=datetime(2026, 12, 2, tzinfo=UTC))
    alice = site.world.alice.actor
    found = queries.calendar(alice, TaskFilter(), FIRST, LAST, now=site.now, each=4)
    assert dict(found.more) == {date(2026, 11, 11): 1}
    assert [it.at.hour for it in found.on(date(2026, 11, 11))] == [14, 15, 16, 17]
    assert len(found.on(date(2026, 11, 25))) == 4
    few = queries.calendar(alice, TaskFilter(), FIRST, LAST, now=site.now, each=3)
    assert dict(few.more) == {date(2026, 11, 10): 1, date(2026, 11, 11): 2, date(2026, 11, 30): 1}
    assert [it.row["key"] for it in few.on(date(2026, 11, 25))] == ["WEB-13", "WEB-12", "WEB-11"]  # the longest first
    assert not few.cut


def test_what_is_not_over_has_its_place_on_a_full_day_first(site: Site) -> None:
    actor = site.world.alice.actor
    actions.complete_task(site.make("Done", due_at=at(10, 8)), actor=actor, now=site.now)
    site.make("Open", due_at=at(10, 9))
    found = queries.calendar(actor, TaskFilter(), FIRST, LAST, now=site.now, each=1)
    assert [it.row["title"] for it in found.entries] == ["Open"]
    assert dict(found.more) == {date(2026, 11, 10): 1}


def test_days_that_are_full_are_those_of_the_reader(site: Site) -> None:
    for _ in range(3):
        site.make("Late at night", due_at=at(10, 23))
    actor = site.world.alice.actor
    found = queries.calendar(actor, TaskFilter(), FIRST, LAST, now=site.now, zone="Asia/Tokyo", each=2)
    assert dict(found.more) == {date(2026, 11, 11): 1}
    assert len(found.on(date(2026, 11, 11))) == 2


def test_the_agenda_leads_to_the_day_for_what_it_leaves_out(site: Site, alice: Client) -> None:
    for n in range(7):
        site.make(f"Task {n}", due_at=at(25))
    html = alice.get("/projects/WEB/calendar/?view=agenda&on=2026-11-23").content.decode()
    assert html.count('class="cal-line-link"') == 6
    assert 'href="/projects/WEB/calendar/?view=day&amp;on=2026-11-25">+1 more' in html
    week = alice.get("/projects/WEB/calendar/?view=week&on=2026-11-23").content.decode()
    assert week.count('class="cal-line-link"') == 7
    assert "more" not in week[week.index('class="cal-main"') : week.index("</main>")]


def test_odd_addresses_show_the_present_month(site: Site, alice: Client) -> None:
    for query in (
        "?view=year&on=yesterday",
        "?on=0001-01-01",
        "?on=9999-12-31&view=week",
        "?view=agenda&on=2199-12-31",
    ):
        assert alice.get(f"/calendar/{query}").status_code == 200


def test_a_day_for_a_new_task_is_filled_in(site: Site, alice: Client) -> None:
    assert 'value="2026-12-03"' in alice.get("/tasks/new/?project=WEB&due=2026-12-03").content.decode()


def test_a_task_gets_another_day_and_keeps_its_hour(site: Site, alice: Client) -> None:
    site.world.alice.user.time_zone = "Europe/Berlin"
    site.world.alice.user.save()
    task = site.make("A", release_at=at(9, 8), due_at=at(10, 15))
    answer = alice.post(
        "/tasks/WEB-1/day/", {"day": "2026-11-12", "next": "/calendar/"}, HTTP_ACCEPT="application/json"
    )
    told = answer.json()
    assert told["text"] == "WEB-1 is due on Thu 12 Nov."
    task.refresh_from_db()
    assert (task.release_at, task.due_at) == (at(11, 8), at(12, 15))
    assert alice.post(told["undo_url"]).status_code == 302
    task.refresh_from_db()
    assert (task.release_at, task.due_at) == (at(9, 8), at(10, 15))


def test_a_task_without_a_date_is_due_at_six_and_followers_that_begin_too_early_are_named(
    site: Site, alice: Client
) -> None:
    task, then = site.make("A"), site.make("B", due_at=at(10))
    actions.add_dependency(then, task, actor=site.world.alice.actor, now=site.now)
    answer = alice.post("/tasks/WEB-1/day/", {"day": "2026-11-12"}, HTTP_ACCEPT="application/json")
    assert answer.json()["text"] == "WEB-1 is due on Thu 12 Nov. WEB-2 now begins too early."
    task.refresh_from_db()
    assert task.due_at == at(12)


def test_wrong_days_and_people_who_may_not_are_refused(site: Site, alice: Client) -> None:
    site.make("A", due_at=at(10))
    assert alice.post("/tasks/WEB-1/day/", {"day": "soon"}, HTTP_ACCEPT="application/json").status_code == 422
    for who, status in (("bob", 403), ("echo", 403), ("audrey", 403), ("clara", 404), ("charlie", 404)):
        client = Client()
        client.force_login(getattr(site.world, who).user)
        answer = client.post("/tasks/WEB-1/day/", {"day": "2026-11-12"}, HTTP_ACCEPT="application/json")
        assert (who, answer.status_code) == (who, status)
    enter(site.world.workspace.pk)
    assert Task.objects.get().due_at == at(10)


@pytest.mark.parametrize("count", [3, 30])
def test_a_calendar_of_any_size_takes_the_same_queries(
    site: Site, alice: Client, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        site.make(f"Task {n}", due_at=at(1 + n % 28))
    alice.get("/calendar/?on=2026-11-15")
    with django_assert_num_queries(CALENDAR_QUERIES):
        alice.get("/calendar/?on=2026-11-15")


CALENDAR_QUERIES = 22
