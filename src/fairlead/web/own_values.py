"""How values of custom fields are shown and typed on pages."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict

from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import MANY, OPTIONS, WORKERS, Kind
from fairlead.work.fields.values import People, Wrong, plain_number, shown, typed, written

TYPES = {Kind.DATE: "date", Kind.LINK: "url"}


def shown_value(field: FieldDef, value: Any, people: People) -> dict[str, Any]:
    """A value as the macros of `tasks/_field.jinja` want it: its text, and tags, names, a link or a tick."""
    ids: tuple[Any, ...] = () if value is None else value if isinstance(value, tuple) else (value,)
    return {
        "key": field.key, "name": field.name, "kind": field.kind, "text": shown(field, value, people),
        "empty": value is None or value == (),
        "tags": [{"name": o.name, "color": o.color} for pk in ids if (o := field.option(pk))]
        if field.kind in OPTIONS else [],
        "people": [{"id": pk, "name": people.get(pk, tr("somebody")), "kind": "employee"} for pk in ids]
        if field.kind in WORKERS else [],
        "href": value if field.kind == Kind.LINK else "",
        "host": urlsplit(value).hostname if field.kind == Kind.LINK and value else "",
    }  # fmt: skip


def editor_of(field: FieldDef, value: Any, people: People, *, text: str | None = None) -> dict[str, Any]:
    """What the input of a field needs. `text`: what was typed instead of what is saved."""
    chosen = {part for part in (written(field, value) if text is None else text).split(",") if part}
    options: list[tuple[str, str]] = []
    if field.kind in OPTIONS:
        options = [(str(o.id), o.name) for o in field.options if not o.archived or str(o.id) in chosen]
    elif field.kind in WORKERS:
        options = [(str(pk), name) for pk, name in people.items()]
    typed_text = plain_text(field, value) if text is None else text
    return {
        "key": field.key, "name": field.name, "kind": field.kind, "hint": field.hint,
        "unit": field.unit or field.currency,
        "type": TYPES.get(Kind(field.kind), "text"), "value": typed_text, "options": options, "chosen": chosen,
        "many": field.kind in MANY, "required_from": field.required_from,
    }  # fmt: skip


def plain_text(field: FieldDef, value: Any) -> str:
    """The value as it stands in its input."""
    if field.kind in (Kind.NUMBER, Kind.FORMULA) and value is not None:
        return f"{plain_number(value):f}"
    return value.isoformat() if isinstance(value, date) else written(field, value)


def sent_text(post: QueryDict, name: str) -> str:
    """What a form sends for a field: one text, or the several that were ticked."""
    return ",".join(text for text in post.getlist(name) if text)


def read_value(field: FieldDef, text: str, people: People) -> Any:
    """The value of a text, or Invalid at its field."""
    try:
        return typed(field, text.replace("\x00", ""), people)
    except Wrong as wrong:
        raise Invalid({f"fields.{field.key}": str(wrong)}) from None
