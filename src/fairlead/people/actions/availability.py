"""When a worker works, when they are away, and what they would rather do. Nothing here lowers any score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.days import WEEKDAYS
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.speech import locale, tr
from fairlead.people.models import Hours, Preference, Skill, TimeOff, Worker
from fairlead.people.permissions import may_decide_time_off, may_edit_worker

LONGEST_DAYS: Final = 366
MOST_WISHES: Final = 40


class AlreadyDecided(Conflict):
    """The request was answered, or taken back, a moment ago."""

    code = "already-decided"


Span = tuple[int, int, int]
"""(weekday 0–6, from_min, to_min) on the worker's clock."""
Wish = tuple[int | None, str, int]
"""(skill id or None, label, stance)."""


def set_hours(worker: Worker, hours: Sequence[Span], *, actor: Actor, now: datetime) -> tuple[list[Span], list[Span]]:
    """Replace the weekly hours; touching ones are joined. The former ones and those of now, for `restore_hours`."""
    _check_may_set_hours(worker, actor)
    wanted = _tidy_hours(hours)
    with transaction.atomic():
        held = _held_hours(worker)
        if held != wanted:
            _write_hours(worker, wanted, actor=actor, now=now)
    return held, wanted


def restore_hours(worker: Worker, former: Sequence[Span], *, seen: Sequence[Span], actor: Actor, now: datetime) -> None:
    """Undo of `set_hours`, which left the hours `seen`. Raises Conflict when they are others by now."""
    _check_may_set_hours(worker, actor)
    with transaction.atomic():
        held = _held_hours(worker)
        if held == list(former):
            return
        if held != list(seen):
            raise Conflict(tr("The weekly hours were changed again meanwhile. Change them anew instead."))
        _write_hours(worker, former, actor=actor, now=now)


def _check_may_set_hours(worker: Worker, actor: Actor) -> None:
    require(may_edit_worker(actor, worker), tr("Only a manager, or the person themselves, can change these hours."))


def _held_hours(worker: Worker) -> list[Span]:
    Worker.objects.select_for_update().get(pk=worker.pk)
    rows = Hours.objects.filter(worker=worker).order_by("weekday", "from_min")
    return list(rows.values_list("weekday", "from_min", "to_min"))


def _write_hours(worker: Worker, wanted: Sequence[Span], *, actor: Actor, now: datetime) -> None:
    Hours.objects.filter(worker=worker).delete()
    Hours.objects.bulk_create(
        Hours(workspace_id=worker.workspace_id, worker=worker, weekday=day, from_min=start, to_min=end)
        for day, start, end in wanted
    )
    record("worker.hours_changed", worker, actor=actor, now=now, hours=wanted)


