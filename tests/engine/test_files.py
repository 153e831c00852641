"""Problem and plan files: what they say comes back, and whatever is wrong is refused together with its path."""

from __future__ import annotations

import copy
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fairlead.engine import (
    Assignment,
    Cost,
    Objective,
    Pin,
    Plan,
    Problem,
    ProblemErrors,
    Task,
    Unassigned,
    Worker,
    plan_bytes,
    plan_from_bytes,
    plan_from_dict,
    problem_bytes,
    problem_digest,
    problem_from_bytes,
    problem_from_dict,
    read_plan,
    read_problem,
    solve,
    write_plan,
    write_problem,
)
from fairlead.engine.testing import START, random_problem

FULL: dict[str, Any] = {
    "format": "fairlead.problem/1",
    "start": "2026-11-23T00:00:00+00:00",
    "horizon": 40320,
    "workers": [
        {
            "id": "dana",
            "kind": "freelancer",
            "skills": {"python": 4, "sql": 3},
            "calendar": [[540, 1020], [1980, 2460]],
            "week_minutes": 2400,
            "max_tasks": 12,
            "lanes": 1,
            "rate": 65.0,
            "speed": 1.0,
        },
        {"id": "eric"},
    ],
    "tasks": [
        {"id": "t0", "effort": 60},
        {
            "id": "t1",
            "effort": 240,
            "needs": {"python": 3},
            "release": 0,
            "due": 1440,
            "weight": 2.0,
            "after": ["t0"],
            "context": "web",
            "only": ["dana", "eric"],
            "never": ["eric"],
            "pin": {"worker": "dana", "start": 600},
            "now": "eric",
            "minutes": {"dana": 200},
            "misfit": {"dana": 3.2, "eric": 7.9},
        },
    ],
    "objective": {
        "unassigned": [100, 200],
        "lateness": 1.0,
        "labour": 0.1,
        "misfit": 1.0,
        "switch": 2.0,
        "fairness": 100.0,
        "moved": 8.0,
        "makespan": 0.0,
    },
    "setup": 15,
}


def test_every_key_arrives() -> None:
    of = problem_from_dict(FULL)
    assert of.start == datetime(2026, 11, 23, tzinfo=UTC)
    assert (of.horizon, of.setup, of.objective) == (40320, 15, Objective())
    assert of.workers[0] == Worker(
        id="dana",
        kind="freelancer",
        skills={"python": 4, "sql": 3},
        calendar=((540, 1020), (1980, 2460)),
        week_minutes=2400,
        max_tasks=12,
        rate=65.0,
    )
    assert of.tasks[1] == Task(
        id="t1",
        effort=240,
        needs={"python": 3},
        due=1440,
        weight=2.0,
        after=("t0",),
        context="web",
        only=("dana", "eric"),
        never=("eric",),
        pin=Pin("dana", 600),
        now="eric",
        minutes={"dana": 200},
        misfit={"dana": 3.2, "eric": 7.9},
    )


def test_what_is_left_out_has_the_default() -> None:
    of = problem_from_dict({key: FULL[key] for key in ("format", "start")} | {"workers": [{"id": "a"}], "tasks": []})
    assert of == Problem(start=START, workers=(Worker("a"),), tasks=())
    worker = of.workers[0]
    assert (worker.kind, worker.calendar, worker.lanes, worker.speed) == ("employee", None, 1, 1.0)


def at(path: list[Any], value: Any) -> dict[str, Any]:
    """The full problem with one value replaced."""
    raw = copy.deepcopy(FULL)
    place: Any = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return raw


AFTER = "from at or after {}, where the interval before it ends"
PRICES = "two numbers: points for each task, points per weight"
KEYS = {
    "workers": "only the keys id, kind, skills, calendar, week_minutes, max_tasks, lanes, rate, speed, buffer, filled",
    "objective": "only the keys unassigned, lateness, labour, misfit, switch, fairness, moved, makespan",
}
T, W = ["tasks", 1], ["workers", 0]

