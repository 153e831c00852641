"""The browsers that take pushes for somebody: their own business, so that nothing of it is in the log."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from fairlead.accounts.actions import keep_rows, take_rows
from fairlead.events.actor import Actor
from fairlead.lib import webpush
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.lib.http import FetchError, checked, is_public
from fairlead.lib.seal import seal, unseal
from fairlead.lib.secrets import digest
from fairlead.lib.speech import tr
from fairlead.notices.models import Device
from fairlead.notices.queries import live_devices
from fairlead.notices.sites import trusted_hosts

MOST: Final = 10
ADDRESS_CHARS: Final = 1000
KEPT: Final = "device"


@dataclass(frozen=True)
class Subscription:
    """What a browser gives: where its push service takes messages for it, and its keys, in Base64 for addresses."""

    endpoint: str
    p256dh: str
    auth: str


def add_device(given: Subscription, name: str, session: str, *, actor: Actor, now: datetime) -> Device:
    """Push to this browser from now on; again renews it. `session`: the digest of the session that asks.

    Raises Invalid for a push service that cannot be one, and Conflict for one device too many.
    """
    if actor.user_id is None:
        raise Forbidden(tr("Only somebody with an account has devices."))
    _check(given)
    mark = digest(given.endpoint)
    own = {"workspace_id": actor.workspace_id, "user_id": actor.user_id}
    sealed = seal(json.dumps(vars(given)), key=settings.SECRET_KEY, purpose=f"push:{mark}")
    with transaction.atomic():
        live = live_devices(actor.workspace_id, actor.user_id, now=now)
        Device.objects.filter(**own).exclude(pk__in=live.values("pk")).exclude(address_digest=mark).delete()
        Device.objects.filter(workspace_id=actor.workspace_id, address_digest=mark).exclude(**own).delete()
        _check_room(live.exclude(address_digest=mark))
        values = {"session": session, "sealed": sealed, "name": name[:60], "failing_since": None}
        device, _ = Device.objects.update_or_create(
            **own, address_digest=mark, defaults=values, create_defaults={**values, "created_at": now}
        )
    return device


def _check(given: Subscription) -> None:
    """Only an address of the internet, and keys that are ones. Whoever sends asks again where a name leads to."""
    trusted = trusted_hosts()
    try:
        host = urlsplit(checked(given.endpoint[: ADDRESS_CHARS + 1], trusted)).hostname or ""
        public, auth = webpush.decoded(given.p256dh), webpush.decoded(given.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(webpush.CURVE, public)
    except (FetchError, ValueError) as error:
        raise Invalid({"endpoint": tr("This browser's push service cannot be used. Try another browser.")}) from error
    if len(given.endpoint) > ADDRESS_CHARS or len(public) != 65 or len(auth) != 16 or _is_inside(host, trusted):
        raise Invalid({"endpoint": tr("This browser's push service cannot be used. Try another browser.")})


def _is_inside(host: str, trusted: frozenset[str]) -> bool:
    try:
        return host not in trusted and not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return host == "localhost" and host not in trusted


def subscription(device: Device) -> Subscription:
    """Where and for whom to encrypt. Raises BrokenSeal when the server's key is another one by now."""
    return Subscription(
        **json.loads(unseal(device.sealed, key=settings.SECRET_KEY, purpose=f"push:{device.address_digest}"))
    )


def be_discreet(device: Device, *, actor: Actor) -> None:
    """From now on its pushes say what kind of news there is, and nothing else."""
    _own(device, actor).update(discreet=True)


def be_open(device: Device, *, actor: Actor) -> None:
    """From now on its pushes say what happened."""
    _own(device, actor).update(discreet=False)


def remove_device(device: Device, *, actor: Actor, now: datetime) -> int:
    """No more pushes there; the number by which it can be brought back for ten minutes."""
    with transaction.atomic():
        held = _own(device, actor).select_for_update().first()
        if held is None:
            raise Missing(tr("This device was removed already."))
        kept = keep_rows(KEPT, [held], workspace_id=held.workspace_id, now=now)
        held.delete()
    return kept


def restore_device(kept: int, *, actor: Actor, now: datetime) -> Device:
    """Undo of a removal: pushes go there again, except those that were on their way. Raises Conflict for one device
    too many, and when the browser was switched on again meanwhile."""
    with transaction.atomic():
        device: Device
        (device,) = take_rows(kept, KEPT, workspace_id=actor.workspace_id, now=now)
        _own(device, actor)
        if Device.objects.filter(workspace_id=device.workspace_id, address_digest=device.address_digest).exists():
            raise Conflict(tr("%(name)s was switched on again meanwhile.", name=device.name))
        _check_room(live_devices(device.workspace_id, device.user_id, now=now))
        device.save(force_insert=True)
    return device


def _check_room(others: QuerySet[Device]) -> None:
    if others.count() >= MOST:
        raise Conflict(tr("%(most)s devices take your notifications already. Remove one first.", most=MOST))


def _own(device: Device, actor: Actor) -> QuerySet[Device]:
    if (device.workspace_id, device.user_id) != (actor.workspace_id, actor.user_id):
        raise Forbidden(tr("This device is somebody else's."))
    return Device.objects.filter(pk=device.pk)
