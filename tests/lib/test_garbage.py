"""What a server has loaded is not gone through again and again for objects that nobody needs."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from fairlead.lib.garbage import YOUNG, Warming


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_the_start_and_the_first_pages_load_is_set_aside_once() -> None:
    warming = Warming(3)
    assert gc.get_threshold()[0] == YOUNG
    started = gc.get_freeze_count()
    assert started > 1_000
    loaded = [[] for _ in range(5_000)]  # type: list[list[int]]
    warming.page()
    warming.page()
    assert gc.get_freeze_count() == started
    warming.page()
    warm = gc.get_freeze_count()
    assert warm >= started + len(loaded)
    more = [[] for _ in range(5_000)]  # type: list[list[int]]
    for _ in range(10):
        warming.page()
    assert gc.get_freeze_count() == warm, len(more)
