"""Putting a piece of news into the centres of those who may know it, and planning their mails and pushes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.accounts.models import Membership, User
from fairlead.events.announce import announce
from fairlead.notices.kinds import Kind
from fairlead.notices.models import Notice
from fairlead.notices.queries import Channels, channels_of, muted_by, reachable, rhythm_of
from fairlead.notices.timing import mail_after, mail_time, push_time
from fairlead.work.models import Task

NO_LONGER_SENT: Final = timedelta(days=1)
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
    """Make the notices that are not there yet; returns those to be mailed or pushed. Twice is as once."""
    quiet = set() if draft.kind.personal else muted_by(draft.task, [member.user_id for member in members])
    members = [member for member in members if member.user_id not in quiet]
    if not members:
        return []
    workspace_id = members[0].workspace_id
    wanted = channels_of(workspace_id, draft.kind, [member.user_id for member in members])
    devices = reachable(workspace_id, [pk for pk, channels in wanted.items() if channels.push], now=now)
    rows = [_notice(draft, member, wanted[member.user_id], devices, now=now) for member in members]
    with transaction.atomic():
        Notice.objects.bulk_create([row for row in rows if _is_wanted(row, draft, wanted)], ignore_conflicts=True)
        for row in rows:
            if row.in_app:
                announce("notice", workspace_id, row.user_id)
    return [row for row in rows if row.mail_at or row.push_at]


def _is_wanted(row: Notice, draft: Draft, wanted: Mapping[int, Channels]) -> bool:
    """Also the row of a mail with a job of its own is kept: it says that the mail went out."""
    goes_out = row.mail_at is not None or row.push_at is not None
    return row.in_app or goes_out or (draft.kind.transactional and wanted[row.user_id].mail)


def _notice(draft: Draft, member: Membership, channels: Channels, devices: Collection[int], *, now: datetime) -> Notice:
    """One person's. `devices`: the ids of the users who have one that takes pushes."""
    old = now - draft.at
    row = Notice(
        workspace_id=member.workspace_id, user_id=member.user_id, kind=draft.kind.name, occasion=draft.occasion,
        event_id=draft.event_id, task=draft.task, project_id=draft.task.project_id if draft.task else None,
        title=draft.title[:300], body=draft.body[:500], url=draft.url, actor_name=draft.actor_name[:200],
        in_app=channels.in_app, created_at=draft.at, read_at=draft.at if old > NO_LONGER_NEW else None,
    )  # fmt: skip
    if old <= NO_LONGER_SENT and member.user.kind == User.Kind.PERSON:
        _plan(row, draft.kind, member.user, channels, pushed=member.user_id in devices, now=now)
    return row


def _plan(row: Notice, kind: Kind, user: User, channels: Channels, *, pushed: bool, now: datetime) -> None:
    """When it goes out. A mail with a job of its own is not planned here; its push waits for no bundle."""
    mailed = channels.mail and not kind.transactional
    if not (mailed or pushed):
        return
    rhythm = rhythm_of(row.workspace_id, row.user_id)
    if pushed:
        row.push_at = push_time(replace(rhythm, push_digest="now") if kind.urgent else rhythm, user.time_zone, now)
    if mailed:
        row.mail_at = mail_time(rhythm, user.time_zone, now)
    if row.mail_at and row.push_at and rhythm.spare_mails:
        row.mail_at = max(row.mail_at, mail_after(row.push_at, rhythm, user.time_zone))
