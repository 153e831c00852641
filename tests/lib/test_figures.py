"""Numbers as people type them, in their own language."""

from __future__ import annotations

import pytest

from fairlead.lib.figures import plain_figures
from fairlead.lib.speech import speaking


@pytest.mark.parametrize(
    ("language", "typed", "places", "plain"),
    [
        ("de", "1.234,50", 2, "1234.50"),
        ("de", "1.234.567", 0, "1234567"),
        ("de", "2.000", 0, "2000"),
        ("de", "-2.000", 2, "-2000"),
        ("de", "2.125", 3, "2.125"),
        ("de", "2,125", 3, "2.125"),
        ("de", "12,5", 2, "12.5"),
        ("de", "12.5", 2, "12.5"),
        ("de", "1,234.50", 2, "1234.50"),
        ("en", "1,234.50", 2, "1234.50"),
        ("en", "1,234", 0, "1234"),
        ("en", "1,234", 3, "1234"),
        ("en", "2.000", 2, "2.000"),
        ("en", "12,5", 2, "12.5"),
        ("en", "1.234,50", 2, "1234.50"),
        ("en", "1,2,3", 2, "1,2,3"),
        ("en", "12,34.5", 2, "12,34.5"),
        ("en", "many", 2, "many"),
        ("de", "1250", 2, "1250"),
    ],
)
def test_a_number_is_read_as_the_language_writes_it(language: str, typed: str, places: int, plain: str) -> None:
    with speaking(language):
        assert plain_figures(typed, places=places) == plain
