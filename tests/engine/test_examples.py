"""What the pages on explanations and repairs show is what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.test_cli import run

PAGES = Path(__file__).parents[2] / "docs" / "engine"

INPUT = re.compile(r"`(\w+\.json)`:[^\n`]*\n\n```json\n(.*?\n)```\n", re.DOTALL)
"""A file to be saved: its name ends the paragraph before, or begins it."""

SHOWN = re.compile(r"^```\n\$ fairlead ([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
"""A command and what it prints."""


def test_the_examples_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "".join((PAGES / page).read_text(encoding="utf-8") for page in ("explain.md", "repair.md"))
    for name, content in INPUT.findall(text):
        Path(name).write_text(content, encoding="utf-8")
    examples = SHOWN.findall(text)
    assert len(examples) == text.count("\n$ fairlead ") == 6
    for command, printed in examples:
        assert run(*command.split()) == 0
        assert capsys.readouterr().out == printed, command
