"""Each peer that is installed solves small problems; what is missing says how to get it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fairlead.bench.decode import decode, plan_from
from fairlead.bench.generate import company
from fairlead.bench.peers import PEERS, Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem, Task, Worker, check
from fairlead.engine.testing import START, Shape, random_problem

MODULES = {"ortools": "ortools", "pyvrp": "pyvrp", "pyvroom": "vroom", "scipy": "scipy", "timefold": "timefold"}


@pytest.fixture(params=PEERS, ids=lambda peer: peer.name)
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each peer in turn, if it is installed."""
    found: Peer = request.param
    if found.package:
        pytest.importorskip(MODULES[found.package], reason="pip install fairlead[peers]", exc_type=ImportError)
    if found.missing:
        pytest.skip(found.missing)
    found.prepare()
    return found


def limits(peer: Peer) -> Limits:
    """Enough for small problems; Java has to start first."""
    return Limits(5.0 if peer.name == "timefold" else 1.0, 1)


@pytest.mark.parametrize("chains", [False, True])
def test_a_small_company_is_planned_almost_without_repair(peer: Peer, chains: bool) -> None:
    of = company(12, 4, 1, chains=chains)
    orders = peer.solve(of, limits(peer))
    assert set(orders) == {worker.id for worker in of.workers}
    assert len(decode(of, orders).finish) >= 8
    assert check(of, plan_from(of, orders)).ok


def test_problems_with_lanes_and_without_horizon_are_understood(peer: Peer) -> None:
    for seed in (1, 5):
        of = random_problem(seed, Shape(tasks=8, workers=3))
        assert check(of, plan_from(of, peer.solve(of, limits(peer)))).ok


def test_the_cheaper_worker_gets_the_task(peer: Peer) -> None:
    if peer.name == "edd-finish":
        pytest.skip("it looks at time only")
    week = ((540, 1020),)
    workers = (Worker("dana", calendar=week, rate=90.0), Worker("bob", calendar=week, rate=30.0))
    of = Problem(START, workers, (Task("t1", 240, due=1020),), horizon=2000)
    assert peer.solve(of, limits(peer)) == {"dana": [[]], "bob": [["t1"]]}


def test_what_is_missing_says_how_to_get_it() -> None:
    installed = PEERS[0]
    assert replace(installed, package="no-such-thing").missing == "not installed: pip install fairlead[peers]"
    assert (
        replace(installed, programs=("no-such-program",)).missing == "not installed: needs no-such-program on the path"
    )


def test_a_table_has_work_minutes_and_points_of_each_pair() -> None:
    workers = (
        Worker(
            "dana", calendar=((540, 600), (660, 1020)), rate=60.0, speed=0.5, week_minutes=400, max_tasks=4, lanes=2
        ),
        Worker("bob", calendar=((600, 700),), skills={"sql": 2}),
    )
    tasks = (Task("t1", 30, due=690, release=570, now="bob"), Task("t2", 20, needs={"sql": 1}, after=("t1",)))
    table = Table(Problem(START, workers, tasks, horizon=2000))
    assert [(seat.position, seat.lane, seat.total, seat.cap, seat.most_tasks) for seat in table.seats] == [
        (0, 0, 420, 200, 2),
        (0, 1, 420, 200, 2),
        (1, 0, 100, 10080, 1_000_000),
    ]
    assert [seat.available for seat in table.seats] == [200, 200, 100]
    pairs = table.pairs
    assert (pairs.first.tolist(), pairs.seat.tolist(), pairs.minutes.tolist()) == (
        [0, 3, 4],
        [0, 1, 2, 2],
        [60, 60, 30, 20],
    )
    assert pairs.points.tolist() == [6.0 + 8.0, 6.0 + 8.0, 0.0, 1.0]
    assert table.release.tolist() == [570, 600]
    assert table.work_minutes(table.release).tolist() == [30, 30, 0, 0]
    assert table.work_minutes(table.due).tolist() == [90, 90, 90, 100]
