"""Presence: which states a workspace has, and who is in which. It never changes a score, a plan or the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import PresenceState, Worker
from fairlead.people.permissions import may_manage_presence, may_set_presence

MOST: Final = 20
COLORS: Final = 8
LONGEST: Final = timedelta(days=366)
ONLY_ADMINS: Final = later("Only an owner or admin can change the presence states.")
_FIELDS: Final = frozenset({"name", "available", "color", "position", "is_default"})


def create_presence_state(
    name: str, *, available: bool = True, color: int = 0, actor: Actor, now: datetime
) -> PresenceState:
    """A new state at the end of the list. `color`: 0 to 7. Raises Invalid."""
    require(may_manage_presence(actor), ONLY_ADMINS)
    with transaction.atomic():
        states = _states(actor.workspace_id)
        if len(states) >= MOST:
            raise Refused(tr("There are at most %(most)s presence states. Remove one first.", most=MOST))
        state = PresenceState(
            workspace_id=actor.workspace_id, name=" ".join(name.split()), available=available, color=color,
            position=len(states),
        )  # fmt: skip
        _check(state, states)
        state.save(force_insert=True)
        record("presence_state.created", state, actor=actor, now=now, name=state.name, available=available)
    return state


def change_presence_state(state: PresenceState, *, actor: Actor, now: datetime, **values: Any) -> PresenceState:
    """Change any of: name, available, color, position (0 = first), is_default (True: instead of the present one)."""
    require(may_manage_presence(actor) and state.workspace_id == actor.workspace_id, ONLY_ADMINS)
    if unknown := set(values) - _FIELDS:
        raise TypeError(f"change_presence_state does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        states = _states(actor.workspace_id)
        state.refresh_from_db()
        before = {field: getattr(state, field) for field in values}
        for field, value in values.items():
            setattr(state, field, " ".join(value.split()) if field == "name" else value)
        state.position = max(0, min(state.position, len(states) - 1))
        changes = {f: [before[f], getattr(state, f)] for f in values if getattr(state, f) != before[f]}
        if changes:
            if before.get("is_default") and not state.is_default:
                raise Invalid(
                    {"is_default": tr("One state is always the default. Make another one the default instead.")}
                )
            _check(state, states)
            _store(state, states)
            record("presence_state.changed", state, actor=actor, now=now, changes=changes)
    return state


def _store(state: PresenceState, states: list[PresenceState]) -> None:
    others = [other for other in states if other.pk != state.pk]
    if state.is_default:
        PresenceState.objects.filter(pk__in=[o.pk for o in others], is_default=True).update(is_default=False)
    state.save(update_fields=["name", "available", "color", "position", "is_default"])
    _place([*others[: state.position], state, *others[state.position :]])


def remove_presence_state(state: PresenceState, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Take a state away; whoever is in it is in the default state from now on. What `restore_presence_state` takes."""
    require(may_manage_presence(actor) and state.workspace_id == actor.workspace_id, ONLY_ADMINS)
    with transaction.atomic():
        states = _states(actor.workspace_id)
        default = next(row for row in states if row.is_default)
        held = next((row for row in states if row.pk == state.pk), None)
        if held is None:
            raise Missing(tr("There is no such presence state; somebody may have removed it."))
        if state.pk == default.pk:
            raise Refused(
                tr("%(name)s is what people are in by default. Make another one the default first.", name=state.name)
            )
        inside = Worker.objects.filter(workspace_id=actor.workspace_id, presence_id=state.pk)
        was = _as_it_is(held, inside, default=default, now=now)
        people = inside.update(presence=default, presence_since=now, presence_until=None, presence_text="")
        record("presence_state.removed", state, actor=actor, now=now, name=state.name, moved_to=default.name,
               people=people)  # fmt: skip
        PresenceState.objects.filter(pk=state.pk).delete()
        _place([row for row in states if row.pk != state.pk])
    return was


def _as_it_is(
    state: PresenceState, inside: QuerySet[Worker], *, default: PresenceState, now: datetime
) -> dict[str, Any]:
    """The state and who is in it, since and until when, in words that JSON knows."""
    people = [
        [pk, since.isoformat() if since else None, until.isoformat() if until else None, text]
        for pk, since, until, text in inside.order_by("pk").values_list(
            "pk", "presence_since", "presence_until", "presence_text"
        )
    ]
    names = ("id", "name", "available", "color", "position")
    return {
        **{name: getattr(state, name) for name in names}, "people": people, "default": default.pk, "at": now.isoformat()
    }  # fmt: skip


