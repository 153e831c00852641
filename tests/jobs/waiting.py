"""Waiting for another process to have done something."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120


def eventually(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail when it still does not after a time that no machine should need."""
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up, "it did not come true"
        time.sleep(0.05)
