"""What a directory does with its groups, and the roles that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fairlead.accounts.actions.directory_people import Taken, take_person
from fairlead.accounts.actions.groups import follow, role_by
from fairlead.accounts.directory import Directory, entry_of, group_names, people
from fairlead.accounts.models import (
    DirectoryEntry,
    DirectoryGroup,
    DirectoryPlace,
    DirectoryToken,
    IdentityProvider,
)
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing
from fairlead.lib.speech import tr


@dataclass(frozen=True)
class GroupSaid:
    """What the directory says of a group; None: nothing about it. `steps`: (add, remove or set, numbers of members),
    one after the other."""

    name: str | None = None
    external_id: str | None = None
    steps: Sequence[tuple[str, Collection[int]]] = ()


def add_group(said: GroupSaid, *, directory: Directory, now: datetime) -> DirectoryGroup:
    """A new group and who is in it. Raises Taken for a name that there is."""
    group = DirectoryGroup(
        workspace_id=directory.provider.workspace_id, provider=directory.provider, name=said.name or "",
        external_id=said.external_id or "", created_at=now, changed_at=now,
    )  # fmt: skip
    with transaction.atomic():
        _save(group)
        came, _ = _place(group, said, directory=directory, now=now)
        record("directory.group_added", group, actor=directory.actor, now=now, name=group.name, people=len(came))
        _follow(directory.provider, _without(group, came), actor=directory.actor, now=now)
    return group


def change_group(group: DirectoryGroup, said: GroupSaid, *, directory: Directory, now: datetime) -> None:
    """Do what the directory says of its group, all of it or nothing. Roles follow."""
    with transaction.atomic():
        group = _locked(group)
        changes = _note(group, said)
        before = group_names(_inside(group))
        if changes:
            _save(group)
        came, went = _place(group, said, directory=directory, now=now)
        if not (changes or came or went):
            return
        DirectoryGroup.objects.filter(pk=group.pk).update(changed_at=now)
        facts: dict[str, Any] = {"added": len(came), "removed": len(went), "changes": changes}
        record("directory.group_changed", group, actor=directory.actor, now=now, **facts)
        touched = {n: names for n, names in before.items() if n in went or "name" in changes}
        _follow(directory.provider, {**touched, **_without(group, came)}, actor=directory.actor, now=now)


def delete_group(group: DirectoryGroup, *, directory: Directory, now: datetime) -> None:
    """The group goes, and the roles that it gave with it. Members stay members."""
    with transaction.atomic():
        before = group_names(_inside(group))
        facts = {"name": group.name, "people": len(before)}
        record("directory.group_removed", group, actor=directory.actor, now=now, **facts)
        group.delete()
        _follow(directory.provider, before, actor=directory.actor, now=now)


def follow_mapping(provider: IdentityProvider, before: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """After another role was chosen for a group: whoever the directory has put there gets it at once."""
    if before == provider.group_roles:
        return
    placed = DirectoryPlace.objects.filter(group__provider=provider).values_list("entry_id", flat=True)
    _follow(provider, group_names(placed.distinct()), actor=actor, now=now, mapping=before)


def forget_directory(provider: IdentityProvider, *, now: datetime) -> None:
    """The provider is gone: no directory keeps its people any more, and its token stops."""
    DirectoryToken.objects.filter(provider=provider, revoked_at__isnull=True).update(revoked_at=now)
    DirectoryGroup.objects.filter(provider=provider).delete()
    DirectoryEntry.objects.filter(provider=provider).delete()


def _locked(group: DirectoryGroup) -> DirectoryGroup:
    """The group as it is now; two who change it come one after the other."""
    found = DirectoryGroup.objects.select_for_update().filter(pk=group.pk).first()
    if found is None:
        raise Missing(tr("There is no such group."))
    return found


def _without(group: DirectoryGroup, came: Collection[int]) -> dict[int, set[str]]:
    """In which other groups these entries are, which have come into this one just now."""
    return {number: names - {group.name} for number, names in group_names(came).items()}


def _note(group: DirectoryGroup, said: GroupSaid) -> dict[str, list[str]]:
    changes = {}
    for name in ("name", "external_id"):
        before, after = getattr(group, name), getattr(said, name)
        if after is not None and after != before:
            changes[name] = [before, after]
            setattr(group, name, after)
    return changes


def _save(group: DirectoryGroup) -> None:
    if not 0 < len(group.name.strip()) <= 200 or len(group.external_id) > 255:
        raise Invalid({"displayName": tr("A group needs a displayName of at most 200 characters.")})
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise Taken(tr("The directory has another group of this name.")) from error


def _inside(group: DirectoryGroup) -> set[int]:
    """The numbers of the entries that are in the group."""
    return set(DirectoryPlace.objects.filter(group=group).values_list("entry_id", flat=True))


def _place(
    group: DirectoryGroup, said: GroupSaid, *, directory: Directory, now: datetime
) -> tuple[set[int], set[int]]:  # fmt: skip
    """Put people into the group and take them out; the numbers of the entries that came and went."""
    if not said.steps:
        return set(), set()
    entries = _entries({n for how, numbers in said.steps if how != "remove" for n in numbers}, directory, now=now)
    known = dict(DirectoryPlace.objects.filter(group=group).values_list("entry__member_id", "entry_id"))
    before = set(known.values())
    inside, known = set(before), {**known, **entries}
    for how, numbers in said.steps:
        meant = {known[number] for number in numbers if number in known}
        inside = meant if how == "set" else inside | meant if how == "add" else inside - meant
    came, went = inside - before, before - inside
    DirectoryPlace.objects.filter(group=group, entry_id__in=went).delete()
    rows = [DirectoryPlace(workspace_id=group.workspace_id, group=group, entry_id=number) for number in came]
    DirectoryPlace.objects.bulk_create(rows, ignore_conflicts=True)
    return came, went


def _entries(numbers: set[int], directory: Directory, *, now: datetime) -> dict[int, int]:
    """Number of member → number of entry. Whom no directory keeps is kept by this one from now on."""
    found = {member.pk: member for member in people(directory.provider).filter(pk__in=numbers)}
    if lost := sorted(numbers - set(found)):
        raise Invalid({"members": tr("There is no user %(number)s.", number=lost[0])})
    return {
        number: (entry_of(member) or take_person(member, directory=directory, now=now)).pk
        for number, member in found.items()
    }


def _follow(
    provider: IdentityProvider, before: Mapping[int, Iterable[str]], *, actor: Actor, now: datetime,
    mapping: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Give each of these entries the role of its groups where that is another one than `before`; who is in none that
    gives a role any more gets that of new members. `mapping`: what groups gave until now."""
    former = provider.group_roles if mapping is None else mapping
    after = group_names(before)
    moved = {
        number: role
        for number, names in before.items()
        if (role := role_by(provider.group_roles, after[number])) != role_by(former, set(names))
    }
    entries = DirectoryEntry.objects.filter(pk__in=list(moved), member__removed_at__isnull=True)
    for entry in entries.select_related("member__user").order_by("pk"):
        follow(entry.member, moved[entry.pk] or provider.role, actor=actor, now=now)
