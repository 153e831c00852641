"""Settings: about what one is told, where, and when mails come."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.lib.days import WEEKDAYS
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr
from fairlead.notices import actions, queries
from fairlead.notices.models import NoticeSettings
from fairlead.notices.timing import Rhythm
from fairlead.web.access import Request, member_page
from fairlead.web.settings_pages.devices import session_here
from fairlead.web.settings_pages.frame import settings_page

CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
TIMES: Final = {"daily_at_min": "daily_at", "quiet_from_min": "quiet_from", "quiet_to_min": "quiet_to"}


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: Request) -> HttpResponse:
    """The matrix of kinds and channels, digest and quiet hours."""
    told = queries.preferences(request.actor)
    if request.method != "POST":
        return _shown(request, told)
    rhythm, channels = _rhythm(request.POST), _channels(request.POST, told)
    try:
        actions.save_preferences(rhythm, channels, actor=request.actor)
    except Invalid as refusal:
        typed = [queries.Channels(row.kind, *map(bool, channels[row.kind.name])) for row in told.channels]
        return _shown(request, queries.Preferences(rhythm, typed), wrong=refusal.fields, status=422)
    messages.success(request, tr("Your notifications are saved."))
    return redirect("settings-notifications")


def _shown(
    request: Request, told: queries.Preferences, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    devices = queries.devices(request.actor, session_here(request), now=timezone.now())
    values: dict[str, Any] = {
        "told": told, "devices": devices, "muted": list(queries.mutes(request.actor)), "wrong": wrong or {},
        "digests": NoticeSettings.Digest.choices, "days": list(enumerate(WEEKDAYS)), "times": TIMES,
    }  # fmt: skip
    return settings_page(request, "settings/notifications.jinja", values, status=status)


def _rhythm(sent: QueryDict) -> Rhythm:
    """What was typed; a time that is none becomes −1, which the action refuses beside its field."""
    times: dict[str, Any] = {field: _minute(sent.get(name, "")) for field, name in TIMES.items()}
    days = tuple(int(day) for day in sent.getlist("quiet_days") if day.isdecimal() and len(day) < 3)
    return Rhythm(
        digest=sent.get("digest", ""), quiet_days=days, push_digest=sent.get("push_digest", "now"),
        spare_mails="spare_mails" in sent, **times,
    )  # fmt: skip


def _minute(text: str) -> int:
    found = CLOCK.fullmatch(text.strip()[:8])
    return int(found[1]) * 60 + int(found[2]) if found else -1


def _channels(sent: QueryDict, told: queries.Preferences) -> dict[str, actions.Wanted]:
    ticked = set(sent.getlist("on"))
    names = [row.kind.name for row in told.channels]
    return {name: actions.Wanted(*(f"{name} {way}" in ticked for way in ("app", "mail", "push"))) for name in names}


urls = [path("settings/notifications/", notifications, name="settings-notifications")]
