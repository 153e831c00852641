"""Shorter pauses of Python's search for objects that only refer to each other.

What a server has loaded stays for as long as it runs: code, models, compiled pages and questions. Going through all of
it takes 0.15 s in which nobody gets an answer, about once in sixty pages, and finds nothing. So it is set aside: first
what the start loads, then what the first pages load.
"""

from __future__ import annotations

import gc
from typing import Final

WARM: Final = 300
"""Pages after which nearly everything is loaded."""
YOUNG: Final = 5_000
"""New objects after which the young ones are gone through; a page makes some ten thousand, most of which end by
themselves."""


def set_aside() -> None:
    """Whatever is there now is never looked at again; it ends as usual when nothing refers to it."""
    gc.collect()
    gc.freeze()


class Warming:
    """Sets aside what was loaded up to now, and once more after so many pages."""

    def __init__(self, pages: int = WARM) -> None:
        self._left = pages
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        set_aside()

    def page(self) -> None:
        """One more page was answered."""
        if self._left > 0:
            self._left -= 1
            if not self._left:
                set_aside()
