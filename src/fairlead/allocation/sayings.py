"""What the engine says, in the language that is spoken.

Receipts, plans and events keep its English; what the sentences were made of is kept beside them, and they are said
anew for readers of other languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton

from fairlead.engine.saying import parts
from fairlead.lib.figures import with_signs
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, locale, tr


def in_language(sentence: str, kept: Any = None) -> str:
    """The sentence for whoever reads it now. `kept`: what it was made of, for one that does not know itself any more;
    without that it stays English."""
    if current() == ENGLISH:
        return sentence
    made_of = parts(sentence)
    return _said(made_of if isinstance(made_of, Mapping) else kept or sentence)


def in_own_words(english: str, kept: Any) -> str:
    """A reason that was kept, as a sentence of its own for whoever reads it now."""
    text = in_language(english, kept)
    return text if text == english else text[:1].upper() + text[1:]


def _said(kept: Any) -> str:
    if not isinstance(kept, Mapping):
        return str(kept)
    if "text" in kept:
        return tr(str(kept["text"]), **{name: _said(value) for name, value in kept["values"].items()})
    if "row" in kept:
        return str(kept["by"]).join(_said(item) for item in kept["row"])
    if "at" in kept:
        at = datetime.fromisoformat(kept["at"])
        return f"{format_skeleton('MMMEd', at, locale=locale())} {at:%H:%M}"
    if "day" in kept:
        day = date.fromisoformat(kept["day"][:10])  # some that were kept go on with a time of day
        return format_skeleton("MMMd", day, locale=locale())
    return with_signs(str(kept["number"])).replace("%", "\N{NO-BREAK SPACE}%")
