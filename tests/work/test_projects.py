"""Projects, their columns and their clients."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.work import actions, queries
from fairlead.work.models import Status, Task
from work.conftest import Site


def names(site: Site) -> list[str]:
    return list(Status.objects.filter(project=site.project).order_by("position").values_list("name", flat=True))


def test_a_project_begins_with_the_usual_columns_and_one_event(site: Site) -> None:
    assert names(site) == ["Backlog", "Ready", "In progress", "In review", "Done", "Cancelled"]
    assert Event.objects.filter(kind__startswith="project.").values_list("kind", flat=True).get() == "project.created"


@pytest.mark.parametrize("key", ["", "w", "1WEB", "TOOLONGKEY", "WÉB", "WEB"])
def test_a_key_that_is_wrong_or_taken_is_refused(site: Site, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_project(key=key, name="N", actor=site.world.alice.actor, now=site.now)
    assert list(refused.value.fields) == ["key"]


@pytest.mark.parametrize("who", ["bob", "clara", "audrey", "charlie"])
def test_only_managers_change_projects(site: Site, who: str) -> None:
    actor = getattr(site.world, who).actor
    for act in (
        lambda: actions.change_project(site.project, name="x", actor=actor, now=site.now),
        lambda: actions.archive_project(site.project, actor=actor, now=site.now),
        lambda: actions.share_project(site.project, site.world.clara.user, actor=actor, now=site.now),
        lambda: actions.add_status(site.project, "x", "ready", actor=actor, now=site.now),
        lambda: actions.remove_status(site.column("Ready"), None, actor=actor, now=site.now),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_changed_project_says_what_changed_and_refuses_an_old_version(site: Site) -> None:
    alice = site.world.alice.actor
    actions.change_project(site.project, name="Site", color=0, version=1, actor=alice, now=site.now)
    assert Event.objects.get(kind="project.changed").payload == {"changes": {"name": ["Website", "Site"]}}
    with pytest.raises(Conflict):
        actions.change_project(site.project, name="Other", version=1, actor=alice, now=site.now)


def test_archiving_twice_is_one_event_and_the_project_comes_back(site: Site) -> None:
    alice = site.world.alice.actor
    for _ in range(2):
        actions.archive_project(site.project, actor=alice, now=site.now)
    assert queries.project_list(alice, now=site.now) == []
    assert [row.key for row in queries.project_list(alice, now=site.now, archived=True)] == ["WEB"]
    actions.restore_project(site.project, actor=alice, now=site.now)
    assert Event.objects.filter(kind__in=("project.archived", "project.restored")).count() == 2


def test_a_project_is_shared_with_clients_only_and_hidden_again(site: Site) -> None:
    world, alice = site.world, site.world.alice.actor
    with pytest.raises(Invalid):
        actions.share_project(site.project, world.bob.user, actor=alice, now=site.now)
    with pytest.raises(Invalid):
        actions.share_project(site.project, world.charlie.user, actor=alice, now=site.now)
    for _ in range(2):
        actions.share_project(site.project, world.clara.user, actor=alice, now=site.now)
    assert queries.find_project(world.clara.actor, "web") == site.project
    actions.unshare_project(site.project, world.clara.user, actor=alice, now=site.now)
    assert list(queries.visible_projects(world.clara.actor)) == []
    assert Event.objects.filter(kind="project.shared").count() == 1


def test_a_new_column_stands_after_those_of_its_state(site: Site) -> None:
    alice = site.world.alice.actor
    actions.add_status(site.project, "Testing", "review", actor=alice, now=site.now, wip_limit=3)
    assert names(site) == ["Backlog", "Ready", "In progress", "In review", "Testing", "Done", "Cancelled"]
    actions.change_status(site.column("Testing"), position=0, name="Trial", actor=alice, now=site.now)
    assert names(site) == ["Trial", "Backlog", "Ready", "In progress", "In review", "Done", "Cancelled"]
    with pytest.raises(Invalid):
        actions.add_status(site.project, "Trial", "ready", actor=alice, now=site.now)


def test_what_a_column_means_changes_only_while_it_is_empty(site: Site) -> None:
    alice = site.world.alice.actor
    site.make(status=site.column("Ready"))
    with pytest.raises(Invalid):
        actions.change_status(site.column("Ready"), state="review", actor=alice, now=site.now)
    assert actions.change_status(site.column("In review"), state="ready", actor=alice, now=site.now).state == "ready"


def test_a_removed_column_hands_its_tasks_on_below_the_others(site: Site) -> None:
    alice = site.world.alice.actor
    low, top = site.make("low", status=site.column("Backlog")), site.make("there", status=site.column("Ready"))
    trashed = site.make("trashed")
    actions.delete_task(trashed, actor=alice, now=site.now)
    with pytest.raises(Invalid, match="takes its tasks"):
        actions.remove_status(site.column("Backlog"), None, actor=alice, now=site.now)
    with pytest.raises(Invalid, match="means the same"):
        actions.remove_status(site.column("Backlog"), site.column("Done"), actor=alice, now=site.now)
    actions.remove_status(site.column("Backlog"), site.column("Ready"), actor=alice, now=site.now)
    assert list(Task.objects.filter(deleted_at=None).order_by("rank")) == [top, low]
    assert {task.state for task in Task.objects.all()} == {"ready"}
    assert Event.objects.get(kind="status.removed").payload == {"name": "Backlog", "moved_to": "Ready", "tasks": 1}


def test_a_column_is_removed_once(site: Site) -> None:
    alice, backlog = site.world.alice.actor, site.column("Backlog")
    actions.remove_status(site.column("Backlog"), None, actor=alice, now=site.now)
    with pytest.raises(Missing, match="was removed"):
        actions.remove_status(backlog, None, actor=alice, now=site.now)
    assert Event.objects.filter(kind="status.removed").count() == 1


def test_a_board_keeps_a_column_where_work_waits_and_one_where_it_is_done(site: Site) -> None:
    alice = site.world.alice.actor
    with pytest.raises(Refused, match="keeps a column"):
        actions.remove_status(site.column("Done"), None, actor=alice, now=site.now)
    actions.remove_status(site.column("Ready"), None, actor=alice, now=site.now)
    with pytest.raises(Refused, match="keeps a column"):
        actions.remove_status(site.column("Backlog"), None, actor=alice, now=site.now)


def test_projects_come_by_pages_of_thirty(site: Site) -> None:
    alice = site.world.alice
    for n in range(30):
        actions.create_project(key=f"A{n:02}", name=f"Also {n:02}", actor=alice.actor, now=site.now)
    browser = Client()
    browser.force_login(alice.user)
    first = browser.get("/projects/").content.decode()
    assert first.count("project-card") == 30
    assert "Website" not in first[first.index("cards-grid") :]
    assert 'href="/projects/?page=2"' in first
    for last in ("/projects/?page=2", "/projects/?page=99"):
        html = browser.get(last).content.decode()
        assert html.count("project-card") == 1
        assert "Website" in html[html.index("cards-grid") :]
        assert 'href="/projects/?page=1"' in html
    actions.archive_project(site.project, actor=alice.actor, now=site.now)
    assert 'rel="next"' not in browser.get("/projects/?page=x").content.decode()


def test_the_list_of_projects_counts_what_the_reader_sees(site: Site) -> None:
    alice = site.world.alice.actor
    site.make(due_at=site.now.replace(hour=8))
    site.held(site.world.bob)
    actions.complete_task(site.make(), actor=alice, now=site.now)
    row = queries.project_list(alice, now=site.now)[0]
    assert (row.open, row.done, row.total, row.late, row.nobody) == (2, 1, 3, 1, 1)
    assert queries.project_list(site.world.clara.actor, now=site.now) == []
