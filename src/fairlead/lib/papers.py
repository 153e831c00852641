"""PDF files drawn page by page for looking at: by PDFium in a process of its own with little memory and time, without
scripts and forms. Only the drawings, WebP images, are ever shown; what was drawn before a limit struck is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairlead.lib.limits import limit_this_process
from fairlead.lib.pictures import SMALL_PX

if TYPE_CHECKING:
    from PIL.Image import Image

LARGE_PX: Final = 1600
"""The longer side of a page's drawing."""
MOST_PAGES: Final = 60
MEMORY_BYTES: Final = 1536 * 1024 * 1024
CPU_S: Final = 60
TIMEOUT_S: Final = 120
FILE_BYTES: Final = 32 * 1024 * 1024
"""The largest drawing that may be written."""
LOCKED, BROKEN, HEAVY = "locked", "broken", "heavy"
PASSWORD: Final = 4
"""What PDFium says of a file that needs a password (FPDF_ERR_PASSWORD)."""


@dataclass(frozen=True)
class Sheet:
    """The drawing of one page: its size in pixels, and where its two images lie."""

    width: int
    height: int
    large: Path
    small: Path


@dataclass(frozen=True)
class Papers:
    """The pages that were drawn, from the first on, out of `total`. `why` there are none: locked, broken or heavy."""

    sheets: tuple[Sheet, ...]
    total: int
    why: str = ""


def draw_pages(source: Path, folder: Path, *, most: int = MOST_PAGES) -> Papers:
    """Draw the pages of `source` into `folder`: at most `most`, as many as the limits allow."""
    words = [sys.executable, "-m", "fairlead.lib.papers", str(source), str(folder), str(most)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, check=False)
        told, ended = done.stdout, done.returncode == 0
    except subprocess.TimeoutExpired as late:
        told, ended = late.stdout or b"", False
    lines = [line for line in told.decode("utf-8", "replace").splitlines(keepends=True) if line.endswith("\n")]
    return _papers([json.loads(line) for line in lines], folder, ended=ended)


def _papers(told: list[dict[str, Any]], folder: Path, *, ended: bool) -> Papers:
    why = next((line["why"] for line in told if "why" in line), "")
    total = next((line["total"] for line in told if "total" in line), 0)
    sheets = tuple(
        Sheet(line["width"], line["height"], *_images(folder, number))
        for number, line in enumerate((line for line in told if "width" in line), start=1)
    )
    if sheets:
        return Papers(sheets, max(total, len(sheets)))
    return Papers((), total, why or (BROKEN if ended else HEAVY))


def _images(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / f"page-{number}.large", folder / f"page-{number}.small"


def _tell(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _draw(source: str, folder: Path, most: int) -> None:
    import pypdfium2  # here only: the process that asks for drawings decodes nothing

    try:
        document = pypdfium2.PdfDocument(source)
        total = len(document)
    except pypdfium2.PdfiumError as error:
        _tell(why=LOCKED if getattr(error, "err_code", None) == PASSWORD else BROKEN)
        return
    _tell(total=total)
    for number in range(1, min(total, most) + 1):
        try:
            image = _drawn(document[number - 1])
        except (pypdfium2.PdfiumError, ValueError):
            _tell(why=BROKEN)
            return
        _keep(image, *_images(folder, number))


def _drawn(page: Any) -> Image:
    wide, high = page.get_size()
    longest = max(wide, high)
    if not 0 < min(wide, high) <= longest < 1e6 or longest / min(wide, high) > LARGE_PX:
        raise ValueError("a page without a size")
    image: Image = page.render(scale=LARGE_PX / longest, may_draw_forms=False).to_pil()
    return image.convert("RGB")


def _keep(image: Image, large: Path, small: Path) -> None:
    width, height = image.size
    image.save(large, "WEBP", quality=82, method=3)
    image.thumbnail((SMALL_PX, SMALL_PX))
    image.save(small, "WEBP", quality=80, method=3)
    _tell(width=width, height=height)


if __name__ == "__main__":
    limit_this_process(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, file_bytes=FILE_BYTES)
    _draw(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
