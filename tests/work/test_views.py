"""Saved views: who sees them, what they keep, and which one the list opens with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Person
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.work import actions, queries
from fairlead.work.models import StartView, View
from work.conftest import Site
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

OPEN_URGENT = "state=open&priority=4&sort=-due&group=week&cols=title%2Cstatus%2Clabels"


def saved(site: Site, name: str = "Urgent", *, by: Person | None = None, shared: bool = False) -> View:
    who = (by or site.world.bob).actor
    return actions.save_view(name, OPEN_URGENT, shared=shared, actor=who, now=site.now)


def names(who: Person) -> list[str]:
    return [row.name for row in queries.view_rows(who.actor)]


def test_a_view_is_private_until_it_is_shared_with_the_team(site: Site) -> None:
    world, view = site.world, saved(site)
    assert (names(world.bob), names(world.alice), names(world.audrey)) == (["Urgent"], [], [])
    actions.change_view(view, shared=True, actor=world.bob.actor, now=site.now)
    assert [names(who) for who in (world.alice, world.audrey, world.echo)] == [["Urgent"]] * 3
    assert [names(who) for who in (world.clara, world.charlie)] == [[], []]
    with pytest.raises(Missing):
        queries.find_view(world.charlie.actor, view.pk)


def test_the_log_tells_of_shared_views_only(site: Site) -> None:
    view = saved(site)
    actions.remove_view(view, actor=site.world.bob.actor, now=site.now)
    saved(site, "Ours", shared=True)
    assert list(Event.objects.filter(kind__startswith="view").values_list("kind", "payload")) == [
        ("view.shared", {"name": "Ours"})
    ]


def test_only_its_owner_changes_a_view_and_managers_may_remove_a_shared_one(site: Site) -> None:
    world, view = site.world, saved(site, shared=True)
    for who in (world.dana, world.alice, world.clara, world.charlie):
        with pytest.raises(Forbidden):
            actions.change_view(view, name="Stolen", actor=who.actor, now=site.now)
    for who in (world.dana, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.remove_view(view, actor=who.actor, now=site.now)
    actions.remove_view(view, actor=world.alice.actor, now=site.now)
    assert not View.objects.exists()


def test_a_client_has_views_of_their_own_and_shares_none(site: Site) -> None:
    clara = site.world.clara
    assert saved(site, by=clara).owner == clara.user
    with pytest.raises(Forbidden):
        saved(site, "For all", by=clara, shared=True)


def test_a_name_is_needed_and_is_given_once_by_each(site: Site) -> None:
    saved(site)
    saved(site, by=site.world.alice)
    with pytest.raises(Conflict):
        saved(site)
    for name, query in (("  ", ""), ("x" * 61, ""), ("Long", "q=" + "x" * 1000)):
        with pytest.raises(Invalid):
            actions.save_view(name, query, shared=False, actor=site.world.bob.actor, now=site.now)


def test_a_view_that_is_no_longer_shared_is_no_longer_anybodys_start(site: Site) -> None:
    world, view = site.world, saved(site, shared=True)
    for who in (world.bob, world.alice):
        actions.start_with(view, actor=who.actor)
    actions.change_view(view, shared=False, actor=world.bob.actor, now=site.now)
    assert [start.user for start in StartView.objects.all()] == [world.bob.user]


def test_the_page_shows_the_view_and_its_address_can_be_tried_out(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Burning", priority=4)
    site.make("Calm", priority=1)
    answer = alice.post("/views/", {"name": "Urgent", "query": OPEN_URGENT + "&evil=1", "starts": "1"})
    view = View.objects.get()
    assert (answer["Location"], view.query) == (f"/views/{view.pk}/", OPEN_URGENT)
    shown = text(alice.get(f"/views/{view.pk}/"))
    assert ("Burning" in shown, "Calm" in shown, "No due date" in shown) == (True, False, True)
    assert "Save changes" not in shown
    tried = text(alice.get(f"/views/{view.pk}/?priority=1"))
    assert ("Burning" in tried, "Calm" in tried, "Save changes to Urgent" in tried) == (False, True, True)
    assert alice.get("/tasks/")["Location"] == f"/views/{view.pk}/"
    assert "Calm" in text(alice.get("/tasks/?all=1"))
    alice.post("/views/start-with-all/")
    assert alice.get("/tasks/").status_code == 200


def test_a_stranger_gets_no_view(site: Site, open_as: Callable[[Person], Browser]) -> None:  # noqa: F811
    view = saved(site, shared=True)
    assert open_as(site.world.alice).get(f"/views/{view.pk}/").status_code == 200
    for who in (site.world.charlie, site.world.clara):
        assert open_as(who).get(f"/views/{view.pk}/").status_code == 404


def test_filters_by_skill_and_by_ranges_of_days(site: Site, alice: Browser) -> None:  # noqa: F811
    from work.conftest import skill

    scala = skill(site.world, "Scala", site.now)
    site.make("Port", needs={scala.pk: 3}, due_at=site.now.replace(day=27))
    site.make("Paint", due_at=site.now.replace(day=30))
    wanted = {
        f"skill={scala.pk}": ["Port"], "due_from=2026-11-28": ["Paint"], "due_to=2026-11-27": ["Port"],
        "due_from=2026-11-27&due_to=2026-11-30": ["Port", "Paint"], "created_to=2026-11-22": [],
        "created_from=2026-11-23": ["Port", "Paint"], "due_from=yesterday": ["Port", "Paint"],
    }  # fmt: skip
    for query, titles in wanted.items():
        shown = text(alice.get(f"/tasks/?{query}"))
        assert [title for title in ("Port", "Paint") if f">{title}</a>" in shown] == titles, query


def test_columns_are_chosen_in_the_address_and_clients_never_see_efforts(
    site: Site,
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    site.make("Port", effort_min=300, labels=("shop",))
    shown = text(alice.get("/tasks/?cols=title,effort,labels"))
    assert ("5 h" in shown, ">Labels" in shown, "Changed ↓" in shown) == (True, True, False)
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    assert "5 h" not in text(open_as(site.world.clara).get("/tasks/?cols=title,effort"))
