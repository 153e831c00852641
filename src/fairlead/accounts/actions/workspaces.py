"""Workspaces: a new one with its owner, and its settings."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from django.db import connection, models, transaction
from django.utils.text import slugify

from fairlead.accounts.actions.members import record_joined
from fairlead.accounts.actions.users import create_user
from fairlead.accounts.choices import COUNTRIES, CURRENCIES
from fairlead.accounts.models import Membership, Role, User, Workspace
from fairlead.accounts.permissions import may_change_workspace
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Invalid, require
from fairlead.lib.languages import LANGUAGES
from fairlead.lib.speech import tr


def sign_up(
    email: str,
    name: str,
    password: str | None,
    workspace: str,
    *,
    now: datetime,
    time_zone: str = "UTC",
    language: str = "",
) -> Membership:
    """A new person with a workspace of their own. Raises Invalid with the fields email, name, password, workspace."""
    if not workspace.strip():
        raise Invalid({"workspace": tr("Please give the workspace a name: your team's or company's.")})
    with transaction.atomic():
        user = create_user(email, name, password, now=now, time_zone=time_zone, language=language)
        return create_workspace(workspace, user=user, now=now, time_zone=time_zone, language=language)


def create_workspace(name: str, *, user: User, now: datetime, **settings: str) -> Membership:
    """A new workspace with `user` as its owner. `settings`: time_zone, country, currency,
    language. Enters it."""
    _check({"name": name, **settings})
    with transaction.atomic():
        number = next_id(Workspace)
        enter(number, user_id=user.pk)  # row-level security lets a workspace be written from inside only
        slug = f"{slugify(name)[:28] or 'team'}-{number}"
        workspace = Workspace.objects.create(id=number, name=name.strip(), slug=slug, created_at=now, **settings)
        member = Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER, created_at=now)
        record("workspace.created", workspace, actor=actor_of(member), now=now, name=workspace.name)
        record_joined(member, actor=actor_of(member), now=now)
    return member


def next_id(model: type[models.Model]) -> int:
    """The id that the next row of this table may have; no other row gets it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def change_workspace(workspace: Workspace, *, actor: Actor, now: datetime, **values: str) -> Workspace:
    """Change name, time_zone, country, currency or language."""
    require(may_change_workspace(actor), tr("Only an owner or admin can change the workspace's settings."))
    _check(values)
    values = {k: v.strip() for k, v in values.items()}
    changes = {k: [getattr(workspace, k), v] for k, v in values.items() if getattr(workspace, k) != v}
    if not changes:
        return workspace
    with transaction.atomic():
        Workspace.objects.filter(pk=actor.workspace_id).update(**{k: after for k, (_, after) in changes.items()})
        record("workspace.changed", workspace, actor=actor, now=now, changes=changes)
    workspace.refresh_from_db()
    return workspace


def _check(values: dict[str, str]) -> None:
    wrong = {}
    if "name" in values and not 0 < len(values["name"].strip()) <= 80:
        wrong["name"] = tr("Please give the workspace a name of at most 80 characters.")
    if values.get("time_zone", "UTC") not in available_timezones():
        wrong["time_zone"] = tr(
            "%(value)s is not a time zone; one looks like Europe/Berlin.", value=repr(values["time_zone"])
        )
    if values.get("country") and values["country"] not in COUNTRIES:
        wrong["country"] = tr("Choose a country of the list; it decides which public holidays are kept free.")
    if values.get("currency", "EUR") not in CURRENCIES:
        wrong["currency"] = tr("Choose a currency of the list.")
    if values.get("language") and values["language"] not in LANGUAGES:
        wrong["language"] = tr("Choose a language of the list.")
    if wrong:
        raise Invalid(wrong)
