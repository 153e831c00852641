"""Watching `fairlead plan` at a terminal: the line of progress, and Ctrl-C."""

from __future__ import annotations

import os
import pty
import sys
import time
from pathlib import Path

import pytest

from fairlead.bench.generate import company
from fairlead.cli.watch import sentence
from fairlead.engine import read_plan, write_problem
from fairlead.engine.search.improve import Progress


@pytest.mark.parametrize("threads", ["1", "2"])
def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path: Path, threads: str) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    write_problem(company(60, 8, seed=1), problem)
    words = ["plan", str(problem), "--seconds", "600", "--threads", threads, "--out", str(plan)]
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-m", "fairlead", *words])  # noqa: S606  the program under test
    shown = said_until(terminal, "Ctrl-C ends it")
    os.write(terminal, b"\x03")
    shown += said_until(terminal, "no plan can cost less")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert "none below" in shown
    assert "cancelled" in shown
    assert read_plan(plan).stopped_by == "cancelled"


def said_until(terminal: int, wanted: str, *, seconds: float = 60.0) -> str:
    """What the terminal shows until these words."""
    shown, limit = "", time.monotonic() + seconds
    while wanted not in shown:
        assert time.monotonic() < limit, shown
        shown += os.read(terminal, 4096).decode(errors="replace")
    return shown


def test_the_line_says_how_it_stands() -> None:
    news = Progress(iterations=12_345, total=678.9, left_out=2, share=0.42, bound=600.0, seconds=4.2)
    assert sentence(news) == (
        "[########............]  42%  cost 678.9  none below 600.0  2 left out  12,345 rounds  4 s  Ctrl-C ends it"
    )
    assert sentence(Progress(0, 1.0, 0, 0.0)) == "[....................]   0%  cost 1.0  0 rounds  0 s  Ctrl-C ends it"
