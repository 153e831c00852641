"""What a push says, and handing it to the push service of a browser."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings

from fairlead.allocation.models import Offer
from fairlead.config import config
from fairlead.lib import webpush
from fairlead.lib.errors import Unavailable
from fairlead.lib.http import FetchError, Limits, Reply, send_bytes
from fairlead.lib.seal import BrokenSeal
from fairlead.lib.speech import tr
from fairlead.notices.actions.devices import subscription
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.links import seen_secret
from fairlead.notices.models import Device, Notice
from fairlead.notices.queries import offer_number
from fairlead.notices.sites import trusted_hosts

DAY_S: Final = 24 * 3600
TITLE_CHARS: Final = 120
BODY_CHARS: Final = 160
LINES: Final = 3
GONE: Final = frozenset({401, 403, 404, 410})
"""Answers of a push service that knows the browser no more, or not as one that takes pushes of this server."""


class Gone(Exception):
    """The browser takes no pushes any more."""


def message(rows: Sequence[Notice], *, workspace: str, discreet: bool) -> dict[str, Any]:
    """What the service worker shows: no more than a mail would say, and on a discreet device only the kind of news."""
    if len(rows) > 1:
        lines = "" if discreet else "\n".join(_cut(row.title, TITLE_CHARS) for row in rows[:LINES])
        title = tr("%(n)s notifications from %(workspace)s", n=len(rows), workspace=workspace)
        return {"title": title, "body": lines, "url": "/notices/?show=unread", "tag": "digest", "at": _ms(rows[0])}
    (row,) = rows
    said = (workspace, str(BY_NAME[row.kind].label)) if discreet else (row.title, row.body)
    return {
        "title": _cut(said[0], TITLE_CHARS), "body": _cut(said[1], BODY_CHARS), "url": row.url, "at": _ms(row),
        "tag": f"notice-{row.pk}", "seen": f"/notices/seen/{seen_secret(row)}/",
        "actions": _answers() if offer_number(row) else [],
    }  # fmt: skip


def _answers() -> list[dict[str, str]]:
    return [{"action": "accept", "title": tr("Accept")}, {"action": "decline", "title": tr("Decline")}]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _ms(row: Notice) -> int:
    return int(row.created_at.timestamp() * 1000)


def headers_for(rows: Sequence[Notice], *, now: datetime) -> dict[str, str]:
    """How long a push service keeps it for a browser that is not there, and what a later one replaces."""
    first = rows[0]
    number = offer_number(first) if len(rows) == 1 else 0
    ends = Offer.objects.filter(pk=number).values_list("expires_at", flat=True).first() if number else None
    kept_s = min(DAY_S, max(0, int((ends - now).total_seconds()))) if ends else DAY_S
    urgency = "high" if any(BY_NAME[row.kind].urgent for row in rows) else "normal"
    return {"ttl": str(kept_s), "urgency": urgency, "topic": f"notice-{first.pk}" if len(rows) == 1 else "digest"}


def send(device: Device, what: dict[str, Any], headers: dict[str, str], *, now: datetime) -> None:
    """Encrypt and hand over. Raises Gone, or Unavailable when it is worth trying again."""
    try:
        to = subscription(device)
    except BrokenSeal as error:
        raise Gone from error
    body = webpush.encrypt(
        json.dumps(what, ensure_ascii=False).encode(), public=webpush.decoded(to.p256dh),
        auth=webpush.decoded(to.auth), own=webpush.fresh_key(), salt=secrets.token_bytes(16),
    )  # fmt: skip
    signed = webpush.authorization(to.endpoint, key=_key(), contact=_contact(), now=now)
    kind = {"content-type": "application/octet-stream", "content-encoding": "aes128gcm", "authorization": signed}
    limits = Limits(most_bytes=65536, seconds=10, trusted=trusted_hosts())
    try:
        reply = send_bytes(to.endpoint, body, limits=limits, headers={**headers, **kind})
    except FetchError as error:
        raise Unavailable(f"A push service did not take a push: {error.reason}") from error
    _judge(reply)


def _judge(reply: Reply) -> None:
    if reply.status in GONE:
        raise Gone
    if not 200 <= reply.status < 300:
        raise Unavailable(f"A push service answered {reply.status}.")


def public_key() -> str:
    """By which browsers know this server, in Base64 for addresses."""
    return webpush.encoded(webpush.point(_key()))


def _key() -> Any:
    return webpush.server_key(settings.SECRET_KEY)


def _contact() -> str:
    """Whom a push service can ask about this server."""
    return (
        settings.BASE_URL if settings.BASE_URL.startswith("https://") else f"mailto:{parseaddr(config().mail_from)[1]}"
    )
