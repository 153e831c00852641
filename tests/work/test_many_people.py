"""Where many people hold tasks: the filter takes a typed name, and the directory works out one page at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.people.models import BusyBlock, Calendar, Hours, TimeOff, Worker
from fairlead.people.queries import DirectoryFilter, directory, directory_page, directory_workers
from fairlead.web import member_field, task_filters, task_list
from fairlead.work import actions
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.queries import lists
from fairlead.work.queries import task_list as listed
from fairlead.work.queries.lists import PAGE
from work.conftest import Site, worker_for
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures


def crowd(site: Site, count: int) -> None:
    """So many more workers: Kim 000, Kim 001 …"""
    Worker.objects.bulk_create(
        Worker(workspace=site.world.alice.workspace, kind="employee", name=f"Kim {n:03}", created_at=site.now)
        for n in range(count)
    )


def test_few_people_are_listed_and_many_are_typed(
    site: Site,
    alice: Browser,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob, dana = worker_for(site.world.bob, site.now), worker_for(site.world.dana, site.now)
    site.held(site.world.bob, "Of Bob")
    site.held(site.world.dana, "Of Dana")
    listed = text(alice.get("/tasks/?all=1"))
    assert f'<option value="{dana.pk}">{dana.name}</option>' in listed
    assert 'hx-get="/people/names/"' not in listed
    for place in (task_filters, task_list):
        monkeypatch.setattr(place, "LISTED_PEOPLE", 1)
    typed = text(alice.get("/tasks/?all=1"))
    assert f">{dana.name}</option>" not in typed
    assert 'hx-get="/people/names/"' in typed
    chosen = text(alice.get(f"/tasks/?all=1&assignee={bob.pk}"))
    assert f'name="assignee" id="filter-assignee" value="{bob.name}"' in chosen


def test_a_part_of_a_name_filters_every_list(site: Site, alice: Browser) -> None:  # noqa: F811
    site.held(site.world.bob, "Of Bob")
    site.held(site.world.dana, "Of Dana")
    for address in ("/tasks/?all=1&assignee={}", "/projects/WEB/?assignee={}", "/projects/WEB/list/?assignee={}"):
        shown = text(alice.get(address.format("dAn")))
        assert ("Of Dana" in shown, "Of Bob" in shown) == (True, False)
        assert "Of Dana" not in text(alice.get(address.format("nobody+like+this")))
        assert alice.get(address.format("%00" + "9" * 40)).status_code == 200


def test_names_are_proposed_to_the_team_only(
    site: Site,
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    crowd(site, 20)
    shown = text(alice.get("/people/names/?assignee=ki+01"))
    assert [f'value="Kim {n:03}"' in shown for n in (1, 9, 10, 19)] == [True, False, True, True]
    assert text(alice.get("/people/names/?assignee=Kim")).count("<option") == 12
    assert "Kim" not in text(open_as(site.world.charlie).get("/people/names/?assignee=Kim"))
    assert open_as(site.world.clara).get("/people/names/?assignee=Kim").status_code == 403


def test_a_page_of_the_directory_is_a_part_of_the_whole(site: Site) -> None:
    crowd(site, 30)
    actor, now = site.world.alice.actor, site.now
    whole = directory(actor, DirectoryFilter(), now=now)
    page = directory_page(actor, DirectoryFilter(), start=12, size=10, now=now)
    assert (page.rows, page.first, page.total) == (whole[10:20], 10, len(whole))
    last = directory_page(actor, DirectoryFilter(text="kim"), start=999, size=10, now=now)
    assert (last.first, last.total, len(last.rows)) == (20, 30, 10)
    assert list(directory_workers(actor, DirectoryFilter(text="kim"), now=now).values_list("pk", flat=True)) == [
        row.id for row in directory(actor, DirectoryFilter(text="kim"), now=now)
    ]
    here = directory_page(actor, DirectoryFilter(available=True), start=0, size=10, now=now)
    assert here.rows == directory(actor, DirectoryFilter(available=True), now=now)[:10]
    empty = directory_page(actor, DirectoryFilter(text="nobody"), start=50, size=10, now=now)
    assert (empty.rows, empty.first, empty.total) == ([], 0, 0)


def test_who_is_available_is_the_same_page_by_page(site: Site) -> None:
    crowd(site, 6)
    actor, now = site.world.alice.actor, site.now  # a Monday, 9:00 UTC
    works, later, ends, busy, away, rests = Worker.objects.filter(name__startswith="Kim").order_by("name")
    minutes = {works: (540, 1020), later: (541, 1020), ends: (480, 540), busy: (0, 1440), away: (0, 1440)}
    spans = [(worker, 0, low, high) for worker, (low, high) in minutes.items()]
    spans += [(rests, 0, 0, 1440), (rests, 6, 0, 1440)]
    workspace = site.world.alice.workspace
    Hours.objects.bulk_create(
        Hours(workspace=workspace, worker=worker, weekday=day, from_min=low, to_min=high)
        for worker, day, low, high in spans
    )
    Worker.objects.filter(pk=rests.pk).update(day_minutes=300)
    span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    calendar = Calendar.objects.create(workspace=workspace, worker=busy, created_at=now)
    BusyBlock.objects.create(workspace=workspace, worker=busy, calendar=calendar, **span)
    TimeOff.objects.create(
        workspace=workspace, worker=away, starts_on=now.date(), ends_on=now.date(), state="approved", created_at=now
    )
    wanted = DirectoryFilter(text="kim", available=True)
    whole = directory(actor, wanted, now=now)
    assert [row.name for row in whole] == ["Kim 000"]
    assert directory_page(actor, wanted, start=0, size=10, now=now).rows == whole
    assert [worker.name for worker in directory_workers(actor, wanted, now=now)] == ["Kim 000"]
    later_on = now + timedelta(minutes=1)
    assert [row.name for row in directory_page(actor, wanted, start=0, size=1, now=later_on).rows] == ["Kim 000"]
    assert directory_page(actor, wanted, start=1, size=1, now=later_on).rows[0].name == "Kim 001"


def test_the_directory_takes_the_same_queries_for_any_number(site: Site, alice: Browser) -> None:  # noqa: F811
    crowd(site, 3)
    few = _queries(alice, "/people/")
    crowd(site, 150)
    assert _queries(alice, "/people/") == few
    assert "Kim" in text(alice.get("/people/?from=100"))


def _queries(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        browser.get(address)
    return len(found)


def test_the_account_of_a_profile_is_typed_where_members_are_many(
    site: Site,
    alice: Browser,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob, dana = worker_for(site.world.bob, site.now), site.world.dana.user
    address = f"/people/{bob.pk}/edit/"
    listed = text(alice.get(address))
    assert f'<option value="{dana.pk}">{dana.name} ({dana.email})</option>' in listed
    assert "/people/members/" not in listed
    monkeypatch.setattr(member_field, "LISTED_PEOPLE", 1)
    typed = text(alice.get(address))
    assert f'<option value="{dana.pk}">' not in typed
    assert f'value="{site.world.bob.user.name} ({site.world.bob.user.email})"' in typed
    assert f'value="{dana.name} ({dana.email})"' in text(alice.get(f"/people/members/?owner={dana.email[:6]}"))
    form = {
        "kind": "agent", "name": "Robot", "time_zone": "UTC", "lanes": "1", "speed_percent": "100",
        "version": bob.version,
    }  # fmt: skip
    assert alice.post(address, {**form, "owner": f"{dana.name} ({dana.email})", "user": ""}).status_code == 302
    bob.refresh_from_db()
    assert (bob.owner_id, bob.user_id) == (dana.pk, None)
    refused = alice.post(address, {**form, "version": bob.version, "owner": "somebody@else.example"})
    assert refused.status_code == 422
    assert "Nobody here has this address." in text(refused)
    assert 'value="somebody@else.example"' in text(refused)


def test_members_are_proposed_to_managers_of_the_same_workspace_without_clients(
    site: Site,
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    world = site.world
    assert world.dana.user.email in text(alice.get("/people/members/?user="))
    assert world.clara.user.email not in text(alice.get(f"/people/members/?user={world.clara.user.email}"))
    assert world.charlie.user.email not in text(alice.get(f"/people/members/?user={world.charlie.user.email}"))
    assert open_as(world.bob).get("/people/members/?user=").status_code == 403


def test_a_long_list_by_people_has_the_same_pages_as_a_short_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = site.world.alice.actor
    people = Worker.objects.bulk_create(
        Worker(workspace=site.world.workspace, name=name, kind="freelancer", time_zone="UTC", created_at=site.now)
        for name in [*(f"Zoe {n:02}" for n in range(PAGE)), "Ann", "Ann", "Åsa"]
    )
    made = [site.make(f"T{n}") for n in range(2 * PAGE + 7)]
    holders = [*people[-3:], people[0], None]
    for n, task in enumerate(made):
        Task.objects.filter(pk=task.pk).update(assignee=holders[n % 5])
    actions.delete_task(made[0], actor=actor, now=site.now)

    def pages(**asked: Any) -> list[list[tuple[str, str]]]:
        found = [
            listed(actor, TaskFilter(**asked), now=site.now, sort="title", group="assignee", page=page)
            for page in (1, 2, 3, 4)
        ]
        return [[(row["group"], row["title"]) for row in one.rows] for one in found]

    short = pages(), pages(state="open")
    assert [len(page) for page in short[0]] == [PAGE, PAGE, 6, 6]
    assert (short[0][0][0][0], short[0][2][-1][1][0]) == ("Ann", "T")
    assert {group for page in short[0] for group, _ in page} == {"", "Ann", "Åsa", "Zoe 00", "Nobody yet"}
    monkeypatch.setattr(lists, "LONG", 0)
    assert (pages(), pages(state="open")) == short
