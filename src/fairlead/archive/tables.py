"""What the database is made of, as the catalogue of PostgreSQL tells it: tables in the order of their foreign keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import psycopg
from django.db import connection

from fairlead.events.wall import ROLE

LEFT_OUT: Final = (
    # The queue: after a restore its jobs would run a second time. Timers are set again from the rows.
    "procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers",
    # Whoever was signed in signs in again, and a used link stays used.
    "accounts_session", "accounts_signinlink", "accounts_attempt",
    # What was removed a moment ago can be taken back where that happened.
    "accounts_kept",
    # Made by the migrations.
    "django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions",
    # Counted anew from the texts that are restored.
    "work_word",
    # The history of restores belongs to a place, not to its content.
    "archive_epoch",
)  # fmt: skip
"""Tables that no backup holds, each for its reason."""

TABLES = """
SELECT c.relname, coalesce(array_agg(a.attname ORDER BY a.attnum), '{}') FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL(%s)
GROUP BY c.relname ORDER BY c.relname
"""
POINTS = """
SELECT h.relname, t.relname FROM pg_constraint k JOIN pg_class h ON h.oid = k.conrelid
JOIN pg_class t ON t.oid = k.confrelid
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND h.oid <> t.oid
"""
SEQUENCES = """
SELECT t.relname, a.attname, pg_sequence_last_value(s.oid) FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND t.relnamespace = 'public'::regnamespace AND t.relname <> ALL(%s)
"""
Connection = psycopg.Connection[Any]


@contextmanager
def owners_connection() -> Iterator[Connection]:
    """A connection of its own as the owner of the tables, before whom no wall stands; commits at the end."""
    parameters = connection.get_connection_params()
    kept = {key: value for key, value in parameters.items() if key not in ("cursor_factory", "context")}
    options = str(kept.get("options", "")).replace(f"-c role={ROLE}", "")
    kept["options"] = f"{options} -c idle_in_transaction_session_timeout=0"  # files are packed inside one snapshot
    with psycopg.connect(**kept) as fresh:
        yield fresh


def tables(database: Connection) -> dict[str, list[str]]:
    """Every table with its columns, those that others point to first. Columns that are computed are left out."""
    columns = dict(database.execute(TABLES, [list(LEFT_OUT)]).fetchall())
    before: dict[str, set[str]] = {name: set() for name in columns}
    for here, there in database.execute(POINTS).fetchall():
        if here in columns and there in columns:
            before[here].add(there)
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:  # foreign keys are checked at the commit; the order is for those who read the archive
        order = sorted(columns)
    return {name: columns[name] for name in order}


def sequences(database: Connection) -> dict[str, int]:
    """The last number that each counter has given out, by table.column; those that gave out none are left out."""
    rows = database.execute(SEQUENCES, [list(LEFT_OUT)]).fetchall()
    return {f"{table}.{column}": int(last) for table, column, last in rows if last is not None}
