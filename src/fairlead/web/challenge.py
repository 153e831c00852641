"""The number that a passkey must sign: made for one session, good once and for five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from fairlead.accounts.actions.passkeys import Site, WrongPasskey, site
from fairlead.lib.errors import Conflict
from fairlead.lib.speech import tr
from fairlead.web.entering import STRANGERS_S

KEY: Final = "challenge"
GOOD_MIN: Final = 5


def here() -> Site:
    """The site of this server. Raises Conflict where there can be no passkeys."""
    found = site(settings.BASE_URL)
    if found is None:
        raise Conflict(tr("Passkeys need a server with a name; this one's base address is a number."))
    return found


def origin() -> str:
    """The address at which passkeys work; nothing where there are none."""
    found = site(settings.BASE_URL)
    return found.origin if found else ""


def give_challenge(request: HttpRequest, value: str, *, now: datetime) -> None:
    """Keep the challenge in the session, in the place of an earlier one."""
    if not request.user.is_authenticated:
        request.session.set_expiry(STRANGERS_S)
    request.session[KEY] = {"value": value, "at": now.isoformat()}


def take_challenge(request: HttpRequest, *, now: datetime) -> str:
    """The challenge that this session was given; it works once. Raises WrongPasskey."""
    kept = request.session.pop(KEY, None)
    if kept is None or now - datetime.fromisoformat(kept["at"]) > timedelta(minutes=GOOD_MIN):
        raise WrongPasskey(tr("The question was answered already or is too old. Try again."))
    return str(kept["value"])