REFUSED: list[tuple[list[Any], Any, str, str]] = [
    (["format"], "fairlead.problem/2", "format", '"fairlead.problem/1"'),
    (["start"], "2026-11-23T00:00:00", "start", "a date and time with an offset, like 2026-11-23T00:00:00+00:00"),
    (["start"], 5, "start", "a date and time with an offset, like 2026-11-23T00:00:00+00:00"),
    (["horizon"], -1, "horizon", "an integer from 0 to 53000000"),
    (["horizon"], 1.5, "horizon", "an integer from 0 to 53000000"),
    (["setup"], True, "setup", "an integer from 0 to 53000000"),
    (["workers"], {}, "workers", "a list"),
    (["extra"], 1, "extra", "only the keys format, start, horizon, workers, tasks, objective, setup"),
    ([*W, "id"], "", "workers[0].id", "a text that is not empty"),
    ([*W, "id"], 7, "workers[0].id", "a text that is not empty"),
    (["workers", 1, "id"], "dana", "workers[1].id", "an id that is not used before"),
    ([*W, "kind"], "robot", "workers[0].kind", "one of employee, freelancer, agent"),
    ([*W, "skills"], {"sql": 6}, "workers[0].skills.sql", "an integer from 1 to 5"),
    ([*W, "skills"], {"sql": 0}, "workers[0].skills.sql", "an integer from 1 to 5"),
    ([*W, "skills"], ["sql"], "workers[0].skills", "skills with levels from 1 to 5"),
    ([*W, "calendar"], [[60, 60]], "workers[0].calendar[0]", "from before to"),
    ([*W, "calendar"], [[0, 60], [30, 90]], "workers[0].calendar[1]", AFTER.format(60)),
    ([*W, "calendar"], [[90, 120], [0, 60]], "workers[0].calendar[1]", AFTER.format(120)),
    ([*W, "calendar"], [[0, 60, 90]], "workers[0].calendar[0]", "two integers [from, to)"),
    ([*W, "calendar"], [[-5, 60]], "workers[0].calendar[0]", AFTER.format(0)),
    ([*W, "calendar"], [[0, 10**12]], "workers[0].calendar[0]", "minutes up to 53000000"),
    ([*W, "week_minutes"], -1, "workers[0].week_minutes", "an integer of at least 0"),
    ([*W, "max_tasks"], "3", "workers[0].max_tasks", "an integer of at least 0"),
    ([*W, "lanes"], 0, "workers[0].lanes", "an integer from 1 to 1000"),
    ([*W, "rate"], float("nan"), "workers[0].rate", "a number of at least 0"),
    ([*W, "rate"], float("inf"), "workers[0].rate", "a number of at least 0"),
    ([*W, "speed"], 0, "workers[0].speed", "a number above 0"),
    ([*W, "buffer"], 1441, "workers[0].buffer", "an integer from 0 to 1440"),
    ([*W, "name"], "Dana", "workers[0].name", KEYS["workers"]),
    ([*T, "effort"], 0, "tasks[1].effort", "an integer from 1 to 53000000"),
    ([*T, "effort"], True, "tasks[1].effort", "an integer from 1 to 53000000"),
    ([*T, "effort"], None, "tasks[1].effort", "an integer from 1 to 53000000"),
    ([*T, "needs"], {"": 3}, "tasks[1].needs (key)", "a text that is not empty"),
    ([*T, "release"], -1, "tasks[1].release", "an integer from 0 to 53000000"),
    ([*T, "due"], "soon", "tasks[1].due", "an integer from 0 to 53000000"),
    ([*T, "weight"], -0.5, "tasks[1].weight", "a number of at least 0"),
    ([*T, "after"], "t0", "tasks[1].after", "a list of ids"),
    ([*T, "after"], ["t9"], "tasks[1].after", "the id of a task"),
    ([*T, "after"], ["t0", "t0"], "tasks[1].after[1]", "each id once"),
    ([*T, "after"], ["t1"], "tasks[1].after", "tasks that do not wait for each other (cycle: t1 → t1)"),
    (["tasks", 0, "after"], ["t1"], "tasks[1].after", "tasks that do not wait for each other (cycle: t0 → t1 → t0)"),
    ([*T, "context"], "", "tasks[1].context", "a text that is not empty"),
    ([*T, "only"], ["zoe"], "tasks[1].only", "the id of a worker"),
    ([*T, "never"], ["zoe"], "tasks[1].never", "the id of a worker"),
    ([*T, "pin"], {"start": 5}, "tasks[1].pin.worker", "a value; this key is required"),
    ([*T, "pin"], {"worker": "zoe"}, "tasks[1].pin.worker", "the id of a worker"),
    ([*T, "pin"], {"worker": "dana", "start": -1}, "tasks[1].pin.start", "an integer from 0 to 53000000"),
    ([*T, "pin"], "dana", "tasks[1].pin", "an object with worker, start"),
    ([*T, "now"], "zoe", "tasks[1].now", "the id of a worker"),
    ([*T, "minutes"], {"dana": 0}, "tasks[1].minutes.dana", "an integer from 1 to 53000000"),
    ([*T, "minutes"], {"zoe": 5}, "tasks[1].minutes", "the id of a worker"),
    ([*T, "misfit"], {"dana": -1}, "tasks[1].misfit.dana", "a number of at least 0"),
    (["objective", "unassigned"], [100], "objective.unassigned", PRICES),
    (["objective", "unassigned"], [100, -1], "objective.unassigned[1]", "a number of at least 0"),
    (["objective", "lateness"], "1", "objective.lateness", "a number of at least 0"),
    (["objective", "joy"], 1, "objective.joy", KEYS["objective"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "named", "allowed"), REFUSED)
def test_a_wrong_value_is_refused_with_its_path(path: list[Any], value: Any, named: str, allowed: str) -> None:
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict(at(path, value))
    assert (named, allowed) in [(error.path, error.allowed) for error in found.value.errors]


@pytest.mark.parametrize("key", ["format", "start", "workers", "tasks"])
def test_a_missing_key_is_refused(key: str) -> None:
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict({name: value for name, value in FULL.items() if name != key})
    assert (key, "a value; this key is required") in [(error.path, error.allowed) for error in found.value.errors]


def test_all_faults_are_reported_together() -> None:
    raw = at([*T, "due"], -5)
    raw["workers"][0]["rate"] = "high"
    raw["tasks"][0]["bogus"] = 1
    raw["tasks"][1]["now"] = "zoe"
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict(raw)
    assert sorted(error.path for error in found.value.errors) == [
        "tasks[0].bogus",
        "tasks[1].due",
        "tasks[1].now",
        "workers[0].rate",
    ]
    assert "tasks[1].due: -5 is not allowed; allowed: an integer from 0 to 53000000" in str(found.value).splitlines()


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"", "(file)"),
        (b"\xff\xfe", "(file)"),
        (b"\x1f\x8bnot gzip", "(file)"),
        (b"[" * 100_000, "(file)"),
        (b'{"horizon": ' + b"9" * 5000 + b"}", "(file)"),
        (gzip.compress(b"{}", mtime=0)[:-9], "(file)"),
        (b"[]", ""),
        (b'{"start": NaN}', "start"),
        (b'{"setup": 1, "setup": 2}', "setup"),
        (b'{"tasks": [{"id": "a", "id": "b"}]}', "tasks[0].id"),
        (b'{"tasks": [{"id": "a", "needs": {"x": 1, "x": 2}}]}', "tasks[0].needs.x"),
        (b'{"tasks": [{"id": "a", "pin": {"worker": "x", "worker": "y"}}]}', "tasks[0].pin.worker"),
        (b'{"workers": [3]}', "workers[0]"),
        (b'{"horizon": 1e999}', "horizon"),
        (b'{"workers": [{"id": "a", "rate": 1' + b"0" * 400 + b"}]}", "workers[0].rate"),
    ],
)
def test_broken_files_are_refused_without_a_crash(raw: bytes, path: str) -> None:
    with pytest.raises(ProblemErrors) as found:
        problem_from_bytes(raw)
    assert path in [error.path for error in found.value.errors]


