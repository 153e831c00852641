"""`fairlead wheels`: the package for every platform, built on this one."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from fairlead.cli.database import say
from fairlead.config import CHECKOUT

PLATFORMS = {
    "manylinux_2_17_x86_64": "x86_64-linux-gnu.2.17",
    "manylinux_2_17_aarch64": "aarch64-linux-gnu.2.17",
    "musllinux_1_2_x86_64": "x86_64-linux-musl",
    "musllinux_1_2_aarch64": "aarch64-linux-musl",
    "macosx_11_0_x86_64": "x86_64-macos.11.0",
    "macosx_11_0_arm64": "aarch64-macos.11.0",
    "win_amd64": "x86_64-windows-gnu",
}
"""Platform tag of a wheel to the target as Zig, the compiler, names it."""


class CannotBuild(Exception):
    """What is missing, and what to do about it."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = commands.add_parser("wheels", help="build the package for every platform (for packagers)")
    made.add_argument("--out", type=Path, default=CHECKOUT / "dist", help="folder for the wheels (default dist)")
    only = "build for this platform only; may be given several times: " + ", ".join(PLATFORMS)
    made.add_argument("--only", action="append", choices=PLATFORMS, metavar="PLATFORM", help=only)
    made.set_defaults(run=_wheels)


def _wheels(arguments: argparse.Namespace) -> int:
    try:
        uv = find_uv()
        bring_compiler(uv)
        for platform in arguments.only or PLATFORMS:
            say(f"building for {platform}")
            build(uv, platform, arguments.out.absolute())
    except CannotBuild as error:
        say(str(error))
        return 2
    for wheel in sorted(arguments.out.glob("*.whl")):
        print(f"{wheel}  {wheel.stat().st_size / 1e6:.1f} MB")
    return 0


def find_uv() -> str:
    """The installer that `./fairlead` brought."""
    if not (CHECKOUT / "pyproject.toml").is_file():
        raise CannotBuild("Wheels are built from the sources: git clone the project, then ./fairlead wheels there.")
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if found is None:
        raise CannotBuild("uv is not in this environment. Start this command as ./fairlead wheels.")
    return found


def bring_compiler(uv: str) -> None:
    """Install the compiler that builds for other platforms, unless it is there."""
    if importlib.util.find_spec("ziglang") is None:
        say("installing the compiler")
        wanted = str(CHECKOUT / "requirements-zig.lock")
        call([uv, "--no-config", "pip", "install", "--quiet", "--require-hashes", "-r", wanted])


def build(uv: str, platform: str, out: Path) -> None:
    """One wheel."""
    command = [uv, "--no-config", "build", "--quiet", "--wheel", "--no-build-isolation", "--out-dir", str(out)]
    call([*command, "--python", sys.executable, str(CHECKOUT)], target=f"{PLATFORMS[platform]}={platform}")


def call(command: list[str], *, target: str = "") -> None:
    """Run a step; what it complains about is shown as it comes."""
    settings = {"FAIRLEAD_WHEEL_TARGET": target, "VIRTUAL_ENV": sys.prefix}
    if subprocess.run(command, env={**os.environ, **settings}, check=False).returncode:
        raise CannotBuild(f"{' '.join(command[1:4])} failed; what it said is above.")
