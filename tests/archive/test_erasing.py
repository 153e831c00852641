"""A person is taken out: no trace of the name is left in the workspace, and the log still verifies and says so."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from conftest import World, make_world
from fairlead.accounts import actions as accounts
from fairlead.accounts.actions.directory_groups import GroupSaid, add_group
from fairlead.accounts.actions.directory_people import Said, change_person
from fairlead.accounts.actions.sso import ProviderDraft, save_provider
from fairlead.accounts.directory import Directory
from fairlead.accounts.models import DirectoryEntry, DirectoryGroup, DirectoryPlace, Kept, Membership, User
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions as allocation
from fairlead.archive import actions, jobs
from fairlead.archive.models import Erasure
from fairlead.archive.person import about
from fairlead.archive.tables import owners_connection, tables
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid
from fairlead.notices import actions as notices
from fairlead.people import actions as people
from fairlead.people.models import Feed, Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Comment, Task

NAME, EMAIL = 'Zoë "Zed" O\'Neil', "zoe.oneil+work@example.com"


@pytest.fixture
def world(committed: None, now: datetime) -> World:
    """Zoë works in Acme, is named in texts of every kind, and has done something herself."""
    world = make_world()
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    user = accounts.create_user(EMAIL, NAME, "correct horse battery", now=now)
    member = accounts.add_member(user, "contributor", actor=world.olga.actor, now=now)
    zoe = people.create_worker(
        kind="freelancer", name=NAME, email=EMAIL, user=user, about=f"I am {NAME}", headline="Poet", **by
    )
    skill = people.create_skill("Writing", **by)
    people.set_skill(zoe, skill, 4, evidence=f"See {EMAIL}", **by)
    project = work.create_project(key="WEB", name="Site", **by)
    drafts = [
        TaskDraft(title=f"Ask {NAME}", description=f"Mail {EMAIL}.", labels=(NAME,), criteria=(f"{NAME} agrees",))
    ]
    (task,) = work.create_tasks(project, [*drafts], **by)
    allocation.assign_task(task, zoe, reason=f"{NAME} knows it", **by)
    work.add_comment(task, f"@{NAME} please", internal=True, **by)
    work.add_comment(task, "Done soon", internal=True, actor=actor_of(member), now=now)
    for event in Event.objects.filter(kind="task.assigned"):
        notices.tell(event, now=now)
    return world


def _everything() -> str:
    """All rows of all tables as text."""
    with owners_connection() as database:
        rows = []
        for name in tables(database):
            row = database.execute(f"SELECT coalesce(json_agg(t)::text, '') FROM \"{name}\" t").fetchone()  # type: ignore[call-overload]
            rows.append(str(row[0] if row else ""))
    return "\n".join(rows)


def _erase(world: World, now: datetime) -> Erasure:
    erasure = actions.ask_erasure(Worker.objects.get(name=NAME), NAME, actor=world.olga.actor, now=now)
    event = Event.objects.get(kind="person.erasure_asked")
    for _ in range(2):  # a job may run twice
        jobs.erase(workspace_id=world.workspace.pk, event_id=event.pk, now=now)
    erasure.refresh_from_db()
    return erasure


def test_no_trace_is_left_and_the_log_verifies(world: World, now: datetime) -> None:
    assert "O'Neil" in _everything()
    erasure = _erase(world, now)
    assert (erasure.state, erasure.names) == ("done", [])
    text = _everything()
    for trace in ("O'Neil", "Zo\\u00eb", "Zoë", "zoe.oneil"):
        assert trace not in text
    called = f"Former member {erasure.worker_id}"
    task = Task.objects.get()
    assert (task.title, task.description, task.labels) == (f"Ask {called}", f"Mail {called}.", [called])
    assert [c.body for c in Comment.objects.order_by("id")] == [f"@{called} please", "Done soon"]
    assert Comment.objects.last().author.name == called  # type: ignore[union-attr]
    user = User.objects.get(name=called)
    assert (user.is_active, user.has_usable_password(), user.email) == (
        False,
        False,
        f"former-{user.pk}@erased.invalid",
    )
    verdict = verify(world.workspace.pk)
    assert verdict.problems == []
    assert verdict.redacted > 3
    told = Event.objects.get(kind="person.erased").payload
    assert (told["events"], told["rows"] > 8) == (verdict.redacted, True)


def test_what_somebody_kept_to_themselves_goes_with_them(world: World, now: datetime) -> None:
    zoe = Worker.objects.get(name=NAME)
    own: dict[str, Any] = {"actor": actor_of(Membership.objects.get(user=zoe.user)), "now": now}
    event = "UID:1\r\nSUMMARY:Oncologist\r\nDTSTART:20261230T100000Z\r\nDTEND:20261230T110000Z"
    content = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()
    people.upload_calendar(zoe, "Health", content, keeps_titles=True, **own)
    people.open_feed(zoe, **own)
    work.capture("Ask the oncologist", zone="UTC", **own)
    work.add_block(zoe, (now + timedelta(days=1), now + timedelta(days=1, hours=1)), title="Oncologist again", **own)
    assert "Oncologist" in _everything()
    _erase(world, now)
    assert "ncologist" not in _everything()
    assert not Feed.objects.exists()


def _kept_by_a_directory(world: World, now: datetime) -> None:
    """Okta knows Zoë, by names of its own, and has put her into a group."""
    draft = ProviderDraft(name="Okta", issuer="https://id.invalid", client_id="a", secret="s")
    directory = Directory(save_provider(draft, actor=world.olga.actor, now=now), world.olga.actor, 0)
    member = Membership.objects.get(user__email=EMAIL)
    said = Said(user_name="zoe-at-work", external_id="00u-zoe", given_name="Zoë-Ann")
    change_person(member, said, directory=directory, now=now)
    add_group(GroupSaid(name="Poets", steps=[("set", [member.pk])]), directory=directory, now=now)


def test_what_a_directory_has_sent_goes_with_them_and_is_told_before(world: World, now: datetime) -> None:
    _kept_by_a_directory(world, now)
    told = about(Worker.objects.get(name=NAME), now=now)["accounts.directoryentry"]
    assert [(row["user_name"], row["given_name"]) for row in told] == [("zoe-at-work", "Zoë-Ann")]
    _erase(world, now)
    assert DirectoryEntry.objects.count() == DirectoryPlace.objects.count() == 0
    assert DirectoryGroup.objects.get().name == "Poets"
    left = _everything()
    assert [word for word in ("zoe-at-work", "00u-zoe", "Zoë-Ann", "Zo\\u00eb-Ann") if word in left] == []


def test_what_was_removed_a_moment_before_cannot_be_brought_back(world: World, now: datetime) -> None:
    zoe = Worker.objects.get(name=NAME)
    by: dict[str, Any] = {"actor": actor_of(Membership.objects.get(user=zoe.user)), "now": now}
    calendar = people.connect_calendar(zoe, "Mine", "https://calendar.example/zoe.ics", **by)
    people.remove_calendar(calendar, **by)
    assert Kept.objects.count() == 1
    _erase(world, now)
    assert Kept.objects.count() == 0


def test_who_is_in_another_workspace_keeps_the_account_and_is_not_named_here(world: World, now: datetime) -> None:
    user = User.objects.get(email=EMAIL)
    enter(world.charlie.workspace.pk)
    accounts.add_member(user, "contributor", actor=world.charlie.actor, now=now)
    enter(world.workspace.pk)
    _erase(world, now)
    user.refresh_from_db()
    assert (user.name, user.is_active) == (NAME, True)
    assert Comment.objects.get(body="Done soon").author is None
    assert Worker.objects.get(deactivated_at__isnull=False).user is None


def test_touching_events_without_saying_so_is_found(world: World, now: datetime) -> None:
    _erase(world, now)
    with owners_connection() as database:
        database.execute("SET LOCAL fairlead.erasing = 'on'")
        database.execute("UPDATE events_event SET payload = '{}' WHERE kind = 'project.created'")
    assert verify(world.workspace.pk).problems == ["names were taken out of events, and the log does not say so"]


def test_nothing_else_of_an_event_can_be_touched_and_the_product_itself_cannot_at_all(world: World) -> None:
    with owners_connection() as database:
        database.execute("SET fairlead.erasing = 'on'")
        with pytest.raises(psycopg.Error, match="events are never changed"):
            database.execute("UPDATE events_event SET kind = 'x.y'")
        database.rollback()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET actor_name = 'x'")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_redaction (workspace_id, seq, digest) VALUES (1, 1, 'x')")


def test_only_an_owner_with_the_name_typed_and_never_oneself(world: World, now: datetime) -> None:
    worker = Worker.objects.get(name=NAME)
    with pytest.raises(Invalid, match="Type Zoë"):
        actions.ask_erasure(worker, "Zoe", actor=world.olga.actor, now=now)
    for who in (world.alice, world.bob, world.clara, world.echo):
        with pytest.raises(Forbidden):
            actions.ask_erasure(worker, NAME, actor=who.actor, now=now)
    olga = people.create_worker(kind="employee", name="Olga", user=world.olga.user, actor=world.olga.actor, now=now)
    with pytest.raises(Conflict):
        actions.ask_erasure(olga, "Olga", actor=world.olga.actor, now=now)


def test_a_person_gets_what_is_known_about_them_and_nothing_of_others(world: World, now: datetime) -> None:
    found = about(Worker.objects.get(name=NAME), now=now)
    assert found["people.worker"][0]["email"] == EMAIL
    assert [row["body"] for row in found["work.comment"]] == ["Done soon"]
    assert found["allocation.assignment"]
    assert {event["kind"] for event in found["events.event"]} >= {"worker.created", "comment.added"}
    client = Client()
    client.force_login(world.olga.user)
    number = Worker.objects.get(name=NAME).pk
    answer = client.get(f"/settings/data/people/{number}/")
    assert json.loads(answer.content)["person"] == NAME
    stranger = Client()
    stranger.force_login(world.charlie.user)
    assert stranger.get(f"/settings/data/people/{number}/").status_code == 404
