"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast

from architecture.sources import SOURCE, modules

MOST_LINES_OF_A_FILE, MOST_LINES_OF_A_FUNCTION, MOST_PARAMETERS = 500, 60, 9
FORBIDDEN_NAMES = {"utils.py", "common.py", "base.py", "helpers.py", "manager.py", "service.py", "services.py"}


def test_no_file_is_too_long() -> None:
    sizes = {p.relative_to(SOURCE): len(p.read_text().splitlines()) for p in modules()}
    assert {str(p): n for p, n in sizes.items() if n > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_too_long_or_takes_too_much() -> None:
    found = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                parameters = len(node.args.args) + len(node.args.kwonlyargs) + len(node.args.posonlyargs)
                if lines > MOST_LINES_OF_A_FUNCTION or parameters > MOST_PARAMETERS:
                    found.append(
                        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: {lines} lines, {parameters} parameters"
                    )
    assert found == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(p.relative_to(SOURCE)) for p in modules() if p.name in FORBIDDEN_NAMES] == []


def test_no_naive_time_and_no_environment_outside_config() -> None:
    found = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"utcnow", "utcfromtimestamp"}:
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} naive time")
            reads_environment = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            if reads_environment and path.name != "config.py" and "cli" not in path.parts:
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} reads the environment")
    assert found == []