def test_a_problem_made_in_python_is_checked_the_same_way() -> None:
    with pytest.raises(ProblemErrors) as found:
        Problem(start=datetime(2026, 11, 23), workers=(Worker("a", lanes=0),), tasks=(Task("t", -1),))  # noqa: DTZ001
    assert [error.path for error in found.value.errors] == ["start", "workers[0].lanes", "tasks[0].effort"]


def test_a_changed_task_is_checked_again() -> None:
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict(FULL).with_task(Task("t1", 0))
    assert [error.path for error in found.value.errors] == ["task.effort"]


@pytest.mark.parametrize("name", ["problem.json", "problem.json.gz"])
def test_what_is_written_is_what_is_read(tmp_path: Path, name: str) -> None:
    for seed in range(30):
        of = random_problem(seed)
        write_problem(of, tmp_path / name)
        assert read_problem(tmp_path / name) == of
        assert problem_from_bytes(problem_bytes(of)) == of
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_equal_problems_have_one_digest_however_they_are_written() -> None:
    reordered = json.loads(json.dumps(dict(reversed(FULL.items()))))
    reordered["workers"][0]["rate"] = 65
    del reordered["setup"], reordered["objective"]
    reordered["setup"] = 15
    assert problem_digest(problem_from_dict(reordered)) == problem_digest(problem_from_dict(FULL))
    assert problem_digest(problem_from_dict(at([*W, "rate"], 66.0))) != problem_digest(problem_from_dict(FULL))
    assert len(problem_digest(problem_from_dict(FULL))) == 64


