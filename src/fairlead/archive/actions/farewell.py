"""The end of a workspace: asked for by name, two weeks to take it back, then nothing of it is left."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from psycopg import sql

from fairlead.accounts.models import Workspace
from fairlead.archive.actions.exports import folder
from fairlead.archive.models import Removed
from fairlead.archive.permissions import may_keep_data
from fairlead.archive.tables import Connection, owners_connection
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.wall import walled
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import later, tr

GRACE_DAYS: Final = 14
ONLY_OWNERS: Final = later("Only an owner can end the workspace.")


def ask_for_end(workspace: Workspace, name: str, *, actor: Actor, now: datetime) -> None:
    """Have the workspace removed in two weeks. `name`: what the owner typed, which must be its name."""
    require(may_keep_data(actor), ONLY_OWNERS)
    if name.strip() != workspace.name:
        wrong = tr("Type the workspace's name, %(name)s, to be sure that it is this one.", name=workspace.name)
        raise Invalid({"name": wrong})
    ends_at = now + timedelta(days=GRACE_DAYS)
    with transaction.atomic():
        if Workspace.objects.filter(pk=actor.workspace_id, ends_at__isnull=True).update(ends_at=ends_at):
            record("workspace.end_asked", workspace, actor=actor, now=now, ends_at=ends_at)


def keep_workspace(workspace: Workspace, *, actor: Actor, now: datetime) -> None:
    """Take the end back."""
    require(may_keep_data(actor), ONLY_OWNERS)
    with transaction.atomic():
        if not Workspace.objects.filter(pk=actor.workspace_id, ends_at__isnull=False).update(ends_at=None):
            raise Conflict(tr("Nobody has asked for the end of this workspace."))
        record("workspace.end_taken_back", workspace, actor=actor, now=now)


def remove_workspace(workspace_id: int, *, now: datetime) -> bool:
    """Remove every row of a workspace whose end is due, in one transaction of the owner of the tables.

    Its events go with it: a log without its workspace would only keep personal data. That it was here and how long its
    log was stays. Accounts of people stay, since they are theirs. False when the end is not due (any more).
    """
    with owners_connection() as database:
        query = "UPDATE accounts_workspace SET ends_at = NULL WHERE id = %s AND ends_at <= %s RETURNING id"
        if database.execute(query, [workspace_id, now]).fetchone() is None:
            return False
        _remove_rows(database, workspace_id, now)
        if left := rows_left(database, workspace_id):
            raise RuntimeError(f"rows of workspace {workspace_id} are left in {', '.join(left)}")
    shutil.rmtree(folder(workspace_id), ignore_errors=True)
    return True


def _remove_rows(database: Connection, workspace_id: int, now: datetime) -> None:
    row = database.execute("SELECT seq FROM events_head WHERE workspace_id = %s", [workspace_id]).fetchone()
    database.execute("SET CONSTRAINTS ALL DEFERRED")
    database.execute("DELETE FROM procrastinate_jobs WHERE args->>'workspace_id' = %s::text", [str(workspace_id)])
    database.execute("ALTER TABLE events_event DISABLE TRIGGER event_keep")
    for table, column in places():
        query = sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
        database.execute(query, [workspace_id])
    database.execute("SET CONSTRAINTS ALL IMMEDIATE")
    database.execute("ALTER TABLE events_event ENABLE TRIGGER event_keep")
    database.execute(
        sql.SQL("INSERT INTO {} (number, events, removed_at) VALUES (%s, %s, %s)").format(
            sql.Identifier(Removed._meta.db_table)
        ),
        [workspace_id, row[0] if row else 0, now],
    )


def places() -> list[tuple[str, str]]:
    """Every table that holds rows of workspaces with the column that says whose they are; the workspace itself last."""
    found = [(m._meta.db_table, str(getattr(m, "wall_column", "workspace_id"))) for m in walled()]
    return sorted(found, key=lambda place: place[1] == "id")


def rows_left(database: Connection, workspace_id: int) -> list[str]:
    """The tables, asked of the database itself, in which a row still bears the number of the workspace."""
    named = database.execute(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id'"
        " AND table_schema = 'public' ORDER BY 1"
    ).fetchall()
    asked = [*((name, "workspace_id") for (name,) in named), ("accounts_workspace", "id")]
    found = []
    for table, column in asked:
        query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {} WHERE {} = %s)").format(
            sql.Identifier(table), sql.Identifier(column)
        )
        row = database.execute(query, [workspace_id]).fetchone()
        if row and row[0]:
            found.append(table)
    return found
