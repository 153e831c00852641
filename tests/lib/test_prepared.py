"""Statements that are compiled once find what the queryset itself finds, whatever values come later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.test.utils import CaptureQueriesContext

from conftest import World
from fairlead.events.tenancy import enter
from fairlead.lib.prepared import Misused, Shaped, counted, prepared
from fairlead.work import actions as work
from fairlead.work.models import Project, Status, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def projects(world: World, now: datetime) -> list[Project]:
    """Two projects: ONE has three tasks, a label on each; TWO has one that is due tomorrow."""
    owner = world.olga.actor
    one = work.create_project(key="ONE", name="One", actor=owner, now=now)
    two = work.create_project(key="TWO", name="Two", actor=owner, now=now)
    for n in range(3):
        work.create_task(one, work.TaskDraft(title=f"Part {n}", labels=(f"l{n}",)), actor=owner, now=now)
    due = work.TaskDraft(title="Other", due_at=now + timedelta(days=1), description="Say %s and 100%")
    work.create_task(two, due, actor=owner, now=now)
    return [one, two]


def _of(project: int) -> QuerySet[Task]:
    return Task.objects.filter(project_id=project).order_by("number")


def test_rows_and_objects_are_those_of_the_queryset(projects: list[Project]) -> None:
    rows = prepared(lambda project: _of(project).values("number", "labels", "due_at", "project__key"))
    pairs = prepared(lambda project: _of(project).values_list("number", "title"))
    titles = prepared(lambda project: _of(project).values_list("title", flat=True))
    objects = prepared(lambda project: _of(project).select_related("project", "assignee").annotate(n=F("number") + 1))
    for project in projects:
        found = _of(project.pk)
        assert rows.all(project.pk) == list(found.values("number", "labels", "due_at", "project__key"))
        assert pairs.all(project.pk) == list(found.values_list("number", "title"))
        assert titles.all(project.pk) == [task.title for task in found]
        read = objects.all(project.pk)
        assert [(t.pk, t.description, t.labels, t.n) for t in read] == [
            (t.pk, t.description, t.labels, t.number + 1) for t in found
        ]
        with CaptureQueriesContext(connection) as asked:
            assert [(t.project.key, t.assignee) for t in read] == [(project.key, None)] * len(read)
        assert not asked


def test_what_was_annotated_or_grouped_keeps_its_names(projects: list[Project]) -> None:
    count = prepared(lambda ws: Task.objects.filter(workspace_id=ws).order_by().values("project__key").annotate(
        n=Count("id")).order_by("project__key"))  # fmt: skip
    assert count.all(projects[0].workspace_id) == [
        {"project__key": "ONE", "n": 3}, {"project__key": "TWO", "n": 1},
    ]  # fmt: skip


def test_moments_and_texts_may_differ_and_a_function_runs_once_for_each_shape(
    projects: list[Project], now: datetime
) -> None:
    built = []

    @prepared
    def due(ws: int, before: datetime, key: str, which: bool) -> QuerySet[Any, Any]:
        built.append(which)
        found = Task.objects.filter(workspace_id=ws, due_at__lt=before, project__key=key)
        return (found if which else found.none()).values_list("title", flat=True)

    ws = projects[0].workspace_id
    assert due.all(ws, now + timedelta(days=2), "TWO", True) == ["Other"]
    assert due.all(ws, now + timedelta(hours=2), "TWO", True) == []
    assert due.all(ws, now + timedelta(days=2), "ONE", True) == []
    assert due.first(ws, now + timedelta(days=3), "TWO", True) == "Other"
    assert due.all(ws, now + timedelta(days=2), "TWO", False) == []
    assert built == [True, False]


def test_an_argument_may_be_part_value_and_part_shape(projects: list[Project]) -> None:
    @prepared
    def seen(reader: tuple[int, str]) -> QuerySet[Any, Any]:
        found = Project.objects.filter(workspace_id=reader[0]).order_by("key").values_list("key", flat=True)
        return found if reader[1] == "all" else found[:1]

    workspace_id = projects[0].workspace_id

    def reader(how: str) -> Shaped:
        return Shaped(how, (workspace_id,), lambda ws: (ws, how))

    assert seen.all(reader("all")) == ["ONE", "TWO"]
    assert seen.all(reader("first")) == ["ONE"]
    assert seen.all(Shaped("all", (workspace_id + 1,), lambda ws: (ws, "all"))) == []


def test_several_are_counted_in_one_query(projects: list[Project]) -> None:
    tasks = prepared(lambda project: Task.objects.filter(project_id=project))
    nothing = prepared(lambda project: Task.objects.filter(project_id=project).none())
    columns = prepared(lambda project, name: Status.objects.filter(project_id=project, name=name))
    one, two = projects
    with CaptureQueriesContext(connection) as asked:
        numbers = counted(
            tasks.bound(one.pk), nothing.bound(one.pk), tasks.bound(two.pk), columns.bound(one.pk, "no such column")
        )
    assert (numbers, len(asked)) == ([3, 0, 1, 0], 1)
    with CaptureQueriesContext(connection) as asked:
        assert counted(nothing.bound(one.pk)) == [0]
    assert not asked


def test_a_value_that_was_calculated_with_is_refused(projects: list[Project], now: datetime) -> None:
    ws = projects[0].workspace_id
    earlier = prepared(lambda ws, at: Task.objects.filter(workspace_id=ws, due_at__lt=at - timedelta(days=1)))
    both = prepared(lambda ws, at: Task.objects.filter(due_at__gt=at, workspace_id=ws, due_at__lt=at + timedelta(1)))
    part = prepared(lambda ws, text: Task.objects.filter(workspace_id=ws, title__icontains=text))
    shifted = prepared(lambda ws: Task.objects.filter(workspace_id=ws + 1))
    unused = prepared(lambda ws, other: Task.objects.filter(workspace_id=ws))  # noqa: ARG005
    for statement, more in ((earlier, now), (both, now), (part, "x"), (shifted, None), (unused, 3)):
        with pytest.raises(Misused):
            statement.all(ws, *([] if more is None else [more]))


def test_a_moment_of_the_far_future_is_a_value_like_others(projects: list[Project]) -> None:
    due = prepared(lambda ws, at: Task.objects.filter(workspace_id=ws, due_at__lt=at).values_list("title", flat=True))
    assert due.all(projects[0].workspace_id, datetime(7777, 7, 7, tzinfo=UTC)) == ["Other"]


def _kept(words: str) -> list[tuple[str, str]]:
    """The statements with these words that the database keeps for this connection, with the kinds of their values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement, parameter_types FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{words}%"]
        )
        return cursor.fetchall()


