"""Which texts are marked for translation, and bringing the files of translations up to date with them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from fairlead.cli.texts.areas import AREAS, PACKAGE, lent_to, sources_of
from fairlead.lib import catalogues
from fairlead.lib.languages import ENGLISH, LANGUAGES

PYTHON: Final[Mapping[str, Any]] = {
    "tr": None, "tr_count": (1, 2), "tr_as": ((1, "c"), 2), "later": None, "mark": None,
    "later_as": ((1, "c"), 2),
}  # fmt: skip
ENGINES: Final[Mapping[str, Any]] = {"say": None, "pattern": None}
"""How the engine's sentences are marked, and whatever is made of them."""
SCRIPT: Final[Mapping[str, Any]] = {"tr": None, "trCount": (1, 2)}
JINJA: Final[Mapping[str, Any]] = {
    "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
JINJA_OPTIONS: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "trimmed": "true", "newstyle_gettext": "true",
                        "silent": "false"}  # fmt: skip
WIDTH: Final = 110
_DATES: Final = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Language-Team): .*\n',
                           re.MULTILINE)  # fmt: skip

Text = tuple[str, str | tuple[str, ...], str | None]
"""Source, the text (or its forms), and its context."""


def texts_of(area: str) -> Iterator[Text]:
    """The marked texts of an area, in the order of its sources."""
    for source in [*sources_of(area), *lent_to(area)]:
        for _, text, _, context in _texts_in(PACKAGE / source):
            if text:
                yield source, text, context


def _texts_in(path: Path) -> Iterable[tuple[int, Any, list[str], str | None]]:
    content = path.read_bytes()
    if path.suffix == ".jinja":
        return extract("jinja2.ext:babel_extract", io.BytesIO(content), JINJA, ("translators:",), JINJA_OPTIONS)
    if path.suffix == ".js":
        return extract("javascript", io.BytesIO(content), SCRIPT, ("translators:",), {"template_string": "false"})
    says = path.is_relative_to(PACKAGE / "engine") or b"engine.saying import" in content
    keywords = {**PYTHON, **ENGINES} if says else PYTHON
    return extract("python", io.BytesIO(content), keywords, ("translators:",))


def template_of(area: str) -> Catalog:
    """What is to be translated in an area."""
    found = Catalog(charset="utf-8")
    for source, text, context in texts_of(area):
        found.add(text, locations=[(source, 0)], context=context)
    return found


def path_of(language: str, area: str) -> Path:
    """The file of an area in a language."""
    return catalogues.LOCALE / language / "LC_MESSAGES" / f"{area}.po"


def update(language: str, area: str, known: Mapping[tuple[Any, Any], Message]) -> Catalog:
    """Write the file anew: texts that are gone become notes at its end, new ones wait for their translation unless
    another area has it already (`known`)."""
    path, wanted = path_of(language, area), template_of(area)
    there = catalogues.read(path) if path.exists() else Catalog(locale=language, charset="utf-8")
    there.locale = language
    there.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
    for message in there:
        twin = known.get((message.id, message.context))
        if message.id and not is_translated(message) and twin is not None:
            message.string = twin.string
    if len(there) or there.obsolete:
        write(path, there)
    return there


def is_translated(message: Message) -> bool:
    """Whether every form is there."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms)


def write(path: Path, catalogue: Catalog) -> None:
    """The file, without dates and line numbers, which would change with every update."""
    catalogue.header_comment, catalogue.fuzzy = "", False
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_DATES.sub("", out.getvalue().decode()).lstrip("\n"))


def update_all(*, drop_unused: bool = False) -> Iterator[tuple[str, str, Catalog]]:
    """Bring every file up to date; language, area and what is in it now."""
    for language in (code for code in LANGUAGES if code != ENGLISH):
        known = {(m.id, m.context): m for path in catalogues.files(language) for m in catalogues.read(path)
                 if m.id and is_translated(m)}  # fmt: skip
        for area in AREAS:
            catalogue = update(language, area, known)
            if drop_unused and catalogue.obsolete:
                catalogue.obsolete.clear()
                write(path_of(language, area), catalogue)
            yield language, area, catalogue
