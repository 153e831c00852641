"""The project's own sources, parsed once."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fairlead"


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python file of the product but migrations, by path."""
    paths = (p for p in sorted(SOURCE.rglob("*.py")) if "migrations" not in p.parts)
    return {path: ast.parse(path.read_text()) for path in paths}


@cache
def tracked() -> list[Path]:
    """Every file that the repository holds."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]
