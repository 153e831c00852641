"""Pins on images: where they are, who sets, sees, answers and resolves them, and the task that comes of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from conftest import Person
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.lib.papers import draw_pages
from fairlead.lib.pictures import draw
from fairlead.work import actions, queries
from fairlead.work.files import from_bytes
from fairlead.work.models import AttachmentVersion, ProofPin
from lib.test_papers import LOCK
from papers import pdf
from pictures import png
from work.conftest import Site


@pytest.fixture
def shared(site: Site) -> Site:
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site


def proof(site: Site, folder: Path, *, for_client: bool = True) -> AttachmentVersion:
    """An image of bob's that was drawn."""
    by = {"actor": site.world.bob.actor, "now": site.now}
    attachment = actions.add_attachment(site.make(), from_bytes("logo.png", png()), for_client=for_client, **by)
    return draw_it(attachment.pk, 1, site, folder)


def draw_it(attachment_id: int, number: int, site: Site, folder: Path) -> AttachmentVersion:
    version = queries.find_version(site.world.bob.actor, attachment_id, number)
    actions.keep_drawing(version, draw(queries.content_path(version), folder), now=site.now)
    return queries.find_version(site.world.bob.actor, attachment_id, number)


def pin(version: AttachmentVersion, who: Person, now: datetime, *, internal: bool = False, body: str = "x") -> ProofPin:
    return actions.set_pin(version, body, x=0.25, y=0.5, internal=internal, actor=who.actor, now=now)


