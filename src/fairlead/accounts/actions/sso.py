"""Single sign-on: keeping providers, and letting in whom one of them vouches for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fairlead.accounts.actions.directory_groups import follow_mapping, forget_directory
from fairlead.accounts.actions.groups import RANKS, follow, role_by
from fairlead.accounts.actions.members import join_by_provider
from fairlead.accounts.actions.users import create_user
from fairlead.accounts.models import Identity, IdentityProvider, Membership, Role, User
from fairlead.accounts.oidc import Client, SsoFailed
from fairlead.accounts.permissions import may_change_workspace, may_grant
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.events.tenancy import bearer, enter, seen_by
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.seal import seal, unseal
from fairlead.lib.secrets import new_secret
from fairlead.lib.speech import tr


@dataclass(frozen=True)
class ProviderDraft:
    """What is typed for a provider. An empty `secret` keeps the one that there is."""

    name: str
    issuer: str
    client_id: str
    secret: str = ""
    joins: bool = False
    role: str = Role.CONTRIBUTOR
    group_claim: str = ""
    group_roles: dict[str, str] = field(default_factory=dict)


def save_provider(draft: ProviderDraft, *, actor: Actor, now: datetime, number: int | None = None) -> IdentityProvider:
    """Add a provider, or change the one with this number. Raises Invalid with the names of the fields."""
    require(may_change_workspace(actor), tr("Only an owner or admin can change single sign-on."))
    row = own_provider(number, actor) if number else IdentityProvider(workspace_id=actor.workspace_id, created_at=now)
    _check(draft, actor, is_new=number is None)
    values = {"name": draft.name.strip(), "issuer": draft.issuer.strip(), "client_id": draft.client_id.strip(),
              "joins": draft.joins, "role": draft.role, "group_claim": draft.group_claim.strip(),
              "group_roles": draft.group_roles}  # fmt: skip
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    if draft.secret:
        changes["secret"] = ["", "replaced"]
    before = row.group_roles
    for name, value in values.items():
        setattr(row, name, value)
    if number is None:
        row.key = new_secret("")[:16]
    if draft.secret:
        row.sealed = seal(draft.secret, key=settings.SECRET_KEY, purpose=f"provider:{row.key}")
    with transaction.atomic():
        row.save()
        if number is None:
            record("provider.added", row, actor=actor, now=now, name=row.name, issuer=row.issuer)
        elif changes:
            record("provider.changed", row, actor=actor, now=now, changes=changes)
            follow_mapping(row, before, actor=actor, now=now)
    return row


def _check(draft: ProviderDraft, actor: Actor, *, is_new: bool) -> None:
    wrong = {}
    if not 0 < len(draft.name.strip()) <= 60:
        wrong["name"] = tr("Give it a name of at most 60 characters; it stands on the button.")
    if not draft.issuer.strip().startswith(("https://", "http://")) or len(draft.issuer) > 300:
        wrong["issuer"] = tr("The issuer is an address that begins with https://.")
    if not 0 < len(draft.client_id.strip()) <= 200:
        wrong["client_id"] = tr("The provider gives you this when you register Fairlead there.")
    if (is_new and not draft.secret) or len(draft.secret) > 500:
        wrong["secret"] = tr("The provider gives you this with the client id.")
    given = {draft.role, *draft.group_roles.values()}
    if not given <= {role.value for role in RANKS}:
        wrong["group_roles"] = tr(
            "Use the roles %(roles)s; nobody becomes an owner by a group.", roles=", ".join(RANKS)
        )
    elif not all(may_grant(actor, role) for role in given):
        wrong["group_roles"] = tr("Only an owner can let a provider make admins.")
    if wrong:
        raise Invalid(wrong)


def remove_provider(number: int, *, actor: Actor, now: datetime) -> None:
    """Nobody comes in through it any more; who came in before has to sign in otherwise. Its directory keeps nobody."""
    require(may_change_workspace(actor), tr("Only an owner or admin can change single sign-on."))
    row = own_provider(number, actor)
    with transaction.atomic():
        if IdentityProvider.objects.filter(pk=row.pk, removed_at__isnull=True).update(removed_at=now):
            forget_directory(row, now=now)
            record("provider.removed", row, actor=actor, now=now, name=row.name)


def own_provider(number: int, actor: Actor, rows: QuerySet[IdentityProvider] | None = None) -> IdentityProvider:
    """The provider with this number in the actor's workspace; `rows`: looked for among these. Raises Missing."""
    rows = IdentityProvider.objects.all() if rows is None else rows
    found = rows.filter(pk=number, workspace_id=actor.workspace_id, removed_at__isnull=True).first()
    if found is None:
        raise Missing(tr("There is no such provider."))
    return found


