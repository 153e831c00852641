"""The pages of an import: upload, check, run, read the result; what was typed is kept and strangers find nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Person, World
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.integrations.jobs import run_started_import
from fairlead.integrations.models import Import
from fairlead.work.models import Task

FOLDER = Path(__file__).parents[1] / "fixtures" / "real-team"


def _client(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def _upload(client: Client, text: str = "id,title\n1,Write\n2,\n", **values: str) -> Any:
    file = SimpleUploadedFile("work.csv", text.encode())
    return client.post("/import/", {"tasks_file": file, "project_key": "NEW", **values})


def _reenter(world: World) -> None:
    enter(world.workspace.pk)  # a request leaves its connection inside the workspace of who asked


def test_an_upload_leads_to_a_page_that_says_what_would_happen(world: World) -> None:
    client = _client(world.alice)
    answer = _upload(client)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Nothing is written yet" in page
    assert "It has no title." in page
    assert not Task.objects.exists()


def test_starting_runs_it_in_the_background_with_progress(world: World, now: Any) -> None:
    client = _client(world.alice)
    address = _upload(client).headers["Location"]
    client.post(address + "start/")
    assert 'role="progressbar"' in client.get(address).content.decode()
    run_started_import(workspace_id=world.workspace.pk, event_id=Event.objects.get(kind="import.started").pk, now=now)
    page = client.get(address).content.decode()
    assert "The import is done" in page
    assert [str(t) for t in Task.objects.select_related("project")] == ["NEW-1"]


def test_starting_twice_is_refused_and_runs_once(world: World) -> None:
    client = _client(world.alice)
    address = _upload(client).headers["Location"]
    assert client.post(address + "start/").status_code == 302
    assert client.post(address + "start/").status_code == 409
    assert Event.objects.filter(kind="import.started").count() == 1


def test_a_refused_upload_says_why_at_its_field_and_keeps_the_rest(world: World) -> None:
    client = _client(world.alice)
    answer = _upload(client, text="", project_key="NEW")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The submitted file is empty." in page
    assert 'value="NEW"' in page
    answer = _upload(client, project_key="not a key")
    assert answer.status_code == 422
    assert "2 to 8 letters" in answer.content.decode()


def test_columns_that_miss_the_title_are_refused_with_the_choice_kept(world: World) -> None:
    client = _client(world.alice)
    address = _upload(client, text="what,points\nWrite,3\n").headers["Location"]
    answer = client.post(
        address + "columns/", {"tasks-effort": "points", "unit_min": "15", "level": "3", "time_zone": "UTC"}
    )
    assert answer.status_code == 422
    assert "Choose the column for title." in answer.content.decode()
    client.post(address + "columns/", {"tasks-title": "what", "tasks-effort": "points", "unit_min": "15", "level": "3"})
    run = Import.objects.get()
    assert run.mapping["tasks"] == {"title": ["what"], "effort": ["points"]}
    assert run.mapping["options"]["unit_min"] == 15


@pytest.mark.parametrize("name", ["bob", "clara", "audrey"])
def test_members_who_do_not_manage_are_told_so(world: World, name: str) -> None:
    answer = _client(getattr(world, name)).get("/import/")
    assert answer.status_code == 403
    assert "Only managers can import" in answer.content.decode()


def test_a_stranger_finds_no_import_of_others(world: World) -> None:
    address = _upload(_client(world.alice)).headers["Location"]
    stranger = _client(world.charlie)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address + "start/").status_code == 404
    _reenter(world)
    assert Import.objects.get().state == "draft"
