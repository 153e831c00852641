"""What a directory does with people: bring them in, change what it may, let them go.

An account may be shared with other workspaces, and its person may have proven that it is theirs. A directory renames it
only while it is in no other workspace, and gives it another address only while it is also one that the directory made
and that nobody has proven: so no admin can take an account over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from fairlead.accounts.actions.groups import role_by
from fairlead.accounts.actions.members import bring_back, bring_in, name_in, remove_member
from fairlead.accounts.actions.users import change_profile, create_user
from fairlead.accounts.directory import Directory, entry_of, group_names, people
from fairlead.accounts.models import DirectoryEntry, Membership, Passkey, Role, SignInLink, TotpDevice, User
from fairlead.accounts.permissions import ADMINS, may_grant
from fairlead.accounts.rules import rules_in
from fairlead.events.record import record
from fairlead.events.tenancy import seen_by
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr

LONGEST: Final = 254
"""Characters of an address and of a userName."""

NOTED: Final = {"user_name": LONGEST, "external_id": 255, "given_name": 120, "family_name": 120}
"""What is kept as the directory sent it, and how long it may be."""


class Taken(Conflict):
    """There is one already."""

    code = "taken"
    title = later("There is one already")


class Fixed(Refused):
    """The directory may not change this."""

    code = "fixed"
    status = 400
    title = later("This cannot be changed from there")


@dataclass(frozen=True)
class Said:
    """What the directory says of somebody; None: nothing about it. `name`: how they are called as a whole."""

    user_name: str | None = None
    email: str | None = None
    external_id: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    name: str | None = None
    active: bool | None = None


def add_person(said: Said, *, directory: Directory, now: datetime) -> Membership:
    """Bring somebody in, with a new account or the one that has the address. Raises Taken for who is here already."""
    email = (said.email or said.user_name or "").strip().lower()
    _check_address(email, directory)
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        made = user is None
        if user is None:
            user = _new_account(email, said, now=now)
        else:
            _refuse_known(user, directory)
        member = bring_in(user, directory.provider.role, actor=directory.actor, now=now)
        entry = _new_entry(member, said, made=made, directory=directory, now=now)
        if not made:
            _rename(member, entry, said)
        if said.active is False:
            _let_go(member, directory, now=now)
    return member


def _new_account(email: str, said: Said, *, now: datetime) -> User:
    name = said.name or " ".join(filter(None, (said.given_name, said.family_name))) or name_in(email)
    try:
        return create_user(email, name[:120], None, now=now)
    except Invalid as error:
        if User.objects.filter(email=email).exists():
            raise Taken(tr("Somebody made this account a moment ago. Try again.")) from error
        raise


def _check_address(email: str, directory: Directory) -> None:
    try:
        validate_email(email if len(email) <= LONGEST else "")
    except ValidationError as error:
        text = tr("Send an e-mail address as emails or as userName; %(email)s is none.", email=repr(email[:100]))
        raise Invalid({"emails": text}) from error
    rules = rules_in(directory.provider.workspace_id)
    if not rules.invites(email):
        domains = " or ".join(rules.invite_domains)
        text = tr("Only addresses at %(domains)s can become members here (Settings, Security).", domains=domains)
        raise Invalid({"emails": text})


def _refuse_known(user: User, directory: Directory) -> None:
    """Raise Taken for an account that is a member already, or that cannot be one through a directory."""
    if user.kind != User.Kind.PERSON or not user.is_active:
        raise Taken(tr("The account of this address cannot be kept by a directory."))
    here = Membership.objects.filter(workspace_id=directory.provider.workspace_id, user=user)
    member = here.select_related("directory_entry").first()
    if member is None:
        return
    entry = entry_of(member)
    if entry and entry.provider_id != directory.provider.pk:
        raise Taken(tr("Another directory keeps the member with this address."))
    if entry is None and member.removed_at is None and member.role == Role.CLIENT:
        raise Taken(tr("A client with this address was invited by hand. Change their role first (Settings, Members)."))
    if entry or member.removed_at is None:
        raise Taken(tr("There is already a member with this address."))


def _new_entry(
    member: Membership, said: Said, *, made: bool, directory: Directory, now: datetime
) -> DirectoryEntry:  # fmt: skip
    entry = DirectoryEntry(
        workspace_id=member.workspace_id, provider=directory.provider, member=member, made_account=made,
        user_name=said.user_name or member.user.email, external_id=said.external_id or "",
        given_name=said.given_name or "", family_name=said.family_name or "", created_at=now, changed_at=now,
    )  # fmt: skip
    _save(entry)
    member.directory_entry = entry
    return entry


def _save(entry: DirectoryEntry) -> None:
    for name, most in NOTED.items():
        if len(getattr(entry, name)) > most:
            raise Invalid({name: tr("%(name)s has at most %(most)s characters.", name=name, most=most)})
    nobodys = people(entry.provider).filter(directory_entry__isnull=True, user__email=entry.user_name.lower())
    if nobodys.exclude(pk=entry.member_id).exists():
        raise Taken(tr("There is already a member with this address."))
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise Taken(tr("The directory has somebody else with this userName.")) from error


def take_person(member: Membership, *, directory: Directory, now: datetime) -> DirectoryEntry:
    """The member as the directory knows them; from now on it keeps them if nobody did."""
    entry = entry_of(member)
    if entry is None:
        with transaction.atomic():
            entry = _new_entry(member, Said(), made=False, directory=directory, now=now)
            facts = {"user": member.user_id, "email": member.user.email}
            record("directory.person_taken", member, actor=directory.actor, now=now, **facts)
    return entry


def change_person(member: Membership, said: Said, *, directory: Directory, now: datetime) -> None:
    """Do what the directory says of somebody whom it sees, all of it or nothing. Saying the same twice does nothing."""
    with transaction.atomic():
        entry = take_person(member, directory=directory, now=now)
        changes = {**_readdress(member, entry, said, directory), **_rename(member, entry, said)}
        noted = _note(entry, said)
        if changes or noted:
            entry.changed_at = now
            _save(entry)
            facts: dict[str, Any] = {"user": member.user_id, "changes": changes, "noted": noted}
            record("directory.person_changed", member, actor=directory.actor, now=now, **facts)
        if said.active is False and member.removed_at is None:
            _let_go(member, directory, now=now)
        elif said.active and member.removed_at is not None:
            _bring_back(member, entry, directory, now=now)


def _note(entry: DirectoryEntry, said: Said) -> list[str]:
    """Set what is kept for the directory alone; names what is new. The log does not repeat it: it could not be taken
    out of there with the person."""
    new = {name: value for name in NOTED if (value := getattr(said, name)) not in (None, getattr(entry, name))}
    for name, value in new.items():
        setattr(entry, name, value)
    return list(new)


def _rename(member: Membership, entry: DirectoryEntry, said: Said) -> dict[str, list[str]]:
    """Call the account as the directory does, if it is in no other workspace. What is said anew counts: a whole name
    that is the present one does not hide that a part of it has changed."""
    given, family, before = said.given_name, said.family_name, member.user.name
    had = [entry.given_name, entry.family_name]
    parts = [had[0] if given is None else given, had[1] if family is None else family]
    name = said.name
    if parts != had and (not name or (name == before and any(had))):
        name = " ".join(filter(None, parts))
    if not name or name == before or not _is_only_here(member):
        return {}
    user = member.user
    change_profile(user, name=name, time_zone=user.time_zone, language=user.language)
    return {"name": [before, user.name]} if user.name != before else {}


def _readdress(member: Membership, entry: DirectoryEntry, said: Said, directory: Directory) -> dict[str, list[str]]:
    """Give the account another address, if that is the directory's to say. Raises Fixed when it is not."""
    wanted, before = _address(member, entry, said), member.user.email
    if not wanted or wanted == before:
        return {}
    user = User.objects.select_for_update().get(pk=member.user_id)
    if not (entry.made_account and _is_only_here(member) and not _is_proven(user)):
        raise Fixed(tr("Only the person can change the address of this account: it is not the directory's alone."))
    _check_address(wanted, directory)
    member.user.email = wanted
    try:
        with transaction.atomic():
            member.user.save(update_fields=["email"])
    except IntegrityError as error:
        raise Taken(tr("There is already an account with this address.")) from error
    SignInLink.objects.filter(user=user).delete()
    return {"email": [before, wanted]}