def restore_presence_state(was: dict[str, Any], *, actor: Actor, now: datetime) -> PresenceState:
    """Bring a state back as `remove_presence_state` found it, with those in it who said nothing else since; once it is
    there, nothing happens. Raises Invalid when another state has its name by now."""
    require(may_manage_presence(actor), ONLY_ADMINS)
    with transaction.atomic():
        states = _states(actor.workspace_id)
        there = [row for row in states if row.pk == was["id"]]
        if there:
            return there[0]
        if len(states) >= MOST:
            raise Refused(tr("There are at most %(most)s presence states. Remove one first.", most=MOST))
        names = ("name", "available", "color", "position")
        state = PresenceState(pk=was["id"], workspace_id=actor.workspace_id, **{name: was[name] for name in names})
        _check(state, states)
        state.save(force_insert=True)
        _place([*states[: state.position], state, *states[state.position :]])
        for pk, since, until, text in was["people"]:
            same = Worker.objects.filter(workspace_id=actor.workspace_id, pk=pk, presence_since=was["at"])
            same.filter(presence_id=was["default"]).update(
                presence=state, presence_since=since, presence_until=until, presence_text=text
            )
        record("presence_state.restored", state, actor=actor, now=now, name=state.name, available=state.available)
    return state


def set_presence(
    worker: Worker, state: PresenceState, *, until: datetime | None = None, text: str = "", actor: Actor, now: datetime
) -> Worker:
    """Put somebody into a state: for good, or `until` then (after which the default holds). Raises Invalid."""
    require(may_set_presence(actor, worker), tr("Only the person themselves, or a manager, can set this presence."))
    text = " ".join(text.split())
    _check_presence(worker, state, until, text, now)
    with transaction.atomic():
        held = Worker.objects.select_for_update(of=("self",)).select_related("presence").get(pk=worker.pk)
        previous = held.presence.name if held.presence else ""
        if (held.presence_id, held.presence_until, held.presence_text) == (state.pk, until, text):
            return held
        held.presence, held.presence_since, held.presence_until, held.presence_text = state, now, until, text
        held.save(update_fields=["presence", "presence_since", "presence_until", "presence_text"])
        _record_set(held, state, previous, until, actor=actor, now=now)
    return held


def _record_set(
    worker: Worker, state: PresenceState, previous: str, until: datetime | None, *, actor: Actor, now: datetime
) -> None:
    facts = {"state": state.name, "previous": previous, "until": until, "worker": worker.name}
    record("worker.presence_changed", worker, actor=actor, now=now, **facts, by_itself=actor.kind == "system")


def _check_presence(worker: Worker, state: PresenceState, until: datetime | None, text: str, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if state.workspace_id != worker.workspace_id:
        wrong["state"] = tr("Choose one of the presence states of this workspace.")
    if until is not None and not now < until <= now + LONGEST:
        wrong["until"] = tr("Choose a time that is still to come, at most a year away; or none.")
    if len(text) > 80:
        wrong["text"] = tr("At most 80 characters.")
    if wrong:
        raise Invalid(wrong)


def end_presence_of(workspace_id: int, worker_id: int, *, now: datetime) -> bool:
    """Back to the default state if the time of the present one is over; whether it was. Once, however often called."""
    with transaction.atomic():
        over = Worker.objects.select_for_update(of=("self",)).select_related("presence")
        worker = over.filter(workspace_id=workspace_id, pk=worker_id, presence_until__lte=now).first()
        if worker is None:
            return False
        previous = worker.presence.name if worker.presence else ""
        default = PresenceState.objects.get(workspace_id=workspace_id, is_default=True)
        worker.presence, worker.presence_since = default, worker.presence_until
        worker.presence_until, worker.presence_text = None, ""
        worker.save(update_fields=["presence", "presence_since", "presence_until", "presence_text"])
        _record_set(worker, default, previous, None, actor=system(workspace_id), now=now)
    return True


def _states(workspace_id: int) -> list[PresenceState]:
    """The workspace's states in their order, held until the transaction ends."""
    rows = PresenceState.objects.select_for_update().filter(workspace_id=workspace_id)
    return list(rows.order_by("position", "pk"))


def _check(state: PresenceState, states: list[PresenceState]) -> None:
    wrong: dict[str, str] = {}
    others = {row.name.lower() for row in states if row.pk != state.pk}
    if not 0 < len(state.name) <= 40:
        wrong["name"] = tr("Give the state a name of at most 40 characters.")
    elif state.name.lower() in others:
        wrong["name"] = tr("There is a state %(name)s already.", name=state.name)
    if not 0 <= state.color < COLORS:
        wrong["color"] = tr("A colour is a number from 0 to %(most)s.", most=COLORS - 1)
    if state.is_default and not state.available:
        wrong["available"] = tr(
            "The default state is one in which people get work. Make another one the default first."
        )
    if wrong:
        raise Invalid(wrong)


def _place(states: list[PresenceState]) -> None:
    for place, row in enumerate(states):
        PresenceState.objects.filter(pk=row.pk).exclude(position=place).update(position=place)
