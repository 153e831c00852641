"""PDF files are drawn page by page in a process of its own; hostile and broken ones end in a word, never in a crash."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from fairlead.lib.papers import BROKEN, HEAVY, LOCKED, Papers, draw_pages
from papers import assembled, pdf
from pictures import size_of

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def drawn(content: bytes, folder: Path, most: int = 60) -> Papers:
    source = folder / "source.pdf"
    source.write_bytes(content)
    return draw_pages(source, folder, most=most)


def test_every_page_is_drawn_at_two_sizes(tmp_path: Path) -> None:
    found = drawn(pdf("One", "Two"), tmp_path)
    assert (found.total, found.why, [(s.width, s.height) for s in found.sheets]) == (2, "", [(1600, 1067)] * 2)
    first, second = found.sheets
    assert (size_of(first.large), size_of(first.small)) == ((1600, 1067), (360, 240))
    assert first.large.read_bytes()[8:12] == b"WEBP"
    assert first.large.read_bytes() != second.large.read_bytes()


def test_only_the_first_pages_of_a_long_one_are_drawn(tmp_path: Path) -> None:
    found = drawn(pdf(*["p"] * 5), tmp_path, most=2)
    assert (len(found.sheets), found.total) == (2, 5)


def _page(stream: bytes, resources: bytes, *more: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<<%s>>>>" % resources
    content = b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream)
    return assembled([CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, *more])


def _huge_image() -> bytes:
    data = zlib.compress(bytes(1000))
    image = (b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
             b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data))  # fmt: skip
    return _page(b"q 100 0 0 100 0 0 cm /I Do Q", b"/XObject<</I 5 0 R>>", image)


def _itself() -> bytes:
    """A form that paints itself, again and again."""
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 14>>stream\n"
    return _page(b"/F Do", b"/XObject<</F 5 0 R>>", form + b"/F Do /F Do   \nendstream")


LOCK = assembled(
    [CATALOG, b"<</Type/Pages/Kids[]/Count 0>>",
     b"<</Filter/Standard/V 1/R 2/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">/P -4>>"],
    b"/Encrypt 3 0 R/ID[<00><00>]",
)  # fmt: skip
RING = assembled([CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 9>>"])


@pytest.mark.parametrize(("content", "why"), [
    (b"%PDF-1.7\n", BROKEN), (pdf("One")[:150], BROKEN), (b"%PDF-1.7\n" + bytes(100_000), BROKEN), (LOCK, LOCKED),
    (pdf("x", wide=14_400, high=1), BROKEN), (RING, BROKEN),
])  # fmt: skip
def test_what_cannot_be_shown_says_why(content: bytes, why: str, tmp_path: Path) -> None:
    found = drawn(content, tmp_path)
    assert (found.sheets, found.why) == ((), why)


@pytest.mark.parametrize("content", [_huge_image(), _itself()])
def test_a_hostile_one_costs_no_more_than_its_limits(content: bytes, tmp_path: Path) -> None:
    found = drawn(content, tmp_path)
    assert found.why in ("", HEAVY, BROKEN)
    assert all(sheet.large.stat().st_size < 10**6 for sheet in found.sheets)


def test_scripts_in_a_file_are_not_run(tmp_path: Path) -> None:
    script = b"<</S/JavaScript/JS(while\\(true\\){})>>"
    content = pdf("One").replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction" + script)
    assert drawn(content, tmp_path).why in ("", BROKEN)