def _tidy_hours(hours: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for day, start, end in sorted(hours):
        if not 0 <= day <= 6 or not 0 <= start < end <= 1440:
            raise Invalid(
                {"hours": tr("%(day)s: the end must be after the start, within one day.", day=WEEKDAYS[day % 7])}
            )
        if kept and kept[-1][0] == day and start < kept[-1][2]:
            raise Invalid({"hours": tr("%(day)s: two of the times overlap.", day=WEEKDAYS[day])})
        if kept and kept[-1][0] == day and start == kept[-1][2]:
            kept[-1] = (day, kept[-1][1], end)
        else:
            kept.append((day, start, end))
    return kept


def set_preferences(
    worker: Worker, *, wants: Iterable[Skill | str], avoids: Iterable[Skill | str], actor: Actor, now: datetime
) -> tuple[list[Wish], list[Wish]]:
    """Replace what the worker wants to do and would rather not do: skills, or labels as text. The former wishes and
    those of now, for `restore_preferences`."""
    _check_may_set_preferences(worker, actor)
    stances = _stances(wants, avoids, actor)
    wanted: list[Wish] = [
        (what.pk, "", stance) if isinstance(what, Skill) else (None, what, stance) for what, stance in stances.items()
    ]
    with transaction.atomic():
        held = _held_preferences(worker)
        if set(held) != set(wanted):
            _write_preferences(worker, wanted, actor=actor, now=now)
    return held, wanted


def restore_preferences(
    worker: Worker, former: Sequence[Wish], *, seen: Sequence[Wish], actor: Actor, now: datetime
) -> None:
    """Undo of `set_preferences`, which left the wishes `seen`. Raises Conflict when they are others by now. A skill
    that has left the directory since stays away."""
    _check_may_set_preferences(worker, actor)
    known = set(Skill.objects.filter(workspace_id=worker.workspace_id).values_list("pk", flat=True))
    wanted = [wish for wish in former if wish[0] is None or wish[0] in known]
    with transaction.atomic():
        held = set(_held_preferences(worker))
        if held == set(wanted):
            return
        if held != set(seen):
            raise Conflict(tr("The preferences were changed again meanwhile. Change them anew instead."))
        _write_preferences(worker, wanted, actor=actor, now=now)


def _check_may_set_preferences(worker: Worker, actor: Actor) -> None:
    require(
        may_edit_worker(actor, worker), tr("Only a manager, or the person themselves, can change these preferences.")
    )


def _held_preferences(worker: Worker) -> list[Wish]:
    Worker.objects.select_for_update().get(pk=worker.pk)
    rows = Preference.objects.filter(worker=worker).order_by("pk")
    return list(rows.values_list("skill_id", "label", "stance"))


def _write_preferences(worker: Worker, wanted: Sequence[Wish], *, actor: Actor, now: datetime) -> None:
    Preference.objects.filter(worker=worker).delete()
    Preference.objects.bulk_create(
        Preference(workspace_id=worker.workspace_id, worker=worker, skill_id=skill_id, label=label, stance=stance)
        for skill_id, label, stance in wanted
    )
    skills = [skill_id for skill_id, _, _ in wanted if skill_id is not None]
    names = dict(Skill.objects.filter(pk__in=skills).values_list("pk", "name"))
    told: dict[int, list[str]] = {1: [], -1: []}
    for skill_id, label, stance in wanted:
        told[stance].append(label if skill_id is None else names[skill_id])
    record("worker.preferences_changed", worker, actor=actor, now=now, wants=told[1], avoids=told[-1])


def _stances(wants: Iterable[Skill | str], avoids: Iterable[Skill | str], actor: Actor) -> dict[Skill | str, int]:
    stances: dict[Skill | str, int] = {}
    for field, stance, things in (("wants", 1, wants), ("avoids", -1, avoids)):
        for thing in things:
            what = " ".join(thing.split()) if isinstance(thing, str) else thing
            if isinstance(what, Skill) and what.workspace_id != actor.workspace_id:
                raise Missing(tr("There is no such skill."))
            if isinstance(what, str) and len(what) > 40:
                raise Invalid({field: tr("%(label)s…: a label has at most 40 characters.", label=what[:20])})
            if stances.get(what, stance) != stance:
                raise Invalid({field: tr("%(what)s cannot be both wanted and avoided.", what=what)})
            if what:
                stances[what] = stance
    if len(stances) > MOST_WISHES:
        raise Invalid(
            {
                "wants": tr(
                    "At most %(most)s preferences, please: the more there are, the less each one counts.",
                    most=MOST_WISHES,
                )
            }
        )
    return stances


def request_time_off(
    worker: Worker, starts_on: date, ends_on: date, reason: str = "", *, actor: Actor, now: datetime
) -> TimeOff:
    """Ask for whole days away, both ends included, in the worker's calendar. It counts once a manager approved it."""
    require(may_edit_worker(actor, worker), tr("Only the person themselves, or a manager, can ask for this time off."))
    _check_dates(worker, starts_on, ends_on, reason)
    with transaction.atomic():
        asked = TimeOff.objects.create(
            workspace_id=worker.workspace_id, worker=worker, starts_on=starts_on, ends_on=ends_on,
            reason=reason.strip(), created_at=now,
        )  # fmt: skip
        record("timeoff.requested", asked, actor=actor, now=now, worker=worker.pk, reason=asked.reason, **_span(asked))
    return asked


def _check_dates(worker: Worker, starts_on: date, ends_on: date, reason: str) -> None:
    wrong: dict[str, str] = {}
    if ends_on < starts_on:
        wrong["ends_on"] = tr("The last day cannot be before the first.")
    elif (ends_on - starts_on).days >= LONGEST_DAYS:
        wrong["ends_on"] = tr("At most a year at a time.")
    if len(reason.strip()) > 160:
        wrong["reason"] = tr("At most 160 characters.")
    live = TimeOff.objects.filter(worker=worker, state__in=_LIVE, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if not wrong and (other := live.first()):
        wrong["starts_on"] = tr(
            "%(state)s already: %(first)s to %(last)s.",
            state=other.get_state_display(),
            first=_written(other.starts_on),
            last=_written(other.ends_on),
        )
    if wrong:
        raise Invalid(wrong)


def _written(on: date) -> str:
    return format_skeleton("yMMMd", on, locale=locale())


_LIVE: Final = (TimeOff.State.REQUESTED, TimeOff.State.APPROVED)


def _span(asked: TimeOff) -> dict[str, date]:
    return {"starts_on": asked.starts_on, "ends_on": asked.ends_on}


def report_absence(worker: Worker, ends_on: date, *, actor: Actor, now: datetime) -> TimeOff:
    """Away from today on, until `ends_on` included, at once and without asking: nobody can ask when they are ill.

    Why is neither asked nor kept. Raises Invalid.
    """
    require(may_edit_worker(actor, worker), tr("Only the person themselves, or a manager, can report this."))
    today = now.astimezone(ZoneInfo(worker.time_zone)).date()
    _check_dates(worker, today, ends_on, "")
    with transaction.atomic():
        away = TimeOff.objects.create(
            workspace_id=worker.workspace_id, worker=worker, starts_on=today, ends_on=ends_on,
            state=TimeOff.State.APPROVED, created_at=now,
        )  # fmt: skip
        record("timeoff.approved", away, actor=actor, now=now, worker=worker.pk, at_once=True, **_span(away))
    return away


def approve_time_off(asked: TimeOff, *, actor: Actor, now: datetime) -> TimeOff:
    """Grant it: the worker's capacity drops at once. Raises AlreadyDecided."""
    require(may_decide_time_off(actor, asked.worker), tr("Only a manager can approve time off."))
    with transaction.atomic():
        _move(asked, (TimeOff.State.REQUESTED,), TimeOff.State.APPROVED, actor)
        record("timeoff.approved", asked, actor=actor, now=now, worker=asked.worker_id, **_span(asked))
    return asked


def decline_time_off(asked: TimeOff, note: str = "", *, actor: Actor, now: datetime) -> TimeOff:
    """Say no, with a word why. Raises AlreadyDecided."""
    require(may_decide_time_off(actor, asked.worker), tr("Only a manager can decline time off."))
    with transaction.atomic():
        _move(asked, (TimeOff.State.REQUESTED,), TimeOff.State.DECLINED, actor, note=note)
        record("timeoff.declined", asked, actor=actor, now=now, worker=asked.worker_id, note=asked.note)
    return asked


def restore_time_off(asked: TimeOff, was: dict[str, Any], *, actor: Actor, now: datetime) -> TimeOff:
    """What `cancel_time_off` took back holds again, granted if it was. Once it holds, nothing happens.

    `was`: what `as_decided` said before. Raises Invalid when other days off were asked for meanwhile.
    """
    require(may_edit_worker(actor, asked.worker), tr("Only the person themselves, or a manager, can take this back."))
    with transaction.atomic():
        Worker.objects.select_for_update(no_key=True).get(pk=asked.worker_id)
        asked.refresh_from_db(fields=["state"])
        if asked.state == TimeOff.State.CANCELLED:
            _stand_again(asked, was, actor=actor, now=now)
    return asked


def reconsider_time_off(asked: TimeOff, *, actor: Actor, now: datetime) -> TimeOff:
    """What `decline_time_off` refused waits for a decision again. Once it waits, nothing happens.

    Raises AlreadyDecided for what was not declined, Invalid when other days off were asked for meanwhile.
    """
    require(may_decide_time_off(actor, asked.worker), tr("Only a manager can take this back."))
    with transaction.atomic():
        Worker.objects.select_for_update(no_key=True).get(pk=asked.worker_id)
        asked.refresh_from_db(fields=["state"])
        if asked.state == TimeOff.State.DECLINED:
            waiting = {"state": TimeOff.State.REQUESTED, "decided_by": None, "note": ""}
            _stand_again(asked, waiting, actor=actor, now=now)
        elif asked.state != TimeOff.State.REQUESTED:
            raise _decided(asked)
    return asked


def _stand_again(asked: TimeOff, was: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Put back what it was. The caller holds the worker's row. Raises Invalid for days asked for otherwise by now."""
    _check_dates(asked.worker, asked.starts_on, asked.ends_on, asked.reason)
    TimeOff.objects.filter(pk=asked.pk).update(**was)
    asked.refresh_from_db()
    told = {"worker": asked.worker_id, "state": asked.state}
    record("timeoff.restored", asked, actor=actor, now=now, **told, **_span(asked))


def as_decided(asked: TimeOff) -> dict[str, Any]:
    """What taking a request back overwrites."""
    return {"state": asked.state, "decided_by": asked.decided_by_id, "note": asked.note}


def cancel_time_off(asked: TimeOff, *, actor: Actor, now: datetime) -> TimeOff:
    """Take a request, or days that were granted, back: the worker is available again. Raises AlreadyDecided."""
    require(may_edit_worker(actor, asked.worker), tr("Only the person themselves, or a manager, can take this back."))
    with transaction.atomic():
        _move(asked, _LIVE, TimeOff.State.CANCELLED, actor)
        record("timeoff.cancelled", asked, actor=actor, now=now, worker=asked.worker_id, **_span(asked))
    return asked


def _move(asked: TimeOff, froms: tuple[str, ...], to: str, actor: Actor, note: str = "") -> None:
    found = TimeOff.objects.filter(pk=asked.pk, state__in=froms)
    won = found.update(state=to, decided_by=actor.user_id, note=note.strip()[:300])
    asked.refresh_from_db(fields=["state", "decided_by", "note"])
    if not won:
        raise _decided(asked)


def _decided(asked: TimeOff) -> AlreadyDecided:
    return AlreadyDecided(tr("This request is already %(state)s.", state=asked.get_state_display().lower()))
