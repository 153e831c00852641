"""Background work for accounts: mails with links, and forgetting what has expired."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings

from fairlead.accounts import mails
from fairlead.accounts.actions import (
    forget_kept,
    forget_old_entries,
    invitation_secret,
    make_sign_in_link,
    record_failed_sign_in,
)
from fairlead.accounts.brand import brand_in, brand_of
from fairlead.accounts.languages import language_of
from fairlead.accounts.models import Invitation, Membership, Role, User, Workspace
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import SEND, every, follows, job
from fairlead.lib.languages import ENGLISH
from fairlead.lib.secrets import digest
from fairlead.lib.speech import current, locale, speaking, tr

NO_WORKSPACE: Final = 0
"""What a job carries that concerns a user and no workspace."""
RETRY_S: Final = (10, 60, 600)


@job(queue=SEND, retry=RETRY_S)
def mail_sign_in_link(*, workspace_id: int, email: str, now: datetime) -> None:
    """Mail a link that signs in once; nothing for an address without an account, so that nobody learns which exist.

    Asked for at a workspace's own door it comes in that workspace's name, and only to its members.
    """
    user = _person(email)
    if user is None:
        return
    url = f"{settings.BASE_URL}/sign-in/link/{make_sign_in_link(user, now=now)}/"
    if workspace_id == NO_WORKSPACE:
        with speaking(language_of(user)):
            mails.send("sign_in_link", user.email, tr("Your link to sign in"), name=user.get_short_name(), url=url)
    elif Membership.objects.filter(workspace_id=workspace_id, user=user, removed_at__isnull=True).exists():
        brand = brand_in(workspace_id)
        with speaking(language_of(user, Workspace.objects.get(pk=workspace_id))):
            subject = tr("Your link to %(name)s", name=brand.name)
            mails.send("client_link", user.email, subject, name=user.get_short_name(), url=url, brand=brand)


@job(queue=SEND, retry=RETRY_S)
def mail_welcome(*, workspace_id: int, email: str, now: datetime) -> None:  # noqa: ARG001  every job carries its workspace
    """Ask a new user to confirm the address by following a link; it works for a day."""
    user = _person(email)
    if user and user.email_confirmed_at is None:
        url = f"{settings.BASE_URL}/sign-in/link/{make_sign_in_link(user, now=now, minutes=24 * 60)}/"
        with speaking(language_of(user)):
            mails.send("welcome", user.email, tr("Welcome to Fairlead"), name=user.get_short_name(), url=url)


@job(queue=SEND, retry=RETRY_S)
def mail_new_device(
    *,
    workspace_id: int,  # noqa: ARG001  every job carries its workspace
    user_id: int,
    device: str,
    address: str,
    signed_in_at: str,
    now: datetime,  # noqa: ARG001  every job is told the time
) -> None:
    """Tell somebody that their account was opened with a device that was not seen before. `signed_in_at`: ISO."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    when = datetime.fromisoformat(signed_in_at).astimezone(ZoneInfo(user.time_zone))
    with speaking(language_of(user)):
        mails.send(
            "new_device",
            user.email,
            tr("New sign-in to your account"),
            name=user.get_short_name(),
            device=device,
            address=address,
            when=f"{format_date(when, 'dd MMMM y' if current() == ENGLISH else 'long', locale=locale())},"
            f" {when:%H:%M} ({user.time_zone})",
            url=f"{settings.BASE_URL}/settings/sessions/",
        )


@job(queue=SEND, retry=RETRY_S)
def mail_security_change(*, workspace_id: int, user_id: int, what: str, now: datetime) -> None:  # noqa: ARG001  every job carries its workspace
    """Tell somebody that the way into their account has changed. `what`: a sentence."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        url = f"{settings.BASE_URL}/settings/sign-in/"
        with speaking(language_of(user)):
            mails.send("security_change", user.email, what, name=user.get_short_name(), what=what, url=url)


@job(whole=True)
def note_failed_sign_in(*, workspace_id: int, email: str, how: str, device: str, now: datetime) -> None:  # noqa: ARG001  every job carries its workspace
    """Write a refused sign-in into the logs of the account's workspaces; nothing for an address without an account.

    A job, so that the answer takes as long for addresses without an account.
    """
    record_failed_sign_in(email, how, device=device, now=now)


def _person(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower(), kind=User.Kind.PERSON, is_active=True).first()


@follows("invitation.sent")
@job(queue=SEND, retry=RETRY_S)
def mail_invitation(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job carries its workspace
    """Mail the link of an invitation that is still open. A link that was replaced meanwhile is not sent."""
    event = Event.objects.get(pk=event_id)
    invitation = Invitation.objects.filter(pk=event.subject_id).select_related("workspace", "invited_by").first()
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now:
        return
    secret = invitation_secret(invitation)
    if digest(secret) != invitation.digest:
        return
    known = User.objects.filter(email=invitation.email).first()
    with speaking(language_of(known, invitation.workspace)):
        _mail_invitation(invitation, f"{settings.BASE_URL}/join/{secret}/")


def _mail_invitation(invitation: Invitation, url: str) -> None:
    if invitation.role == Role.CLIENT:
        brand = brand_of(invitation.workspace)
        subject = tr("%(name)s invites you to your requests", name=brand.name)
        mails.send("client_invitation", invitation.email, subject, brand=brand, url=url)
        return
    by, workspace = invitation.invited_by.name, invitation.workspace.name
    subject = tr("%(by)s invites you to %(workspace)s", by=by, workspace=workspace)
    role = str(Role(invitation.role).label)
    shown_role = role.lower() if current() == ENGLISH else role
    mails.send("invitation", invitation.email, subject, by=by, workspace=workspace, role=shown_role, url=url)


@every(3600)
@job()
def forget_old(*, now: datetime) -> None:
    """Remove attempts and links that are of no use any more."""
    forget_old_entries(now=now)


@every(600)
@job()
def forget_kept_rows(*, now: datetime) -> None:
    """Forget what was removed or replaced and cannot be taken back any more."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            forget_kept(now=now)
