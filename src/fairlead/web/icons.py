"""Icons as inline SVG: drawn once per name and size, then served from memory."""

from __future__ import annotations

from functools import lru_cache

from lucide.jinja import lucide
from markupsafe import Markup


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 16) -> Markup:
    """The Lucide icon `name` at `size` pixels, hidden from screen readers: a text beside it says the meaning.

    Raises lucide.IconDoesNotExist for an unknown name, so a slip shows on the first rendering.
    """
    looks: dict[str, object] = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    drawn = str(lucide(name, size=size, stroke_width=_stroke(size), **looks))
    return Markup("".join(line.strip() for line in drawn.splitlines()))  # noqa: S704  no user text in it


def _stroke(size: int) -> float:
    """Lines stay about 1.4 pixels thick at every size; the drawing itself is 24 units wide."""
    return round(min(2.0, max(1.5, 34 / size)), 2)
