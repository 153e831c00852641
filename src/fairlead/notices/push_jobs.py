"""Pushing to devices: everything that is due for one person, then one message for each of their devices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from fairlead.accounts.languages import language_of
from fairlead.accounts.models import Workspace
from fairlead.jobs import SEND, enqueue, job
from fairlead.lib.errors import Unavailable
from fairlead.lib.speech import speaking, tr
from fairlead.notices import actions, pushing
from fairlead.notices.models import Device, Notice

RETRY: Final = (10, 60, 600)


def plan_push(row: Notice) -> None:
    """Look at what is due for the person of this notice when its push is."""
    if row.push_at is not None:
        once = f"pushes {row.workspace_id} {row.user_id} {row.push_at.isoformat()}"
        enqueue(send_pushes, at=row.push_at, once=once, workspace_id=row.workspace_id, user_id=row.user_id)


@job(retry=RETRY)
def send_pushes(*, workspace_id: int, user_id: int, now: datetime) -> None:
    """One push for each device, each with a job of its own: what one push service refuses keeps no other waiting."""
    with transaction.atomic():
        for push in actions.claim_pushes(workspace_id, user_id, now=now):
            enqueue(send_push, workspace_id=workspace_id, push_id=push.pk)


@job(queue=SEND, retry=RETRY)
def send_push(*, workspace_id: int, push_id: int, now: datetime) -> None:
    """To one device, once."""
    going = actions.take_push(push_id, now=now)
    if going is None:
        return
    device, workspace = going.device, Workspace.objects.get(pk=workspace_id)
    with speaking(language_of(device.user, workspace)):
        what = pushing.message(going.rows, workspace=workspace.name, discreet=device.discreet)
    try:
        pushing.send(going.device, what, pushing.headers_for(going.rows, now=now), now=now)
    except pushing.Gone:
        actions.forget_device(going.device)
    except Unavailable:
        actions.put_back(going, now=now)
        raise
    else:
        actions.note_pushed(going.device, going.rows, now=now)


@job(queue=SEND)
def try_device(*, device_id: int, now: datetime, **_: int) -> None:
    """Show somebody how news will look on this device."""
    device = Device.objects.select_related("workspace", "user").filter(pk=device_id).first()
    if device is None:
        return
    with speaking(language_of(device.user, device.workspace)):
        told = tr("News from %(name)s will look like this.", name=device.workspace.name)
        words = {"title": tr("Notifications work here"), "body": told}
    what = {**words, "url": "/notices/", "tag": "try", "at": int(now.timestamp() * 1000)}
    try:
        pushing.send(device, what, {"ttl": "60", "urgency": "high", "topic": "try"}, now=now)
    except pushing.Gone:
        actions.forget_device(device)
    except Unavailable:
        actions.note_failure(device, now=now)
    else:
        actions.note_pushed(device, [], now=now)
