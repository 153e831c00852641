"""The filled world, built once for each module that asks for it and rolled back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from security.asking import House, open_house
from security.objects import fill

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """Everybody signed in to a workspace that has something behind every address."""
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK):
        assert get_hasher().algorithm == "md5"
        with transaction.atomic():
            yield open_house(fill(timezone.now()))
            transaction.set_rollback(True)