def test_pins_are_numbered_and_belong_to_a_version(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, proof(shared, tmp_path)
    pin(version, world.bob, shared.now, body="Bigger")
    pin(version, world.clara, shared.now, body="Blue, please")
    actions.add_version(version.attachment, from_bytes("logo2.png", png("navy")), actor=world.bob.actor, now=shared.now)
    second = draw_it(version.attachment_id, 2, shared, tmp_path)
    pin(second, world.clara, shared.now, body="Good")
    first = queries.find_version(world.clara.actor, version.attachment_id, 1)
    seen = [[(p.number, p.x, p.y, p.notes[0]["body"], p.notes[0]["name"]) for p in queries.pins(world.clara.actor, v)]
            for v in (first, second)]  # fmt: skip
    assert seen == [
        [(1, 0.25, 0.5, "Bigger", "Bob"), (2, 0.25, 0.5, "Blue, please", "Clara")],
        [(1, 0.25, 0.5, "Good", "Clara")],
    ]
    assert queries.file_rows(world.alice.actor, version.attachment.task)[0].pins == 3
    texts = [entry.text for entry in queries.history(world.alice.actor, version.attachment.task)]
    assert texts[0] == "set pin 1 on version 2 of logo2.png"


def test_clients_see_no_internal_pin_and_cannot_find_it(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, proof(shared, tmp_path)
    hidden = pin(version, world.bob, shared.now, internal=True, body="they will hate it")
    assert queries.pins(world.clara.actor, version) == []
    assert [p.number for p in queries.pins(world.audrey.actor, version)] == [1]
    assert queries.file_rows(world.clara.actor, version.attachment.task)[0].pins == 0
    for who in (world.clara, world.charlie):
        with pytest.raises(Missing):
            queries.find_pin(who.actor, version.attachment_id, hidden.pk)
    with pytest.raises(Forbidden):
        actions.answer_pin(hidden, "no", actor=world.clara.actor, now=shared.now)


def test_who_sets_which_pins(shared: Site, tmp_path: Path) -> None:
    world, shown = shared.world, proof(shared, tmp_path)
    internal = proof(shared, tmp_path, for_client=False)
    for who in (world.olga, world.alice, world.bob, world.dana, world.echo):
        pin(shown, who, shared.now, internal=True)
        pin(internal, who, shared.now, internal=True)
    for who in (world.alice, world.dana, world.clara):
        pin(shown, who, shared.now)
    refused = [
        (shown, world.clara, True), (internal, world.clara, False), (internal, world.alice, False),
        (shown, world.echo, False), (shown, world.audrey, True), (shown, world.charlie, True),
    ]  # fmt: skip
    for version, who, kept_inside in refused:
        with pytest.raises(Forbidden):
            pin(version, who, shared.now, internal=kept_inside)


@pytest.mark.parametrize(("x", "y"), [(-0.01, 0.5), (0.5, 1.01), (float("nan"), 0.5), (float("inf"), 0)])
def test_a_pin_outside_the_image_is_refused(shared: Site, tmp_path: Path, x: float, y: float) -> None:
    with pytest.raises(Invalid):
        actions.set_pin(
            proof(shared, tmp_path), "x", x=x, y=y, internal=True, actor=shared.world.bob.actor, now=shared.now
        )
    assert ProofPin.objects.count() == 0


def test_only_images_that_are_shown_take_pins_and_a_pin_says_something(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, proof(shared, tmp_path)
    for body in ("", "  ", "x" * 5001):
        with pytest.raises(Invalid):
            pin(version, world.bob, shared.now, body=body)
    text = actions.add_attachment(
        shared.make(), from_bytes("a.txt", b"a"), for_client=True, actor=world.bob.actor, now=shared.now
    )
    with pytest.raises(Refused, match="Only images"):
        pin(queries.find_version(world.bob.actor, text.pk, 1), world.bob, shared.now)
    actions.remove_attachment(version.attachment, actor=world.bob.actor, now=shared.now)
    with pytest.raises(Missing):
        pin(version, world.bob, shared.now)


def test_threads_are_answered_resolved_and_reopened(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, proof(shared, tmp_path)
    theirs, ours = pin(version, world.clara, shared.now), pin(version, world.bob, shared.now)
    actions.answer_pin(theirs, "Like this?", actor=world.bob.actor, now=shared.now)
    actions.answer_pin(theirs, "Yes", actor=world.clara.actor, now=shared.now)
    actions.resolve_pin(theirs, actor=world.clara.actor, now=shared.now)
    actions.resolve_pin(theirs, actor=world.bob.actor, now=shared.now)
    for who in (world.clara, world.echo, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.resolve_pin(ours, actor=who.actor, now=shared.now)
    found = queries.pins(world.alice.actor, version)
    assert [(p.number, p.resolved_by, [n["body"] for n in p.notes]) for p in found] == [
        (1, "Clara", ["x", "Like this?", "Yes"]), (2, "", ["x"]),
    ]  # fmt: skip
    assert queries.file_rows(world.alice.actor, version.attachment.task)[0].pins == 1
    actions.reopen_pin(theirs, actor=world.dana.actor, now=shared.now)
    assert [p.resolved_at for p in queries.pins(world.alice.actor, version)] == [None, None]
    kinds = Event.objects.filter(kind__startswith="task.proof").order_by("seq").values_list("kind", flat=True)
    assert [kind.removeprefix("task.proof_") for kind in kinds] == [
        "pinned", "pinned", "answered", "answered", "resolved", "reopened",
    ]  # fmt: skip


def test_a_pin_becomes_one_subtask_with_a_way_back(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, proof(shared, tmp_path)
    found = pin(version, world.clara, shared.now, body="The logo\nis too small")
    for who in (world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.make_pin_task(found, actor=who.actor, now=shared.now)
    task = actions.make_pin_task(found, actor=world.dana.actor, now=shared.now)
    assert (task.title, task.parent_id) == ("The logo is too small", version.attachment.task_id)
    assert f"(/files/{version.attachment_id}/versions/1/#pin-1)" in task.description
    assert queries.pins(world.clara.actor, version)[0].task == str(task)
    with pytest.raises(Conflict):
        actions.make_pin_task(found, actor=world.alice.actor, now=shared.now)
    assert version.attachment.task.subtasks.count() == 1


def paper(site: Site, folder: Path, *words: str) -> AttachmentVersion:
    """A PDF of bob's that was drawn, which clients see."""
    by = {"actor": site.world.bob.actor, "now": site.now}
    made = actions.add_attachment(site.make(), from_bytes("offer.pdf", pdf(*words)), for_client=True, **by)
    return drawn_paper(made.pk, 1, site, folder)


def drawn_paper(attachment_id: int, number: int, site: Site, folder: Path) -> AttachmentVersion:
    version = queries.find_version(site.world.bob.actor, attachment_id, number)
    actions.keep_pages(version, draw_pages(queries.content_path(version), folder), now=site.now)
    return queries.find_version(site.world.bob.actor, attachment_id, number)


def test_pins_stand_on_a_page_of_a_pdf(shared: Site, tmp_path: Path) -> None:
    world, version = shared.world, paper(shared, tmp_path, "One", "Two")
    assert (version.preview, version.pages, version.page_total) == ("ready", 2, 2)
    where = {"x": 0.5, "y": 0.25, "internal": False, "actor": world.clara.actor, "now": shared.now}
    actions.set_pin(version, "This sum", page=2, **where)
    for page in (0, 3):
        with pytest.raises(Invalid, match="pages 1 to 2"):
            actions.set_pin(version, "Nowhere", page=page, **where)
    assert [(p.page, p.x, p.y) for p in queries.pins(world.clara.actor, version)] == [(2, 0.5, 0.25)]
    task = actions.make_pin_task(ProofPin.objects.get(), actor=world.bob.actor, now=shared.now)
    assert f"/files/{version.attachment_id}/versions/1/?page=2#pin-1" in task.description


def test_an_older_version_that_is_current_again_has_its_pages(shared: Site, tmp_path: Path) -> None:
    actions.sweep_files(shared.world.workspace.pk, now=shared.now + timedelta(days=400))  # of others with this number
    bob, version = shared.world.bob, paper(shared, tmp_path, "One", "Two")
    actions.add_version(version.attachment, from_bytes("o.pdf", pdf("New")), actor=bob.actor, now=shared.now)
    again = actions.restore_version(version, actor=bob.actor, now=shared.now)
    assert (again.number, again.pages, [s["number"] for s in queries.page_sizes(again)]) == (3, 2, [1, 2])
    path, _ = queries.page_path(again, 2, large=False)
    later = shared.now + timedelta(days=400)
    assert actions.sweep_files(shared.world.workspace.pk, now=later) == 0
    assert path.is_file()


def test_the_pages_of_a_pdf_are_turned_and_compared(shared: Site, tmp_path: Path, client: Client) -> None:
    world, version = shared.world, paper(shared, tmp_path, "One", "Two")
    actions.add_version(version.attachment, from_bytes("o.pdf", pdf("New")), actor=world.bob.actor, now=shared.now)
    drawn_paper(version.attachment_id, 2, shared, tmp_path)
    client.force_login(world.bob.user)
    base = f"/files/{version.attachment_id}/"
    first = client.get(f"{base}versions/1/").content.decode()
    assert f'src="{base}versions/1/pages/1/image/"' in first
    assert "data-page-on" in first
    assert "data-page-back" not in first
    sent = client.post(f"{base}versions/1/pins/", {"x": "50", "y": "25", "body": "Here", "page": "2"})
    assert sent.headers["Location"] == f"{base}versions/1/?page=2#pin-1"
    assert 'data-pin="1"' not in client.get(f"{base}versions/1/").content.decode()
    assert 'data-pin="1"' in client.get(f"{base}versions/1/?page=2").content.decode()
    for odd in ("0", "99", "x", "-1", "²"):
        assert client.get(f"{base}versions/1/", {"page": odd}).status_code == 200
    image = client.get(f"{base}versions/1/pages/2/image/")
    assert (image.status_code, image.headers["Content-Type"]) == (200, "image/webp")
    assert client.get(f"{base}versions/1/pages/3/image/").status_code == 404
    side = client.get(f"{base}compare/?left=1&right=2&page=2").content.decode()
    assert "Version 2 has 1 page." in side
    assert 'data-pin="1"' in side
    client.force_login(world.charlie.user)
    assert client.get(f"{base}versions/1/pages/1/thumb/").status_code == 404


@pytest.mark.parametrize(("content", "why"), [(b"%PDF-1.7\n", "It is damaged"), (LOCK, "It needs a password")])
def test_a_pdf_that_cannot_be_shown_says_what_to_do(
    shared: Site, tmp_path: Path, client: Client, content: bytes, why: str
) -> None:
    by = {"actor": shared.world.bob.actor, "now": shared.now}
    made = actions.add_attachment(shared.make(), from_bytes("a.pdf", content), for_client=False, **by)
    version = drawn_paper(made.pk, 1, shared, tmp_path)
    assert version.preview == "none"
    with pytest.raises(Refused, match="images and pages"):
        pin(version, shared.world.bob, shared.now, internal=True)
    client.force_login(shared.world.bob.user)
    assert why in client.get(f"/files/{made.pk}/").content.decode()
