"""Outgoing mail without and with a mail server."""

from __future__ import annotations

import email
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail

from fairlead.lib.errors import Unavailable
from fairlead.lib.mail import Backend, MailServer, check, parse


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "fairlead.lib.mail.Backend"
    settings.MAIL_URL = ""
    settings.MAIL_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


def test_without_a_server_each_mail_becomes_a_file_for_its_owner_only(folder: Path) -> None:
    assert send_mail("Welcome", "Here is your link.", "hub@example.org", ["bob@example.com"]) == 1
    (written,) = folder.iterdir()
    read = email.message_from_bytes(written.read_bytes())
    assert (read["Subject"], read["To"], read["From"]) == ("Welcome", "bob@example.com", "hub@example.org")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_a_server_that_does_not_answer_is_unavailable_so_that_the_job_tries_again(settings: Any, folder: Path) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    with pytest.raises(Unavailable, match=r"The mail server 127\.0\.0\.1:9 did not take the mail"):
        send_mail("Welcome", "text", "hub@example.org", ["bob@example.com"])
    assert not folder.exists()
    with pytest.raises(Unavailable, match="does not answer as a mail server"):
        check(settings.MAIL_URL)


def test_addresses_of_servers() -> None:
    assert parse("smtp://me%40x:p%2Fw@mail.example.org") == MailServer(
        "mail.example.org", 587, "me@x", "p/w", tls=False
    )
    assert parse("smtps://mail.example.org") == MailServer("mail.example.org", 465, "", "", tls=True)
    assert Backend().fail_silently is False
