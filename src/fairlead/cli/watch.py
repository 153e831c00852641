"""Watching a search from a terminal: a line that says how it stands, and Ctrl-C for the best plan found so far."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from fairlead import engine

if TYPE_CHECKING:
    from fairlead.engine.search.improve import Progress

EVERY_SECONDS = 0.1
"""The line is not written more often."""

BAR = 20
"""Characters of the bar."""

CLEAR = "\r\x1b[K"
"""Back to the start of the line, and empty it."""


class Line:
    """How a search stands, on one line of a terminal that is written over."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.written = out, 0.0

    def show(self, news: Progress) -> None:
        """Write it, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self.written >= EVERY_SECONDS:
            self.written = now
            self.out.write(CLEAR + sentence(news))
            self.out.flush()

    def clear(self) -> None:
        """Leave an empty line for what comes next."""
        if self.written:
            self.out.write(CLEAR)
            self.out.flush()


def sentence(news: Progress) -> str:
    """Bar, cost, bound, tasks left out, iterations and seconds."""
    filled = round(BAR * news.share)
    parts = [f"[{'#' * filled}{'.' * (BAR - filled)}] {news.share:4.0%}  cost {news.total:.1f}"]
    if news.bound:
        parts.append(f"none below {news.bound:.1f}")
    if news.left_out:
        parts.append(f"{news.left_out} left out")
    return "  ".join([*parts, f"{news.iterations:,} rounds", f"{news.seconds:.0f} s", "Ctrl-C ends it"])


@contextmanager
def watched(rule: engine.Stop) -> Iterator[tuple[engine.Stop, Callable[[Progress], None] | None]]:
    """A stop rule that Ctrl-C fulfils as well, and what to call with news (None where nobody looks).

    The first Ctrl-C ends the search, and the best plan so far is used; a second one ends the command.
    """
    cancel, line = engine.Cancel(), Line(sys.stderr)

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        cancel.cancel()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield engine.FirstOf(rule, cancel), line.show if sys.stderr.isatty() else None
    finally:
        signal.signal(signal.SIGINT, before)
        line.clear()
