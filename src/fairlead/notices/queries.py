"""Reading notices: always one's own, and only what one may still see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairlead.accounts.models import Role, Session
from fairlead.accounts.permissions import MANAGERS
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import counted, prepared
from fairlead.lib.speech import tr
from fairlead.notices.kinds import KINDS, Kind
from fairlead.notices.models import Choice, Device, Mute, Notice, NoticeSettings
from fairlead.notices.timing import Rhythm
from fairlead.work.models import Task
from fairlead.work.queries import seen, visible_projects, visible_tasks
from fairlead.work.reach import shaped

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
    return counted(_unread.bound(shaped(actor), now))[0]


@prepared
def _unread(actor: Actor, now: datetime) -> QuerySet[Notice, Any]:
    return awake(own_notices(actor).filter(read_at__isnull=True), now).values("id")


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
        raise Missing(tr("There is no such notification."))
    return found


@dataclass(frozen=True)
class Channels:
    """Where news of a kind goes."""

    kind: Kind
    in_app: bool
    mail: bool
    push: bool


@dataclass(frozen=True)
class Preferences:
    """How somebody wants to be told."""

    rhythm: Rhythm
    channels: list[Channels] = field(default_factory=list)


def rhythm_of(workspace_id: int, user_id: int) -> Rhythm:
    """When mails and pushes go out to this person; the defaults when they chose nothing."""
    columns = (
        "digest", "daily_at_min", "quiet_from_min", "quiet_to_min", "quiet_days", "push_digest", "spare_mails",
    )  # fmt: skip
    row = NoticeSettings.objects.filter(workspace_id=workspace_id, user_id=user_id).values(*columns).first()
    return Rhythm(**row) if row else Rhythm()


def channels_of(workspace_id: int, kind: Kind, user_ids: list[int]) -> dict[int, Channels]:
    """{user id: where news of this kind goes for them}, in one query."""
    chosen = Choice.objects.filter(workspace_id=workspace_id, user_id__in=user_ids, kind=kind.name)
    rows = {row["user_id"]: row for row in chosen.values("user_id", "in_app", "mail", "push")}
    return {pk: _channels(kind, rows.get(pk)) for pk in user_ids}


def preferences(actor: Actor) -> Preferences:
    """The actor's own: all kinds that their role can get."""
    chosen = Choice.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0)
    by_kind = {row["kind"]: row for row in chosen.values("kind", "in_app", "mail", "push")}
    rows = [_channels(kind, by_kind.get(kind.name)) for kind in kinds_for(actor)]
    return Preferences(rhythm_of(actor.workspace_id, actor.user_id or 0), rows)


def _channels(kind: Kind, row: Mapping[str, Any] | None) -> Channels:
    if row is None:
        return Channels(kind, kind.in_app, kind.mail, kind.mail)
    return Channels(kind, row["in_app"], row["mail"], kind.mail if row["push"] is None else row["push"])


@dataclass(frozen=True)
class DeviceRow:
    """A device as the settings show it. `here`: it is the browser that asks."""

    id: int
    name: str
    discreet: bool
    created_at: datetime
    used_at: datetime | None
    failing_since: datetime | None
    here: bool


def devices(actor: Actor, session: str, *, now: datetime) -> list[DeviceRow]:
    """The actor's devices that take pushes, this one first. `session`: the digest of the session that asks."""
    columns = ("id", "name", "discreet", "created_at", "used_at", "failing_since")
    found = live_devices(actor.workspace_id, actor.user_id or 0, now=now).order_by("-created_at", "-pk")
    rows = [DeviceRow(here=row.pop("session") == session, **row) for row in found.values("session", *columns)]
    return sorted(rows, key=lambda row: not row.here)


def live_devices(workspace_id: int, user_id: int, *, now: datetime) -> QuerySet[Device]:
    """The person's devices on which they are signed in."""
    signed_in = Session.objects.filter(user_id=user_id, expire_date__gt=now).values("session_key")
    return Device.objects.filter(workspace_id=workspace_id, user_id=user_id, session__in=signed_in)


def reachable(workspace_id: int, user_ids: Collection[int], *, now: datetime) -> set[int]:
    """Which of these people have a device that takes pushes; no question where nobody is asked about."""
    if not user_ids:
        return set()
    alive = Session.objects.filter(session_key=OuterRef("session"), user_id=OuterRef("user_id"), expire_date__gt=now)
    found = Device.objects.filter(Exists(alive), workspace_id=workspace_id, user_id__in=user_ids)
    return set(found.values_list("user_id", flat=True))


def muted_by(task: Task | None, user_ids: Collection[int]) -> set[int]:
    """Which of these people have muted the task or its project."""
    if task is None or not user_ids:
        return set()
    found = Mute.objects.filter(Q(task=task) | Q(project_id=task.project_id), user_id__in=user_ids)
    return set(found.values_list("user_id", flat=True))


def mutes(actor: Actor) -> QuerySet[Mute]:
    """What the actor has muted and may still see, projects first."""
    mine = Mute.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0)
    seen = Q(project__in=visible_projects(actor)) | Q(task__in=visible_tasks(actor))
    return mine.filter(seen).select_related("project", "task__project").order_by("project__name", "task_id")


def find_device(actor: Actor, number: int) -> Device:
    """One of the actor's own. Raises Missing, also for somebody else's."""
    found = Device.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0, pk=number).first()
    if found is None:
        raise Missing(tr("There is no such device any more."))
    return found


def offer_number(notice: Notice) -> int:
    """The offer that a notice asks to answer; 0 when it asks for none."""
    asks = notice.kind in ("offered", "expiring")
    number = notice.url.removeprefix("/offers/").rstrip("/")
    return int(number) if asks and number.isdecimal() else 0


CLIENT_KINDS: Final = frozenset({"mentioned", "commented"})
"""What clients get besides the kinds that are theirs alone."""


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds of news that the actor's role can get."""
    if actor.role == Role.CLIENT:
        return [kind for kind in KINDS if kind.for_clients or kind.name in CLIENT_KINDS]
    staff = [kind for kind in KINDS if not kind.for_clients]
    return [kind for kind in staff if actor.role in MANAGERS or not kind.for_managers]
