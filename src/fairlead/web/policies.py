"""Policies: their order, the editor as form and as text, trying one out, and its versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Policy
from fairlead.allocation.permissions import may_see_policies, may_write_policies
from fairlead.allocation.routing import Definition, Step
from fairlead.allocation.routing.definition import MOST_STEPS
from fairlead.allocation.words import EVERYBODY, policy_name, step_name
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, mark, tr
from fairlead.people.queries import team_choices
from fairlead.web.access import Request, member_page
from fairlead.web.policy_forms import WORDS, definition_from, options, rearranged, typed_from, typed_of
from fairlead.web.render import page
from fairlead.web.undoing import taken_back

NOT_YOURS = later("Only managers and auditors see policies.")
NOT_TO_WRITE = later("Only owners, admins and managers write policies.")


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """All policies in the order in which they are asked."""
    values = {
        "rows": queries.policies(request.actor, now=timezone.now()),
        "may_write": may_write_policies(request.actor),
        "step_name": step_name,
    }
    return page(request, "policies/index.jinja", values)


@member_page
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """An empty policy."""
    require(may_write_policies(request.actor), NOT_TO_WRITE)
    if request.method == "GET":
        return _editor(request, None, typed_of(Definition(steps=(Step(tr(EVERYBODY)),))), name="")

    def save(name: str, definition: Definition, now: datetime) -> Policy:
        return actions.create_policy(name, definition, actor=request.actor, now=now)

    return _sent(request, None, save)


@member_page
@require_http_methods(["GET", "POST"])
def show(request: Request, policy_id: int) -> HttpResponse:
    """One policy, to be read and written."""
    policy = queries.find_policy(request.actor, policy_id)
    if request.method == "GET":
        sheet = queries.policy_sheet(request.actor, policy, now=timezone.now())
        return _editor(request, policy, typed_of(sheet.card.definition), name=policy.name, sheet=sheet)
    require(may_write_policies(request.actor), NOT_TO_WRITE)

    def save(name: str, definition: Definition, now: datetime) -> Policy:
        version = request.POST.get("version", "")
        seen = int(version) if version.isdecimal() and len(version) < 9 else None
        return actions.change_policy(policy, definition, actor=request.actor, now=now, name=name, version=seen)

    return _sent(request, policy, save)


def _sent(request: Request, policy: Policy | None, save: Callable[[str, Definition, datetime], Policy]) -> HttpResponse:
    """Save, try out or rearrange what was typed; whatever is wrong, nothing typed is lost."""
    typed, name, order = typed_from(request.POST), request.POST.get("name", ""), request.POST.get("do", "save")
    as_text, now = "as_text" in request.POST, timezone.now()
    if order not in ("save", "try", "form", "text"):
        return _editor(request, policy, rearranged(typed, order), name=name)
    try:
        definition = definition_from(typed, as_text=as_text)
        if order == "try":
            trial = queries.try_out(request.actor, definition, policy=policy, now=now)
            return _editor(request, policy, typed, name=name, as_text=as_text, trial=trial)
        if order in ("form", "text"):
            return _editor(request, policy, typed_of(definition), name=name, as_text=order == "text")
        made = save(name, definition, now)
    except (Invalid, Conflict) as refused:
        return _editor(request, policy, typed, name=name, as_text=as_text, refused=refused)
    if policy is None:
        messages.success(request, tr("%(name)s is written and rests. Try it, then use it.", name=made.name))
    else:
        told = tr("%(name)s is saved as version %(n)s.", name=policy_name(made), n=made.latest.number)
        messages.success(request, told)
    return redirect("policy", made.pk)


def _editor(
    request: Request, policy: Policy | None, typed: Mapping[str, Any], *, name: str, sheet: Any = None,
    as_text: bool | None = None, trial: Any = None, refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    if policy is not None and sheet is None:
        sheet = queries.policy_sheet(request.actor, policy, now=timezone.now())
    values = {
        "policy": policy,
        "heading": policy_name(policy) if policy else tr("New policy"),
        "sheet": sheet,
        "typed": typed,
        "name": name,
        "as_text": request.GET.get("as") == "text" if as_text is None else as_text,
        "trial": trial,
        "refused": refused,
        "errors": refused.fields if refused else {},
        "options": {**options(), "team": _teams(request)},
        "words": WORDS,
        "names": queries.names_for_conditions(),
        "most_steps": MOST_STEPS,
        "may_write": may_write_policies(request.actor),
    }
    return page(request, "policies/show.jinja", values, status=refused.status if refused else 200)


def _teams(request: Request) -> list[tuple[str, str]]:
    return [("", tr("Anybody")), *((name, name) for _, name in team_choices(request.actor))]


def _act(request: Request, policy_id: int, verb: Callable[..., Any], said: str) -> HttpResponse:
    require(may_see_policies(request.actor), NOT_YOURS)
    policy = queries.find_policy(request.actor, policy_id)
    verb(policy, actor=request.actor, now=timezone.now())
    messages.success(request, tr(said, name=policy_name(policy)))
    return redirect("policies")


@member_page
@require_POST
def resume(request: Request, policy_id: int) -> HttpResponse:
    """Use it from now on."""
    return _act(request, policy_id, actions.resume_policy, mark("%(name)s is in use. Tasks that wait are routed now."))


@member_page
@require_POST
def pause(request: Request, policy_id: int) -> HttpResponse:
    """Let it rest."""
    return _act(request, policy_id, actions.pause_policy, mark("%(name)s rests. What it has in its hands it finishes."))


@member_page
@require_POST
def remove(request: Request, policy_id: int) -> HttpResponse:
    """Take it away, with a way back."""
    require(may_write_policies(request.actor), NOT_TO_WRITE)
    policy = queries.find_policy(request.actor, policy_id)
    actions.remove_policy(policy, actor=request.actor, now=timezone.now())
    told = tr("%(name)s is removed. Its receipts stay readable.", name=policy_name(policy))
    undo = reverse("policy-bring-back", args=[policy.pk])
    messages.success(request, told, extra_tags=undo + ("?in_use=1" if policy.is_active else ""))
    return redirect("policies")


@member_page
@require_POST
def bring_back(request: Request, policy_id: int) -> HttpResponse:
    """Undo of a removal: in use again, or at rest, as it was."""
    require(may_write_policies(request.actor), NOT_TO_WRITE)
    policy, in_use = queries.find_removed_policy(request.actor, policy_id), bool(request.GET.get("in_use"))

    def act() -> str:
        actions.restore_policy(policy, is_active=in_use, actor=request.actor, now=timezone.now())
        return tr("%(name)s is back.", name=policy_name(policy))

    return taken_back(request, act, reverse("policies"))


@member_page
@require_POST
def up(request: Request, policy_id: int) -> HttpResponse:
    """Ask it one place earlier."""
    policy = queries.find_policy(request.actor, policy_id)
    earlier = queries.visible_policies(request.actor).filter(position__lt=policy.position).last()
    actions.move_policy(policy, before=earlier or policy, actor=request.actor, now=timezone.now())
    return redirect("policies")


@member_page
@require_POST
def restore(request: Request, policy_id: int, number: int) -> HttpResponse:
    """Say again what this version said."""
    policy = queries.find_policy(request.actor, policy_id)
    actions.restore_version(policy, number, actor=request.actor, now=timezone.now())
    told = tr("%(name)s says again what version %(n)s said.", name=policy_name(policy), n=number)
    messages.success(request, told)
    return redirect("policy", policy.pk)


urls = [
    path("policies/", index, name="policies"),
    path("policies/new/", new, name="policy-new"),
    path("policies/<int:policy_id>/", show, name="policy"),
    path("policies/<int:policy_id>/resume/", resume, name="policy-resume"),
    path("policies/<int:policy_id>/pause/", pause, name="policy-pause"),
    path("policies/<int:policy_id>/remove/", remove, name="policy-remove"),
    path("policies/<int:policy_id>/bring-back/", bring_back, name="policy-bring-back"),
    path("policies/<int:policy_id>/up/", up, name="policy-up"),
    path("policies/<int:policy_id>/versions/<int:number>/restore/", restore, name="policy-restore"),
]
