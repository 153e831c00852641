"""Files travel with a workspace: every version, byte for byte, checked, within the quota, the trash as trash."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive.test_data import data_folder  # noqa: F401  a fixture
from conftest import World, make_world
from fairlead.archive import actions, contents, jobs
from fairlead.archive.actions import exports as making
from fairlead.archive.actions.exports import folder
from fairlead.archive.models import Export
from fairlead.archive.parcel import BadArchive
from fairlead.config import config, use
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.work import actions as work
from fairlead.work.actions.attachments import Full
from fairlead.work.drafts import TaskDraft
from fairlead.work.files import from_bytes, store
from fairlead.work.jobs import draw_file
from fairlead.work.models import Attachment, AttachmentVersion, ProofNote, ProofPin, Task
from pictures import png


@dataclass
class Filled:
    world: World
    now: datetime
    logo: Attachment
    text: Attachment

    def export(self) -> tuple[Export, Path]:
        export = actions.request_export(actor=self.world.olga.actor, now=self.now)
        actions.make_export(export, now=self.now)
        export.refresh_from_db()
        return export, folder(self.world.workspace.pk) / export.file_name

    def open(self, path: Path, **how: Any) -> Any:
        """In charlie's workspace."""
        enter(self.world.charlie.workspace.pk)
        return actions.open_workspace(path, actor=self.world.charlie.actor, now=self.now, **how)


@pytest.fixture
def filled(committed: None, now: datetime) -> Filled:
    """A task with an image in two versions and a pin on the first, and a text in the trash."""
    world = make_world()
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    task = work.create_task(work.create_project(key="WEB", name="Site", **by), TaskDraft(title="Logo"), **by)
    logo = work.add_attachment(task, from_bytes("logo.png", png()), for_client=True, **by)
    for event in Event.objects.filter(kind="task.file_added"):
        draw_file(workspace_id=event.workspace_id, event_id=event.pk, now=now)
    work.set_pin(AttachmentVersion.objects.get(), "Larger", x=0.25, y=0.5, internal=False, **by)
    work.add_version(logo, from_bytes("logo 2.png", png("navy")), **by)
    text = work.add_attachment(task, from_bytes("old.txt", b"old words"), for_client=False, **by)
    work.remove_attachment(text, **by)
    return Filled(world, now, logo, text)


def test_an_export_holds_every_kept_version_under_its_digest(filled: Filled) -> None:
    export, path = filled.export()
    versions = AttachmentVersion.objects.order_by("sha256")
    assert (export.files, export.files_done, export.files_lost) == (3, 3, 0)
    with zipfile.ZipFile(path) as archive:
        listed = [json.loads(line) for line in archive.read("files.jsonl").splitlines()]
        assert listed == [{"sha256": v.sha256, "bytes": v.size, "state": "there"} for v in versions]
        for version in versions:
            member = f"files/{version.sha256[:2]}/{version.sha256}"
            assert archive.read(member) == store(filled.world.workspace.pk).path(version.sha256).read_bytes()


def test_files_arrive_with_versions_pins_and_trash_and_are_drawn_anew(filled: Filled) -> None:
    _, path = filled.export()
    seen: list[tuple[int, int]] = []
    done = filled.open(path, on_file=lambda count, total: seen.append((count, total)))
    assert (done.files, dict(done.lost), seen) == (3, {}, [(1, 3), (2, 3), (3, 3)])
    logo, text = Attachment.objects.get(name="logo 2.png"), Attachment.objects.get(name="old.txt")
    assert (logo.revision, logo.for_client, logo.deleted_at, text.deleted_at) == (2, True, None, filled.now)
    assert logo.workspace_id == filled.world.charlie.workspace.pk
    first = AttachmentVersion.objects.get(attachment=logo, number=1)
    assert store(logo.workspace_id).path(first.sha256).read_bytes() == png()
    pin = ProofPin.objects.get()
    assert (pin.version, pin.x, pin.y, ProofNote.objects.get().body) == (first, 0.25, 0.5, "Larger")
    assert (first.preview, first.large_sha256) == ("waiting", "")
    event = Event.objects.get(kind="workspace.filled")
    jobs.draw_brought_files(workspace_id=event.workspace_id, event_id=event.pk, now=filled.now)
    first.refresh_from_db()
    assert (first.preview, first.width) == ("ready", 40)
    again = filled.open(path)
    assert (again.files, sum(again.new.values())) == (0, 0)
    assert AttachmentVersion.objects.filter(workspace_id=logo.workspace_id).count() == 3


