"""Custom fields in the address of board and list: `f.budget=>1000`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr
from fairlead.web.access import Request
from fairlead.work.fields.asking import Asked, may_group, says_how
from fairlead.work.fields.definitions import Definitions, FieldDef, of_project, visible
from fairlead.work.fields.models import Kind
from fairlead.work.fields.stored import people_of
from fairlead.work.fields.values import People
from fairlead.work.models import Project
from fairlead.work.queries.own_fields import PREFIX

CHOSEN = (Kind.SELECT, Kind.MULTI, Kind.PERSON, Kind.PEOPLE, Kind.CHECK)


def own_fields(request: Request, project: Project | None = None) -> Definitions:
    """The fields that this reader may know of and that are switched on (in the project); read once for a request."""
    found: Definitions | None = getattr(request, "own_fields", None)
    if found is None:
        found = request.own_fields = visible(request.actor)  # type: ignore[attr-defined]
    return of_project(found, project.pk) if project else tuple(field for field in found if field.projects)


def own_asked(request: Request) -> tuple[Asked, ...]:
    """What the address asks of custom fields; what makes no sense is left out."""
    names = [name for name in request.GET if name.startswith(PREFIX)]
    if not names:
        return ()
    asked = [
        Asked(field, text[:200])
        for field in own_fields(request)
        if (text := request.GET.get(PREFIX + field.key, "").strip())
    ]
    return tuple(each for each in asked if _makes_sense(request, each))


def _makes_sense(request: Request, asked: Asked) -> bool:
    try:
        asked.wanted(user_id=request.actor.user_id, now=timezone.now(), zone=request.user.time_zone)
    except Invalid:
        return False
    return True


def own_query(query: QueryDict) -> list[tuple[str, str]]:
    """The parts of an address that ask something of custom fields, in a fixed order: for a view that is saved."""
    return sorted(
        (name, str(query[name])) for name in query if name.startswith(PREFIX) and query[name] and len(name) < 50
    )


def own_filters(request: Request, asked: Iterable[Asked], project: Project | None) -> list[dict[str, Any]]:
    """The inputs of the filter bar: options to choose from, or a text with what can be typed."""
    fields = own_fields(request, project)
    typed = {each.field.key: each.text for each in asked}
    people = people_of(request.actor.workspace_id, fields)
    return [
        {"name": PREFIX + field.key, "label": field.name, "value": typed.get(field.key, ""), "how": says_how(field),
         "options": _options(field, people) if field.kind in CHOSEN else None}
        for field in fields
    ]  # fmt: skip


def _options(field: FieldDef, people: People) -> list[tuple[str, str]]:
    if field.kind == Kind.CHECK:
        return [("yes", tr("Yes")), ("no", tr("No"))]
    rows: list[tuple[str, str]] = [(str(option.id), option.name) for option in field.options]
    if field.kind in (Kind.PERSON, Kind.PEOPLE):
        rows = [("me", tr("Me")), *((str(pk), name) for pk, name in people.items())]
    return [*rows, ("none", tr("Empty"))]


def own_groups(fields: Definitions) -> list[tuple[str, str]]:
    """(name in the address, field's name) of what a list can be grouped by."""
    return [(PREFIX + field.key, field.name) for field in fields if may_group(field)]
