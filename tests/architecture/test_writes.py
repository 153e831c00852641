"""Rows are written by actions only, and whatever is recorded is in the catalogue."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from architecture.sources import SOURCE, modules
from fairlead.events.catalogue import CATALOGUE

WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_MANAGER = {"create", "update", "delete"}
MAY_WRITE = ("actions", "record.py", "publish.py", "jobs", "wall.py")


def _chain(node: ast.expr) -> list[str]:
    """The names along a call chain: Task.objects.filter(…).update → [Task, objects, filter, update]."""
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    if isinstance(node, ast.Call):
        return _chain(node.func)
    return [node.id] if isinstance(node, ast.Name) else []


def _writes(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        chain = _chain(node.func)
        if chain[-1] in WRITES or (chain[-1] in ON_MANAGER and "objects" in chain):
            yield node.lineno


def _may_write(path: Path) -> bool:
    """`lib` knows no models: what is saved there is an image."""
    inside = path.relative_to(SOURCE).parts
    names = {part.removesuffix(".py") for part in inside}
    return inside[0] == "lib" or bool(names & {name.removesuffix(".py") for name in MAY_WRITE})


def test_rows_are_written_in_actions_only() -> None:
    found = [
        f"{p.relative_to(SOURCE)}:{n}" for p, tree in modules().items() if not _may_write(p) for n in _writes(tree)
    ]
    assert found == []


def _recorded() -> dict[str, str]:
    """Every event kind named in the sources, with a place where it is named."""
    found: dict[str, str] = {}
    for path, tree in modules().items():
        if path.name == "catalogue.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in CATALOGUE:
                found[node.value] = str(path)
            if isinstance(node, ast.Call) and _chain(node.func)[-1:] == ["record"] and node.args:
                kind = node.args[0]
                if isinstance(kind, ast.Constant):
                    found[str(kind.value)] = f"{path}:{node.lineno}"
    return found


def test_every_recorded_kind_is_in_the_catalogue_and_every_kind_there_is_recorded() -> None:
    recorded = _recorded()
    assert set(recorded) - set(CATALOGUE) == set(), "recorded but not in the catalogue"
    assert set(CATALOGUE) - set(recorded) == set(), "in the catalogue but never recorded"
