"""Imports in German: the same import is read by each in their own language, also what was kept of it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Person, World
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.integrations.jobs import run_started_import
from fairlead.integrations.models import Import
from fairlead.lib.speech import speaking
from fairlead.people.models import Worker
from fairlead.web import example
from fairlead.work.models import Project

GERMAN = {"Accept-Language": "de"}


def _client(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def _read(client: Client, address: str, headers: dict[str, str] | None = None) -> str:
    return client.get(address, headers=headers).content.decode()


def _uploaded(client: Client, text: str) -> str:
    file = SimpleUploadedFile("work.csv", text.encode())
    answer = client.post("/import/", {"tasks_file": file, "project_key": "NEW"}, headers=GERMAN)
    return str(answer.headers["Location"])


def test_what_an_import_would_do_and_did_is_said_to_each_reader(world: World, now: Any) -> None:
    client = _client(world.alice)
    address = _uploaded(client, "id,title,effort\n1,Write,2h\n2,,1h\n3,Draw,long\n")
    before = _read(client, address, GERMAN)
    for said in ("Noch ist nichts geschrieben", "im Projekt NEW geschehen würde", "Der Titel fehlt."):
        assert said in before
    client.post(address + "start/", headers=GERMAN)
    started = Event.objects.get(kind="import.started")
    run_started_import(workspace_id=world.workspace.pk, event_id=started.pk, now=now)
    german, english = _read(client, address, GERMAN), _read(client, address)
    for said in ("Der Import ist fertig", "Neue Aufgaben", "Der Titel fehlt.", "Der Aufwand „long“ ist nicht lesbar; "):
        assert said in german
    for said in ("The import is done", "Tasks created", "It has no title.", "write it as 2h, 1d, 45m"):
        assert said in english
    assert "1 neu, 2 abgelehnt" in _read(client, "/import/", GERMAN)
    assert "1 created, 2 refused" in _read(client, "/import/")
    enter(world.workspace.pk)
    kept = Import.objects.get().report["refused"]
    assert [row["why"] for row in kept] == [
        "has no title",
        "has the effort 'long'; write it as 2h, 1d, 45m or a number of units",
    ]


def test_a_report_of_an_older_version_is_still_read(world: World, now: Any) -> None:
    client = _client(world.alice)
    address = _uploaded(client, "id,title\n1,\n")
    client.post(address + "start/")
    started = Event.objects.get(kind="import.started")
    run_started_import(workspace_id=world.workspace.pk, event_id=started.pk, now=now)
    run = Import.objects.get()
    report = {**run.report, "refused": [{k: v for k, v in row.items() if k != "said"} for row in run.report["refused"]]}
    Import.objects.update(report=report)
    assert "has no title." in _read(client, address, GERMAN)


def test_refusals_are_german_and_strangers_find_nothing(world: World) -> None:
    client = _client(world.alice)
    wrong = client.post("/import/", {"project_key": "NEW"}, headers=GERMAN)
    assert "Wählen Sie eine Datei mit Aufgaben, eine mit Personen oder beide." in wrong.content.decode()
    address = _uploaded(client, "id,title\n1,Write\n")
    for who, status in ((world.bob, 403), (world.clara, 403), (world.echo, 403)):
        answer = _client(who).get("/import/", headers=GERMAN)
        assert answer.status_code == status
        enter(world.workspace.pk)
    assert "Nur Manager können importieren." in _client(world.bob).get("/import/", headers=GERMAN).content.decode()
    assert _client(world.charlie).get(address, headers=GERMAN).status_code == 404


def test_a_board_is_explained_in_german(world: World) -> None:
    client = _client(world.alice)
    page = _read(client, "/import/trello/", GERMAN)
    assert "In Trello: Menü des Boards → Drucken, exportieren und teilen" in page
    file = SimpleUploadedFile("board.json", b"{}")
    answer = client.post("/import/trello/", {"file": file, "project_key": "NEW"}, headers=GERMAN)
    assert "Das ist kein Export eines Trello-Boards." in answer.content.decode()


def test_the_example_is_written_as_whoever_asks_for_it_speaks(world: World, now: Any) -> None:
    with speaking("de"):
        key = example.create(actor=world.olga.actor, now=now)
    assert Project.objects.get(key=key).name == "Beispiel: eine neue Website"
    assert sorted(Worker.objects.filter(kind="freelancer").values_list("name", flat=True)) == ["Sam Beispiel"]
