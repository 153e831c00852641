"""The reference page of the API, made from its OpenAPI document: nothing on it can be out of date."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja.openapi.docs import DocsBase

from fairlead.accounts.permissions import SCOPES
from fairlead.api.actions import KEEP
from fairlead.api.examples import Schema, example, limits, resolved, shortest, type_name
from fairlead.api.problems import CODES
from fairlead.config import config
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import speaking

JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a body."""

    name: str
    type: str
    required: bool
    text: str
    place: str = "body"


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    title: str
    text: str
    scope: str
    fields: tuple[Field, ...]
    status: str
    curl: str
    reply: str


@dataclass(frozen=True)
class Section:
    """The operations of one resource."""

    slug: str
    name: str
    text: str
    operations: tuple[Operation, ...]


class Reference(DocsBase):
    """Shows every operation with its parameters, fields and an example."""

    _sections: tuple[Section, ...] | None = None

    def render_page(self, request: HttpRequest, api: Any, **_: Any) -> HttpResponse:
        """The page; reading it needs no token. It is in English for everybody, like the document behind it."""
        if self._sections is None:
            self._sections = sections(api.get_openapi_schema())
        values = {
            "sections": self._sections,
            "codes": CODES,
            "scopes": SCOPES,
            "base": settings.BASE_URL,
            "per_minute": config().api_per_minute,
            "keep_hours": int(KEEP.total_seconds() // 3600),
        }
        with speaking(ENGLISH):
            reply = render(request, "api/reference.jinja", values)
        reply.headers["Content-Language"] = ENGLISH
        return reply


def sections(document: Schema) -> tuple[Section, ...]:
    """The document by its tags, in their order."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            found[operation["tags"][0]].append(_operation(document, path, method, operation))
    return tuple(
        Section(tag["name"].lower().replace(" ", "-"), tag["name"], tag["description"], tuple(found[tag["name"]]))
        for tag in document["tags"]
    )


def _operation(document: Schema, path: str, method: str, operation: Schema) -> Operation:
    definitions = document["components"]["schemas"]
    status = next(iter(operation["responses"]))
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get(FORM, {}).get("schema")
    sent = content.get(JSON, {}).get("schema") or form
    given = operation["responses"][status].get("content", {}).get(JSON, {}).get("schema")
    return Operation(
        id=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        title=operation["summary"],
        text=operation.get("description", ""),
        scope=operation["x-scope"] or "",
        fields=_in_order((*_parameters(operation, definitions), *(_fields(sent, definitions) if sent else ()))),
        status=status,
        curl=_curl(path, method, shortest(sent, definitions) if sent else None, form=form is not None),
        reply=json.dumps(example(given, definitions), indent=2, ensure_ascii=False) if given else "",
    )


def _in_order(fields: Iterable[Field]) -> tuple[Field, ...]:
    """What concerns this operation first, the headers that many have last."""
    return tuple(sorted(fields, key=lambda field: ("path", "query", "body", "header").index(field.place)))


def _parameters(operation: Schema, definitions: Schema) -> tuple[Field, ...]:
    return tuple(
        Field(
            parameter["name"],
            type_name(_without_null(parameter["schema"]), definitions),
            parameter["required"],
            _text(parameter["schema"] | {"description": parameter.get("description", "")}, definitions),
            parameter["in"],
        )
        for parameter in operation["parameters"]
    )


def _fields(schema: Schema, definitions: Schema) -> tuple[Field, ...]:
    schema = resolved(schema, definitions)
    required = schema.get("required", ())
    return tuple(
        Field(name, type_name(field, definitions), name in required, _text(field, definitions))
        for name, field in schema.get("properties", {}).items()
    )


def _without_null(schema: Schema) -> Schema:
    """A parameter that may be left out is not null; it is not there."""
    rest = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    return rest[0] if len(rest) == 1 else schema


def _text(field: Schema, definitions: Schema) -> str:
    parts = (resolved(field, definitions).get("description", ""), limits(field, definitions))
    said = [part if part.endswith(".") else f"{part[:1].upper()}{part[1:]}." for part in parts if part]
    return " ".join(said)


def _curl(path: str, method: str, body: Any, *, form: bool) -> str:
    address = path
    for name, value in {"key": "WEB-42" if "/tasks/" in path else "WEB", "after": "WEB-7"}.items():
        address = address.replace(f"{{{name}}}", value)
    while "{" in address:
        start, _, rest = address.partition("{")
        address = f"{start}7{rest.partition('}')[2]}"
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{settings.BASE_URL}{address}"]
    lines.append('-H "Authorization: Bearer $FAIRLEAD_TOKEN"')
    if form:
        lines.append('-F "file=@logo.png"')
    elif body is not None:
        lines.append(f'-H "Content-Type: {JSON}"')
        lines.append(f"-d '{json.dumps(body, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