def test_the_database_keeps_what_is_asked_again_whatever_the_values(projects: list[Project], now: datetime) -> None:
    due = prepared(lambda project, by, title: _of(project).filter(
        due_at__lt=by, description__contains="100", title=title).values_list("number", flat=True))  # fmt: skip
    other = prepared(
        lambda project: _of(project).values_list("number", flat=True).filter(description__contains="never")
    )
    for turn in range(8):
        assert due.all(projects[1].pk, now + timedelta(days=2 + turn), "Other") == [1]
        assert due.all(70_000 + turn, now + timedelta(days=2), "Other") == []
        assert counted(
            due.bound(projects[1].pk, now, "Other"), due.bound(projects[1].pk, now + timedelta(9), "Other")
        ) == [0, 1]
    assert other.all(projects[0].pk) == []
    assert len(_kept("description")) == 2


def test_a_kept_statement_is_answered_for_whoever_asks(projects: list[Project], world: World, now: datetime) -> None:
    titles = prepared(lambda state: Task.objects.filter(state=state).order_by("id").values_list("title", flat=True))
    here = world.olga.actor.workspace_id
    for _ in range(6):
        assert titles.all("backlog") == ["Part 0", "Part 1", "Part 2", "Other"]
    enter(here + 1, user_id=None)
    assert titles.all("backlog") == []
    enter(here, user_id=world.olga.actor.user_id)
    assert titles.all("backlog") == ["Part 0", "Part 1", "Part 2", "Other"]
