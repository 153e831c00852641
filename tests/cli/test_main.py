"""The command line as a whole: it starts at once, and what is wrong is one sentence and exit status 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def fairlead(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAIRLEAD_")}
    given = {f"FAIRLEAD_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "fairlead", *words]
    return subprocess.run(command, env=kept | given, capture_output=True, text=True, check=False, timeout=120)


def test_help_names_every_command() -> None:
    done = fairlead("--help")
    assert done.returncode == 0
    for word in ("demo", "serve", "worker", "migrate", "doctor", "import", "plan", "check", "explain", "rank", "test"):
        assert f"  {word} " in done.stdout


def test_a_word_that_is_no_command_is_refused() -> None:
    done = fairlead("dance")
    assert (done.returncode, "invalid choice: 'dance'" in done.stderr) == (2, True)


def test_help_and_the_engine_load_neither_django_nor_the_queue() -> None:
    program = "import sys; from fairlead.cli.main import parser; parser(); print([m for m in sys.modules if m in "
    program += "('django', 'psycopg', 'procrastinate', 'numpy', 'granian')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["migrate", "doctor", "serve", "worker"])
def test_a_wrong_setting_is_one_sentence(command: str) -> None:
    done = fairlead(command, port="http")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "fairlead: FAIRLEAD_PORT is 'http'; it must be a whole number from 1 to 65535.\n"


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    done = fairlead("migrate", database_url="postgresql://me:hunter2@127.0.0.1:9/x", data_dir=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("fairlead: The database does not answer: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr


def test_the_web_server_alone_wants_a_database(tmp_path: Path) -> None:
    done = fairlead("web", port="1", data_dir=str(tmp_path))
    assert (done.returncode, "needs FAIRLEAD_DATABASE_URL" in done.stderr) == (2, True)


def test_a_queue_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = fairlead("worker", "--queues", "default,fast", data_dir=str(tmp_path))
    assert (done.returncode, "There is no queue fast" in done.stderr) == (2, True)


def test_words_after_test_go_to_pytest(tmp_path: Path) -> None:
    done = fairlead("test", "--version", "-q", database_url="postgresql://nobody@127.0.0.1:9/x", data_dir=str(tmp_path))
    assert done.returncode == 0
    assert "pytest" in done.stdout + done.stderr
