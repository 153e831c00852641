"""Who else has this task or board open now. Nothing of it is stored: each web process knows its own open streams and
tells the others through the database what they show, and again four times a minute; what was not repeated is over.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.accounts.models import Membership, Role, User
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import Actor
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Missing, Refused
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.work.queries import find_project, find_task

CHANNEL: Final = "fairlead_here"
OVER_S: Final = 45.0
"""Three times what is between two repetitions (live.HEARTBEAT_S): a process that died is forgotten."""
SHOWN: Final = 5


@dataclass(frozen=True)
class Place:
    """What somebody can have open; `name` such as task/12."""

    workspace_id: int
    name: str


@dataclass
class Here:
    """The people at each place: by this process's own streams, and as the other processes say."""

    process: str = field(default_factory=lambda: secrets.token_hex(6))
    own: dict[Place, Counter[int]] = field(default_factory=dict)
    others: dict[tuple[str, Place], tuple[frozenset[int], float]] = field(default_factory=dict)

    def enter(self, place: Place, user_id: int) -> bool:
        """One more page is open; True when the person was not there before."""
        people = self.own.setdefault(place, Counter())
        people[user_id] += 1
        return people[user_id] == 1

    def leave(self, place: Place, user_id: int) -> bool:
        """One page less; True when the person is there no more."""
        people = self.own[place]
        people[user_id] -= 1
        gone = people[user_id] <= 0
        if gone:
            del people[user_id]
        if not people:
            del self.own[place]
        return gone

    def own_places(self) -> list[Place]:
        """What to repeat."""
        return list(self.own)

    def told(self, place: Place) -> str:
        """What this process says of a place."""
        return json.dumps([self.process, place.workspace_id, place.name, sorted(self.own.get(place, ()))])

    def hear(self, text: str) -> Place:
        """Keep what a process says; returns where something has changed, also when it was this one."""
        process, workspace_id, name, people = json.loads(text)
        place = Place(workspace_id, name)
        if process != self.process:
            self.others[process, place] = (frozenset(people), time.monotonic())
            over = time.monotonic() - OVER_S
            self.others = {key: kept for key, kept in self.others.items() if kept[0] and kept[1] > over}
        return place

    def people(self, place: Place) -> set[int]:
        """The ids of the users who have it open."""
        found = set(self.own.get(place, ()))
        for (_, there), (people, heard_at) in list(self.others.items()):
            if there == place and heard_at > time.monotonic() - OVER_S:
                found |= people
        return found


here: Final = Here()
"""Of this process: live.py fills it, the pages read it."""


def say(*places: Place) -> None:
    """Tell every process, this one too, who is at these places by this one's streams."""
    with connection.cursor() as cursor:
        for place in places:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, here.told(place)])


def place_of(workspace_id: int, user_id: int, at: str) -> Place | None:
    """The place that a page names, if its reader may see it and others may see them there; clients see nobody."""
    with tenant(workspace_id):
        members = Membership.objects.filter(workspace_id=workspace_id, user_id=user_id, removed_at__isnull=True)
        member = members.select_related("user").first()
        try:
            return find_place(actor_of(member), *at.partition("/")[::2]) if member else None
        except Refused:
            return None


def find_place(actor: Actor, kind: str, key: str) -> Place:
    """The task or board of this key. Raises Missing for what the actor may not see, and for clients."""
    if actor.role == Role.CLIENT or kind not in ("task", "board"):
        raise Missing(tr("There is nothing to see here."))
    number = find_task(actor, key).pk if kind == "task" else find_project(actor, key).pk
    return Place(actor.workspace_id, f"{kind}/{number}")


@member_page
@require_safe
def at_task(request: Request, key: str) -> HttpResponse:
    """The others who have this task open."""
    return _shown(request, find_place(request.actor, "task", key))


@member_page
@require_safe
def at_board(request: Request, key: str) -> HttpResponse:
    """The others who have this board open."""
    return _shown(request, find_place(request.actor, "board", key))


def _shown(request: Request, place: Place) -> HttpResponse:
    return page(request, "here/people.jinja", others_at(request, place))


def others_at(request: Request, place: Place) -> dict[str, Any]:
    """Who beside the reader has it open: people as avatars want them, how many more, and the names of all."""
    people = _faces(place.workspace_id, here.people(place) - {request.user.pk})
    return {"people": people[:SHOWN], "more": len(people[SHOWN:]), "names": [it["name"] for it in people]}


def _faces(workspace_id: int, user_ids: set[int]) -> list[dict[str, Any]]:
    """As avatars want them, by name: like in the directory, where they are in it."""
    if not user_ids:
        return []
    found = Worker.objects.filter(workspace_id=workspace_id, user_id__in=user_ids)
    workers = list(found.values("user_id", "id", "name", "kind"))
    unlisted = user_ids - {row["user_id"] for row in workers}
    users = User.objects.filter(pk__in=unlisted, memberships__workspace_id=workspace_id).distinct()
    people: list[dict[str, Any]] = [{**row} for row in workers]
    people += [{**row, "kind": "employee"} for row in users.values("id", "name")]
    return sorted(people, key=lambda it: it["name"].casefold())


urls = [
    path("here/task/<task:key>/", at_task, name="here-task"),
    path("here/board/<project:key>/", at_board, name="here-board"),
]
