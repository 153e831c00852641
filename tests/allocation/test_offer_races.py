"""Everything that can happen to an offered task, in pairs, at the same moment: the outcome is always one that could
also have come about one after the other, and nobody is left waiting for something that is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations_with_replacement

import pytest

from conftest import make_world
from fairlead.allocation import actions, jobs
from fairlead.allocation.actions import Terms
from fairlead.allocation.models import Assignment, Offer, Offering
from fairlead.events.models import Event
from fairlead.jobs import followers
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task
from fairlead.work.states import WAITING

from .conftest import Team, make_team
from .test_races import at_once

MINE = (jobs.ask_next, jobs.settle_offers, jobs.release_worker, jobs.settle_assignment)


@dataclass
class Scene:
    """A task offered to bob and dana at the same time; `late` is after both offers have run out."""

    team: Team
    task: Task
    offers: dict[str, Offer]
    late: datetime

    def verb(self, name: str) -> Callable[[], object]:
        """One of the things that can happen, on rows that were read before."""
        team, now, alice = self.team, self.team.now, self.team.alice
        task = team.fresh(self.task)
        bobs, danas = self.offers["Bob"], self.offers["Dana"]
        return {
            "bob accepts": lambda: actions.accept_offer(bobs, actor=team.world.bob.actor, now=now),
            "dana accepts": lambda: actions.accept_offer(danas, actor=team.world.dana.actor, now=now),
            "bob declines": lambda: actions.decline_offer(bobs, actor=team.world.bob.actor, now=now),
            "bob's runs out": lambda: actions.expire_offer(bobs, now=self.late),
            "alice withdraws": lambda: actions.withdraw_offers(bobs.offering, actor=alice, now=now),
            "alice offers anew": lambda: actions.offer_task(task, actor=alice, now=now),
            "alice assigns dana": lambda: actions.assign_task(task, team.dana, actor=alice, now=now),
            "alice cancels": lambda: work.cancel_task(task, actor=alice, now=now),
            "alice deletes": lambda: work.delete_task(task, actor=alice, now=now),
            "bob leaves": lambda: people.deactivate_worker(team.bob, actor=alice, now=now),
        }[name]


VERBS = (
    "bob accepts", "dana accepts", "bob declines", "bob's runs out", "alice withdraws", "alice offers anew",
    "alice assigns dana", "alice cancels", "alice deletes", "bob leaves",
)  # fmt: skip


def scene(team: Team, title: str) -> Scene:
    task = team.task(title)
    terms = Terms(at_once=2, answer_min=60)
    made = actions.offer_task(task, actor=team.alice, now=team.now, workers=[team.bob, team.dana], terms=terms)
    rows = Offer.objects.filter(offering=made).select_related("offering", "worker", "task__project")
    return Scene(team, task, {row.worker.name: row for row in rows}, team.now + timedelta(days=2))


def work_off(team: Team, *, since: int, now: datetime) -> None:
    """What the background worker does after the events since then, in their order, until nothing more follows."""
    done = since
    while (event := Event.objects.filter(seq__gt=done).order_by("seq").first()) is not None:
        for job in followers(event.kind):
            if job in MINE:
                job(workspace_id=event.workspace_id, event_id=event.pk, now=now)
        done = event.seq


def check(scene: Scene) -> None:
    """What always holds once everything has come to rest."""
    task = scene.team.fresh(scene.task)
    held = list(Assignment.objects.filter(task=task, ended_at__isnull=True))
    assert len(held) <= 1
    if task.state in WAITING:
        assert [item.worker for item in held] == ([task.assignee] if task.assignee else [])
    for offering in Offering.objects.filter(task=task):
        states = list(offering.offers.values_list("state", flat=True))
        assert states.count("accepted") == (offering.state == "filled")
        if offering.state != "open":
            assert "open" not in states
        else:
            assert "open" in states
            assert task.assignee is None
            assert task.state in WAITING
            assert task.deleted_at is None
    if task.assignee is None and task.state in WAITING and task.deleted_at is None:
        last = Offering.objects.filter(task=task).latest("pk")
        # accepted and yet with nobody: whoever accepted left, and the task went back to the team
        left = Assignment.objects.filter(task=task, end_reason="released", worker__deactivated_at__isnull=False)
        assert last.state == "filled" if left.exists() else last.state in ("open", "exhausted", "withdrawn")


@pytest.mark.parametrize("first", VERBS)
def test_any_two_things_at_the_same_moment(committed: None, now: datetime, first: str) -> None:
    team = make_team(make_world(), now)
    for pair in combinations_with_replacement(VERBS, 2):
        if pair[0] != first:
            continue
        people.reactivate_worker(team.bob, actor=team.alice, now=now) if _left(team) else None
        since = Event.objects.latest("seq").seq
        there = scene(team, " and ".join(pair))
        outcomes = at_once(team, *(there.verb(name) for name in pair))
        assert "" not in outcomes, f"{pair}: {outcomes}"
        work_off(team, since=since, now=now)
        check(there)


def _left(team: Team) -> bool:
    team.bob.refresh_from_db()
    return team.bob.deactivated_at is not None


@pytest.mark.parametrize("limit", [1, 3])
def test_who_accepts_many_at_once_never_holds_more_than_they_take(committed: None, now: datetime, limit: int) -> None:
    team = make_team(make_world(), now)
    people.change_worker(team.bob, actor=team.alice, now=now, max_tasks=limit)
    tasks = [team.task(f"Task {n}") for n in range(10)]
    offers = []
    for task in tasks:
        made = actions.offer_task(task, actor=team.alice, now=now, workers=[team.bob])
        offers.append(Offer.objects.select_related("offering", "worker", "task__project").get(offering=made))
    verbs: list[Callable[[], object]] = [
        lambda offer=offer: actions.accept_offer(offer, actor=team.world.bob.actor, now=now)  # type: ignore[misc]
        for offer in offers
    ]
    outcomes = at_once(team, *verbs)
    assert sorted(set(outcomes)) == ["FullNow", "done"]
    assert outcomes.count("done") == limit == Task.objects.filter(assignee=team.bob).count()


def test_a_timer_that_fires_many_times_at_once_ends_the_offer_once(committed: None, now: datetime) -> None:
    team = make_team(make_world(), now)
    there = scene(team, "Timer")
    outcomes = at_once(team, *[there.verb("bob's runs out")] * 6)
    assert outcomes == ["done"] * 6
    assert Event.objects.filter(kind="task.offer_expired").count() == 1
    work_off(team, since=0, now=there.late)
    check(there)
