"""Sentences that are kept with an import for everybody, and said to each reader in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fairlead.lib.speech import tr


@dataclass(frozen=True)
class Said:
    """A text that is marked for translation, and what is filled into it."""

    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


NOTHING: Final = Said()


class Wrong(ValueError):
    """A value that cannot be read; the text, which is marked for translation, says what is allowed."""

    def __init__(self, text: str, **values: Any) -> None:
        self.said = Said(text, values)
        super().__init__(str(self.said))


def aloud(kept: Said | Mapping[str, Any] | str) -> str:
    """A sentence in the language that is spoken. It may be plain data, as it is kept, or one of an older version, which
    is English."""
    if isinstance(kept, str):
        return kept
    text, values = (kept.text, kept.values) if isinstance(kept, Said) else (kept["text"], kept["values"])
    return tr(text, **values) if text else ""


def why_refused(row: Any) -> str:
    """Why a row of a report is refused; the row is one of now, or plain data."""
    kept, english = (row.get("said"), row["why"]) if isinstance(row, Mapping) else (row.said, row.why)
    return aloud(kept or "") or str(english)
