"""Pages of a list: each goes on exactly behind the last row of the one before, whatever was added meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from pydantic import BaseModel, ConfigDict, Field

from fairlead.api.calls import Call
from fairlead.api.problems import Malformed
from fairlead.lib.speech import tr

SIGNER = signing.Signer(salt="fairlead.api.cursor")


class Paging(BaseModel):
    """The parameters of every list; its filters come on top."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="The most items on a page.")
    cursor: str | None = Field(None, max_length=600, description="`next_cursor` of the page before.")


@dataclass(frozen=True)
class Order:
    """How a list is sorted: columns that together are unique, all ascending or all descending."""

    name: str
    columns: tuple[str, ...]
    descending: bool = False

    @property
    def by(self) -> list[str]:
        return [f"-{column}" if self.descending else column for column in self.columns]


def cut(call: Call, rows: QuerySet[Any, dict[str, Any]], order: Order, paging: Paging) -> list[dict[str, Any]]:
    """One page of `rows` (a `.values()` query that has the order's columns); notes the address of the next one."""
    if paging.cursor is not None:
        rows = rows.filter(_behind(order, _opened(paging.cursor, order)))
    found = list(rows.order_by(*order.by)[: paging.limit + 1])
    if len(found) > paging.limit:
        found.pop()
        call.next_page = _closed(order, [found[-1][column] for column in order.columns])
    return found


def page(call: Call, items: list[Any]) -> dict[str, Any]:
    """The reply of a list."""
    return {"items": items, "next_cursor": call.next_page}


def link(call: Call) -> str | None:
    """The Link header to the next page, relative to this one's address."""
    if call.next_page is None:
        return None
    query = call.GET.copy()
    query["cursor"] = call.next_page
    return f'<{call.path}?{query.urlencode()}>; rel="next"'


def _behind(order: Order, values: list[Any]) -> Q:
    """Rows after these values: the first column is beyond, or equal and the second is beyond, and so on."""
    beyond = "lt" if order.descending else "gt"
    found, equal = Q(), Q()
    for column, value in zip(order.columns, values, strict=True):
        found |= equal & Q(**{f"{column}__{beyond}": value})
        equal &= Q(**{column: value})
    return found


def _closed(order: Order, values: list[Any]) -> str:
    packed = [["at", value.isoformat()] if isinstance(value, datetime) else ["is", value] for value in values]
    return SIGNER.sign_object([order.name, packed])


def _opened(cursor: str, order: Order) -> list[Any]:
    """The values in a cursor that we have made for this order; its signature keeps others out."""
    try:
        name, packed = SIGNER.unsign_object(cursor)
    except (signing.BadSignature, UnicodeEncodeError):
        raise Malformed(tr("This cursor is not one of ours; take `next_cursor` from the page before.")) from None
    if name != order.name:
        raise Malformed(tr("This cursor belongs to another list or order; start again without it."))
    return [datetime.fromisoformat(value) if kind == "at" else value for kind, value in packed]
