"""The workspace that this database connection may see; row-level security compares every row with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def _get(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


def enter(workspace_id: int | None, *, user_id: int | None = None, bearer_of: str = "") -> None:
    """From now on this connection sees the rows of this workspace, the user's own memberships and the one token whose
    secret has the digest `bearer_of`, nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('fairlead.workspace', %s, false), set_config('fairlead.user', %s, false),"
            " set_config('fairlead.bearer', %s, false)",
            [str(workspace_id or ""), str(user_id or ""), bearer_of],
        )


@contextmanager
def tenant(workspace_id: int | None) -> Iterator[None]:
    """See the rows of one workspace inside the block; what was seen before is restored after it."""
    before = _get("fairlead.workspace")
    _set("fairlead.workspace", str(workspace_id or ""))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set("fairlead.workspace", before)


@contextmanager
def seen_by(user_id: int) -> Iterator[None]:
    """See this user's own memberships, in whatever workspace, inside the block."""
    before = _get("fairlead.user")
    _set("fairlead.user", str(user_id))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set("fairlead.user", before)


@contextmanager
def bearer(digest: str) -> Iterator[None]:
    """See the one token, invitation or link whose secret has this digest: its holder has proven to know it."""
    _set("fairlead.bearer", digest)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set("fairlead.bearer", "")


def workspace_ids() -> list[int]:
    """Every workspace's id, for jobs that visit them one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fairlead_workspace_ids()")
        return [row[0] for row in cursor.fetchall()]
