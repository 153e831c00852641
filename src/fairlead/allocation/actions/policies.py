"""Writing policies: their order, their versions, and the catch-all that is always there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from fairlead.allocation.models import Policy, PolicyVersion
from fairlead.allocation.permissions import may_write_policies
from fairlead.allocation.routing.definition import Definition
from fairlead.allocation.words import CATCH_ALL
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr

NOT_YOURS = later("Only owners, admins and managers write policies; an AI agent never does.")
MOST_NAME = 80
LAST = 1_000_000
"""The place of the catch-all: after every other."""


def ensure_catch_all(workspace_id: int, *, now: datetime) -> None:
    """Every workspace has a policy for what no other takes; at first it only suggests."""
    if Policy.objects.filter(workspace_id=workspace_id, is_catch_all=True).exists():
        return
    try:
        with transaction.atomic():
            made = Policy.objects.create(
                workspace_id=workspace_id, name=CATCH_ALL, position=LAST, is_catch_all=True, created_at=now
            )
            _add_version(made, Definition(), user_id=None, now=now)
            record("policy.created", made, actor=system(workspace_id), now=now, name=made.name)
    except IntegrityError:
        return  # somebody else made it at this moment


def create_policy(name: str, definition: Definition, *, actor: Actor, now: datetime) -> Policy:
    """A new policy, after all others but the catch-all. It rests until it is resumed, so that it can be tried before.
    Raises Invalid for a name that is missing or taken."""
    require(may_write_policies(actor), NOT_YOURS)
    ensure_catch_all(actor.workspace_id, now=now)
    name = _checked_name(name)
    try:
        with transaction.atomic():
            own = Policy.objects.filter(workspace_id=actor.workspace_id, is_catch_all=False)
            last = own.aggregate(last=Max("position"))["last"] or 0
            made = Policy.objects.create(
                workspace_id=actor.workspace_id, name=name, position=last + 1, is_active=False, created_at=now
            )
            _add_version(made, definition, user_id=actor.user_id, now=now)
            record("policy.created", made, actor=actor, now=now, name=name)
    except IntegrityError as error:
        raise _taken(name) from error
    return made


def change_policy(
    policy: Policy, definition: Definition, *, actor: Actor, now: datetime, name: str | None = None,
    version: int | None = None,
) -> Policy:  # fmt: skip
    """Say something new from now on; what is under way goes on as it began. Nothing happens when nothing changes.

    `version`: the number that the writer saw; Conflict when somebody else wrote a newer one meanwhile.
    """
    require(may_write_policies(actor), NOT_YOURS)
    name = policy.name if name is None else _checked_name(name)
    if policy.is_catch_all and definition.takes:
        text = tr("The last policy takes everything that no other takes. Write a policy of its own.")
        raise Invalid({"takes": text})
    try:
        with transaction.atomic():
            held = _hold(policy)
            now_says = held.latest
            if version is not None and now_says.number != version:
                raise Conflict(
                    tr("Somebody else changed this policy since you opened it. Look at it again, then decide.")
                )
            changes: dict[str, list[Any]] = {}
            if held.name != name:
                changes["name"] = [held.name, name]
                Policy.objects.filter(pk=held.pk).update(name=name)
            if now_says.definition != definition.to_dict():
                made = _add_version(held, definition, user_id=actor.user_id, now=now)
                changes["version"] = [now_says.number, made.number]
            if changes:
                record("policy.changed", held, actor=actor, now=now, changes=changes)
    except IntegrityError as error:
        raise _taken(name) from error
    policy.refresh_from_db()
    return policy


def restore_version(policy: Policy, number: int, *, actor: Actor, now: datetime) -> Policy:
    """Say again what an earlier version said; the versions between stay to be read."""
    require(may_write_policies(actor), NOT_YOURS)
    with transaction.atomic():
        held = _hold(policy)
        wanted = held.versions.filter(number=number).first()
        if wanted is None:
            raise Refused(tr("%(name)s has no version %(n)s.", name=policy.name, n=number))
        if wanted.pk != held.current_id:
            Policy.objects.filter(pk=held.pk).update(current=wanted)
            changes = {"version": [held.latest.number, wanted.number]}
            record("policy.changed", held, actor=actor, now=now, changes=changes)
    policy.refresh_from_db()
    return policy


def pause_policy(policy: Policy, *, actor: Actor, now: datetime) -> Policy:
    """Let a policy rest: it takes nothing until it is resumed. The catch-all never rests."""
    require(may_write_policies(actor), NOT_YOURS)
    if policy.is_catch_all:
        raise Refused(tr("The last policy is always in use, so that every task is in somebody's hands."))
    return _put_to_use(policy, False, actor=actor, now=now)


def resume_policy(policy: Policy, *, actor: Actor, now: datetime) -> Policy:
    """Use a policy again that rested."""
    require(may_write_policies(actor), NOT_YOURS)
    return _put_to_use(policy, True, actor=actor, now=now)


def _put_to_use(policy: Policy, is_active: bool, *, actor: Actor, now: datetime) -> Policy:
    with transaction.atomic():
        other = Policy.objects.filter(pk=policy.pk, is_active=not is_active, removed_at__isnull=True)
        if other.update(is_active=is_active):
            changes = {"is_active": [not is_active, is_active]}
            record("policy.changed", policy, actor=actor, now=now, changes=changes)
    policy.refresh_from_db()
    return policy


def move_policy(policy: Policy, *, before: Policy | None, actor: Actor, now: datetime) -> None:
    """Put a policy before another, or last of all but the catch-all."""
    require(may_write_policies(actor), NOT_YOURS)
    if policy.is_catch_all or (before is not None and before.workspace_id != policy.workspace_id):
        raise Refused(tr("The last policy stays last, so that it takes only what no other takes."))
    with transaction.atomic():
        others = Policy.objects.select_for_update().filter(workspace_id=policy.workspace_id, is_catch_all=False)
        row = [it.pk for it in others.filter(removed_at__isnull=True).order_by("position", "id") if it.pk != policy.pk]
        place = row.index(before.pk) if before is not None and before.pk in row else len(row)
        row.insert(place, policy.pk)
        for position, pk in enumerate(row, 1):
            others.filter(pk=pk).exclude(position=position).update(position=position)
        record("policy.changed", policy, actor=actor, now=now, changes={"position": [policy.position, place + 1]})
    policy.refresh_from_db()


def remove_policy(policy: Policy, *, actor: Actor, now: datetime) -> None:
    """Take a policy out of use; its receipts stay readable, and tasks on their way finish it."""
    require(may_write_policies(actor), NOT_YOURS)
    if policy.is_catch_all:
        raise Refused(tr("The last policy cannot be removed, so that every task is in somebody's hands."))
    with transaction.atomic():
        if Policy.objects.filter(pk=policy.pk, removed_at__isnull=True).update(removed_at=now, is_active=False):
            record("policy.removed", policy, actor=actor, now=now, name=policy.name)


def restore_policy(policy: Policy, *, is_active: bool, actor: Actor, now: datetime) -> Policy:
    """Bring a removed policy back to its place, in use or at rest. Once it is there, nothing happens.

    Raises Conflict when another policy has its name by now."""
    require(may_write_policies(actor), NOT_YOURS)
    try:
        with transaction.atomic():
            gone = Policy.objects.filter(pk=policy.pk, removed_at__isnull=False)
            if gone.update(removed_at=None, is_active=is_active):
                record("policy.restored", policy, actor=actor, now=now, name=policy.name, is_active=is_active)
    except IntegrityError as error:
        raise Conflict(
            tr("Another policy is called %(name)s by now. Rename it, then take the removal back.", name=policy.name)
        ) from error
    policy.refresh_from_db()
    return policy


def _hold(policy: Policy) -> Policy:
    """The policy as it is now, held until the transaction ends. Raises Conflict for a removed one."""
    held = Policy.objects.select_for_update(no_key=True, of=("self",)).select_related("current").get(pk=policy.pk)
    if held.removed_at is not None:
        raise Conflict(tr("This policy was removed meanwhile."))
    return held


def _add_version(policy: Policy, definition: Definition, *, user_id: int | None, now: datetime) -> PolicyVersion:
    number = (policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made = PolicyVersion.objects.create(
        workspace_id=policy.workspace_id, policy=policy, number=number, definition=definition.to_dict(),
        by_user_id=user_id, created_at=now,
    )  # fmt: skip
    Policy.objects.filter(pk=policy.pk).update(current=made)
    policy.current = made
    return made


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MOST_NAME:
        raise Invalid({"name": tr("Name the policy in at most %(most)s characters.", most=MOST_NAME)})
    return name


def _taken(name: str) -> Invalid:
    return Invalid({"name": tr("There is a policy called %(name)s already.", name=name)})
