"""Small images for tests."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image


def png(color: str = "teal", width: int = 40, height: int = 30) -> bytes:
    """A PNG of one colour."""
    return drawn("PNG", color, width, height)


def drawn(kind: str, color: str = "teal", width: int = 40, height: int = 30) -> bytes:
    """An image of one colour in this format."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind)
    return out.getvalue()


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of an image."""
    with Image.open(path) as image:
        return image.size
