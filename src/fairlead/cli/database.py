"""The database for a command: the embedded server while no other is set; `migrate` brings it up to date."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fairlead.config import choose_settings_module, config, make_folder, use
from fairlead.lib import embedded_pg
from fairlead.lib.pg_ground import NoDatabase

STAMP: Final = "up-to-date"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = commands.add_parser("migrate", help="create the tables, or bring them up to date")
    migrate.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 when something is to be done"
    )
    migrate.set_defaults(run=_migrate)
    shell = commands.add_parser("shell", help="Python with the product loaded")
    shell.set_defaults(run=_shell)


def say(text: str) -> None:
    """One line for the person at the terminal; standard output stays free for results."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def database_server() -> Iterator[embedded_pg.Server | None]:
    """Have a database inside the block; yields the embedded server if it is that one."""
    server = None
    if not config().database_url:
        make_folder(config().data_path)
        server = embedded_pg.start(config().data_path / "postgres", say=say)
        use(database_url=server.url)
    try:
        yield server
    finally:
        disconnect()
        if server:
            server.stop()


@contextmanager
def database() -> Iterator[embedded_pg.Server | None]:
    """Have a database and Django ready inside the block; yields the embedded server if it is that one."""
    with database_server() as server:
        set_up_django()
        yield server


def set_up_django() -> None:
    """Load the product's models and settings."""
    choose_settings_module()
    import django

    django.setup()


def disconnect() -> None:
    """Close Django's connections, if it has any."""
    if "django.db" in sys.modules and "fairlead.settings" in sys.modules:
        from django.db import connections

        connections.close_all()


def unapplied() -> list[str]:
    """The migrations that wait to be applied, as app.name, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown() -> list[str]:
    """The applied migrations that this version does not have, as app.name: a newer version made them."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    loader = MigrationExecutor(connection).loader
    ours = {app for app, _ in loader.disk_migrations or ()}
    newer = [key for key in loader.applied_migrations if key[0] in ours and key not in (loader.disk_migrations or ())]
    return sorted(f"{app}.{name}" for app, name in newer)


def refuse_newer() -> None:
    """Raise NoDatabase when a newer version has changed the tables: older code would damage what it does not know."""
    newer = unknown()
    if newer:
        raise NoDatabase(
            f"The database was brought up to date by a newer version of Fairlead ({newer[-1]}). Start that version, or "
            "go back with the backup that was made before: fairlead restore (docs/operating.md)."
        )


def bring_up_to_date() -> None:
    """Apply the migrations that wait, if any."""
    from fairlead.events.wall import as_owner

    with as_owner():
        refuse_newer()
        waiting = unapplied()
    if waiting:
        say("Bringing the tables up to date")
        migrate()
    make_folder(config().data_path)
    (config().data_path / STAMP).write_text(_fingerprint())


def probably_up_to_date() -> bool:
    """Whether the last start on this data folder left the tables as this version wants them; asks no database."""
    stamp = config().data_path / STAMP
    return stamp.exists() and stamp.read_text() == _fingerprint()


def _fingerprint() -> str:
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(config().database_url.encode())
    for file in sorted([*package.glob("*/migrations/*.py"), package / "events" / "wall.py"]):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def migrate() -> None:
    """Bring the tables, the wall between workspaces and the rights of the ordinary role up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _migrate(arguments: argparse.Namespace) -> int:
    with database():
        from fairlead.events.wall import as_owner

        with as_owner():
            refuse_newer()
            waiting = unapplied()
        if arguments.check:
            print("\n".join(waiting) or "The tables are up to date.")
            return 1 if waiting else 0
        migrate()
        print(f"{len(waiting)} migrations applied." if waiting else "The tables are up to date.")
    return 0


def _shell(_: argparse.Namespace) -> int:
    with database():
        from django.core.management import call_command

        call_command("shell")
    return 0
