"""Policies, the desk, offers and the queue speak each reader's language; what is kept for everybody is English."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from fairlead.allocation import actions
from fairlead.allocation.models import Offer, Policy, Routing
from fairlead.allocation.routing import from_dict
from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden
from fairlead.lib.speech import speaking

from .conftest import Team
from .queue_worker import work_off
from .test_policy_pages import FORM, everywhen

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de"}
ENGLISH = {"Accept-Language": "en"}
ONE_STEP: dict[str, Any] = {"autonomy": "auto", "steps": [{"name": "Berlin", "who": "worker.country == 'DE'"}]}


def reader(person: Any, headers: dict[str, str] = GERMAN) -> Client:
    client = Client(headers=headers)
    client.force_login(person.user)
    return client


def test_the_editor_speaks_german_and_says_what_is_wrong_in_a_condition(team: Team) -> None:
    alice = reader(team.world.alice)
    page = alice.get("/policies/new/").content.decode()
    for text in ("Neues Regelwerk", "Welche Aufgaben es nimmt", 'value="Alle, die es können"', "In welcher Reihenfolge",
                 "Beste Eignung: wer am besten passt", "Das Regelwerk wählt, eine Führungskraft sagt ja oder nein",
                 "die Kürzel der eigenen Felder, die einen Wert haben"):  # fmt: skip
        assert text in page
    answer = alice.post("/policies/new/", {**FORM, "steps.1.who": "worker.lead_project", "steps.2.relax": "9"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Bei Zeichen 1: worker.lead_project gibt es nicht. Meinen Sie worker.leads_project?" in page
    assert "Geben Sie eine ganze Zahl von 0 bis 4 an." in page
    told = alice.post("/policies/new/", FORM, follow=True).content.decode()
    assert "Shop first ist geschrieben und ruht. Probieren Sie es aus und nehmen Sie es dann in Gebrauch." in told


def test_why_a_task_waits_is_kept_in_english_and_read_in_every_language(team: Team) -> None:
    everywhen(team)
    made = actions.create_policy("Hier", from_dict(ONE_STEP), actor=team.alice, now=team.now)
    actions.resume_policy(made, actor=team.alice, now=team.now)
    task = team.task(needs={team.python.pk: 4})
    work_off(team.now)
    with speaking("de"):
        actions.route_again(task, actor=team.alice, now=team.now)
    kept = Routing.objects.filter(task=task).latest("id")
    english = "Nobody whom “Berlin” means can do it; 1 other could."
    assert (kept.state, kept.reason) == ("unroutable", english)
    assert {event.payload["reason"] for event in Event.objects.filter(kind="task.unroutable")} == {english}
    german = reader(team.world.alice).get("/desk/").content.decode()
    assert "Niemand, den „Berlin“ meint, kann das; 1 andere Person könnte es." in german
    assert "Das kann zurzeit niemand" in german
    assert english in reader(team.world.alice, ENGLISH).get("/desk/").content.decode()


def test_the_policy_that_is_always_there_has_its_name_in_the_readers_language(team: Team) -> None:
    team.task()
    work_off(team.now)
    assert Policy.objects.get(is_catch_all=True).name == "Everything else"
    german, english = (reader(team.world.alice, it).get("/policies/").content.decode() for it in (GERMAN, ENGLISH))
    assert ("Alles andere" in german, "nimmt, was kein anderes nimmt" in german) == (True, True)
    assert ("Everything else" in english, "takes what no other takes" in english) == (True, True)


def test_an_offer_is_answered_in_german_and_the_reason_is_kept_for_everybody(team: Team) -> None:
    everywhen(team)
    task = team.task("Baue es")
    actions.offer_task(task, actor=team.alice, now=team.now, workers=[team.dana])
    Offer.objects.update(expires_at="2100-01-01T00:00Z")
    offer, dana = Offer.objects.get(), reader(team.world.dana)
    page = dana.get(f"/offers/{offer.pk}/").content.decode()
    assert [text in page for text in (">Annehmen<", ">Ablehnen<", 'value="Too busy"', ">Zu viel zu tun<")] == [True] * 4
    told = dana.post(f"/offers/{offer.pk}/decline/", {"reason": "Too busy"}, follow=True).content.decode()
    assert f"Sie haben {task} abgelehnt. Das hat keine Nachteile für Sie." in told
    offer.refresh_from_db()
    assert (offer.state, offer.reason) == ("declined", "Too busy")
    assert "Der Grund: „Zu viel zu tun“" in dana.get(f"/offers/{offer.pk}/").content.decode()
    again = dana.post(f"/offers/{offer.pk}/accept/")
    assert (again.status_code, f"Das Angebot zu {task} ist vorbei" in again.content.decode()) == (409, True)
    assert not [sent for sent in mail.outbox if "Angebot" in sent.subject]


def test_a_stranger_a_contributor_and_an_ai_agent_are_refused_in_german(team: Team) -> None:
    made = actions.create_policy("Hier", from_dict({}), actor=team.alice, now=team.now)
    stranger = reader(team.world.charlie).get(f"/policies/{made.pk}/")
    assert (stranger.status_code, "Dieses Regelwerk gibt es nicht." in stranger.content.decode()) == (404, True)
    bob = reader(team.world.bob).get("/desk/")
    assert bob.status_code == 403
    assert "Nur Manager und Prüfer sehen, wie Arbeit verteilt wird." in bob.content.decode()
    with speaking("de"), pytest.raises(Forbidden, match="Nur Manager verteilen Arbeit, ein KI-Agent nie"):
        actions.route_again(team.task(), actor=team.world.echo.actor, now=team.now)
    english = reader(team.world.bob, ENGLISH).get("/desk/").content.decode()
    assert "Only managers and auditors see how work is routed." in english
