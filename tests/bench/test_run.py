"""One row for each run: also for one that fails, and not twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairlead.bench import Unusable
from fairlead.bench.instance import Instance, companies
from fairlead.bench.peers import Limits
from fairlead.bench.run import Job, read_rows, run_all

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def jobs() -> list[Job]:
    """Ours and a rule on one small company."""
    (instance,) = companies([(12, 4)], [3], chains=True)
    return [Job(name, instance, Limits(0.2, 3)) for name in ("fairlead", "edd-cost")]


def test_each_run_is_a_row_with_its_cost_and_what_it_took(jobs: list[Job], tmp_path: Path) -> None:
    said: list[str] = []
    run_all(jobs, tmp_path / "r.csv", again=False, now=lambda: NOW, say=said.append)
    ours, rule = read_rows(tmp_path / "r.csv")
    assert (ours["date"], ours["solver"], ours["set"], ours["instance"]) == (
        "2026-11-23",
        "fairlead",
        "company",
        "12x4",
    )
    assert (ours["tasks"], ours["workers"], ours["chains"], ours["seed"], ours["limit_s"]) == (
        "12",
        "4",
        "yes",
        "3",
        "0.2",
    )
    assert (ours["feasible"], rule["feasible"], rule["note"], rule["bound"]) == ("yes", "yes", "", "")
    assert float(ours["bound"]) <= float(ours["total"]) <= float(rule["total"])
    parts = sum(float(cost) for name, cost in ours.items() if name.startswith("cost_"))
    assert parts == pytest.approx(float(ours["total"]))
    assert float(ours["cpu_s"]) > 0
    assert int(ours["rss_mb"]) > 0
    assert said[1].startswith("2/2 edd-cost 12x4 seed 3 0.2 s: cost ")


def test_a_row_that_is_there_is_skipped_unless_again(jobs: list[Job], tmp_path: Path) -> None:
    out, said = tmp_path / "r.csv", list[str]()
    for again in (False, False, True):
        run_all(jobs[1:], out, again=again, now=lambda: NOW, say=said.append)
    assert len(read_rows(out)) == 2
    assert said[1] == "1/1 edd-cost 12x4 seed 3 0.2 s: is there already"


def test_a_run_that_fails_is_a_row_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "c9").write_text("1 2 3")
    job = Job("fairlead", Instance("gap", "c9", path=str(tmp_path / "c9"), best=5.0), Limits(0.1, 1))
    run_all([job], tmp_path / "r.csv", again=False, now=lambda: NOW, say=lambda _: None)
    (row,) = read_rows(tmp_path / "r.csv")
    assert row["note"].endswith("c9 is no instance of generalised assignment.")
    assert (row["total"], row["feasible"], row["best"]) == ("", "", "5.0")


def test_a_public_instance_gets_its_value_and_the_gap(tmp_path: Path) -> None:
    (tmp_path / "assign2.txt").write_text("2 3 1 2 9")
    job = Job("edd-cost", Instance("assign", "assign2", path=str(tmp_path / "assign2.txt"), best=2.0), Limits(1, 1))
    run_all([job], tmp_path / "r.csv", again=False, now=lambda: NOW, say=lambda _: None)
    (row,) = read_rows(tmp_path / "r.csv")
    assert (row["value"], row["best"], row["gap"], row["tasks"]) == ("3.0", "2.0", "0.5", "2")


def test_a_file_with_other_columns_is_not_touched(jobs: list[Job], tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Unusable, match="has other columns"):
        run_all(jobs, tmp_path / "r.csv", again=False, now=lambda: NOW, say=lambda _: None)
    assert (tmp_path / "r.csv").read_text() == "a,b\n1,2\n"
