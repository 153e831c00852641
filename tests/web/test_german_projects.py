"""Projects, files and dates in German, and the same in English for somebody English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from conftest import Person
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import speaking
from fairlead.work import actions
from fairlead.work.files import from_bytes
from fairlead.work.forms import Question, draft_of
from fairlead.work.models import RequestForm
from work.conftest import Site, site, worker_for  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

GERMAN = {"Accept-Language": "de"}
ENGLISH = {"Accept-Language": "en"}
JSON = {"Accept": "application/json"}
DUE = datetime(2026, 11, 10, 17, tzinfo=UTC)


def holds(page: Any, *texts: str) -> list[str]:
    """Which of the texts are missing on the page."""
    return [one for one in texts if one not in text(page)]


def test_the_calendar_writes_days_as_the_reader_does(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Point", due_at=DUE)
    german = alice.get("/calendar/?on=2026-11-10", **GERMAN)
    assert holds(german, "November 2026", ">Heute<", "WEB-1 Point, fällig Dienstag, 10. November, ", ">Do<") == []
    english = alice.get("/calendar/?on=2026-11-10", **ENGLISH)
    assert holds(english, "November 2026", ">Today<", "WEB-1 Point, due Tuesday 10 November ", ">Thu<") == []
    week = alice.get("/calendar/?on=2026-11-10&view=week", **GERMAN)
    assert holds(week, "9. Nov. – 15. Nov. 2026", "Woche ab 9. November") == []


def test_another_day_is_told_and_refused_in_german(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Point", due_at=DUE)
    moved = alice.post("/tasks/WEB-1/day/", {"day": "2026-11-12"}, headers=GERMAN | JSON)
    assert moved.json()["text"] == "WEB-1 ist jetzt am Do., 12. Nov. fällig."
    wrong = alice.post("/tasks/WEB-1/day/", {"day": "soon"}, headers=GERMAN | JSON)
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "Schreiben Sie den Tag so: 2026-11-30.")
    again = alice.post("/tasks/WEB-1/day/", {"day": "2026-11-13"}, headers=ENGLISH | JSON)
    assert again.json()["text"] == "WEB-1 is due on Fri 13 Nov."


def test_moving_on_the_timeline_says_what_moves_with_it_in_german(site: Site, alice: Browser) -> None:  # noqa: F811
    first, second = site.make("First", due_at=DUE), site.make("Second", due_at=DUE.replace(day=11))
    actions.add_dependency(second, first, actor=site.world.alice.actor, now=site.now)
    asked = alice.get("/tasks/WEB-1/dates/?days=20", **GERMAN, **JSON)
    assert asked.json()["words"] == "1 folgende Aufgabe verschiebt sich mit: WEB-2."
    asked = alice.get("/tasks/WEB-1/dates/?days=20", **ENGLISH, **JSON)
    assert asked.json()["words"] == "1 follower moves too: WEB-2."
    assert holds(alice.get("/tasks/WEB-1/dates/?days=20", **GERMAN), "Zeigen, was sich verschiebt", "wird zu") == []


def test_the_planner_is_german(site: Site, alice: Browser) -> None:  # noqa: F811
    assert holds(alice.get("/planner/", **GERMAN), "Sie stehen nicht im Verzeichnis der Personen") == []
    worker_for(site.world.alice, site.now)
    page = alice.get("/planner/?day=2026-11-12", **GERMAN)
    assert holds(page, "Meinen Tag planen", "Donnerstag, 12. November", "Zeit freihalten", ">Freihalten<") == []
    wrong = alice.post(
        "/planner/blocks/", {"day": "2026-11-12", "from": "9 am", "to": "10:00"}, headers=GERMAN, follow=True
    )
    assert holds(wrong, "Schreiben Sie die Uhrzeit so: 09:30.") == []


def test_a_file_and_its_refusals_are_german(site: Site, alice: Browser) -> None:  # noqa: F811
    task, who = site.make(), site.world.alice.actor
    kept = actions.add_attachment(task, from_bytes("a.txt", b"Hello"), for_client=False, actor=who, now=site.now)
    page = f"/files/{kept.pk}/"
    assert (
        holds(alice.get(page, **GERMAN), "Nur das Team sieht diese Datei", '<b class="num">Version 1</b>', "5 Byte")
        == []
    )
    assert holds(alice.get(page, **ENGLISH), "Only the team sees this file", "5 bytes") == []
    none = alice.post("/tasks/WEB-1/files/add/", {}, headers=GERMAN | JSON)
    assert (none.status_code, none.json()["detail"]) == (422, "Wählen Sie zuerst eine Datei.")
    with speaking("de"), pytest.raises(Invalid, match=r"„b\.txt“ ist leer"):
        actions.add_attachment(task, from_bytes("b.txt", b""), for_client=False, actor=who, now=site.now)


def test_projects_and_their_refusals_are_german(site: Site, open_as: Callable[[Person], Browser]) -> None:  # noqa: F811
    site.make()
    manager, bob = open_as(site.world.alice), open_as(site.world.bob)
    assert holds(manager.get("/projects/", **GERMAN), "0 von 1 erledigt", "1 offen", "Neues Projekt") == []
    assert holds(manager.get("/projects/", **ENGLISH), "0 of 1 done", "1 open", "New project") == []
    assert holds(manager.get("/projects/WEB/settings/", **GERMAN), "Spalten", "Nur warnen", "Projekt archivieren") == []
    same = manager.post("/projects/new/", {"name": "Web", "key": "WEB", "color": "1"}, headers=GERMAN)
    assert (same.status_code, holds(same, "Ein anderes Projekt hat schon den Schlüssel WEB.")) == (422, [])
    refused = bob.get("/projects/new/", **GERMAN)
    assert (refused.status_code, holds(refused, "Nur Manager können Projekte anlegen.")) == (403, [])
    assert holds(bob.get("/projects/new/", **ENGLISH), "Only managers can create projects.") == []


def test_request_forms_are_german(site: Site, alice: Browser) -> None:  # noqa: F811
    new = alice.get("/projects/WEB/forms/new/", **GERMAN)
    assert holds(new, "Was Kunden zuerst lesen", 'value="Was brauchen Sie?"', "Frage hinzufügen") == []
    assert holds(alice.get("/projects/WEB/forms/new/", **ENGLISH), 'value="What do you need?"') == []


def test_an_answer_names_a_priority_in_any_language() -> None:
    asked = Question("q1", "choice", "Wie dringend?", options=("Hoch", "low"), target="priority")
    form = RequestForm(name="Fehler", questions=[asked.document()], priority=2)
    given = [draft_of(form, {"q1": [said]}, zone="UTC", needs={}).priority for said in ("Hoch", "low")]
    assert given == [3, 1]
