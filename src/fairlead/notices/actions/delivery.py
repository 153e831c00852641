"""Putting a piece of news into the centres of those who may know it, and planning their mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.accounts.models import Membership, User
from fairlead.events.announce import announce
from fairlead.notices.kinds import Kind
from fairlead.notices.models import Notice
from fairlead.notices.queries import Channels, channels_of, rhythm_of
from fairlead.notices.timing import mail_time
from fairlead.work.models import Task

NO_LONGER_MAILED: Final = timedelta(days=1)
"""News older than this, told late after a stop of the server, is in the centre only."""
NO_LONGER_NEW: Final = timedelta(days=3)


@dataclass(frozen=True)
class Draft:
    """What is told, to everybody alike. `occasion` names it once and for all; `at` is when it happened."""

    kind: Kind
    occasion: str
    title: str
    url: str
    at: datetime
    body: str = ""
    task: Task | None = None
    event_id: int | None = None
    actor_name: str = ""


def deliver(draft: Draft, members: Sequence[Membership], *, now: datetime) -> list[Notice]:
    """Make the notices that are not there yet; returns those whose mails are to be sent. Twice is as once."""
    if not members:
        return []
    workspace_id = members[0].workspace_id
    wanted = channels_of(workspace_id, draft.kind, [member.user_id for member in members])
    rows = [_notice(draft, member, wanted[member.user_id], now=now) for member in members]
    with transaction.atomic():
        Notice.objects.bulk_create([row for row in rows if _is_wanted(row, draft, wanted)], ignore_conflicts=True)
        for row in rows:
            if row.in_app:
                announce("notice", workspace_id, row.user_id)
    return [row for row in rows if row.mail_at]


def _is_wanted(row: Notice, draft: Draft, wanted: Mapping[int, Channels]) -> bool:
    """Also the row of a mail with a job of its own is kept: it says that the mail went out."""
    return row.in_app or row.mail_at is not None or (draft.kind.transactional and wanted[row.user_id].mail)


def _notice(draft: Draft, member: Membership, channels: Channels, *, now: datetime) -> Notice:
    old = now - draft.at
    return Notice(
        workspace_id=member.workspace_id, user_id=member.user_id, kind=draft.kind.name, occasion=draft.occasion,
        event_id=draft.event_id, task=draft.task, project_id=draft.task.project_id if draft.task else None,
        title=draft.title[:300], body=draft.body[:500], url=draft.url, actor_name=draft.actor_name[:200],
        in_app=channels.in_app, created_at=draft.at,
        read_at=draft.at if old > NO_LONGER_NEW else None,
        mail_at=_mail_at(draft, member, channels, now=now) if old <= NO_LONGER_MAILED else None,
    )  # fmt: skip


def _mail_at(draft: Draft, member: Membership, channels: Channels, *, now: datetime) -> datetime | None:
    """When it is mailed; never to AI agents, and not when its mail has a job of its own."""
    if not channels.mail or draft.kind.transactional or member.user.kind != User.Kind.PERSON:
        return None
    return mail_time(rhythm_of(member.workspace_id, member.user_id), member.user.time_zone, now)
