"""Building request forms in a project's settings: questions, branching, what becomes of the answers, a preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.speech import later, mark, tr
from fairlead.people.queries import skills
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page, posted
from fairlead.web.portal import portal_page
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.forms import KINDS, MOST_QUESTIONS, TARGETS, Question, read_questions
from fairlead.work.models import Project, RequestForm, Task
from fairlead.work.permissions import may_manage_project
from fairlead.work.queries import find_project
from fairlead.work.queries.request_forms import forms_of

ONLY_MANAGERS: Final = later("Only managers build request forms. Ask one of them.")
LEVELS: Final = ("1", "2", "3", "4", "5")
NEEDS: Final = 3
"""Rows of needed skills that the page offers."""


def _first() -> Question:
    return Question("q1", "short", tr("What do you need?"), required=True, target="title")


def _managed(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    require(may_manage_project(request.actor, project), ONLY_MANAGERS)
    return project


def _form(project: Project, number: int) -> RequestForm:
    found = RequestForm.objects.filter(project=project, pk=number, removed_at__isnull=True).first()
    if found is None:
        raise Missing(tr("There is no such form; it may have been removed."))
    found.project = project
    return found


@member_page
@require_safe
def index(request: Request, key: str) -> HttpResponse:
    """The forms of a project."""
    project = _managed(request, key)
    return page(request, "request_forms/index.jinja", {"project": project, "forms": forms_of(project)})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, key: str) -> HttpResponse:
    """A form with one question, to begin with."""
    project = _managed(request, key)
    if request.method != "POST":
        start = {"name": "", "intro": "", "questions": (_first(),), "labels": "", "priority": 0, "needs": {}}
        return _builder(request, project, None, start, {})
    typed = typed_form(request)
    try:
        form = actions.create_form(project, actor=request.actor, now=timezone.now(), **_values(typed))
    except Refused as refusal:
        return _refused(request, project, None, typed, refusal)
    messages.success(request, tr("%(name)s is kept. Publish it when it is ready.", name=form.name))
    return redirect("request-form", project.key, form.pk)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, key: str, number: int) -> HttpResponse:
    """Everything about a form."""
    project = _managed(request, key)
    form = _form(project, number)
    if request.method != "POST":
        return _builder(request, project, form, _stored(form), {})
    typed, seen = typed_form(request), request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    try:
        actions.change_form(form, actor=request.actor, now=timezone.now(), version=version, **_values(typed))
    except Refused as refusal:
        return _refused(request, project, form, typed, refusal)
    messages.success(request, tr("%(name)s was saved.", name=form.name))
    return redirect("request-form", project.key, form.pk)


def _stored(form: RequestForm) -> dict[str, Any]:
    return {
        "name": form.name, "intro": form.intro, "questions": read_questions(form.questions),
        "labels": ", ".join(form.labels), "priority": form.priority,
        "needs": {int(skill): level for skill, level in form.needs.items()},
    }  # fmt: skip


def typed_form(request: Request) -> dict[str, Any]:
    """What stands in the fields of the builder."""
    post = request.POST
    priority = post.get("priority", "0")
    return {
        **{name: posted(request, name) for name in ("name", "intro", "labels")},
        "priority": int(priority) if priority in ("0", "1", "2", "3", "4") else 0,
        "questions": tuple(_question(post, name) for name in post.getlist("question")[: MOST_QUESTIONS + 1]),
        "needs": _needs(post.getlist("need_skill"), post.getlist("need_level")),
    }  # fmt: skip


def _question(post: Any, name: str) -> Question:
    def field(part: str) -> str:
        return str(post.get(f"{name}.{part}", "")).replace("\x00", "").strip()

    options = tuple(line.strip() for line in field("options").splitlines() if line.strip())
    kind = field("kind")
    return Question(
        id=name.replace("\x00", "")[:12],
        kind=kind, label=field("label"), hint=field("hint")[:300], required=bool(field("required")),
        options=options if kind in ("choice", "multi") else (), target=field("target"), when=field("when"),
        equals=field("equals") if field("when") else "",
    )  # fmt: skip


def _needs(skill_ids: Sequence[str], levels: Sequence[str]) -> dict[int, int]:
    pairs = zip(skill_ids, levels, strict=False)
    return {int(pk): int(level) for pk, level in pairs if pk.isdecimal() and len(pk) < 16 and level in LEVELS}


def _values(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {**typed, "labels": typed["labels"].split(",")}


def _refused(
    request: Request, project: Project, form: RequestForm | None, typed: Mapping[str, Any], refusal: Refused
) -> HttpResponse:
    if refusal.status in (403, 404):
        raise refusal
    return _builder(request, project, form, typed, refusal.fields or {"": refusal.detail}, status=refusal.status)


def _builder(
    request: Request, project: Project, form: RequestForm | None, typed: Mapping[str, Any], errors: Mapping[str, str],
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    needs = [*typed["needs"].items(), *([(0, 3)] * NEEDS)][:NEEDS]
    values = {
        "project": project, "form": form, "typed": typed, "errors": errors, "kinds": KINDS, "targets": TARGETS,
        "priorities": Task.Priority.choices, "needs": needs,
        "skills": list(skills(request.actor).order_by("name").values_list("id", "name")),
        "public_url": f"{settings.BASE_URL}/ask/{secret}/" if form and (secret := actions.public_secret(form)) else "",
    }  # fmt: skip
    return page(request, "request_forms/builder.jinja", values, status=status)


def _rearranged(rearrange: Callable[[list[Question], int], list[Question]]) -> View:
    """A view that draws the builder again with its questions in another order or number; nothing is saved by it."""

    @member_page
    @require_POST
    def view(request: Request, key: str) -> HttpResponse:
        project, typed = _managed(request, key), typed_form(request)
        number, at = request.POST.get("form", ""), request.POST.get("at", "")
        form = _form(project, int(number)) if number.isdecimal() and len(number) < 16 else None
        place = int(at) if at.isdecimal() and len(at) < 4 else 0
        typed["questions"] = tuple(rearrange(list(typed["questions"]), place))
        return _builder(request, project, form, typed, {})

    return view


def _more(questions: list[Question], _at: int) -> list[Question]:
    numbers = [int(q.id[1:]) for q in questions if q.id[1:].isdecimal()]
    return [*questions, Question(f"q{max(numbers, default=0) + 1}", "short", "")]


def _fewer(questions: list[Question], at: int) -> list[Question]:
    gone = questions[at].id if at < len(questions) else ""
    left = [question for question in questions if question.id != gone]
    return [replace(q, when="", equals="") if q.when == gone else q for q in left]


def _higher(questions: list[Question], at: int) -> list[Question]:
    if 0 < at < len(questions):
        questions[at - 1], questions[at] = questions[at], questions[at - 1]
    return questions


@member_page
@require_safe
def preview(request: Request, key: str, number: int) -> HttpResponse:
    """The form as clients see it; it can be filled in, and nothing is sent."""
    project = _managed(request, key)
    form = _form(project, number)
    values = {
        "form": form, "questions": read_questions(form.questions), "typed": {}, "errors": {},
        "preview": {"client": tr("a client"), "back": f"/projects/{project.key}/forms/{form.pk}/"},
        "base": f"/projects/{project.key}/forms/{form.pk}/",
    }  # fmt: skip
    return portal_page(request, "portal/form.jinja", values)


def _step(act: Callable[..., Any], told: str) -> View:
    """A view that does one thing with a form and shows it again."""

    @member_page
    @require_POST
    def view(request: Request, key: str, number: int) -> HttpResponse:
        form = _form(_managed(request, key), number)
        act(form, actor=request.actor, now=timezone.now())
        messages.success(request, tr(told, name=form.name))
        return redirect("request-form", key, number)

    return view


@member_page
@require_POST
def close(request: Request, key: str, number: int) -> HttpResponse:
    """Let the public address end. Opening it again makes another one, so that only an undo brings this one back."""
    form = _form(_managed(request, key), number)
    was = {"public_at": form.public_at.isoformat()} if form.public_at else None
    actions.close_form(form, actor=request.actor, now=timezone.now())
    back = reverse("reopen-request-form", args=[key, form.pk])
    undo = undo_link(request, back, ADDRESS + str(form.pk), was) if was else ""
    told = tr("The public address of %(name)s no longer works.", name=form.name)
    messages.success(request, told, extra_tags=undo)
    return redirect("request-form", key, number)


@member_page
@require_POST
def reopen(request: Request, key: str, number: int) -> HttpResponse:
    """Undo of closing the public address."""
    form = _form(_managed(request, key), number)

    def act() -> str:
        at = datetime.fromisoformat(read_was(request, ADDRESS + str(form.pk))["public_at"])
        actions.reopen_form(form, at, actor=request.actor, now=timezone.now())
        return tr("The public address of %(name)s works again.", name=form.name)

    return taken_back(request, act, reverse("request-form", args=[key, number]))


@member_page
@require_POST
def remove(request: Request, key: str, number: int) -> HttpResponse:
    """Take it away; what was asked through it stays."""
    form = _form(_managed(request, key), number)
    was = actions.remove_form(form, actor=request.actor, now=timezone.now())
    undo = undo_link(request, reverse("restore-request-form", args=[key, form.pk]), FORM + str(form.pk), was)
    messages.success(request, tr("%(name)s was removed.", name=form.name), extra_tags=undo)
    return redirect("request-forms", key)


@member_page
@require_POST
def restore(request: Request, key: str, number: int) -> HttpResponse:
    """Undo of a removal."""
    project = _managed(request, key)
    form = RequestForm.objects.select_related("project").filter(project=project, pk=number).first()
    if form is None:
        raise Missing(tr("There is no such form; it may have been removed."))

    def act() -> str:
        was = read_was(request, FORM + str(form.pk))
        actions.restore_form(form, was, actor=request.actor, now=timezone.now())
        return tr("%(name)s is back.", name=form.name)

    return taken_back(request, act, reverse("request-forms", args=[key]))


ADDRESS: Final = "public address of form "
BASE: Final = "projects/<project:key>/forms/"
FORM: Final = "request form "
"""What stands before the number of the form that an undo brings back."""
urls = [
    path(BASE, index, name="request-forms"),
    path(f"{BASE}new/", new, name="new-request-form"),
    path(f"{BASE}sketch/more/", _rearranged(_more), name="request-form-more"),
    path(f"{BASE}sketch/fewer/", _rearranged(_fewer), name="request-form-fewer"),
    path(f"{BASE}sketch/higher/", _rearranged(_higher), name="request-form-higher"),
    path(f"{BASE}<int:number>/", change, name="request-form"),
    path(f"{BASE}<int:number>/preview/", preview, name="request-form-preview"),
    path(f"{BASE}<int:number>/publish/", _step(actions.publish_form, mark("%(name)s is in the portal now.")),
         name="publish-request-form"),
    path(f"{BASE}<int:number>/unpublish/", _step(actions.unpublish_form, mark("%(name)s is no longer in the portal.")),
         name="unpublish-request-form"),
    path(f"{BASE}<int:number>/open/", _step(actions.open_form, mark("%(name)s has a public address now.")),
         name="open-request-form"),
    path(f"{BASE}<int:number>/close/", close, name="close-request-form"),
    path(f"{BASE}<int:number>/reopen/", reopen, name="reopen-request-form"),
    path(f"{BASE}<int:number>/remove/", remove, name="remove-request-form"),
    path(f"{BASE}<int:number>/restore/", restore, name="restore-request-form"),
]  # fmt: skip
