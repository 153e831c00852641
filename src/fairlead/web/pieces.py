"""Small parts of pages that look the same again and again, such as avatars: drawn once, then remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from fairlead.lib.speech import current


def once(macro: Callable[..., Markup], *args: Any) -> Markup:
    """What the macro draws for these arguments (plain values or flat dicts): always the same in the same language."""
    return _drawn(macro, current(), *(tuple(arg.items()) if isinstance(arg, dict) else arg for arg in args))


@lru_cache(maxsize=8192)
def _drawn(macro: Callable[..., Markup], language: str, *args: Hashable) -> Markup:  # noqa: ARG001  part of the key
    return macro(*(dict(arg) if isinstance(arg, tuple) else arg for arg in args))
