"""Reading a calendar: ask whether it changed, work out when its owner is busy, keep only that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fairlead.accounts.languages import language_of
from fairlead.config import config
from fairlead.lib import ics
from fairlead.lib.errors import Invalid
from fairlead.lib.http import FetchError, Limits, Reply, checked, fetch
from fairlead.lib.speech import mark, speaking, tr
from fairlead.people.actions import keep_reading, note_fault
from fairlead.people.actions.calendars import AHEAD, BEHIND
from fairlead.people.models import Calendar

ANEW: Final = timedelta(hours=12)
"""After which a calendar that has not changed is read all the same: the window has moved on."""


def check_address(address: str) -> str:
    """An address that may be fetched; webcal:// is https://. Raises Invalid, which says what to do."""
    address = address.strip()
    if address.lower().startswith(("webcal://", "webcals://")):
        address = "https://" + address.partition("://")[2]
    try:
        return checked(address, trusted_hosts())
    except FetchError as error:
        raise Invalid({"address": str(error)}) from error


def trusted_hosts() -> frozenset[str]:
    """Hosts inside our own network that may be asked, as the settings say."""
    return frozenset(host.strip().lower() for host in config().private_hosts.split(",") if host.strip())


def read_calendar(calendar: Calendar, *, now: datetime) -> None:
    """Fetch, read and keep one calendar; what fails is told to its owner, in their language, and tried again later."""
    with speaking(language_of(calendar.worker.user, calendar.workspace)):
        _read_calendar(calendar, now=now)


def _read_calendar(calendar: Calendar, *, now: datetime) -> None:
    try:
        reply = fetch(calendar.address, limits=Limits(ics.MOST_BYTES, trusted=trusted_hosts()),
                      headers=_unless_changed(calendar, now))  # fmt: skip
        reading = None if reply.status == 304 else _reading(calendar, reply, now)
    except FetchError as error:
        note_fault(calendar, error.reason, error.advice, plain=error.plain, now=now)
    except ics.NotCalendar as error:
        plain = mark("What lies at the address cannot be read.")
        note_fault(calendar, tr(plain), str(error), plain=plain, now=now)
    else:
        told = {name: reply.headers.get(header, "") for name, header in _TOLD.items()}
        keep_reading(calendar, reading, **told, now=now)


_TOLD: Final = {"etag": "etag", "modified": "last-modified"}


def _unless_changed(calendar: Calendar, now: datetime) -> dict[str, str]:
    """The headers that let the server answer "nothing new", unless the window has to be worked out anew."""
    if calendar.read_until is None or calendar.fault or calendar.read_until < now + AHEAD - ANEW:
        return {}
    known = {"if-none-match": calendar.etag, "if-modified-since": calendar.modified}
    return {name: value for name, value in known.items() if value}


def _reading(calendar: Calendar, reply: Reply, now: datetime) -> ics.Reading:
    return ics.read(reply.content, zone=calendar.worker.time_zone, start=now - BEHIND, end=now + AHEAD)
