"""Ranked candidates: exact deltas, the best position, factors, and a plan left as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from engine.small import TWO_DAYS, plan_of, problem
from fairlead.engine import Objective, Pin, Problem, Ranker, Task, Worker, rank, solve
from fairlead.engine.check import true_cost
from fairlead.engine.match.rank import Bench
from fairlead.engine.testing import Shape, random_problem


@pytest.mark.parametrize("block", range(4))
def test_a_delta_is_the_judges_total_with_the_task_minus_the_total_without(block: int) -> None:
    for seed in range(block * 15, block * 15 + 15):
        of = random_problem(seed)
        ranker = Ranker(of, solve(of))
        for task in of.tasks[::2]:
            ranking = ranker.rank(task.id)
            with ranker.bench(task.id) as bench:
                without = true_cost(of, list(bench.state.assignments()))
                pair_of = {of.workers[worker].id: pair for pair, worker in enumerate(bench.pairs["worker"].tolist())}
                for item in ranking.candidates:
                    mark, pair = bench.state.mark(), pair_of[item.worker]
                    bench.state.place(bench.task, bench.pairs[pair : pair + 1], bench.followers)
                    with_task = true_cost(of, list(bench.state.assignments()))
                    assert item.delta.parts == pytest.approx(with_task.minus(without).parts, abs=1e-6)
                    bench.state.undo(mark)


def test_the_position_is_the_cheapest_of_all_positions() -> None:
    shape = Shape(chains=0.0, caps=0.0, pins=0.0, tasks=12)
    for seed in range(25):
        of = random_problem(seed, shape)
        ranker = Ranker(of, solve(of))
        for task in of.tasks[::3]:
            ranking = ranker.rank(task.id)
            with ranker.bench(task.id) as bench:
                totals = {of.workers[int(pair["worker"])].id: totals_by_place(bench, pair) for pair in bench.pairs}
                for item in ranking.candidates:
                    assert bench.state.total() + item.delta.total == pytest.approx(min(totals[item.worker]), abs=1e-6)


def totals_by_place(bench: Bench, pair: Any) -> list[float]:
    """What the plan costs with the task at each place of the pair's worker."""
    totals = []
    for row in bench.state.rows_of(int(pair["worker"])):
        for place in range(len(bench.state.slots(row)) + 1):
            mark = bench.state.mark()
            if bench.state.put(bench.task, np.array([pair]), row=row, place=place):
                totals.append(bench.state.total())
            bench.state.undo(mark)
    return totals


def test_ranking_leaves_the_plan_as_it_was() -> None:
    for seed in range(20):
        of = random_problem(seed)
        ranker = Ranker(of, solve(of))
        before = ranker.state.assignments(), ranker.state.total()
        first = [ranker.rank(task.id) for task in of.tasks]
        assert (ranker.state.assignments(), ranker.state.total()) == before
        assert [ranker.rank(task.id) for task in of.tasks] == first


def test_every_worker_is_either_a_candidate_or_ruled_out_with_a_reason() -> None:
    for seed in range(20):
        of = random_problem(seed)
        ranker = Ranker(of, solve(of))
        for task in of.tasks:
            ranking = ranker.rank(task.id)
            names = [item.worker for item in ranking.candidates] + [item.worker for item in ranking.ruled_out]
            assert sorted(names) == sorted(of.worker_index)
            assert [item for item in ranking.ruled_out if not item.obstacles or not item.sentence] == []
            assert [item.points for item in ranking.candidates] == sorted(item.points for item in ranking.candidates)


def team() -> Problem:
    workers = [
        Worker("dana", kind="freelancer", skills={"python": 3}, calendar=TWO_DAYS, rate=65.0),
        Worker("bob", skills={"python": 5}, calendar=TWO_DAYS, rate=30.0),
        Worker("echo", kind="agent", rate=1.0),
    ]
    tasks = [Task("t1", 240, needs={"python": 3}, due=1440), Task("t2", 480, pin=Pin("bob"), due=1020)]
    return problem(workers, tasks, objective=Objective(), horizon=10080)


def test_candidates_come_with_points_by_term_and_a_sentence() -> None:
    of = team()
    ranking = rank(of, plan_of(of, ("t2", "bob", 0, 540, 1020)), task_id="t1")
    dana, bob = ranking.candidates
    # dana: 4 h × 65 × 0.1 = 26 labour; 100 × (240 / 960)² = 6.25 fairness; just skilled enough; ends Monday 13:00
    assert (dana.worker, dana.start, dana.finish, dana.lane, dana.position) == ("dana", 540, 780, 0, 0)
    assert dana.points == pytest.approx(32.25)
    assert dana.delta.to_dict() == {
        "total": -267.75,
        "unassigned": -300.0,
        "lateness": 0.0,
        "labour": 26.0,
        "misfit": 0.0,
        "switch": 0.0,
        "fairness": 6.25,
        "moved": 0.0,
        "makespan": 0.0,
    }
    assert dana.reason == (
        "1 of 2: finishes Mon 23 Nov 13:00, 11 h before it is due; costs 32.2 points: 26 labour, 6.2 fairness"
    )
    assert dana.score == pytest.approx(300 / 332.25)
    # bob before t2: t2 then ends Tuesday 13:00 (2220), 20 h late; after it t1 ends then, 13 h late, which is better:
    # 13 + 12 labour + 2 misfit + 100 × ((720 / 960)² − (480 / 960)²) = 31.25
    assert (bob.worker, bob.start, bob.finish, bob.position) == ("bob", 1980, 2220, 1)
    assert bob.points == pytest.approx(13 + 12 + 2 + 31.25)
    assert [(item.worker, item.sentence) for item in ranking.ruled_out] == [("echo", "needs python ≥ 3; has none")]
    assert (ranking.eligible, ranking.current) == (2, None)


