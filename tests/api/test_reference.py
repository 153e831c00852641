"""The OpenAPI document and the page that is made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import pytest
from django.test import Client
from pydantic import BaseModel

from api.conftest import API
from fairlead.accounts.permissions import SCOPES
from fairlead.api.problems import CODES
from fairlead.api.v1 import api
from security.routes import all_routes

METHODS = {"get", "post", "put", "patch", "delete"}

JSON = "application/json"


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    """The document as programs get it, without a token."""
    reply = Client().get(f"{API}/openapi.json")
    assert reply.status_code == 200
    return json.loads(reply.content)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert set(document) == {"openapi", "info", "servers", "tags", "paths", "components"}
    assert {"title", "version", "license", "description"} <= set(document["info"])
    assert set(document["components"]) == {"schemas", "responses", "headers", "securitySchemes"}
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_every_operation_is_complete(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    seen: set[str] = set()
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert method in METHODS, where
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert operation["summary"], where
        assert set(operation["tags"]) <= tags, where
        assert len(operation["tags"]) == 1, where
        assert operation["x-scope"] in {None, *SCOPES}, where
        assert operation["security"] == [{"token": [operation["x-scope"]] if operation["x-scope"] else []}], where
        assert {"401", "403", "429", "500"} <= set(operation["responses"]), where
        assert sum(status.startswith("2") for status in operation["responses"]) == 1, where
        assert ("requestBody" in operation) <= (method in {"post", "put", "patch"}), where


def test_path_parameters_are_all_declared(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        declared = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert sorted(declared) == sorted(re.findall(r"{(\w+)}", path)), f"{method} {path}"
        places = [(p["in"], p["name"]) for p in operation["parameters"]]
        assert len(places) == len(set(places))


def test_no_served_route_is_missing_from_the_document(document: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", route.address), method.lower())
        for route in all_routes()
        if route.is_api and route.methods
        for method in route.methods - {"HEAD"}
    }
    assert served == {(path, method) for path, method, _ in operations(document)}


def _classes(annotation: Any, found: dict[str, set[type]]) -> None:
    for argument in get_args(annotation):
        _classes(argument, found)
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel | Enum):
        return
    if annotation in found.setdefault(annotation.__name__, set()):
        return
    found[annotation.__name__].add(annotation)
    if issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            _classes(field.annotation, found)


def test_no_two_schemas_share_a_name() -> None:
    """The document names its schemas by class: two of one name would overwrite each other."""
    found: dict[str, set[type]] = {}
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in [*operation.models, *filter(None, operation.response_models.values())]:
                    for field in model.model_fields.values():
                        _classes(field.annotation, found)
    assert {name: classes for name, classes in found.items() if len(classes) > 1} == {}
    assert "TaskOut" in found


def test_bodies_take_nothing_that_they_do_not_know(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path, method, operation in operations(document):
        if JSON in operation.get("requestBody", {}).get("content", {}):
            schema = operation["requestBody"]["content"][JSON]["schema"]
            assert schemas[schema["$ref"].rsplit("/", 1)[-1]]["additionalProperties"] is False, f"{method} {path}"


def test_the_page_shows_every_operation_to_everybody(document: dict[str, Any]) -> None:
    reply = Client().get(f"{API}/docs")
    page = reply.content.decode()
    assert reply.status_code == 200
    for path, _, operation in operations(document):
        assert f'id="{operation["operationId"].replace("_", "-")}"' in page
        assert f"<code>{path}</code>" in page
    for code in CODES:
        assert f'id="problem-{code}"' in page


def test_the_page_keeps_to_our_content_policy(db: None) -> None:
    reply = Client().get(f"{API}/docs")
    page = reply.content.decode()
    assert "unsafe-inline" not in reply.headers["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=\"/static/)[^>]*>", page) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*", page) == []


def test_examples_are_what_the_api_would_accept(document: dict[str, Any]) -> None:
    """Every example body, built from the schema, has all required fields and no unknown one."""
    page = Client().get(f"{API}/docs").content.decode()
    bodies = re.findall(r"-d &#39;(\{.*?\})&#39;</code>", page)
    content = [operation.get("requestBody", {}).get("content", {}) for _, _, operation in operations(document)]
    assert len(bodies) == sum(JSON in sent for sent in content)
    assert page.count("-F &#34;file=@logo.png&#34;") == sum("multipart/form-data" in sent for sent in content) == 2
    for text in bodies:
        json.loads(text.replace("&#34;", '"').replace("&amp;", "&"))
