"""The embedded PostgreSQL: the server programs of a wheel, run on a data folder of ours, reached over a unix socket.

Every process that uses a folder shares one server: the first starts it, the last stops it. Being in use is a file
lock, which ends with its holder; so a killed process leaves at most a running server, and the next one finds it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from fairlead.lib import filelock
from fairlead.lib.pg_ground import MAJOR, NoDatabase, place, programs, socket_folder, system_user

DATABASE: Final = "fairlead"
OWNER: Final = "postgres"
START_TIMEOUT_S: Final = 60
PATIENCE_S: Final = 20
"""How long the children of a killed server may take to go before a new one can use the folder."""

DURABLE: Final = (
    "listen_addresses=",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=100",
    "autovacuum_naptime=10s",  # without statistics the board after a large import takes 0.6 s, with them 0.07 s
)
FORGETFUL: Final = (
    *DURABLE[:3],
    "max_connections=200",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=64MB",
    "autovacuum=off",
    "io_method=sync",
)


def _quiet(_line: str) -> None:
    """Say nothing."""


@dataclass
class Server:
    """A running server. `url` connects to the database `fairlead` as the owner of everything in it."""

    folder: Path
    socket_folder: Path
    programs: Path
    options: Sequence[str]
    user: str | None = None
    users_lock: IO[str] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    @property
    def pid(self) -> int | None:
        """The process number of the running server, or None."""
        found = _postmaster(self.folder)
        return found if found and _is_alive(found) else None

    def ensure_running(self) -> bool:
        """Start the server when it is not running, as after a crash; whether that was necessary."""
        with filelock.exclusive(_beside(self.folder, "start")):
            if self._answers():
                return False
            _remove_stale_pid(self.folder)
            self._start()
            return True

    def stop(self) -> None:
        """Give the server up; the last one who does stops it."""
        if self.users_lock is None:
            return
        self.users_lock.close()
        self.users_lock = None
        with filelock.exclusive(_beside(self.folder, "start")):
            alone = filelock.take(_beside(self.folder, "users"))
            if alone is None:
                return
            with alone:
                self.halt(mode="fast")

    def halt(self, *, mode: str) -> None:
        """Stop the server, whoever uses it; `mode` is one of fast and immediate."""
        self._run("pg_ctl", "stop", "-w", "-t", "15", "-m", mode, "-D", str(self.folder), check=False)
        if self.socket_folder != self.folder:
            with suppress(OSError):  # a server that did not stop in time still has its socket there
                self.socket_folder.rmdir()

    def _answers(self) -> bool:
        done = self._run("pg_isready", "-q", "-h", str(self.socket_folder), "-t", "3", check=False)
        return self.pid is not None and done.returncode == 0

    def _start(self) -> None:
        socket_folder(self.folder, self.user)  # gone after an earlier stop when it is a short one
        settings = [*self.options, f"unix_socket_directories={self.socket_folder}", "unix_socket_permissions=0700"]
        spelled = " ".join(f"-c {_quoted(setting)}" for setting in settings)
        log = str(self.folder / "log")
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            done = self._run(
                "pg_ctl", "start", "-w", "-t", str(START_TIMEOUT_S), "-D", str(self.folder), "-l", log, "-o", spelled,
                check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return
            if time.monotonic() > give_up_at:
                raise NoDatabase(f"The embedded PostgreSQL does not start. Its log says:\n{_tail(self.folder / 'log')}")
            time.sleep(0.3)

    def create(self, *, sync: bool) -> None:
        """Make the data folder, unless it is there, and the database in it."""
        if not (self.folder / "PG_VERSION").exists():
            quick = [] if sync else ["--no-sync"]
            self._run(
                "initdb", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
                "--username", OWNER, "--pgdata", str(self.folder), *quick,
            )  # fmt: skip
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise NoDatabase(
                f"{self.folder} was written by PostgreSQL {version}, this version of Fairlead brings {MAJOR}. Dump the "
                "database with the version that wrote it and restore it into a new folder (docs/operating.md)."
            )

    def create_database(self) -> None:
        query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        found = self._run("psql", "-X", "-A", "-t", "-h", str(self.socket_folder), "-U", OWNER, "-c", query, "postgres")
        if found.stdout.strip() != "1":
            self._run("createdb", "-h", str(self.socket_folder), "-U", OWNER, DATABASE)

    def used_by_nobody_else(self) -> bool:
        """Whether no other process uses this server; ours stays registered."""
        if self.users_lock is None:
            return True
        self.users_lock.close()
        alone = filelock.take(_beside(self.folder, "users"))
        if alone:
            alone.close()
        self.users_lock = filelock.share(_beside(self.folder, "users"))
        return alone is not None

    def empty(self) -> None:
        """Remove everything from the database."""
        self._run("dropdb", "--force", "--if-exists", "-h", str(self.socket_folder), "-U", OWNER, DATABASE)
        self.create_database()

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = _run(self.programs / program, arguments, user=self.user)
        if check and done.returncode != 0:
            raise NoDatabase(
                f"{program} of the embedded PostgreSQL failed: {done.stderr.strip() or done.stdout.strip()}"
            )
        return done


def start(folder: Path, *, say: Callable[[str], None] = _quiet) -> Server:
    """Start the server on `folder` (made when missing) or join the one that runs. `say` receives lines for people."""
    home, user = place(folder, say)
    home.parent.mkdir(parents=True, exist_ok=True)
    with filelock.exclusive(_beside(home, "create")):
        server = _server(home, user=user, options=DURABLE)
        server.users_lock = filelock.share(_beside(home, "users"))
        with ExitStack() as undo:
            undo.callback(server.stop)
            if not (home / "PG_VERSION").exists():
                say("Creating the embedded PostgreSQL")
                _clear_half_made(home, user)
            server.create(sync=True)
            server.ensure_running()
            server.create_database()
            undo.pop_all()
    return server


@contextmanager
def throwaway() -> Iterator[Server]:
    """An empty server for tests, fast because it would not survive a power cut; gone after the block.

    What earlier ones left behind, because their process was killed, is removed first.
    """
    root = Path(tempfile.gettempdir())
    _sweep(root)
    home = Path(tempfile.mkdtemp(prefix=THROWAWAY, dir=root))
    user = system_user() if os.geteuid() == 0 else None
    home.chmod(0o711)
    with filelock.share(home / "in-use"):
        server = _server(home / "postgres", user=user, options=FORGETFUL)
        try:
            _clear_half_made(server.folder, user)
            server.create(sync=False)
            server.ensure_running()
            server.create_database()
            yield server
        finally:
            server.halt(mode="immediate")
            shutil.rmtree(home, ignore_errors=True)


THROWAWAY: Final = "fairlead-throwaway-"


def _sweep(root: Path) -> None:
    for home in root.glob(THROWAWAY + "*"):
        try:
            mine = home.owner() == pwd.getpwuid(os.geteuid()).pw_name
            lock = filelock.take(home / "in-use") if mine and (home / "in-use").exists() else None
        except FileNotFoundError:  # another run removed it in between
            continue
        if lock is None:
            continue
        with lock:
            folder = home / "postgres"
            if _postmaster(folder):
                user = system_user() if os.geteuid() == 0 else None
                _server(folder, user=user, options=FORGETFUL).halt(mode="immediate")
            shutil.rmtree(home, ignore_errors=True)


def _server(folder: Path, *, user: str | None, options: Sequence[str]) -> Server:
    return Server(
        folder=folder,
        socket_folder=socket_folder(folder, user),
        programs=programs(user),
        options=options,
        user=user,
    )


def _clear_half_made(folder: Path, user: str | None) -> None:
    """Begin anew where an earlier initdb was interrupted: without PG_VERSION there is no data in the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)


def _beside(folder: Path, word: str) -> Path:
    return folder.with_name(f"{folder.name}.{word}")


def _postmaster(folder: Path) -> int | None:
    """The process number in postmaster.pid, whether or not such a process runs."""
    try:
        return int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_stale_pid(folder: Path) -> None:
    """PostgreSQL takes a reused process number for its own old server; after a reboot that is common."""
    pid = _postmaster(folder)
    if pid is None or not _is_alive(pid):
        return
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    if shown.returncode == 0 and "postgres" not in shown.stdout:
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _run(program: Path, arguments: Sequence[str], *, user: str | None) -> subprocess.CompletedProcess[str]:
    # The server outlives the command, so it must not hold our pipes: output goes to files. It works in / because the
    # present folder may be closed to its user.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        done = subprocess.run(
            [str(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd="/",
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            check=False,
        )
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def _quoted(setting: str) -> str:
    """pg_ctl hands its options to a shell."""
    return "'" + setting.replace("'", "'\\''") + "'"


def _tail(path: Path, lines: int = 12) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"({path}: {error.strerror})"
