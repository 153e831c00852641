"""Sentences that are kept, and said later in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import speaking, tr


@dataclass(frozen=True)
class Saying:
    """A marked text with its values, which may be sayings themselves: `Saying(mark("%(n)s wait."), {"n": 3})`.
    `str()` says it in the language that is spoken."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return tr(self.text, **self.values)

    @property
    def english(self) -> str:
        """How it stands in the event log and in columns, which are for everybody."""
        with speaking(ENGLISH):
            return str(self)

    def kept(self) -> dict[str, Any]:
        """Plain data; `said` says it again."""
        plain = {name: it.kept() if isinstance(it, Saying) else it for name, it in self.values.items()}
        return {"text": self.text, "values": plain}


def said(kept: Mapping[str, Any], otherwise: str) -> str:
    """A kept saying in the language that is spoken; `otherwise` where nothing was kept."""
    return str(_again(kept)) if kept.get("text") else otherwise


def _again(kept: Mapping[str, Any]) -> Saying:
    values = {name: _again(it) if isinstance(it, Mapping) else it for name, it in kept["values"].items()}
    return Saying(str(kept["text"]), values)
