"""What the tests of accounts share: a browser, and running the jobs that wait as a worker would."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from fairlead.events.tenancy import tenant
from fairlead.jobs.registry import all_jobs

Mailed = list[mail.EmailMessage]


@pytest.fixture
def browser(db: None) -> Client:
    """Somebody who has not signed in."""
    return Client()


@pytest.fixture
def deliver() -> Callable[[datetime], Mailed]:
    """Run every waiting job of accounts once; returns the mails that are there afterwards."""

    def run(now: datetime) -> Mailed:
        jobs = {job.name: job for job in all_jobs()}
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name LIKE 'accounts.%'"
                           " RETURNING task_name, args")  # fmt: skip
            waiting = cursor.fetchall()
        for name, text in waiting:
            ids = json.loads(text) if isinstance(text, str) else text
            with tenant(ids["workspace_id"]):
                jobs[name](now=now, **ids)
        return list(mail.outbox)

    return run


def link_in(message: mail.EmailMessage) -> str:
    """The path of the link that a mail carries."""
    found = re.search(r"https?://[^/\s]+(/(?:sign-in|join)/\S+)", str(message.body))
    assert found, message.body
    return found[1]
