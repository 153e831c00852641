"""The whole program as people run it: one process tree that comes back after crashes and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from fairlead.lib import embedded_pg
from jobs.waiting import eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> dict[int, str]:
    """The process numbers and commands of a process's children."""
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in shown.splitlines()]
    return {int(row[0]): row[2] for row in rows if int(row[1]) == pid}


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass
class Running:
    """A `fairlead serve` on a data folder of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def child(self, word: str) -> int:
        """The child whose command has this word."""
        return next((pid for pid, args in children_of(self.process.pid).items() if f" {word} " in args), 0)

    def status(self, path: str, **headers: str) -> int:
        try:
            return httpx.get(self.address + path, headers=headers, timeout=20).status_code
        except httpx.HTTPError:
            return 0

    def tree(self) -> list[int]:
        """This process and all below it."""
        found = [self.process.pid]
        for pid in found:
            found += children_of(pid)
        return found

    def database(self) -> int:
        return int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])


def launch(home: Path) -> Running:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FAIRLEAD_")}
    environment["FAIRLEAD_DATA_DIR"] = str(home)
    command = [sys.executable, "-m", "fairlead", "serve", "--port", str(port)]
    running = Running(home, port, subprocess.Popen(command, env=environment))
    try:
        eventually(lambda: running.status("/healthz") == 200 and running.child("worker") != 0)
    except AssertionError:
        running.process.kill()
        running.process.wait()
        raise
    return running


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder that other users may pass through, as root needs for the database."""
    made = Path(tempfile.mkdtemp(prefix="fairlead-serve-"))
    made.chmod(0o711)
    yield made
    embedded_pg.start(made / "postgres").stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Running]:
    started = launch(home)
    yield started
    started.process.send_signal(signal.SIGTERM)
    started.process.wait(timeout=60)


def raw(running: Running, request: bytes) -> bytes:
    """The first line of the answer to bytes that no well-behaved client would send."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as wire:
        wire.sendall(request)
        return wire.makefile("rb").readline().strip()


def test_it_is_ready_and_says_so(running: Running) -> None:
    assert httpx.get(running.address + "/healthz").json()["product"] == "fairlead"
    eventually(lambda: running.status("/readyz") == 200)
    assert running.status("/live") == 401


def test_figures_are_for_this_machine_only(running: Running) -> None:
    assert running.status("/metrics") == 200
    assert running.status("/metrics", **{"X-Forwarded-For": "203.0.113.9"}) == 403


def test_a_second_one_on_the_same_port_says_who_is_there(running: Running) -> None:
    command = [sys.executable, "-m", "fairlead", "serve", "--port", str(running.port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"already runs at {running.address}" in done.stderr


def test_a_port_that_another_program_uses_is_named(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "fairlead", "serve", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, f"Port {port} is in use by another program" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "request_line",
    [b"GET /?q=\xff\xfe HTTP/1.1", b"GET /%ff%fe/%00 HTTP/1.1", b"GET /sign-in/?next=%0d%0aX:1 HTTP/1.1"],
)
def test_odd_addresses_are_no_server_error(running: Running, request_line: bytes) -> None:
    answer = raw(running, request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] < b"500"


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(running: Running) -> None:
    head = b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"
    assert raw(running, head).split()[1] == b"413"


def test_many_slow_bodies_do_not_keep_others_waiting(running: Running) -> None:
    head = b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\na=1"
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(8)]
    for wire in slow:
        wire.sendall(head)
    assert running.status("/sign-in/") in (200, 404)
    for wire in slow:
        wire.close()


@pytest.mark.parametrize("word", ["worker", "web"])
def test_a_killed_child_comes_back(running: Running, word: str) -> None:
    killed = running.child(word)
    below = list(children_of(killed))
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: running.child(word) not in (0, killed))
    eventually(lambda: running.status("/readyz") == 200)
    eventually(lambda: not any(is_alive(pid) for pid in below))


def test_a_killed_database_comes_back(running: Running) -> None:
    killed = running.database()
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: running.database() != killed)
    eventually(lambda: running.status("/readyz") == 200)


def test_stopping_leaves_nothing_even_while_a_page_listens(home: Path) -> None:
    started = launch(home)
    tree = started.tree()
    assert len(tree) >= 5
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(timeout=60) == 0
    assert [pid for pid in tree if is_alive(pid)] == []


def test_what_a_kill_leaves_behind_ends_by_itself_and_the_next_start_works(home: Path) -> None:
    started = launch(home)
    tree = started.tree()
    started.process.kill()
    started.process.wait()
    eventually(lambda: not any(is_alive(pid) for pid in tree))
    again = launch(home)
    assert again.status("/readyz") == 200
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(timeout=60) == 0


def test_without_a_database_the_server_lives_but_is_not_ready(home: Path) -> None:
    port = free_port()
    environment = {**os.environ, "FAIRLEAD_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    command = [sys.executable, "-m", "fairlead", "web", "--port", str(port)]
    alone = Running(home, port, subprocess.Popen(command, env=environment))
    try:
        eventually(lambda: alone.status("/healthz") == 200)
        assert alone.status("/readyz") == 503
    finally:
        alone.process.terminate()
        alone.process.wait(timeout=60)
