"""Members of a workspace: inviting, joining, roles, leaving."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from fairlead.accounts.actions.entry import LinkGone, count_attempt
from fairlead.accounts.actions.users import create_user
from fairlead.accounts.models import ApiToken, Invitation, Membership, Role, User
from fairlead.accounts.permissions import may_grant, may_manage_members
from fairlead.accounts.queries import actor_of, open_invitations
from fairlead.accounts.rules import rules_in
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.tenancy import bearer, enter
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.secrets import derived_secret, digest
from fairlead.lib.speech import tr
from fairlead.lib.undo import UNDO_FOR

INVITATION_DAYS = 14
CLIENT_HOURS = 24
"""A client comes in with one press and no password, so their link lives a day only."""
MOST_INVITATIONS = 50
"""In a quarter of an hour and workspace, so that nobody mails the world through us."""


def record_joined(member: Membership, *, actor: Actor, now: datetime) -> None:
    """Note that somebody is a member now."""
    facts = {"user": member.user_id, "email": member.user.email, "role": member.role}
    record("member.joined", member, actor=actor, now=now, **facts)


def add_member(user: User, role: str, *, actor: Actor, now: datetime) -> Membership:
    """Put a user straight into the workspace (the demo, an AI agent's account); people are invited instead."""
    require(may_grant(actor, role), tr("Only an owner or admin can add members, and nobody above their own role."))
    with transaction.atomic():
        member = _join(actor.workspace_id, user, role, now=now)
        record_joined(member, actor=actor_of(member), now=now)
    return member


def join_by_provider(user: User, role: str, *, workspace_id: int, now: datetime) -> Membership:
    """Make somebody a member for whom the workspace's own provider vouches."""
    with transaction.atomic():
        member = _join(workspace_id, user, role, now=now)
        record_joined(member, actor=actor_of(member), now=now)
    return member


def bring_in(user: User, role: str, *, actor: Actor, now: datetime) -> Membership:
    """Make somebody a member whom a directory brings; the log says that it did, and not they."""
    _may_bring(role, actor)
    with transaction.atomic():
        member = _join(actor.workspace_id, user, role, now=now)
        _record_added(member, actor=actor, now=now)
    return member


def bring_back(member: Membership, role: str, *, actor: Actor, now: datetime) -> None:
    """Make a former member one again whom a directory brings back. Tokens stay revoked."""
    _may_bring(role, actor)
    gone = Membership.objects.filter(pk=member.pk, workspace_id=actor.workspace_id, removed_at__isnull=False)
    with transaction.atomic():
        if gone.update(role=role, removed_at=None):
            member.role, member.removed_at = role, None
            _record_added(member, actor=actor, now=now)


def _may_bring(role: str, actor: Actor) -> None:
    text = tr("An admin made the directory's token, so it makes no admins: let an owner renew it.")
    require(may_grant(actor, role) and role != Role.OWNER, text)


def _record_added(member: Membership, *, actor: Actor, now: datetime) -> None:
    facts = {"user": member.user_id, "email": member.user.email, "role": member.role}
    record("member.added", member, actor=actor, now=now, **facts)


def _join(workspace_id: int, user: User, role: str, *, now: datetime) -> Membership:
    member, _ = Membership.objects.update_or_create(
        workspace_id=workspace_id, user=user, defaults={"role": role, "removed_at": None, "created_at": now}
    )
    return member


def invite(email: str, role: str, *, actor: Actor, now: datetime) -> tuple[Invitation, str]:
    """Invite an address; returns the invitation and the secret for its link, which is not kept."""
    require(may_manage_members(actor), tr("Only an owner or admin can invite people."))
    email = email.strip().lower()
    _check(email, role, actor)
    count_attempt(f"invitations:{actor.workspace_id}", now=now, limit=MOST_INVITATIONS)
    expires_at = now + _lifetime(role)
    with transaction.atomic():
        open_invitations(actor.workspace_id).filter(email=email).update(withdrawn_at=now)
        invitation = Invitation(
            workspace_id=actor.workspace_id, email=email, role=role, created_at=now, expires_at=expires_at,
            invited_by_id=actor.user_id or 0, digest=digest(f"draft:{actor.workspace_id}:{email}:{now.isoformat()}"),
        )  # fmt: skip
        invitation.save(force_insert=True)
        secret = _seal(invitation)
        record("invitation.sent", invitation, actor=actor, now=now, email=email, role=role)
    return invitation, secret


def _lifetime(role: str) -> timedelta:
    return timedelta(hours=CLIENT_HOURS) if role == Role.CLIENT else timedelta(days=INVITATION_DAYS)


def _check(email: str, role: str, actor: Actor) -> None:
    wrong = {}
    if role not in Role.values:
        wrong["role"] = tr("Choose one of the roles.")
    elif not may_grant(actor, role):
        wrong["role"] = tr("Only an owner can invite owners and admins.")
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = tr("This is not an e-mail address.")
    rules = rules_in(actor.workspace_id)
    if not rules.invites(email):
        wrong["email"] = tr(
            "Only addresses at %(value)s can be invited (Settings, Security).", value=" or ".join(rules.invite_domains)
        )
    if Membership.objects.filter(workspace_id=actor.workspace_id, user__email=email, removed_at__isnull=True).exists():
        wrong["email"] = tr("They are already a member.")
    if wrong:
        raise Invalid(wrong)


def invitation_secret(invitation: Invitation) -> str:
    """The secret of the invitation's link, derived from the server's key: a job can mail what is kept nowhere."""
    purpose = f"invitation:{invitation.pk}:{invitation.email}:{invitation.expires_at.isoformat()}"
    return derived_secret("fli_", settings.SECRET_KEY, purpose)


def _seal(invitation: Invitation) -> str:
    secret = invitation_secret(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(digest=digest(secret), expires_at=invitation.expires_at)
    return secret


def resend_invitation(invitation_id: int, *, actor: Actor, now: datetime) -> tuple[Invitation, str]:
    """Mail the invitation again with a fresh link; the old one stops working."""
    invitation = _find_open(invitation_id, actor)
    count_attempt(f"invitations:{actor.workspace_id}", now=now, limit=MOST_INVITATIONS)
    invitation.expires_at = now + _lifetime(invitation.role)
    with transaction.atomic():
        secret = _seal(invitation)
        record("invitation.sent", invitation, actor=actor, now=now, email=invitation.email, role=invitation.role)
    return invitation, secret


def withdraw_invitation(invitation_id: int, *, actor: Actor, now: datetime) -> None:
    """Make an open invitation worthless."""
    invitation = _find_open(invitation_id, actor)
    with transaction.atomic():
        if open_invitations(actor.workspace_id).filter(pk=invitation_id).update(withdrawn_at=now):
            record("invitation.withdrawn", invitation, actor=actor, now=now, email=invitation.email)


def restore_invitation(invitation_id: int, *, actor: Actor, now: datetime) -> Invitation:
    """Take the withdrawal of an invitation back, some minutes after it: the link that was mailed works again."""
    require(may_manage_members(actor), tr("Only an owner or admin can change invitations."))
    here = Invitation.objects.filter(workspace_id=actor.workspace_id, accepted_at__isnull=True, expires_at__gt=now)
    found = here.filter(pk=invitation_id, withdrawn_at__gt=now - UNDO_FOR).first()
    if found is None:
        raise Missing(tr("There is nothing here that could be taken back."))
    require(may_grant(actor, found.role), tr("Only an owner can change the invitation of an owner or admin."))
    if open_invitations(actor.workspace_id).filter(email=found.email).exists():
        raise Conflict(tr("%(email)s has been invited again meanwhile.", email=found.email))
    with transaction.atomic():
        if here.filter(pk=found.pk, withdrawn_at__isnull=False).update(withdrawn_at=None):
            record("invitation.restored", found, actor=actor, now=now, email=found.email)
    return found


def _find_open(invitation_id: int, actor: Actor) -> Invitation:
    require(may_manage_members(actor), tr("Only an owner or admin can change invitations."))
    invitation = open_invitations(actor.workspace_id).filter(pk=invitation_id).first()
    if invitation is None:
        raise Missing(tr("There is no open invitation like this; it may have been accepted already."))
    require(may_grant(actor, invitation.role), tr("Only an owner can change the invitation of an owner or admin."))
    return invitation


def find_invitation(secret: str, *, now: datetime) -> Invitation:
    """The open invitation that this secret belongs to. Raises LinkGone."""
    with bearer(digest(secret)):
        found = Invitation.objects.filter(digest=digest(secret)).first()
    if found is None or found.accepted_at or found.withdrawn_at or found.expires_at <= now:
        raise LinkGone(tr("The invitation was used, withdrawn or has expired. Ask for a new one."))
    return found


def accept_invitation(secret: str, *, user: User, now: datetime) -> Membership:
    """Join the workspace of the invitation, once. Raises LinkGone, or Conflict when signed in as somebody else."""
    invitation = find_invitation(secret, now=now)
    if invitation.email != user.email:
        raise Conflict(
            tr(
                "This invitation is for %(email)s; you are signed in as %(email2)s. Sign out first.",
                email=invitation.email,
                email2=user.email,
            )
        )
    enter(invitation.workspace_id, user_id=user.pk)
    with transaction.atomic():
        won = open_invitations(invitation.workspace_id).filter(pk=invitation.pk, digest=digest(secret))
        if not won.update(accepted_at=now):
            raise LinkGone(tr("The invitation was used or withdrawn a moment ago."))
        member = _join(invitation.workspace_id, user, invitation.role, now=now)
        record_joined(member, actor=actor_of(member), now=now)
    return member


def join_with_new_account(
    secret: str, *, name: str, password: str, now: datetime, time_zone: str = "UTC", language: str = ""
) -> Membership:
    """Join with an account that is made for the invited address. Raises LinkGone or Invalid; then nothing is made."""
    invitation = find_invitation(secret, now=now)
    with transaction.atomic():
        user = create_user(invitation.email, name, password, now=now, time_zone=time_zone, language=language)
        return accept_invitation(secret, user=user, now=now)


def join_as_client(secret: str, *, name: str, now: datetime, time_zone: str = "UTC", language: str = "") -> Membership:
    """Join as a client with an account that has no password: later, mailed links sign them in. Raises LinkGone."""
    invitation = find_invitation(secret, now=now)
    require(invitation.role == Role.CLIENT, tr("Only clients come in without a password. Choose one to join."))
    with transaction.atomic():
        user = create_user(invitation.email, name, None, now=now, time_zone=time_zone, language=language)
        return accept_invitation(secret, user=user, now=now)


def name_in(email: str) -> str:
    """What somebody may be called, from their address: ann.lee@example.com as Ann Lee."""
    words = email.partition("@")[0].replace("_", ".").replace("-", ".").split(".")
    return " ".join(word.capitalize() for word in words if word)[:120] or email[:120]


def change_role(membership_id: int, role: str, *, actor: Actor, now: datetime) -> str:
    """Give a member another role; returns the one they had. The last owner stays one."""
    member = _member(membership_id, actor)
    require(
        may_grant(actor, member.role), tr("Only an owner or admin can change roles, and only an owner those of admins.")
    )
    if role not in Role.values:
        raise Invalid({"role": tr("Choose one of the roles.")})
    require(may_grant(actor, role), tr("Only an owner can make somebody an owner or admin."))
    if member.role == role:
        return role
    with transaction.atomic():
        _keep_an_owner(member)
        changes = {"role": [member.role, role]}
        Membership.objects.filter(pk=member.pk).update(role=role)
        record("member.role_changed", member, actor=actor, now=now, user=member.user_id, changes=changes)
    return member.role


def remove_member(membership_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a member out; their tokens stop working at once, their history stays. Everybody may leave."""
    member = _member(membership_id, actor)
    leaving = member.user_id == actor.user_id and actor.scopes is None
    require(leaving or may_grant(actor, member.role), tr("Only an owner or admin can remove this member."))
    with transaction.atomic():
        _keep_an_owner(member)
        Membership.objects.filter(pk=member.pk).update(removed_at=now)
        _tokens(member).filter(revoked_at__isnull=True).update(revoked_at=now)
        record("member.removed", member, actor=actor, now=now, user=member.user_id, email=member.user.email)


def _tokens(member: Membership) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(workspace_id=member.workspace_id, user_id=member.user_id)


def restore_member(membership_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a removal back: the same role again. Tokens stay revoked."""
    gone = Membership.objects.filter(pk=membership_id, workspace_id=actor.workspace_id, removed_at__isnull=False)
    member = gone.select_related("user").first()
    require(may_manage_members(actor), tr("Only an owner or admin can bring members back."))
    if member is None:
        raise Missing(tr("There is no such former member."))
    require(may_grant(actor, member.role), tr("Only an owner can bring an owner or admin back."))
    with transaction.atomic():
        if gone.update(removed_at=None):
            record_joined(member, actor=actor, now=now)


def _member(membership_id: int, actor: Actor) -> Membership:
    found = Membership.objects.filter(pk=membership_id, workspace_id=actor.workspace_id, removed_at__isnull=True)
    member = found.select_related("user").first()
    if member is None:
        raise Missing(tr("There is no such member."))
    return member


def _keep_an_owner(member: Membership) -> None:
    if member.role != Role.OWNER:
        return
    owners = Membership.objects.select_for_update().filter(
        workspace_id=member.workspace_id, role=Role.OWNER, removed_at__isnull=True
    )
    if len(owners) < 2:
        raise Conflict(tr("A workspace needs an owner: make somebody else one first."))