def test_factors_score_from_0_to_1_and_give_the_facts() -> None:
    of = team()
    plan = plan_of(of, ("t2", "bob", 0, 540, 1020))
    signals = {"dana": {"preference": 0.8, "familiarity": 0.25}}
    dana, bob = rank(of, plan, task_id="t1", signals=signals).candidates
    assert [(item.name, round(item.score, 3), item.sentence) for item in dana.factors] == [
        ("skills", 1.0, "has python 3 for 3"),
        ("free before due", 1.0, "8 h free before it is due, needs 4 h"),
        ("load", 0.75, "25% of 16 h planned in 1 task, this one included"),
        ("cost", 0.462, "260.00 for 4 h at 65.00 an hour"),
        ("preference", 0.8, "80%: likes work of this kind"),
        ("familiarity", 0.25, "25%: knows the project"),
    ]
    assert [(item.name, round(item.score, 3), item.sentence) for item in bob.factors] == [
        ("skills", 0.714, "has python 5 for 3"),
        ("free before due", 0.0, "finishes 13 h late"),
        ("load", 0.25, "75% of 16 h planned in 2 tasks, this one included"),
        ("cost", 1.0, "120.00 for 4 h at 30.00 an hour"),
    ]


def test_signals_do_not_change_the_order_or_the_points() -> None:
    of = team()
    plain, liked = (rank(of, None, task_id="t1", signals=signals) for signals in (None, {"bob": {"preference": 1.0}}))
    assert [(item.worker, item.points) for item in plain.candidates] == [
        (item.worker, item.points) for item in liked.candidates
    ]


def test_only_the_first_k_are_shown_but_all_are_counted() -> None:
    ranking = rank(team(), None, task_id="t1", k=1)
    assert (len(ranking.candidates), ranking.eligible) == (1, 2)


def test_a_task_in_the_plan_is_ranked_as_if_taken_out() -> None:
    of = team()
    plan = plan_of(of, ("t2", "bob", 0, 540, 1020), ("t1", "bob", 0, 1980, 2220))
    ranking = rank(of, plan, task_id="t1")
    assert ranking.current == "bob"
    assert ranking.candidates == rank(of, plan_of(of, ("t2", "bob", 0, 540, 1020)), task_id="t1").candidates


def test_what_waits_for_the_task_counts_with_each_candidate() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS), Worker("bob", calendar=((1980, 2460),))]
    tasks = [Task("t1", 60), Task("t2", 60, after=("t1",), due=660, pin=Pin("dana"))]
    of = problem(workers, tasks, objective=Objective(fairness=0.0))
    plan = plan_of(of, ("t1", "dana", 0, 540, 600), ("t2", "dana", 0, 600, 660))
    dana, bob = rank(of, plan, task_id="t1").candidates
    # with bob t1 ends on Tuesday at 2040, and dana's t2 at 2100: 1440 minutes = 24 h late
    assert (dana.worker, dana.points) == ("dana", 0.0)
    assert (bob.worker, bob.points, bob.cost.lateness) == ("bob", pytest.approx(24.0), pytest.approx(24.0))


def test_an_unknown_task_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rank(team(), None, task_id="t9")


def test_rankings_are_plain_data() -> None:
    shown = rank(team(), None, task_id="t1").to_dict()
    assert [row["worker"] for row in shown["candidates"]] == ["bob", "dana"]
    assert shown["candidates"][1]["factors"][0] == {"name": "skills", "score": 1.0, "sentence": "has python 3 for 3"}
    assert shown["ruled_out"][0]["sentence"] == "needs python ≥ 3; has none"


def test_those_who_lack_the_same_are_told_so_once_and_everybody_else_apart() -> None:
    levels = [{}, {"python": 1}, {}, {"python": 3}]
    idle = [Worker(id=f"idle{n}", skills=skills) for n, skills in enumerate(levels)]
    slow = Worker(id="slow", week_minutes=30, speed=0.5)
    with_hours = Worker(id="hours", calendar=((0, 60),))
    task = Task(id="t", effort=120, needs={"python": 2}, never=("idle2",))
    of = Problem(
        start=datetime(2026, 11, 23, tzinfo=UTC), workers=(*idle, slow, with_hours), tasks=(task,), horizon=10_080
    )
    ranking = rank(of, None, task_id="t")
    told = {item.worker: item for item in ranking.ruled_out}
    assert {name: item.sentence for name, item in told.items()} == {
        "idle0": "needs python ≥ 2; has none",
        "idle1": "needs python ≥ 2; has 1",
        "idle2": "needs python ≥ 2; has none; idle2 is excluded from it by name",
        "slow": "needs python ≥ 2; has none; needs 4 h; has 168 h of working time, at most 30 min a week",
        "hours": "needs python ≥ 2; has none; needs 2 h; has 1 h of working time",
    }
    assert len(ranking.reasons) == 5
    more = replace(of, workers=(*of.workers, *(Worker(id=f"more{n}") for n in range(3))))
    again = rank(more, None, task_id="t")
    assert len(again.reasons) == 5
    assert again.to_dict()["ruled_out"][-1] == {**ranking.to_dict()["ruled_out"][0], "worker": "more2"}
