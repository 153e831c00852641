"""/scim/v2/Groups: the groups of the directory, from which roles follow."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse

from fairlead.accounts.actions import directory_groups as actions
from fairlead.accounts.directory import groups, places
from fairlead.accounts.models import DirectoryGroup
from fairlead.api.scim import said, shown
from fairlead.api.scim.door import Call, answer
from fairlead.api.scim.filters import Test, number
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr


def _holds(text: str) -> Q:
    return Q(places__entry__member=number(text))


TESTS: Final[dict[str, Test]] = {
    "displayname": lambda text: Q(name__iexact=text),
    "externalid": lambda text: Q(external_id=text) if text else Q(pk__in=()),
    "id": lambda text: Q(pk=number(text)),
    "members": _holds,
    "members.value": _holds,
}


def listed(call: Call) -> HttpResponse:
    """Groups that a filter asks for, in pages."""
    return answer(shown.page(call, groups(call.directory.provider), TESTS, _drawn))


def add(call: Call) -> HttpResponse:
    """A new group."""
    group = actions.add_group(said.group(call.json), directory=call.directory, now=call.now)
    return shown.made(call, _document(call, group.pk))


def one(call: Call, group_number: int) -> HttpResponse:
    """One group."""
    return answer(shown.cut(call, _document(call, group_number)))


def replace(call: Call, group_number: int) -> HttpResponse:
    """Change a group to what the body tells."""
    return _change(call, group_number, said.group(call.json))


def patch(call: Call, group_number: int) -> HttpResponse:
    """Change a group by operations."""
    return _change(call, group_number, said.group_patch(call.json))


def delete(call: Call, group_number: int) -> HttpResponse:
    """The group goes, its members stay."""
    actions.delete_group(_found(call, group_number), directory=call.directory, now=call.now)
    return HttpResponse(status=204)


def _change(call: Call, group_number: int, wanted: actions.GroupSaid) -> HttpResponse:
    actions.change_group(_found(call, group_number), wanted, directory=call.directory, now=call.now)
    return one(call, group_number)


def _found(call: Call, group_number: int) -> DirectoryGroup:
    found = groups(call.directory.provider).filter(pk=group_number).first()
    if found is None:
        raise Missing(tr("There is no such group."))
    return found


def _document(call: Call, group_number: int) -> shown.Document:
    return _drawn(call, [_found(call, group_number)])[0]


def _drawn(call: Call, rows: list[DirectoryGroup]) -> list[dict[str, Any]]:
    inside = defaultdict(list)
    if rows and not shown.leaves_out(call, "members"):
        for place in places(group__in=[row.pk for row in rows]):
            inside[place["group_id"]].append(place)
    return [shown.group(row, inside[row.pk]) for row in rows]
