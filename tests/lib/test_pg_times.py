"""Moments come from the database as they are, in UTC; what Python cannot hold is refused in the library's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from fairlead.lib.pg_times import MomentLoader

pytestmark = pytest.mark.django_db


def read(text: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


def test_moments_are_read_in_utc_to_the_microsecond() -> None:
    assert read("2026-11-24 13:05:06.000123+02") == datetime(2026, 11, 24, 11, 5, 6, 123, tzinfo=UTC)
    assert read("0001-01-01 00:00:00+00") == datetime(1, 1, 1, tzinfo=UTC)
    found = read("2026-07-01 00:00+00")
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC
    assert connection.connection.adapters.get_loader(1184, 0) is MomentLoader


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00+00 BC", "20000-01-01 00:00+00"])
def test_what_python_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        read(text)
