"""The script ./fairlead, as far as it can be tried without installing everything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fairlead.config import CHECKOUT

TOOLS = ("awk", "cat", "cksum", "dirname", "find", "mkdir", "mv", "rm", "sleep")
FILES = (
    "fairlead",
    "requirements.lock",
    "requirements-build.lock",
    "requirements-zig.lock",
    "pyproject.toml",
    "hatch_build.py",
    "package-lock.json",
)
KERNEL = "src/fairlead/engine/kernel"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose path has a space, on a machine with the usual tools and no Python."""
    home = tmp_path / "a copy"
    home.mkdir()
    for name in FILES:
        shutil.copy(CHECKOUT / name, home / name)
    shutil.copytree(CHECKOUT / KERNEL, home / KERNEL)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return home


def run(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(checkout / "fairlead"), *words]
    path = str(checkout.parent / "bin")
    return subprocess.run(
        command, cwd="/", env={"PATH": path}, capture_output=True, text=True, check=False, timeout=120
    )


def fake_python(checkout: Path, script: str) -> None:
    made = checkout.parent / "bin" / "python3"
    made.write_text("#!/bin/sh\n" + script)
    made.chmod(0o755)


def test_without_python_it_says_what_to_install_and_leaves_nothing_behind(checkout: Path) -> None:
    before = sorted(path.name for path in checkout.iterdir())
    done = run(checkout, "demo")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "sudo apt-get install python3 python3-venv" in done.stderr
    assert sorted(path.name for path in checkout.iterdir()) == before


def test_a_python_that_does_not_run_or_is_too_old_is_not_taken(checkout: Path) -> None:
    fake_python(checkout, "exit 1\n")
    assert "was not found" in run(checkout, "demo").stderr


def test_a_python_that_can_make_no_environment_names_the_package_that_is_missing(checkout: Path) -> None:
    fake_python(checkout, '[ "$1" = -c ] && exit 0; [ "$1" = --version ] && echo "Python 3.11.2" && exit 0; exit 1\n')
    done = run(checkout, "demo")
    assert (done.returncode, "sudo apt-get install python3-venv" in done.stderr) == (2, True)
    assert not (checkout / ".venv").exists()


def test_the_lock_of_a_set_up_that_was_killed_does_not_stop_the_next_one(checkout: Path) -> None:
    (checkout / ".venv.lock").mkdir()
    (checkout / ".venv.lock" / "pid").write_text("4194305")  # above the highest process number of Linux
    assert "was not found" in run(checkout, "demo").stderr
    assert not (checkout / ".venv.lock").exists()
