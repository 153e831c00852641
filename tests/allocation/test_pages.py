"""The pages of allocation: candidates, why, and plans, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Person
from fairlead.allocation import actions, policy
from fairlead.allocation.actions import plans
from fairlead.allocation.models import Plan
from fairlead.people import actions as people_actions
from fairlead.web import fairness, people
from fairlead.work.models import Task

from .conftest import Team

HTMX = {"HX-Request": "true"}


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    """A browser in which somebody is signed in."""

    def enter(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return enter


@pytest.fixture
def alice(team: Team, signed_in: Callable[[Person], Client]) -> Client:
    return signed_in(team.world.alice)


def text(response: Any) -> str:
    """What people read: without tags, spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_panel_ranks_explains_and_offers_to_assign(team: Team, alice: Client) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=30))
    response = alice.get(f"/tasks/{task}/candidates/", headers=HTMX)
    said = text(response)
    assert said.index("Bob") < said.index("Dana")
    for words in ("Assign Bob", "Python 4 (needs 3)", "Familiarity", "Ruled out (1)", "needs Python ≥ 3; has 2"):
        assert words in said
    assert b"<html" not in response.content
    assert b"<html" in alice.get(f"/tasks/{task}/candidates/").content


def test_of_many_who_are_ruled_out_the_first_are_listed_and_others_are_asked_about_by_name(
    team: Team, alice: Client
) -> None:
    for n in range(101):
        people_actions.create_worker(kind="employee", name=f"New {n:03}", actor=team.alice, now=team.now)
    task = team.task(needs={team.python.pk: 3})
    page = alice.get(f"/tasks/{task}/candidates/")
    said = text(page)
    assert "Ruled out (102)" in said
    assert "New 018" in said
    assert "New 019" not in said
    assert "82 more" in said
    assert b"<option" not in re.sub(rb"<details.*?Offer it instead.*?</details>", b"", page.content, flags=re.S)
    asked = text(alice.get(f"/tasks/{task}/why-not/", {"worker": "new 077"}, headers=HTMX))
    assert "New 077 is ruled out for WEB-1: needs Python" in asked
    assert alice.get(f"/tasks/{task}/why-not/", {"worker": "Nemo"}).status_code == 422
    assert b'value="New 077"' in alice.get("/people/names/", {"worker": "077"}).content
    wrong = alice.post(f"/tasks/{task}/assign/", {"worker": "Nemo", "reason": "She asked", "version": task.version})
    assert wrong.status_code == 422
    assert "Nobody here is called “Nemo”." in text(wrong)
    assert b'value="She asked"' in wrong.content
    alice.post(f"/tasks/{task}/assign/", {"worker": "New 077", "reason": "She asked", "version": task.version})
    assert team.fresh(task).assignee.name == "New 077"  # type: ignore[union-attr]


def test_assigning_shows_the_task_and_offers_an_undo(team: Team, alice: Client) -> None:
    task = team.task()
    values = {"worker": team.dana.pk, "version": task.version}
    response = alice.post(f"/tasks/{task}/assign/", values, follow=True)
    assert team.fresh(task).assignee == team.dana
    assert "Dana has WEB-1 now." in text(response)
    assert f'action="/tasks/{task}/unassign/"'.encode() in response.content
    alice.post(f"/tasks/{task}/unassign/")
    assert team.fresh(task).assignee is None


def test_the_undo_of_a_change_gives_it_back(team: Team, alice: Client) -> None:
    task = team.task()
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    response = alice.post(f"/tasks/{task}/assign/", {"worker": team.dana.pk}, follow=True)
    undo = f"/tasks/{task}/assign/?worker={team.bob.pk}"
    assert f'action="{undo}"'.encode() in response.content
    alice.post(undo)
    assert team.fresh(task).assignee == team.bob


def test_assign_best_from_the_page(team: Team, alice: Client) -> None:
    task = team.task(needs={team.scala.pk: 2})
    alice.post(f"/tasks/{task}/assign-best/", {"version": task.version})
    assert team.fresh(task).assignee == team.bob