def test_what_the_server_lost_is_told_and_the_rest_arrives(filled: Filled) -> None:
    kept = store(filled.world.workspace.pk)
    second = AttachmentVersion.objects.get(attachment=filled.logo, number=2)
    kept.path(second.sha256).unlink()
    gone = AttachmentVersion.objects.get(attachment=filled.text)
    kept.path(gone.sha256).write_bytes(b"other words")
    export, path = filled.export()
    assert (export.state, export.files, export.files_lost) == ("ready", 3, 2)
    with zipfile.ZipFile(path) as archive:
        states = {c["sha256"]: c["state"] for c in map(json.loads, archive.read("files.jsonl").splitlines())}
    assert (states[second.sha256], states[gone.sha256]) == ("missing", "damaged")
    done = filled.open(path)
    assert (done.files, dict(done.lost)) == (1, {"whose bytes are not in the archive": 2})
    here = Attachment.objects.get()
    assert (here.revision, [v.number for v in here.versions.all()]) == (1, [1])
    assert done.left == {"work.attachment": 1, "work.attachmentversion": 2}


def test_without_room_nothing_comes_unless_files_are_left_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = filled.export()
    monkeypatch.setattr(contents, "BLOCK", 7)  # blocks are put together again
    monkeypatch.setenv("FAIRLEAD_FILES_QUOTA_MB", "1")
    use()
    enter(filled.world.charlie.workspace.pk)
    by: dict[str, Any] = {"actor": filled.world.charlie.actor, "now": filled.now}
    task = work.create_task(work.create_project(key="OWN", name="Own", **by), TaskDraft(title="Mine"), **by)
    work.add_attachment(task, from_bytes("big.bin", b"x" * (2**20 - 50)), for_client=False, **by)
    with pytest.raises(Full, match=r"take 1 MB, and this workspace has room for 1 MB\. Raise FAIRLEAD_FILES_QUOTA_MB"):
        filled.open(path)
    assert (Task.objects.count(), Attachment.objects.count()) == (1, 1)
    done = filled.open(path, with_files=False)
    assert (done.new["work.task"], done.files, Attachment.objects.count()) == (1, 0, 1)
    monkeypatch.undo()
    use()
    assert filled.open(path).files == 3


def test_a_file_larger_than_one_may_be_here_stays_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    by: dict[str, Any] = {"actor": filled.world.alice.actor, "now": filled.now}
    task = Task.objects.get()
    work.add_attachment(task, from_bytes("big.bin", b"x" * (2**20 + 1)), for_client=False, **by)
    _, path = filled.export()
    monkeypatch.setenv("FAIRLEAD_FILE_MAX_MB", "1")
    use()
    done = filled.open(path)
    assert (done.files, dict(done.lost)) == (3, {"larger than a file may be here": 1})
    monkeypatch.undo()
    use()


@pytest.mark.parametrize(("change", "why"), [
    ({"bytes": 5}, "another size"), ({"sha256": "../../etc/passwd"}, "no SHA-256"),
    ({"swap": True}, "not what its name"), ({"drop": True}, "is missing"),
])  # fmt: skip
def test_an_archive_that_was_tampered_with_brings_nothing(filled: Filled, change: dict[str, Any], why: str) -> None:
    _, path = filled.export()
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    first = json.loads(inside["files.jsonl"].splitlines()[0])
    member = f"files/{first['sha256'][:2]}/{first['sha256']}"
    if change.pop("swap", False):
        inside[member] = bytes(len(inside[member]))
    if change.pop("drop", False):
        del inside[member]
    inside["files.jsonl"] = json.dumps({**first, **change}).encode() + b"\n"
    bad = path.with_name("bad.zip")
    with zipfile.ZipFile(bad, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    with pytest.raises(BadArchive, match=why):
        filled.open(bad)
    assert Task.objects.count() == 0
    assert list((config().files_path / "incoming").glob("*")) == []


def test_a_full_disk_says_so(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SPARE", 10**18)
    export, path = filled.export()
    assert (export.state, export.file_name) == ("failed", "")
    assert "MB free. Ask whoever runs the server for room" in export.why
    assert list(path.glob("*.partial")) == []
