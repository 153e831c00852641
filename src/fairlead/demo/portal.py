"""Clients in the made-up company: requests in every state, one to approve, a question, and a form that branches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Workspace
from fairlead.allocation import actions as allocation
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.forms import Question
from fairlead.work.models import Project, Task
from fairlead.work.states import State

if TYPE_CHECKING:
    from fairlead.demo.company import Company

WELCOME: Final = "Here you see how your project stands, ask for what you need, and say when something is right."
CLIENTS: Final = (("Clara", "WEB"), ("Cem", "APP"), ("Ines", "BRAND"))
FAULT: Final = (
    Question("q1", "short", "What went wrong?", "One sentence is enough.", required=True, target="title"),
    Question("q2", "choice", "Where did you see it?", required=True, options=("In the browser", "On a phone")),
    Question("q3", "short", "At which address?", "Copy it from the browser.", when="q2", equals="In the browser"),
    Question("q4", "choice", "On which phone?", options=("iPhone", "Android"), when="q2", equals="On a phone"),
    Question("q5", "choice", "How bad is it?", required=True, options=("Low", "Medium", "Urgent"), target="priority"),
    Question("q6", "long", "What did you expect instead?"),
    Question("q7", "date", "By when do you need it?", target="due"),
)
HANDS: Final = {"WEB": "Bob Lindqvist", "APP": "Mira Castellanos", "BRAND": "Jonas Weber"}
WISHES: Final[dict[str, tuple[str, str]]] = {
    "WEB": ("A gift-wrap option in the basket", "Before Christmas people ask for it every day."),
    "APP": ("Show the yield of last year beside this year", "Our customers compare, and call us for the numbers."),
    "BRAND": ("A version of the label for half-size jars", "The new jars arrive in spring."),
}


def _by(company: Company, now: datetime) -> dict[str, Any]:
    return {"actor": company.alice, "now": now}


def open_portal(company: Company, *, now: datetime) -> None:
    """Brand, forms, requests, something to approve and a question for each client."""
    by = _by(company, now)
    workspace = Workspace.objects.get(pk=company.alice.workspace_id)
    owner = company.actors["Olga"]
    accounts.change_branding(
        workspace, actor=owner, now=now, name="Harbour & Hale", welcome=WELCOME, accent="#0f6e66", shows_names=True,
        words={"review": "Being reviewed"},
    )  # fmt: skip
    for first, key in CLIENTS:
        project = company.projects[key]
        work.change_project(project, lead=company.workers["Alice Moreau"], **by)
        work.limit_revisions(project, 2, **by)
        form = work.create_form(
            project, "Report a fault", FAULT, intro="Four short questions help us to find it quickly.",
            labels=["bug"], priority=2, needs={company.skills["testing"].pk: 2}, **by,
        )  # fmt: skip
        work.publish_form(form, **by)
        _requests(company, project, first, now=now)
        _to_approve(company, project, first, now=now)


def _requests(company: Company, project: Project, first: str, *, now: datetime) -> None:
    """One just asked for, one in work with a question, one through the form."""
    client, by = company.actors[first], _by(company, now)
    title, why = WISHES[project.key]
    work.request_work(project, title, why=why, actor=client, now=now, due_at=now + timedelta(days=30))
    form = project.request_forms.get()
    answers = {"q1": ["The newsletter button does nothing"], "q2": ["On a phone"], "q4": ["Android"], "q5": ["Medium"]}
    work.submit_form(form, answers, actor=client, now=now, zone="Europe/Berlin")
    running = Task.objects.filter(project=project, state=State.RUNNING, parent=None).order_by("pk").first()
    if running is not None:
        work.add_comment(running, "We have begun. First results by the end of the week.", internal=False, **by)
        work.ask_question(running, "Shall we keep the old wording, or may we write it anew?", **by)


def _to_approve(company: Company, project: Project, first: str, *, now: datetime) -> None:
    """Something that was approved and rated, something that went back once, and something that waits."""
    client, by = company.actors[first], _by(company, now)
    users = [client.user_id or 0]
    ready = [
        _finished(project, title, company, now=now)
        for title in ("Tone of voice, first page", "Photo selection", "Wording of the confirmation mail")
    ]
    rated = work.ask_client(ready[0], users, message="Short and warm, as we said.", **by)
    work.approve(rated, actor=client, now=now, words="Exactly right.")
    work.rate(rated, 5, actor=client, now=now, words="Quick, and a pleasure to work with.")
    sent_back = work.ask_client(ready[1], users, **by)
    sent_back.task = Task.objects.select_related("project").get(pk=ready[1].pk)
    work.ask_for_changes(sent_back, "Could there be more people in them?", actor=client, now=now)
    work.ask_client(ready[2], users, message="Please look at the second paragraph above all.", **by)


def _finished(project: Project, title: str, company: Company, *, now: datetime) -> Task:
    by = _by(company, now)
    draft = TaskDraft(
        title=title, description="As agreed in the kick-off.", criteria=("Read by a second person",), effort_min=120
    )
    task = work.create_task(project, draft, **by)
    allocation.assign_task(task, company.workers[HANDS[project.key]], reason="Knows the client", **by)
    task.refresh_from_db()
    work.check_criterion(task.criteria.get(), **by)
    work.start_task(task, **by)
    return work.submit_task(task, **by)
