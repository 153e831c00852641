"""What overrides say about weights: worked by hand, then with the real engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from fairlead.allocation import actions, learning, queries
from fairlead.allocation.learning import Change, Judged, Standing
from fairlead.allocation.models import Policy
from fairlead.lib.errors import Forbidden, Missing, Refused

from .conftest import Team


def judged(chosen: str, *candidates: tuple[str, float, float], number: int = 0, **weights: int) -> Judged:
    """A decision among candidates with points for cost and for fit; the factor skill is 1 − fit / 100."""
    return Judged(
        number, chosen,
        tuple(Standing(n, {"labour": cost, "misfit": fit}, {"skills": 1 - fit / 100}) for n, cost, fit in candidates),
        weights,
    )  # fmt: skip


# cheap stands first by cost, good is the better fit: 10 + 30 < 35 + 10
OVERRIDDEN = judged("good", ("cheap", 10, 30), ("good", 35, 10))
ACCEPTED = judged("cheap", ("cheap", 10, 30), ("good", 80, 10))
NAMES = ("lateness", "labour", "misfit", "switch", "fairness")


def test_who_would_stand_first_under_another_weight() -> None:
    assert OVERRIDDEN.first_under({}) == "cheap"
    assert OVERRIDDEN.first_under({"misfit": 125}) == "cheap"  # 10 + 37.5 = 35 + 12.5: the earlier one stays
    assert OVERRIDDEN.first_under({"misfit": 150}) == "good"  # 10 + 45 > 35 + 15
    assert OVERRIDDEN.first_under({"labour": 75}) == "good"  # 7.5 + 30 > 26.25 + 10
    # points that were kept under half the weight count twice when it is whole again
    halved = judged("good", ("cheap", 10, 15), ("good", 35, 5), misfit=50)
    assert (halved.first_under({"misfit": 50}), halved.first_under({"misfit": 150})) == ("cheap", "good")


def test_the_change_that_explains_most_is_offered_with_its_price() -> None:
    decisions = [OVERRIDDEN] * 3 + [ACCEPTED] * 4
    assert learning.best_change(decisions, {}, NAMES) == Change(
        "labour", 100, 75, fixed=3, overrides=3, broken=0, accepted=4
    )
    # where less cost would change what people accepted, it is not offered
    tight = judged("cheap", ("cheap", 10, 30), ("good", 34, 10))
    assert learning.best_change([OVERRIDDEN] * 3 + [tight] * 4, {}, NAMES) is None
    assert learning.best_change([OVERRIDDEN] * 2, {}, NAMES) is None
    assert learning.best_change([ACCEPTED] * 9, {}, NAMES) is None


def test_what_the_chosen_had_more_of() -> None:
    assert learning.differences([OVERRIDDEN, ACCEPTED]) == {"skills": pytest.approx(0.2)}
    assert learning.differences([ACCEPTED]) == {}


def overridden(team: Team, count: int) -> None:
    """Whoever is suggested first for small tasks is passed over by a manager, each time with the same reason."""
    for n in range(count):
        task = team.task(f"Small {n}", needs={team.python.pk: 3}, effort_min=60)
        found = queries.recommend(task, actor=team.alice, now=team.now)
        second = next(c for c in found.candidates[1:])
        worker = team.bob if second.worker.id == team.bob.pk else team.dana
        actions.assign_task(task, worker, actor=team.alice, now=team.now, reason="They know the client")


def test_overrides_are_told_by_policy_with_reasons(team: Team) -> None:
    actions.ensure_catch_all(team.project.workspace_id, now=team.now)
    overridden(team, 3)
    accepted = team.task("As suggested", needs={team.python.pk: 3}, effort_min=60)
    actions.assign_best(accepted, actor=team.alice, now=team.now)
    (found,) = queries.overrides(team.alice, now=team.now + timedelta(days=1))
    assert (found.overrides, found.accepted, found.reasons) == (3, 1, (("They know the client", 3),))
    assert found.rows[0].key.startswith(team.project.key)
    assert found.rows[0].by == "Alice"
    assert queries.overrides(team.alice, now=team.now + timedelta(weeks=13)) == []


def test_a_preview_ranks_anew_and_changes_nothing(team: Team) -> None:
    actions.ensure_catch_all(team.project.workspace_id, now=team.now)
    policy = Policy.objects.get(is_catch_all=True)
    overridden(team, 2)
    usual = queries.preview(team.alice, policy.pk, name="labour", after=100, now=team.now)
    # under the same weights the engine comes to the same first candidates
    assert (usual.change.fixed, usual.change.overrides, usual.ranked, usual.all) == (0, 2, 2, 2)
    free = queries.preview(team.alice, policy.pk, name="labour", after=0, now=team.now)
    assert free.change.before == 100
    assert policy.versions.count() == 1


def test_who_may_look(team: Team) -> None:
    actions.ensure_catch_all(team.project.workspace_id, now=team.now)
    policy = Policy.objects.get(is_catch_all=True)
    who: Any
    for who in (team.world.bob.actor, team.world.clara.actor, team.world.echo.actor):
        with pytest.raises(Forbidden):
            queries.overrides(who, now=team.now)
        with pytest.raises(Forbidden):
            queries.preview(who, policy.pk, name="labour", after=0, now=team.now)
    with pytest.raises(Missing):
        queries.preview(team.world.charlie.actor, policy.pk, name="labour", after=0, now=team.now)
    with pytest.raises(Refused):
        queries.preview(team.alice, policy.pk, name="labour", after=33, now=team.now)


@time_machine.travel("2026-11-24T09:00:00Z", tick=False)
def test_the_pages_offer_show_and_write_a_change(team: Team) -> None:
    actions.ensure_catch_all(team.project.workspace_id, now=team.now)
    policy = Policy.objects.get(is_catch_all=True)
    overridden(team, 2)
    alice = Client()
    alice.force_login(team.world.alice.user)
    index = alice.get("/desk/overrides/?weeks=26").content.decode()
    assert "2 overridden, 0 as suggested" in index
    assert "They know the client" in index
    preview = alice.get(f"/desk/overrides/{policy.pk}/?name=labour&after=150&weeks=26")
    assert "from 100 to 150 %" in preview.content.decode()
    assert "Write version 2" in preview.content.decode()
    assert policy.versions.count() == 1
    sent = {"name": "labour", "after": "150", "version": "1"}
    assert alice.post(f"/desk/overrides/{policy.pk}/", sent).status_code == 302
    assert queries.find_policy(team.alice, policy.pk).latest.definition["weights"] == {"labour": 150}
    # whoever saw an older version is told instead of overwriting
    assert alice.post(f"/desk/overrides/{policy.pk}/", {**sent, "after": "200"}).status_code == 409
    for wrong in ({"name": "labour", "after": "-5"}, {"name": "colour", "after": "50"}, {"name": "labour"}):
        assert alice.post(f"/desk/overrides/{policy.pk}/", wrong).status_code == 422
    assert alice.get(f"/desk/overrides/{policy.pk}/?name=labour&after=33").status_code == 422
