"""Telling open pages that something of one person's own has changed, without an event: nothing is kept of it."""

from __future__ import annotations

from django.db import connection

PERSONAL = frozenset({"notice", "planner", "timer"})
"""Topics that concern one reader only; the others of the workspace do not hear of them."""


def announce(topic: str, workspace_id: int, user_id: int) -> None:
    """Refresh what shows `topic` on the pages of this user; leaves with the transaction."""
    if topic not in PERSONAL:
        raise ValueError(f"{topic} is no personal topic")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('fairlead_events', %s)", [f"{workspace_id}:0:{topic}.changed:{user_id}"])
