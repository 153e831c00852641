"""`fairlead bench`: what it prints, writes and refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fairlead.bench.run import read_rows
from fairlead.cli.main import main
from fairlead.engine import problem_digest, read_problem


def test_the_list_names_every_solver(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--list"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [
        *(
            "fairlead",
            "fairlead+proof",
            "edd-finish",
            "edd-cost",
            "urgent-cost",
            "lsa",
            "cpsat",
            "routing",
            "pyvrp",
            "vroom",
            "timefold",
        )
    ]


def test_a_company_is_written_and_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "problem.json.gz"
    assert main(["bench", "generate", "--tasks", "9", "--workers", "3", "--seed", "4", "--out", str(out)]) == 0
    problem = read_problem(out)
    assert capsys.readouterr().err == f"{out}: 9 tasks, 3 workers, digest {problem_digest(problem)}\n"


def test_solvers_run_on_companies_and_a_report_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, size = str(tmp_path / "r.csv"), ["--tasks", "9", "--workers", "3", "--seeds", "1-2", "--seconds", "0.1"]
    assert main(["bench", "company", *size, "--solvers", "fairlead,edd-cost", "--out", out]) == 0
    assert [(row["solver"], row["seed"]) for row in read_rows(tmp_path / "r.csv")] == [
        *(("fairlead", "1"), ("edd-cost", "1"), ("fairlead", "2"), ("edd-cost", "2"))
    ]
    assert main(["bench", "report", out, "--out", str(tmp_path / "pages")]) == 0
    assert (tmp_path / "pages" / "report.md").exists()
    assert capsys.readouterr().out == ""


def test_a_public_set_is_run_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "assign2.txt").write_text("2 3 1 2 9")
    (tmp_path / "best.csv").write_text("instance,optimum\nassign2,3\n")
    words = ["bench", "set", "assign", str(tmp_path), "--best", str(tmp_path / "best.csv"), "--seconds", "0.1"]
    assert main([*words, "--out", str(tmp_path / "r.csv")]) == 0
    (row,) = read_rows(tmp_path / "r.csv")
    assert (row["solver"], row["value"], row["gap"]) == ("fairlead", "3.0", "0.0")


def test_the_speed_of_the_engine_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "micro.csv"
    words = ["bench", "micro", "--tasks", "9", "--workers", "3", "--seconds", "0.1", "--out", str(out)]
    assert main(words) == 0
    with out.open() as file:
        metrics = [row["metric"] for row in csv.DictReader(file)]
    assert metrics == [
        *("first_plan_cpu", "first_plan_wall", "first_plan_cost", "eligible_pairs"),
        *(
            "iterations",
            "iterations_per_cpu_s",
            "kernel_p50",
            "kernel_p99",
            "top_p50",
            "top_p99",
            "rank_p50",
            "rank_p99",
            "cold_start_wall",
        ),
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "say what to do: company, set, generate, report or micro; see fairlead bench --help"),
        (["set", "mspsp", "."], "there is no set 'mspsp'; there is imopse, gap, assign"),
        (["set", "gap", "{folder}"], "{folder} has no instances of the set gap"),
        (["set", "gap", "{folder}", "--best", "{folder}/none.csv"], "{folder}/none.csv: No such file or directory"),
        (
            ["company", "--tasks", "9", "--workers", "3", "--solvers", "cplex"],
            "there is no solver 'cplex'; there is fairlead, ",
        ),
        (["report", "{folder}/none.csv"], "{folder}/none.csv has no results."),
    ],
)
def test_what_the_caller_has_to_mend_is_one_sentence(
    words: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = [word.format(folder=tmp_path) for word in words]
    assert main(["bench", *here, *(["--out", str(tmp_path / "r.csv")] if words else [])]) == 2
    assert capsys.readouterr().err.startswith(f"fairlead bench: {complaint.format(folder=tmp_path)}")


@pytest.mark.parametrize("words", [["--tasks", "0"], ["--seeds", "x"], ["--seconds", "0"], ["--threads", "0"]])
def test_impossible_values_are_refused(words: list[str], tmp_path: Path) -> None:
    size = ["--tasks", "9", "--workers", "3", "--out", str(tmp_path / "r.csv")]
    with pytest.raises(SystemExit) as found:
        main(["bench", "company", *size, *words])
    assert found.value.code == 2
