"""The pages of policies, the desk and the queue: what they show, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fairlead.allocation import actions
from fairlead.allocation.models import Policy, Routing
from fairlead.allocation.routing import from_dict
from fairlead.people import actions as people

from .conftest import Team
from .queue_worker import work_off

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Shop first", "steps": "2", "takes": "'shop' in task.labels", "autonomy": "approve", "age_h": "12",
    "claims": "3", "pick": "any", "do": "save", "weights.labour": "50",
    "steps.1.name": "Leads", "steps.1.who": "worker.leads_project", "steps.1.how": "offer", "steps.1.strategy": "best",
    "steps.1.ask": "2", "steps.1.answer_min": "45m", "steps.1.lasts_min": "2h", "steps.1.relax": "0",
    "steps.2.name": "All", "steps.2.who": "", "steps.2.how": "assign", "steps.2.strategy": "round_robin",
    "steps.2.ask": "1", "steps.2.answer_min": "1h", "steps.2.lasts_min": "", "steps.2.relax": "0",
}  # fmt: skip


@pytest.fixture
def alice(team: Team) -> Client:
    client = Client()
    client.force_login(team.world.alice.user)
    return client


def test_a_policy_is_written_in_the_form_and_read_as_text(team: Team, alice: Client) -> None:
    answer = alice.post("/policies/new/", FORM)
    made = Policy.objects.get(name="Shop first")
    assert answer["Location"] == f"/policies/{made.pk}/"
    said = made.latest.definition
    assert (said["takes"], said["autonomy"], said["weights"]) == ("'shop' in task.labels", "approve", {"labour": 50})
    assert [(s["name"], s["how"], s["answer_min"], s["lasts_min"]) for s in said["steps"]] == [
        ("Leads", "offer", 45, 120), ("All", "assign", 60, 0)]  # fmt: skip
    page = alice.get(f"/policies/{made.pk}/?as=text").content.decode()
    assert "takes = &#34;&#39;shop&#39; in task.labels&#34;" in page
    assert "It takes nothing yet" in page


def test_a_mistake_keeps_everything_typed_and_says_where_it_is(team: Team, alice: Client) -> None:
    answer = alice.post("/policies/new/", {**FORM, "steps.1.who": "worker.lead_project", "claims": "many"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Give a whole number." in page
    answer = alice.post("/policies/new/", {**FORM, "steps.1.who": "worker.lead_project"})
    page = answer.content.decode()
    assert "At character 1: There is nothing called worker.lead_project. Did you mean worker.leads_project?" in page
    assert 'value="Shop first"' in page
    assert "worker.lead_project</textarea>" in page
    assert not Policy.objects.filter(name="Shop first").exists()


def test_a_step_is_added_without_saving(team: Team, alice: Client) -> None:
    page = alice.post("/policies/new/", {**FORM, "do": "add"}).content.decode()
    assert 'name="steps.3.name"' in page
    assert not Policy.objects.exists()


def test_the_trial_says_who_would_have_got_the_last_tasks_and_changes_nothing(team: Team, alice: Client) -> None:
    task = team.task("Done by Bob", needs={team.python.pk: 4}, labels=["shop"])
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    team.task("Other")
    before = Routing.objects.count()
    page = alice.post("/policies/new/", {**FORM, "do": "try"}).content.decode()
    assert 'It takes <b class="num">1</b>' in page
    assert "Done by Bob" in page
    assert ">same<" in page
    assert (Policy.objects.count(), Routing.objects.count()) == (0, before)


def test_somebody_elses_newer_version_is_not_overwritten(team: Team, alice: Client) -> None:
    made = actions.create_policy("Shop first", from_dict({}), actor=team.alice, now=team.now)
    actions.change_policy(made, from_dict({"age_h": 1}), actor=team.alice, now=team.now)
    answer = alice.post(f"/policies/{made.pk}/", {**FORM, "version": "1"})
    assert answer.status_code == 409
    assert "Somebody else changed this policy" in answer.content.decode()


def test_the_desk_shows_what_waits_and_decides_it(team: Team, alice: Client) -> None:
    everywhen(team)
    made = actions.create_policy("All", from_dict({"autonomy": "approve", "steps": [{"name": "A", "how": "assign"}]}),
                                 actor=team.alice, now=team.now)  # fmt: skip
    actions.resume_policy(made, actor=team.alice, now=team.now)
    first, second = team.task("First"), team.task("Second")
    hopeless = team.task("Hopeless", needs={team.scala.pk: 5})
    work_off(team.now)
    page = alice.get("/desk/").content.decode()
    assert [text in page for text in ("First", "Second", "Needs Scala ≥ 5; the highest here is 3")] == [True] * 3
    alice.post("/desk/approve/", {"task": [str(first), str(second)]})
    assert [team.fresh(task).assignee is not None for task in (first, second, hopeless)] == [True, True, False]
    assert "Hopeless" in alice.get("/desk/").content.decode()


def everywhen(team: Team) -> None:
    """Everybody works around the clock: the pages look at the real time."""
    for worker in (team.bob, team.dana, team.echo):
        people.set_hours(worker, [(day, 0, 1440) for day in range(7)], actor=team.alice, now=team.now)


def test_a_contributor_claims_from_the_queue(team: Team) -> None:
    everywhen(team)
    says: dict[str, Any] = {"autonomy": "auto", "pick": "any", "steps": [{"name": "Pool", "how": "queue"}]}
    made = actions.create_policy("Pool", from_dict(says), actor=team.alice, now=team.now)
    actions.resume_policy(made, actor=team.alice, now=team.now)
    task = team.task("Take me")
    work_off(team.now)
    dana = Client()
    dana.force_login(team.world.dana.user)
    assert "Take me" in dana.get("/queue/").content.decode()
    assert dana.post(f"/tasks/{task}/claim/")["Location"] == f"/tasks/{task}/"
    assert team.fresh(task).assignee == team.dana
    told = dana.get(f"/tasks/{task}/why/").content.decode()
    assert "Policy “Pool” (version 1), step “Pool”: Dana claimed it from the queue." in told


def test_lists_ask_the_database_a_fixed_number_of_times(
    team: Team, alice: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        made = actions.create_policy(f"P{number}", from_dict({}), actor=team.alice, now=team.now)
        actions.resume_policy(made, actor=team.alice, now=team.now)
        team.task(f"T{number}", needs={team.scala.pk: 5})
    work_off(team.now)
    alice.get("/policies/")
    with django_assert_max_num_queries(21):
        alice.get("/policies/")
    with django_assert_max_num_queries(19):
        alice.get("/desk/")
