"""A muted task or project is quiet, but for what is meant for somebody by name; and only for who muted it."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.events.tenancy import enter
from fairlead.lib.errors import Missing
from fairlead.notices import actions, queries
from fairlead.notices.models import Mute
from fairlead.work.queries import find_task
from notices.conftest import Desk, run, told


@pytest.mark.parametrize("what", ["task", "project"])
def test_of_what_is_muted_only_what_is_meant_for_oneself_comes(desk: Desk, what: str) -> None:
    bob, alice = desk.world.bob, desk.world.alice
    if what == "task":
        actions.mute_task(desk.held, actor=bob.actor)
        actions.mute_task(desk.held, actor=bob.actor)
    else:
        actions.mute_project(desk.held.project, actor=bob.actor)
    run("task.assigned")
    desk.say("hello", alice)
    desk.say("@Bob, hello", alice)
    assert told() == [("Bob", "WEB-1 is yours: Write copy"), ("Bob", "Alice mentioned you on WEB-1")]
    desk.say("what I did", bob)
    assert told("commented") == [("Alice", "Bob commented on WEB-1: Write copy")]
    if what == "task":
        actions.unmute_task(desk.held, actor=bob.actor)
    else:
        actions.unmute_project(desk.held.project, actor=bob.actor)
    desk.say("hello again", alice)
    assert ("Bob", "Alice commented on WEB-1: Write copy") in told("commented")
    assert not Mute.objects.exists()


def test_muting_is_in_the_menu_of_the_task_and_undone_in_the_settings(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.world.bob.user)
    assert "/tasks/WEB-1/notices/" in client.get("/tasks/WEB-1/").content.decode()
    page = client.get("/tasks/WEB-1/notices/").content.decode()
    assert "Mute This task" in page
    assert "Mute Web shop" in page
    client.post("/tasks/WEB-1/mute/")
    client.post("/projects/WEB/mute/")
    settings = client.get("/settings/notifications/").content.decode()
    assert "Unmute WEB-1" in settings
    assert "Unmute Web shop" in settings
    client.post("/projects/WEB/unmute/")
    enter(desk.world.workspace.pk)
    assert [str(row.task) for row in queries.mutes(desk.world.bob.actor)] == ["WEB-1"]
    assert list(queries.mutes(desk.world.alice.actor)) == []


def test_a_project_is_muted_from_its_own_pages_and_the_undo_leads_back_there(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.world.bob.user)
    for place in ("/projects/WEB/", "/projects/WEB/list/"):
        assert f"/projects/WEB/notices/?next={place}" in client.get(place).content.decode()
    page = client.get("/projects/WEB/notices/?next=/projects/WEB/list/").content.decode()
    assert "What you hear of Web shop" in page
    assert "everything that concerns you" in page
    assert "This task" not in page
    muted = client.post("/projects/WEB/mute/", {"next": "/projects/WEB/list/"}, follow=True)
    assert muted.redirect_chain == [("/projects/WEB/list/", 302)]
    assert "Web shop is muted." in muted.content.decode()
    assert "/projects/WEB/unmute/?next=/projects/WEB/list/" in muted.content.decode()
    assert "Unmute Web shop" in client.get("/projects/WEB/notices/").content.decode()
    undone = client.post("/projects/WEB/unmute/?next=/projects/WEB/list/")
    assert undone.headers["Location"] == "/projects/WEB/list/"
    outside = client.get("/projects/WEB/notices/?next=https://evil.example/").content.decode()
    assert "evil.example" not in outside
    enter(desk.world.workspace.pk)
    assert not Mute.objects.exists()


def test_a_stranger_mutes_nothing(desk: Desk) -> None:
    stranger = Client()
    stranger.force_login(desk.world.charlie.user)
    for address in ("/tasks/WEB-1/mute/", "/projects/WEB/mute/"):
        assert stranger.post(address).status_code == 404
    assert stranger.get("/projects/WEB/notices/").status_code == 404
    enter(desk.world.workspace.pk)
    assert not Mute.objects.exists()
    with pytest.raises(Missing):
        find_task(desk.world.charlie.actor, "WEB-1")
