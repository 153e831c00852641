"""What the team sees of work that was put to clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from fairlead.accounts.models import Membership, Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import Handover, ProjectClient, Reviewer, Task
from fairlead.work.permissions import may_hand_over, may_manage_project, may_rate_client
from fairlead.work.states import State

BLIND: Final = timedelta(days=14)


@dataclass(frozen=True)
class RoundRow:
    """One time that the work was put to clients, with their verdict. `rating` is theirs of the work, as far as the
    reader may know it; `client_rating` the team's of them. `to_rate`: the reader may rate the client now."""

    id: int
    number: int
    state: str
    message: str
    asked_by: str
    asked_at: datetime
    asked: tuple[str, ...]
    answered_by: str
    answered_at: datetime | None
    words: str
    rating: int | None
    rating_words: str
    client_rating: int | None
    client_rating_words: str
    to_rate: bool


@dataclass(frozen=True)
class Handovers:
    """`clients` are those who can be asked (user id, name); `may_ask` that this reader may do so now."""

    rounds: tuple[RoundRow, ...]
    clients: tuple[tuple[int, str], ...]
    may_ask: bool
    may_take_back: bool
    revisions: int
    limit: int | None

    @property
    def open_round(self) -> RoundRow | None:
        return next((r for r in self.rounds if r.state == Handover.State.OPEN), None)


def is_open(approved_at: datetime | None, *, given: bool, now: datetime) -> bool:
    """Whether one side may read the other's rating: once it has `given` its own, or when two weeks have passed. So
    nobody answers a rating with another."""
    return given or (approved_at is not None and approved_at + BLIND <= now)


def handovers(actor: Actor, task: Task, *, now: datetime) -> Handovers:
    """The rounds of a visible task, the latest first; nothing for clients, who have the portal."""
    if actor.role == Role.CLIENT:
        return Handovers((), (), may_ask=False, may_take_back=False, revisions=0, limit=None)
    all_ = may_manage_project(actor, task.project) or actor.role == Role.AUDITOR
    rounds = tuple(_rounds(task, all_=all_, rates=may_rate_client(actor, task), now=now))
    waits = any(r.state == Handover.State.OPEN for r in rounds)
    may = may_hand_over(actor, task)
    ready = may and task.state == State.REVIEW and not waits
    return Handovers(
        rounds=rounds, clients=_clients(task) if ready else (), may_ask=ready, may_take_back=may and waits,
        revisions=sum(1 for r in rounds if r.state == Handover.State.CHANGES), limit=task.project.revision_limit,
    )  # fmt: skip


def _rounds(task: Task, *, all_: bool, rates: bool, now: datetime) -> list[RoundRow]:
    """`all_`: the reader sees every rating; `rates`: the reader is the one who rates the client."""
    rows = list(
        Handover.objects.filter(task=task)
        .order_by("-round")
        .values("id", "round", "state", "message", "asked_at", "answered_at", "words", "rating", "rating_words",
                "client_rating", "client_rating_words", asker=F("asked_by__name"), judge=F("answered_by__name"))
    )  # fmt: skip
    asked: dict[int, list[str]] = {}
    if rows:
        people = Reviewer.objects.filter(handover__task=task).order_by("user__name")
        for handover_id, name in people.values_list("handover_id", "user__name"):
            asked.setdefault(handover_id, []).append(name)
    knows = {
        r["id"]: all_ or (rates and is_open(r["answered_at"], given=r["client_rating"] is not None, now=now))
        for r in rows
    }
    return [
        RoundRow(
            id=r["id"], number=r["round"], state=r["state"], message=r["message"], asked_by=r["asker"] or "",
            asked_at=r["asked_at"], asked=tuple(asked.get(r["id"], ())), answered_by=r["judge"] or "",
            answered_at=r["answered_at"], words=r["words"], rating=r["rating"] if knows[r["id"]] else None,
            rating_words=r["rating_words"] if knows[r["id"]] else "",
            client_rating=r["client_rating"] if all_ or rates else None,
            client_rating_words=r["client_rating_words"] if all_ or rates else "",
            to_rate=rates and r["state"] == Handover.State.APPROVED and r["client_rating"] is None,
        )
        for r in rows
    ]  # fmt: skip


def _clients(task: Task) -> tuple[tuple[int, str], ...]:
    here = Membership.objects.filter(
        workspace_id=task.workspace_id, role=Role.CLIENT, removed_at__isnull=True, user__is_active=True,
        user_id__in=ProjectClient.objects.filter(project_id=task.project_id).values("user_id"),
    )  # fmt: skip
    return tuple(here.order_by("user__name").values_list("user_id", "user__name"))


def find_handover(task: Task, handover_id: int) -> Handover:
    """A round of a task that was found already. Raises Missing."""
    found = Handover.objects.filter(task=task, pk=handover_id).first()
    if found is None:
        raise Missing(tr("There is no such question to a client."))
    found.task = task
    return found
