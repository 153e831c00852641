"""The OpenAPI document: what ninja derives from the operations, completed by what is true for all of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from fairlead import __version__
from fairlead.api.problems import CODES, CONTENT_TYPE

Document = dict[str, Any]

ABOUT = """The API does what the pages do, through the same actions: the same rules, the same events.

Every request carries a token, made under Settings, API tokens, as `Authorization: Bearer fl_…`. A token acts as its
user and does nothing outside its scopes. Times are RFC 3339 with a zone, efforts minutes, money minor units.
"""
TAGS = {
    "Token": "Who the token is.",
    "Projects": "Bodies of work, each with columns of its own.",
    "Tasks": "Pieces of work: what is to be done, by when, what it asks for, and where it stands.",
    "Task details": "Criteria, dependencies and comments of a task.",
    "Dates": "The calendar, the timeline, and moving tasks together with what follows them.",
    "Files": "What is attached to tasks, in all its versions.",
    "Client portal": "What clients see and answer; putting work to them, and the forms through which they ask.",
    "Workers": "The directory: employees, freelancers and AI agents.",
    "Fields": "What the workspace keeps about its tasks besides what every task has.",
    "Types": "Types of work: bugs, approvals, milestones, and those of the workspace's own.",
    "Presence": "What people say they are: the states of the workspace, and whether they are given new work in them.",
    "Calendars": "When workers are busy elsewhere, and their own work as a calendar.",
    "Teams": "Who works together, under which name.",
    "Skills": "The taxonomy that needs and levels refer to.",
    "Allocation": "Who should do what, and why; assignments, receipts and plans.",
    "Schedule": "Who does what when, what a choice would cost, and pins.",
    "Policies": "How work is routed, where every task stands, what waits for a decision, and queues.",
    "Offers": "Asking workers whether they take a task, and their answers.",
    "Time": "What people worked on and for how long: entries, the timer, and weeks that are handed in.",
    "Inbox": "What came in and waits for a first look, and the further projects that show a task.",
    "Notifications": "What the token's user is told, and how.",
    "Events": "What happened: the append-only log of the workspace.",
}
PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is one of the codes on the reference page; `errors` names fields or parameters.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": list(CODES)},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body, as `#/title`."},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
MEANINGS = {
    304: "Not changed since the representation that If-None-Match names.",
    400: "The request cannot be read.",
    401: "There is no valid token.",
    403: "The token's scopes or its user's role do not allow it.",
    404: "There is no such thing, or the token's user may not know of it.",
    405: "The method does not exist here.",
    409: "The state has moved on, or a request with the same Idempotency-Key is still running.",
    412: "If-Match names another version.",
    413: "The body is larger than 1 MiB, or a file is larger than files may be.",
    415: "The body is not JSON, or no form where a file is sent.",
    422: "Some fields or parameters are wrong, or a rule of the product says no.",
    429: "The token's allowance is used up.",
    500: "The fault is ours.",
    503: "The virus scanner does not answer, so no file is taken.",
}
HEADERS: Document = {
    "ETag": {"description": "Names this representation.", "schema": {"type": "string"}},
    "Link": {"description": 'The next page, as `<…>; rel="next"`.', "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Requests a minute for one token.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Requests left in this minute.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the next minute.", "schema": {"type": "integer"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
}
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def complete(document: Document) -> Document:
    """The document with its problems, headers, tags and security filled in."""
    document["info"] |= {
        "description": ABOUT,
        "version": __version__,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    document["servers"] = [{"url": settings.BASE_URL}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["components"]["schemas"]["Problem"] = PROBLEM
    document["components"]["headers"] = HEADERS
    document["components"]["responses"] = {f"Problem{status}": _problem(status) for status in MEANINGS if status >= 400}
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made under Settings, API tokens."}
    }
    for path, item in document["paths"].items():
        item.pop("head", None)
        for method, operation in item.items():
            _complete(operation, method, path)
    return document


def _complete(operation: Document, method: str, path: str) -> None:
    lines = operation.pop("description", "").strip().splitlines()
    operation["summary"] = lines[0].strip() if lines else operation["summary"]
    if rest := "\n".join(line.strip() for line in lines[1:]).strip():
        operation["description"] = rest
    operation.setdefault("parameters", []).extend(_header_parameters(operation, method))
    responses = operation["responses"]
    listed = "cursor" in {parameter["name"] for parameter in operation["parameters"]}
    for status in list(responses):
        names = [*LIMITS, *(["ETag"] if method == "get" else []), *(["Link"] if listed else [])]
        responses[status]["headers"] = {name: _header(name) for name in names}
    responses |= {
        status: {"$ref": f"#/components/responses/Problem{status}"} for status in _problems(operation, method, path)
    }
    if method == "get":
        responses[304] = {"description": MEANINGS[304]}
    operation["responses"] = {str(status): responses[status] for status in sorted(responses)}


def _header_parameters(operation: Document, method: str) -> list[Document]:
    found = []
    if method == "get":
        found.append(
            _parameter("If-None-Match", "ETags that are known already; if one is still true the reply is 304.")
        )
    if operation["x-matched"]:
        found.append(_parameter("If-Match", "The ETag that was read; 412 if the resource has another version by now."))
    if method == "post":
        found.append(
            _parameter("Idempotency-Key", "1 to 255 visible characters; repeating the request has no further effect.")
        )
    return found


def _parameter(name: str, text: str) -> Document:
    return {"in": "header", "name": name, "required": False, "description": text, "schema": {"type": "string"}}


def _problems(operation: Document, method: str, path: str) -> list[int]:
    found = {401, 403, 422, 429, 500}
    if "{" in path or "requestBody" in operation:
        found.add(404)
    if method == "post" or "cursor" in {parameter["name"] for parameter in operation["parameters"]}:
        found.add(400)
    if "requestBody" in operation:
        found |= {400, 413, 415}
        if "multipart/form-data" in operation["requestBody"]["content"]:
            found.add(503)
    if method != "get":
        found.add(409)
    if operation["x-matched"]:
        found.add(412)
    return sorted(found)


def _problem(status: int) -> Document:
    extra = {401: ["WWW-Authenticate"], 429: ["Retry-After", *LIMITS]}.get(status, [])
    response: Document = {
        "description": MEANINGS[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return response | ({"headers": {name: _header(name) for name in extra}} if extra else {})


def _header(name: str) -> Document:
    return {"$ref": f"#/components/headers/{name}"}
