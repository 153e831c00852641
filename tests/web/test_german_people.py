"""The directory and the time log speak the reader's language: pages, what is done, what is refused, and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from conftest import Person
from fairlead.lib.errors import Invalid
from fairlead.lib.http import FetchError, checked
from fairlead.lib.speech import speaking
from fairlead.people import actions as people
from fairlead.people.models import Hours
from fairlead.web.people_forms import countries
from fairlead.web.people_week import days_words, hours_words
from fairlead.work import actions
from fairlead.work.actions.time_entries import WeekLocked
from web.test_language import GERMAN
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

Open = Callable[[Person], Browser]


def test_a_profile_is_german_for_a_german_reader(site: Site, alice: Browser) -> None:  # noqa: F811
    bob = worker_for(site.world.bob, site.now)
    Hours.objects.create(workspace=bob.workspace, worker=bob, weekday=0, from_min=540, to_min=1020)
    html = text(alice.get(f"/people/{bob.pk}/", **GERMAN))
    for words in ("<h2>Kapazität</h2>", "40 h pro Woche", "Angestellt", "Noch keine. Wer etwas gern macht", "Mo 09:00"):
        assert words in html, words
    assert "Capacity" not in html
    assert "<h2>Capacity</h2>" in text(alice.get(f"/people/{bob.pk}/"))


def test_a_form_says_what_is_wrong_and_what_was_done_in_german(site: Site, alice: Browser) -> None:  # noqa: F811
    bob = worker_for(site.world.bob, site.now)
    days = {"starts_on": "2027-03-05", "ends_on": "2027-03-01"}
    wrong = text(alice.post(f"/people/{bob.pk}/time-off/", days, headers=GERMAN))
    assert "Der letzte Tag kann nicht vor dem ersten liegen." in wrong
    assert "Urlaub beantragen" in wrong
    right = alice.post(f"/people/{bob.pk}/time-off/", {**days, "ends_on": "2027-03-07"}, headers=GERMAN, follow=True)
    assert "Der Antrag liegt bei den Managern." in text(right)
    with speaking("de"), pytest.raises(Invalid) as again:
        people.request_time_off(bob, date(2027, 3, 6), date(2027, 3, 6), actor=site.world.alice.actor, now=site.now)
    assert again.value.fields == {"starts_on": "Beantragt ist schon: 5. März 2027 bis 7. März 2027."}


def test_a_client_and_a_colleague_are_refused_in_their_language(site: Site, open_as: Open) -> None:  # noqa: F811
    dana = worker_for(site.world.dana, site.now)
    german = open_as(site.world.bob).post(f"/people/{dana.pk}/edit/", {}, headers=GERMAN)
    english = open_as(site.world.bob).post(f"/people/{dana.pk}/edit/", {})
    assert (german.status_code, english.status_code) == (403, 403)
    assert "Nur Manager und die Person selbst können dieses Profil ändern." in text(german)
    assert "Only a manager, or the person themselves, can change this profile." in text(english)
    client = open_as(site.world.clara).get("/time/entries/", **GERMAN)
    assert (client.status_code, "Die Zeiterfassung ist für das Team." in text(client)) == (403, True)


def test_the_time_log_is_german_with_german_numbers(site: Site, alice: Browser) -> None:  # noqa: F811
    bob = worker_for(site.world.bob, site.now)
    draft = actions.TimeDraft(date(2026, 11, 23), 90, billable=False)
    actions.log_time(bob, site.make("Write copy"), draft, actor=site.world.bob.actor, now=site.now)
    html = text(alice.get("/time/entries/", **GERMAN))
    for words in ('<b class="num">1,5 h</b> in 1 Eintrag', "Mo., 23. Nov.", "nicht abrechenbar", "Zeit erfassen"):
        assert words in html, words
    assert '<b class="num">1.5 h</b> in 1 entry' in text(alice.get("/time/entries/"))
    week = text(alice.get(f"/time/?worker={bob.pk}&week=2026-11-23", **GERMAN))
    assert "23. Nov. – 29. Nov. 2026" in week
    assert 'aria-label="WEB-1, Montag 23"' in week


def test_the_export_is_the_same_in_every_language(site: Site, alice: Browser) -> None:  # noqa: F811
    assert text(alice.get("/time/export/", **GERMAN)) == text(alice.get("/time/export/"))


def test_hours_days_and_countries_are_written_as_the_language_does() -> None:
    hours = [(day, 540, 1020) for day in range(5)]
    with speaking("de"):
        assert hours_words(hours) == "Mo–Fr 09:00–17:00"
        assert days_words(date(2026, 11, 27), date(2026, 11, 30)) == "27.–30. Nov."
        assert dict(countries())["DE"] == "Deutschland"
    assert hours_words(hours) == "Mon–Fri 09:00–17:00"
    assert days_words(date(2026, 11, 27), date(2026, 11, 30)) == "27–30 Nov"
    assert dict(countries())["DE"] == "Germany"


def test_what_cannot_be_fetched_is_said_to_the_reader_and_kept_in_english() -> None:
    with speaking("de"), pytest.raises(FetchError) as refused:
        checked("ftp://example.com/a.ics")
    assert refused.value.reason == "Abgerufen werden nur Adressen, die mit https:// beginnen."
    assert refused.value.plain == "Only addresses that begin with https:// are fetched."


def test_a_closed_week_names_its_day_as_the_language_does(site: Site) -> None:  # noqa: F811
    world, now = site.world, datetime(2026, 11, 24, 12, tzinfo=UTC)
    bob, task = worker_for(world.bob, now), site.make("Write copy")
    actions.log_time(bob, task, actions.TimeDraft(date(2026, 11, 23), 60), actor=world.bob.actor, now=now)
    actions.submit_week(bob, date(2026, 11, 23), actor=world.bob.actor, now=now)
    said = []
    for language in ("de", "en"):
        with speaking(language), pytest.raises(WeekLocked) as locked:
            actions.log_time(bob, task, actions.TimeDraft(date(2026, 11, 24), 60), actor=world.bob.actor, now=now)
        said.append(locked.value.detail)
    assert said == [
        "Die Woche ab 23.11.2026 ist abgegeben. Holen Sie sie zuerst zurück und ändern Sie sie dann.",
        "The week of 2026-11-23 was handed in. Take it back first, then change it.",
    ]
