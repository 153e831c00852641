"""Presence: saying what one is, from the menu or a page, and managers for others."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import later, later_as, tr
from fairlead.people import actions, queries
from fairlead.people.models import PresenceState, Worker
from fairlead.people.permissions import may_set_presence
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.people_answer import FormPage, answer

ENDS: Final = [
    ("", later("Until it is changed")),
    ("30", later("For 30 minutes")),
    ("60", later("For an hour")),
    ("120", later("For two hours")),
    ("240", later("For four hours")),
    ("tomorrow", later("Until tomorrow, 9:00")),
    ("monday", later("Until Monday, 9:00")),
]
MORNING: Final = time(9)


class PresenceForm(forms.Form):
    """Which state, for how long, and a word about it."""

    state = forms.ModelChoiceField(PresenceState.objects.none(), label=later_as("presence", "State"), empty_label=None)
    until = forms.ChoiceField(label=later("How long"), choices=ENDS, required=False)
    text = forms.CharField(
        label=later("A word about it"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"placeholder": later("back at 14:00"), "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, states: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].queryset = states  # type: ignore[attr-defined]
        self.fields["state"].label_from_instance = _label  # type: ignore[attr-defined]


def _label(state: PresenceState) -> str:
    return state.said if state.available else tr("%(name)s (no new work)", name=state.said)


def end_of(choice: str, zone: str, now: datetime) -> datetime | None:
    """The moment that a choice of ENDS means on the clock of `zone`; None for one without an end."""
    if choice.isdecimal() and choice in dict(ENDS):
        return now + timedelta(minutes=int(choice))
    if choice not in ("tomorrow", "monday"):
        return None
    local = now.astimezone(ZoneInfo(zone))
    days = 1 if choice == "tomorrow" else 7 - local.weekday()
    return datetime.combine(local.date() + timedelta(days=days), MORNING, tzinfo=local.tzinfo)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Request) -> HttpResponse:
    """One's own; the menu sends only `state`, and `next` for where it was."""
    worker = queries.worker_of(request.actor)
    if worker is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    back = safe_next(request.POST.get("next")) if request.POST.get("next") else reverse("person", args=[worker.pk])
    return _presence_page(request, worker, tr("Your presence"), back)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def theirs(request: Request, number: int) -> HttpResponse:
    """Somebody else's, by a manager or the human who answers for an agent."""
    worker = queries.find_worker(request.actor, number)
    require(
        may_set_presence(request.actor, worker), tr("Only a manager, or the person themselves, can set this presence.")
    )
    return _presence_page(
        request, worker, tr("Presence of %(name)s", name=worker.name), reverse("person", args=[worker.pk])
    )


def _presence_page(request: Request, worker: Worker, title: str, back: str) -> HttpResponse:
    now = timezone.now()
    states = queries.presence_states(request.actor)
    held = worker.presence_id or states.filter(is_default=True).values_list("pk", flat=True).first()
    form = PresenceForm(request.POST or None, states=states, initial={"state": held, "text": worker.presence_text})

    def act() -> str:
        given = form.cleaned_data
        until = end_of(given["until"], worker.time_zone, now)
        actions.set_presence(worker, given["state"], until=until, text=given["text"], actor=request.actor, now=now)
        return _told(given["state"], "" if worker.user_id == request.user.pk else worker.name)

    intro = tr("Others see it beside the name. It decides about new work only: what somebody has stays with them.")
    return answer(request, form, FormPage(title, tr("Save"), (worker.name, back), intro=intro), act)


def _told(state: PresenceState, name: str) -> str:
    """What was set; `name` is empty for oneself."""
    values = {"name": name, "state": state.said}
    if state.available and name:
        return tr("%(name)s is %(state)s. New work can come.", **values)
    if state.available:
        return tr("You are %(state)s. New work can come.", **values)
    if name:
        return tr("%(name)s is %(state)s. No new work comes meanwhile.", **values)
    return tr("You are %(state)s. No new work comes meanwhile.", **values)


urls = [
    path("people/me/presence/", mine, name="my_presence"),
    path("people/<int:number>/presence/", theirs, name="person_presence"),
]
