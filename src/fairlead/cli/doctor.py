"""`fairlead doctor`: what is wrong here, in plain words, and how to mend it."""

from __future__ import annotations

import argparse
import shutil
import stat
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fairlead.config import Config, config
from fairlead.lib.pg_ground import NoDatabase

OK, WARN, FAIL = "ok", "warn", "fail"
LITTLE_DISK_BYTES: Final = 1_000_000_000
NO_DISK_BYTES: Final = 100_000_000
CLOCK_WARN_S: Final = 2.0
CLOCK_FAIL_S: Final = 30.0
LATE_WARN_S: Final = 60.0
OLD_BACKUP: Final = timedelta(days=2)
OLDEST_POSTGRES: Final = 150000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do about it unless it is in order."""

    level: str
    what: str
    mend: str = ""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser("doctor", help="say what is wrong here and how to mend it")
    doctor.set_defaults(run=_doctor)


def _doctor(_: argparse.Namespace) -> int:
    findings = []
    for finding in examine():
        findings.append(finding)
        print(f"{finding.level:>4}  {finding.what}" + (f"\n      {finding.mend}" if finding.mend else ""), flush=True)
    failed = [finding for finding in findings if finding.level == FAIL]
    warned = [finding for finding in findings if finding.level == WARN]
    print(f"\n{len(failed)} to mend, {len(warned)} to look at." if failed or warned else "\nAll is well.")
    return 1 if failed else 0


def examine() -> Iterator[Finding]:
    """Look at everything, from the ground up; what stands on something broken is not looked at."""
    settings = config()
    yield python_version()
    yield from data_folder(settings)
    yield secret(settings)
    yield from address(settings)
    yield mail(settings)
    yield backup(settings, now=datetime.now(UTC))
    yield from database_and_above()


def python_version() -> Finding:
    # The script and the installer refuse older ones; the line helps whoever reads a report.
    return Finding(OK, f"Python {'.'.join(str(part) for part in sys.version_info[:3])}")


def data_folder(settings: Config) -> Iterator[Finding]:
    folder = settings.data_path
    existing = next(level for level in (folder, *folder.parents) if level.exists())
    free = shutil.disk_usage(existing).free
    shown = f"{free / 1e9:.1f} GB free for {folder}"
    if free < NO_DISK_BYTES:
        yield Finding(FAIL, shown, "Free some space: the database stops when the disk is full")
    elif free < LITTLE_DISK_BYTES:
        yield Finding(WARN, shown, "Free some space soon")
    else:
        yield Finding(OK, shown)


def secret(settings: Config) -> Finding:
    if settings.secret_key:
        return Finding(OK, "The secret key comes from FAIRLEAD_SECRET_KEY")
    path = settings.data_path / "secret_key"
    if not path.exists():
        return Finding(OK, "The secret key will be made at the first start")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding(FAIL, f"Others can read the secret key (mode {mode:o})", f"chmod 600 {path}")
    return Finding(OK, "Only its owner can read the secret key")


def address(settings: Config) -> Iterator[Finding]:
    base = urlsplit(settings.base_url)
    local = base.hostname in ("127.0.0.1", "localhost", "::1")
    if settings.host in ("127.0.0.1", "localhost", "::1") and not local and not settings.trusted_proxies:
        yield Finding(
            WARN,
            f"People type {settings.base_url}, but the server listens on {settings.host} only",
            "Put a reverse proxy in front and set FAIRLEAD_TRUSTED_PROXIES=1, or set FAIRLEAD_HOST=0.0.0.0",
        )
    elif not local and base.scheme == "http":
        yield Finding(
            WARN,
            f"{settings.base_url} is not encrypted",
            "Serve it over https and set FAIRLEAD_BASE_URL to that address",
        )
    elif settings.debug and not local:
        yield Finding(FAIL, "Technical error pages are shown to everybody", "Remove FAIRLEAD_DEBUG")
    else:
        yield Finding(OK, f"People reach it at {settings.base_url}")


def mail(settings: Config) -> Finding:
    from fairlead.lib.errors import Unavailable
    from fairlead.lib.mail import check

    if not settings.mail_url:
        return Finding(
            WARN,
            f"No mail goes out; mails are written to {settings.data_path / 'mail'}",
            "Set FAIRLEAD_MAIL_URL, for example smtp://user:password@mail.example.org:587",
        )
    try:
        check(settings.mail_url)
    except Unavailable as error:
        return Finding(FAIL, str(error), "Check FAIRLEAD_MAIL_URL: address, port, user and password")
    return Finding(OK, f"The mail server {urlsplit(settings.mail_url).hostname} takes mail")


def backup(settings: Config, *, now: datetime) -> Finding:
    """When the last scheduled backup was made."""
    if not settings.backup_folder:
        return Finding(WARN, "No backups are scheduled", "Set FAIRLEAD_BACKUP_FOLDER, best to another disk")
    from fairlead.archive.backup import last_made_at

    folder = Path(settings.backup_folder).expanduser()
    made_at = last_made_at(folder)
    if made_at is None:
        return Finding(WARN, f"{folder} holds no backup yet", "A worker makes one a day: does one run?")
    shown = f"The last backup is of {made_at:%Y-%m-%d %H:%M} UTC"
    if now - made_at > OLD_BACKUP:
        return Finding(WARN, f"{shown}, in {folder}", "A worker makes one a day: does one run, is the disk full?")
    return Finding(OK, shown)


def database_and_above() -> Iterator[Finding]:
    from fairlead.cli.database import database

    try:
        with database() as server:
            import django.db

            from fairlead.events.wall import as_owner

            try:
                with as_owner():
                    yield server_version(embedded=server is not None)
                    waiting = yield from _migrations()
                if not waiting:
                    yield from wall()
                    yield clock()
                    yield from workers()
            except django.db.OperationalError as error:
                first = str(error).strip().splitlines()[0]
                yield Finding(
                    FAIL, f"The database does not answer: {first}", "Is it running, and is FAIRLEAD_DATABASE_URL right?"
                )
    except NoDatabase as error:
        yield Finding(FAIL, "There is no database", str(error))


def server_version(*, embedded: bool) -> Finding:
    from django.db import connection

    connection.ensure_connection()
    number = connection.connection.info.server_version
    shown = f"PostgreSQL {number // 10000}.{number % 10000}" + (" (embedded)" if embedded else "")
    if number < OLDEST_POSTGRES:
        return Finding(FAIL, f"{shown} is too old", "Move the database to PostgreSQL 15 or newer")
    return Finding(OK, shown)


def _migrations() -> Generator[Finding, None, bool]:
    from fairlead.cli.database import unapplied

    waiting = unapplied()
    if waiting:
        yield Finding(FAIL, f"{len(waiting)} migrations wait, the first is {waiting[0]}", "Run: fairlead migrate")
    else:
        yield Finding(OK, "The tables are up to date")
    return bool(waiting)


def wall() -> Iterator[Finding]:
    """Row-level security holds on every table of a workspace, and the product is not exempt from it."""
    from django.db import connection

    from fairlead.events.wall import ROLE, walled

    tables = [model._meta.db_table for model in walled()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        user, exempt = cursor.fetchone()
        cursor.execute(
            "SELECT c.relname, pg_get_userbyid(c.relowner) = current_user FROM pg_class c WHERE c.relname = ANY(%s)"
            " AND c.relnamespace = 'public'::regnamespace AND c.relrowsecurity"
            " AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)",
            [tables],
        )
        guarded = dict(cursor.fetchall())
    if exempt or any(guarded.values()):
        yield Finding(
            FAIL, f"The product works as {user}, who sees every workspace", f"Let it work as {ROLE}: fairlead migrate"
        )
    elif missing := sorted(set(tables) - set(guarded)):
        yield Finding(FAIL, f"No wall between workspaces on {', '.join(missing)}", "Run: fairlead migrate")
    else:
        yield Finding(OK, f"The wall between workspaces stands on {len(tables)} tables")


def clock() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
        after = datetime.now(UTC)
    apart_s = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    shown = f"The clocks of this machine and of the database are {apart_s:.1f} s apart"
    level = OK if apart_s < CLOCK_WARN_S else WARN if apart_s < CLOCK_FAIL_S else FAIL
    return Finding(level, shown, "" if level == OK else "Switch on time synchronisation on both machines")


def workers() -> Iterator[Finding]:
    from fairlead.jobs.upkeep import health

    found = health()
    waiting = sum(found.waiting.values())
    if found.workers:
        yield Finding(OK, f"{found.workers} background workers are alive; {waiting} jobs wait, {found.running} run")
    else:
        yield Finding(
            WARN,
            f"No background worker is alive; {waiting} jobs wait",
            "Start fairlead serve, or fairlead worker on any machine that reaches the database",
        )
    if found.workers and found.late_s > LATE_WARN_S:
        yield Finding(WARN, f"A job has been due for {found.late_s:.0f} s", "Start another worker: fairlead worker")
    if found.failed:
        yield Finding(WARN, f"{found.failed} jobs have given up in the last month", "The log of the workers says why")
