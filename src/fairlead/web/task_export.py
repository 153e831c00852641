"""The list of tasks as a CSV file: the filters, the order and the columns of the list that it was asked from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.lib.effort import write_effort
from fairlead.lib.sheets import line, safe
from fairlead.lib.speech import tr
from fairlead.web.access import Request, member_page, to_portal
from fairlead.web.own_filters import own_fields
from fairlead.web.render import attachment
from fairlead.web.task_filters import asked
from fairlead.web.task_list import columns_of, heads_of, needed_fields, sort_of
from fairlead.work.fields.definitions import Definitions
from fairlead.work.fields.models import Kind
from fairlead.work.fields.stored import people_of
from fairlead.work.fields.values import shown, written
from fairlead.work.models import Task
from fairlead.work.queries.lists import export_rows
from fairlead.work.queries.own_fields import PREFIX
from fairlead.work.states import column
from fairlead.work.types.models import type_name

PLAIN: Final = (Kind.NUMBER, Kind.FORMULA, Kind.MONEY, Kind.DATE, Kind.LONG)
"""Kinds that are written as a machine reads them; choices and people by name."""
_NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?")


@member_page
@require_GET
def export(request: Request) -> HttpResponse:
    """At most ten thousand tasks; each cell is safe to open in a spreadsheet."""
    if client := to_portal(request):
        return client
    now, zone = timezone.now(), request.user.time_zone
    own = own_fields(request)
    shown_columns, sort = columns_of(request), sort_of(request, own)
    needed = needed_fields(own, [*shown_columns, sort])
    wanted = asked(request)
    rows = export_rows(request.actor, wanted, now=now, zone=zone, sort=sort, own=needed)
    sheet = _Sheet(request, shown_columns, needed)
    return attachment("".join(sheet.lines(rows)), f"tasks-{now.date().isoformat()}.csv")


class _Sheet:
    """The columns of the file."""

    def __init__(self, request: Request, names: list[str], own: Definitions) -> None:
        self.names, self.heads = names, heads_of(request)
        self.fields = {PREFIX + field.key: field for field in own}
        self.people = people_of(request.actor.workspace_id, own)
        self.zone = ZoneInfo(request.user.time_zone)

    def lines(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        """The file, line by line; the mark in front tells spreadsheets that it is UTF-8."""
        yield "\ufeff" + _line([tr("Key"), *(self.heads[name] for name in self.names)])
        for row in rows:
            yield _line([row["key"], *(self._text(row, name) for name in self.names)])

    def _text(self, row: dict[str, Any], name: str) -> str:
        field = self.fields.get(name)
        if field is None:
            return _cell(row, name, self.zone)
        value = row["own"].get(field.key)
        return written(field, value) if field.kind in PLAIN else shown(field, value, self.people)


def _cell(row: dict[str, Any], name: str, zone: ZoneInfo) -> str:
    moments = {"due": "due_at", "created": "created_at", "updated": "updated_at"}
    if name in moments:
        at = row[moments[name]]
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""
    plain = {
        "title": row["title"], "type": type_name(row["type__name"]),
        "project": row["project__name"], "status": column(row["status__name"]),
        "priority": str(Task.Priority(row["priority"]).label) if row["priority"] else "",
        "assignee": row["assignee__name"] or "", "effort": write_effort(row["effort_min"]),
        "labels": ", ".join(row["labels"]),
    }  # fmt: skip
    return str(plain.get(name, ""))


def _line(cells: list[str]) -> str:
    """Numbers stay numbers, also below nought."""
    return line(cell if _NUMBER.fullmatch(cell) else safe(cell) for cell in cells)


urls = [path("tasks/table.csv", export, name="tasks-as-table")]
