"""The list shows what may be done in each project, by the role that the project gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Person
from fairlead.work import actions
from fairlead.work.models import Project

from .conftest import Site
from .test_pages import HTMX, Browser, open_as, text  # noqa: F401  fixtures

GIVE = 'data-cell="assignee"'


@pytest.fixture
def ops(site: Site) -> Project:
    return actions.create_project(key="OPS", name="Operations", actor=site.world.alice.actor, now=site.now)


@pytest.fixture
def bob(site: Site, open_as: Callable[[Person], Browser]) -> Browser:  # noqa: F811
    return open_as(site.world.bob)


def test_who_leads_a_project_gives_its_tasks_in_the_list_and_those_of_no_other(
    site: Site, ops: Project, bob: Browser
) -> None:
    site.make("A")
    actions.create_task(ops, actions.TaskDraft(title="B"), actor=site.world.alice.actor, now=site.now)
    assert GIVE not in text(bob.get("/projects/WEB/list/"))
    actions.put_member(site.project, site.world.bob.user, "lead", actor=site.world.alice.actor, now=site.now)
    assert GIVE in text(bob.get("/projects/WEB/list/"))
    assert GIVE in text(bob.get("/tasks/WEB-1/row/?cols=assignee", **HTMX))
    assert bob.get("/tasks/WEB-1/cell/assignee/", **HTMX).status_code == 200
    assert GIVE not in text(bob.get("/projects/OPS/list/"))
    assert bob.get("/tasks/OPS-1/cell/assignee/", **HTMX).status_code == 403
    assert text(bob.get("/tasks/")).count(GIVE) == 1


def test_a_manager_who_only_looks_on_in_a_project_gives_nothing_there(
    site: Site,
    ops: Project,
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    world = site.world
    site.make("A")
    alice = open_as(world.alice)
    assert GIVE in text(alice.get("/projects/WEB/list/"))
    actions.put_member(site.project, world.alice.user, "viewer", actor=world.olga.actor, now=site.now)
    shown = text(alice.get("/projects/WEB/list/"))
    assert (GIVE in shown, "data-pick" in shown) == (False, False)
    assert alice.get("/tasks/WEB-1/cell/assignee/", **HTMX).status_code == 403


def test_who_looks_on_has_nothing_to_choose_but_what_they_hold(site: Site, bob: Browser) -> None:
    site.make("A")
    assert "data-pick" in text(bob.get("/projects/WEB/list/"))
    actions.put_member(site.project, site.world.bob.user, "viewer", actor=site.world.alice.actor, now=site.now)
    assert "data-pick" not in text(bob.get("/projects/WEB/list/"))
    site.held(site.world.bob, "Mine")
    shown = text(bob.get("/projects/WEB/list/"))
    assert 'aria-label="Choose WEB-2"' in shown
    assert 'aria-label="Choose WEB-1" disabled' in shown
