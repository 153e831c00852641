"""Everybody is spoken to in their own language: by choice, else by browser."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.test import Client

from fairlead import web
from fairlead.accounts.languages import language_of
from fairlead.lib.speech import heard, speaking, tr, tr_count
from fairlead.web.filters import UNITS, ago, moment, money, size, written
from work.conftest import Site, site  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as  # noqa: F401  fixtures

STATIC = Path(web.__file__).parent / "static"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_stranger_reads_the_language_of_the_browser() -> None:
    assert [heard(text) for text in ("de-DE,de;q=0.9", "fr,en;q=0.2", "fr", "", "de;q=0,en")] == [
        "de",
        "en",
        "",
        "",
        "en",
    ]


def test_signing_in_speaks_german_to_a_german_browser(db: None) -> None:
    answer = Client().get("/sign-in/", headers=GERMAN)
    html = answer.content.decode()
    assert '<html lang="de" dir="ltr"' in html
    assert "<h1>Anmelden</h1>" in html
    assert "Passwort" in html
    assert (answer.headers["Content-Language"], "Accept-Language" in answer.headers["Vary"]) == ("de", True)
    assert "<h1>Sign in</h1>" in Client().get("/sign-in/", headers={"Accept-Language": "fr"}).content.decode()


def test_somebody_chooses_german_and_goes_back(site: Site, alice: Browser) -> None:  # noqa: F811
    profile = {"name": "Alice Meyer", "time_zone": "Europe/Berlin"}
    told = alice.post("/settings/", {**profile, "language": "de"}, follow=True).content.decode()
    assert "Ihr Profil ist gespeichert." in told
    assert "Zeitzone" in told
    back = alice.post("/settings/", {**profile, "language": "en"}, headers=GERMAN, follow=True).content.decode()
    assert "Your profile is saved." in back
    wrong = alice.post("/settings/", {**profile, "language": "xx"})
    assert wrong.status_code == 422


def test_a_mail_is_in_the_language_of_its_reader_else_of_the_workspace(site: Site) -> None:  # noqa: F811
    user, workspace = site.world.bob.user, site.world.bob.user.memberships.get().workspace
    workspace.language = "de"
    assert (language_of(user), language_of(None), language_of(None, workspace)) == (user.language or "en", "en", "de")
    user.language = "en"
    assert language_of(user, workspace) == "en"


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    at = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
    with speaking("de"):
        assert (money(6500, "EUR"), size(3_200_000), size(1)) == ("65,00\xa0€", "3,2 MB", "1 Byte")
        assert (moment(at), written(at, "full")) == ("Di., 24. Nov. 13:05", "Dienstag, 24. November 2026")
        assert tr_count("%(n)s new message", "%(n)s new messages", 2) == "2 neue Nachrichten"
    assert (money(6500, "EUR"), size(1), moment(at), tr("Approve")) == (
        "€65.00",
        "1 byte",
        "Tue 24 Nov 13:05",
        "Approve",
    )


def test_how_long_ago_is_said_in_the_words_of_the_script_that_goes_on_with_it() -> None:
    now = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)

    def told(**back: float) -> str:
        return ago(now - timedelta(**back), now)

    assert [told(seconds=59), told(minutes=1), told(minutes=90), told(hours=47)] == [
        "just now", "1 minute ago", "2 hours ago", "2 days ago",
    ]  # fmt: skip
    assert [told(days=20), told(days=45), told(days=800), told(days=-3)] == [
        "20 days ago", "2 months ago", "2 years ago", "in 3 days",
    ]  # fmt: skip
    with speaking("de"):
        assert [told(seconds=5), told(hours=1), told(days=20)] == ["gerade eben", "vor 1 Stunde", "vor 20 Tagen"]


def test_the_script_knows_the_same_units_as_the_server() -> None:
    script = (STATIC / "js" / "app.js").read_text()
    (steps,) = re.findall(r"const steps = (\[\[.*?\]\]);", script)
    assert [(unit, size) for unit, size in json.loads(steps)] == list(UNITS)
