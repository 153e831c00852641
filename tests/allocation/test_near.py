"""In a large workspace one task's decision looks closely only at those who could do it, and comes out the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from fairlead.allocation import actions, judgement, near, queries, snapshot
from fairlead.allocation.models import Receipt
from fairlead.allocation.policy import POLICY
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.models import Dependency, Task

from .conftest import Team

pytestmark = pytest.mark.django_db


@contextmanager
def large(*, is_large: bool = True) -> Iterator[None]:
    """As if this workspace were a large one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "POLICY", replace(POLICY, most_near=0 if is_large else 10_000))
        yield


def by(team: Team) -> dict[str, Any]:
    return {"actor": team.alice, "now": team.now}


def judged(team: Team, task: Task, *, is_large: bool, **asked: Any) -> judgement.Judgement:
    with large(is_large=is_large):
        return judgement.judge(task.pk, workspace_id=team.world.workspace.pk, now=team.now, **asked)


def crowd(team: Team, chance: random.Random) -> tuple[list[Worker], list[Task]]:
    """Twelve people, thirty tasks of whom two thirds are held, some after others; the open ones come back."""
    skills = [people.create_skill(name, **by(team)) for name in ("Go", "Rust", "SQL")]
    crew = []
    for n in range(12):
        worker = people.create_worker(
            kind="employee", name=f"Person {n}", rate_cents=3000 + 100 * chance.randrange(60), **by(team)
        )
        for skill in chance.sample(skills, chance.randint(1, 2)):
            people.set_skill(worker, skill, chance.randint(1, 5), **by(team))
        crew.append(worker)
    tasks = [
        team.task(f"Task {n}", effort_min=30 * chance.randint(1, 20), needs={chance.choice(skills).pk: 2})
        for n in range(30)
    ]
    for task in tasks[10:]:
        actions.assign_task(task, chance.choice(crew), reason="They hold it", **by(team))
    for task, after in [sorted(chance.sample(range(30), 2), reverse=True) for _ in range(12)]:
        if not Dependency.objects.filter(task=tasks[task], after=tasks[after]).exists():
            work.add_dependency(tasks[task], tasks[after], **by(team))
    return crew, tasks[:10]


@pytest.mark.parametrize("seed", range(4))
def test_candidates_are_the_same_as_beside_everybody(team: Team, seed: int) -> None:
    _, waiting = crowd(team, random.Random(seed))
    smaller = 0
    for task in waiting:
        whole, close = (judged(team, task, is_large=is_large) for is_large in (False, True))
        assert [item.to_dict() for item in close.ranking.candidates] == [
            item.to_dict() for item in whole.ranking.candidates
        ]
        assert [item.worker for item in close.ranking.ruled_out] == [item.worker for item in whole.ranking.ruled_out]
        smaller += len(close.picture.rows.workers) < len(whole.picture.rows.workers)
    assert smaller, "no task was looked at with fewer people: this proves nothing"


def test_those_aside_are_told_their_skills_and_nothing_else(team: Team) -> None:
    held = team.task("Other work")
    actions.assign_task(held, team.echo, **by(team))
    task = team.task(needs={team.python.pk: 3})
    found = judged(team, task, is_large=True)
    aside = found.picture.problem.worker(f"w{team.echo.pk}")
    assert (aside.kind, dict(aside.skills), aside.calendar) == ("agent", {"Python": 2}, None)
    assert [it.id for it in found.picture.problem.tasks] == [str(task)]
    assert found.obstacle(team.echo.pk) == "needs Python ≥ 3; has 2"


