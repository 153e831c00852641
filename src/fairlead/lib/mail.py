"""Outgoing mail as Django's e-mail backend: over SMTP, or into a folder while no mail server is set."""

from __future__ import annotations

import os
import smtplib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.core.mail.message import EmailMessage

from fairlead.lib.errors import Unavailable

TIMEOUT_S = 15
log = structlog.get_logger("fairlead.mail")


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out. `tls`: from the first byte (smtps); otherwise STARTTLS when the server offers it."""

    host: str
    port: int
    user: str
    password: str
    tls: bool


def parse(mail_url: str) -> MailServer:
    """The server that smtp://user:password@host:587 or smtps://… names."""
    parts = urlsplit(mail_url)
    tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


class Backend(BaseEmailBackend):
    """Sends through the server of the setting MAIL_URL; empty: writes each mail as a file that mail programs open."""

    def __init__(self, fail_silently: bool = False, **_: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.mail_url: str = settings.MAIL_URL
        self.folder: Path = settings.MAIL_FOLDER

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send them all; how many went out. Raises Unavailable when the server does not take them."""
        if not self.mail_url:
            return sum(_write(message, self.folder) for message in email_messages)
        return self._send(parse(self.mail_url), email_messages)

    def _send(self, server: MailServer, messages: Sequence[EmailMessage]) -> int:
        smtp = Smtp(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_ssl=server.tls,
            use_tls=not server.tls and server.port != 25,
            timeout=TIMEOUT_S,
        )
        try:
            return smtp.send_messages(list(messages)) or 0
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"The mail server {server.host}:{server.port} did not take the mail: {error}") from error


def _write(message: EmailMessage, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.message().as_bytes())
    log.info("mail written instead of sent", to=message.recipients(), subject=message.subject, file=str(folder / name))
    return 1


def check(mail_url: str) -> None:
    """Greet the mail server and sign in. Raises Unavailable with what it said."""
    server = parse(mail_url)
    try:
        kind = smtplib.SMTP_SSL if server.tls else smtplib.SMTP
        with kind(server.host, server.port, timeout=5) as smtp:
            smtp.ehlo()
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls()
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"{server.host}:{server.port} does not answer as a mail server: {error}") from error
