"""Made-up companies: the same seed gives the same problem, and everything that the format knows occurs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fairlead.bench.generate import company
from fairlead.bench.staff import HORIZON_MIN
from fairlead.engine import WEEK_MIN, Problem, problem_digest


@pytest.fixture(scope="module")
def large() -> Problem:
    """500 tasks, 50 workers, with chains."""
    return company(500, 50, 1, chains=True)


def test_the_same_seed_gives_the_same_problem_and_another_seed_another_one() -> None:
    digests = [problem_digest(company(40, 7, seed)) for seed in (3, 3, 4)]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(("tasks", "workers"), [(1, 1), (2, 9), (30, 2), (120, 11)])
def test_any_size_gives_a_sound_problem(tasks: int, workers: int) -> None:
    problem = company(tasks, workers, 1, chains=True)
    assert (len(problem.tasks), len(problem.workers), problem.horizon) == (tasks, workers, HORIZON_MIN)


def test_nothing_costs_otherwise_than_by_default(large: Problem) -> None:
    assert large.objective.unassigned == (100.0, 200.0)
    assert (large.setup, large.objective.makespan) == (15, 0.0)


def test_there_are_people_and_agents_in_many_time_zones(large: Problem) -> None:
    assert {worker.kind for worker in large.workers} == {"employee", "freelancer", "agent"}
    assert len({worker.calendar[0][0] % 1440 for worker in large.workers if worker.calendar}) > 10
    assert {worker.max_tasks for worker in large.workers} == {30}
    agents = [worker for worker in large.workers if worker.kind == "agent"]
    minutes = {sum(end - start for start, end in worker.calendar or ()) for worker in agents}
    assert minutes <= {HORIZON_MIN - 4 * 240}
    assert {worker.week_minutes for worker in agents} == {None}


def test_people_have_lunch_meetings_and_weekly_caps(large: Problem) -> None:
    people = [worker for worker in large.workers if worker.kind != "agent"]
    gaps = {b[0] - a[1] for worker in people for a, b in pairwise(worker.calendar or ())}
    assert {30, 45} <= gaps
    assert all(worker.week_minutes and worker.week_minutes <= 2400 for worker in people)
    assert any(gap > WEEK_MIN // 2 for gap in gaps), "somebody is on holiday"


def test_levels_speeds_and_rates_are_spread(large: Problem) -> None:
    assert {level for worker in large.workers for level in worker.skills.values()} == {1, 2, 3, 4, 5}
    assert len({worker.rate for worker in large.workers}) > 40
    assert all(0.5 <= worker.speed <= 1.4 for worker in large.workers)


def test_tasks_have_needs_dates_weights_and_contexts(large: Problem) -> None:
    assert {len(task.needs) for task in large.tasks} == {1, 2, 3}
    assert {task.weight for task in large.tasks} == {1.0, 2.0, 4.0, 8.0}
    assert len({task.context for task in large.tasks}) == 20
    assert all(task.due is not None and task.release < task.due < HORIZON_MIN for task in large.tasks)
    assert 0.3 < sum(task.release == 0 for task in large.tasks) / 500 < 0.5


def test_some_are_held_pinned_or_excluded_and_some_wait(large: Problem) -> None:
    assert 0.18 < sum(task.now is not None for task in large.tasks) / 500 < 0.32
    assert 0 < sum(task.pin is not None for task in large.tasks) < 25
    assert all(task.pin.worker == task.now for task in large.tasks if task.pin)
    assert sum(bool(task.never) for task in large.tasks) > 20
    assert sum(bool(task.after) for task in large.tasks) > 20
    assert not any(task.after for task in company(500, 50, 1).tasks)


def test_somebody_can_do_every_task_and_has_a_predicted_misfit(large: Problem) -> None:
    for task in large.tasks:
        able = {
            worker.id
            for worker in large.workers
            if all(worker.skills.get(name, 0) >= level for name, level in task.needs.items())
        }
        assert set(task.misfit) == able
        assert able - set(task.never)
