"""One task on several boards: one state, one home, and no more to see for clients."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Person
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.work import actions
from fairlead.work.actions.moves import Blocked
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Project, Status, Task
from fairlead.work.placement import TaskPlacement
from fairlead.work.queries import board, task_list
from work.conftest import Site


@pytest.fixture
def app(site: Site) -> Project:
    return actions.create_project(key="APP", name="App", actor=site.world.alice.actor, now=site.now)


def by(site: Site) -> dict[str, Any]:
    return {"actor": site.world.alice.actor, "now": site.now}


def column(project: Project, name: str) -> Status:
    return Status.objects.select_related("project").get(project=project, name=name)


def cards(site: Site, project: Project, who: Person | None = None) -> dict[str, list[str]]:
    found = board((who or site.world.alice).actor, project, TaskFilter(project=project.key), now=site.now)
    return {c.name: [card["key"] for card in c.cards] for c in found.columns if c.cards}


def test_it_stands_on_both_boards_and_counts_once(site: Site, app: Project) -> None:
    task, own = site.make("Map"), actions.create_task(app, actions.TaskDraft(title="Own"), **by(site))
    actions.place_task(task, app, **by(site))
    assert cards(site, site.project) == {"Backlog": ["WEB-1"]}
    assert cards(site, app) == {"Backlog": ["WEB-1", str(own)]}
    found = board(site.world.alice.actor, app, TaskFilter(), now=site.now).columns[0]
    assert ([card["home"] for card in found.cards], found.held) == (["Website", ""], 2)
    everything = task_list(site.world.alice.actor, TaskFilter(), now=site.now)
    assert everything.total == 2
    there = task_list(site.world.alice.actor, TaskFilter(project="APP"), now=site.now, sort="key")
    assert [row["key"] for row in there.rows] == ["APP-1", "WEB-1"]


def test_its_state_is_one_wherever_it_moves(site: Site, app: Project) -> None:
    task = site.make("Map")
    actions.place_task(task, app, **by(site))
    actions.start_task(task, **by(site))
    assert cards(site, app) == {"In progress": ["WEB-1"]}
    actions.move_placed(task, column(app, "In review"), **by(site))
    assert (task.status.name, task.status.project, task.state) == ("In review", site.project, "review")
    assert (cards(site, app), cards(site, site.project)) == ({"In review": ["WEB-1"]}, {"In review": ["WEB-1"]})


def test_the_rules_of_its_home_hold_there_too(site: Site, app: Project) -> None:
    first, task = site.make("First"), site.make("Then")
    actions.add_dependency(task, first, **by(site))
    actions.place_task(task, app, **by(site))
    with pytest.raises(Blocked):
        actions.move_placed(task, column(app, "In progress"), **by(site))
    with pytest.raises(Forbidden):
        actions.move_placed(task, column(app, "In progress"), actor=site.world.dana.actor, now=site.now)
    assert cards(site, app) == {"Backlog": ["WEB-2"]}


def test_a_column_of_the_same_state_is_chosen_on_each_board(site: Site, app: Project) -> None:
    actions.add_status(app, name="Parked", state="backlog", **by(site))
    task = site.make("Map")
    actions.place_task(task, app, **by(site))
    actions.move_placed(task, column(app, "Parked"), **by(site))
    task.refresh_from_db()
    assert (task.status.name, cards(site, app)) == ("Backlog", {"Parked": ["WEB-1"]})
    actions.remove_status(column(app, "Parked"), None, **by(site))
    assert cards(site, app) == {"Backlog": ["WEB-1"]}


def test_its_place_is_its_own_on_each_board(site: Site, app: Project) -> None:
    mine = [actions.create_task(app, actions.TaskDraft(title=f"T{n}"), **by(site)) for n in range(2)]
    task = site.make("Map")
    actions.place_task(task, app, **by(site))
    for below, order in ((mine[1], ["APP-2", "WEB-1", "APP-1"]), (mine[0], ["APP-2", "APP-1", "WEB-1"])):
        actions.move_placed(task, column(app, "Backlog"), below=Task.objects.get(pk=below.pk), **by(site))
        assert cards(site, app)["Backlog"] == order
    actions.move_task(mine[1], column(app, "Backlog"), below=task, **by(site))
    assert cards(site, app)["Backlog"] == ["APP-1", "WEB-1", "APP-2"]


def test_clients_of_the_further_project_do_not_see_it(site: Site, app: Project) -> None:
    clara = site.world.clara
    actions.share_project(app, clara.user, **by(site))
    task = site.make("Secret map")
    actions.place_task(task, app, **by(site))
    assert cards(site, app, clara) == {}
    assert task_list(clara.actor, TaskFilter(project="APP"), now=site.now).total == 0
    actions.share_project(site.project, clara.user, **by(site))
    assert cards(site, app, clara) == {"Backlog": ["WEB-1"]}


def test_who_may_place_it_and_what_is_refused(site: Site, app: Project) -> None:
    task, world = site.make("Map"), site.world
    for who in (world.bob, world.clara, world.audrey, world.echo, world.charlie):
        with pytest.raises(Forbidden):
            actions.place_task(task, app, actor=who.actor, now=site.now)
    with pytest.raises(Invalid):
        actions.place_task(task, site.project, **by(site))
    actions.place_task(task, app, **by(site))
    with pytest.raises(Conflict):
        actions.place_task(task, app, **by(site))
    actions.unplace_task(task, app, **by(site))
    with pytest.raises(Missing):
        actions.unplace_task(task, app, **by(site))
    assert cards(site, app) == {}


def test_in_the_trash_it_leaves_every_board_and_comes_back(site: Site, app: Project) -> None:
    task = site.make("Map")
    actions.place_task(task, app, **by(site))
    actions.delete_task(task, **by(site))
    assert cards(site, app) == {}
    actions.restore_task(task, **by(site))
    assert cards(site, app) == {"Backlog": ["WEB-1"]}
    assert TaskPlacement.objects.count() == 1


def test_a_board_asks_equally_often_for_one_and_for_many(
    site: Site, app: Project, django_assert_num_queries: Any
) -> None:
    def look(count: int) -> None:
        with django_assert_num_queries(count):
            board(site.world.alice.actor, app, TaskFilter(project="APP"), now=site.now)

    look(6)
    for n in range(6):
        actions.place_task(site.make(f"T{n}"), app, **by(site))
    look(6)


def test_many_are_shown_at_once_and_taken_back(site: Site, app: Project) -> None:
    tasks = [site.make(f"T{n}") for n in range(2)]
    actions.place_task(tasks[1], app, **by(site))
    outcome = actions.change_many(["WEB-1", "WEB-2"], actions.TaskEdit(place_in="APP"), **by(site))
    assert (outcome.changed, [key for key, _ in outcome.skipped]) == (("WEB-1",), ["WEB-2"])
    assert sorted(cards(site, app)["Backlog"]) == ["WEB-1", "WEB-2"]
    assert outcome.batch is not None
    actions.undo_batch(outcome.batch, **by(site))
    assert cards(site, app) == {"Backlog": ["WEB-2"]}
