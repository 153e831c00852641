"""The palette: every member finds what they may reach, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

from conftest import Person
from fairlead.work import actions
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

HTMX = {"HX-Request": "true"}


def targets(shown: str) -> set[str]:
    return set(re.findall(r'data-command="(?:go|post)" data-target="([^"]+)"', shown))


def test_every_page_of_the_navigation_and_every_project_is_a_command(site: Site, alice: Browser) -> None:  # noqa: F811
    found = targets(text(alice.get("/projects/")))
    assert {"/my-work/", "/projects/", "/tasks/", "/people/", "/projects/WEB/", "/tasks/new/", "/search/"} <= found


def test_every_page_of_the_navigation_has_a_key_of_its_own(site: Site, alice: Browser) -> None:  # noqa: F811
    shown = text(alice.get("/projects/"))
    keys = dict(re.findall(r'class="nav" href="([^"]+)" data-go="([^"]*)"', shown))
    assert keys["/my-work/"] == "m"
    assert "/import/" in keys, "all letters of its name belong to others"
    assert all(re.fullmatch("[a-fh-z]", key) for key in keys.values())
    assert len(set(keys.values())) == len(keys)


def test_a_task_brings_what_its_reader_may_do_with_it(
    site: Site,  # noqa: F811
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    site.make()
    found = targets(text(alice.get("/tasks/WEB-1/")))
    assert {"/tasks/WEB-1/start/", "/tasks/WEB-1/cell/priority/save/", "/tasks/WEB-1/assign-best/"} <= found
    others = {target for target in targets(text(open_as(site.world.bob).get("/tasks/WEB-1/"))) if "WEB-1" in target}
    assert others == {"/time/new/?task=WEB-1&amp;next=/tasks/WEB-1/"}


def test_a_priority_that_was_chosen_leads_back_to_the_task(site: Site, alice: Browser) -> None:  # noqa: F811
    task = site.make()
    answer = alice.post("/tasks/WEB-1/cell/priority/save/", {"value": "4", "next": "/tasks/WEB-1/"})
    task.refresh_from_db()
    assert (answer["Location"], task.priority) == ("/tasks/WEB-1/", 4)
    away = alice.post("/tasks/WEB-1/cell/priority/save/", {"value": "1", "next": "https://evil.example/"})
    assert away["Location"] == "/tasks/?all=1"


def test_tasks_and_people_are_found_while_typing(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Fix the checkout")
    worker_for(site.world.bob, site.now)
    shown = text(alice.get("/palette/?q=check", **HTMX))
    assert 'data-target="/tasks/WEB-1/"' in shown
    assert "<html" not in shown
    assert "Bob" in text(alice.get("/palette/?q=bob", **HTMX))
    assert "There is no operator foo:" in text(alice.get("/palette/?q=foo:bar", **HTMX))
    assert alice.get("/palette/?q=" + "%00" + "x" * 900, **HTMX).status_code == 200


def test_strangers_and_clients_find_nothing_of_the_team(
    site: Site,  # noqa: F811
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    site.make("Fix the checkout")
    worker_for(site.world.bob, site.now)
    alice.get("/projects/")
    for who in (site.world.charlie, site.world.clara):
        browser = open_as(who)
        assert "WEB-1" not in text(browser.get("/palette/?q=check", **HTMX))
        assert "Bob" not in text(browser.get("/palette/?q=bob", **HTMX))


def test_the_sheet_lists_the_keys(site: Site, alice: Browser) -> None:  # noqa: F811
    shown = text(alice.get("/projects/"))
    for words in ("Walk between rows", "Choose all between", "Lift and drop"):
        assert words in shown


def test_lanes_and_folded_columns_are_remembered_for_each_person(
    site: Site,  # noqa: F811
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    site.held(site.world.bob, "Of bob", priority=3)
    site.make("Of nobody")
    ready = site.column("Ready")
    assert alice.post("/projects/WEB/lanes/", {"lanes": "assignee"})["Location"] == "/projects/WEB/"
    alice.post(f"/projects/WEB/columns/{ready.pk}/fold/", {"here": "/projects/WEB/?priority=3"})
    shown = text(alice.get("/projects/WEB/"))
    assert shown.index('data-lane="') < shown.index("Of bob") < shown.index('data-lane="0"') < shown.index("Of nobody")
    assert "Unfold Ready" in shown
    other = text(open_as(site.world.bob).get("/projects/WEB/"))
    assert ("data-lane=" in other, "Unfold Ready" in other) == (False, False)
    alice.post("/projects/WEB/lanes/", {"lanes": "priority"})
    by_priority = text(alice.get("/projects/WEB/"))
    assert by_priority.index(">High") < by_priority.index("Of bob") < by_priority.index("Of nobody")
    assert alice.post("/projects/WEB/lanes/", {"lanes": "mood"}).status_code == 422
    alice.post(f"/projects/WEB/columns/{ready.pk}/unfold/")
    assert "Fold Ready away" in text(alice.get("/projects/WEB/"))


def test_a_soft_limit_warns_and_a_hard_one_refuses(site: Site, alice: Browser) -> None:  # noqa: F811
    ready = site.column("Ready")
    by = {"actor": site.world.alice.actor, "now": site.now}
    site.make("One", status=ready)
    site.make("Two")
    column = {"name": "Ready", "state": "ready", "wip_limit": "1"}
    alice.post(f"/projects/WEB/columns/{ready.pk}/", column)
    place = {"status": ready.pk, "after": "", "version": 1}
    script = {"headers": {"X-Board": "1", "Accept": "text/html, application/problem+json"}}
    refused = alice.post("/tasks/WEB-2/move/", place, **script)
    assert (refused.status_code, "Finish or move one first" in refused.json()["detail"]) == (422, True)
    alice.post(f"/projects/WEB/columns/{ready.pk}/", {**column, "wip_soft": "1"})
    assert alice.post("/tasks/WEB-2/move/", place, **script).status_code == 200
    assert 'class="num col-over"' in text(alice.get("/projects/WEB/"))
    actions.change_status(site.column("Ready"), wip_hard=True, **by)
