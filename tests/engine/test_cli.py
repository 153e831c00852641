"""`fairlead plan | check | explain | rank | repair` on files: what they print, and their exit status."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from engine.small import TWO_DAYS, problem
from fairlead.cli.engine import add_commands
from fairlead.engine import Objective, Task, Worker, read_plan, write_problem


def run(*words: str) -> int:
    """One command as the command line gives it."""
    parser = argparse.ArgumentParser(prog="fairlead")
    add_commands(parser.add_subparsers(required=True))
    args = parser.parse_args(words)
    return int(args.func(args))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A problem file and the name of a plan file to be."""
    workers = [
        Worker("dana", kind="freelancer", skills={"sql": 3}, calendar=TWO_DAYS, rate=65.0),
        Worker("bob", skills={"sql": 4}, calendar=TWO_DAYS, rate=40.0),
    ]
    tasks = [Task("t1", 240, needs={"sql": 3}, due=1020), Task("t2", 60, needs={"sql": 5})]
    of = problem(workers, tasks, objective=Objective(fairness=0.0))
    write_problem(of, tmp_path / "problem.json")
    return str(tmp_path / "problem.json"), str(tmp_path / "plan.json")


def test_several_threads_can_be_asked_for_but_not_none(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = files
    assert run("plan", path, "--iterations", "5000", "--threads", "2", "--out", out) == 0
    assert run("check", path, out) == 0
    with pytest.raises(SystemExit):
        run("plan", path, "--threads", "0")
    assert "must be at least 1" in capsys.readouterr().err


def test_a_plan_is_written_and_found_feasible(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = files
    assert run("plan", path, "--iterations", "10", "--seed", "4", "--out", out) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "not assigned: t2: needs sql ≥ 5; the highest here is 4. Fix: lower sql from 5 to 4: bob could do it.",
        "1 of 2 tasks assigned (10 iterations, stopped by iterations, seed 4)",
    ]
    plan = read_plan(out)
    assert [(item.task, item.worker, item.start, item.finish) for item in plan.assignments] == [("t1", "bob", 540, 780)]
    assert run("check", path, out) == 0
    assert capsys.readouterr().out.splitlines() == [
        "feasible: every rule is kept",
        "cost          317.0",
        "  unassigned  300.0",
        "  labour       16.0",
        "  misfit        1.0",
    ]


def test_without_out_a_table_is_printed(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", files[0], "--iterations", "0") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "task  worker  lane  start             finish",
        "t1    bob        0  Mon 23 Nov 09:00  Mon 23 Nov 13:00",
    ]


def test_the_same_call_writes_the_same_bytes(files: tuple[str, str]) -> None:
    written = []
    for _ in range(2):
        assert run("plan", files[0], "--iterations", "5", "--out", files[1]) == 0
        written.append(Path(files[1]).read_bytes())
    assert written[0] == written[1]


def test_proving_says_how_far_the_plan_can_be_from_the_best(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = files
    assert run("plan", path, "--iterations", "10", "--out", out, "--prove") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no plan can cost less than 317.0: this is a best possible plan"
    assert (read_plan(out).bound, read_plan(out).bound_by) == (317.0, "optimal")


def test_proving_without_scipy_says_what_to_install(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert run("plan", files[0], "--iterations", "10", "--prove", "5") == 2
    assert "pip install 'fairlead[bounds]'" in capsys.readouterr().err


def test_a_plan_that_breaks_a_rule_gives_status_1(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    raw = json.loads(Path(out).read_text())
    raw["assignments"][0]["finish"] += 1
    Path(out).write_text(json.dumps(raw))
    capsys.readouterr()
    assert run("check", path, out) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "task t1, bob: started at 540 it finishes at 780, not at 781 [finish]",
        "1 violation",
    ]


def test_explain_says_why_and_why_not(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    capsys.readouterr()
    assert run("explain", path, out, "--task", "t1", "--worker", "dana") == 0
    assert capsys.readouterr().out.splitlines() == [
        "bob has t1: the best of 2 who could do it; it costs 17 points: 16 labour, 1 misfit. "
        "Next is dana, who costs 9 points more: 10 labour, while 1 misfit less.",
        "dana is 2 of 2 and costs 9 points more: 10 labour, while 1 misfit less (than bob).",
        "  dana would be first if dana cost 42.50 an hour instead of 65.00. A new plan keeps it with dana.",
        "  dana would be first if dana needed 2 h 36 min instead of 4 h. A new plan keeps it with dana.",
        "   worker  points  labour  misfit  start             finish",
        "1  bob       17.0    16.0     1.0  Mon 23 Nov 09:00  Mon 23 Nov 13:00",
        "2  dana      26.0    26.0     0.0  Mon 23 Nov 09:00  Mon 23 Nov 13:00",
    ]


def test_rank_needs_no_plan(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rank", files[0], "--task", "t2", "-k", "5") == 0
    assert capsys.readouterr().out.splitlines() == [
        "nobody can do it",
        "ruled out:",
        "  dana  needs sql ≥ 5; has 3",
        "  bob   needs sql ≥ 5; has 4",
    ]
    assert run("rank", files[0], "--task", "t1", "-k", "1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert ([row["worker"] for row in shown["candidates"]], shown["eligible"]) == (["bob"], 2)


@pytest.mark.parametrize("name", ["plan", "check", "explain", "rank", "repair"])
def test_a_file_that_is_not_there_gives_status_2(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "none.json")
    more = {"plan": [], "check": [path], "explain": [path, "--task", "t1"], "rank": ["--task", "t1"]}
    more["repair"] = [path, "--change", path, "--out", path]
    assert run(name, path, *more[name]) == 2
    assert capsys.readouterr().err == f"fairlead {name}: cannot read {path}: No such file or directory\n"


def test_a_wrong_file_gives_status_2_and_every_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    path.write_text(
        '{"format": "fairlead.problem/1", "start": "2026-11-23T00:00:00Z", "workers": [], "tasks": [{"id": 1}]}'
    )
    assert run("plan", str(path), "--out", str(tmp_path / "plan.json")) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"fairlead plan: {path} cannot be used:",
        "  tasks[0].id: 1 is not allowed; allowed: a text that is not empty",
        "  tasks[0].effort: None is not allowed; allowed: a value; this key is required",
    ]
    assert [item.name for item in tmp_path.iterdir()] == ["problem.json"]


def test_unknown_names_give_status_2(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    capsys.readouterr()
    assert run("rank", path, "--task", "t9") == 2
    assert run("explain", path, out, "--task", "t1", "--worker", "charlie") == 2
    assert capsys.readouterr().err.splitlines() == [
        "fairlead rank: there is no task 't9' in the problem; there is t1, t2",
        "fairlead explain: there is no worker 'charlie' in the problem; there is dana, bob",
    ]


@pytest.mark.parametrize("words", [["--seconds", "0"], ["--seconds", "nan"], ["--iterations", "-1"], ["--seed", "x"]])
def test_impossible_limits_are_refused(files: tuple[str, str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as found:
        run("plan", files[0], *words)
    assert found.value.code == 2


AWAY = {"kind": "worker_away", "worker": "bob", "start": 540, "finish": 1020}


def change_file(path: str, *changes: object, **more: object) -> str:
    """A change file beside the problem file."""
    target = Path(path).with_name("change.json")
    target.write_text(json.dumps({"format": "fairlead.change/1", "changes": changes, **more}))
    return str(target)


def test_repair_prints_every_change_and_writes_plan_and_problem(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    capsys.readouterr()
    new, after = str(tmp_path / "new.json"), str(tmp_path / "after.json")
    limits = ["--most-moved", "1", "--iterations", "50", "--out", new, "--out-problem", after]
    assert run("repair", path, out, "--change", change_file(path, AWAY), *limits) == 0
    # bob on Tuesday would be 20 h late, 20 points and 17 for doing it; dana costs 26
    assert capsys.readouterr().out.splitlines() == [
        "1 change, 2 people, nothing before 09:00",
        "  moved  t1  bob is away from Mon 23 Nov 09:00 to 17:00: dana does it from Mon 23 Nov 09:00, "
        "which saves 11 points",
        "cost 326.0, 11.0 less than with only what had to change",
    ]
    assert run("check", after, new) == 0


def test_a_wrong_change_file_gives_status_2_and_every_path(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    capsys.readouterr()
    wrong = [
        {"kind": "sick", "worker": "bob"},
        {"kind": "overrun", "task": "t1", "minutes": 0},
        {**AWAY, "reason": "flu"},
        {"kind": "early_finish", "task": "t1"},
        {"kind": "new_task", "task": {"id": "t3", "effort": 60, "due": -1}},
        "away",
    ]
    assert run("repair", path, out, "--change", change_file(path, *wrong), "--out", out) == 2
    kinds = "new_task, task_gone, worker_away, overrun, early_finish, task_changed, worker_changed"
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"  changes[0].kind: 'sick' is not allowed; allowed: one of {kinds}",
        "  changes[1].minutes: 0 is not allowed; allowed: an integer from 1 to 53000000",
        "  changes[2].reason: 'flu' is not allowed; allowed: only the keys kind, worker, start, finish",
        "  changes[3].finish: None is not allowed; allowed: a value; this key is required",
        "  changes[4].task.due: -1 is not allowed; allowed: an integer from 0 to 53000000",
        f"  changes[5]: 'away' is not allowed; allowed: one of {kinds}",
    ]


def test_a_change_that_cannot_be_gives_status_2(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = files
    run("plan", path, "--iterations", "0", "--out", out)
    capsys.readouterr()
    change = change_file(path, {"kind": "task_gone", "task": "t9"})
    assert run("repair", path, out, "--change", change, "--out", out) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"fairlead repair: {change} cannot be used:",
        "  changes[0].task: 't9' is not allowed; allowed: the id of a task",
    ]
