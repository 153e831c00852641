"""Private projects and roles in projects: who sees, who may, and that nobody raises themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from conftest import Person, World
from fairlead.accounts.models import Workspace
from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden, Invalid, Missing
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions, permissions
from fairlead.work.actions import HoldsWork, LastLead
from fairlead.work.membership import ProjectMember
from fairlead.work.models import Project, Task
from fairlead.work.queries import find_project, find_task, visible_projects, visible_tasks
from fairlead.work.queries.people import belongings, find_belonging, workers_in
from work.conftest import Site


def by(who: Person, site: Site) -> dict[str, Any]:
    return {"actor": who.actor, "now": site.now}


@pytest.fixture
def people_of(world: World, now: Any) -> dict[str, Worker]:
    olga = {"actor": world.olga.actor, "now": now}
    return {
        name: people.create_worker(
            kind="agent" if name == "echo" else "employee", name=name.title(), user=getattr(world, name).user, **olga
        )
        for name in ("alice", "bob", "dana", "echo")
    }


@pytest.fixture
def secret(site: Site) -> Project:
    """alice's private project, with bob as a contributor and one task."""
    project = actions.create_project(key="SEC", name="Merger", **by(site.world.alice, site))
    actions.create_task(project, actions.TaskDraft(title="Call the bank"), **by(site.world.alice, site))
    actions.make_private(project, **by(site.world.alice, site))
    actions.put_member(project, site.world.bob.user, "contributor", **by(site.world.alice, site))
    return project


def sees(who: Person, key: str = "SEC") -> tuple[bool, int]:
    tasks = visible_tasks(who.actor).filter(project__key=key).count()
    return visible_projects(who.actor).filter(key=key).exists(), tasks


def test_only_its_people_owners_admins_and_auditors_see_a_private_project(site: Site, secret: Project) -> None:
    world = site.world
    assert [sees(who) for who in (world.alice, world.bob, world.olga, world.audrey)] == [(True, 1)] * 4
    assert [sees(who) for who in (world.dana, world.echo, world.clara, world.charlie)] == [(False, 0)] * 4
    with pytest.raises(Missing):
        find_project(world.dana.actor, "SEC")
    with pytest.raises(Missing):
        find_task(world.dana.actor, "SEC-1")


def test_a_manager_is_an_outsider_too(site: Site, secret: Project) -> None:
    """And cannot say anything about it: neither let themselves in nor open it."""
    world = site.world
    actions.put_member(secret, world.dana.user, "lead", **by(world.alice, site))
    actions.remove_member(ProjectMember.objects.get(user=world.alice.user), **by(world.dana, site))
    assert sees(world.alice) == (False, 0)
    for act in (
        lambda: actions.put_member(secret, world.alice.user, "viewer", **by(world.alice, site)),
        lambda: actions.make_open(secret, **by(world.alice, site)),
        lambda: actions.change_project(secret, name="Mine", **by(world.alice, site)),
        lambda: actions.create_task(secret, actions.TaskDraft(title="In"), **by(world.alice, site)),
        lambda: actions.change_task(Task.objects.get(project=secret), title="x", **by(world.alice, site)),
    ):
        with pytest.raises(Forbidden):
            act()


def test_where_no_project_has_roles_nothing_is_asked(site: Site, django_assert_num_queries: Any) -> None:
    from fairlead.accounts.queries import actor_in

    member = site.world.bob.member
    member.workspace = Workspace.objects.get(pk=member.workspace_id)
    actor = actor_in(member)
    with django_assert_num_queries(1):
        assert visible_tasks(actor).count() == 0
    assert "NOT" not in str(visible_tasks(actor).query)


def test_an_actor_asks_once(site: Site, secret: Project, django_assert_num_queries: Any) -> None:
    actor = site.world.dana.actor
    with django_assert_num_queries(4):
        assert visible_tasks(actor).count() == 0
        assert [p.key for p in visible_projects(actor)] == ["WEB"]
        assert visible_tasks(actor).count() == 0


def test_the_plan_of_the_list_stays_a_plan_by_index(site: Site, secret: Project) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        list(visible_tasks(site.world.dana.actor).order_by("-updated_at")[:50])
    assert "JOIN" not in asked[-1]["sql"]