def test_two_managers_at_once_the_second_reads_who_has_it(team: Team, alice: Client) -> None:
    task = team.task()
    actions.assign_task(team.fresh(task), team.bob, actor=team.world.olga.actor, now=team.now)
    response = alice.post(f"/tasks/{task}/assign/", {"worker": team.dana.pk, "version": task.version})
    assert response.status_code == 409
    assert "was changed by somebody else since you opened it" in text(response)
    assert team.fresh(task).assignee == team.bob


def test_against_a_rule_a_reason_is_asked_for_and_nothing_typed_is_lost(team: Team, alice: Client) -> None:
    task = team.task(needs={team.scala.pk: 3})
    response = alice.post(f"/tasks/{task}/assign/", {"worker": team.dana.pk, "reason": " "})
    assert response.status_code == 422
    assert "Dana is ruled out: needs Scala ≥ 3; has none." in text(response)
    assert f'<option value="{team.dana.pk}" selected>'.encode() in response.content
    alice.post(f"/tasks/{task}/assign/", {"worker": team.dana.pk, "reason": "To learn it"})
    assert team.fresh(task).assignee == team.dana
    told = text(alice.get(f"/tasks/{task}/why/"))
    assert "The reason: “To learn it”" in told
    assert "A rule stood against it" in told


def test_when_nobody_can_the_page_says_why_and_one_click_frees_it(team: Team, alice: Client) -> None:
    task = team.task(needs={team.scala.pk: 4})
    response = alice.get(f"/tasks/{task}/candidates/")
    assert "Needs Scala ≥ 4; the highest here is 3." in text(response)
    values = {"needs": f"{team.scala.pk}:3", "version": task.version}
    assert f'value="{team.scala.pk}:3"'.encode() in response.content
    after = alice.post(f"/tasks/{task}/needs/", values, follow=True)
    assert f"/tasks/{task}/needs/?needs={team.scala.pk}:4".encode() in after.content
    assert "Assign Bob" in text(alice.get(f"/tasks/{task}/candidates/"))


def test_why_tells_who_decided_and_how_everybody_stood(team: Team, alice: Client) -> None:
    task = team.task(needs={team.python.pk: 3})
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    said = text(alice.get(f"/tasks/{task}/why/"))
    for words in ("Alice gave WEB-1 to Bob", "was the best of 2", "Python 4 (needs 3)", "Ruled out (1)", "Receipt"):
        assert words in said


def test_contributors_read_no_money_and_take_what_they_can(team: Team, signed_in: Callable[[Person], Client]) -> None:
    task, bob = team.task(needs={team.python.pk: 3}), signed_in(team.world.bob)
    panel = text(bob.get(f"/tasks/{task}/candidates/"))
    assert "Take it" in panel
    assert "Assign" not in panel
    bob.post(f"/tasks/{task}/take/", {"version": task.version})
    assert team.fresh(task).assignee == team.bob
    for page in ("candidates", "why"):
        said = text(bob.get(f"/tasks/{task}/{page}/"))
        assert "EUR" not in said
        assert "Cost" not in said
    bob.post(f"/tasks/{task}/unassign/")
    assert team.fresh(task).assignee is None


def test_allocating_a_project_shows_everything_before_and_undoes_everything_after(team: Team, alice: Client) -> None:
    tasks = [team.task(f"Task {n}", needs={team.python.pk: 2}) for n in range(3)]
    team.task("Impossible", needs={team.scala.pk: 5})
    assert "4 tasks wait for somebody" in text(alice.get("/projects/WEB/allocate/"))
    response = alice.post("/projects/WEB/allocate/", follow=True)
    plan = Plan.objects.get()
    said = text(response)
    for words in ("3 of 4", "Nothing has changed yet", "WEB-1 Task 0", "1 stays open", "needs Scala ≥ 5"):
        assert words in said
    lines = list(plan.lines.filter(worker__isnull=False).order_by("pk"))
    chosen = {"choosing": "1", "line": [line.pk for line in lines[:2]]}
    applied = alice.post(f"/plans/{plan.pk}/apply/", chosen, follow=True)
    assert "2 tasks assigned." in text(applied)
    assert Task.objects.filter(assignee__isnull=False).count() == 2
    undone = alice.post(f"/plans/{plan.pk}/undo/", follow=True)
    assert "2 tasks taken back." in text(undone)
    assert not Task.objects.filter(pk__in=[t.pk for t in tasks], assignee__isnull=False).exists()


