"""Who is available now: the state that somebody is in, and their hours. Off hours is derived, never stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from fairlead.events.actor import Actor
from fairlead.lib.among import among
from fairlead.lib.errors import Missing
from fairlead.lib.hours import Interval, working_intervals
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.people.models import PresenceState, Worker
from fairlead.people.queries.calendar import (
    REST,
    busy_times,
    busy_until,
    days_off,
    rested,
    spans_of,
    week_patterns,
    within,
)
from fairlead.people.visibility import may_see_directory

LOOK_AHEAD: Final = timedelta(days=21)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class HeldState:
    """The state somebody is in. `until`: when it ends by itself, in UTC; None: when somebody changes it."""

    id: int
    name: str
    color: int
    available: bool
    until: datetime | None
    text: str


@dataclass(frozen=True)
class Availability:
    """Whether somebody can be given work now.

    `state` is the name of their state and `is_available` what it says about new work; `is_working_now` is by their
    hours, holidays, leave and calendars; `busy_until` is the end of the calendar entry that they are in. `free_at` is
    the first moment, from now on, at which both hold (UTC); None: not within three weeks, or they are in a state
    without new work and without an end.
    """

    state: str
    is_available: bool
    is_working_now: bool
    free_at: datetime | None
    color: int = 0
    until: datetime | None = None
    text: str = ""
    busy_until: datetime | None = None


def presence_states(actor: Actor) -> QuerySet[PresenceState]:
    """The states of the workspace in their order; a client sees none."""
    found = _states(actor.workspace_id)
    return found if may_see_directory(actor) else found.none()


def _states(workspace_id: int) -> QuerySet[PresenceState]:
    return PresenceState.objects.filter(workspace_id=workspace_id).order_by("position", "pk")


def find_presence_state(actor: Actor, state_id: int) -> PresenceState:
    """One of them. Raises Missing, also for one of another workspace."""
    found = presence_states(actor).filter(pk=state_id).first()
    if found is None:
        raise Missing(tr("There is no such presence state; somebody may have removed it."))
    return found


@dataclass(frozen=True)
class OwnPresence:
    """The state somebody is in, and those to choose from: rows id, name, color, available."""

    worker_id: int
    held: HeldState
    states: list[dict[str, Any]]


@prepared
def _own_presence(workspace_id: int, user_id: int) -> QuerySet[PresenceState, Any]:
    me = Worker.objects.filter(workspace_id=workspace_id, user_id=user_id, deactivated_at__isnull=True)
    mine = {name: Subquery(me.values(field)[:1]) for name, field in _MINE.items()}
    rows: QuerySet[PresenceState, Any] = _states(workspace_id).annotate(**mine).values(*_STATE, "is_default", *_MINE)
    return rows


def own_presence(actor: Actor, now: datetime) -> OwnPresence | None:
    """The actor's own, in one query; None for somebody without a profile in the directory."""
    if actor.user_id is None or not may_see_directory(actor):
        return None
    rows = _own_presence.all(actor.workspace_id, actor.user_id)
    if not rows or rows[0]["worker_id"] is None:
        return None
    own = rows[0]
    over = own["until"] is not None and own["until"] <= now
    said = [row for row in rows if row["id"] == row["held_id"] and not over]
    held = (said or [row for row in rows if row["is_default"]])[0]
    until, text = (own["until"], own["text"]) if said else (None, "")
    return OwnPresence(own["worker_id"], _state(held, "", until, text), rows)


_MINE: Final = {"worker_id": "pk", "held_id": "presence_id", "until": "presence_until", "text": "presence_text"}


def with_state(workers: QuerySet[Worker]) -> QuerySet[Worker]:
    """The workers with the columns that `held_state` reads: their state, and the default of their workspace."""
    default = PresenceState.objects.filter(workspace_id=OuterRef("workspace_id"), is_default=True)
    own = {f"own_{field}": F(f"presence__{field}") for field in _STATE}
    return workers.annotate(**own, **{f"default_{field}": Subquery(default.values(field)[:1]) for field in _STATE})


_STATE: Final = ("id", "name", "color", "available")
STATE_COLUMNS: Final = (
    "presence_until", "presence_text", *(f"{kind}_{field}" for kind in ("own", "default") for field in _STATE),
)  # fmt: skip


def held_state(row: Mapping[str, Any], now: datetime) -> HeldState:
    """The state in a row that has STATE_COLUMNS. One whose time is over counts as the default at once."""
    over = row["presence_until"] is not None and row["presence_until"] <= now
    if row["own_id"] is None or over:
        return _state(row, "default_", None, "")
    return _state(row, "own_", row["presence_until"], row["presence_text"])


def takes_work(now: datetime) -> Q:
    """Workers whose `held_state` is one with new work, as the default of every workspace is."""
    return Q(presence__isnull=True) | Q(presence_until__lte=now) | Q(presence__available=True)


def _state(row: Mapping[str, Any], prefix: str, until: datetime | None, text: str) -> HeldState:
    number, name, color, available = (row[prefix + field] for field in _STATE)
    return HeldState(number, name, color, available, until, text)


def availability_now(worker_ids: Collection[int], now: datetime) -> dict[int, Availability]:
    """{worker id: their Availability}, in three queries whatever the number of workers."""
    busy = {"busy_times": busy_times(now - 2 * _DAY, now + 2 * LOOK_AHEAD), "busy_until": Subquery(busy_until(now))}
    found = with_state(Worker.objects.filter(among("pk", worker_ids))).annotate(**busy)
    rows = list(found.values("id", "kind", "time_zone", "country", *REST, *busy, *STATE_COLUMNS))
    states, patterns = {row["id"]: held_state(row, now) for row in rows}, week_patterns(worker_ids)
    last = max([now, *(state.until for state in states.values() if state.until)]) + LOOK_AHEAD
    off = days_off(rows, (now - 2 * _DAY).date(), (last + 2 * _DAY).date())
    known: dict[Any, list[Interval]] = {}

    def times(row: Mapping[str, Any], start: datetime) -> list[Interval]:
        """Computed once for all with the same hours, zone and days off."""
        key = (patterns.get(row["id"], ()), row["time_zone"], frozenset(off[row["id"]]), start)
        if key not in known:
            week = spans_of(key[0])
            known[key] = working_intervals(week, row["time_zone"], key[2], start - 2 * _DAY, start + LOOK_AHEAD)
        return within(rested(known[key], row), start, start + LOOK_AHEAD)

    return {
        row["id"]: replace(
            _availability(states[row["id"]], now, lambda start, row=row: times(row, start)),
            busy_until=row["busy_until"],
        )
        for row in rows
    }


def _availability(state: HeldState, now: datetime, times: Any) -> Availability:
    today = times(now)
    working = bool(today) and today[0][0] <= now
    if state.available:
        free_at = today[0][0] if today else None
    else:
        after = times(state.until) if state.until else []
        free_at = after[0][0] if after else None
    return Availability(state.name, state.available, working, free_at, state.color, state.until, state.text)