def test_a_named_one_is_looked_at_closely(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    with large():
        told = queries.standing(task, team.echo, **by(team))
    assert told.reason == "needs Python ≥ 3; has 2"
    assert told.changes == queries.standing(task, team.echo, **by(team)).changes
    assert told.changes


def test_whoever_is_tied_by_waiting_work_is_looked_at_too(team: Team) -> None:
    first, second = team.task("First", effort_min=600), team.task("Second")
    actions.assign_task(first, team.echo, **by(team))
    actions.assign_task(second, team.bob, **by(team))
    work.add_dependency(second, first, **by(team))
    task = team.task(needs={team.scala.pk: 1})
    assert set(judged(team, task, is_large=True).picture.rows.workers) == {team.bob.pk, team.echo.pk}
    own = team.task(needs={team.scala.pk: 1})
    third = team.task("Third")
    actions.assign_task(third, team.dana, **by(team))
    work.add_dependency(own, third, **by(team))
    assert set(judged(team, own, is_large=True).picture.rows.workers) == {team.bob.pk, team.echo.pk, team.dana.pk}


def test_lowered_needs_bring_more_people_in(team: Team) -> None:
    task = team.task(needs={team.python.pk: 4})
    lowered = judgement.Slant(relax=1)
    assert set(judged(team, task, is_large=True).picture.rows.workers) == {team.bob.pk}
    found = judged(team, task, is_large=True, slant=lowered)
    assert {item.worker for item in found.ranking.candidates} == {f"w{team.bob.pk}", f"w{team.dana.pk}"}


def test_when_nobody_has_a_place_everybody_is_looked_at(team: Team) -> None:
    task = team.task(needs={team.python.pk: 5})
    with large():
        found = queries.recommend(task, **by(team))
    assert found.candidates == ()
    assert found.fixes == queries.recommend(task, **by(team)).fixes
    assert found.fixes


def test_a_receipt_of_it_can_be_computed_again_and_tells_everybody(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    with large():
        made = actions.assign_best(task, **by(team))
    kept = Receipt.objects.select_related("snapshot").get(pk=made.receipt_id)
    assert queries.replay(kept)
    assert snapshot.problem_of(kept.snapshot.content).worker(f"w{team.echo.pk}").calendar is None
    told = queries.standing(team.fresh(task), team.echo, **by(team))
    assert (told.reason, told.changes, told.is_known) == ("needs Python ≥ 3; has 2", (), False)
    client = Client()
    client.force_login(team.world.alice.user)
    shown = client.get(f"/tasks/{task}/why-not/?worker={team.echo.pk}").content.decode()
    assert "Of people who lacked a skill only that was kept." in shown
    assert "No single change" not in shown


def test_only_the_people_of_a_private_project_are_looked_at(team: Team) -> None:
    work.make_private(team.project, **by(team))
    work.put_member(team.project, team.world.bob.user, "contributor", **by(team))
    work.put_member(team.project, team.world.echo.user, "contributor", **by(team))
    task = team.task(needs={team.python.pk: 3})
    found = judged(team, task, is_large=True)
    assert set(found.picture.rows.workers) == {team.bob.pk}
    assert found.obstacle(team.echo.pk) == "needs Python ≥ 3; has 2"
    assert found.obstacle(team.dana.pk) == f"only w{team.bob.pk}, w{team.echo.pk} may do it"


def test_a_price_is_the_same(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3})
    with large():
        close = queries.price(task, team.dana, at=None, **by(team))
    assert close == queries.price(task, team.dana, at=None, **by(team))


def test_my_work_and_load_know_what_others_have_to_finish_first(team: Team) -> None:
    first, second, third = team.task("First", effort_min=600), team.task("Second"), team.task("Third")
    for task, worker in ((first, team.echo), (second, team.dana), (third, team.bob)):
        actions.assign_task(task, worker, reason="Now", **by(team))
    work.add_dependency(second, first, **by(team))
    work.add_dependency(third, second, **by(team))
    whole = queries.schedule(team.alice, now=team.now)
    block = next(it for lane in whole.lanes if lane.name == "Bob" for it in lane.blocks)
    (mine,) = queries.my_work(team.bob, zone="UTC", **by(team)).waiting
    assert (mine.key, mine.starts_at, mine.ends_at) == (str(third), whole.at(block.start_min), whole.at(block.end_min))
    assert near.waited_for([team.bob.pk], workspace_id=team.world.workspace.pk) == {
        team.bob.pk, team.dana.pk, team.echo.pk,
    }  # fmt: skip
    alone = queries.load(team.alice, [team.bob.pk], now=team.now)
    assert alone == {
        team.bob.pk: queries.load(team.alice, [team.bob.pk, team.dana.pk, team.echo.pk], now=team.now)[team.bob.pk]
    }
    others = queries.work_entries(team.bob, titles=True, address="", now=team.now)
    assert {entry.title for entry in others} == {f"{third} Third"}
