"""The embedded PostgreSQL: shared, stopped by the last, and back after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fairlead.lib import embedded_pg
from fairlead.lib.pg_ground import NoDatabase, reachable
from jobs.waiting import eventually


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the server's user can reach also when the tests run as root."""
    import shutil
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="fairlead test "))
    home.chmod(0o711)
    yield home / "postgres"
    shutil.rmtree(home, ignore_errors=True)


def write(server: embedded_pg.Server, word: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def read(server: embedded_pg.Server) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM words ORDER BY word")]


def test_what_was_written_is_there_at_the_next_start(folder: Path) -> None:
    server = embedded_pg.start(folder)
    write(server, "kept")
    server.stop()
    assert server.pid is None
    again = embedded_pg.start(folder)
    assert read(again) == ["kept"]
    again.stop()


def test_two_share_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    first, second = embedded_pg.start(folder), embedded_pg.start(folder)
    assert first.pid == second.pid
    assert not first.used_by_nobody_else()
    first.stop()
    assert second.pid is not None
    assert second.used_by_nobody_else()
    second.stop()
    assert second.pid is None


def test_a_killed_server_comes_back_with_everything_that_was_committed(folder: Path) -> None:
    server = embedded_pg.start(folder)
    write(server, "committed")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    eventually(lambda: server.pid is None)
    assert server.ensure_running()
    assert read(server) == ["committed"]
    assert not server.ensure_running()
    server.stop()


def test_a_killed_program_leaves_a_server_that_the_next_one_uses_and_stops(folder: Path) -> None:
    program = "from fairlead.lib import embedded_pg as e; from pathlib import Path; import time\n"
    program += f"s = e.start(Path({str(folder)!r})); print(s.pid, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        pid = int(killed.stdout.readline())
        killed.kill()
    server = embedded_pg.start(folder)
    assert server.pid == pid
    server.stop()
    assert server.pid is None


def test_a_folder_whose_making_was_interrupted_is_made_anew(folder: Path) -> None:
    folder.mkdir()
    (folder / "global").mkdir()
    (folder / "postgresql.conf").write_text("half")
    server = embedded_pg.start(folder)
    write(server, "works")
    assert read(server) == ["works"]
    server.stop()


def test_a_process_number_that_now_belongs_to_another_program_does_not_stop_the_start(folder: Path) -> None:
    server = embedded_pg.start(folder)
    pid_file = folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.halt(mode="fast")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.stop()
    again = embedded_pg.start(folder)
    assert again.pid not in (None, os.getpid())
    again.stop()


def test_data_of_another_version_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text("12\n")
    with pytest.raises(NoDatabase, match="was written by PostgreSQL 12"):
        embedded_pg.start(folder)
    assert (folder / "PG_VERSION").read_text() == "12\n"


def test_emptying_removes_everything(folder: Path) -> None:
    server = embedded_pg.start(folder)
    write(server, "gone")
    server.empty()
    with psycopg.connect(server.url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)
    server.stop()


def test_a_folder_with_a_long_path_gets_a_short_socket(folder: Path) -> None:
    server = embedded_pg.start(folder.parent / ("long" * 20) / "postgres")
    assert server.socket_folder != server.folder
    write(server, "reached")
    assert read(server) == ["reached"]
    server.stop()
    assert not server.socket_folder.exists()


def test_a_throwaway_server_is_gone_after_its_block() -> None:
    with embedded_pg.throwaway() as server:
        write(server, "short")
        home = server.folder.parent
        pid = server.pid
    assert pid is not None
    assert not home.exists()
    assert server.pid is None


def test_a_throwaway_server_whose_program_was_killed_is_removed_by_the_next_one() -> None:
    program = "from fairlead.lib import embedded_pg as e; import time\n"
    program += "with e.throwaway() as s: print(s.folder, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        left = Path(killed.stdout.readline().strip())
        killed.kill()
    assert left.exists()
    with embedded_pg.throwaway():
        assert not left.parent.exists()


def test_a_folder_below_a_closed_one_cannot_be_reached_by_others(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    assert not reachable(tmp_path / "closed" / "data")
