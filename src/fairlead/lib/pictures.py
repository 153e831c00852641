"""Images drawn anew for looking at: decoded in a process of its own with little memory, so that a hostile one hurts
nothing, and written again as WebP, so that nothing else of the file survives (scripts behind it, places, comments)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairlead.lib.limits import limit_this_process

if TYPE_CHECKING:
    from PIL.Image import Image

LARGE_PX, SMALL_PX = 2000, 360
"""The longer side of the two drawings."""
MOST_PIXELS: Final = 60_000_000
MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_S: Final = 30
TIMEOUT_S: Final = 60
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


@dataclass(frozen=True)
class Drawn:
    """The size of the original in pixels (as it is looked at, turned upright), and where the drawings lie."""

    width: int
    height: int
    large: Path
    small: Path


def draw(source: Path, folder: Path) -> Drawn | None:
    """Draw `source` into `folder` at both sizes; None for what is no image, has too many pixels or takes too much."""
    large, small = folder / f"{source.name}.large", folder / f"{source.name}.small"
    words = [sys.executable, "-m", "fairlead.lib.pictures", str(source), str(large), str(small)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        for path in (large, small):
            path.unlink(missing_ok=True)
        return None
    width, height = json.loads(done.stdout)
    return Drawn(width, height, large, small)


def png(image: Image) -> bytes:
    """The image as a PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _draw(source: str, large: str, small: str) -> tuple[int, int]:
    from PIL import Image, ImageOps  # here only: the process that asks for a drawing decodes nothing

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=FORMATS) as image:
        full = image.size
        if full[0] * full[1] > MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", (LARGE_PX, LARGE_PX))
        upright = ImageOps.exif_transpose(image)
        seen = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    for path, longest in ((large, LARGE_PX), (small, SMALL_PX)):
        seen.thumbnail((longest, longest))
        seen.save(path, "WEBP", quality=86, method=4)
    turned = (upright.width > upright.height) != (full[0] > full[1])
    return (full[1], full[0]) if turned else (full[0], full[1])


if __name__ == "__main__":
    limit_this_process(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    sys.stdout.write(json.dumps(_draw(*sys.argv[1:])))
