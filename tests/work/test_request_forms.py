"""Request forms: what is shown, what is refused, what task comes of the answers; drafts and public addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from conftest import Person
from fairlead.accounts import actions as accounts
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people import actions as people
from fairlead.work import actions
from fairlead.work.forms import Question, shown_questions, wrong_answers, wrong_questions
from fairlead.work.models import FormEntry, RequestDraft, RequestForm, Task
from fairlead.work.queries.request_forms import forms_for, typed_draft
from work.conftest import Site, skill

FAULT = (
    Question("q1", "short", "What happened?", required=True, target="title"),
    Question("q2", "choice", "Where?", required=True, options=("Shop", "App"), target="labels"),
    Question("q3", "short", "Which page?", required=True, when="q2", equals="Shop"),
    Question("q4", "choice", "Which phone?", options=("iOS", "Android"), when="q2", equals="App"),
    Question("q5", "number", "Which version?", when="q4", equals="iOS"),
    Question("q6", "date", "By when?", target="due"),
    Question("q7", "choice", "How bad?", options=("Low", "Urgent"), target="priority"),
    Question("q8", "multi", "Who is affected?", options=("Customers", "Staff")),
)
ANSWERS = {
    "q1": ["Basket is empty"], "q2": ["Shop"], "q3": ["/basket"], "q5": ["never asked"], "q6": ["2026-12-01"],
    "q7": ["Urgent"], "q8": ["Customers", "Staff"],
}  # fmt: skip


@pytest.fixture
def shared(site: Site) -> Site:
    """WEB is shared with clara."""
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site


def fault(site: Site, **more: Any) -> RequestForm:
    """A published form."""
    by = {"actor": site.world.alice.actor, "now": site.now}
    return actions.publish_form(actions.create_form(site.project, "Report a fault", FAULT, **by, **more), **by)


def browser(person: Person | None = None) -> Client:
    client = Client()
    if person:
        client.force_login(person.user)
    return client


def test_questions_appear_with_the_answers_that_they_depend_on() -> None:
    def shown(**typed: str) -> list[str]:
        return [q.id for q in shown_questions(FAULT, {name: [value] for name, value in typed.items()})]

    assert shown() == ["q1", "q2", "q6", "q7", "q8"]
    assert shown(q2="Shop") == ["q1", "q2", "q3", "q6", "q7", "q8"]
    assert shown(q2="App", q4="iOS") == ["q1", "q2", "q4", "q5", "q6", "q7", "q8"]
    assert shown(q2="Shop", q4="iOS") == ["q1", "q2", "q3", "q6", "q7", "q8"]


def test_only_what_is_shown_must_be_right() -> None:
    assert wrong_answers(FAULT, ANSWERS) == {}
    typed = {"q1": [" "], "q2": ["App"], "q4": ["iOS"], "q5": ["seven"], "q6": ["tomorrow"], "q7": ["Awful"]}
    assert wrong_answers(FAULT, typed) == {
        "q1": "Please answer this.", "q5": "Write a number.", "q6": "Write the day like 2026-11-30.",
        "q7": "Choose from the list.",
    }  # fmt: skip
    assert wrong_answers(FAULT, {**ANSWERS, "q1": ["x" * 301]}) == {"q1": "At most 300 characters."}
    assert wrong_answers(FAULT, {**ANSWERS, "q1": ["a\0b"]}) == {"q1": "It has a character that cannot be stored."}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question("q9", "short", ""), "Write the question"),
        (Question("q9", "sung", "La?"), "kind of answer"),
        (Question("q9", "choice", "Which?", options=("One",)), "2 to 30"),
        (Question("q9", "short", "What?", target="title"), "Only one question"),
        (Question("q9", "long", "What?", target="due"), "cannot become"),
        (Question("q9", "short", "What?", when="q10", equals="x"), "earlier question only"),
        (Question("q9", "short", "What?", when="q2", equals="Moon"), "no answer of"),
        (Question("q9", "short", "What?", when="q1"), "which answer"),
    ],
)
def test_a_form_that_cannot_work_is_refused(question: Question, words: str) -> None:
    assert words in wrong_questions((*FAULT, question))["q9"]


def test_each_question_has_an_id_of_its_own() -> None:
    for name in ("q1", "website", "q", "csrfmiddlewaretoken"):
        assert "id of its own" in wrong_questions((*FAULT, Question(name, "short", "What?")))["questions"]


def test_signs_that_cannot_be_stored_do_no_harm(shared: Site) -> None:
    form = actions.open_form(fault(shared), actor=shared.world.alice.actor, now=shared.now)
    secret, client = actions.public_secret(form), browser(shared.world.clara)
    nul = {"your_name": "No\0ra", "your_email": "nora@example.com", "q1": "a\0b", "q2": "Shop", "q3": "/"}
    assert client.post(f"/ask/{secret}/", nul).status_code == 200
    enter(shared.world.workspace.pk)
    assert Task.objects.get().title == "ab"
    assert client.post("/portal/new/WEB/", {"title": "a\0b", "why": "\0"}).status_code == 302
    assert client.post("/portal/new/WEB/draft/", {"title": "a\0b"}).status_code == 302
    assert client.post("/portal/WEB-1/say/", {"body": "a\0b"}).status_code == 302
    levels = {
        "name": "X\0",
        "question": "q1",
        "q1.label": "a\0",
        "q1.kind": "short",
        "need_skill": "1",
        "need_level": "",
    }
    assert browser(shared.world.alice).post("/projects/WEB/forms/new/", levels).status_code == 302


def test_the_answers_become_a_task(shared: Site) -> None:
    python = skill(shared.world, "Python", shared.now)
    form = fault(shared, labels=["fault"], priority=2, needs={python.pk: 3})
    clara = shared.world.clara
    task = actions.submit_form(form, ANSWERS, actor=clara.actor, now=shared.now, zone="Europe/Berlin")
    assert (task.title, task.labels, task.priority, task.created_by) == (
        "Basket is empty", ["fault", "Shop"], 4, clara.user,
    )  # fmt: skip
    assert task.due_at == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    assert task.description == ("**Which page?**\n\n/basket\n\n**Who is affected?**\n\n- Customers\n- Staff")
    assert [(need.skill_id, need.level) for need in task.needs.all()] == [(python.pk, 3)]
    assert task.state == "backlog"
    told = Event.objects.get(kind="task.created").payload
    assert told == {"title": "Basket is empty", "source": "form", "form": "Report a fault"}
    entry = FormEntry.objects.get(task=task)
    assert entry.answers[:3] == [["What happened?", "Basket is empty"], ["Where?", "Shop"], ["Which page?", "/basket"]]


def test_a_skill_that_was_merged_stands_for_what_it_became(shared: Site) -> None:
    old, new = (skill(shared.world, name, shared.now) for name in ("Py", "Python"))
    form = fault(shared, needs={old.pk: 3})
    people.merge_skills(old, new, actor=shared.world.alice.actor, now=shared.now)
    task = actions.submit_form(form, ANSWERS, actor=shared.world.clara.actor, now=shared.now)
    assert [need.skill_id for need in task.needs.all()] == [new.pk]


@pytest.mark.parametrize("who", ["alice", "bob", "echo", "audrey", "charlie"])
def test_nobody_but_a_client_of_the_project_sends_a_form(shared: Site, who: str) -> None:
    form = fault(shared)
    with pytest.raises(Forbidden):
        actions.submit_form(form, ANSWERS, actor=getattr(shared.world, who).actor, now=shared.now)


def test_a_form_that_is_not_published_or_shared_is_out_of_reach(shared: Site) -> None:
    form, clara, by = fault(shared), shared.world.clara, {"actor": shared.world.alice.actor, "now": shared.now}
    assert [choice.name for choice in forms_for(clara.actor)] == ["Report a fault"]
    actions.unpublish_form(form, **by)
    assert forms_for(clara.actor) == []
    assert browser(clara).get(f"/portal/forms/{form.pk}/").status_code == 404
    with pytest.raises(Forbidden):
        actions.submit_form(form, ANSWERS, actor=clara.actor, now=shared.now)
    actions.publish_form(form, **by)
    actions.unshare_project(shared.project, clara.user, **by)
    assert browser(clara).get(f"/portal/forms/{form.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["bob", "clara", "audrey", "echo", "charlie"])
def test_only_managers_build_forms(shared: Site, who: str) -> None:
    form, by = fault(shared), {"actor": getattr(shared.world, who).actor, "now": shared.now}
    for act in (
        lambda: actions.create_form(shared.project, "Other", FAULT, **by),
        lambda: actions.change_form(form, name="Other", **by),
        lambda: actions.unpublish_form(form, **by),
        lambda: actions.open_form(form, **by),
        lambda: actions.remove_form(form, **by),
    ):
        with pytest.raises(Forbidden):
            act()


def test_two_who_change_a_form_at_once_are_told(shared: Site) -> None:
    form, by = fault(shared), {"actor": shared.world.alice.actor, "now": shared.now}
    seen = form.version
    actions.change_form(form, version=seen, intro="Tell us", **by)
    with pytest.raises(Conflict):
        actions.change_form(form, version=seen, intro="Tell", **by)
    with pytest.raises(Invalid, match="this name"):
        actions.create_form(shared.project, "Report a fault", FAULT, **by)


def test_nothing_is_lost_on_an_error_and_drafts_are_kept_for_each_person(shared: Site) -> None:
    form, client = fault(shared), browser(shared.world.clara)
    wrong = client.post(f"/portal/forms/{form.pk}/", {"q1": "Empty", "q2": "Shop", "q3": "", "q8": ["Staff"]})
    html = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'value="Empty"' in html
    assert "Which page?: Please answer this." in html
    assert 'value="Staff" checked' in html
    assert Task.objects.count() == 0
    kept = client.post(f"/portal/forms/{form.pk}/draft/", {"q1": "Empty"}, headers={"X-Draft": "1"})
    assert kept.status_code == 204
    assert 'value="Empty"' in client.get(f"/portal/forms/{form.pk}/").content.decode()
    assert typed_draft(shared.world.alice.actor, shared.project, form) == {}
    assert client.post(f"/portal/forms/{form.pk}/", {**ANSWERS}).status_code == 302
    assert RequestDraft.objects.count() == 0
    client.post("/portal/new/WEB/draft/", {"title": "A map"})
    assert 'value="A map"' in client.get("/portal/new/WEB/").content.decode()
    assert client.post("/portal/new/WEB/", {"title": " ", "why": "Because"}).status_code == 422
    assert client.post("/portal/new/WEB/", {"title": "A map", "due": "soon"}).status_code == 422
    assert client.post("/portal/new/WEB/", {"title": "A map", "links": "https://example.org"}).status_code == 302
    task = Task.objects.latest("pk")
    assert (task.title, task.description) == ("A map", "**Links**\n\nhttps://example.org")
    assert RequestDraft.objects.count() == 0


def test_a_public_form_needs_no_account_and_its_address_ends_when_it_is_closed(shared: Site) -> None:
    by = {"actor": shared.world.alice.actor, "now": shared.now}
    form = actions.open_form(fault(shared), **by)
    secret = actions.public_secret(form)
    enter(None)
    client = browser()
    assert "Report a fault" in client.get(f"/ask/{secret}/").content.decode()
    who = {"your_name": "Nora", "your_email": "nora@example.com"}
    wrong = client.post(f"/ask/{secret}/", {**ANSWERS, "your_name": "Nora", "your_email": "nora"})
    assert (wrong.status_code, "not an e-mail" in wrong.content.decode()) == (422, True)
    assert "Thank you" in client.post(f"/ask/{secret}/", {**ANSWERS, **who, "website": "spam"}).content.decode()
    assert "Thank you" in client.post(f"/ask/{secret}/", {**ANSWERS, **who}).content.decode()
    enter(shared.world.workspace.pk)
    task = Task.objects.get()
    assert (task.created_by, task.form_entry.name, task.form_entry.email) == (None, "Nora", "nora@example.com")
    assert Event.objects.get(kind="task.created").actor_kind == "system"
    form = RequestForm.objects.select_related("project").get()
    actions.close_form(form, **by)
    assert client.get(f"/ask/{secret}/").status_code == 404
    enter(shared.world.workspace.pk)
    with pytest.raises(Missing):
        actions.submit_public(form, ANSWERS, name="Nora", email="nora@example.com", now=shared.now)


def test_a_public_form_is_not_flooded(shared: Site) -> None:
    form = actions.open_form(fault(shared), actor=shared.world.alice.actor, now=shared.now)
    secret, client = actions.public_secret(form), browser()
    typed = {**ANSWERS, "your_name": "Nora", "your_email": "nora@example.com"}
    statuses = [client.post(f"/ask/{secret}/", typed).status_code for _ in range(9)]
    assert statuses == [200] * 8 + [429]


def test_a_manager_builds_a_form_on_the_page(shared: Site) -> None:
    client = browser(shared.world.alice)
    first = {"name": "Wish", "question": ["q1"], "q1.label": "What?", "q1.kind": "short", "q1.target": "title"}
    more = client.post("/projects/WEB/forms/sketch/more/", first)
    assert 'value="q2"' in more.content.decode()
    assert RequestForm.objects.count() == 0
    two = {**first, "question": ["q1", "q2"], "q2.label": "Which?", "q2.kind": "choice", "q2.options": "A\nB",
           "q2.when": "q1", "q2.equals": "x"}  # fmt: skip
    assert client.post("/projects/WEB/forms/new/", {**two, "q2.options": "A"}).status_code == 422
    assert client.post("/projects/WEB/forms/new/", two).status_code == 302
    form = RequestForm.objects.get()
    assert form.questions[1]["options"] == ["A", "B"]
    swapped = client.post("/projects/WEB/forms/sketch/higher/", {**two, "at": "1"}).content.decode()
    assert swapped.index('name="question" value="q2"') < swapped.index('name="question" value="q1"')
    fewer = client.post("/projects/WEB/forms/sketch/fewer/", {**two, "at": "0"}).content.decode()
    assert 'name="question" value="q1"' not in fewer
    assert "Which?" in client.get(f"/projects/WEB/forms/{form.pk}/preview/").content.decode()


def test_other_workspaces_forms_are_not_there(shared: Site) -> None:
    form = fault(shared)
    charlie = browser(shared.world.charlie)
    assert charlie.get("/projects/WEB/forms/").status_code == 404
    assert charlie.get(f"/portal/forms/{form.pk}/").status_code == 404
    assert accounts.name_in("ann.lee@example.com") == "Ann Lee"
