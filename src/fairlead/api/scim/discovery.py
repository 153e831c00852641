"""What a directory can ask before it begins (RFC 7643, 5 to 7): what is served here, and in which form."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse

from fairlead.api.scim.door import Call, answer
from fairlead.api.scim.shown import GROUP, LIST, MOST, USER, base
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr

NO: Final = {"supported": False}
CONFIG: Final = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
TYPE: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def config(call: Call) -> HttpResponse:  # noqa: ARG001  every view is called with the request
    """Patches and filters are served; bulk, sorting, ETags and passwords are not."""
    token = {
        "type": "oauthbearertoken", "name": "Bearer token", "primary": True,
        "description": "Made in Fairlead under Settings, Security, your provider, Provisioning.",
    }  # fmt: skip
    return answer({
        "schemas": [CONFIG], "patch": {"supported": True},
        "bulk": {**NO, "maxOperations": 0, "maxPayloadSize": 0}, "filter": {"supported": True, "maxResults": MOST},
        "changePassword": NO, "sort": NO, "etag": NO, "authenticationSchemes": [token],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base()}/ServiceProviderConfig"},
    })  # fmt: skip


def _type(name: str, schema: str) -> dict[str, Any]:
    return {
        "schemas": [TYPE], "id": name, "name": name, "endpoint": f"/{name}s", "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": f"{base()}/ResourceTypes/{name}"},
    }  # fmt: skip


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    usual = {
        "multiValued": False, "required": False, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    }  # fmt: skip
    cased = {"caseExact": False} if kind == "string" else {}
    return {"name": name, "type": kind, **usual, **cased, **more}


def _schema(schema: str, name: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    meta = {"resourceType": "Schema", "location": f"{base()}/Schemas/{schema}"}
    return {"schemas": [SCHEMA], "id": schema, "name": name, "attributes": attributes, "meta": meta}


def _schemas() -> dict[str, dict[str, Any]]:
    names = [_attribute("formatted"), _attribute("givenName"), _attribute("familyName")]
    emails = [_attribute("value", required=True), _attribute("type"), _attribute("primary", "boolean")]
    own = {"mutability": "readOnly", "multiValued": True}
    user = [
        _attribute("userName", required=True, uniqueness="server"),
        _attribute("externalId", caseExact=True),
        _attribute("name", "complex", subAttributes=names),
        _attribute("displayName"),
        _attribute("emails", "complex", multiValued=True, subAttributes=emails),
        _attribute("active", "boolean"),
        _attribute("groups", "complex", **own, subAttributes=[_attribute("value"), _attribute("display")]),
    ]
    people = [_attribute("value", mutability="immutable"), _attribute("display", mutability="readOnly")]
    group = [
        _attribute("displayName", required=True, uniqueness="server"),
        _attribute("externalId", caseExact=True),
        _attribute("members", "complex", multiValued=True, subAttributes=people),
    ]
    return {USER: _schema(USER, "User", user), GROUP: _schema(GROUP, "Group", group)}


def _types() -> dict[str, dict[str, Any]]:
    return {"User": _type("User", USER), "Group": _type("Group", GROUP)}


def _all(found: dict[str, dict[str, Any]]) -> HttpResponse:
    listed = {"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found)}
    return answer({"schemas": [LIST], **listed, "Resources": list(found.values())})


def _one(found: dict[str, dict[str, Any]], name: str) -> HttpResponse:
    if name not in found:
        raise Missing(tr("There is no such resource."))
    return answer(found[name])


def types(call: Call) -> HttpResponse:  # noqa: ARG001  as above
    """User and Group."""
    return _all(_types())


def one_type(call: Call, name: str) -> HttpResponse:  # noqa: ARG001  as above
    """One of them."""
    return _one(_types(), name)


def schemas(call: Call) -> HttpResponse:  # noqa: ARG001  as above
    """Their attributes."""
    return _all(_schemas())


def one_schema(call: Call, name: str) -> HttpResponse:  # noqa: ARG001  as above
    """The attributes of one of them."""
    return _one(_schemas(), name)
