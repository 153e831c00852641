"""Which languages there are. A further one is a line here and a folder in `locale/`."""

from __future__ import annotations

from typing import Final

ENGLISH: Final = "en"
LANGUAGES: Final[dict[str, str]] = {"en": "English", "de": "Deutsch"}
"""Code → its own name. The code is the name of the folder in `locale/`."""
LOCALES: Final[dict[str, str]] = {"en": "en_GB"}
"""The country whose way of writing dates and numbers is used, where that is not the language's own."""
