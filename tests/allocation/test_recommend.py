"""Every open task shows who should do it, who cannot, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairlead.allocation import actions, queries
from fairlead.lib.errors import Forbidden, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work

from .conftest import Team


def test_candidates_are_ranked_and_those_without_the_skill_are_ruled_out(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=4))
    found = queries.recommend(task, actor=team.alice, now=team.now)
    assert [c.worker.name for c in found.candidates] == ["Bob", "Dana"]
    assert [(r.worker.name, r.codes, r.sentence) for r in found.ruled_out] == [
        ("Echo", ("skill",), "needs Python ≥ 3; has 2")
    ]
    assert found.reason == ""


def test_each_candidate_has_six_bars_with_facts(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=4))
    dana = queries.recommend(task, actor=team.alice, now=team.now).candidates[1]
    bars = {f.name: f for f in dana.factors}
    assert list(bars) == ["Skills", "Free before due", "Load", "Preference", "Cost", "Familiarity"]
    assert all(0 <= f.score <= 1 for f in bars.values())
    assert bars["Skills"].sentence == "Python 3 (needs 3)"
    assert bars["Preference"].sentence == "No wish about work of this kind"
    assert bars["Cost"].sentence == "EUR 130.00 for 2 h at EUR 65.00 an hour"
    assert bars["Familiarity"].sentence == "New to WEB"


def test_work_starts_in_working_hours_and_is_interrupted_by_the_night(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 1}, effort_min=600)
    bob = queries.recommend(task, actor=team.alice, now=team.now).candidates[0]
    assert bob.starts_at == team.now
    # Monday 09:00–12:30 and 13:00–17:30 are eight hours, so two are left for Tuesday from nine
    assert bob.finishes_at == team.now + timedelta(days=1, hours=2)


def test_a_task_that_nobody_can_do_says_exactly_why_and_what_would_free_it(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 4})
    found = queries.recommend(task, actor=team.alice, now=team.now)
    assert found.candidates == ()
    assert found.reason == "Needs Scala ≥ 4; the highest here is 3"
    assert found.fixes[0].sentence.startswith("Lower Scala from 4 to 3: Bob could do it")
    assert (found.fixes[0].kind, found.fixes[0].needs) == ("lower_needs", ((team.scala.pk, 3),))


def test_the_offered_fix_frees_the_task(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 5, team.python.pk: 4})
    fix = queries.recommend(task, actor=team.alice, now=team.now).fixes[0]
    work.change_task(task, actor=team.alice, now=team.now, needs=dict(fix.needs))
    assert queries.recommend(task, actor=team.alice, now=team.now).candidates


def test_without_anybody_the_reason_says_so(team: Team) -> None:
    task = team.task()
    for worker in (team.bob, team.dana, team.echo):
        people.deactivate_worker(worker, actor=team.alice, now=team.now)
    found = queries.recommend(task, actor=team.alice, now=team.now)
    assert (found.candidates, found.reason) == ((), "Nobody is in this workspace yet who could do it")
    assert [f.kind for f in found.fixes] == ["add_person"]


def test_a_deactivated_worker_is_neither_candidate_nor_ruled_out(team: Team) -> None:
    task = team.task()
    people.deactivate_worker(team.dana, actor=team.alice, now=team.now)
    found = queries.recommend(task, actor=team.alice, now=team.now)
    assert "Dana" not in [x.worker.name for x in (*found.candidates, *found.ruled_out)]


def test_held_work_comes_first_and_counts(team: Team) -> None:
    held = team.task("Long one", effort_min=480, needs={team.scala.pk: 1})
    actions.assign_task(held, team.bob, actor=team.alice, now=team.now)
    task = team.task(needs={team.scala.pk: 1})
    bob = queries.recommend(task, actor=team.alice, now=team.now).candidates[0]
    assert bob.starts_at == team.now + timedelta(days=1)


def test_a_wish_and_finished_work_in_the_project_show_and_decide(team: Team) -> None:
    before = queries.recommend(team.task(labels=("api",)), actor=team.alice, now=team.now)
    people.set_preferences(team.dana, wants=["api"], avoids=[], actor=team.alice, now=team.now)
    people.set_preferences(team.bob, wants=[], avoids=["API"], actor=team.alice, now=team.now)
    done = team.task("Earlier", labels=("api",))
    actions.assign_task(done, team.dana, actor=team.alice, now=team.now)
    work.start_task(team.fresh(done), actor=team.alice, now=team.now)
    work.complete_task(team.fresh(done), actor=team.alice, now=team.now)
    after = queries.recommend(team.task(labels=("api",)), actor=team.alice, now=team.now)
    bars = {c.worker.name: {f.name: f for f in c.factors} for c in after.candidates}
    assert bars["Dana"]["Preference"].sentence == "Wants api"
    assert bars["Bob"]["Preference"].sentence == "Would rather not do api"
    assert (bars["Dana"]["Preference"].score, bars["Bob"]["Preference"].score) == (1.0, 0.0)
    assert bars["Dana"]["Familiarity"].sentence == "Finished 1 task in WEB, 1 with the same label"
    assert bars["Dana"]["Familiarity"].score == pytest.approx(0.2)  # 1 / (1 + 4), for project and label alike
    gap = {c.worker.name: c.points for c in before.candidates}
    new = {c.worker.name: c.points for c in after.candidates}
    lately = new["Dana"] - gap["Dana"] - (-3 - 4 * 0.2)  # finished work counts as load, a little
    assert 0 < lately < 0.05
    assert new["Bob"] - gap["Bob"] == pytest.approx(3)


def test_leave_moves_the_finish_and_nothing_else(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 1})
    before = queries.recommend(task, actor=team.alice, now=team.now).candidates[0]
    today = team.now.date()
    off = people.request_time_off(team.bob, today, today, "", actor=team.world.bob.actor, now=team.now)
    people.approve_time_off(off, actor=team.alice, now=team.now)
    after = queries.recommend(task, actor=team.alice, now=team.now).candidates[0]
    assert after.starts_at == before.starts_at + timedelta(days=1)
    same = ("Skills", "Preference", "Familiarity", "Cost")
    assert [f for f in after.factors if f.name in same] == [f for f in before.factors if f.name in same]


def test_contributors_see_candidates_but_not_what_they_cost(team: Team) -> None:
    found = queries.recommend(team.task(), actor=team.world.bob.actor, now=team.now)
    assert found.candidates
    for candidate in found.candidates:
        assert "Cost" not in [f.name for f in candidate.factors]
        assert (candidate.cost, candidate.points) == ((), None)
        assert "EUR" not in candidate.summary


def test_clients_see_no_candidates(team: Team) -> None:
    with pytest.raises(Forbidden):
        queries.recommend(team.task(), actor=team.world.clara.actor, now=team.now)


def test_a_task_that_is_over_has_no_candidates(team: Team) -> None:
    task = team.task()
    work.complete_task(task, actor=team.alice, now=team.now)
    with pytest.raises(Refused, match="is over"):
        queries.recommend(team.fresh(task), actor=team.alice, now=team.now)


def test_a_recommendation_reads_the_workspace_in_a_fixed_number_of_queries(
    team: Team, django_assert_num_queries: object
) -> None:
    tasks = [team.task(f"Task {n}", needs={team.python.pk: 2}) for n in range(12)]
    for task in tasks[1:]:
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    with django_assert_num_queries(20):  # type: ignore[operator]
        queries.recommend(tasks[0], actor=team.alice, now=team.now)
