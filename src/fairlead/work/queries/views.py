"""The saved views that somebody can choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import StartView, View


@dataclass(frozen=True)
class ViewRow:
    """A view as the list of tasks offers it. `starts`: the reader's list opens with it."""

    id: int
    name: str
    query: str
    shared: bool
    is_mine: bool
    owner: str
    starts: bool


def visible_views(actor: Actor) -> QuerySet[View]:
    """One's own, and for the team and auditors those that are shared."""
    mine = Q(owner_id=actor.user_id or 0)
    found = View.objects.filter(workspace_id=actor.workspace_id)
    return found.filter(mine) if actor.role == Role.CLIENT else found.filter(mine | Q(shared=True))


def find_view(actor: Actor, number: int) -> View:
    """The view. Raises Missing, also for one that somebody keeps for themself."""
    found = visible_views(actor).filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such view, or it is not shared with you."))
    return found


def view_rows(actor: Actor) -> list[ViewRow]:
    """All views of this reader, by name."""
    starts = StartView.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0)
    start = starts.values_list("view_id", flat=True).first()
    rows = visible_views(actor).order_by("name", "id").values(
        "id", "name", "query", "shared", "owner_id", owner_name=F("owner__name")
    )  # fmt: skip
    return [
        ViewRow(
            row["id"], row["name"], row["query"], row["shared"], row["owner_id"] == actor.user_id, row["owner_name"],
            row["id"] == start,
        )
        for row in rows
    ]  # fmt: skip