def find_provider(key: str) -> IdentityProvider:
    """The provider with this sign-in address. Raises Missing."""
    with bearer(key):
        found = IdentityProvider.objects.filter(key=key, removed_at__isnull=True).first()
    if found is None:
        raise Missing(tr("This way to sign in is not there any more. Ask an admin of your workspace."))
    return found


def client_of(provider: IdentityProvider) -> Client:
    """Who we are for this provider."""
    secret = unseal(provider.sealed, key=settings.SECRET_KEY, purpose=f"provider:{provider.key}")
    return Client(provider.client_id, secret, f"{settings.BASE_URL}/sign-in/sso/{provider.key}/back/")


def link_identity(provider: IdentityProvider, claims: dict[str, Any], *, user: User, now: datetime) -> None:
    """Somebody who is signed in says that this is they. Raises Conflict when it is somebody else's."""
    enter(provider.workspace_id, user_id=user.pk)
    member = Membership.objects.filter(workspace_id=provider.workspace_id, user=user, removed_at__isnull=True).first()
    if member is None:
        raise Missing(tr("You are no member of this workspace."))
    known = Identity.objects.filter(provider=provider, subject=claims["sub"]).first()
    if known and known.user_id != user.pk:
        raise Conflict(tr("Somebody else here signs in with that account."))
    if known is None:
        _link(provider, claims["sub"], member, now=now)


def arrive(provider: IdentityProvider, claims: dict[str, Any], *, now: datetime) -> Membership:
    """The member for whom the provider vouches; made one if it may. Raises SsoFailed when nobody comes of it.

    An account that exists is taken only for an address that the provider has verified. What follows opens this
    workspace alone: the provider belongs to its admins, and they must not be able to open others.
    """
    enter(provider.workspace_id)
    known = Identity.objects.filter(provider=provider, subject=claims["sub"]).select_related("user").first()
    user = known.user if known else _by_address(claims)
    if user and (not user.is_active or user.kind != User.Kind.PERSON):
        raise SsoFailed(tr("This account cannot sign in."))
    member = _membership(provider, user) if user else None
    if member and member.removed_at:
        raise SsoFailed(tr("You are no longer a member of this workspace. Ask an admin to invite you again."))
    with transaction.atomic():
        if member is None:
            member = _join(provider, user, claims, now=now)
        if known is None:
            _link(provider, claims["sub"], member, now=now)
        else:
            Identity.objects.filter(pk=known.pk).update(last_used_at=now)
        _follow_groups(provider, member, claims, now=now)
    return member


def _by_address(claims: dict[str, Any]) -> User | None:
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise SsoFailed(tr("The provider does not say that your e-mail address is verified. Ask who looks after it."))
    return User.objects.filter(email=claims["email"].strip().lower()).first()


def _membership(provider: IdentityProvider, user: User) -> Membership | None:
    found = Membership.objects.filter(workspace_id=provider.workspace_id, user=user)
    return found.select_related("user", "workspace__security").first()


def _join(provider: IdentityProvider, user: User | None, claims: dict[str, Any], *, now: datetime) -> Membership:
    if not provider.joins:
        raise SsoFailed(tr("You are not a member of this workspace yet. Ask an admin to invite you."))
    if user is None:
        email = str(claims.get("email", ""))
        name = str(claims.get("name") or email.partition("@")[0])[:120]
        user = create_user(email, name, None, now=now)
    return join_by_provider(user, provider.role, workspace_id=provider.workspace_id, now=now)


def _link(provider: IdentityProvider, subject: str, member: Membership, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                workspace_id=provider.workspace_id, provider=provider, user=member.user, subject=subject,
                created_at=now, last_used_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(tr("Somebody signed in with that account a moment ago. Try again.")) from error
    with seen_by(member.user_id), transaction.atomic():
        record("provider.linked", identity, actor=actor_of(member), now=now, name=provider.name)


def _follow_groups(provider: IdentityProvider, member: Membership, claims: dict[str, Any], *, now: datetime) -> None:
    """The role that the groups give, if they give one. An owner stays one."""
    if not provider.group_claim:
        return
    groups = claims.get(provider.group_claim)
    role = role_by(provider.group_roles, groups if isinstance(groups, list) else [groups])
    follow(member, role, actor=system(provider.workspace_id), now=now)
