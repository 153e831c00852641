"""Work speaks the language of its reader: inbox, my work, search, refusals, a task's history and the log of events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Person
from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.lib.speech import in_english, speaking
from fairlead.web.batches import told_undone
from fairlead.web.sentences import PHRASES, changes, sentence
from fairlead.work import actions, grammar
from fairlead.work.models import Dependency, Task
from fairlead.work.queries.task_history import history
from fairlead.work.types.models import TaskType
from work.conftest import Site, site  # noqa: F401  a fixture
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures

GERMAN = {"Accept-Language": "de"}


def speak_german(who: Person) -> None:
    who.user.language = "de"
    who.user.save(update_fields=["language"])


def test_the_inbox_in_german_and_in_english(site: Site, alice: Browser) -> None:  # noqa: F811
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    site.make("Please add a map", by=site.world.clara)
    english = text(alice.get("/inbox/"))
    assert "1 thing waits for a first look" in english
    assert "Client request by Clara" in english
    speak_german(site.world.alice)
    page = text(alice.get("/inbox/"))
    assert "<h1>Eingang</h1>" in page
    assert "1 Eintrag wartet auf einen ersten Blick" in page
    assert "Kundenanfrage von Clara" in page
    told = text(alice.post("/inbox/WEB-1/accept/", follow=True))
    assert "WEB-1 ist angenommen." in told
    refused = text(alice.post("/inbox/WEB-1/accept/", follow=True))
    assert "Jemand hat WEB-1 schon durchgesehen. Laden Sie den Eingang neu." in refused


def test_my_work_in_german(site: Site, alice: Browser) -> None:  # noqa: F811
    task = site.held(site.world.alice, "Write copy")
    speak_german(site.world.alice)
    page = text(alice.get("/my-work/"))
    assert "1 offene Aufgabe" in page
    assert "<span>Beginnen</span>" in page
    told = text(alice.post(f"/my-work/{task}/start/", follow=True))
    assert f"{task} ist in Arbeit." in told


def test_the_search_says_in_german_what_can_be_typed(site: Site, alice: Browser) -> None:  # noqa: F811
    speak_german(site.world.alice)
    page = text(alice.get("/search/"))
    assert "Was Sie eingeben können" in page
    assert "diese Wörter hintereinander" in page
    wrong = alice.get("/search/?q=colour:red")
    assert wrong.status_code == 422
    assert "Einen Operator colour: gibt es hier nicht" in text(wrong)
    site.make("Draw the map")
    assert "1 Aufgabe" in text(alice.get("/search/?q=map"))


def test_states_and_priorities_are_understood_in_both_languages(site: Site) -> None:  # noqa: F811
    site.make("Write copy", status=site.column("In review"), priority=4)
    reader = grammar.Reader(site.world.alice.actor, site.now, "UTC")

    def found(typed: str) -> list[str]:
        return [str(task) for task in grammar.read(typed).apply(Task.objects.all(), reader)]

    with speaking("de"):
        assert found('status:"in prüfung"') == found('status:"in review"') == found("priority:urgent") == ["WEB-1"]
        with pytest.raises(Invalid, match="versteht no priority, low, medium, high, urgent, none oder eine Zahl"):
            found("priority:sofort")
    assert grammar.ALLOWED.startswith("Use status:, assignee:")


def test_refusals_are_german_for_who_speaks_german_and_english_for_all_others(
    site: Site,  # noqa: F811
    open_as: Callable[[Person], Browser],  # noqa: F811
) -> None:
    task = site.make()
    with speaking("de"), pytest.raises(Forbidden, match="ändern nur Manager und wer zuständig ist"):
        actions.add_criterion(task, "Proofread", actor=site.world.bob.actor, now=site.now)
    with pytest.raises(Forbidden, match="Only managers and whoever holds or created this task"):
        actions.add_criterion(task, "Proofread", actor=site.world.bob.actor, now=site.now)
    assert task.workspace_id == site.world.alice.workspace.pk
    page = open_as(site.world.charlie).get(f"/tasks/{task}/", **GERMAN)
    assert page.status_code == 404
    assert "Diese Aufgabe gibt es nicht." in text(page)


def test_the_history_is_told_in_the_language_of_its_reader_and_stored_in_english(site: Site) -> None:  # noqa: F811
    by = {"actor": site.world.alice.actor, "now": site.now}
    first, task = site.make("Draw"), site.make("Write copy")
    with speaking("de"):
        actions.change_task(task, priority=4, title="Write it", **by)
        actions.add_dependency(task, first, kind=Dependency.Kind.START_START, lag_min=1440, **by)
        told = [entry.text for entry in history(site.world.alice.actor, task)]
    assert told == [
        "hat sie mit WEB-1 verknüpft: beginnt nach deren Beginn, 1d später",
        "hat „Titel“ von „Write copy“ auf „Write it“ geändert; "
        "hat „Priorität“ von Keine Priorität auf Dringend geändert",
        "hat sie angelegt",
    ]
    assert Event.objects.get(kind="task.changed").payload["changes"]["priority"] == ["No priority", "Urgent"]
    assert [entry.text for entry in history(site.world.alice.actor, task)] == [
        "linked it to WEB-1: starts after it starts, 1d later",
        "changed the title from “Write copy” to “Write it”; changed the priority from No priority to Urgent",
        "created it",
    ]


def test_the_log_of_events_is_told_in_german_and_every_kind_has_a_german_phrase(alice: Browser, site: Site) -> None:  # noqa: F811
    site.make("Write copy")
    speak_german(site.world.alice)
    page = text(alice.get("/activity/"))
    assert "hat WEB-1 angelegt: Write copy" in page
    assert "Worum es geht" in page
    assert "Kette geprüft." in text(alice.post("/activity/verify/"))
    with speaking("de"):
        assert [kind for kind, phrase in PHRASES.items() if str(phrase) == in_english(phrase)] == []
        assert sentence("member.joined", "Bob", {"role": "contributor"}) == "ist beigetreten: Mitarbeit"
        assert sentence("worker.created", "Al", {"name": "owner"}) == "hat owner aufgenommen"
        assert changes({"changes": {"role": ["manager", "owner"], "due_at": [None, "2026-11-30"]}}) == [
            ("Rolle", "Manager", "Eigentümer"),
            ("Termin", "", "30. Nov. 2026"),
        ]
    assert sentence("plan.proven", "", {"percent": 3}) == "proved a plan: at most 3 % above the best possible one"


def test_columns_that_nobody_renamed_are_german_for_who_speaks_german(site: Site, alice: Browser) -> None:  # noqa: F811
    task = site.make("Draw the map")
    actions.move_task(task, site.column("Ready"), actor=site.world.alice.actor, now=site.now)
    assert "</svg>Ready</span>" in text(alice.get("/search/?q=map"))
    speak_german(site.world.alice)
    assert "</svg>Bereit</span>" in text(alice.get("/search/?q=map"))
    with speaking("de"):
        told = history(site.world.alice.actor, task)[0].text
        moved = changes({"changes": {"state": ["backlog", "ready"], "status": ["Backlog", "Print"]}})
    assert told == "hat sie von Backlog nach Bereit verschoben"
    assert moved == [("Status", "Backlog", "bereit"), ("Spalte", "Backlog", "Print")]


def test_what_is_taken_back_is_counted_in_german() -> None:
    with speaking("de"):
        one = actions.Outcome(("WEB-1",), ())
        many = actions.Outcome(("WEB-1", "WEB-2"), (("WEB-3", "Warum."), ("WEB-4", "Darum.")))
        assert told_undone(one) == "WEB-1 ist wie zuvor."
        assert told_undone(many) == "2 Aufgaben sind wie zuvor. WEB-3 und 1 weitere bleiben, wie sie sind: Warum."


def test_types_that_nobody_renamed_are_german_for_who_speaks_german(site: Site, alice: Browser) -> None:  # noqa: F811
    by = {"actor": site.world.alice.actor, "now": site.now}
    kinds = {kind.key: kind for kind in TaskType.objects.filter(workspace=site.world.workspace)}
    actions.change_type(kinds["milestone"], name="Gate", **by)
    for title, key in (("Mend it", "bug"), ("Go live", "milestone"), ("Write copy", "task")):
        actions.change_task(site.make(title), type=kinds[key].pk, **by)
    table = "/tasks/?all=1&group=type&cols=type,status"
    english = text(alice.get(table))
    assert "Bug" in english
    assert "Fehler" not in english
    speak_german(site.world.alice)
    page = text(alice.get(table))
    assert [word in page for word in (">Fehler<", ">Gate<", ">Bug<", ">Milestone<")] == [True, True, False, False]
    assert '<option value="bug">Fehler</option>' in page
    assert ">Fehler</option>" in text(alice.get("/tasks/WEB-1/"))
    assert ">Fehler</a>" in text(alice.get("/settings/types/"))
    assert ">Fehler</option>" in text(alice.get("/tasks/new/?project=WEB"))
    lines = text(alice.get("/tasks/table.csv?all=1&cols=type,status&sort=created")).splitlines()
    assert [lines[0], *sorted(lines[1:])] == [
        "\ufeffKürzel,Aufgabe,Typ,Status",
        "WEB-1,Mend it,Fehler,Backlog",
        "WEB-2,Go live,Gate,Backlog",
        "WEB-3,Write copy,Aufgabe,Backlog",
    ]
    with speaking("de"):
        assert history(site.world.alice.actor, Task.objects.get(number=1))[0].text == (
            "hat „Typ“ von Aufgabe auf Fehler geändert"
        )
        assert changes({"changes": {"type": ["Task", "Gate"]}}) == [("Typ", "Aufgabe", "Gate")]


def test_a_type_is_found_by_its_name_in_both_languages(site: Site) -> None:  # noqa: F811
    bug = TaskType.objects.get(workspace=site.world.workspace, base="bug")
    actions.change_task(site.make(), type=bug.pk, actor=site.world.alice.actor, now=site.now)
    site.make("Write copy")
    reader = grammar.Reader(site.world.alice.actor, site.now, "UTC")

    def found(typed: str) -> list[str]:
        return sorted(str(task) for task in grammar.read(typed).apply(Task.objects.all(), reader))

    with speaking("de"):
        assert found("type:Fehler") == found("type:bug") == ["WEB-1"]
        assert found("type:Aufgabe") == found("type:task") == ["WEB-2"]
    assert found("type:Fehler") == []


def test_saving_a_type_or_column_that_is_only_shown_in_german_renames_nothing(site: Site, alice: Browser) -> None:  # noqa: F811
    speak_german(site.world.alice)
    page = text(alice.get("/settings/types/bug/"))
    assert 'value="Fehler"' in page
    assert "**Was geschieht**" in page
    bug = TaskType.objects.get(workspace=site.world.workspace, base="bug")
    description = "**Was geschieht**\r\n\r\n**Was geschehen sollte**\r\n\r\n**Wie man es sieht**"
    criteria = "Es geschieht nicht mehr so, wie es beschrieben ist"
    sent = {"icon": bug.icon, "color": bug.color, "description": description, "criteria": criteria}
    told = text(alice.post("/settings/types/bug/", {**sent, "name": "Fehler"}, follow=True))
    assert "Fehler wurde gespeichert." in told
    before = (bug.name, bug.description, bug.criteria)
    bug.refresh_from_db()
    assert (bug.name, bug.description, bug.criteria, bug.version) == (*before, 1)
    alice.post("/settings/types/bug/", {**sent, "name": "Panne"})
    bug.refresh_from_db()
    assert bug.name == "Panne"
    ready = site.column("Ready")
    assert f'form="column-{ready.pk}" name="name" value="Bereit"' in text(alice.get("/projects/WEB/settings/"))
    alice.post(f"/projects/WEB/columns/{ready.pk}/", {"name": "Bereit", "state": "ready", "wip_limit": "7"})
    ready.refresh_from_db()
    assert (ready.name, ready.wip_limit) == ("Ready", 7)


def test_what_a_built_in_type_puts_into_a_new_task_is_in_the_language_of_who_makes_it(site: Site) -> None:  # noqa: F811
    bug = TaskType.objects.get(workspace=site.world.workspace, base="bug")
    with speaking("de"):
        german = site.make("Kaputt", type=bug.pk)
    english = site.make("Broken", type=bug.pk)
    assert german.description.startswith("**Was geschieht**")
    assert [line.text for line in german.criteria.all()] == ["Es geschieht nicht mehr so, wie es beschrieben ist"]
    assert english.description.startswith("**What happens**")
