"""Reading notices: always one's own, and only what one may still see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.notices.kinds import KINDS, Kind
from fairlead.notices.models import Choice, Notice, NoticeSettings
from fairlead.notices.timing import Rhythm
from fairlead.work.queries import seen, visible_projects

COLUMNS: Final = (
    "id", "kind", "title", "body", "url", "actor_name", "created_at", "read_at", "snoozed_until", "task_id",
)  # fmt: skip


@dataclass(frozen=True)
class NoticeRow:
    """A notice as the centre shows it. `url` leads to what it is about."""

    id: int
    kind: str
    title: str
    body: str
    url: str
    actor_name: str
    created_at: datetime
    read_at: datetime | None
    snoozed_until: datetime | None
    task_id: int | None


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices in this workspace; only those of projects that they still see."""
    return told_to(actor).filter(in_app=True)


def told_to(actor: Actor) -> QuerySet[Notice]:
    """Those that are mailed only, too."""
    found = Notice.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0)
    if actor.role == Role.CLIENT:
        found = found.filter(Q(project__isnull=True) | Q(project__in=visible_projects(actor)))
    return seen(found, actor, "project").exclude(task__deleted_at__isnull=False)


def awake(found: QuerySet[Notice], now: datetime) -> QuerySet[Notice]:
    """Those that are not snoozed."""
    return found.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now))


def unread_count(actor: Actor, *, now: datetime) -> int:
    """How many wait to be read, in one query."""
    return awake(own_notices(actor).filter(read_at__isnull=True), now).count()


def notices(actor: Actor, show: str, *, now: datetime, limit: int) -> list[NoticeRow]:
    """The latest ones. `show`: all, unread, mentions or snoozed."""
    found = own_notices(actor)
    found = found.filter(snoozed_until__gt=now) if show == "snoozed" else awake(found, now)
    if show == "unread":
        found = found.filter(read_at__isnull=True)
    if show == "mentions":
        found = found.filter(kind="mentioned")
    return [NoticeRow(**row) for row in found.order_by("-created_at", "-pk").values(*COLUMNS)[:limit]]


def find_notice(actor: Actor, notice_id: int) -> Notice:
    """One of the actor's own. Raises Missing, also for somebody else's."""
    found = own_notices(actor).filter(pk=notice_id).first()
    if found is None:
        raise Missing("There is no such notification.")
    return found


@dataclass(frozen=True)
class Channels:
    """Where news of a kind goes."""

    kind: Kind
    in_app: bool
    mail: bool


@dataclass(frozen=True)
class Preferences:
    """How somebody wants to be told."""

    rhythm: Rhythm
    channels: list[Channels] = field(default_factory=list)


def rhythm_of(workspace_id: int, user_id: int) -> Rhythm:
    """When mails go out to this person; the defaults when they chose nothing."""
    columns = ("digest", "daily_at_min", "quiet_from_min", "quiet_to_min", "quiet_days")
    row = NoticeSettings.objects.filter(workspace_id=workspace_id, user_id=user_id).values(*columns).first()
    return Rhythm(**row) if row else Rhythm()


def channels_of(workspace_id: int, kind: Kind, user_ids: list[int]) -> dict[int, Channels]:
    """{user id: where news of this kind goes for them}, in one query."""
    rows: dict[int, dict[str, Any]] = {
        row["user_id"]: dict(row)
        for row in Choice.objects.filter(workspace_id=workspace_id, user_id__in=user_ids, kind=kind.name).values(
            "user_id", "in_app", "mail"
        )
    }
    return {
        pk: Channels(kind, rows[pk]["in_app"], rows[pk]["mail"])
        if pk in rows
        else Channels(kind, kind.in_app, kind.mail)
        for pk in user_ids
    }


def preferences(actor: Actor) -> Preferences:
    """The actor's own: all kinds that their role can get."""
    chosen = {
        row["kind"]: row
        for row in Choice.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0).values(
            "kind", "in_app", "mail"
        )
    }
    rows = [
        Channels(k, chosen[k.name]["in_app"], chosen[k.name]["mail"])
        if k.name in chosen
        else Channels(k, k.in_app, k.mail)
        for k in kinds_for(actor)
    ]
    return Preferences(rhythm_of(actor.workspace_id, actor.user_id or 0), rows)


CLIENT_KINDS: Final = frozenset({"mentioned", "commented"})
"""What clients get besides the kinds that are theirs alone."""


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds of news that the actor's role can get."""
    if actor.role == Role.CLIENT:
        return [kind for kind in KINDS if kind.for_clients or kind.name in CLIENT_KINDS]
    staff = [kind for kind in KINDS if not kind.for_clients]
    return [kind for kind in staff if actor.role in MANAGERS or not kind.for_managers]
