"""The wall between workspaces holds in the database even when a query forgets its filter."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from conftest import World
from fairlead.accounts.models import Membership, Workspace
from fairlead.events import wall
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant, workspace_ids
from fairlead.people.models import Skill, Worker


def test_a_query_without_a_filter_sees_one_workspace(world: World) -> None:
    assert set(Event.objects.values_list("workspace_id", flat=True)) == {world.workspace.pk}
    with tenant(world.charlie.workspace.pk):
        assert set(Event.objects.values_list("workspace_id", flat=True)) == {world.charlie.workspace.pk}
        assert [m.user.name for m in Membership.objects.all()] == ["Charlie"]
    assert Membership.objects.count() == 7


def test_without_a_workspace_nothing_is_seen(world: World) -> None:
    enter(None)
    assert not Event.objects.exists()
    assert not Workspace.objects.exists()


def test_a_user_sees_their_own_memberships_before_a_workspace_is_chosen(world: World) -> None:
    enter(None, user_id=world.charlie.user.pk)
    assert [m.workspace.name for m in Membership.objects.select_related("workspace")] == ["Beta"]


def test_a_row_cannot_be_written_into_another_workspace(world: World) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Skill.objects.create(
            workspace_id=world.charlie.workspace.pk, name="Python", created_at=world.workspace.created_at
        )


def test_a_row_cannot_point_across_the_wall(world: World) -> None:
    at = world.workspace.created_at
    with tenant(world.charlie.workspace.pk):
        theirs = Skill.objects.create(workspace_id=world.charlie.workspace.pk, name="Python", created_at=at)
    Skill.objects.create(workspace=world.workspace, name="Django", parent_id=theirs.pk, created_at=at)
    with pytest.raises(IntegrityError, match="_wall"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    Skill.objects.all().delete()


def test_every_table_with_a_workspace_is_walled(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")
        secured = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'workspace_id' AND table_schema = 'public'"
        )
        with_workspace = {row[0] for row in cursor.fetchall()}
    assert with_workspace | {"accounts_workspace"} == secured == {m._meta.db_table for m in wall.walled()}


def test_jobs_can_visit_every_workspace_one_by_one(world: World) -> None:
    assert workspace_ids() == sorted([world.workspace.pk, world.charlie.workspace.pk])
    for number in workspace_ids():
        with tenant(number):
            assert [w.pk for w in Workspace.objects.all()] == [number]
    assert not Worker.objects.exists()
