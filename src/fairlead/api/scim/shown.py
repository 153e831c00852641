"""Users, groups and lists as documents of RFC 7643."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse

from fairlead.accounts.directory import entry_of
from fairlead.accounts.models import DirectoryGroup, Membership
from fairlead.api.scim.door import Call, answer
from fairlead.api.scim.filters import Test, read_filter
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MOST: Final = 200
USUAL: Final = 100
FARTHEST: Final = 10_000_000
ALWAYS: Final = ("schemas", "id")

Document = dict[str, Any]


def base() -> str:
    """The address that a directory is given."""
    return f"{settings.BASE_URL}/scim/v2"


def user(member: Membership, places: Sequence[Mapping[str, Any]]) -> Document:
    """A member. `places`: theirs in groups, as of `accounts.directory.places`."""
    entry, person = entry_of(member), member.user
    parts = {"givenName": entry.given_name, "familyName": entry.family_name} if entry else {}
    return {
        "schemas": [USER],
        "id": str(member.pk),
        **({"externalId": entry.external_id} if entry and entry.external_id else {}),
        "userName": entry.user_name if entry else person.email,
        "name": {"formatted": person.name, **{name: part for name, part in parts.items() if part}},
        "displayName": person.name,
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "active": member.removed_at is None,
        "groups": [
            {"value": str(place["group_id"]), "display": place["group"], "$ref": f"{base()}/Groups/{place['group_id']}"}
            for place in places
        ],
        "meta": _meta("User", member.pk, member.created_at, entry.changed_at if entry else member.created_at),
    }


def group(row: DirectoryGroup, places: Sequence[Mapping[str, Any]]) -> Document:
    """A group and who is in it."""
    return {
        "schemas": [GROUP],
        "id": str(row.pk),
        **({"externalId": row.external_id} if row.external_id else {}),
        "displayName": row.name,
        "members": [
            {
                "value": str(place["member"]), "display": place["name"], "type": "User",
                "$ref": f"{base()}/Users/{place['member']}",
            }
            for place in places
        ],
        "meta": _meta("Group", row.pk, row.created_at, row.changed_at),
    }  # fmt: skip


def made(call: Call, document: Document) -> HttpResponse:
    """The answer to what was added, with its address."""
    reply = answer(cut(call, document), status=201)
    reply.headers["Location"] = document["meta"]["location"]
    return reply


def _meta(kind: str, number: int, created: datetime, changed: datetime) -> Document:
    times = {"created": created.isoformat(), "lastModified": max(created, changed).isoformat()}
    return {"resourceType": kind, **times, "location": f"{base()}/{kind}s/{number}"}


def cut(call: Call, document: Document) -> Document:
    """Only what `attributes` asks for, or all but what `excludedAttributes` names (RFC 7644, 3.9)."""
    wanted, unwanted = _names(call, "attributes"), _names(call, "excludedAttributes")
    return {
        name: value
        for name, value in document.items()
        if name in ALWAYS or ((not wanted or name.lower() in wanted) and name.lower() not in unwanted)
    }


def leaves_out(call: Call, name: str) -> bool:
    """Whether this attribute is not asked for, so that it need not be read."""
    wanted = _names(call, "attributes")
    return name in _names(call, "excludedAttributes") or bool(wanted and name not in wanted)


def _names(call: Call, parameter: str) -> set[str]:
    """The attributes that a parameter names, in small letters and without their parts."""
    return {
        name.strip().split(":")[-1].split(".")[0].lower() for name in call.GET.get(parameter, "").split(",") if name
    }


def page(
    call: Call, rows: QuerySet[Any], tests: Mapping[str, Test], drawn: Callable[[Call, list[Any]], list[Document]]
) -> Document:
    """A page of those that `filter` asks for: from `startIndex`, at most `count` (bounded). `tests`: as for
    `read_filter`; `drawn`: rows as documents."""
    if text := call.GET.get("filter", "").strip():
        rows = rows.filter(read_filter(text, tests))
    start = min(max(_number(call, "startIndex", 1), 1), FARTHEST)
    count = min(max(_number(call, "count", USUAL), 0), MOST)
    found = drawn(call, list(rows[start - 1 : start - 1 + count])) if count else []
    return {
        "schemas": [LIST], "totalResults": rows.count(), "startIndex": start, "itemsPerPage": len(found),
        "Resources": [cut(call, document) for document in found],
    }  # fmt: skip


def _number(call: Call, name: str, usual: int) -> int:
    text = call.GET.get(name, "")
    bare = text.removeprefix("-")
    if not text:
        return usual
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise Invalid({name: tr("%(name)s is a whole number.", name=name)})
    return int(text)
