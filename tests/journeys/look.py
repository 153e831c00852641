"""Looking at a page as it stands in the browser: what axe finds, what is wider than the window, which text is cut."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = Path(str(axe_playwright_python.__file__)).parent / "axe.min.js"
LOOK = Path(__file__).with_name("look.js").read_text()


def arm(page: Page) -> None:
    """Every page that is opened from now on carries axe."""
    page.add_init_script(path=AXE)


EXCUSED = "excused "


def look(page: Page, *, without: tuple[str, ...] = (), scaled: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the page as it stands, each as one line.

    Axe leaves alone what `without` selects; what `scaled` selects may be small and cut its words. Lines that begin with
    EXCUSED name the selectors that were needed.
    """
    found: list[str] = page.evaluate(LOOK, [list(without), list(scaled)])
    return found
