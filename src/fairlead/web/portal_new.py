"""How clients ask for something: the choice, the plain form of a project, its request forms, and drafts of both."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.accounts.models import Role
from fairlead.lib.errors import Invalid, Refused, require
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, posted
from fairlead.web.portal import portal_page, require_client
from fairlead.work import actions
from fairlead.work.forms import read_questions
from fairlead.work.models import Project, RequestForm
from fairlead.work.permissions import may_request
from fairlead.work.queries import find_project, visible_projects
from fairlead.work.queries.request_forms import find_form, forms_for, typed_draft

PLAIN: Final = ("title", "why", "due", "links")
DUE_HOUR: Final = 18


@member_page
@require_safe
def choose(request: Request) -> HttpResponse:
    """What to ask for: the forms of the shared projects, and a plain request in each of them."""
    if request.actor.role != Role.CLIENT:
        return redirect("new-task")
    projects = list(
        visible_projects(request.actor).filter(archived_at__isnull=True).order_by("name").values("key", "name")
    )
    forms = forms_for(request.actor)
    if len(projects) == 1 and not forms:
        return redirect("portal-new", projects[0]["key"])
    grouped = [(project, [form for form in forms if form.project_key == project["key"]]) for project in projects]
    return portal_page(request, "portal/choose.jinja", {"grouped": grouped})


def _shared(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    require_client(request)
    require(may_request(request.actor, project), tr("Only clients with whom the project is shared can ask for more."))
    return project


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def plain(request: Request, key: str) -> HttpResponse:
    """What, why, by when, links: in the client's own words."""
    project = _shared(request, key)
    if request.method != "POST":
        draft = {name: "".join(values) for name, values in typed_draft(request.actor, project, None).items()}
        return _plain_page(request, project, draft, {})
    typed = {name: posted(request, name) for name in PLAIN}
    try:
        task = actions.request_work(
            project, typed["title"], actor=request.actor, now=timezone.now(), why=typed["why"], links=typed["links"],
            due_at=_due(typed["due"], request.user.time_zone),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        fields = {"why" if name == "description" else name: text for name, text in refusal.fields.items()}
        return _plain_page(request, project, typed, fields or {"": refusal.detail}, status=422)
    messages.success(request, tr("Your request is here. You will hear from us."))
    return redirect("portal-request", str(task))


def _due(text: str, zone: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(DUE_HOUR), ZoneInfo(zone))
    except ValueError:
        raise Invalid({"due": tr("Write the day like 2026-11-30, or leave it empty.")}) from None


def _plain_page(
    request: Request, project: Project, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    values = {"project": project, "typed": typed, "errors": errors}
    return portal_page(request, "portal/plain.jinja", values, status=status)


@member_page
@require_POST
def plain_draft(request: Request, key: str) -> HttpResponse:
    """Keep what was typed, to be sent later."""
    project = _shared(request, key)
    typed = {name: [posted(request, name)] for name in PLAIN}
    return _kept(request, project, None, typed)


def _kept(request: Request, project: Project, form: RequestForm | None, typed: dict[str, list[str]]) -> HttpResponse:
    actions.save_draft(project, form, typed, actor=request.actor, now=timezone.now())
    if request.headers.get("X-Draft"):
        return HttpResponse(status=204)
    messages.success(request, tr("Kept for later. It waits under New request."))
    return redirect("portal-choose")


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: Request, number: int) -> HttpResponse:
    """A request form."""
    form = find_form(request.actor, number)
    require_client(request)
    if request.method != "POST":
        return form_page(request, form, typed_draft(request.actor, form.project, form), {})
    typed = typed_answers(request, form)
    try:
        task = actions.submit_form(
            form, typed, actor=request.actor, now=timezone.now(), zone=request.user.time_zone
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return form_page(request, form, typed, refusal.fields or {"": refusal.detail}, status=refusal.status)
    messages.success(request, tr("Your request is here. You will hear from us."))
    return redirect("portal-request", str(task))


def typed_answers(request: Any, form: RequestForm) -> dict[str, list[str]]:
    """What stands in the fields of the form, by question."""
    return {
        question.id: [text.replace("\x00", "") for text in request.POST.getlist(question.id)]
        for question in read_questions(form.questions)
    }


def form_page(
    request: Request, form: RequestForm, typed: dict[str, list[str]], errors: dict[str, str], *, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """A form with what was typed and what is wrong with it."""
    values = {"form": form, "questions": read_questions(form.questions), "typed": typed, "errors": errors, **more}
    return portal_page(request, "portal/form.jinja", values, status=status)


@member_page
@require_POST
def form_draft(request: Request, number: int) -> HttpResponse:
    """Keep what was typed into a form."""
    form = find_form(request.actor, number)
    require_client(request)
    return _kept(request, form.project, form, typed_answers(request, form))


urls = [
    path("portal/new/", choose, name="portal-choose"),
    path("portal/new/<project:key>/", plain, name="portal-new"),
    path("portal/new/<project:key>/draft/", plain_draft, name="portal-new-draft"),
    path("portal/forms/<int:number>/", fill_in, name="portal-form"),
    path("portal/forms/<int:number>/draft/", form_draft, name="portal-form-draft"),
]
