"""Further databases on the server of the tests, and commands that work on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection

from fairlead.archive.tables import owners_connection
from fairlead.config import config


@contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty database, gone after the block."""
    name = f"place_{uuid4().hex[:12]}"
    with owners_connection() as server:
        server.autocommit = True
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield address(name)
    finally:
        with owners_connection() as server:
            server.autocommit = True
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def address(name: str) -> str:
    """The address of another database of the server."""
    url = config().database_url
    before, mark, after = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}{mark}{after}"


def run(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the product on that database, with a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRLEAD_", "DJANGO_"))}
    given = {"FAIRLEAD_DATABASE_URL": url, "FAIRLEAD_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *words], env=kept | given, capture_output=True, text=True, check=False, timeout=900
    )


def fairlead(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`fairlead …` on that database."""
    return run(url, folder, "-m", "fairlead", *words)


def counts(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(url) as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone() for (name,) in names}  # type: ignore[call-overload]
    return {name: row[0] for name, row in found.items() if row}


def value(url: str, query: str) -> object:
    """The first value of a query."""
    with psycopg.connect(url) as database:
        row = database.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def here() -> str:
    """The address of the database of this test."""
    return address(str(connection.settings_dict["NAME"]))


def execute(url: str, query: str) -> None:
    """One statement."""
    with psycopg.connect(url) as database:
        database.execute(query)  # type: ignore[call-overload]
