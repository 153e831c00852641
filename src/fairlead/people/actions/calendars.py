"""The calendars that say when somebody is busy: connecting them, keeping what was read, and taking them away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from fairlead.accounts.actions import keep_rows, take_rows
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib import ics
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.secrets import digest, new_secret
from fairlead.lib.speech import later, tr
from fairlead.people.models import BusyBlock, Calendar, Feed, Worker
from fairlead.people.permissions import may_connect_calendar

AHEAD: Final = timedelta(weeks=13)
BEHIND: Final = timedelta(days=1)
EVERY: Final = timedelta(minutes=10)
LONGEST_WAIT: Final = timedelta(hours=12)
MOST: Final = 10
TOLD: Final = 50
"""New busy times named in one event."""
ONLY_OWNER: Final = later("Only the person themselves can connect and change their calendars.")
FEED: Final = "cal_"
KEPT: Final = "calendar"
KEPT_FEED: Final = "calendar feed"


def connect_calendar(
    worker: Worker, name: str, address: str, *, keeps_titles: bool = False, actor: Actor, now: datetime
) -> Calendar:
    """Read the calendar at a secret address from now on. `address` was found to be one that may be fetched."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    made = Calendar(
        workspace_id=worker.workspace_id, worker=worker, name=" ".join(name.split()), address=address.strip(),
        keeps_titles=keeps_titles, next_at=now, created_at=now,
    )  # fmt: skip
    _check(_room_for(made))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record("calendar.connected", made, actor=actor, now=now, name=made.name, worker=worker.pk)
    except IntegrityError as error:
        raise Invalid({"address": tr("This calendar is connected already.")}) from error
    return made


def upload_calendar(
    worker: Worker, name: str, content: bytes, *, keeps_titles: bool = False, actor: Actor, now: datetime
) -> Calendar:
    """Take the busy times of a file, once. Raises Invalid when it is no calendar."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    made = Calendar(
        workspace_id=worker.workspace_id, worker=worker, name=" ".join(name.split()), keeps_titles=keeps_titles,
        created_at=now,
    )  # fmt: skip
    _check(_room_for(made))
    reading = _read(content, worker, now)
    with transaction.atomic():
        made.save(force_insert=True)
        record("calendar.connected", made, actor=actor, now=now, name=made.name, worker=worker.pk)
        _replace(made, reading.busy, now=now)
        made.read_at, made.read_until, made.not_understood = now, now + AHEAD, reading.not_understood
        made.save(update_fields=["read_at", "read_until", "not_understood"])
    return made


def _read(content: bytes, worker: Worker, now: datetime) -> ics.Reading:
    try:
        return ics.read(content, zone=worker.time_zone, start=now - BEHIND, end=now + AHEAD)
    except ics.NotCalendar as error:
        raise Invalid({"file": str(error)}) from error


def _check(made: Calendar) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(made.name) <= 80:
        wrong["name"] = tr("Give the calendar a name of at most 80 characters.")
    if len(made.address) > 1000:
        wrong["address"] = tr("At most 1000 characters.")
    if wrong:
        raise Invalid(wrong)


def _room_for(made: Calendar) -> Calendar:
    if Calendar.objects.filter(worker=made.worker).count() >= MOST:
        raise Refused(tr("At most %(most)s calendars can be connected. Remove one first.", most=MOST))
    return made


def change_calendar(calendar: Calendar, name: str, *, keeps_titles: bool, actor: Actor, now: datetime) -> Calendar:
    """Call it otherwise, and say whether titles are kept. Those kept so far are gone at once when they are not."""
    require(may_connect_calendar(actor, calendar.worker), ONLY_OWNER)
    before = {"name": calendar.name, "keeps_titles": calendar.keeps_titles}
    calendar.name, calendar.keeps_titles = " ".join(name.split()), keeps_titles
    _check(calendar)
    changes = {f: [was, getattr(calendar, f)] for f, was in before.items() if getattr(calendar, f) != was}
    if not changes:
        return calendar
    with transaction.atomic():
        if not keeps_titles:
            BusyBlock.objects.filter(calendar=calendar).exclude(title="").update(title="")
        elif "keeps_titles" in changes:
            calendar.etag, calendar.modified, calendar.next_at = "", "", now if calendar.address else None
        calendar.save(update_fields=["name", "keeps_titles", "etag", "modified", "next_at"])
        record("calendar.changed", calendar, actor=actor, now=now, changes=changes, worker=calendar.worker_id)
    return calendar


def remove_calendar(calendar: Calendar, *, actor: Actor, now: datetime) -> int:
    """Forget it and everything that was read from it; the number by which it can be brought back for ten minutes."""
    require(may_connect_calendar(actor, calendar.worker), ONLY_OWNER)
    with transaction.atomic():
        held = Calendar.objects.select_for_update(of=("self",)).filter(pk=calendar.pk).first()
        if held is None:
            raise Missing(tr("This calendar was removed already."))
        rows = [held, *held.blocks.order_by("pk")]
        kept = keep_rows(KEPT, rows, workspace_id=held.workspace_id, now=now)
        record("calendar.removed", held, actor=actor, now=now, name=held.name, worker=held.worker_id)
        held.delete()
    return kept


def restore_calendar(worker: Worker, kept: int, *, actor: Actor, now: datetime) -> Calendar:
    """Undo of a removal: the same address, the same busy times. Raises Conflict when it was connected anew."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    with transaction.atomic():
        calendar: Calendar
        calendar, *blocks = take_rows(kept, KEPT, workspace_id=worker.workspace_id, now=now)
        if calendar.worker_id != worker.pk:
            raise Missing(tr("There is no such calendar; it may have been removed."))
        Worker.objects.select_for_update().get(pk=worker.pk)
        if calendar.address and Calendar.objects.filter(worker=worker, address=calendar.address).exists():
            raise Conflict(tr("%(name)s was connected anew meanwhile.", name=calendar.name))
        _room_for(calendar)
        calendar.save(force_insert=True)
        BusyBlock.objects.bulk_create(blocks)
        added = sorted((block.starts_at, block.ends_at) for block in blocks if block.ends_at > now)[:TOLD]
        record("calendar.restored", calendar, actor=actor, now=now, name=calendar.name, worker=worker.pk, added=added)
    return calendar


