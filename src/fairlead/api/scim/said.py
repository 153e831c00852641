"""What a directory says, whole (POST, PUT) or in operations (PATCH, RFC 7644, 3.5.2), as what actions take.

Attributes that are not kept here (titles, phones, departments …) are passed over: directories send what they have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairlead.accounts.actions.directory_groups import GroupSaid
from fairlead.accounts.actions.directory_people import Said
from fairlead.api.problems import Malformed
from fairlead.api.scim.door import InvalidPath
from fairlead.api.scim.filters import number
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr

MOST_OPERATIONS: Final = 1000
OPS: Final = ("add", "replace", "remove")
PREFIX: Final = re.compile(r"^urn:ietf:params:scim:schemas:core:2\.0:(user|group):", re.IGNORECASE)
PATH: Final = re.compile(r"(urn:[\w.:-]+:)?[a-z$][\w$-]*(\[[^\]]*\])?(\.[a-z][\w-]*)?", re.IGNORECASE)
ONE_MEMBER: Final = re.compile(r'members\[value eq "([^"]*)"\]', re.IGNORECASE)
TEXTS: Final = {
    "username": "user_name", "externalid": "external_id", "displayname": "name", "name.formatted": "name",
    "name.givenname": "given_name", "name.familyname": "family_name", "emails.value": "email",
    'emails[type eq "work"].value': "email", "emails[primary eq true].value": "email",
}  # fmt: skip
"""Path in small letters → field of `Said`. Of the two for the whole name, displayName counts."""
NEEDED: Final = ("user_name", "email", "active")

Operation = tuple[str, str, Any]


def person(body: dict[str, Any]) -> Said:
    """Somebody as the body of a POST or PUT tells them."""
    if not isinstance(_get(body, "userName"), str) or not _get(body, "userName").strip():
        raise Invalid({"userName": tr("Send a userName.")})
    return _person([("replace", "", body)])


def person_patch(body: dict[str, Any]) -> Said:
    """What the operations say of somebody, the later ones over the earlier."""
    return _person(_operations(body))


def group(body: dict[str, Any]) -> GroupSaid:
    """A group as the body of a POST or PUT tells it; without `members` nothing is said about who is in it."""
    external_id, members = _get(body, "externalId"), _get(body, "members")
    return GroupSaid(
        name=_text("displayName", _get(body, "displayName")),
        external_id=None if external_id is None else _text("externalId", external_id),
        steps=[] if members is None else [("set", _numbers(members))],
    )


def group_patch(body: dict[str, Any]) -> GroupSaid:
    """What the operations say of a group."""
    found: dict[str, str] = {}
    steps: list[tuple[str, list[int]]] = []
    for op, path, value in _flat(_operations(body)):
        if path == "displayname" and op != "remove":
            found["name"] = _text("displayName", value)
        elif path == "externalid":
            found["external_id"] = "" if op == "remove" or value is None else _text("externalId", value)
        elif one := ONE_MEMBER.fullmatch(path):
            steps.append(("remove" if op == "remove" else "add", [number(one[1])]))
        elif path == "members":
            how = "set" if op == "replace" or (op == "remove" and value is None) else op
            steps.append((how, _numbers(value if value is not None else [])))
    return GroupSaid(**found, steps=steps)


def _operations(body: dict[str, Any]) -> list[Operation]:
    listed = _get(body, "Operations")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_OPERATIONS:
        raise Malformed(tr("Send Operations, from 1 to %(most)s of them.", most=MOST_OPERATIONS))
    return [_operation(one) for one in listed]


def _operation(one: Any) -> Operation:
    op = str(_get(one, "op") or "").lower() if isinstance(one, dict) else ""
    if op not in OPS:
        raise Malformed(tr("An operation is add, replace or remove."))
    path = _get(one, "path") or ""
    if not isinstance(path, str) or (path and not PATH.fullmatch(path)) or (op == "remove" and not path):
        raise InvalidPath(tr("%(path)s is no path that can be changed.", path=repr(str(path)[:100])))
    if not path and not isinstance(_get(one, "value"), dict):
        raise Invalid({"value": tr("An operation without a path needs an object as its value.")})
    return op, path, _get(one, "value")


def _flat(operations: list[Operation]) -> Iterator[Operation]:
    """Each operation with the path of one attribute, in small letters and without the name of the core schema."""
    for op, path, value in operations:
        if not path:
            yield from _flat([(op, name, inner) for name, inner in value.items() if name])
        elif path.lower() == "name" and isinstance(value, dict):
            yield from _flat([(op, f"name.{name}", inner) for name, inner in value.items()])
        else:
            yield op, PREFIX.sub("", path).lower(), value


def _person(operations: list[Operation]) -> Said:
    found: dict[str, Any] = {}
    whole: dict[str, str] = {}
    for op, path, value in _flat(operations):
        field = "email" if path in ("emails", 'emails[type eq "work"]') else TEXTS.get(path, "")
        field = "active" if path == "active" else field
        if not field or value == []:
            continue
        if op == "remove" or value is None:
            _remove(field, found, asked=op == "remove")
        elif field == "active":
            found[field] = _truth(value)
        elif field == "name":
            whole[path] = _text(path, value)
        else:
            found[field] = _text(path, _address(value) if path.startswith("emails") else value)
    if found.get("user_name") == "":
        raise Invalid({"userName": tr("Send a userName.")})
    name = whole.get("displayname") or whole.get("name.formatted") or None
    return Said(**found, name=name)


def _remove(field: str, found: dict[str, Any], *, asked: bool) -> None:
    """Nothing is there afterwards; a null in a body says nothing about what has to be there."""
    if field in NEEDED:
        if asked:
            raise Invalid({field: tr("userName, emails and active cannot be removed.")})
    elif field != "name":
        found[field] = ""


def _address(value: Any) -> Any:
    """The address that counts of several: the primary one, else that of work, else the first."""
    if isinstance(value, dict):
        return _get(value, "value")
    if not isinstance(value, list):
        return value
    listed = [one for one in value if isinstance(one, dict) and isinstance(_get(one, "value"), str)]
    if not listed:
        raise Invalid({"emails": tr("emails needs a value that is an address.")})
    best = next((one for one in listed if _is_true(_get(one, "primary"))), None)
    best = best or next((one for one in listed if str(_get(one, "type")).lower() == "work"), listed[0])
    return _get(best, "value")


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _truth(value: Any) -> bool:
    """Entra ID sends True and False as texts, some send a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = _get(value, "value")
    if _is_true(value) or value is False or (isinstance(value, str) and value.lower() == "false"):
        return _is_true(value)
    raise Invalid({"active": tr("active is true or false.")})


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid({name: tr("%(name)s has to be a text.", name=name)})
    return " ".join(value.split())


def _numbers(value: Any) -> list[int]:
    """The members that are named. One that names nobody is 0, which is nobody."""
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) and isinstance(_get(one, "value"), str | int) for one in listed):
        raise Invalid({"members": tr("members is a list of objects with the id of a user as value.")})
    return [number(str(_get(one, "value"))) for one in listed]


def _get(body: dict[str, Any], name: str) -> Any:
    """The value of an attribute, whose capitals do not count (RFC 7643, 2.1)."""
    if name in body:
        return body[name]
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)
