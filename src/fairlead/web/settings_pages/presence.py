"""Settings: the presence states of the workspace."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people import actions, queries
from fairlead.people.actions.presence import ONLY_ADMINS
from fairlead.people.models import state_named
from fairlead.people.permissions import may_manage_presence
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.field_forms import COLORS as ALL_COLORS
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.undoing import read_was, taken_back, undo_link

STATE: Final = "presence state"
COLORS: Final = list(enumerate(ALL_COLORS[:8]))
"""Presence has the first eight."""


class StateForm(forms.Form):
    """A state's own fields."""

    name = forms.CharField(label=later("Name"), max_length=40)
    color = forms.TypedChoiceField(label=later("Colour"), choices=COLORS, coerce=int)
    available = forms.BooleanField(label=later("Gets new work"), required=False)


@member_page
@require_safe
def states(request: Request) -> HttpResponse:
    """The states in their order, each with a form, and one for a new state."""
    return _states_page(request)


def _states_page(
    request: Request, form: forms.Form | None = None, *, typed_for: int | None = None, status: int = 200
) -> HttpResponse:
    require(may_manage_presence(request.actor), ONLY_ADMINS)
    rows = (
        queries.presence_states(request.actor)
        .annotate(people=Count("workers"))
        .values("id", "name", "available", "color", "is_default", "people")
    )
    errors = [("", text) for texts in form.errors.values() for text in texts] if form else []
    values: dict[str, Any] = {
        "rows": rows, "colors": COLORS, "errors": errors, "typed_for": typed_for,
        "typed": {name: form.data.get(name, "") for name in StateForm.base_fields} if form else {},
    }  # fmt: skip
    return settings_page(request, "settings/presence.jinja", values, status=status)


@member_page
@require_POST
def add(request: Request) -> HttpResponse:
    """One more state."""
    require(may_manage_presence(request.actor), ONLY_ADMINS)
    form = StateForm(request.POST)
    if form.is_valid():
        try:
            made = actions.create_presence_state(**form.cleaned_data, actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("%(name)s was added.", name=made.name))
            return redirect("settings-presence")
    return _states_page(request, form, status=422)


@member_page
@require_POST
def change(request: Request, state_id: int) -> HttpResponse:
    """Rename a state, colour it, say whether it gets new work."""
    require(may_manage_presence(request.actor), ONLY_ADMINS)
    state = queries.find_presence_state(request.actor, state_id)
    form = StateForm(request.POST)
    if form.is_valid():
        values = {**form.cleaned_data, "name": state_named(form.cleaned_data["name"], state.name)}
        try:
            actions.change_presence_state(state, **values, actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("%(name)s was saved.", name=state.said))
            return redirect("settings-presence")
    return _states_page(request, form, typed_for=state_id, status=422)


@member_page
@require_POST
def place(request: Request, state_id: int) -> HttpResponse:
    """Put a state at another place of the list."""
    text = request.POST.get("position", "")
    position = int(text) if text.isdecimal() and len(text) < 4 else 0
    state = queries.find_presence_state(request.actor, state_id)
    actions.change_presence_state(state, position=position, actor=request.actor, now=timezone.now())
    return redirect("settings-presence")


@member_page
@require_POST
def make_default(request: Request, state_id: int) -> HttpResponse:
    """What people are in who said nothing."""
    state = queries.find_presence_state(request.actor, state_id)
    actions.change_presence_state(state, is_default=True, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is what people are in by default now.", name=state.said))
    return redirect("settings-presence")


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, state_id: int) -> HttpResponse:
    """Take a state away, after a page that says what happens to whoever is in it."""
    require(may_manage_presence(request.actor), ONLY_ADMINS)
    state = queries.find_presence_state(request.actor, state_id)
    if request.method != "POST":
        people = state.workers.count()
        default = queries.presence_states(request.actor).get(is_default=True)
        return settings_page(
            request, "settings/presence_remove.jinja", {"state": state, "people": people, "default": default}
        )
    told = tr("%(name)s was removed.", name=state.said)
    was = actions.remove_presence_state(state, actor=request.actor, now=timezone.now())
    undo = undo_link(request, reverse("settings-presence-restore"), STATE, was)
    messages.success(request, told, extra_tags=undo)
    return redirect("settings-presence")


@member_page
@require_POST
def restore(request: Request) -> HttpResponse:
    """Undo of a removal."""
    require(may_manage_presence(request.actor), ONLY_ADMINS)

    def act() -> str:
        was = read_was(request, STATE)
        state = actions.restore_presence_state(was, actor=request.actor, now=timezone.now())
        return tr("%(name)s is back.", name=state.said)

    return taken_back(request, act, reverse("settings-presence"))


urls = [
    path("settings/presence/", states, name="settings-presence"),
    path("settings/presence/new/", add, name="settings-presence-add"),
    path("settings/presence/restore/", restore, name="settings-presence-restore"),
    path("settings/presence/<int:state_id>/", change, name="settings-presence-change"),
    path("settings/presence/<int:state_id>/place/", place, name="settings-presence-place"),
    path("settings/presence/<int:state_id>/default/", make_default, name="settings-presence-default"),
    path("settings/presence/<int:state_id>/remove/", remove, name="settings-presence-remove"),
]