def ask_refresh(calendar: Calendar, *, actor: Actor, now: datetime) -> None:
    """Have it read now rather than within ten minutes."""
    require(may_connect_calendar(actor, calendar.worker), ONLY_OWNER)
    if not calendar.address:
        raise Refused(tr("This calendar came from a file. Upload the file anew to renew it."))
    with transaction.atomic():
        Calendar.objects.filter(pk=calendar.pk).update(next_at=now)
        record("calendar.refresh_asked", calendar, actor=actor, now=now, worker=calendar.worker_id)


def keep_reading(
    calendar: Calendar, reading: ics.Reading | None, *, etag: str = "", modified: str = "", now: datetime
) -> bool:
    """What was read takes the place of what was known (None: nothing has changed there); whether anything is new."""
    with transaction.atomic():
        held = Calendar.objects.select_for_update(of=("self",)).filter(pk=calendar.pk).first()
        if held is None:
            return False  # it was removed meanwhile
        held.tried_at = held.read_at = now
        held.next_at, held.fault, held.advice, held.faults = now + EVERY, "", "", 0
        changed = False
        if reading is not None:
            changed = _replace(held, reading.busy, now=now)
            held.etag, held.modified = etag[:300], modified[:100]
            held.read_until, held.not_understood = now + AHEAD, reading.not_understood
        held.save()
    return changed


def note_fault(calendar: Calendar, reason: str, advice: str, *, plain: str = "", now: datetime) -> None:
    """Nothing could be read. What was known stays; the next try comes later each time. The first is an event.

    `plain`: the reason in English, where `reason` is said in the language of the calendar's owner.
    """
    with transaction.atomic():
        held = Calendar.objects.select_for_update(of=("self",)).filter(pk=calendar.pk).first()
        if held is None:
            return
        held.faults += 1
        held.tried_at, held.fault, held.advice = now, reason[:300], advice[:300]
        held.next_at = now + min(EVERY * 2 ** min(held.faults, 10), LONGEST_WAIT)
        held.save(update_fields=["faults", "tried_at", "fault", "advice", "next_at"])
        if held.faults == 1:
            actor = system(held.workspace_id)
            record("calendar.failed", held, actor=actor, now=now, worker=held.worker_id, reason=plain or reason)


