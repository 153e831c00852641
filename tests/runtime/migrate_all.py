"""Run by test_migrations.py in a database of its own: every migration back and forward, with checksums."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from fairlead.archive.tables import owners_connection, tables
from fairlead.events import wall
from security.objects import fill

Sums = dict[str, dict[str, str]]


def checksums() -> Sums:
    """For each table and column a checksum over all rows, whatever their order."""
    found: Sums = {}
    with owners_connection() as database:
        for table, columns in tables(database).items():
            parts = ", ".join(
                f"md5(string_agg(md5(coalesce(\"{c}\"::text, '~')), '' ORDER BY ctid::text))" for c in columns
            )
            ordered = parts.replace("ORDER BY ctid::text", f"ORDER BY md5(coalesce(\"{columns[0]}\"::text, '~'))")
            row = database.execute(f'SELECT {ordered} FROM "{table}"').fetchone()  # type: ignore[call-overload]
            found[table] = dict(zip(columns, map(str, row or ()), strict=True))
    return found


def _sum(column: str, order: str) -> str:
    return f"md5(string_agg(coalesce(\"{column}\"::text, '~'), '|' ORDER BY \"{order}\"))"


def different(before: Sums, after: Sums) -> list[str]:
    """The columns that are in both and hold something else."""
    return [
        f"{table}.{column}"
        for table, columns in before.items()
        for column, value in columns.items()
        if table in after and column in after[table] and after[table][column] != value
    ]


def missing(before: Sums, after: Sums) -> list[str]:
    """The columns that did not come back."""
    return [f"{t}.{c}" for t, columns in before.items() for c in columns if c not in after.get(t, {})]


def back_and_forward() -> dict[str, list[str]]:
    """Fill, then take each of our migrations back and make it again, from the last one to the first.

    `tried`: their names; `wrong`: what was not as before."""
    call_command("migrate", verbosity=0)
    fill(datetime.now(UTC))
    connection.close()
    tried: list[str] = []
    wrong: list[str] = []
    with wall.as_owner():
        loader = MigrationExecutor(connection).loader
        plan = MigrationExecutor(connection).migration_plan(loader.graph.leaf_nodes(), clean_start=True)
        order = [migration for migration, _ in plan]
        for place in reversed(range(len(order))):
            if type(order[place]).__module__.startswith("fairlead."):
                state = loader.project_state([(m.app_label, m.name) for m in order[:place]])
                tried.append(f"{order[place].app_label}.{order[place].name}")
                wrong += [f"{tried[-1]} {text}" for text in _there_and_back(order[place], state)]
    return {"tried": tried, "wrong": wrong}


def _there_and_back(migration: Migration, state: ProjectState) -> list[str]:
    """What one migration changes that it should not; it is taken back in the end."""
    before = checksums()
    _take_back(migration, state)
    back = checksums()
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(state.clone(), editor)
    again = checksums()
    _take_back(migration, state)
    found = [f"back: {column}" for column in different(before, back)]
    found += [f"forward: {column}" for column in different(back, again)]
    return found + [f"lost: {column}" for column in missing(before, again)]


def _take_back(migration: Migration, state: ProjectState) -> None:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(state.clone(), editor)
