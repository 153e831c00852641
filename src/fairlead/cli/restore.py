"""`fairlead restore`: a backup into an empty database, and the proof that all of it is there."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from fairlead.cli.backup import tell
from fairlead.cli.database import STAMP, database_server, say, set_up_django
from fairlead.config import config
from fairlead.lib.embedded_pg import Server
from fairlead.lib.pg_ground import NoDatabase


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    restore = commands.add_parser("restore", help="bring a backup back, into an empty database")
    restore.add_argument("file", type=Path, help="the file that fairlead backup made")
    restore.add_argument(
        "--force-empty", action="store_true", help="first remove everything that is in the embedded database"
    )
    restore.set_defaults(run=_restore)


def _restore(arguments: argparse.Namespace) -> int:
    with database_server() as server:
        set_up_django()
        from fairlead.archive.actions import restore
        from fairlead.archive.actions.restore import require_known
        from fairlead.archive.parcel import check

        if server and not server.used_by_nobody_else():
            raise NoDatabase("Fairlead works with this database now. Stop it (Ctrl-C where it was started) first.")
        if arguments.force_empty:
            require_known(check(arguments.file)[0])  # a bad archive must not cost what is there
            _empty(server)
        done = restore(arguments.file, now=datetime.now(UTC), say=say)
        (config().data_path / STAMP).unlink(missing_ok=True)
    tell(done.manifest, done.fingerprint, arguments.file)
    for problem in done.problems:
        print(f"WRONG   {problem}")
    print(f"Epoch {done.epoch}: {done.timers} timers set; {done.unsent} things that waited are not sent from here.")
    if done.problems:
        return 1
    print("Every row is there and every event log is unbroken. Start it with: fairlead serve")
    return 0


def _empty(server: Server | None) -> None:
    if server is None:
        raise NoDatabase(
            "--force-empty empties the embedded database only. Make an empty one (createdb) and name it in "
            "FAIRLEAD_DATABASE_URL."
        )
    say("Removing what is in the embedded database")
    server.empty()
