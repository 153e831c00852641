"""/scim/v2/Users: people of the workspace, as memberships."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse

from fairlead.accounts.actions import directory_people as actions
from fairlead.accounts.directory import entry_of, people, places
from fairlead.accounts.models import Membership
from fairlead.api.scim import said, shown
from fairlead.api.scim.door import Call, answer
from fairlead.api.scim.filters import Test, is_true, number
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr


def _named(text: str) -> Q:
    address = Q(directory_entry__isnull=True, user__email=text.lower())
    return address | Q(directory_entry__user_name__iexact=text)


TESTS: Final[dict[str, Test]] = {
    "username": _named,
    "externalid": lambda text: Q(directory_entry__external_id=text) if text else Q(pk__in=()),
    "id": lambda text: Q(pk=number(text)),
    "emails.value": lambda text: Q(user__email=text.lower()),
    'emails[type eq "work"].value': lambda text: Q(user__email=text.lower()),
    "active": lambda text: Q(removed_at__isnull=is_true(text)),
}


def listed(call: Call) -> HttpResponse:
    """Users that a filter asks for, in pages."""
    return answer(shown.page(call, people(call.directory.provider), TESTS, _drawn))


def add(call: Call) -> HttpResponse:
    """Bring somebody in."""
    member = actions.add_person(said.person(call.json), directory=call.directory, now=call.now)
    return shown.made(call, _document(call, member.pk))


def one(call: Call, member_number: int) -> HttpResponse:
    """One user."""
    return answer(shown.cut(call, _document(call, member_number)))


def replace(call: Call, member_number: int) -> HttpResponse:
    """Change a user to what the body tells."""
    return _change(call, member_number, said.person(call.json))


def patch(call: Call, member_number: int) -> HttpResponse:
    """Change a user by operations."""
    return _change(call, member_number, said.person_patch(call.json))


def delete(call: Call, member_number: int) -> HttpResponse:
    """Take a user out of the workspace and out of the directory."""
    actions.delete_person(_found(call, member_number), directory=call.directory, now=call.now)
    return HttpResponse(status=204)


def _change(call: Call, member_number: int, wanted: actions.Said) -> HttpResponse:
    actions.change_person(_found(call, member_number), wanted, directory=call.directory, now=call.now)
    return one(call, member_number)


def _found(call: Call, member_number: int) -> Membership:
    found = people(call.directory.provider).filter(pk=member_number).first()
    if found is None:
        raise Missing(tr("There is no such user."))
    return found


def _document(call: Call, member_number: int) -> shown.Document:
    return _drawn(call, [_found(call, member_number)])[0]


def _drawn(call: Call, members: list[Membership]) -> list[dict[str, Any]]:
    in_groups = defaultdict(list)
    numbers = [entry.pk for member in members if (entry := entry_of(member))]
    if numbers and not shown.leaves_out(call, "groups"):
        for place in places(entry_id__in=numbers):
            in_groups[place["member"]].append(place)
    return [shown.user(member, in_groups[member.pk]) for member in members]