PLAN = Plan(
    assignments=(Assignment("t1", "dana", 0, 540, 780),),
    unassigned=(Unassigned("t9", "nobody has rust ≥ 3", ("skill",), ("lower rust from 3 to 2",)),),
    cost=Cost(lateness=33.8, labour=1236.7),
    bound=1845.2,
    seconds=10.0,
    iterations=347606,
    seed=1,
    stopped_by="time",
)


@pytest.mark.parametrize("name", ["plan.json", "plan.json.gz"])
def test_plans_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    write_plan(PLAN, tmp_path / name)
    assert read_plan(tmp_path / name) == PLAN
    for seed in range(20):
        plan = solve(random_problem(seed))
        assert plan_bytes(plan_from_bytes(plan_bytes(plan))) == plan_bytes(plan)


def test_packed_files_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    write_plan(PLAN, tmp_path / "a.json.gz")
    write_plan(PLAN, tmp_path / "b.json.gz")
    assert (tmp_path / "a.json.gz").read_bytes() == (tmp_path / "b.json.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.json.gz").read_bytes()) == plan_bytes(PLAN)


def test_a_plan_by_hand_needs_only_its_assignments() -> None:
    assert plan_from_dict({"format": "fairlead.plan/1", "assignments": [], "cost": None, "bound": None}) == Plan()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"format": "fairlead.problem/1"}, "format"),
        ({"assignments": 3}, "assignments"),
        ({"assignments": [{"task": "t1", "worker": "dana", "lane": 0, "start": 0}]}, "assignments[0].finish"),
        (
            {"assignments": [{"task": "t1", "worker": "dana", "lane": -1, "start": 0, "finish": 1}]},
            "assignments[0].lane",
        ),
        ({"assignments": [{"task": 1, "worker": "dana", "lane": 0, "start": 0, "finish": 1}]}, "assignments[0].task"),
        ({"assignments": ["t1"]}, "assignments[0]"),
        ({"unassigned": [{"task": "t1"}]}, "unassigned[0].reason"),
        ({"unassigned": [{"task": "t1", "reason": 4}]}, "unassigned[0].reason"),
        ({"unassigned": [{"task": "t1", "reason": "x", "fixes": "no"}]}, "unassigned[0].fixes"),
        ({"cost": {"total": 1.0}}, "cost.lateness"),
        ({"cost": {**PLAN.to_dict()["cost"], "total": 9.0}}, "cost.total"),
        ({"cost": {**PLAN.to_dict()["cost"], "labour": "much"}}, "cost.labour"),
        ({"bound": -1}, "bound"),
        ({"seconds": True}, "seconds"),
        ({"seed": 1.5}, "seed"),
        ({"stopped_by": 1}, "stopped_by"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(ProblemErrors) as found:
        plan_from_dict({**PLAN.to_dict(), **changes})
    assert path in [error.path for error in found.value.errors]
