"""A request form for anybody who has its address: no account, a limit on how often, and a trap for programs."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.accounts.actions import count_attempt
from fairlead.accounts.brand import brand_of
from fairlead.accounts.models import Workspace
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Refused
from fairlead.web.access import client_address, posted
from fairlead.web.portal_new import typed_answers
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.forms import read_questions
from fairlead.work.models import RequestForm

ADDRESS_TRIES: Final = 8
FORM_TRIES: Final = 60
"""In a quarter of an hour, from one address and through one form."""
TRAP: Final = "website"
"""A field that people do not see. Whoever fills it in is a program, and is thanked without anything being kept."""


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, secret: str) -> HttpResponse:
    """The form, and sending it."""
    form = actions.find_public_form(secret)
    with tenant(form.workspace_id):
        form = RequestForm.objects.select_related("project").get(pk=form.pk)
        if request.method != "POST":
            return _page(request, form, {}, {})
        if request.POST.get(TRAP):
            return _page(request, form, {}, {}, sent=True)
        return _send(request, form)


def _send(request: HttpRequest, form: RequestForm) -> HttpResponse:
    now, typed = timezone.now(), typed_answers(request, form)
    name, email = (posted(request, field) for field in ("your_name", "your_email"))
    zone = Workspace.objects.get(pk=form.workspace_id).time_zone
    try:
        count_attempt(f"form-address:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
        count_attempt(f"form:{form.pk}", now=now, limit=FORM_TRIES)
        actions.submit_public(form, typed, name=name, email=email, now=now, zone=zone)
    except Refused as refusal:
        errors = refusal.fields or {"": refusal.detail}
        who = {"name": name, "email": email}
        return _page(request, form, typed, errors, who=who, status=refusal.status)
    return _page(request, form, {}, {}, sent=True)


def _page(
    request: HttpRequest, form: RequestForm, typed: dict[str, list[str]], errors: dict[str, str], *, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    brand = brand_of(Workspace.objects.get(pk=form.workspace_id))
    values = {
        "brand": brand, "form": form, "questions": read_questions(form.questions), "typed": typed, "errors": errors,
        "who": {"name": "", "email": ""}, "sent": False, "trap": TRAP, **more,
    }  # fmt: skip
    return page(request, "portal/public.jinja", values, status=status)


urls = [path("ask/<str:secret>/", ask, name="public-form")]
