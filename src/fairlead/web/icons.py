"""Icons as inline SVG: drawn once per name and size, then served from memory.

A page shows hundreds of them, so each is as small as can be: what all have in common (lines, no filling) is said once
in elements.css, and the parts of a drawing are joined to one path.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from xml.etree import ElementTree

from lucide.jinja import lucide
from markupsafe import Markup

OWN: Final = frozenset(
    ("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points")
)
"""Attributes that are the form of a part. A part with others (a filled dot) stays by itself."""


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 16) -> Markup:
    """The Lucide icon `name` at `size` pixels, hidden from screen readers: a text beside it says the meaning.

    Raises lucide.IconDoesNotExist for an unknown name, so a slip shows on the first rendering.
    """
    parts = list(ElementTree.fromstring(str(lucide(name))))  # noqa: S314  from the package, not from a user
    joined = " ".join(outline(part.tag, part.attrib) for part in parts if part.attrib.keys() <= OWN)
    rest = "".join(ElementTree.tostring(part, encoding="unicode").strip() for part in parts if part.attrib.keys() - OWN)
    drawing = (f'<path d="{joined}"/>' if joined else "") + rest
    head = f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" stroke-width="{_stroke(size)}"'
    return Markup(f'{head} aria-hidden="true">{drawing}</svg>')  # noqa: S704  no user text in it


def outline(shape: str, form: dict[str, str]) -> str:
    """One shape of SVG in the language of paths, so that several become one: the same line, drawn the same way."""
    if shape == "path":
        return ("M0 0" if form["d"].startswith("m") else "") + form["d"]  # a first step counts from the corner
    if shape in ("polyline", "polygon"):
        return f"M{form['points']}" + ("Z" if shape == "polygon" else "")
    at = {name: float(value) for name, value in form.items()}
    if shape == "line":
        return f"M{at['x1']:g} {at['y1']:g}L{at['x2']:g} {at['y2']:g}"
    if shape == "rect":
        return _rectangle(at)
    rx, ry = at.get("r") or at["rx"], at.get("r") or at["ry"]
    arc = f"a{rx:g} {ry:g} 0 1 0"
    return f"M{at['cx'] - rx:g} {at['cy']:g}{arc} {2 * rx:g} 0{arc} {-2 * rx:g} 0Z"


def _rectangle(at: dict[str, float]) -> str:
    wide, high = at["width"], at["height"]
    rx = min(at.get("rx", at.get("ry", 0.0)), wide / 2)
    ry = min(at.get("ry", rx), high / 2)
    corner = f"a{rx:g} {ry:g} 0 0 1"
    across, down = wide - 2 * rx, high - 2 * ry
    return (
        f"M{at.get('x', 0.0) + rx:g} {at.get('y', 0.0):g}h{across:g}{corner} {rx:g} {ry:g}v{down:g}"
        f"{corner} {-rx:g} {ry:g}h{-across:g}{corner} {-rx:g} {-ry:g}v{-down:g}{corner} {rx:g} {-ry:g}Z"
    )


def _stroke(size: int) -> float:
    """Lines stay about 1.4 pixels thick at every size; the drawing itself is 24 units wide."""
    return round(min(2.0, max(1.5, 34 / size)), 2)
