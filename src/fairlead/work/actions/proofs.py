"""Pins on images: what somebody says about a place of a version, the answers, and the task that comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.work.actions.tasks import create_task
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import AttachmentVersion, ProofNote, ProofPin, Task
from fairlead.work.permissions import may_create_task
from fairlead.work.permissions_files import may_pin, may_resolve_pin

MAX_NOTE: Final = 5_000
MOST: Final = 200
"""Pins on one version."""
TITLE: Final = 120


def set_pin(
    version: AttachmentVersion, body: str, *, x: float, y: float, internal: bool, actor: Actor, now: datetime,
    page: int = 1,
) -> ProofPin:  # fmt: skip
    """Say something about a place of an image, or of a page. `x` and `y`: from the left and the top, 0 to 1."""
    attachment = version.attachment
    require(
        may_pin(actor, attachment, internal=internal),
        tr("Only the team sets pins, and clients on files that are shown to them. Internal pins are for the team."),
    )
    if version.preview != AttachmentVersion.Preview.READY:
        raise Refused(tr("Only images and pages that are shown here take pins. Comment on the task instead."))
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise Invalid({"x": tr("Set the pin inside the image.")})
    if not 1 <= page <= max(1, version.pages):
        raise Invalid({"page": tr("Choose one of the pages 1 to %(n)s.", n=max(1, version.pages))})
    text = _tidy(body)
    with transaction.atomic():
        there = AttachmentVersion.objects.filter(pk=version.pk, attachment__deleted_at__isnull=True)
        if not there.filter(pin_count__lt=MOST).update(pin_count=F("pin_count") + 1):
            if there.exists():
                raise Refused(
                    tr("A version takes at most %(most)s pins. Resolve some and add a new version.", most=MOST)
                )
            raise Missing(tr("This file was removed. Restore it first."))
        version.refresh_from_db(fields=["pin_count"])
        pin = ProofPin.objects.create(
            workspace_id=version.workspace_id, version=version, number=version.pin_count, x=x, y=y, page=page,
            internal=internal, author_id=actor.user_id, created_at=now,
        )  # fmt: skip
        _say(pin, text, actor, now)
        _tell("task.proof_pinned", pin, actor, now)
    return pin


def answer_pin(pin: ProofPin, body: str, *, actor: Actor, now: datetime) -> ProofNote:
    """Say something more at a pin; it is read by whoever reads the pin."""
    _may_talk(pin, actor)
    text = _tidy(body)
    with transaction.atomic():
        note = _say(pin, text, actor, now)
        _tell("task.proof_answered", pin, actor, now)
    return note


def resolve_pin(pin: ProofPin, *, actor: Actor, now: datetime) -> None:
    """What was said there is done."""
    require(may_resolve_pin(actor, pin), tr("Only the team and who set a pin can resolve it."))
    with transaction.atomic():
        still_open = ProofPin.objects.filter(pk=pin.pk, resolved_at__isnull=True)
        if still_open.update(resolved_at=now, resolved_by_id=actor.user_id):
            _tell("task.proof_resolved", pin, actor, now)


def reopen_pin(pin: ProofPin, *, actor: Actor, now: datetime) -> None:
    """It is not done after all."""
    require(may_resolve_pin(actor, pin), tr("Only the team and who set a pin can reopen it."))
    with transaction.atomic():
        if ProofPin.objects.filter(pk=pin.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None):
            _tell("task.proof_reopened", pin, actor, now)


def make_pin_task(pin: ProofPin, *, actor: Actor, now: datetime) -> Task:
    """A subtask of the file's task for what was said at a pin, with a way back. Raises Conflict when there is one."""
    version, parent = pin.version, pin.version.attachment.task
    require(may_create_task(actor, parent.project) and may_pin(actor, version.attachment, internal=True),
            tr("Only the team makes tasks of pins."))  # fmt: skip
    first = pin.notes.order_by("created_at", "id").values_list("body", flat=True).first() or ""
    line = " ".join(first.split()) or f"Pin {pin.number}"
    title = line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
    turned = f"?page={pin.page}" if pin.page > 1 else ""
    back = f"/files/{version.attachment_id}/versions/{version.number}/{turned}#pin-{pin.number}"
    text = f"{first}\n\n[Pin {pin.number} on version {version.number} of the file]({back})"
    with transaction.atomic():
        task = create_task(
            parent.project, TaskDraft(title=title, description=text, parent=parent), actor=actor, now=now
        )
        if not ProofPin.objects.filter(pk=pin.pk, task__isnull=True).update(task=task):
            raise Conflict(tr("This pin has a task already."))
        _tell("task.proof_task_made", pin, actor, now, made=str(task))
    return task


def _may_talk(pin: ProofPin, actor: Actor) -> None:
    require(
        may_pin(actor, pin.version.attachment, internal=pin.internal),
        tr("Only the team answers here, and clients at pins on files that are shown to them."),
    )


def _say(pin: ProofPin, text: str, actor: Actor, now: datetime) -> ProofNote:
    return ProofNote.objects.create(
        workspace_id=pin.workspace_id, pin=pin, author_id=actor.user_id, body=text, created_at=now
    )


def _tidy(body: str) -> str:
    text = body.strip()
    if not text or len(text) > MAX_NOTE:
        raise Invalid({"body": tr("Write something, at most %(most)s characters.", most=MAX_NOTE)})
    return text


def _tell(kind: str, pin: ProofPin, actor: Actor, now: datetime, **more: str) -> None:
    attachment = pin.version.attachment
    record(
        kind, attachment.task, actor=actor, now=now, name=attachment.name, attachment=attachment.pk,
        version=pin.version.number, pin=pin.number, internal=pin.internal, **more,
    )  # fmt: skip
