"""Building the kernel: with the system's C compiler where there is one, else with the one in the `ziglang` package.

Run by the package's build hook, which loads this file by its path before anything is installed; so it imports nothing
of the product.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE / "c" / "kernel.c"
FLAGS = ("-std=c17", "-O3", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror")
EXACT = ("-ffp-contract=off",)
"""No fused multiply-add: the same plan costs the same to the last bit on every processor."""

CHECKED = ("-g", "-O1", "-DCHECKED", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
"""For fuzzing: every index is checked, every undefined operation stops the program."""

SUFFIXES = {"win32": ".dll", "darwin": ".dylib"}


class BuildFailed(Exception):
    """The kernel could not be built."""


def library_name(platform: str = sys.platform) -> str:
    """File name of the built kernel on a platform, named as in sys.platform."""
    return "fairlead_kernel" + SUFFIXES.get(platform, ".so")


def compiler() -> list[str]:
    """The command of a C compiler: the system's, or that of the ziglang package."""
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name) and works([name]):
            return [name]
    if importlib.util.find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc", "-s"]  # it writes a megabyte for debuggers otherwise
    raise BuildFailed("No C compiler was found, and the package ziglang, which brings one, is not installed.")


def works(command: Sequence[str]) -> bool:
    """True when the compiler can build a program; some systems have one without the headers of the C library."""
    probe = "#include <math.h>\n#include <stdint.h>\n#include <string.h>\nint main(void){return 0;}\n"
    order = [*command, "-std=c17", "-x", "c", "-", "-o", os.devnull, "-lm"]
    return subprocess.run(order, input=probe.encode(), capture_output=True, check=False).returncode == 0


def build(target: Path, *, command: Sequence[str] | None = None, flags: Sequence[str] = ()) -> None:
    """Compile the sources into `target`; BuildFailed has what the compiler said."""
    command = list(command or compiler())
    portable = [] if target.suffix == ".dll" else ["-fPIC"]
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    done = subprocess.run(
        [*command, *FLAGS, *EXACT, *portable, *flags, str(SOURCE), "-o", str(partial), "-lm"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        partial.unlink(missing_ok=True)
        raise BuildFailed(f"{' '.join(command)} could not build the kernel:\n{done.stderr.strip()}")
    partial.replace(target)


def build_for(target: str) -> Path:
    """Build with Zig for another platform, named as Zig does (`aarch64-macos`), into dist/; the library."""
    platform = "win32" if "windows" in target else "darwin" if "macos" in target else "linux"
    folder = Path("dist") / "kernels" / target
    folder.mkdir(parents=True, exist_ok=True)
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", target]
    build((folder / library_name(platform)).absolute(), command=zig, flags=("-s",))
    return (folder / library_name(platform)).absolute()


def digest() -> str:
    """Hash of the sources and of how they are built."""
    parts = [path.read_bytes() for path in sorted(SOURCE.parent.rglob("*.[ch]"))]
    return hashlib.sha256(b"".join(parts) + repr((FLAGS, EXACT)).encode()).hexdigest()


def bring_up_to_date() -> Path:
    """Build the library of this machine beside the Python code, unless it is there and from these sources."""
    target, stamp = HERE / library_name(), HERE / "built-from"
    if target.is_file() and stamp.is_file() and stamp.read_text() == digest():
        return target
    build(target)
    stamp.write_text(digest())
    return target


if __name__ == "__main__":
    # `./fairlead` asks whether it has to bring a compiler along.
    try:
        compiler()
    except BuildFailed as failure:
        sys.exit(str(failure))
