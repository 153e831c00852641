"""The event log is numbered, chained and kept by the database itself."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import World, make_world
from fairlead.accounts import actions
from fairlead.events import wall
from fairlead.events.actor import system
from fairlead.events.audit import verify
from fairlead.events.models import Event, Head
from fairlead.events.record import NotAtomic, record
from fairlead.events.tenancy import enter


def test_events_are_numbered_without_gaps_and_chained(world: World, now: datetime) -> None:
    rows = list(Event.objects.order_by("seq"))
    assert [e.seq for e in rows] == list(range(1, len(rows) + 1))
    assert bytes(rows[0].previous) == b""
    assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(rows))
    assert verify(world.workspace.pk).problems == []


def test_a_rolled_back_change_leaves_no_event_and_no_gap(world: World, now: datetime) -> None:
    before = Head.objects.get().seq
    mark = transaction.savepoint()
    record("workspace.changed", world.workspace, actor=world.olga.actor, now=now, changes={})
    assert Head.objects.get().seq == before + 1
    transaction.savepoint_rollback(mark)
    assert Head.objects.get().seq == before
    record("workspace.changed", world.workspace, actor=world.olga.actor, now=now, changes={})
    assert Event.objects.order_by("-seq")[0].seq == before + 1


def test_an_unknown_kind_cannot_be_recorded(world: World, now: datetime) -> None:
    with pytest.raises(KeyError):
        record("workspace.exploded", world.workspace, actor=world.olga.actor, now=now)


@pytest.mark.parametrize("statement", ["UPDATE events_event SET kind = 'x'", "DELETE FROM events_event"])
def test_the_product_cannot_change_or_remove_an_event(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE events_event SET kind = 'x'", "DELETE FROM events_event", "TRUNCATE events_event"]
)
def test_not_even_the_owner_changes_an_event_unless_triggers_are_off(committed: None, statement: str) -> None:
    make_world()
    with wall.as_owner(), pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(statement)


TAMPER = {
    "a changed kind": "UPDATE events_event SET kind = 'member.removed' WHERE seq = 2",
    "a changed payload": 'UPDATE events_event SET payload = payload || \'{"role": "owner"}\' WHERE seq = 3',
    "a changed name": "UPDATE events_event SET actor_name = 'Mallory' WHERE seq = 1",
    "a changed time": "UPDATE events_event SET at = at + interval '1 microsecond' WHERE seq = 2",
    "a changed hash": "UPDATE events_event SET hash = sha256(hash) WHERE seq = 2",
    "a removed event": "DELETE FROM events_event WHERE seq = 2",
    "a removed first event": "DELETE FROM events_event WHERE seq = 1",
    "a truncated tail": "DELETE FROM events_event WHERE seq >= 4",
    "two events swapped": "UPDATE events_event SET seq = 1000 + 5 - seq WHERE seq IN (2, 3);"
    " UPDATE events_event SET seq = seq - 1000 WHERE seq > 1000",
    "an inserted event": "INSERT INTO events_event SELECT nextval('events_event_id_seq'), workspace_id, 99, at, kind,"
    " actor_kind, actor_user_id, actor_name, token_id, subject_kind, subject_id, subject_label, project_id, payload,"
    " hash, sha256(hash) FROM events_event WHERE seq = 1",
}


@pytest.mark.parametrize("how", TAMPER)
def test_verification_finds(committed: None, how: str) -> None:
    world = make_world()
    assert verify(world.workspace.pk).problems == []
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in TAMPER[how].split(";"):
            sql = statement.replace("WHERE", f"WHERE workspace_id = {world.workspace.pk} AND", 1)
            cursor.execute(sql)
    assert verify(world.workspace.pk).problems


def test_a_rewritten_chain_is_found_by_the_published_head(committed: None, now: datetime) -> None:
    world = make_world()
    published = verify(world.workspace.pk).head
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM events_event WHERE workspace_id = %s", [world.workspace.pk])
        cursor.execute("DELETE FROM events_head WHERE workspace_id = %s", [world.workspace.pk])
    enter(world.workspace.pk)
    actions.change_workspace(world.workspace, actor=world.olga.actor, now=now, name="Forged")
    assert verify(world.workspace.pk).problems == []
    assert verify(world.workspace.pk, published=[published]).problems


def test_an_event_outside_a_transaction_is_refused(committed: None, now: datetime) -> None:
    world = make_world()
    with pytest.raises(NotAtomic):
        record("workspace.changed", world.workspace, actor=system(world.workspace.pk), now=now)
