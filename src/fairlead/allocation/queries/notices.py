"""What an applied plan tells one person: why, what changes, and their list before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from fairlead.allocation.models import PlanLine
from fairlead.events.models import Event
from fairlead.lib.speech import tr
from fairlead.people.models import Worker

MOST = 30
"""Lines of a list in a mail."""
_COLUMNS = (
    "id", "task__project__key", "task__number", "task__title", "worker_id", "before_worker_id", "starts_at",
    "before_starts_at", "reason", "before_worker__name",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One task of a list; `change` says what is new about it: "" | "new" | "gone" | "moved in time"."""

    key: str
    title: str
    starts_at: datetime | None
    change: str
    why: str


@dataclass(frozen=True)
class Notice:
    """A person's list before and after, in the order of doing. `reason`: the event that the plan answers, if any."""

    worker: Worker
    plan_id: int
    by: str
    reason: str
    before: tuple[Item, ...]
    after: tuple[Item, ...]

    @property
    def zone(self) -> str:
        """The person's own time zone."""
        return self.worker.time_zone

    @property
    def subject(self) -> str:
        """What the mail is about."""
        if self.reason:
            return tr("Your list changed: %(reason)s", reason=self.reason)
        return tr("Your list changed with a new plan")


def notice(event: Event, worker: Worker) -> Notice:
    """What this event tells this person."""
    lines = PlanLine.objects.filter(Q(worker=worker) | Q(before_worker=worker), plan_id=event.subject_id)
    told = set(event.payload["gets"] + event.payload["gives"] + event.payload["shifts"])
    rows = [row for row in lines.values(*_COLUMNS) if row["id"] in told or _stays(row)]
    shifts = set(event.payload["shifts"])
    before = [_item(row, "before_starts_at", _lost(row)) for row in rows if row["before_worker_id"] == worker.pk]
    after = [
        _item(row, "starts_at", tr("another time") if row["id"] in shifts else _won(row))
        for row in rows
        if row["worker_id"] == worker.pk
    ]
    by = event.actor_name
    return Notice(worker, event.subject_id, by, event.payload["reason"], _in_order(before), _in_order(after))


def _stays(row: Mapping[str, Any]) -> bool:
    return bool(row["worker_id"] == row["before_worker_id"])


def _lost(row: Mapping[str, Any]) -> str:
    return "" if _stays(row) else tr("goes to somebody else")


def _won(row: Mapping[str, Any]) -> str:
    return "" if _stays(row) else tr("new for you")


def _item(row: Mapping[str, Any], when: str, change: str) -> Item:
    key = f"{row['task__project__key']}-{row['task__number']}"
    return Item(key, row["task__title"], row[when], change, row["reason"] if change else "")


def _in_order(items: list[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (item.starts_at is None, item.starts_at))[:MOST])
