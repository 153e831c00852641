"""Mails to clients: what waits for their verdict, with a link that leads straight to it, and reminders of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from fairlead.accounts import mails
from fairlead.accounts.actions import make_sign_in_link
from fairlead.accounts.brand import brand_in
from fairlead.accounts.languages import language_of
from fairlead.accounts.models import User
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import SEND, enqueue, every, follows, job
from fairlead.lib.speech import speaking, tr
from fairlead.notices import actions
from fairlead.notices.links import reminder_secret
from fairlead.notices.sending import held, send_once
from fairlead.work import actions as work
from fairlead.work.models import Handover, Reviewer

RETRY: Final = (10, 60, 600)
HOUR_S: Final = 3600
LINK_MIN: Final = 24 * 60
KIND: Final = "to_approve"


@follows("task.handed_over")
@job(queue=SEND, retry=RETRY)
def mail_handover(*, event_id: int, now: datetime, **_: int) -> None:
    """Ask each client who was chosen; a verdict that came meanwhile makes the mail needless."""
    event = Event.objects.get(pk=event_id)
    for reviewer in _waiting().filter(handover_id=event.payload["handover"]):
        about, title = (event_id, reviewer.user, KIND), reviewer.handover.task.title
        with speaking(language_of(reviewer.user, reviewer.workspace)):
            values = _values(reviewer, now=now)
            subject = tr("%(name)s: please look at “%(title)s”", name=values["brand"].name, title=title)
            send_once("client_approval", reviewer.user.email, subject, about=about, now=now, reminder=False, **values)


def _waiting() -> QuerySet[Reviewer]:
    found = Reviewer.objects.filter(handover__state=Handover.State.OPEN, user__is_active=True)
    return found.select_related("handover__task__project", "user").order_by("pk")


def _values(reviewer: Reviewer, *, now: datetime) -> dict[str, Any]:
    """What the mail says. Its link signs in once, within a day, and leads to the request."""
    task, user = reviewer.handover.task, reviewer.user
    secret = make_sign_in_link(user, now=now, minutes=LINK_MIN)
    stop = f"{settings.BASE_URL}/portal/reminders/{reminder_secret(reviewer)}/"
    return {
        "brand": brand_in(reviewer.workspace_id), "task": task, "message": reviewer.handover.message,
        "name": user.get_short_name(), "stop": stop,
        "url": f"{settings.BASE_URL}/sign-in/link/{secret}/?next=/portal/{task}/",
        "headers": {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }  # fmt: skip


@every(HOUR_S)
@job()
def remind_clients(*, now: datetime) -> None:
    """Whoever was asked some days ago and has not answered."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            for reviewer in work.due_reminders(workspace_id, now=now):
                once = f"client reminder {reviewer.pk}"
                enqueue(mail_reminder, once=once, workspace_id=workspace_id, reviewer_id=reviewer.pk)


@job(queue=SEND, retry=RETRY)
def mail_reminder(*, workspace_id: int, reviewer_id: int, now: datetime) -> None:
    """Remind one client, unless they have answered, stopped it or were reminded meanwhile."""
    with held(f"client reminder {reviewer_id}"):
        for reviewer in [row for row in work.due_reminders(workspace_id, now=now) if row.pk == reviewer_id]:
            user: User = reviewer.user
            if not actions.wants_mail(workspace_id, user, KIND):
                continue
            title, named = reviewer.handover.task.title, f"client reminder {reviewer.pk} {reviewer.reminders}"
            with speaking(language_of(user, reviewer.workspace)):
                values = _values(reviewer, now=now)
                brand = values["brand"].name
                subject = tr("%(name)s: “%(title)s” still waits for you", name=brand, title=title)
                mails.send("client_approval", user.email, subject, named=named, reminder=True, **values)
            work.count_reminder(reviewer, now=now)
