"""Hostile files: what they are called, what they claim to be, and how they are given out again."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from conftest import World
from fairlead.config import config, use
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.downloads import wanted
from fairlead.lib.filenames import clean_name
from fairlead.lib.magic import kind_of
from fairlead.lib.pictures import draw
from fairlead.work import actions, queries
from fairlead.work.jobs import draw_file
from fairlead.work.models import Attachment, AttachmentVersion, Task
from pictures import drawn, png
from work.conftest import Site, site  # noqa: F401  a fixture

SCRIPT = b"<script>fetch('/settings/')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path) -> Iterator[None]:
    """Each test looks at a folder of its own."""
    before = config().files_dir
    use(files_dir=str(tmp_path / "files"))
    yield
    use(files_dir=before)


@pytest.fixture
def task(site: Site) -> Task:  # noqa: F811
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site.make()


def browser(world: World, name: str = "bob") -> Client:
    person = getattr(world, name)
    client = Client(raise_request_exception=False)
    client.force_login(person.user)
    enter(person.workspace.pk)
    return client


def upload(world: World, task: Task, *files: tuple[str, bytes], who: str = "bob", **fields: str) -> HttpResponse:
    sent: dict[str, Any] = {"files": [SimpleUploadedFile(name, content) for name, content in files], **fields}
    return browser(world, who).post(f"/tasks/{task}/files/add/", sent, headers={"Accept": "application/json"})


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def leftovers() -> list[Path]:
    return list((config().files_path / "incoming").glob("*"))


def draw_all(task: Task) -> None:
    for event in Event.objects.filter(kind="task.file_added"):
        draw_file(workspace_id=event.workspace_id, event_id=event.pk, now=task.created_at)


HOSTILE: dict[str, tuple[str, bytes, str, str]] = {
    "svg with a script": ("logo.svg", SVG, "image/svg+xml", "none"),
    "svg that says it is a png": ("logo.png", SVG, "image/svg+xml", "none"),
    "a page that says it is a png": ("logo.png", b"<!DOCTYPE html>" + SCRIPT, "text/html", "none"),
    "a page behind spaces": ("a.txt", b"\n\n   <HTML><body onload=alert(1)>", "text/html", "none"),
    "a gif with a script behind it": ("a.gif", drawn("GIF") + SCRIPT, "image/gif", "ready"),
    "a gif that is only a script": ("a.gif", b"GIF89a/*" + SCRIPT + b"*/=1;", "image/gif", "none"),
    "a jpeg with a script behind it": ("a.jpg", drawn("JPEG") + SCRIPT, "image/jpeg", "ready"),
    "a png that breaks off": ("a.png", png()[:40], "image/png", "none"),
    "a pdf with a script": (
        "a.pdf",
        b"%PDF-1.7\n1 0 obj <</S/JavaScript/JS(app.alert(1))>>",
        "application/pdf",
        "none",
    ),
    "a program": ("readme.txt", b"MZ\x90\0" + b"\0" * 60, "application/x-executable", "none"),
    "bytes without meaning": ("a.png", bytes(range(256)), "application/octet-stream", "none"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_is_what_its_bytes_say_and_is_given_out_to_be_saved_only(
    site: Site,  # noqa: F811
    task: Task,
    name: str,
) -> None:
    sent_as, content, mime, preview = HOSTILE[name]
    assert upload(site.world, task, (sent_as, content)).status_code == 204
    draw_all(task)
    version = AttachmentVersion.objects.get()
    assert (version.mime, version.preview, version.size) == (mime, preview, len(content))
    bob = browser(site.world)
    response = bob.get(f"/files/{version.attachment_id}/versions/1/download/")
    assert body(response) == content
    assert response.headers["Content-Type"] in ("application/octet-stream", "image/gif", "image/jpeg", "image/png",
                                                "application/pdf")  # fmt: skip
    assert response.headers["Content-Disposition"] == f'attachment; filename="{sent_as}"'
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    image = bob.get(f"/files/{version.attachment_id}/versions/1/image/")
    if preview == "none":
        assert image.status_code == 404
    else:
        assert image.headers["Content-Type"] == "image/webp"
        assert body(image)[8:12] == b"WEBP"
        assert b"script" not in body(bob.get(f"/files/{version.attachment_id}/versions/1/image/"))
    page = bob.get(f"/files/{version.attachment_id}/").content
    assert b"<script>" not in page


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.exe",
    "/etc/passwd": "passwd",
    "invoice\u202egnp.exe": "invoicegnp.exe",
    "a\u200bb\ufeff.txt": "ab.txt",
    "two\nlines\r\n.txt": "two lines .txt",
    "nul\0byte.txt": "nulbyte.txt",
    "tab\there.txt": "tab here.txt",
    'quote".txt': "quote_.txt",
    "..": "file",
    "": "file",
    "   ": "file",
    ".htaccess": "htaccess",
    "CON.txt": "_CON.txt",
    "naïve 日本.pdf": "naïve 日本.pdf",
    "x" * 300 + ".png": "x" * 116 + ".png",
    "<b>bold</b>.txt": "b_.txt",
}


@pytest.mark.parametrize("raw", NAMES)
def test_names_are_one_harmless_line(raw: str) -> None:
    assert clean_name(raw) == NAMES[raw]


def test_a_name_with_its_order_turned_around_reaches_nobody(site: Site, task: Task) -> None:  # noqa: F811
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="../x/invoice\xe2\x80\xaegnp.exe"\r\n\r\n'
    sent = head + b"hello\r\n--B--\r\n"
    client = browser(site.world)
    answer = client.generic("POST", f"/tasks/{task}/files/add/", sent, "multipart/form-data; boundary=B")
    assert answer.status_code == 302
    assert Attachment.objects.get().name == "invoicegnp.exe"


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header claims this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (1, 60_000_001), (7800, 7800)])
def test_images_with_too_many_pixels_are_kept_and_never_drawn(tmp_path: Path, width: int, height: int) -> None:
    source = tmp_path / "bomb"
    source.write_bytes(bomb(width, height))
    assert draw(source, tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["bomb"]


def test_an_archive_is_not_unpacked(site: Site, task: Task) -> None:  # noqa: F811
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10_000):
            archive.writestr(f"../{number}", b"\0" * 1000)
    before = {path for path in config().files_path.rglob("*") if path.is_file()}
    assert upload(site.world, task, ("bomb.zip", packed.getvalue())).status_code == 204
    assert len({path for path in config().files_path.rglob("*") if path.is_file()} - before) == 1
    assert AttachmentVersion.objects.values_list("mime", "size", "preview").get() == (
        "application/zip", len(packed.getvalue()), "none",
    )  # fmt: skip


def test_an_empty_file_and_no_file_are_refused(site: Site, task: Task) -> None:  # noqa: F811
    empty = upload(site.world, task, ("a.txt", b""))
    assert (empty.status_code, json.loads(empty.content)["detail"]) == (422, "“a.txt” is empty. Choose the file again.")
    none = upload(site.world, task)
    assert (none.status_code, json.loads(none.content)["detail"]) == (422, "Choose a file first.")
    assert Attachment.objects.count() == 0
    assert leftovers() == []


@pytest.fixture
def one_mb(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FAIRLEAD_FILE_MAX_MB", "1")
    use()
    yield
    monkeypatch.undo()
    use()


@pytest.mark.usefixtures("one_mb")
def test_a_file_over_the_limit_is_dropped_while_it_arrives(site: Site, task: Task) -> None:  # noqa: F811
    over = upload(site.world, task, ("big.bin", b"x" * (2**20 + 1)))
    assert over.status_code == 413
    assert json.loads(over.content) == {
        "type": "about:blank#too-large",
        "title": "The file is too large",
        "detail": "A file may have 1 MB at most. Make it smaller, or share a link to it.",
        "status": 413,
    }
    assert Attachment.objects.count() == 0
    assert leftovers() == []
    assert upload(site.world, task, ("fits.bin", b"x" * 2**20)).status_code == 204
    assert AttachmentVersion.objects.get().size == 2**20


@pytest.mark.usefixtures("one_mb")
def test_one_file_over_the_limit_keeps_the_others_out_too(site: Site, task: Task) -> None:  # noqa: F811
    assert upload(site.world, task, ("a.txt", b"a"), ("big.bin", b"x" * (2**20 + 1))).status_code == 413
    assert upload(site.world, task, ("a.txt", b"a"), ("empty.bin", b"")).status_code == 422
    assert Attachment.objects.count() == 0
    assert leftovers() == []


@pytest.mark.parametrize("who", ["audrey", "charlie"])
def test_what_nobody_may_add_leaves_nothing_on_disk(site: Site, task: Task, who: str) -> None:  # noqa: F811
    answer = upload(site.world, task, ("a.txt", b"hello"), who=who)
    assert answer.status_code == (404 if who == "charlie" else 403)
    assert leftovers() == []


def test_a_stranger_and_a_client_get_404_for_what_is_not_for_them(site: Site, task: Task) -> None:  # noqa: F811
    upload(site.world, task, ("a.png", png()))
    draw_all(task)
    pk = Attachment.objects.get().pk
    for who in ("clara", "charlie"):
        client = browser(site.world, who)
        for tail in ("", "versions/1/", "versions/1/download/", "versions/1/image/", "versions/1/thumb/"):
            assert client.get(f"/files/{pk}/{tail}").status_code == 404
        enter(site.world.workspace.pk)


def test_no_anonymous_reader_gets_a_file(site: Site, task: Task) -> None:  # noqa: F811
    upload(site.world, task, ("a.txt", b"hello"))
    response = Client().get(f"/files/{Attachment.objects.get().pk}/versions/1/download/")
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/sign-in/")


RANGES = {
    "bytes=0-3": (206, b"0123", "bytes 0-3/10"),
    "bytes=6-": (206, b"6789", "bytes 6-9/10"),
    "bytes=-2": (206, b"89", "bytes 8-9/10"),
    "bytes=5-99": (206, b"56789", "bytes 5-9/10"),
    "bytes=0-9": (200, b"0123456789", None),
    "bytes=10-": (416, b"", "bytes */10"),
    "bytes=-0": (416, b"", "bytes */10"),
    "bytes=4-2": (416, b"", "bytes */10"),
    "bytes=0-1,4-5": (200, b"0123456789", None),
    "lines=1-2": (200, b"0123456789", None),
}


@pytest.mark.parametrize("header", RANGES)
def test_parts_of_a_file(site: Site, task: Task, header: str) -> None:  # noqa: F811
    upload(site.world, task, ("a.bin", b"0123456789"))
    address = f"/files/{Attachment.objects.get().pk}/versions/1/download/"
    response = browser(site.world).get(address, headers={"Range": header})
    assert (response.status_code, body(response), response.headers.get("Content-Range")) == RANGES[header]
    other = browser(site.world).get(address, headers={"Range": header, "If-Range": '"older"'})
    assert (other.status_code, body(other)) == (200, b"0123456789")


def test_a_range_of_nothing_is_outside() -> None:
    assert wanted("bytes=0-", 0) is None


def test_kinds_are_told_by_bytes_alone() -> None:
    told = {name: kind_of(head).mime for name, head in {
        "webp": drawn("WEBP"), "bmp": drawn("BMP"), "text": "Grüße\n".encode(), "cut": "ü".encode()[:1] + b"a",
        "mp4": b"\0\0\0\x18ftypmp42", "nul": b"text\0text", "xml": b"<?xml version='1.0'?><a/>", "empty": b"",
        "zip": b"PK\x03\x04mimetype", "script": b"#!/bin/sh\n",
    }.items()}  # fmt: skip
    assert told == {
        "webp": "image/webp", "bmp": "image/bmp", "text": "text/plain", "cut": "application/octet-stream",
        "mp4": "video/mp4", "nul": "application/octet-stream", "xml": "application/xml",
        "empty": "application/octet-stream", "zip": "application/zip", "script": "text/x-script",
    }  # fmt: skip


def test_a_rolled_back_upload_leaves_no_row(site: Site, task: Task) -> None:  # noqa: F811
    from fairlead.work.files import from_bytes

    def broken() -> None:
        with transaction.atomic():
            actions.add_attachment(
                task, from_bytes("a.txt", b"gone"), for_client=False, actor=site.world.bob.actor, now=site.now
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert queries.file_rows(site.world.alice.actor, task) == []
