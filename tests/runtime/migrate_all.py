"""Run by test_migrations.py in a database of its own: every migration back and forward, with checksums."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
    """Fill, then take each of our migrations back and forward again, from the last one to the first.

    `tried`: their names; `wrong`: what was not as before."""
    call_command("migrate", verbosity=0)
    fill(datetime.now(UTC))
    connection.close()
    tried, wrong = [], []
    with wall.as_owner():
        graph = MigrationExecutor(connection).loader.graph
        plan = [key for key in MigrationExecutor(connection).loader.applied_migrations if key in graph.nodes]
        ours = [key for key in plan if graph.nodes[key].__module__.startswith("fairlead.")]
        for app, name in reversed(ours):
            executor = MigrationExecutor(connection)
            if (app, name) not in executor.loader.applied_migrations:
                continue  # went back with one that it rests on
            parents = [key for key in graph.node_map[(app, name)].parents if key.key[0] == app]
            target = (app, parents[0].key[1]) if parents else (app, None)
            before, leaves = checksums(), _leaves(executor)
            executor.migrate([target])
            back = checksums()
            MigrationExecutor(connection).migrate(leaves)
            again = checksums()
            tried.append(f"{app}.{name}")
            wrong += [f"{app}.{name} back: {c}" for c in different(before, back)]
            wrong += [f"{app}.{name} forward: {c}" for c in different(back, again)]
            wrong += [f"{app}.{name} lost: {c}" for c in missing(before, again)]
            MigrationExecutor(connection).migrate([target])
    return {"tried": tried, "wrong": wrong}


def _leaves(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """The last applied migration of each app."""
    applied, graph = set(executor.loader.applied_migrations), executor.loader.graph
    inside = [key for key in applied if key in graph.nodes]
    followed = {p.key for key in inside for p in graph.node_map[key].parents if p.key[0] == key[0]}
    return [key for key in inside if key not in followed]
