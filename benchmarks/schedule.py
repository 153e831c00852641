"""How long the schedule takes to open: a workspace in which people hold most of the work, seen by its dispatcher.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/schedule.py [--tasks 5000] [--workers 300] [--held 0.8]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. Prints CSV: step,
seconds, seconds of this process's processor, note. The rows of a run are in results/schedule.csv.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import allocate
import replan
from django.core.cache import cache
from django.test import Client

from fairlead.accounts.models import User


def main() -> None:
    """Fill a workspace, let people hold a share of it, then open the schedule."""
    actor, _ = replan.held_workspace(__doc__, datetime.now(UTC))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(pk=actor.user_id))
    client.get("/settings/")  # templates are compiled
    print("step,seconds,cpu_seconds,note")
    show("page, for the first time", client, "/schedule/")
    show("lanes, after the page", client, "/schedule/data/")
    show("page again", client, "/schedule/")
    cache.clear()
    show("load of six weeks", client, "/schedule/load/")


def show(step: str, client: Client, address: str) -> None:
    """Time one page and say how large it is."""
    answer: Any = allocate.timed(step, lambda: client.get(address))
    print(f"size,,,{step}: {answer.status_code} {len(answer.content)} bytes")


if __name__ == "__main__":
    main()
