"""Following events, reminding in time, and sending mails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from fairlead.accounts import mails
from fairlead.accounts.languages import language_of
from fairlead.accounts.models import User, Workspace
from fairlead.allocation import queries as allocation
from fairlead.allocation.links import offer_secret
from fairlead.allocation.models import Offer, Offering
from fairlead.allocation.words import offer_reason
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import SEND, enqueue, every, follows, job
from fairlead.lib.speech import speaking, tr
from fairlead.notices import actions, client_mails, push_jobs  # noqa: F401  the jobs of client_mails are read with these
from fairlead.notices.kinds import BY_NAME, EVENTS
from fairlead.notices.links import stop_secret
from fairlead.notices.models import Notice
from fairlead.notices.sending import held, send_once
from fairlead.people.models import Worker

RETRY: Final = (10, 60, 600)
QUARTER_S: Final = 900
SNOOZE_S: Final = 120
LAST_PART: Final = 4
"""Of the time to answer an offer the last quarter is when it is said once more."""


@follows(*EVENTS)
@job(retry=RETRY)
def tell(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell everybody who is concerned."""
    with transaction.atomic():  # a notice and the job that mails it, or neither
        _plan(actions.tell(Event.objects.get(pk=event_id), now=now))


@follows("plan.applied", "plan.discarded", "plan.replaced")
@job(retry=RETRY)
def settle_plan(*, event_id: int, now: datetime, **_: int) -> None:
    """A plan that was decided calls nobody any more."""
    with transaction.atomic():
        actions.settle_plan(Event.objects.get(pk=event_id), now=now)


def _plan(rows: Iterable[Notice]) -> None:
    """Send each when its time has come."""
    for row in rows:
        push_jobs.plan_push(row)
        if row.mail_at is not None:
            once = f"notices {row.workspace_id} {row.user_id} {row.mail_at.isoformat()}"
            enqueue(send_mails, at=row.mail_at, once=once, workspace_id=row.workspace_id, user_id=row.user_id)


@every(QUARTER_S)
@job()
def remind_of_dates(*, now: datetime) -> None:
    """Due tomorrow and overdue, for everybody whose morning it is."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id), transaction.atomic():
            _plan(actions.remind_of_dates(workspace_id, now=now))


@follows("task.offered")
@job(retry=RETRY)
def time_reminder(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """Look again when three quarters of the time to answer are over."""
    offer = _offer_of(event_id)
    if offer is not None:
        enqueue(remind_of_offer, at=reminder_at(offer), workspace_id=workspace_id, offer_id=offer.pk)


def reminder_at(offer: Offer) -> datetime:
    """When three quarters of the time to answer are over."""
    return offer.expires_at - (offer.expires_at - offer.sent_at) / LAST_PART


@job(retry=RETRY)
def remind_of_offer(*, offer_id: int, now: datetime, **_: int) -> None:
    """Say that the time is nearly over."""
    offer = Offer.objects.select_related("task__project", "worker").filter(pk=offer_id).first()
    if offer is not None:
        with transaction.atomic():
            _plan(actions.remind_of_offer(offer, now=now))


@every(SNOOZE_S)
@job()
def wake(*, now: datetime) -> None:
    """Whatever was snoozed until now rings again, also on devices."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            actions.wake(workspace_id, now=now)
            for row in Notice.objects.filter(workspace_id=workspace_id, push_at__isnull=False):
                push_jobs.plan_push(row)


@job(queue=SEND, retry=RETRY)
def send_mails(*, workspace_id: int, user_id: int, now: datetime) -> None:
    """One mail with everything that is due for this person."""
    with held(f"notices {workspace_id} {user_id}"):
        rows = actions.due_mails(workspace_id, user_id, now=now)
        if rows:
            _send(rows, User.objects.get(pk=user_id), Workspace.objects.get(pk=workspace_id))
            actions.mark_mailed(rows, now=now)