def _replace(calendar: Calendar, busy: Iterable[ics.Busy], *, now: datetime) -> bool:
    """Store the blocks, and one event when times that are still to come differ. Titles are kept where wanted."""
    wanted = {(b.starts_at, b.ends_at, b.title if calendar.keeps_titles else "") for b in busy}
    columns = ("starts_at", "ends_at", "title")
    held = {(low, high, title): pk for pk, low, high, title in calendar.blocks.values_list("pk", *columns)}
    BusyBlock.objects.filter(pk__in=[pk for block, pk in held.items() if block not in wanted]).delete()
    new = [block for block in sorted(wanted) if block not in held]
    BusyBlock.objects.bulk_create(
        BusyBlock(
            workspace_id=calendar.workspace_id, worker_id=calendar.worker_id, calendar=calendar, starts_at=low,
            ends_at=high, title=title,
        )
        for low, high, title in new
    )  # fmt: skip
    before, after = ({block[:2] for block in blocks if block[1] > now} for blocks in (held, wanted))
    added = sorted(after - before)
    gone = {block for block in before - after if block[1] > now}
    if not added and not gone:
        return False
    record(
        "calendar.read", calendar, actor=system(calendar.workspace_id), now=now, worker=calendar.worker_id,
        added=added[:TOLD], new=len(added), gone=len(gone),
    )  # fmt: skip
    return True


def open_feed(worker: Worker, *, shows_titles: bool = True, actor: Actor, now: datetime) -> str:
    """A new secret for the feed of somebody's own work, in the place of an older one. Shown once."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    secret = new_secret(FEED)
    with transaction.atomic():
        feed, _ = Feed.objects.update_or_create(
            worker=worker, defaults={"digest": digest(secret), "shows_titles": shows_titles, "created_at": now,
                                     "read_at": None, "workspace_id": worker.workspace_id},
        )  # fmt: skip
        record("calendar.feed_opened", feed, actor=actor, now=now, worker=worker.pk)
    return secret


def close_feed(worker: Worker, *, actor: Actor, now: datetime) -> int:
    """Nobody can read it any more; the number by which the same address works again for ten minutes."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    with transaction.atomic():
        feed = Feed.objects.select_for_update().filter(worker=worker).first()
        if feed is None:
            raise Missing(tr("There is no address to take back."))
        kept = keep_rows(KEPT_FEED, [feed], workspace_id=feed.workspace_id, now=now)
        record("calendar.feed_closed", feed, actor=actor, now=now, worker=worker.pk)
        feed.delete()
    return kept


def restore_feed(worker: Worker, kept: int, *, actor: Actor, now: datetime) -> None:
    """Undo of `close_feed`: the same secret. Raises Conflict when there is another one by now."""
    require(may_connect_calendar(actor, worker), ONLY_OWNER)
    with transaction.atomic():
        feed: Feed
        (feed,) = take_rows(kept, KEPT_FEED, workspace_id=worker.workspace_id, now=now)
        if feed.worker_id != worker.pk:
            raise Missing(tr("There is no address to take back."))
        Worker.objects.select_for_update().get(pk=worker.pk)
        if Feed.objects.filter(worker=worker).exists():
            raise Conflict(tr("There is a new address meanwhile; the old one no longer works."))
        feed.save(force_insert=True)
        record("calendar.feed_opened", feed, actor=actor, now=now, worker=worker.pk)


def note_feed_read(feed: Feed, *, now: datetime) -> None:
    """Remember when a program last asked, to the quarter of an hour."""
    if feed.read_at is None or now - feed.read_at > timedelta(minutes=15):
        Feed.objects.filter(pk=feed.pk).update(read_at=now)
