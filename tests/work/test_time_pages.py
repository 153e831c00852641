"""The pages of the time log, the inbox and the planner: what they show to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Person
from fairlead.web import time_log
from fairlead.work import actions
from fairlead.work.time.models import TimeEntry
from fairlead.work.time.queries import EntryFilter, entry_list
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

Open = Callable[[Person], Browser]


def logged(site: Site, who: Person, title: str, minutes: int, **more: Any) -> TimeEntry:  # noqa: F811
    task = site.make(title, effort_min=60)
    draft = actions.TimeDraft(site.now.date(), minutes, **more)
    return actions.log_time(worker_for(who, site.now), task, draft, actor=who.actor, now=site.now)


def test_no_cell_of_the_export_is_a_formula(site: Site, alice: Browser) -> None:  # noqa: F811
    logged(site, site.world.bob, "=HYPERLINK(1)", 90, note="+1 for this")
    lines = text(alice.get("/time/export/")).splitlines()
    assert lines[1] == "2026-11-23,,,90,1.50,Bob,Website,WEB-1,'=HYPERLINK(1),'+1 for this,yes,manual"


def test_one_sees_ones_own_time_and_managers_everybodys(site: Site, open_as: Open) -> None:  # noqa: F811
    world = site.world
    logged(site, world.bob, "Work of Bob", 30)
    logged(site, world.dana, "Work of Dana", 30)
    seen = {
        name: [title for title in ("Work of Bob", "Work of Dana") if title in text(open_as(who).get("/time/entries/"))]
        for name, who in (("bob", world.bob), ("alice", world.alice), ("charlie", world.charlie))
    }
    assert seen == {"bob": ["Work of Bob"], "alice": ["Work of Bob", "Work of Dana"], "charlie": []}
    assert open_as(world.clara).get("/time/entries/").status_code == 403
    dana = worker_for(world.dana, site.now)
    assert open_as(world.bob).get(f"/time/?worker={dana.pk}").status_code == 403


def test_cells_are_saved_and_what_is_wrong_is_refused(site: Site, open_as: Open) -> None:  # noqa: F811
    bob = open_as(site.world.bob)
    worker_for(site.world.bob, site.now)
    task = site.make()
    name = f"cell-{task.pk}-2026-11-23"
    bob.post("/time/cells/", {"week": "2026-11-23", name: "1h30"})
    assert list(TimeEntry.objects.values_list("minutes", flat=True)) == [90]
    refused = bob.client.post("/time/cells/", {"week": "2026-11-23", name: "soon"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    bob.post("/time/cells/", {"week": "2026-11-23", name: ""})
    assert not TimeEntry.objects.filter(deleted_at__isnull=True).exists()


def test_lists_show_and_sort_by_what_was_spent(site: Site, alice: Browser, open_as: Open) -> None:  # noqa: F811
    world = site.world
    logged(site, world.bob, "Little", 30)
    logged(site, world.bob, "Much", 90)
    shown = text(alice.get("/projects/WEB/list/?cols=title,effort,spent,left&sort=-spent"))
    assert shown.index("Much") < shown.index("Little")
    assert "30 min over" in shown
    actions.share_project(site.project, world.clara.user, actor=world.alice.actor, now=site.now)
    client = text(open_as(world.clara).get("/projects/WEB/list/?cols=title,spent,left&sort=-spent"))
    assert "Spent" not in client
    assert "30 min" not in text(open_as(world.clara).get("/tasks/WEB-2/"))


def test_the_list_of_entries_asks_equally_often_for_many(site: Site, alice: Browser) -> None:  # noqa: F811
    def queries() -> int:
        alice.get("/time/entries/")
        with CaptureQueriesContext(connection) as found:
            alice.get("/time/entries/")
        return len(found)

    logged(site, site.world.bob, "One", 30)
    few = queries()
    for n in range(20):
        logged(site, site.world.bob, f"T{n}", 30)
    assert queries() == few


def test_sums_leave_out_tasks_in_the_trash_and_pages_follow_each_other(site: Site) -> None:  # noqa: F811
    boss = site.world.alice.actor
    gone = logged(site, site.world.bob, "Gone", 200).task
    for n in range(60):
        logged(site, site.world.bob if n % 3 else site.world.dana, f"T{n}", 10, billable=n >= 15)
    actions.delete_task(gone, actor=boss, now=site.now)
    first, last = (entry_list(boss, EntryFilter(), page=page) for page in (1, 9))
    assert (first.total, first.minutes, first.billable_min, first.pages, last.page) == (60, 600, 450, 2, 2)
    assert [row["task__title"] for row in first.rows + last.rows] == [f"T{n}" for n in range(59, -1, -1)]
    bob = worker_for(site.world.bob, site.now)
    assert entry_list(boss, EntryFilter(worker=bob.pk)).total == 40
    assert entry_list(boss, EntryFilter(named="oB")) == entry_list(boss, EntryFilter(worker=bob.pk))
    assert entry_list(site.world.bob.actor, EntryFilter(named="Dana")).total == 0


def test_whose_time_is_typed_where_people_are_many(
    site: Site,  # noqa: F811
    open_as: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = site.world
    logged(site, world.bob, "Work of Bob", 30)
    logged(site, world.dana, "Work of Dana", 30)
    dana, boss = worker_for(world.dana, site.now), open_as(world.alice)
    pages = ("/time/", "/time/entries/")
    assert all(f'<option value="{dana.pk}"' in text(boss.get(page)) for page in pages)
    monkeypatch.setattr(time_log, "LISTED_PEOPLE", 1)
    for page in pages:
        shown = text(boss.get(page))
        assert f'<option value="{dana.pk}"' not in shown
        assert 'hx-get="/people/names/"' in shown
    found = text(boss.get("/time/entries/?worker=dAn"))
    assert ("Work of Dana" in found, "Work of Bob" in found, 'value="dAn"' in found) == (True, False, True)
    assert 'value="Dana"' in text(boss.get(f"/time/entries/?worker={dana.pk}"))
    for asked in ("dana", "an+d", str(dana.pk)):
        assert "Week of Dana" in text(boss.get(f"/time/?worker={asked}"))
    assert "Nobody here is called “zoe”" in text(boss.get("/time/?worker=zoe"))
    assert open_as(world.bob).get("/time/?worker=dana").status_code == 403
    mine = text(open_as(world.bob).get("/time/entries/?worker=dana"))
    assert "Work of" not in mine
    assert "/people/names/" not in mine


def test_a_forgotten_timer_asks_in_the_top_bar(site: Site, open_as: Open) -> None:  # noqa: F811
    world, now = site.world, timezone.now()
    bob, page = worker_for(world.bob, now), open_as(world.bob)
    actions.start_timer(bob, site.make(), actor=world.bob.actor, now=now - timedelta(hours=11))
    assert "Do you still work on WEB-1?" in text(page.get("/projects/"))
    assert "Still at WEB-1?" in text(page.get("/timer/choose/"))
    page.post("/timer/keep/", {"spent": "2h"})
    assert TimeEntry.objects.get().minutes == 120


@pytest.mark.parametrize("path", ["/inbox/", "/planner/", "/time/", "/time/approval/"])
def test_clients_are_refused(site: Site, open_as: Open, path: str) -> None:  # noqa: F811
    assert open_as(site.world.clara).get(path).status_code == 403


def test_notes_and_titles_of_blocks_stay_private(site: Site, open_as: Open, alice: Browser) -> None:  # noqa: F811
    world, now = site.world, timezone.now()
    worker = worker_for(world.bob, now)
    actions.capture("Ask for a raise", actor=world.bob.actor, now=now, zone="UTC")
    span = (now, now + timedelta(hours=1))
    actions.add_block(worker, span, title="Dentist", kind="private", actor=world.bob.actor, now=now)
    mine = text(open_as(world.bob).get("/planner/"))
    assert ("Ask for a raise" in mine, "Dentist" in mine) == (True, True)
    for path in ("/planner/", "/activity/", "/schedule/", f"/people/{worker.pk}/"):
        shown = text(alice.get(path))
        assert ("Ask for a raise" in shown, "Dentist" in shown) == (False, False)
