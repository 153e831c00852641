"""The database and the files on which commands crash: what they hold, in short, and how to have it again."""

from __future__ import annotations

import email
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg import sql

from fairlead.config import config
from fairlead.events import wall
from jobs.waiting import eventually

QUEUE: Final = "procrastinate_"
LOG: Final = frozenset({"events_event", "events_head"})
NOISE: Final = frozenset({"accounts_apitoken", "django_migrations", "django_content_type"})
"""When a token was last used is written beside the change."""


@dataclass(frozen=True)
class Picture:
    """{table: (rows, digest)} of every table, and the files with their sizes."""

    tables: dict[str, tuple[int, str]]
    files: dict[str, int]

    def changed(self, other: Picture) -> set[str]:
        """The tables that are not the same, but for what is written beside changes."""
        return {name for name, row in self.tables.items() if other.tables[name] != row} - NOISE


@dataclass
class Ground:
    """`database`: a connection as the owner of the tables, who sees every workspace."""

    database: psycopg.Connection[Any]
    folders: tuple[Path, ...]
    keep: Path
    tables: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def save(self) -> Picture:
        """Remember everything as it is now, for `restore`."""
        rows = self.database.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name) WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1"
        ).fetchall()
        self.columns = dict(rows)
        self.tables = list(self.columns)
        self.database.execute("CREATE SCHEMA saved")
        for name in self.tables:
            self.database.execute(sql.SQL("CREATE TABLE saved.{0} AS TABLE public.{0}").format(sql.Identifier(name)))
        for place in self.folders:
            shutil.copytree(place, self.keep / place.name)
        return self.look()

    def mark(self) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
        """Something short that is another one as soon as anything was committed, or a file has come or gone."""
        self._wait_for_rollback()
        one = sql.SQL("SELECT count(*), coalesce(sum(xmin::text::bigint), 0)::bigint FROM public.{}")
        each = [one.format(sql.Identifier(name)) for name in self.tables if name not in NOISE]
        return self.database.execute(sql.SQL(" UNION ALL ").join(each), prepare=True).fetchall(), self.files()

    def put_noise_back(self) -> None:
        """So that each run passes the same points: a token that was used just now is not written again."""
        self.database.execute(
            "UPDATE public.accounts_apitoken t SET last_used_at = s.last_used_at FROM saved.accounts_apitoken s"
            " WHERE s.id = t.id AND t.last_used_at <> s.last_used_at"
        )

    def _wait_for_rollback(self) -> None:
        """The server needs a moment to notice that a process is gone."""
        connection.close()
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        eventually(lambda: not self.rows(others + " AND backend_type = 'client backend'"))

    def look(self) -> Picture:
        """What is there now."""
        one = "SELECT {1}::text, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM public.{0} t"
        each = [sql.SQL(one).format(sql.Identifier(name), sql.Literal(name)) for name in self.tables]
        rows = self.database.execute(sql.SQL(" UNION ALL ").join(each), prepare=True).fetchall()
        return Picture({name: (count, digest) for name, count, digest in rows}, self.files())

    def files(self) -> dict[str, int]:
        """Everything in the folders, by path from the folder's parent."""
        found = [path for place in self.folders for path in place.rglob("*") if path.is_file()]
        return {f"{path}": path.stat().st_size for path in sorted(found)}

    def restore(self, saved: Picture, now: Picture) -> None:
        """Bring everything back to what was saved."""
        changed = [name for name, row in saved.tables.items() if now.tables[name] != row]
        with self.database.transaction():
            self.database.execute("SET LOCAL session_replication_role = replica")
            for name in changed:
                names = sql.SQL(", ").join(map(sql.Identifier, self.columns[name]))
                self.database.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(name)))
                self.database.execute(
                    sql.SQL("INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM saved.{0}").format(
                        sql.Identifier(name), names
                    )
                )
        if now.files != saved.files:
            for place in self.folders:
                shutil.rmtree(place)
                shutil.copytree(self.keep / place.name, place)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """The answer to a question, over all workspaces."""
        return self.database.execute(query, params or None).fetchall()

    def summary(self) -> dict[str, Any]:
        """What there is now, without the numbers of rows: for comparing two ways to the same end."""
        now = self.look()
        last = self.rows("SELECT coalesce(max(id), 0) FROM saved.events_event")[0][0]
        label = "CASE subject_kind WHEN 'task' THEN subject_label ELSE regexp_replace(subject_label, '[0-9]+', '#') END"
        kinds = self.rows(f"SELECT kind, subject_kind, {label} FROM events_event WHERE id > %s", last)
        waiting = self.rows("SELECT DISTINCT task_name FROM procrastinate_jobs")
        states = {
            name: Counter(row[0] for row in self.rows(f"SELECT state::text FROM public.{name}"))
            for name, columns in self.columns.items()
            if "state" in columns
        }
        counts = {n: row[0] for n, row in now.tables.items() if not n.startswith(QUEUE)}
        return {
            "rows": counts,
            "events": Counter(kinds),
            "jobs": {row[0] for row in waiting},
            "states": states,
            "mails": len({_identity(Path(path)) for path in now.files if path.endswith(".eml")}),
        }


def _identity(mail: Path) -> str:
    """Two mails of one Message-ID are one mail."""
    return str(email.message_from_bytes(mail.read_bytes())["Message-ID"])


def owners_database() -> psycopg.Connection[Any]:
    """A connection as the owner, beside Django's own."""
    place = connection.settings_dict
    return psycopg.connect(
        host=place["HOST"], port=place["PORT"] or None, dbname=place["NAME"], user=place["USER"] or None,
        password=place["PASSWORD"] or None, autocommit=True, options="-c timezone=UTC",
    )  # fmt: skip


def empty_everything() -> None:
    """As after every test with real commits."""
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS saved CASCADE")
        cursor.execute("SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables WHERE schemaname = 'public'"
                       " AND tablename NOT IN ('django_migrations', 'django_content_type')")  # fmt: skip
        tables = cursor.fetchone()[0]
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")


def places() -> tuple[Path, ...]:
    """The folders that the product writes into."""
    from django.conf import settings

    found = (config().files_path, Path(settings.MAIL_FOLDER), config().data_path)
    for place in found:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found
