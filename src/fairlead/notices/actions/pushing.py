"""Which notices go to which devices now. Claimed before they are sent, so that two jobs never send the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from fairlead.allocation.models import Offer
from fairlead.notices.actions.mailing import still_news
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.models import Choice, Device, Notice, Push
from fairlead.notices.queries import channels_of, live_devices, offer_number, reachable, rhythm_of
from fairlead.notices.timing import push_time

NO_LONGER_TRIED: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=14)
"""A device that took nothing for so long is forgotten."""


@dataclass(frozen=True)
class Going:
    """What one device is to be told: one notice, or several as one message."""

    push: Push
    device: Device
    rows: Sequence[Notice]


def push_again(row: Notice, *, now: datetime) -> None:
    """Have a notice that came back pushed, where its person wants that and can be reached."""
    wanted = channels_of(row.workspace_id, BY_NAME[row.kind], [row.user_id])[row.user_id].push
    if wanted and reachable(row.workspace_id, [row.user_id], now=now):
        at = push_time(rhythm_of(row.workspace_id, row.user_id), row.user.time_zone, now)
        Notice.objects.filter(pk=row.pk).update(push_at=at)


def claim_pushes(workspace_id: int, user_id: int, *, now: datetime) -> list[Push]:
    """Everything that is due for this person, as one push for each of their devices."""
    waiting = Notice.objects.filter(workspace_id=workspace_id, user_id=user_id, push_at__lte=now)
    with transaction.atomic():
        held = list(waiting.select_for_update(of=("self",)).order_by("-created_at", "-pk"))
        Notice.objects.filter(pk__in=[row.pk for row in held]).update(push_at=None)
        Push.objects.filter(device__user_id=user_id, created_at__lt=now - NO_LONGER_TRIED).delete()
        chosen = _worth_a_push(workspace_id, user_id, held, now=now)
        if not chosen:
            return []
        ids = [row.pk for row in chosen]
        devices = live_devices(workspace_id, user_id, now=now).order_by("pk")
        going = [Push(workspace_id=workspace_id, device=it, notice_ids=ids, created_at=now) for it in devices]
        return Push.objects.bulk_create(going)


def _worth_a_push(workspace_id: int, user_id: int, rows: Sequence[Notice], *, now: datetime) -> list[Notice]:
    """Those that are still news, of kinds that are still wanted; an offer as long as it can be answered."""
    fresh = still_news(workspace_id, user_id, rows, now=now)
    kinds = {row.kind for row in fresh}
    off = Choice.objects.filter(workspace_id=workspace_id, user_id=user_id, kind__in=kinds, push=False)
    unwanted = set(off.values_list("kind", flat=True))
    offers = {number for row in fresh if (number := offer_number(row))}
    still = (
        Offer.objects.filter(pk__in=offers, state=Offer.State.OPEN, expires_at__gt=now)
        if offers
        else Offer.objects.none()
    )
    answerable = set(still.values_list("pk", flat=True))
    return [
        row for row in fresh
        if row.kind not in unwanted and (not (number := offer_number(row)) or number in answerable)
    ]  # fmt: skip


def take_push(push_id: int, *, now: datetime) -> Going | None:
    """What is to be sent, by whoever asks first; None when there is nothing to say any more, or nobody there."""
    push = Push.objects.select_related("device__user").filter(pk=push_id).first()
    if push is None or not Push.objects.filter(pk=push_id).delete()[0]:
        return None
    device = push.device
    if not live_devices(device.workspace_id, device.user_id, now=now).filter(pk=device.pk).exists():
        forget_device(device)
        return None
    held = list(Notice.objects.filter(pk__in=push.notice_ids).order_by("-created_at", "-pk"))
    rows = _worth_a_push(device.workspace_id, device.user_id, held, now=now)
    push.pk = push_id  # deleting took it from the object
    return Going(push, device, rows) if rows else None


def put_back(going: Going, *, now: datetime) -> None:
    """The push service did not take it: it is to be sent again."""
    if note_failure(going.device, now=now):
        going.push.save(force_insert=True)


def note_failure(device: Device, *, now: datetime) -> bool:
    """A device that took nothing for two weeks is forgotten; False when it is no longer there."""
    Device.objects.filter(pk=device.pk, failing_since__lt=now - FORGOTTEN_AFTER).delete()
    return bool(Device.objects.filter(pk=device.pk).update(failing_since=Coalesce(F("failing_since"), now)))


def note_pushed(device: Device, rows: Sequence[Notice], *, now: datetime) -> None:
    """The push service took it."""
    Notice.objects.filter(Q(pushed_at__isnull=True), pk__in=[row.pk for row in rows]).update(pushed_at=now)
    Device.objects.filter(pk=device.pk).update(used_at=now, failing_since=None)


def forget_device(device: Device) -> None:
    """It is gone, or nobody is signed in there any more."""
    Device.objects.filter(pk=device.pk).delete()
