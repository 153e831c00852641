"""The list of tasks, the task page and changing many tasks in German; to others they speak English as ever."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpResponse

from conftest import Person
from work.conftest import Site, site  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures
from work.test_types import approval

GERMAN = {"Accept-Language": "de"}
HTMX = {"HX-Request": "true"}


def told(answer: HttpResponse) -> str:
    """What the toast of the answer says."""
    return str(json.loads(answer["HX-Trigger"])["toast"]["text"])


def test_the_task_page_speaks_german_and_english_to_others(site: Site, alice: Browser) -> None:  # noqa: F811
    first = site.make("Think")
    site.make("Write", criteria=("Short", "True"), effort_min=90)
    alice.post("/tasks/WEB-2/waits-for/", {"after": str(first), "lag": "2d"})
    german = text(alice.get("/tasks/WEB-2/", **GERMAN))
    for said in (
        "<h2>Abnahmekriterien ", ">0 von 2<", ">Aufwand: niedrig, wahrscheinlich, hoch<", "2d später",
        'Wartet auf <a class="link" href="/tasks/WEB-1/">WEB-1</a>', ">1,5 h von 1,5 h übrig<", 'title="Entfernen"',
        "Änderungen werden von selbst gespeichert", ">Kommentieren<", "Aufgabe abbrechen",
    ):  # fmt: skip
        assert said in german
    english = text(alice.get("/tasks/WEB-2/"))
    for said in (
        "<h2>Acceptance criteria ", ">0 of 2<", ">Effort: low, likely, high<", "2d later",
        'Waits for <a class="link" href="/tasks/WEB-1/">WEB-1</a>', ">1.5 h of 1.5 h left<", 'title="Remove"',
        "Changes save by themselves", ">Comment<", "Cancel task",
    ):  # fmt: skip
        assert said in english


def test_the_list_its_filters_and_its_table_for_download_are_german(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Write", priority=4)
    shown = text(alice.get("/tasks/?all=1", **GERMAN))
    for said in (
        'aria-label="Zustand"', ">Noch niemand<", ">Fällig ab<", ">Nicht gruppiert<", ">Nach Terminwoche<",
        'aria-label="WEB-1 auswählen"', 'aria-label="Priorität bei WEB-1: ändern"', ">Vorschau<",
    ):  # fmt: skip
        assert said in shown
    assert "Angezeigtes als CSV herunterladen" in shown
    sheet = text(alice.get("/tasks/table.csv?cols=title,effort,assignee", **GERMAN))
    assert sheet.splitlines()[0] == "\ufeffKürzel,Aufgabe,Wer,Aufwand"
    english = text(alice.get("/tasks/table.csv?cols=title,effort,assignee"))
    assert english.splitlines()[0] == "\ufeffKey,Task,Who,Effort"


def test_changing_many_tasks_says_in_german_how_many(site: Site, alice: Browser) -> None:  # noqa: F811
    for title in ("Think", "Write"):
        site.make(title)
    form = {"task": ["WEB-1", "WEB-2"], "priority": "4", "next": "/tasks/?all=1"}
    assert "<h2 data-bulk-says>2 Aufgaben ändern sich</h2>" in text(alice.post("/tasks/bulk/", form, headers=GERMAN))
    assert "<h2 data-bulk-says>2 tasks change</h2>" in text(alice.post("/tasks/bulk/", form))
    thrown = {"task": ["WEB-1"], "trash": "1"}
    shown = text(alice.post("/tasks/bulk/", thrown, headers=GERMAN))
    assert "<h2 data-bulk-says>1 Aufgabe kommt in den Papierkorb</h2>" in shown
    done = text(alice.post("/tasks/bulk/do/", form, headers=GERMAN, follow=True))
    assert "2 Aufgaben geändert." in done
    assert "Nothing was changed." in text(alice.post("/tasks/bulk/do/", form, follow=True))


def test_a_cell_says_in_german_what_it_did_and_why_not(
    site: Site,  # noqa: F811
    alice: Browser,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    site.make("Write")
    cell = "/tasks/WEB-1/cell/effort/save/?cols=title,effort"
    wrong = alice.post(cell, {"value": "long"}, headers=HTMX | GERMAN)
    assert (wrong.status_code, told(wrong)) == (422, "Schreiben Sie es wie 45m, 2h oder 1d 4h.")
    assert told(alice.post(cell, {"value": "long"}, headers=HTMX)) == "Write it like 45m, 2h or 1d 4h."
    taken = alice.post(cell, {"value": "2h"}, headers=HTMX | GERMAN)
    assert told(taken) == "WEB-1: Aufwand geändert."
    refused = open_as(site.world.bob).post("/tasks/WEB-1/cell/assignee/save/", {"value": ""}, headers=HTMX | GERMAN)
    assert refused.status_code == 403
    assert told(refused).startswith("Das können hier nur Manager ändern und wer für die Aufgabe zuständig ist")


def test_who_approves_hears_in_german_what_they_said(site: Site, open_as: Callable[[Person], Browser]) -> None:  # noqa: F811
    task = approval(site, site.world.bob, site.world.dana, quorum=2)
    bob = open_as(site.world.bob)
    shown = text(bob.get(f"/tasks/{task}/", **GERMAN))
    assert ">0 von 2 nötigen<" in shown
    assert ">Genehmigen<" in shown
    assert f"Sie haben {task} genehmigt." in text(bob.post(f"/tasks/{task}/approve/", headers=GERMAN, follow=True))
    back = text(bob.post(f"/tasks/{task}/withdraw/", follow=True))
    assert f"You took your answer to {task} back." in back
