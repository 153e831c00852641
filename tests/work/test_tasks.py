"""Creating, changing, deleting and restoring tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conftest import World
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.work import actions, queries
from fairlead.work.actions import TaskDraft
from fairlead.work.drafts import problems
from fairlead.work.models import Need, Task
from work.conftest import Site, skill


def kinds(task: Task) -> list[str]:
    return list(
        Event.objects.filter(subject_kind="task", subject_id=task.pk).order_by("seq").values_list("kind", flat=True)
    )


def test_tasks_are_numbered_in_their_project_and_begin_on_top_of_the_backlog(site: Site) -> None:
    first, second = site.make("One"), site.make("Two")
    assert [str(first), str(second)] == ["WEB-1", "WEB-2"]
    assert first.status.name == "Backlog"
    assert second.rank < first.rank
    assert kinds(second) == ["task.created"]


def test_a_draft_brings_needs_criteria_and_what_it_waits_for(site: Site, now: datetime) -> None:
    scala, before = skill(site.world, "Scala", now), site.make("Before")
    task = site.make(
        "After", needs={scala.pk: 4}, criteria=("Fast", "Tested"), after=(before.pk,), labels=(" a ", "a", "")
    )
    details = queries.details(site.world.alice.actor, task)
    assert [(n["name"], n["level"]) for n in details.needs] == [("Scala", 4)]
    assert [c["text"] for c in details.criteria] == ["Fast", "Tested"]
    assert details.blocked_by == ["WEB-1"]
    assert task.labels == ["a"]
    assert kinds(task) == ["task.created"]


WRONG = {
    "title": {"title": "  "},
    "effort_min": {"effort_low_min": 60, "effort_min": 30},
    "effort_high_min": {"effort_low_min": 60, "effort_high_min": 30},
    "priority": {"priority": 5},
    "labels": {"labels": ("x" * 41,)},
    "needs": {"needs": {1: 6}},
    "criteria": {"criteria": ("",)},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_draft_says_which_field_and_leaves_nothing(site: Site, name: str) -> None:
    draft = TaskDraft(**{"title": "T", **WRONG[name]})
    assert list(problems(draft)) == [name]
    with pytest.raises(Invalid) as refused:
        actions.create_task(site.project, draft, actor=site.world.alice.actor, now=site.now)
    assert list(refused.value.fields) == [name]
    assert Task.objects.count() == 0


def test_a_batch_is_created_in_order_or_not_at_all(site: Site) -> None:
    alice = site.world.alice.actor
    tasks = actions.create_tasks(site.project, [TaskDraft(title=f"T{n}") for n in range(3)], actor=alice, now=site.now)
    assert [str(t) for t in tasks] == ["WEB-1", "WEB-2", "WEB-3"]
    assert list(Task.objects.order_by("rank").values_list("title", flat=True)) == ["T0", "T1", "T2"]
    with pytest.raises(Invalid):
        actions.create_tasks(site.project, [TaskDraft(title="ok"), TaskDraft(title="")], actor=alice, now=site.now)
    assert Task.objects.count() == 3


def test_an_outside_id_is_used_once_in_a_project(site: Site) -> None:
    site.make("One", external_id="J-1")
    with pytest.raises(Conflict, match="WEB-1 already has"):
        site.make("Two", external_id="J-1")


def test_contributors_add_tasks_where_work_waits_only(site: Site) -> None:
    assert site.make(by=site.world.bob).created_by_id == site.world.bob.user.pk
    with pytest.raises(Forbidden, match="only managers put them further on"):
        site.make(by=site.world.bob, status=site.column("Done"))
    assert site.make(status=site.column("Done")).done_at == site.now


def test_a_client_asks_for_something_in_a_shared_project_and_plans_nothing(site: Site) -> None:
    clara = site.world.clara
    with pytest.raises(Forbidden):
        site.make(by=clara)
    actions.share_project(site.project, clara.user, actor=site.world.alice.actor, now=site.now)
    task = site.make("Please add a map", by=clara)
    told = Event.objects.filter(subject_kind="task", subject_id=task.pk).order_by("seq")
    assert list(told.values_list("kind", "payload__source")) == [
        ("task.created", "request"),
        ("task.requested", "request"),
    ]
    assert [entry.text for entry in queries.history(site.world.alice.actor, task)] == ["asked for it"]
    with pytest.raises(Forbidden, match="the team adds effort"):
        site.make(by=clara, effort_min=60)


@pytest.mark.parametrize("who", ["charlie", "audrey"])
def test_a_stranger_and_an_auditor_create_and_change_nothing(site: Site, who: str) -> None:
    actor, task = getattr(site.world, who).actor, site.make()
    for act in (
        lambda: actions.create_task(site.project, TaskDraft(title="x"), actor=actor, now=site.now),
        lambda: actions.change_task(task, title="x", actor=actor, now=site.now),
        lambda: actions.move_task(task, site.column("Ready"), actor=actor, now=site.now),
        lambda: actions.delete_task(task, actor=actor, now=site.now),
        lambda: actions.add_comment(task, "x", internal=True, actor=actor, now=site.now),
        lambda: actions.add_criterion(task, "x", actor=actor, now=site.now),
    ):
        with pytest.raises(Forbidden):
            act()
    assert kinds(task) == ["task.created"]


def test_a_stranger_finds_neither_project_nor_task(site: Site) -> None:
    task = site.make()
    for who in (site.world.charlie, site.world.clara):
        with pytest.raises(Missing):
            queries.find_task(who.actor, str(task))
        with pytest.raises(Missing):
            queries.find_project(who.actor, "WEB")
    assert queries.find_task(site.world.bob.actor, "web-1") == task


def test_only_what_really_changed_is_written_and_recorded(site: Site, now: datetime) -> None:
    task, alice, later = site.make(priority=1), site.world.alice.actor, now + timedelta(hours=1)
    actions.change_task(task, title="Write copy", priority=1, actor=alice, now=later)
    assert (task.version, kinds(task)) == (1, ["task.created"])
    actions.change_task(task, title="Write copy", priority=3, actor=alice, now=later)
    event = Event.objects.filter(kind="task.changed").get()
    assert event.payload == {"changes": {"priority": ["Low", "High"]}}
    assert (task.version, task.updated_at) == (2, later)


def test_needs_are_changed_as_one_readable_change(site: Site, now: datetime) -> None:
    scala, sql = skill(site.world, "Scala", now), skill(site.world, "SQL", now)
    task, alice = site.make(needs={scala.pk: 2}), site.world.alice.actor
    actions.change_task(task, needs={scala.pk: 4, sql.pk: 1}, actor=alice, now=now)
    assert Event.objects.get(kind="task.changed").payload["changes"] == {"needs": ["Scala ≥ 2", "Scala ≥ 4, SQL ≥ 1"]}
    actions.change_task(task, needs={sql.pk: 1}, actor=alice, now=now)
    assert list(Need.objects.values_list("skill__name", "level")) == [("SQL", 1)]


def test_an_old_version_is_refused_and_changes_nothing(site: Site) -> None:
    task, alice = site.make(), site.world.alice.actor
    seen = task.version
    actions.change_task(task, title="New", actor=alice, now=site.now)
    with pytest.raises(Conflict, match="changed by somebody else"):
        actions.change_task(task, title="Mine", version=seen, actor=alice, now=site.now)
    assert Task.objects.get().title == "New"


def test_contributors_change_what_they_made_or_hold(site: Site) -> None:
    bob = site.world.bob
    mine, held, other = site.make(by=bob), site.held(bob), site.make()
    for task in (mine, held):
        assert actions.change_task(task, title="Better", actor=bob.actor, now=site.now).title == "Better"
    with pytest.raises(Forbidden):
        actions.change_task(other, title="Better", actor=bob.actor, now=site.now)
    with pytest.raises(Forbidden):
        actions.delete_task(held, actor=bob.actor, now=site.now)


def test_a_task_is_never_its_own_ancestor(site: Site) -> None:
    top, alice = site.make("Top"), site.world.alice.actor
    middle = site.make("Middle", parent=top)
    low = site.make("Low", parent=middle)
    with pytest.raises(Invalid, match="cannot be its own parent"):
        actions.change_task(top, parent=low, actor=alice, now=site.now)
    assert actions.change_task(low, parent=top, actor=alice, now=site.now).parent == top


def test_a_deleted_task_is_in_the_trash_only_and_comes_back_where_it_was(site: Site) -> None:
    task, alice = site.make(), site.world.alice.actor
    actions.delete_task(task, actor=alice, now=site.now)
    with pytest.raises(Missing):
        queries.find_task(alice, "WEB-1")
    with pytest.raises(Missing, match="in the trash"):
        actions.change_task(task, title="x", actor=alice, now=site.now)
    actions.restore_task(queries.find_deleted_task(alice, "WEB-1"), actor=alice, now=site.now)
    actions.restore_task(task, actor=alice, now=site.now)
    assert queries.find_task(alice, "WEB-1").status.name == "Backlog"
    assert kinds(task) == ["task.created", "task.deleted", "task.restored"]


def test_nothing_is_added_to_an_archived_project(site: Site) -> None:
    task, alice = site.make(), site.world.alice.actor
    actions.archive_project(site.project, actor=alice, now=site.now)
    with pytest.raises(Refused, match="is archived"):
        site.make()
    with pytest.raises(Refused, match="is archived"):
        actions.change_task(queries.find_task(alice, str(task)), title="x", actor=alice, now=site.now)


def test_a_task_of_two_thousand_is_created_with_few_statements(
    site: Site, django_assert_max_num_queries: object
) -> None:
    drafts = [TaskDraft(title=f"T{n}", external_id=f"E{n}") for n in range(200)]
    with django_assert_max_num_queries(200 + 13):  # type: ignore[operator]
        tasks = actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    assert Event.objects.filter(kind="task.created").count() == len(tasks) == 200


def test_a_project_of_another_workspace_takes_the_same_key(world: World, now: datetime, site: Site) -> None:
    with pytest.raises(Invalid):
        actions.create_project(key="web", name="Twice", actor=world.alice.actor, now=now)
