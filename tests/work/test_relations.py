"""Dependencies, criteria and comments."""

from __future__ import annotations

import pytest

from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden, Invalid, Missing
from fairlead.work import actions, queries
from fairlead.work.actions.dependencies import Circle
from work.conftest import Site


def test_tasks_never_wait_for_each_other(site: Site) -> None:
    alice = site.world.alice.actor
    a, b, c = site.make("A"), site.make("B"), site.make("C")
    actions.add_dependency(b, a, actor=alice, now=site.now)
    actions.add_dependency(c, b, actor=alice, now=site.now)
    with pytest.raises(Circle, match="WEB-3 → WEB-2 → WEB-1 already"):
        actions.add_dependency(a, c, actor=alice, now=site.now)
    with pytest.raises(Circle, match="cannot wait for itself"):
        actions.add_dependency(a, a, actor=alice, now=site.now)
    actions.add_dependency(c, a, actor=alice, now=site.now)
    assert queries.blocked([a.pk, b.pk, c.pk]) == {b.pk: ["WEB-1"], c.pk: ["WEB-1", "WEB-2"]}


def test_a_link_across_projects_counts_and_a_repeated_one_is_recorded_once(site: Site) -> None:
    alice = site.world.alice.actor
    app = actions.create_project(key="APP", name="App", actor=alice, now=site.now)
    task, other = site.make(), actions.create_task(app, actions.TaskDraft(title="T"), actor=alice, now=site.now)
    for _ in range(2):
        actions.add_dependency(task, other, actor=alice, now=site.now)
    assert queries.blocked([task.pk]) == {task.pk: ["APP-1"]}
    assert Event.objects.filter(kind="task.dependency_added").count() == 1
    actions.remove_dependency(task, other, actor=alice, now=site.now)
    assert queries.blocked([task.pk]) == {}


def test_a_cancelled_or_deleted_task_holds_up_nobody(site: Site) -> None:
    alice = site.world.alice.actor
    task, one, two = site.make(), site.make(), site.make()
    for after in (one, two):
        actions.add_dependency(task, after, actor=alice, now=site.now)
    actions.cancel_task(one, actor=alice, now=site.now)
    actions.delete_task(two, actor=alice, now=site.now)
    assert queries.blocked([task.pk]) == {}
    with pytest.raises(Missing):
        actions.add_dependency(task, two, actor=alice, now=site.now)


def test_only_those_who_may_change_the_task_link_it(site: Site) -> None:
    with pytest.raises(Forbidden):
        actions.add_dependency(site.make(), site.make(), actor=site.world.bob.actor, now=site.now)


def test_clients_say_and_see_what_is_meant_for_them_only(site: Site) -> None:
    world, now = site.world, site.now
    task, clara = site.make(), world.clara.actor
    with pytest.raises(Forbidden):
        actions.add_comment(task, "Hello", internal=False, actor=clara, now=now)
    actions.share_project(site.project, world.clara.user, actor=world.alice.actor, now=now)
    actions.add_comment(task, "Between us", internal=True, actor=world.bob.actor, now=now)
    actions.add_comment(task, "Hello", internal=False, actor=clara, now=now)
    with pytest.raises(Forbidden):
        actions.add_comment(task, "Psst", internal=True, actor=clara, now=now)
    assert [c["body"] for c in queries.details(clara, task).comments] == ["Hello"]
    assert [c["body"] for c in queries.details(world.bob.actor, task).comments] == ["Between us", "Hello"]
    secret = task.comments.get(internal=True)
    with pytest.raises(Missing):
        queries.find_comment(clara, task, secret.pk)


def test_one_changes_ones_own_words_and_managers_may_remove_them(site: Site) -> None:
    world, now = site.world, site.now
    task = site.make()
    comment = actions.add_comment(task, "Firts", internal=True, actor=world.bob.actor, now=now)
    with pytest.raises(Forbidden):
        actions.edit_comment(comment, "Mine", actor=world.alice.actor, now=now)
    with pytest.raises(Invalid):
        actions.edit_comment(comment, " ", actor=world.bob.actor, now=now)
    actions.edit_comment(comment, "First", actor=world.bob.actor, now=now)
    actions.edit_comment(comment, "First", actor=world.bob.actor, now=now)
    assert Event.objects.filter(kind="comment.edited").count() == 1
    with pytest.raises(Forbidden):
        actions.remove_comment(comment, actor=world.dana.actor, now=now)
    actions.remove_comment(comment, actor=world.alice.actor, now=now)
    assert queries.details(world.bob.actor, task).comments == []
    with pytest.raises(Missing):
        actions.edit_comment(comment, "Again", actor=world.bob.actor, now=now)


def test_criteria_are_added_at_the_end_and_removed(site: Site) -> None:
    alice, task = site.world.alice.actor, site.make(criteria=("One",))
    two = actions.add_criterion(task, " Two ", actor=alice, now=site.now)
    assert [c["text"] for c in queries.details(alice, task).criteria] == ["One", "Two"]
    actions.remove_criterion(two, actor=alice, now=site.now)
    with pytest.raises(Invalid):
        actions.add_criterion(task, " ", actor=alice, now=site.now)
    assert [c["text"] for c in queries.details(alice, task).criteria] == ["One"]
