"""Rows of `.values()` as the plain dicts that pages read."""

from __future__ import annotations

from typing import Any

TYPE = ("type__key", "type__name", "type__icon", "type__color")
"""What draws the glyph of a task's type; a plain task has none."""
HOLDER = ("assignee_id", "assignee__name", "assignee__kind")


def plain(found: Any) -> list[dict[str, Any]]:
    """All rows of a `.values()` queryset."""
    return list(found)


def holder(row: dict[str, Any]) -> dict[str, Any] | None:
    """The worker who holds the task of a row that has the columns HOLDER: id, name, kind; or None."""
    if row["assignee_id"] is None:
        return None
    return {"id": row["assignee_id"], "name": row["assignee__name"], "kind": row["assignee__kind"]}
