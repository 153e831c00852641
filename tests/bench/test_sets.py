"""Readers of public sets on small files, and scores in the sets' own terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.bench import Unusable
from fairlead.bench.instance import Instance, published
from fairlead.bench.sets import SETS, BadPlan
from fairlead.engine import Assignment, Plan, Unassigned, check

IMOPSE = """====
Tasks: 3
Resources: 2
Precedence relations: 1
Number of skill types: 2
====
ResourceID \t Salary \t Skills
1 \t 10.5 \t Q0: 0 \t Q1: 7
2 \t 20.0 \t Q0: 9
====
TaskID \t Duration \t Skill \t Predecessor IDs
1 \t 5 \t Q0: 0
2 \t 4 \t Q0: 8 \t 1
3 \t 6 \t Q1: 7
====
"""
GAP = "2 3\n 1 2 3\n 4 0 6\n 5 5 5\n 4 4 4\n 10 4\n"
ASSIGN = " 2\n 3 1\n 2 9\n"


def plan(*rows: tuple[str, str, int, int]) -> Plan:
    """A plan of (task, worker, start, finish)."""
    return Plan(tuple(Assignment(task, worker, 0, start, finish) for task, worker, start, finish in rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One instance of each set."""
    (tmp_path / "3_2_1_2.def").write_text(IMOPSE)
    (tmp_path / "c1").write_text(GAP)
    (tmp_path / "assign2.txt").write_text(ASSIGN)
    (tmp_path / "notes.md").write_text("no instance")
    return tmp_path


def test_imopse_levels_are_ranked_and_makespan_is_the_cost(folder: Path) -> None:
    of = SETS["imopse"].read(folder / "3_2_1_2.def")
    assert [(worker.id, worker.skills, worker.rate) for worker in of.workers] == [
        ("w1", {"Q0": 1, "Q1": 1}, 10.5),
        ("w2", {"Q0": 2}, 20.0),
    ]
    assert [(task.id, task.effort, task.needs, task.after) for task in of.tasks] == [
        ("t1", 5, {"Q0": 1}, ()),
        ("t2", 4, {"Q0": 2}, ("t1",)),
        ("t3", 6, {"Q1": 1}, ()),
    ]
    good = plan(("t1", "w2", 0, 5), ("t2", "w2", 5, 9), ("t3", "w1", 0, 6))
    assert check(of, good).violations == ()
    assert check(of, good).cost.total == 9.0 == SETS["imopse"].score(folder / "3_2_1_2.def", good)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([("t1", "w1", 0, 5), ("t2", "w1", 5, 9), ("t3", "w1", 9, 15)], "w1 lacks Q0 for t2"),
        ([("t1", "w1", 0, 5), ("t2", "w2", 4, 8), ("t3", "w1", 5, 11)], "t2 starts before those it waits for are done"),
        ([("t1", "w1", 0, 5), ("t2", "w2", 5, 9), ("t3", "w1", 4, 10)], "w1 does two tasks at once"),
        ([("t1", "w1", 0, 6), ("t2", "w2", 6, 10), ("t3", "w1", 6, 12)], "t1 takes 6 hours instead of 5"),
    ],
)
def test_imopse_refuses_what_breaks_its_rules(
    folder: Path, rows: list[tuple[str, str, int, int]], complaint: str
) -> None:
    with pytest.raises(BadPlan, match=complaint):
        SETS["imopse"].score(folder / "3_2_1_2.def", plan(*rows))


def test_gap_capacities_are_calendars_and_costs_misfit(folder: Path) -> None:
    of = SETS["gap"].read(folder / "c1")
    assert [worker.calendar for worker in of.workers] == [((0, 10),), ((0, 4),)]
    assert [dict(task.minutes) for task in of.tasks] == [{"a0": 5, "a1": 4}] * 3
    assert [dict(task.misfit) for task in of.tasks] == [
        {"a0": 1.0, "a1": 4.0},
        {"a0": 2.0, "a1": 0.0},
        {"a0": 3.0, "a1": 6.0},
    ]
    good = plan(("j0", "a0", 0, 5), ("j1", "a1", 0, 4), ("j2", "a0", 5, 10))
    assert check(of, good).violations == ()
    assert check(of, good).cost.total == 4.0 == SETS["gap"].score(folder / "c1", good)
    with pytest.raises(BadPlan, match="agent 1 has 8, at most 4"):
        SETS["gap"].score(folder / "c1", plan(("j0", "a1", 0, 4), ("j1", "a1", 4, 8), ("j2", "a0", 0, 5)))


def test_leaving_anything_out_is_dearer_than_any_plan(folder: Path) -> None:
    of = SETS["gap"].read(folder / "c1")
    some = Plan(plan(("j1", "a1", 0, 4)).assignments, (Unassigned("j0", "no"), Unassigned("j2", "no")))
    assert check(of, some).cost.total > 4 + 2 + 6
    with pytest.raises(BadPlan, match="2 left out"):
        SETS["gap"].score(folder / "c1", some)


def test_assignment_gives_each_place_one_item(folder: Path) -> None:
    of = SETS["assign"].read(folder / "assign2.txt")
    assert [(worker.max_tasks, worker.calendar) for worker in of.workers] == [(1, ((0, 1),))] * 2
    good = plan(("i0", "p1", 0, 1), ("i1", "p0", 0, 1))
    assert check(of, good).cost.total == 3.0 == SETS["assign"].score(folder / "assign2.txt", good)
    with pytest.raises(BadPlan, match="taken twice"):
        SETS["assign"].score(folder / "assign2.txt", plan(("i0", "p1", 0, 1), ("i1", "p1", 0, 1)))


@pytest.mark.parametrize("kind", SETS)
def test_a_file_of_another_kind_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("1 2 3")
    with pytest.raises(Unusable, match="odd is no"):
        SETS[kind].read(tmp_path / "odd")


def test_instances_are_found_with_their_best_values(folder: Path) -> None:
    best = folder / "best.csv"
    best.write_text("instance,best_known_cost\nc1,4\nc2,\n")
    assert published("gap", folder, best=best, seeds=[7]) == [
        Instance("gap", "c1", seed=7, path=str(folder / "c1"), best=4.0)
    ]
    with pytest.raises(Unusable, match="no columns instance and optimum"):
        SETS["assign"].best(best)
