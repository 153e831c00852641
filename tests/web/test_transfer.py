"""What goes over the wire: texts packed, static files kept for good, API answers as they are."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from fairlead.web.transfer import JOINED, joined, static

pytestmark = pytest.mark.django_db


def test_a_page_is_packed_for_browsers_that_can_unpack(client):
    packed = client.get("/sign-in/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(packed.content)
    assert len(packed.content) * 2 < len(gzip.decompress(packed.content))


def test_a_page_stays_plain_for_others(client):
    plain = client.get("/sign-in/")
    assert "Content-Encoding" not in plain.headers
    assert b"<!doctype html>" in plain.content


def test_two_packed_answers_to_the_same_question_differ_in_length(client):
    sizes = {len(client.get("/sign-in/", headers={"Accept-Encoding": "gzip"}).content) for _ in range(12)}
    assert len(sizes) > 1


def test_a_style_sheet_is_packed_and_kept_for_good_under_an_address_of_its_content(client):
    page = client.get("/sign-in/").content.decode()
    (address,) = re.findall(r'href="(/static/css/page\.css\?v=[0-9a-f]{10})"', page)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    sheet = gzip.decompress(answer.getvalue()).decode()
    assert sheet == joined("css/page.css").decode()
    assert sheet.startswith(Path(str(finders.find("css/tokens.css"))).read_text())
    assert sheet.endswith(Path(str(finders.find("css/bare.css"))).read_text())


def test_what_every_page_runs_comes_in_one_piece(client):
    answer = client.get(static("js/page.js"))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    parts = [Path(str(finders.find(name))).read_text() for name in JOINED["js/page.js"]]
    assert answer.content.decode() == "\n".join(parts)
    assert JOINED["js/page.js"][:2] == ("js/before.js", "js/app.js")


def test_no_page_has_a_script_in_its_markup():
    """js/before.js tells htmx so."""
    root = Path(str(finders.find("js"))).parents[1]
    found = [it.name for it in root.rglob("*.jinja") if re.search(r"\bhx-on[-:]|\son\w+=", it.read_text())]
    assert found == []


def test_the_pieces_are_for_everybody(client):
    answer = client.get(static("css/page.css"))
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_a_font_is_kept_for_good_and_not_packed_again(client):
    answer = client.head("/static/vendor/inter-latin.woff2", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_icon_may_change_under_its_address(client):
    assert "immutable" not in client.head("/static/favicon.svg").headers["Cache-Control"]


def test_an_api_answer_is_not_packed(client):
    assert "Content-Encoding" not in client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"}).headers


def test_a_file_that_is_not_there_has_a_plain_address():
    assert static("css/nowhere.css") == "/static/css/nowhere.css"


def test_a_font_has_the_address_that_the_style_sheet_names():
    assert static("vendor/inter-latin.woff2") == "/static/vendor/inter-latin.woff2"
