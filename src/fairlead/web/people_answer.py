"""One form, one action, and back: the shape of every page that changes the directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fairlead.lib.errors import Conflict, Invalid
from fairlead.web.access import Request
from fairlead.web.render import page

# Where a form asks in other units than the action takes.
_ASKED_AS: Final = {
    "week_minutes": "week_hours", "rate_cents": "rate", "day_minutes": "day_hours", "rest_minutes": "rest_hours",
}  # fmt: skip


@dataclass(frozen=True)
class FormPage:
    """How a form is shown. `back`: (text, address) of the page that it belongs to; one lands there when it is done.

    `fields`: the template of the fields, when they are not simply one below the other.
    `action`: where it posts to, when that is not the address that shows it.
    """

    title: str
    submit: str
    back: tuple[str, str]
    fields: str = ""
    action: str = ""
    intro: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def answer(
    request: Request, form: forms.Form, shown: FormPage, act: Callable[[], str], *, undo: Callable[[], str] = str
) -> HttpResponse:
    """Show the form; when it was filled in rightly, `act` (which says what was done) and go back.

    What an action refuses stands beside its field, with everything that was typed, and the answer has the status 422
    (409 for what somebody else changed meanwhile). `undo`: where it is taken back, asked when it is done.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                said = act()
            except (Invalid, Conflict) as refusal:
                status = refusal.status
                _blame(form, refusal)
            else:
                messages.success(request, said, extra_tags=undo())
                return redirect(shown.back[1])
        else:
            status = 422
    values = {"form": form, "shown": shown, **shown.values}
    return page(request, "people/form.jinja", values, block="form", status=status)


def _blame(form: forms.Form, refusal: Invalid | Conflict) -> None:
    told = refusal.fields or {"": refusal.detail}
    for name, text in told.items():
        shown_name = _ASKED_AS.get(name, name)
        form.add_error(shown_name if shown_name in form.fields else None, text)
