"""What people read: every marked text is translated as it should be, and in complete areas every text is marked."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from fairlead.cli.texts.areas import COMPLETE, PACKAGE, area_of, sources
from fairlead.cli.texts.literals import in_python, in_template, unmarked
from fairlead.cli.texts.verify import faults, findings


def test_every_marked_text_is_translated_rightly() -> None:
    assert list(findings()) == []


@pytest.mark.parametrize("area", sorted(COMPLETE))
def test_in_a_complete_area_no_text_is_left_unmarked(area: str) -> None:
    assert [str(one) for one in unmarked(area)] == []


def test_every_template_and_page_belongs_to_an_area() -> None:
    lost = [s for s in sources() if s.startswith("web/") and not area_of(s)]
    assert [s for s in lost if "styleguide" not in s and not s.endswith(("__init__.py", "worker.js.jinja"))] == []


def test_no_template_shows_the_call_of_the_translator_itself() -> None:
    said = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
    raw = {s: said.sub("", (PACKAGE / s).read_text()) for s in sources() if s.endswith(".jinja")}
    assert [s for s, rest in raw.items() if re.search(r"\b_\(['\"]", rest)] == []


def test_no_template_takes_the_name_of_the_translator_for_something_else() -> None:
    taken = re.compile(r"{%-? *(set _ |for [^%]*\b_\b[^%]* in )")
    assert [s for s in sources() if s.endswith(".jinja") and taken.search((PACKAGE / s).read_text())] == []


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("Hello %(name)s", "Hallo", "placeholders [] instead of ['name']"),
        ("Hello %(name)s", "Hallo %(nam)s", "placeholders ['nam'] instead of ['name']"),
        ("Read <b>this</b>", "Lies das", "other HTML tags than the text"),
        ("Save", "", "not translated"),
        ("Save “%(name)s”", '"%(name)s" speichern', "straight quotation marks: write „…“"),
        ("Your tasks", "Deine Aufgaben", "readers are addressed as Sie"),
        ("%(n)s of it", "100 % von %(n)s", "a percent sign that is none: write %%"),
        (("one", "%(n)s many"), ("eins",), "2 plural forms are needed"),
    ],
)
def test_a_wrong_translation_is_found(text: str | tuple[str, str], said: str | tuple[str, ...], fault: str) -> None:
    assert list(faults(Message(text, said), 2)) == [fault]


def test_unmarked_texts_of_a_template_are_found_and_nothing_else() -> None:
    page = """<p class="wide">Hello {{ name }}</p><a title="Close it" href="/x/">{{ _('Marked') }}</a>
    {{ ui.button('Send it', 'go', size='large full') }}<b>{{ 'yes' if on else _('no') }}</b><code>GET</code>"""
    assert sorted(text for _, text in in_template(page)) == ["Close it", "Hello …", "Send it", "yes"]


def test_unmarked_texts_of_a_module_are_found_and_nothing_else() -> None:
    module = '''
"""A docstring. It is no text."""
LABEL = later("Time zone")
def act(name):
    """Do it. Nobody reads this."""
    log.info("Something happened. Nobody reads it.")
    raise Refused(f"Ask {name} for it.")
    require(ok, tr("This is marked."))
'''
    assert [text for _, text in in_python(module)] == ["Ask … for it."]