def _address(member: Membership, entry: DirectoryEntry, said: Said) -> str:
    """The address that is said; a userName counts as one where it was the address until now."""
    if said.email is not None:
        return said.email.strip().lower()
    follows = entry.user_name.lower() == member.user.email and "@" in (said.user_name or "")
    return (said.user_name or "").strip().lower() if follows else ""


def _is_only_here(member: Membership) -> bool:
    """Whether the account is and was in no other workspace."""
    with seen_by(member.user_id):
        elsewhere = Membership.objects.filter(user_id=member.user_id).exclude(workspace_id=member.workspace_id)
        return not elsewhere.exists()


def _is_proven(user: User) -> bool:
    """Whether somebody has proven that the account is theirs, or has a key to it."""
    keys = (Passkey.objects.filter(user=user), TotpDevice.objects.filter(user=user))
    return user.email_confirmed_at is not None or user.has_usable_password() or any(found.exists() for found in keys)


def _let_go(member: Membership, directory: Directory, *, now: datetime) -> None:
    text = tr("An admin made the directory's token, so it removes no owners and admins: let an owner renew it.")
    require(may_grant(directory.actor, member.role), text)
    remove_member(member.pk, actor=directory.actor, now=now)
    member.removed_at = now


def _bring_back(member: Membership, entry: DirectoryEntry, directory: Directory, *, now: datetime) -> None:
    """With the role of the groups, else the one they had; what was above that of a manager is given anew by people."""
    by_groups = role_by(directory.provider.group_roles, group_names([entry.pk])[entry.pk])
    before = directory.provider.role if member.role in ADMINS else member.role
    bring_back(member, by_groups or before, actor=directory.actor, now=now)


def delete_person(member: Membership, *, directory: Directory, now: datetime) -> None:
    """They leave the workspace if they are in it, and the directory no longer keeps them. Their history stays."""
    entry = entry_of(member)
    with transaction.atomic():
        if member.removed_at is None:
            _let_go(member, directory, now=now)
        else:
            facts = {"user": member.user_id, "email": member.user.email}
            record("directory.person_let_go", member, actor=directory.actor, now=now, **facts)
        if entry:
            entry.delete()
