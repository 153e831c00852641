"""How a text is said in the language of whoever reads it.

Texts stand in the code in English, which is also what is said when a translation is missing. Which language is spoken
belongs to the thread: a request speaks its reader's, a job that writes a mail speaks its recipient's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from babel import Locale
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from fairlead.lib import catalogues
from fairlead.lib.languages import ENGLISH, LANGUAGES, LOCALES


@contextmanager
def speaking(code: str) -> Iterator[str]:
    """Say everything in this language until the block ends; gives its code. An unknown code means English."""
    chosen = code if code in LANGUAGES else ENGLISH
    if chosen != ENGLISH:
        catalogues.load(chosen)
    with translation.override(chosen):
        yield chosen


def current() -> str:
    """The code of the language that is spoken."""
    code = translation.get_language() or ENGLISH
    return code if code in LANGUAGES else ENGLISH


def locale() -> str:
    """What Babel calls the language that is spoken, with the country whose dates and numbers are written."""
    return LOCALES.get(current(), current())


def direction() -> str:
    """`ltr` or `rtl`."""
    return str(Locale(current()).text_direction)


def script_texts() -> dict[str, str | list[str]]:
    """What scripts say in the language that is spoken; nothing in English, which stands in them."""
    return {} if current() == ENGLISH else catalogues.script_texts(current())


def heard(accept_language: str) -> str:
    """The first language of a browser's header that is spoken here; empty when none is."""
    wanted = (code.partition("-")[0] for code, weight in parse_accept_lang_header(accept_language.lower()) if weight)
    return next((code for code in wanted if code in LANGUAGES), "")


def tr(text: str, /, **values: object) -> str:
    """The text in the language that is spoken, with `%(name)s` filled in."""
    said = translation.gettext(text)
    return said % values if values else said


def tr_count(one: str, many: str, n: int, **values: object) -> str:
    """The form for `n` things, which may stand in the text as `%(n)s`."""
    return translation.ngettext(one, many, n) % {"n": n, **values}


def tr_as(context: str, text: str) -> str:
    """A word that means something else in another context: `tr_as("weekday", "Sat")`."""
    return translation.pgettext(context, text)


def later(text: str) -> str:
    """A text that is written down once, when the program starts, and said each time that it is shown: labels of forms
    and of choices. It is no real `str`: it cannot be joined, only shown or formatted."""
    return cast("str", translation.gettext_lazy(text))


def later_as(context: str, text: str) -> str:
    """`later` for a word that means something else in another context."""
    return cast("str", translation.pgettext_lazy(context, text))


def in_english(text: str) -> str:
    """The text as it is stored for everybody, whatever language is spoken: for the label of a choice in an event."""
    with speaking(ENGLISH):
        return str(text)


def mark(text: str) -> str:
    """The same text, noted for translation: whoever shows it calls `tr` with it."""
    return text
