"""Choosing a member of the workspace in a form: from a list, or typed where there are too many for one."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.accounts.models import Membership, Role, User
from fairlead.events.actor import Actor
from fairlead.lib.errors import require
from fairlead.lib.speech import tr
from fairlead.people.permissions import may_manage_people
from fairlead.web.access import Request, member_page
from fairlead.web.render import page

LISTED_PEOPLE: Final = 100
"""Up to so many people are a list to choose from; where there are more, a name is typed."""
PROPOSED: Final = 12


def proposing(address: str, names: str) -> dict[str, str]:
    """What makes a text field propose names while somebody types: those that `address` finds, in the list with the id
    `names`."""
    return {
        "list": names, "autocomplete": "off", "hx-get": address, "hx-target": f"#{names}",
        "hx-trigger": "input changed delay:200ms", "hx-swap": "innerHTML", "hx-select": "unset",
        "hx-select-oob": "unset", "hx-sync": "this:replace",
    }  # fmt: skip


def members(actor: Actor) -> QuerySet[Membership]:
    """Who a worker can be linked to, by name: everybody but clients."""
    found = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True)
    return found.exclude(role=Role.CLIENT).select_related("user").order_by("user__name", "user_id")


def member_field(actor: Actor, given: forms.Field) -> forms.Field:
    """The field that stands for `given`, with its label and hint. It gives a User, or None for nobody."""
    some = list(members(actor)[: LISTED_PEOPLE + 1])
    kept: dict[str, Any] = {"label": given.label, "help_text": given.help_text, "required": False}
    if len(some) > LISTED_PEOPLE:
        return _Typed(actor, **kept)
    users = {m.user_id: m.user for m in some}
    listed = [("", tr("Nobody")), *((pk, _named(user)) for pk, user in users.items())]
    return forms.TypedChoiceField(choices=listed, coerce=lambda pk: users[int(pk)], empty_value=None, **kept)


class _Typed(forms.CharField):
    """A name with its address, as the proposals write it, or the address alone."""

    widget = forms.TextInput(attrs=proposing("/people/members/", "member-names"))

    def __init__(self, actor: Actor, **kept: Any) -> None:
        super().__init__(max_length=500, **kept)
        self.actor = actor

    def prepare_value(self, value: Any) -> Any:
        """The member with this id as the proposals write them."""
        if not isinstance(value, int):
            return value
        found = members(self.actor).filter(user_id=value).first()
        return _named(found.user) if found else ""

    def clean(self, value: Any) -> User | None:
        """The member, or a ValidationError that says how to name one."""
        text = super().clean(value)
        if not text:
            return None
        address = text.rpartition("(")[2].rstrip(") ")
        found = members(self.actor).filter(user__email__iexact=address).first()
        if found is None:
            raise forms.ValidationError(tr("Nobody here has this address. Type a part of the name and choose."))
        return found.user


def _named(user: User) -> str:
    return f"{user.name} ({user.email})"


@member_page
@require_safe
def proposed(request: Request) -> HttpResponse:
    """The first members with what is being typed (in ?user= or ?owner=) in their name or address."""
    require(may_manage_people(request.actor), tr("Only a manager can add people."))
    found = members(request.actor)
    for word in (request.GET.get("user") or request.GET.get("owner") or "").replace("\0", "")[:120].split()[:6]:
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word.strip("()")))
    return page(request, "people/_names.jinja", {"names": [_named(m.user) for m in found[:PROPOSED]]})


urls = [path("people/members/", proposed, name="people-members")]
