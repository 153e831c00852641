"""What a file is, told by its first bytes. What its name or its sender says about it is never believed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.lib.speech import later

HEAD_BYTES: Final = 65_536
"""As much as is looked at."""
IMAGE, PAGES, TEXT, NOTHING = "image", "pages", "text", ""


DRAWN: Final = (IMAGE, PAGES)
"""Kinds of preview that a job makes."""


@dataclass(frozen=True)
class Kind:
    """`mime` is what the file is served as; `preview`: drawn anew (an image, the pages), shown as escaped text,
    or not at all."""

    mime: str
    label: str
    preview: str = NOTHING


PNG: Final = Kind("image/png", later("PNG image"), IMAGE)
JPEG: Final = Kind("image/jpeg", later("JPEG image"), IMAGE)
GIF: Final = Kind("image/gif", later("GIF image"), IMAGE)
WEBP: Final = Kind("image/webp", later("WebP image"), IMAGE)
BMP: Final = Kind("image/bmp", later("BMP image"), IMAGE)
PDF: Final = Kind("application/pdf", later("PDF document"), PAGES)
SVG: Final = Kind("image/svg+xml", later("SVG drawing"))
HTML: Final = Kind("text/html", later("Web page"))
PLAIN: Final = Kind("text/plain", later("Text"), TEXT)
PROGRAM: Final = Kind("application/x-executable", later("Program"))
UNKNOWN: Final = Kind("application/octet-stream", later("File"))

SIGNS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", Kind("application/zip", later("Archive"))),
    (b"PK\x05\x06", Kind("application/zip", later("Archive"))),
    (b"\x1f\x8b", Kind("application/gzip", later("Archive"))),
    (b"7z\xbc\xaf\x27\x1c", Kind("application/x-7z-compressed", later("Archive"))),
    (b"Rar!\x1a\x07", Kind("application/vnd.rar", later("Archive"))),
    (b"II*\x00", Kind("image/tiff", later("TIFF image"))),
    (b"MM\x00*", Kind("image/tiff", later("TIFF image"))),
    (b"OggS", Kind("audio/ogg", later("Audio"))),
    (b"ID3", Kind("audio/mpeg", later("Audio"))),
    (b"\x1aE\xdf\xa3", Kind("video/webm", later("Video"))),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"#!", Kind("text/x-script", later("Script"))),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("application/x-ole-storage", later("Office document"))),
)
INSIDE_ZIP: Final = (
    (b"word/", Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", later("Word document"))),
    (b"xl/", Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", later("Spreadsheet"))),
    (b"ppt/", Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", later("Presentation"))),
)
MARKUP: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<!doctype svg")
KNOWN: Final[dict[str, Kind]] = {
    kind.mime: kind
    for kind in (PNG, JPEG, GIF, WEBP, BMP, PDF, SVG, HTML, PLAIN, PROGRAM, UNKNOWN,
                 Kind("video/mp4", later("Video")), Kind("audio/wav", later("Audio")), Kind("application/xml", "XML"),
                 *(kind for _, kind in SIGNS), *(kind for _, kind in INSIDE_ZIP))
}  # fmt: skip
"""Every kind by its mime type."""


def kind_of_file(path: Path) -> Kind:
    """What the file at `path` is; reads its first 64 KB and unpacks nothing."""
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_BYTES))


def kind_of(head: bytes) -> Kind:
    """What begins with these bytes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return KNOWN["audio/wav"]
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return BMP
    if head[4:8] == b"ftyp":
        return KNOWN["video/mp4"]
    for sign, kind in SIGNS:
        if head.startswith(sign):
            return _office(head) if kind.mime == "application/zip" else kind
    return _text(head)


def _office(head: bytes) -> Kind:
    """Office documents are archives whose first entries say what they are; names are looked for, nothing is opened."""
    if b"[Content_Types].xml" in head:
        return next((kind for name, kind in INSIDE_ZIP if name in head), KNOWN["application/zip"])
    return KNOWN["application/zip"]


def _text(head: bytes) -> Kind:
    start = head.removeprefix(codecs.BOM_UTF8)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return UNKNOWN
    if not text or any(ord(sign) < 32 and sign not in "\t\n\r\f\x1b" for sign in text):
        return UNKNOWN
    low = start.lower()
    if b"<svg" in low:
        return SVG
    if any(sign in low for sign in MARKUP):
        return HTML
    return KNOWN["application/xml"] if low.lstrip().startswith(b"<?xml") else PLAIN
