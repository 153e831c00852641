"""What is wrong with the translations: each finding is one line for the translator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from babel.messages.catalog import Catalog, Message

from fairlead.cli.texts.areas import AREAS
from fairlead.cli.texts.extract import is_translated, path_of, texts_of
from fairlead.lib import catalogues
from fairlead.lib.languages import ENGLISH, LANGUAGES

PLACE: Final = re.compile(r"%\((\w+)\)[sd]")
LOOSE: Final = re.compile(r"(?<!%)%(?!\(\w+\)[sd]|%)")
TAG: Final = re.compile(r"</?[a-z][^<>]*>")
FAMILIAR: Final = re.compile(r"\b(du|dein\w*|dich|dir|euch|euer|eure\w*)\b", re.IGNORECASE)


def findings() -> Iterator[str]:
    """Everything that is wrong, in all languages and areas."""
    for language in (code for code in LANGUAGES if code != ENGLISH):
        said: dict[tuple[object, str | None], tuple[str, object]] = {}
        for area in AREAS:
            yield from in_area(language, area, said)


def in_area(language: str, area: str, said: dict[tuple[object, str | None], tuple[str, object]]) -> Iterator[str]:
    """What is wrong in one file. `said`: how other areas translate the same texts; it is filled."""
    path = path_of(language, area)
    catalogue = catalogues.read(path) if path.exists() else Catalog(locale=language)
    where = f"{language}/{area}.po"
    wanted = {(text[0] if isinstance(text, tuple) else text, context) for _, text, context in texts_of(area)}
    there = {(_one(m), m.context) for m in catalogue if m.id}
    yield from (f"{where}: not extracted yet: {text!r}" for text, _ in sorted(wanted - there, key=str))
    yield from (f"{where}: no longer used: {text!r}" for text, _ in sorted(there - wanted, key=str))
    for message in catalogue:
        if message.id:
            yield from (f"{where}: {fault}: {_one(message)!r}" for fault in faults(message, catalogue.num_plurals))
            other = said.setdefault((message.id, message.context), (area, message.string))
            if other[1] != message.string:
                yield f"{where}: {other[0]}.po says it otherwise: {_one(message)!r}"


def faults(message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with one translation."""
    if message.fuzzy:
        yield "fuzzy"
    if not is_translated(message):
        yield "not translated"
        return
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if len(ids) > 1 and len(forms) != plurals:
        yield f"{plurals} plural forms are needed"
    for form in forms:
        yield from _form_faults(tuple(ids), str(form))


def _form_faults(ids: tuple[str, ...], form: str) -> Iterator[str]:
    allowed, needed = set(PLACE.findall(" ".join(ids))), set(PLACE.findall(ids[0]))
    used = set(PLACE.findall(form))
    if not needed <= used <= allowed:
        yield f"placeholders {sorted(used)} instead of {sorted(allowed)}"
    if allowed and LOOSE.search(form):
        yield "a percent sign that is none: write %%"
    if all(Counter(TAG.findall(form)) != Counter(TAG.findall(text)) for text in ids):
        yield "other HTML tags than the text"
    plain = TAG.sub("", form)
    if ids[0].strip() == ids[0] and form.strip() != form:
        yield "a space at an end"
    if '"' in plain:
        yield "straight quotation marks: write „…“"
    if FAMILIAR.search(plain):
        yield "readers are addressed as Sie"


def _one(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)
