"""Notifications of the token's user, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from fairlead.accounts.models import User
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, PathId, Shown
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.notices import actions, queries
from fairlead.notices.models import Notice
from fairlead.notices.timing import Rhythm

routes = Routes(tags=["Notifications"])
LATEST = Order("notices", ("created_at", "id"), descending=True)
Minute = Annotated[int, Field(strict=True, ge=0, le=1439, description="Minutes after midnight, on the user's clock.")]


class NoticeOut(Shown):
    id: int
    kind: str = Field(examples=["mentioned"])
    title: str = Field(examples=["Bob mentioned you on WEB-42"])
    body: str
    url: str = Field(description="The page that it is about.", examples=["/tasks/WEB-42/#comment-7"])
    actor_name: str = Field(examples=["Bob"])
    created_at: datetime
    read_at: datetime | None
    snoozed_until: datetime | None


class NoticePage(Shown):
    items: list[NoticeOut]
    next_cursor: str | None


class NoticeFilter(Paging):
    unread: bool | None = Field(None, description="true: only what was not read.")
    kind: str | None = Field(None, max_length=20)


class Snooze(Body):
    until: Literal["hour", "tomorrow", "monday"] = Field(description="The days at 9:00 on the user's clock.")


class ReadOut(Shown):
    read: int = Field(description="How many were marked.")


class ChannelOut(Shown):
    kind: str = Field(examples=["mentioned"])
    label: str = Field(examples=["Somebody mentions me in a comment"])
    in_app: bool
    mail: bool
    push: bool = Field(description="To the devices on which the user switched that on.")


class SettingsOut(Shown):
    digest: Literal["now", "hourly", "daily"]
    daily_at_min: int
    quiet_from_min: int
    quiet_to_min: int
    quiet_days: list[int] = Field(description="Days on which quiet hours begin; 0 is Monday.")
    push_digest: Literal["now", "hourly", "daily"]
    spare_mails: bool = Field(description="What a device had is not mailed as well.")
    channels: list[ChannelOut]


class Channel(Body):
    kind: Annotated[str, Field(max_length=20, examples=["mentioned"])]
    in_app: bool = Field(strict=True)
    mail: bool = Field(strict=True)
    push: bool | None = Field(None, strict=True, description="Left out: as it is.")


class SettingsIn(Body):
    digest: Literal["now", "hourly", "daily"] = "now"
    daily_at_min: Minute = 540
    quiet_from_min: Minute = 1200
    quiet_to_min: Minute = 480
    quiet_days: list[Annotated[int, Field(strict=True, ge=0, le=6)]] = Field([], max_length=7)
    push_digest: Literal["now", "hourly", "daily"] = "now"
    spare_mails: bool = Field(False, strict=True)
    channels: list[Channel] = Field([], max_length=40, description="Kinds that are not sent stay as they are.")


COLUMNS = tuple(NoticeOut.model_fields)


@routes.on("GET", "/notices", scope="work:read", gives=NoticePage)
def list_notices(request: Call, wanted: Query[NoticeFilter]) -> dict[str, Any]:
    """List one's notifications

    The latest first; what is snoozed is left out until its time.
    """
    found = queries.awake(queries.own_notices(request.actor), request.now)
    if wanted.unread is not None:
        found = found.filter(read_at__isnull=wanted.unread)
    if wanted.kind is not None:
        found = found.filter(kind=wanted.kind)
    return paging.page(request, paging.cut(request, found.values(*COLUMNS), LATEST, wanted))


@routes.on("POST", "/notices/read-all", scope="work:write", gives=ReadOut)
def read_all_notices(request: Call) -> dict[str, int]:
    """Mark all notifications as read"""
    return {"read": actions.mark_all_read(actor=request.actor, now=request.now)}


@routes.on("POST", "/notices/{notice_id}/read", scope="work:write", gives=NoticeOut)
def read_notice(request: Call, notice_id: PathId) -> Notice:
    """Mark a notification as read"""
    notice = queries.find_notice(request.actor, notice_id)
    return actions.mark_read(notice, actor=request.actor, now=request.now)


@routes.on("POST", "/notices/{notice_id}/snooze", scope="work:write", gives=NoticeOut)
def snooze_notice(request: Call, notice_id: PathId, body: Snooze) -> Notice:
    """Snooze a notification

    It is unread again when the time has come.
    """
    notice = queries.find_notice(request.actor, notice_id)
    zone = User.objects.values_list("time_zone", flat=True).get(pk=request.actor.user_id or 0)
    return actions.snooze(notice, body.until, zone=zone, actor=request.actor, now=request.now)


@routes.on("GET", "/notice-settings", scope="work:read", gives=SettingsOut)
def show_notice_settings(request: Call) -> dict[str, Any]:
    """Show how one is notified"""
    return _settings(request)


@routes.on("PUT", "/notice-settings", scope="work:write", gives=SettingsOut)
def change_notice_settings(request: Call, body: SettingsIn) -> dict[str, Any]:
    """Change how one is notified"""
    times = {name: getattr(body, name) for name in ("daily_at_min", "quiet_from_min", "quiet_to_min")}
    rhythm = Rhythm(
        digest=body.digest, quiet_days=tuple(body.quiet_days), push_digest=body.push_digest,
        spare_mails=body.spare_mails, **times,
    )  # fmt: skip
    channels = {row.kind: actions.Wanted(row.in_app, row.mail, row.push) for row in body.channels}
    actions.save_preferences(rhythm, channels, actor=request.actor)
    return _settings(request)


def _settings(request: Call) -> dict[str, Any]:
    told = queries.preferences(request.actor)
    names = (*Rhythm.__dataclass_fields__,)
    rows = [
        {"kind": row.kind.name, "label": str(row.kind.label), "in_app": row.in_app, "mail": row.mail, "push": row.push}
        for row in told.channels
    ]
    return {**{name: getattr(told.rhythm, name) for name in names}, "channels": rows}
