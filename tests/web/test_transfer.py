"""What goes over the wire: texts packed, static files kept for good, API answers as they are."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from fairlead.web.transfer import static

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
    (address,) = re.findall(r'href="(/static/css/tokens\.css\?v=[0-9a-f]{10})"', page)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.getvalue()) == Path(str(finders.find("css/tokens.css"))).read_bytes()


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