def _send(rows: Sequence[Notice], user: User, workspace: Workspace) -> None:
    kinds = list(dict.fromkeys(row.kind for row in rows))
    stop = f"{settings.BASE_URL}/notices/stop/{stop_secret(workspace.pk, user.pk, kinds)}/"
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    labels = [BY_NAME[kind].label for kind in kinds]
    with speaking(language_of(user, workspace)):
        several = tr("%(n)s notifications from %(workspace)s", n=len(rows), workspace=workspace.name)
        mails.send(
            "notices", user.email, rows[0].title if len(rows) == 1 else several, headers=headers, rows=rows,
            name=user.get_short_name(), stop=stop, labels=labels, workspace=workspace.name, zone=user.time_zone,
            named=f"notices {[row.pk for row in rows]}",
        )  # fmt: skip


# Mails with words of their own. They respect the choice of their kind, and each goes out once.


@follows("task.offered")
@job(queue=SEND, retry=RETRY)
def mail_offer(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell the worker, with a link to a page that answers without signing in."""
    offer = _offer_of(event_id)
    if offer is None or not offer.worker.email or offer.state != Offer.State.OPEN or offer.expires_at <= now:
        return
    url = f"{settings.BASE_URL}/offer/{offer_secret(offer)}/"
    with _speaking_to(offer.worker):
        sheet = allocation.linked_sheet(offer, now=now)
        subject = tr("%(task)s is offered to you: %(title)s", task=offer.task, title=offer.task.title)
        send_once("offer", offer.worker.email, subject, about=(event_id, offer.worker.user, "offered"), now=now,
                  sheet=sheet, url=url)  # fmt: skip


@follows("task.offer_withdrawn")
@job(queue=SEND, retry=RETRY)
def mail_withdrawal(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell whoever was asked that an answer is no longer needed."""
    offer = _offer_of(event_id)
    if offer is not None and offer.worker.email and offer.worker.deactivated_at is None:
        about = (event_id, offer.worker.user, "withdrawn")
        with _speaking_to(offer.worker):
            subject = tr("%(task)s is no longer offered to you", task=offer.task)
            send_once("offer_withdrawn", offer.worker.email, subject, about=about, now=now, offer=offer,
                      say=offer_reason)  # fmt: skip


@follows("plan.notice")
@job(queue=SEND, retry=RETRY)
def mail_plan(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell a person what an applied plan changes for them, with the reason."""
    event = Event.objects.get(pk=event_id)
    worker = Worker.objects.filter(pk=event.payload["worker"]["id"], deactivated_at__isnull=True).first()
    if worker is None or not worker.email or worker.kind == Worker.Kind.AGENT:
        return
    with _speaking_to(worker):
        told = allocation.notice(event, worker)
        about = (event_id, worker.user, "plan_applied")
        send_once("plan_notice", worker.email, told.subject, about=about, now=now, notice=told)


@follows("task.offers_exhausted")
@job(queue=SEND, retry=RETRY)
def mail_exhausted(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell the manager who offered a task that nobody accepted it."""
    number = Event.objects.get(pk=event_id).payload["offering"]
    found = Offering.objects.select_related("task__project", "by_user").filter(pk=number).first()
    if found is not None and found.by_user is not None and found.by_user.email:
        answers = found.offers.select_related("worker").order_by("id")
        about = (event_id, found.by_user, "exhausted")
        with speaking(language_of(found.by_user, found.workspace)):
            subject = tr("Nobody accepted %(task)s", task=found.task)
            send_once("offers_exhausted", found.by_user.email, subject, about=about, now=now, offering=found,
                      answers=answers, say=offer_reason)  # fmt: skip


def _speaking_to(worker: Worker) -> AbstractContextManager[str]:
    """Whoever has no account reads the workspace's language."""
    return speaking(language_of(worker.user, worker.workspace))


def _offer_of(event_id: int) -> Offer | None:
    """The offer that an event tells of."""
    number = Event.objects.get(pk=event_id).payload["offer"]
    related = Offer.objects.select_related("offering", "task__project", "worker__user")
    return related.filter(pk=number).first()
