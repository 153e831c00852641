"""Files on tasks: who may add, see, renew, show and remove them, and what stays of them on disk."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.config import config, use
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.work import actions, grammar, queries
from fairlead.work.actions.attachments import Full
from fairlead.work.files import from_bytes, store
from fairlead.work.jobs import draw_file
from fairlead.work.models import Attachment, AttachmentVersion, Task
from pictures import png, size_of
from work.conftest import Site


def add(task: Task, who: Person, site: Site, *, content: bytes = b"Hello", **more: Any) -> Attachment:
    given = {"name": "note.txt", "for_client": False, **more}
    name = given.pop("name")
    return actions.add_attachment(task, from_bytes(name, content), actor=who.actor, now=site.now, **given)


def drawn(site: Site) -> None:
    """Run the jobs that draw what was added."""
    for event in Event.objects.filter(kind__in=("task.file_added", "task.file_version_added")):
        draw_file(workspace_id=event.workspace_id, event_id=event.pk, now=site.now)


@pytest.fixture
def shared(site: Site) -> Site:
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site


def test_a_file_is_kept_under_its_digest_and_read_back(site: Site) -> None:
    world, task = site.world, site.make()
    attachment = add(task, world.bob, site)
    version = queries.find_version(world.dana.actor, attachment.pk, 1)
    digest = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969"
    assert (version.sha256, version.size, version.mime, version.name) == (digest, 5, "text/plain", "note.txt")
    assert queries.content_path(version).read_bytes() == b"Hello"
    assert queries.content_path(version) == config().files_path / str(world.workspace.pk) / "18" / digest
    event = Event.objects.get(kind="task.file_added")
    assert event.payload == {
        "name": "note.txt", "attachment": attachment.pk, "version": version.pk, "for_client": False, "comment": None,
    }  # fmt: skip
    assert next(e.text for e in queries.history(world.alice.actor, task)) == "added the file note.txt"


def test_who_may_add(shared: Site) -> None:
    world, task = shared.world, shared.make()
    for who in (world.olga, world.alice, world.bob, world.dana, world.echo):
        add(task, who, shared)
    add(task, world.clara, shared, for_client=True)
    for who, for_client in ((world.audrey, False), (world.clara, False), (world.echo, True), (world.charlie, False)):
        with pytest.raises(Forbidden):
            add(task, who, shared, for_client=for_client)


def test_a_client_of_another_project_adds_nothing(site: Site) -> None:
    with pytest.raises(Forbidden):
        add(site.make(), site.world.clara, site, for_client=True)


def test_clients_see_what_is_shown_to_them_and_strangers_nothing(shared: Site) -> None:
    world, task = shared.world, shared.make()
    hidden, shown = add(task, world.bob, shared), add(task, world.bob, shared, for_client=True)
    seen = {name: [row.id for row in queries.file_rows(getattr(world, name).actor, task)]
            for name in ("alice", "dana", "echo", "audrey", "clara", "charlie")}  # fmt: skip
    both = [hidden.pk, shown.pk]
    assert seen == {"alice": both, "dana": both, "echo": both, "audrey": both, "clara": [shown.pk], "charlie": []}
    for who, pk in ((world.clara, hidden.pk), (world.charlie, shown.pk), (world.charlie, hidden.pk)):
        with pytest.raises(Missing):
            queries.find_version(who.actor, pk, 1)


def test_showing_and_hiding(shared: Site) -> None:
    world, task = shared.world, shared.make()
    attachment = add(task, world.bob, shared)
    for who in (world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.show_attachment(attachment, actor=who.actor, now=shared.now)
    actions.show_attachment(attachment, actor=world.bob.actor, now=shared.now)
    assert [row.name for row in queries.file_rows(world.clara.actor, task)] == ["note.txt"]
    actions.hide_attachment(attachment, actor=world.alice.actor, now=shared.now)
    assert queries.file_rows(world.clara.actor, task) == []


def test_a_new_version_keeps_the_older_one_and_the_older_one_can_come_back(site: Site) -> None:
    world, task = site.world, site.make()
    attachment = add(task, world.bob, site, content=b"one")
    actions.add_version(attachment, from_bytes("note v2.txt", b"two"), actor=world.dana.actor, now=site.now)
    first, second = (queries.find_version(world.alice.actor, attachment.pk, number) for number in (1, 2))
    assert [queries.content_path(v).read_bytes() for v in (first, second)] == [b"one", b"two"]
    assert [(r.name, r.revision, r.size) for r in queries.file_rows(world.alice.actor, task)] == [("note v2.txt", 2, 3)]
    third = actions.restore_version(first, actor=world.alice.actor, now=site.now)
    assert (third.number, third.name, third.sha256) == (3, "note.txt", first.sha256)
    assert [row["number"] for row in queries.version_rows(attachment)] == [3, 2, 1]
    with pytest.raises(Conflict):
        actions.restore_version(third, actor=world.alice.actor, now=site.now)
    texts = [entry.text for entry in queries.history(world.alice.actor, task)][:2]
    assert texts == [
        "made version 1 of note.txt the current one again",
        "added version 2 of the file note v2.txt",
    ]


def test_clients_renew_their_own_files_only_and_agents_none_that_clients_see(shared: Site) -> None:
    world, task = shared.world, shared.make()
    own, shown = add(task, world.clara, shared, for_client=True), add(task, world.bob, shared, for_client=True)
    actions.add_version(own, from_bytes("b.txt", b"2"), actor=world.clara.actor, now=shared.now)
    for who, attachment in ((world.clara, shown), (world.echo, shown), (world.audrey, shown), (world.charlie, own)):
        with pytest.raises(Forbidden):
            actions.add_version(attachment, from_bytes("b.txt", b"2"), actor=who.actor, now=shared.now)


def test_the_trash_keeps_a_file_for_thirty_days(shared: Site) -> None:
    world, task = shared.world, shared.make()
    attachment = add(task, world.bob, shared, for_client=True)
    for who in (world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.remove_attachment(attachment, actor=who.actor, now=shared.now)
    actions.remove_attachment(attachment, actor=world.bob.actor, now=shared.now)
    assert queries.file_rows(world.alice.actor, task) == []
    with pytest.raises(Missing):
        actions.add_version(attachment, from_bytes("b.txt", b"2"), actor=world.bob.actor, now=shared.now)
    actions.restore_attachment(attachment, actor=world.alice.actor, now=shared.now)
    assert [row.id for row in queries.file_rows(world.alice.actor, task)] == [attachment.pk]
    actions.remove_attachment(attachment, actor=world.bob.actor, now=shared.now)
    workspace = world.workspace.pk
    assert actions.purge_trash(workspace, now=shared.now + timedelta(days=29)) == 0
    assert actions.purge_trash(workspace, now=shared.now + timedelta(days=31)) == 1
    assert not Attachment.objects.filter(pk=attachment.pk).exists()


def test_the_sweep_removes_only_what_no_version_names_and_is_old(site: Site) -> None:
    world, task = site.world, site.make()
    kept = add(task, world.bob, site, content=b"kept")
    folder = store(world.workspace.pk)
    orphans = [folder.keep(from_bytes("x", text).file) for text in (b"old orphan", b"young orphan")]
    stale = from_bytes("x", b"never kept").file.path
    for path in (orphans[0], stale, queries.content_path(queries.find_version(world.bob.actor, kept.pk, 1))):
        os.utime(path, (site.now.timestamp() - 3 * 86400,) * 2)
    os.utime(orphans[1], (site.now.timestamp(),) * 2)
    half_drawn = stale.parent / "half drawn"
    half_drawn.mkdir()
    os.utime(half_drawn, (site.now.timestamp() - 3 * 86400,) * 2)
    assert actions.sweep_files(world.workspace.pk, now=site.now) == 3
    assert not half_drawn.exists()
    assert [path.exists() for path in (*orphans, stale)] == [False, True, False]
    assert queries.content_path(queries.find_version(world.bob.actor, kept.pk, 1)).read_bytes() == b"kept"


def test_what_a_backup_has_to_hold(site: Site) -> None:
    world, task = site.world, site.make()
    add(task, world.bob, site, content=png(), name="a.png")
    drawn(site)
    files = dict(queries.stored_files(world.workspace.pk))
    version = AttachmentVersion.objects.get()
    assert set(files) == {version.sha256, version.large_sha256, version.small_sha256}
    assert all(path.is_file() for path in files.values())


def test_an_empty_file_a_full_workspace_and_a_task_in_the_trash_refuse(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, task = site.world, site.make()
    with pytest.raises(Invalid, match="is empty"):
        add(task, world.bob, site, content=b"")
    monkeypatch.setenv("FAIRLEAD_FILES_QUOTA_MB", "1")
    use()
    add(task, world.bob, site, content=b"x" * 600_000)
    with pytest.raises(Full, match="1 MB together"):
        add(task, world.bob, site, content=b"y" * 600_000)
    assert Attachment.objects.count() == AttachmentVersion.objects.count() == 1
    monkeypatch.undo()
    use()
    actions.delete_task(task, actor=world.alice.actor, now=site.now)
    with pytest.raises(Missing):
        add(task, world.bob, site)


def scanner(tmp_path: Path, script: str) -> str:
    path = tmp_path / "scan"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 0", ""), ('grep -q EICAR "$1" && exit 1; exit 0', "infected"), ("exit 2", "scanner-down"),
     (None, "scanner-down")],
)  # fmt: skip
def test_a_scanner_lets_nothing_in_that_it_did_not_find_clean(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, code: str
) -> None:
    monkeypatch.setenv("FAIRLEAD_SCAN_COMMAND", scanner(tmp_path, script) if script else "/nowhere/scanner --now")
    use()
    try:
        add(site.make(), site.world.bob, site, content=b"EICAR")
        came = ""
    except Refused as refused:
        came = refused.code
    monkeypatch.undo()
    use()
    assert (came, Attachment.objects.count()) == (code, 0 if code else 1)


def test_a_picture_is_drawn_at_two_sizes_and_only_once(site: Site) -> None:
    world, task = site.world, site.make()
    attachment = add(task, world.bob, site, content=png("teal", 3000, 1500), name="a.png")
    assert queries.file_rows(world.alice.actor, task)[0].preview == "waiting"
    drawn(site)
    drawn(site)
    version = queries.find_version(world.alice.actor, attachment.pk, 1)
    assert (version.preview, version.width, version.height) == ("ready", 3000, 1500)
    sizes = [size_of(queries.drawing_path(version, large=large)) for large in (True, False)]
    assert sizes == [(2000, 1000), (360, 180)]
    assert Event.objects.filter(kind="task.file_drawn").count() == 1


def test_cards_count_the_files_that_the_reader_sees(shared: Site) -> None:
    world, task = shared.world, shared.make()
    add(task, world.bob, shared)
    add(task, world.bob, shared, for_client=True)
    gone = add(task, world.bob, shared, for_client=True)
    actions.remove_attachment(gone, actor=world.bob.actor, now=shared.now)
    comment = actions.add_comment(
        task, "", internal=True, actor=world.bob.actor, now=shared.now, files=[from_bytes("c.txt", b"1")]
    )
    counts = {name: queries.card(getattr(world, name).actor, task)["files"] for name in ("alice", "audrey", "clara")}
    assert counts == {"alice": 3, "audrey": 3, "clara": 1}
    actions.remove_comment(comment, actor=world.bob.actor, now=shared.now)
    assert queries.card(world.alice.actor, task)["files"] == 2


def test_files_are_found_by_name_by_those_who_see_them(shared: Site) -> None:
    world, task = shared.world, shared.make()
    other = shared.make("Other")
    add(task, world.bob, shared, name="Final Logo.txt")
    add(other, world.bob, shared, name="logo for all.txt", for_client=True)
    found = {}
    for name in ("alice", "audrey", "clara", "charlie"):
        actor = getattr(world, name).actor
        files = [row["name"] for row in queries.named_files(actor, ["LOGO"], limit=8)]
        tasks = [hit.key for hit in queries.search(actor, grammar.read("file:logo"), now=shared.now).hits]
        found[name] = (files, sorted(tasks))
    both = (["logo for all.txt", "Final Logo.txt"], [str(task), str(other)])
    assert found == {"alice": both, "audrey": both, "clara": (["logo for all.txt"], [str(other)]), "charlie": ([], [])}
    assert queries.named_files(world.alice.actor, [], limit=8) == []


def test_the_page_of_a_task_asks_as_often_for_many_files_and_signs_as_for_one(site: Site) -> None:
    world, task = site.world, site.make()

    def asked() -> int:
        with CaptureQueriesContext(connection) as asked:
            queries.file_rows(world.alice.actor, task)
            queries.comment_rows(world.alice.actor, task)
        return len(asked)

    def more() -> None:
        comment = actions.add_comment(
            task, "x", internal=True, actor=world.bob.actor, now=site.now, files=[from_bytes("a.txt", b"1")]
        )
        actions.add_reaction(comment, "agree", actor=world.bob.actor, now=site.now)
        actions.edit_comment(comment, "y", actor=world.bob.actor, now=site.now)

    more()
    once = asked()
    for _ in range(4):
        more()
    assert (once, asked()) == (4, 4)
