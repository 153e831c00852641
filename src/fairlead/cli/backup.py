"""`fairlead backup`: everything in one file, while the product runs. `--verify`: is this file whole?"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.cli.database import database, say, set_up_django
from fairlead.lib.pg_ground import NoDatabase

if TYPE_CHECKING:
    from fairlead.archive.parcel import Manifest


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="write everything into one file, while the product runs")
    backup.add_argument("file", nargs="?", type=Path, help="the file (.tar.gz); by default named after the time, here")
    backup.add_argument("--verify", action="store_true", help="make none: check the file, and say what it holds")
    backup.add_argument("--with-secrets", action="store_true", help="also the secret key; guard the file like it")
    backup.set_defaults(run=_backup)


def _backup(arguments: argparse.Namespace) -> int:
    if arguments.verify:
        return _verify(arguments.file)
    with database():
        from fairlead.archive.backup import file_name, make_backup

        now = datetime.now(UTC)
        path = (arguments.file or Path(file_name(now))).absolute()
        if path.exists():
            raise NoDatabase(f"{path} is there already. Choose another name, or remove it first.")
        require_up_to_date()
        made = make_backup(path, now=now, with_secrets=arguments.with_secrets, say=say)
    tell(made.manifest, made.fingerprint, path)
    if not arguments.with_secrets:
        say("The secret key is not in it; keep a copy of the file secret_key elsewhere, or use --with-secrets.")
    return 0


def require_up_to_date() -> None:
    """Raise NoDatabase when the tables are not those of this version."""
    from fairlead.cli.database import unapplied, unknown
    from fairlead.events.wall import as_owner

    with as_owner():
        if unapplied() or unknown():
            raise NoDatabase("The tables are not those of this version. Make the backup with the version that runs.")


def _verify(path: Path | None) -> int:
    if path is None:
        raise NoDatabase("Say which file: fairlead backup --verify FILE")
    set_up_django()
    from fairlead.archive.parcel import check

    manifest, fingerprint = check(path)
    tell(manifest, fingerprint, path)
    return 0


def tell(manifest: Manifest, fingerprint: str, path: Path) -> None:
    """What an archive holds, for people."""
    files = sum(member.name.startswith("files/") for member in manifest.members)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, made {manifest.made_at} by version {manifest.version}")
    print(f"  {manifest.rows} rows of {len(manifest.tables)} tables, {files} files")
    for head in manifest.heads:
        print(f"  workspace {head['workspace']}: {head['seq']} events, the last one {head['hash'][:16]}")
    print(f"  fingerprint {fingerprint}")
