"""The marks beside who does a task: how well they match and why they have it, or why nobody has it yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fairlead.allocation.permissions import may_see
from fairlead.allocation.queries import Wait, decided, waits_of
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.web.filters import hours
from fairlead.work.states import OVER, WAITING


def mark(rows: Iterable[Mapping[str, Any]], *, actor: Actor, now: datetime) -> dict[int, dict[str, Any]]:
    """{task id: `match` (0 to 1), `why` (the address of the reason), `wait` (see `shown_wait`)} for rows with id, key,
    state and assignee_id; nothing for clients, and nothing about what is over."""
    if not may_see(actor):
        return {}
    going = [row for row in rows if row["state"] not in OVER]
    given = decided([row["id"] for row in going if row["assignee_id"]])
    alone = [row for row in going if not row["assignee_id"] and row["state"] in WAITING]
    waits = waits_of(actor, [row["id"] for row in alone], now=now)
    keys = {row["id"]: row["key"] for row in going}
    found: dict[int, dict[str, Any]] = {
        pk: {"match": None if fit is None else fit / 100, "why": f"/tasks/{keys[pk]}/why/"} for pk, fit in given.items()
    }
    return found | {pk: {"wait": shown_wait(wait, keys[pk])} for pk, wait in waits.items()}


def shown_wait(wait: Wait, key: str) -> dict[str, str]:
    """A badge: tone, icon, text, the address behind it, and the whole sentence."""
    if wait.reason:
        return {
            "tone": "bad", "icon": "stethoscope", "text": tr("nobody can"), "url": f"/tasks/{key}/candidates/",
            "title": tr("Nobody can do %(key)s now: %(reason)s. What would free it", key=key, reason=wait.reason),
        }  # fmt: skip
    left = hours(wait.left_min)
    if wait.offer_id is not None:
        title = tr("%(key)s is offered to you: %(time)s left of your working time to answer", key=key, time=left)
        return {"tone": "accent", "icon": "handshake", "text": tr("offered to you, %(time)s left", time=left),
                "url": f"/offers/{wait.offer_id}/", "title": title}  # fmt: skip
    names = ", ".join(wait.asked)
    title = tr("%(key)s is offered to %(names)s: %(time)s left of working time to answer",
               key=key, names=names, time=left)  # fmt: skip
    return {"tone": "info", "icon": "handshake", "text": tr("offered, %(time)s left", time=left),
            "url": f"/tasks/{key}/candidates/", "title": title}  # fmt: skip
