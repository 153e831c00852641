"""The list shows what may be done in each project, by the role that the project gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages

from conftest import Person
from fairlead.allocation import actions as allocation
from fairlead.lib.errors import Forbidden
from fairlead.work import actions
from fairlead.work.models import Project, Task

from .conftest import Site
from .test_batches import hired
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


def held_by(project: Project) -> dict[str, str | None]:
    rows = Task.objects.filter(project=project).order_by("number").values_list("number", "assignee__name")
    return {f"{project.key}-{number}": name for number, name in rows}


def test_a_contributor_who_leads_a_project_gives_many_of_its_tasks_and_hears_which_not(
    site: Site, ops: Project, bob: Browser
) -> None:
    dana, by = hired(site, "Dana"), {"actor": site.world.alice.actor, "now": site.now}
    site.make("A", effort_min=30)
    site.make("B", effort_min=30)
    actions.create_task(ops, actions.TaskDraft(title="C"), **by)
    sent = {"task": ["WEB-1", "OPS-1", "WEB-2"], "assignee": str(dana.pk)}
    assert 'aria-label="Give them to"' not in text(bob.get("/tasks/?all=1"))
    assert bob.post("/tasks/bulk/", sent).status_code == 403
    actions.put_member(site.project, site.world.bob.user, "lead", **by)
    assert 'aria-label="Give them to"' in text(bob.get("/tasks/?all=1"))
    seen = text(bob.post("/tasks/bulk/", sent))
    assert "2 tasks change, 1 is skipped" in seen
    assert '<b class="num">OPS-1</b> You do not lead Operations. Ask one of its leads.' in seen
    done = bob.post("/tasks/bulk/do/", sent)
    assert (held_by(site.project), held_by(ops)) == ({"WEB-1": "Dana", "WEB-2": "Dana"}, {"OPS-1": None})
    undo = list(get_messages(done.wsgi_request))[-1].extra_tags
    assert bob.post(undo).status_code == 302
    assert held_by(site.project) == {"WEB-1": None, "WEB-2": None}


def test_an_agent_that_leads_nothing_and_a_manager_who_looks_on_give_nothing_of_it(site: Site, ops: Project) -> None:
    dana, world = hired(site, "Dana"), site.world
    site.make("A", effort_min=30)
    actions.put_member(site.project, world.alice.user, "viewer", actor=world.olga.actor, now=site.now)
    done = allocation.assign_many(["WEB-1"], dana, actor=world.alice.actor, now=site.now)
    assert (done.changed, done.skipped) == ((), (("WEB-1", "You do not lead Website. Ask one of its leads."),))
    seen = allocation.preview_assign(["WEB-1"], dana, actor=world.alice.actor, now=site.now)
    assert seen.skipped == done.skipped
    actions.put_member(ops, world.echo.user, "contributor", actor=world.olga.actor, now=site.now)
    with pytest.raises(Forbidden):
        allocation.preview_assign(["WEB-1"], dana, actor=world.echo.actor, now=site.now)


def test_cells_of_an_archived_project_are_plain_in_the_list_over_all(
    site: Site,
    ops: Project,
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    site.make("A")
    actions.create_task(ops, actions.TaskDraft(title="B"), **by)
    alice = open_as(site.world.alice)

    def cells(key: str) -> int:
        row = text(alice.get("/tasks/?all=1")).partition(f'id="row-{key}"')[2].partition("</tr>")[0]
        return row.count("data-cell=")

    usual = cells("OPS-1")
    assert usual == cells("WEB-1") > 3
    actions.archive_project(ops, **by)
    assert (cells("OPS-1"), cells("WEB-1")) == (0, usual)
    assert "data-cell=" not in text(alice.get("/tasks/OPS-1/row/", **HTMX))
    for cell in ("priority", "assignee"):
        refused = alice.get(f"/tasks/OPS-1/cell/{cell}/")
        assert (refused.status_code, "Operations is archived. Restore it" in text(refused)) == (422, True)
    assert 'aria-label="Choose OPS-1">' in text(alice.get("/tasks/?all=1"))  # to be put into the trash, or moved away
