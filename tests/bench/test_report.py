"""Tables and pictures of known rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.bench import Unusable
from fairlead.bench.report import write_report
from fairlead.bench.run import append_row

COMPANY = {
    "set": "company",
    "instance": "50x8",
    "tasks": 50,
    "workers": 8,
    "chains": False,
    "threads": 1,
    "feasible": True,
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two seeds of a company, where vroom failed once and a row of ours was done again; one public instance."""
    path = tmp_path / "r.csv"
    rows: list[dict[str, Any]] = [
        {**COMPANY, "solver": "fairlead", "seed": 1, "limit_s": 10, "total": 999.0, "cpu_s": 9.0, "bound": 80.0},
        {**COMPANY, "solver": "fairlead", "seed": 1, "limit_s": 10, "total": 100.0, "cpu_s": 9.0, "bound": 80.0},
        {**COMPANY, "solver": "fairlead", "seed": 2, "limit_s": 10, "total": 200.0, "cpu_s": 10.0, "bound": 160.0},
        {**COMPANY, "solver": "timefold", "seed": 1, "limit_s": 10, "total": 125.0, "cpu_s": 4.0},
        {**COMPANY, "solver": "timefold", "seed": 2, "limit_s": 10, "total": 160.0, "cpu_s": 4.0},
        {**COMPANY, "solver": "vroom", "seed": 1, "limit_s": 10, "total": 150.0, "cpu_s": 1.0},
        {**COMPANY, "solver": "vroom", "seed": 2, "limit_s": 10, "feasible": None, "note": "out of memory"},
        {**COMPANY, "solver": "fairlead", "seed": 1, "limit_s": 60, "total": 90.0, "cpu_s": 50.0},
        {
            "set": "gap",
            "instance": "c1",
            "chains": False,
            "threads": 1,
            "feasible": True,
            "tasks": 3,
            "seed": 1,
            "solver": "fairlead",
            "limit_s": 10,
            "total": 4.0,
            "cpu_s": 1.0,
            "value": 4.0,
            "best": 4.0,
            "gap": 0.0,
        },
    ]
    for row in rows:
        append_row(path, row)
    return path


def test_the_table_has_ratios_wins_and_failures(results: Path, tmp_path: Path) -> None:
    write_report(results, tmp_path / "out")
    lines = (tmp_path / "out" / "report.md").read_text().splitlines()
    assert [line for line in lines if line.startswith(("##", "| fairlead", "| timefold", "| vroom"))] == [
        "## company 50x8, 10 s, 1 thread",
        "| timefold | 2 | 0 | 142.5 | 1.000 | 1.000 | 1.025 | 1.025 | 1 | 4.0 |  |  |  |",
        "| fairlead | 2 | 0 | 150.0 | 1.025 | 1.025 | 1.000 | 1.000 | 1 | 9.5 | 25.00 % |  |  |",
        "| vroom | 2 | 1 | 150.0 | 1.200 | 1.200 | 1.500 | 1.500 | 0 | 1.0 |  |  |  |",
        "## company 50x8, 60 s, 1 thread",
        "| fairlead | 1 | 0 | 90.0 |  |  | 1.000 | 1.000 | 1 | 50.0 |  |  |  |",
        "## gap, 10 s, 1 thread",
        "| fairlead | 1 | 0 | 4.0 |  |  | 1.000 | 1.000 | 1 | 1.0 |  | 0.00 % | 1 of 1 |",
    ]


def test_the_pictures_are_the_same_every_time(results: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="pip install fairlead[peers]")
    written = [write_report(results, tmp_path / name) for name in ("a", "b")]
    assert [path.name for path in written[0]] == [
        "report.md",
        "ratio-company-50x8-10-s-1-thread.svg",
        "time-company-50x8-1-threads.svg",
    ]
    assert [path.read_bytes() for path in written[0]] == [path.read_bytes() for path in written[1]]


def test_without_rows_there_is_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="has no results"):
        write_report(tmp_path / "none.csv", tmp_path)
