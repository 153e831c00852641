"""Small parts of pages that look the same again and again, such as avatars: drawn once, then remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from markupsafe import Markup


def once(macro: Callable[..., Markup], *args: Any) -> Markup:
    """What the macro draws for these arguments (plain values or flat dicts). Macros draw the same for the same."""
    return _drawn(macro, *(tuple(arg.items()) if isinstance(arg, dict) else arg for arg in args))


@lru_cache(maxsize=8192)
def _drawn(macro: Callable[..., Markup], *args: Hashable) -> Markup:
    return macro(*(dict(arg) if isinstance(arg, tuple) else arg for arg in args))