def test_a_form_without_any_tick_changes_nothing(team: Team, alice: Client) -> None:
    team.task()
    alice.post("/projects/WEB/allocate/")
    plan = Plan.objects.get()
    response = alice.post(f"/plans/{plan.pk}/apply/", {"choosing": "1"}, follow=True)
    assert "Every line is left out" in text(response)
    assert Plan.objects.get().state == "draft"


def test_a_plan_in_the_making_shows_its_progress(team: Team, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "POLICY", replace(policy.POLICY, quick_tasks=0))
    team.task()
    response = alice.post("/projects/WEB/allocate/", follow=True)
    plan = Plan.objects.get()
    assert b'role="progressbar"' in response.content
    again = alice.get(f"/plans/{plan.pk}/", headers=HTMX)
    assert b'hx-trigger="every 1s"' in again.content
    assert b"<html" not in again.content
    actions.finish_plan(plan, actor=team.alice, now=team.now)
    assert alice.get(f"/plans/{plan.pk}/", headers=HTMX).headers["HX-Refresh"] == "true"
    assert "1 of 1" in text(alice.get(f"/plans/{plan.pk}/"))


def test_nothing_to_allocate_is_said_kindly(team: Team, alice: Client) -> None:
    assert "Every open task has somebody" in text(alice.get("/projects/WEB/allocate/"))
    response = alice.post("/projects/WEB/allocate/", follow=True)
    assert "has somebody already" in text(response)


def test_the_list_of_plans(team: Team, alice: Client, signed_in: Callable[[Person], Client]) -> None:
    assert "No plans yet" in text(alice.get("/plans/"))
    team.task()
    alice.post("/plans/new/")
    assert "Whole workspace 1 of 1 Alice" in text(alice.get("/plans/"))
    assert signed_in(team.world.bob).get("/plans/").status_code == 403


def test_the_page_of_a_plan_asks_a_fixed_number_of_queries(
    team: Team, alice: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        team.task(f"Task {number}")
    alice.post("/projects/WEB/allocate/")
    plan = Plan.objects.get()
    with django_assert_max_num_queries(19):
        alice.get(f"/plans/{plan.pk}/")


@pytest.mark.parametrize("values", [{}, {"worker": "x"}, {"worker": "99999999999999999999"}, {"worker": "0"}])
def test_nonsense_in_a_form_is_no_crash(team: Team, alice: Client, values: dict[str, str]) -> None:
    task = team.task()
    assert alice.post(f"/tasks/{task}/assign/", values).status_code in (404, 422)
    assert alice.post(f"/tasks/{task}/needs/", {"needs": "1:2:3"}).status_code == 422
    assert team.fresh(task).assignee is None


def test_fairness_shows_one_page_of_people_after_the_other(
    team: Team, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = text(alice.get("/people/fairness/"))
    assert ("Bob" in whole, "Dana" in whole, "Next page" in whole) == (True, True, False)
    monkeypatch.setattr(fairness, "PAGE_ROWS", 1)
    monkeypatch.setattr(people, "PAGE_ROWS", 1)
    shown = [text(alice.get(f"/people/fairness/?from={n}")) for n in (0, 1)]
    assert [("Bob" in it, "Dana" in it) for it in shown] == [(True, False), (False, True)]
    assert "from=1" in alice.get("/people/fairness/").content.decode()
    assert alice.get("/people/fairness/?from=-1&weeks=4").status_code == 200
    assert alice.get("/people/fairness/?from=99").status_code == 200
