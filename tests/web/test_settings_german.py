# ruff: noqa: F811  fixtures of another module are parameters here
"""The settings of a workspace in German, for whoever reads German; in English for everybody else."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Person
from fairlead.work.fields.models import Field
from work.conftest import Site, site  # noqa: F401  a fixture
from work.fielded import add_all
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

GERMAN = {"Accept-Language": "de"}


def test_fields_are_made_and_put_away_in_german(site: Site, alice: Browser) -> None:
    add_all(site)
    page = text(alice.get("/settings/fields/", **GERMAN))
    for said in ("Neues Feld", "Budget nach unten", "in EUR", "Einträge: "):
        assert said in page
    field = Field.objects.get(key="budget")
    asked = text(alice.get("/settings/fields/budget/delete/", **GERMAN))
    assert "<h2>Feld „Budget“ löschen?</h2>" in asked
    assert "Keine Aufgabe hat etwas darin." in asked
    alice.post("/settings/fields/budget/archive/", headers=GERMAN)
    assert "Budget ist archiviert." in text(alice.get("/settings/fields/", **GERMAN))
    field.refresh_from_db()
    assert field.name == "Budget"
    assert "<h2>Delete the field “Budget”?</h2>" in text(alice.get("/settings/fields/budget/delete/"))


def test_a_type_refuses_in_the_language_of_its_reader(site: Site, alice: Browser) -> None:
    wrong = {"name": "Idea", "icon": "bug", "color": "1", "needs": "Juggling:3"}
    told = text(alice.post("/settings/types/new/", wrong, headers=GERMAN))
    assert "Die Fähigkeit „Juggling“ gibt es nicht. Fügen Sie sie zuerst unter Fähigkeiten hinzu." in told
    assert '<option value="bug" selected>Käfer</option>' in told
    assert "There is no skill &#x27;Juggling&#x27;. Add it under Skills first." in text(
        alice.post("/settings/types/new/", wrong)
    ).replace("&#39;", "&#x27;")


def test_the_owner_reads_about_the_data_in_german(site: Site, open_as: Callable[[Person], Browser]) -> None:
    olga = open_as(site.world.olga)
    assert "Noch kein Export" in text(olga.get("/settings/data/", **GERMAN))
    kept = text(olga.post("/settings/data/keep/", {"receipt_months": "3", "sure": "1"}, headers=GERMAN))
    assert "6 bis 120 Monate, damit sich Entscheidungen des letzten halben Jahres erklären lassen." in kept
    ended = olga.post("/settings/data/end/", {"name": "Somebody else"}, headers=GERMAN)
    assert "Geben Sie zur Sicherheit den Namen des Arbeitsbereichs ein: Acme." in text(ended)
    assert ended.status_code == 422
    english = text(olga.post("/settings/data/end/", {"name": "Somebody else"}))
    assert "Type the workspace" in english


def test_whoever_may_not_is_told_so_in_german(site: Site, alice: Browser, open_as: Callable[[Person], Browser]) -> None:
    refused = alice.get("/settings/data/", **GERMAN)
    assert refused.status_code == 403
    assert "Nur Eigentümer können die Daten des Arbeitsbereichs mitnehmen oder ihn auflösen." in text(refused)
    stranger = open_as(site.world.charlie)
    assert stranger.get("/settings/fields/budget/", **GERMAN).status_code == 404


def test_presence_and_planning_have_german_labels(site: Site, open_as: Callable[[Person], Browser]) -> None:
    olga = open_as(site.world.olga)
    presence = text(olga.get("/settings/presence/", **GERMAN))
    assert "bekommt neue Arbeit" in presence
    assert ">Himmelblau<" not in presence
    assert ">Petrol<" in presence
    assert "Stunden, in denen sich nichts verschiebt" in text(olga.get("/settings/planning/", **GERMAN))
    assert "Hours in which nothing moves" in text(olga.get("/settings/planning/"))


def test_what_fields_call_themselves_and_hint_at_is_german(site: Site, open_as: Callable[[Person], Browser]) -> None:
    olga = open_as(site.world.olga)
    assert 'placeholder="überall"' in text(olga.get("/settings/tokens/", **GERMAN))
    rules = text(olga.get("/settings/security/", **GERMAN))
    assert ('placeholder="überall"' in rules, 'placeholder="beliebige"' in rules) == (True, True)
    assert "E-Mail" in text(olga.get("/settings/members/", **GERMAN))
    assert "E-mail" not in text(olga.get("/settings/members/", **GERMAN))