def test_what_each_role_may(site: Site, secret: Project) -> None:
    """In the words of the table: manage, create, order, comment, see."""
    world = site.world
    task = Task.objects.select_related("project", "assignee").get(project=secret)

    def may(role: str) -> list[bool]:
        actions.put_member(secret, world.dana.user, role, **by(world.alice, site))
        me = world.dana.actor
        return [
            permissions.may_manage_project(me, secret),
            permissions.may_edit_task(me, task),
            permissions.may_create_task(me, secret),
            permissions.may_order(me, task),
            permissions.may_comment(me, task, internal=True),
            sees(world.dana)[0],
        ]

    assert may("viewer") == [False, False, False, False, False, True]
    assert may("commenter") == [False, False, False, False, True, True]
    assert may("contributor") == [False, False, True, True, True, True]
    assert may("lead") == [True] * 6


def test_a_plain_member_can_lead_an_open_project(site: Site) -> None:
    world = site.world
    assert not permissions.may_manage_project(world.dana.actor, site.project)
    actions.put_member(site.project, world.dana.user, "lead", **by(world.alice, site))
    actions.change_project(site.project, name="Danas", **by(world.dana, site))
    actions.put_member(site.project, world.bob.user, "viewer", **by(world.dana, site))
    assert not permissions.may_create_task(world.bob.actor, site.project)
    assert not permissions.may_manage_projects(world.dana.actor)


def test_an_ai_agent_never_leads_nor_lets_anybody_in(site: Site, secret: Project) -> None:
    world = site.world
    with pytest.raises(Invalid, match="never leads"):
        actions.put_member(secret, world.echo.user, "lead", **by(world.alice, site))
    actions.put_member(secret, world.echo.user, "contributor", **by(world.alice, site))
    assert permissions.may_create_task(world.echo.actor, secret)
    ProjectMember.objects.filter(user=world.echo.user).update(role="lead")
    assert not permissions.may_manage_project(world.echo.actor, secret)
    with pytest.raises(Forbidden):
        actions.put_member(secret, world.dana.user, "viewer", **by(world.echo, site))


def test_clients_auditors_and_strangers_are_not_added(site: Site, secret: Project) -> None:
    world = site.world
    for who in (world.clara, world.audrey, world.charlie):
        with pytest.raises(Invalid):
            actions.put_member(secret, who.user, "viewer", **by(world.alice, site))
    with pytest.raises(Invalid):
        actions.put_member(secret, world.dana.user, "boss", **by(world.alice, site))


def test_a_team_stands_for_everybody_in_it_at_any_time(
    site: Site, secret: Project, people_of: dict[str, Worker]
) -> None:
    world = site.world
    team = people.create_team("Bankers", members=[people_of["dana"]], **by(world.olga, site))
    actions.put_member(secret, team, "viewer", **by(world.alice, site))
    assert (sees(world.dana), sees(world.echo)) == ((True, 1), (False, 0))
    actions.change_team(
        team, name="Bankers", lead=None, members=[people_of["echo"]], description="", **by(world.alice, site)
    )
    assert (sees(world.dana), sees(world.echo)) == ((False, 0), (True, 1))
    actions.put_member(secret, world.echo.user, "commenter", **by(world.alice, site))
    task = Task.objects.select_related("project", "assignee").get(project=secret)
    assert permissions.may_comment(world.echo.actor, task, internal=True)


def test_nobody_joins_a_private_project_by_joining_its_team(
    site: Site, secret: Project, people_of: dict[str, Worker]
) -> None:
    world = site.world
    team = people.create_team("Bankers", members=[people_of["bob"]], **by(world.olga, site))
    actions.put_member(secret, team, "contributor", **by(world.alice, site))
    actions.put_member(secret, world.bob.user, "lead", **by(world.alice, site))
    actions.leave_project(secret, **by(world.alice, site))
    wanted = {"name": "Bankers", "lead": None, "description": ""}
    with pytest.raises(Forbidden, match="private project"):
        actions.change_team(team, members=[people_of["bob"], people_of["alice"]], **wanted, **by(world.alice, site))
    actions.change_team(team, members=[people_of["bob"], people_of["alice"]], **wanted, **by(world.olga, site))
    assert sees(world.alice) == (True, 1)


