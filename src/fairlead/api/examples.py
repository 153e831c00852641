"""Example values from schemas, for the reference page: what is shown is made from what is checked."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
KEYS = {"^[A-Z][A-Z0-9]{1,7}$": "WEB", "^[A-Z][A-Z0-9]{1,7}-[0-9]{1,9}$": "WEB-42"}
FORMATS = {"date-time": "2026-11-23T09:00:00Z", "date": "2026-11-23", "uri": "https://example.org"}
NAMED = {
    "next_cursor": None, "email": "dana@example.com", "country": "DE", "time_zone": "Europe/Berlin", "weekday": 0,
    "from_min": 540, "to_min": 750, "level": 3, "version": 1, "key": "WEB-42", "task_key": "WEB-42", "parent": None,
    "body": "Looks good to me.", "text": "Tests pass", "kind": "employee", "name": "Dana Reyes", "score": 0.87,
    "fit": 87, "rank": 1, "seq": 1204, "external_id": "", "note": "", "evidence_url": "", "description": "",
    "color": 3, "week_minutes": 2400, "effort_min": 120, "effort_low_min": 60, "effort_high_min": 240,
    "speed_percent": 100, "rate_cents": 9500, "scopes": ["work:read", "work:write"], "role": "manager",
    "labels": ["backend"], "done_at": None, "priority": 3, "max_tasks": 4, "lanes": 1, "blocked_by": [],
    "waits_for": ["WEB-7"], "after": ["WEB-7"], "criteria": ["Tests pass"], "synonyms": ["py"], "reason": "",
    "headline": "Builds shops", "status_id": 7, "worker": 7, "digest": "9f2c41…", "hash": "4b1d07…", "client": "Globex",
    "engine_version": "1", "wip_limit": None, "wants_labels": ["design"], "avoids_labels": [], "wants_skills": [7],
    "avoids_skills": [], "slack_min": 2880, "sentence": "Free on Tuesday", "about": "", "fixes": [], "outcome": "",
}  # fmt: skip
"""What a field of this name looks like, where its schema has no example of its own."""
STEPS = 8


def resolved(schema: Schema, definitions: Schema) -> Schema:
    """The schema behind a reference, with what stands beside the reference; of alternatives the first."""
    if "$ref" in schema:
        found = resolved(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}
    if choices := schema.get("anyOf") or schema.get("allOf"):
        first = resolved(choices[0], definitions)
        return {**first, **{name: value for name, value in schema.items() if name not in ("anyOf", "allOf")}}
    return schema


def example(schema: Schema, definitions: Schema, name: str = "", depth: int = 0) -> Any:
    """A value that fits the schema; `name` is the field's."""
    schema = resolved(schema, definitions)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "object" or "properties" in schema:
        return whole(schema, definitions, depth)
    if name in NAMED and "$ref" not in schema.get("items", {}):
        return NAMED[name]
    if schema.get("type") == "array":
        return [example(schema["items"], definitions, name, depth + 1)] if depth < STEPS else []
    return _plain(schema, name)


def whole(schema: Schema, definitions: Schema, depth: int = 0) -> Any:
    """An object with all its fields."""
    inside = resolved(schema, definitions).get("properties", {})
    return {name: example(field, definitions, name, depth + 1) for name, field in inside.items()}


def shortest(schema: Schema, definitions: Schema) -> Any:
    """An object with the fields that must be sent; where none must, the first one that may."""
    schema = resolved(schema, definitions)
    fields = schema.get("properties", {})
    names = schema.get("required") or list(fields)[:1]
    return {name: example(fields[name], definitions, name) for name in names}


def _plain(schema: Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind == "string":
        return KEYS.get(schema.get("pattern", "")) or FORMATS.get(schema.get("format", "")) or _words(name)
    if kind in ("integer", "number"):
        return schema.get("default") or max(1, schema.get("minimum", 1)) if kind == "integer" else 0.5
    return True if kind == "boolean" else None


def _words(name: str) -> str:
    return {"title": "Move the shop to the new checkout", "q": "checkout"}.get(name, "…")


def type_name(schema: Schema, definitions: Schema) -> str:
    """The type in words: `string`, `list of integer`, `{skill_id, level}`, `one of a, b`."""
    if "$ref" in schema:
        return f"{{{', '.join(resolved(schema, definitions).get('properties', {}))}}}"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_name(choice, definitions) for choice in schema["anyOf"]))
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_name(schema['items'], definitions)}"
    return {"date-time": "time", "date": "day"}.get(schema.get("format", ""), str(schema.get("type", "anything")))


def limits(schema: Schema, definitions: Schema) -> str:
    """What a value must keep to, in words: `1 to 200`, `at most 240 characters`."""
    schema = resolved(schema, definitions)
    if "maximum" in schema and schema["maximum"] < 2**53:
        return f"{schema.get('minimum', 0)} to {schema['maximum']:,}"
    if "maxLength" in schema:
        return f"at most {schema['maxLength']:,} characters"
    return f"at most {schema['maxItems']:,}" if "maxItems" in schema else ""
