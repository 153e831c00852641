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
        """Plain data, from which it is said again (`allocation.sayings`)."""
        plain = {name: it.kept() if isinstance(it, Saying) else it for name, it in self.values.items()}
        return {"text": self.text, "values": plain}