def test_whoever_holds_its_work_stays_in_the_team_that_shows_it(
    site: Site, secret: Project, people_of: dict[str, Worker]
) -> None:
    world = site.world
    team = people.create_team("Bankers", members=[people_of["dana"]], **by(world.olga, site))
    actions.put_member(secret, team, "contributor", **by(world.alice, site))
    actions.hold_task(Task.objects.get(project=secret), people_of["dana"], now=site.now)
    wanted = {"name": "Bankers", "lead": None, "description": ""}
    for act in (
        lambda: actions.change_team(team, members=[people_of["alice"]], **wanted, **by(world.olga, site)),
        lambda: actions.remove_team(team, **by(world.olga, site)),
    ):
        with pytest.raises(HoldsWork, match="Dana holds an open task of Merger"):
            act()
    assert sees(world.dana) == (True, 1)
    actions.put_member(secret, world.dana.user, "contributor", **by(world.alice, site))
    actions.remove_team(team, **by(world.olga, site))
    assert sees(world.dana) == (True, 1)


def test_making_it_private_loses_no_work(site: Site, people_of: dict[str, Worker]) -> None:
    """Whoever holds open work of it belongs to it from then on."""
    world = site.world
    actions.hold_task(site.make("Map"), people_of["dana"], now=site.now)
    actions.make_private(site.project, **by(world.alice, site))
    assert [(one.name, one.role) for one in belongings(site.project)] == [("Alice", "lead"), ("Dana", "contributor")]
    assert sees(world.dana, "WEB") == (True, 1)
    assert sees(world.bob, "WEB") == (False, 0)
    assert Event.objects.get(kind="project.made_private").payload == {"people": ["Alice", "Dana"]}
    actions.make_open(site.project, **by(world.alice, site))
    assert sees(world.bob, "WEB") == (True, 1)


def test_it_keeps_a_lead_and_its_work_with_people_who_see_it(
    site: Site, secret: Project, people_of: dict[str, Worker]
) -> None:
    world = site.world
    alice, bob = (ProjectMember.objects.get(user=who.user) for who in (world.alice, world.bob))
    for act in (
        lambda: actions.leave_project(secret, **by(world.alice, site)),
        lambda: actions.remove_member(find_belonging(secret, alice.pk), **by(world.olga, site)),
        lambda: actions.put_member(secret, world.alice.user, "viewer", **by(world.olga, site)),
    ):
        with pytest.raises(LastLead):
            act()
    task = Task.objects.get(project=secret)
    actions.hold_task(task, people_of["bob"], now=site.now)
    with pytest.raises(HoldsWork, match="Bob holds an open task of Merger"):
        actions.remove_member(find_belonging(secret, bob.pk), **by(world.alice, site))
    with pytest.raises(HoldsWork):
        actions.put_member(secret, world.bob.user, "viewer", **by(world.alice, site))
    assert sees(world.bob) == (True, 1)


def test_who_may_be_given_its_work(site: Site, secret: Project, people_of: dict[str, Worker]) -> None:
    world = site.world
    helper = people.create_worker(kind="agent", name="Robot", **by(world.olga, site))
    team = people.create_team("Both", members=[people_of["dana"], people_of["bob"]], **by(world.olga, site))
    actions.put_member(secret, helper, "contributor", **by(world.alice, site))
    actions.put_member(secret, team, "contributor", **by(world.alice, site))
    actions.put_member(secret, world.bob.user, "viewer", **by(world.alice, site))
    found = {people_of["alice"].pk, helper.pk, people_of["dana"].pk}
    assert workers_in([secret.pk]) == {secret.pk: found}


def test_each_step_is_in_the_log_once(site: Site, secret: Project) -> None:
    world = site.world
    actions.put_member(secret, world.dana.user, "viewer", **by(world.alice, site))
    actions.put_member(secret, world.dana.user, "viewer", **by(world.alice, site))
    actions.put_member(secret, world.dana.user, "commenter", **by(world.alice, site))
    actions.leave_project(secret, **by(world.dana, site))
    kinds = [e.kind for e in Event.objects.filter(subject_id=secret.pk, subject_kind="project").order_by("seq")]
    assert kinds[1:] == [
        "project.made_private", "project.member_added", "project.member_added", "project.member_changed",
        "project.member_left",
    ]  # fmt: skip
    assert sees(world.dana) == (False, 0)
