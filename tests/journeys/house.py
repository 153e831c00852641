"""A company with something behind every address, for the sweep over all pages.

Run as a program beside a server, with the environment of its database: fills it with what the tests of the permissions
use (`tests/security`), signs everybody in and prints as JSON who they are and which pages there are for whom.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Place:
    """One page: its address as Django's table has it, where it is here, and who may see it."""

    address: str
    url: str
    who: tuple[str, ...]
    public: bool


@dataclass(frozen=True)
class Residence:
    """Everybody's session under the name of their cookie, all pages, and names of what was made."""

    cookie: str
    sessions: Mapping[str, str]
    places: tuple[Place, ...]
    names: Mapping[str, str]


def furnish(environment: Mapping[str, str]) -> Residence:
    """Fill the database that this environment names."""
    words = [sys.executable, "-m", "journeys.house"]
    given = {**environment, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(words, env=given, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    places = tuple(Place(p["address"], p["url"], tuple(p["who"]), p["public"]) for p in told["places"])
    return Residence(told["cookie"], told["sessions"], places, told["names"])


def _print() -> None:
    from fairlead.cli.database import set_up_django

    set_up_django()
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from security.asking import open_house
    from security.expectations import PAGES
    from security.objects import fill
    from security.routes import all_routes

    with transaction.atomic():
        house = open_house(fill(timezone.now()))
    lines = ((route, PAGES.get(f"GET {route.address}")) for route in all_routes() if not route.is_api)
    places = [Place(r.address, house.link(r, line), line.who, line.anonymous) for r, line in lines if line]
    names = {**house.filled.places, **house.filled.ids}
    told = {"cookie": settings.SESSION_COOKIE_NAME, "sessions": house.sessions, "names": names}
    sys.stdout.write(json.dumps({**told, "places": [vars(place) for place in places]}) + "\n")


if __name__ == "__main__":
    _print()
