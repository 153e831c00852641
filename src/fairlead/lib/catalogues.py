"""The translations: one file for each area and language, read when the language is first spoken.

`locale/<language>/LC_MESSAGES/<area>.po` are merged into the catalogue that Django keeps for the language, after
Django's own texts. Nothing is compiled beforehand: what translators write is what the product reads.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from threading import Lock
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import trans_real

LOCALE: Final = Path(__file__).resolve().parents[1] / "locale"
_ONE_AT_A_TIME: Final = Lock()


def files(language: str) -> list[Path]:
    """The files of a language, by area."""
    return sorted((LOCALE / language / "LC_MESSAGES").glob("*.po"))


def read(path: Path) -> Catalog:
    """One file. Raises PoFileError where it is not well formed."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


@cache
def script_texts(language: str) -> dict[str, str | list[str]]:
    """What scripts say, by the English text; a text with forms by its singular."""
    said: dict[str, str | list[str]] = {}
    for path in files(language):
        for message in read(path):
            if message.id and any(source.endswith(".js") for source, _ in message.locations):
                forms = message.string
                key = message.id if isinstance(message.id, str) else message.id[0]
                said[key] = forms if isinstance(forms, str) else list(forms or ())
    return said


def load(language: str) -> None:
    """Make the translations known to Django; once in a process, whoever asks first."""
    with _ONE_AT_A_TIME:
        _load(language)


@cache
def _load(language: str) -> None:
    catalogue = trans_real.translation(language)
    for path in files(language):
        packed = io.BytesIO()
        write_mo(packed, read(path))
        packed.seek(0)
        catalogue.merge(GNUTranslations(packed))
