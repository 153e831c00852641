"""A real server with a database of its own, and a real browser, for the journeys."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

START_S = 60
ADDRESSES: Iterator[str] = (f"198.51.{n // 250}.{n % 250 + 1}" for n in itertools.count())
"""Visitors come from different places: one address may try to get in only so often."""
PATIENCE_S = 30
"""How long a journey waits for what must appear: as long as a busy machine may need, never a measurement."""


@dataclass(frozen=True)
class Server:
    """Where the product runs, and the environment for commands that work on the same database."""

    address: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What `fairlead …` prints."""
        command = [sys.executable, "-m", "fairlead", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])


@contextmanager
def serving(name: str, data: Path, *prepare: str) -> Iterator[Server]:
    """`fairlead serve` with web and worker, on a new database that the command `prepare` fills and that is removed in
    the end."""
    owner, port = os.environ["FAIRLEAD_DATABASE_URL"], _free_port()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    before, _, after = owner.partition("?")
    environment = {
        **os.environ,
        "FAIRLEAD_DATABASE_URL": before.rsplit("/", 1)[0] + "/" + name + ("?" + after if after else ""),
        "FAIRLEAD_DATA_DIR": str(data),
        "FAIRLEAD_BASE_URL": f"http://127.0.0.1:{port}",
        "FAIRLEAD_PORT": str(port),
        "FAIRLEAD_LOG_LEVEL": "WARNING",
        "FAIRLEAD_PRIVATE_HOSTS": "127.0.0.1",
        "FAIRLEAD_TRUSTED_PROXIES": "1",
    }
    served = Server(f"http://127.0.0.1:{port}", environment)
    served.command(*prepare)
    process = subprocess.Popen([sys.executable, "-m", "fairlead", "serve"], env=environment)
    try:
        _wait(served.address + "/healthz", process)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product, as it is after its installation."""
    with serving(f"journeys_{os.getpid()}", tmp_path_factory.mktemp("data"), "migrate") as served:
        yield served


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 5):
        assert process.poll() is None, "the server stopped"
        try:
            with urlopen(address, timeout=2) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer within {START_S} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "chromium is missing: apt-get install chromium"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open a page for a new visitor; every page must stay free of script errors and policy violations."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, width: int = 1440, height: int = 900, dark: bool = False, at: str = server.address) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            base_url=at, viewport={"width": width, "height": height}, color_scheme=scheme,
            timezone_id="Europe/Berlin", locale="en-GB", extra_http_headers={"X-Forwarded-For": next(ADDRESSES)},
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line.text) else None)
        page.set_default_timeout(PATIENCE_S * 1000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text
