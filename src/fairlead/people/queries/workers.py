"""Single workers: who may be seen, and what a profile shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Missing
from fairlead.lib.speech import tr
from fairlead.people.models import Hours, Preference, TimeOff, Worker, WorkerSkill
from fairlead.people.visibility import may_see_directory, may_see_rate


def visible_workers(actor: Actor) -> QuerySet[Worker]:
    """Everybody in the workspace, also those taken out; a client sees nobody here."""
    found = Worker.objects.filter(workspace_id=actor.workspace_id)
    return found if may_see_directory(actor) else found.none()


def active_workers(actor: Actor) -> QuerySet[Worker]:
    """Who can be given work."""
    return visible_workers(actor).filter(deactivated_at__isnull=True)


def workers_like(found: QuerySet[Worker], text: str) -> QuerySet[Worker]:
    """Those of them with each word in their name, headline or e-mail."""
    for word in text.split()[:6]:
        found = found.filter(Q(name__icontains=word) | Q(headline__icontains=word) | Q(email__icontains=word))
    return found


def find_worker(actor: Actor, worker_id: int) -> Worker:
    """The worker. Raises Missing, also for one of another workspace."""
    found = visible_workers(actor).select_related("user", "owner").filter(pk=worker_id).first()
    if found is None:
        raise Missing(tr("There is nobody like this in the directory."))
    return found


def worker_of(actor: Actor) -> Worker | None:
    """The actor's own profile in this workspace, whatever their role."""
    if actor.user_id is None:
        return None
    return Worker.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id).first()


def shown_rate(actor: Actor, worker: Worker) -> int | None:
    """Minor units per hour, or None when the actor may not know it."""
    return worker.rate_cents if may_see_rate(actor, worker.user_id) else None


@dataclass(frozen=True)
class HeldSkill:
    """A skill as somebody has it. Level 1–5."""

    skill_id: int
    name: str
    level: int
    confirmed: bool
    confirmed_by: str
    evidence: str
    evidence_url: str
    last_used_on: date | None
    expires_on: date | None


_HELD = (
    "worker_id", "skill_id", "skill__name", "level", "confirmed_at", "confirmed_by__name", "evidence", "evidence_url",
    "last_used_on", "expires_on",
)  # fmt: skip


def held_skills(workspace_id: int, worker_ids: Collection[int]) -> dict[int, list[HeldSkill]]:
    """The skills that these workers have, the highest level first."""
    rows = WorkerSkill.objects.filter(workspace_id=workspace_id, worker_id__in=worker_ids).order_by(
        "-level", "skill__name"
    )
    found: dict[int, list[HeldSkill]] = defaultdict(list)
    for row in rows.values(*_HELD):
        found[row["worker_id"]].append(_held(row))
    return found


def _held(row: dict[str, Any]) -> HeldSkill:
    return HeldSkill(
        skill_id=row["skill_id"], name=row["skill__name"], level=row["level"],
        confirmed=row["confirmed_at"] is not None,
        confirmed_by=row["confirmed_by__name"] or "", evidence=row["evidence"], evidence_url=row["evidence_url"],
        last_used_on=row["last_used_on"], expires_on=row["expires_on"],
    )  # fmt: skip


def worker_name(actor: Actor, number: int) -> str:
    """The name of a worker of the workspace; empty when there is none with this id."""
    return visible_workers(actor).filter(pk=number).values_list("name", flat=True).first() or ""


def worker_called(actor: Actor, name: str, *, field: str = "assignee") -> Worker:
    """The one at work who has this name. Raises Invalid, for this field, where nobody has it, or several."""
    found = list(active_workers(actor).filter(name__iexact=name.replace("\0", ""))[:2])
    if not found:
        raise Invalid({field: tr("Nobody here is called “%(name)s”. Choose a name from the list.", name=name[:60])})
    if len(found) > 1:
        raise Invalid(
            {field: tr("Several people are called %(name)s. Give the tasks on a task's own page.", name=name[:60])}
        )
    return found[0]


def names_like(actor: Actor, text: str, *, limit: int) -> list[str]:
    """The names with each of these words in them, of those who were not deactivated, in order, each once."""
    found = visible_workers(actor).filter(deactivated_at__isnull=True)
    for word in text.split()[:6]:
        found = found.filter(name__icontains=word)
    return list(found.order_by("name").values_list("name", flat=True).distinct()[:limit])


def weekly_hours(workspace_id: int, worker_ids: Collection[int]) -> dict[int, list[tuple[int, int, int]]]:
    """(weekday, from_min, to_min) on each worker's wall clock, in order."""
    rows = Hours.objects.filter(workspace_id=workspace_id, worker_id__in=worker_ids).order_by("weekday", "from_min")
    found: dict[int, list[tuple[int, int, int]]] = {pk: [] for pk in worker_ids}
    for worker_id, weekday, from_min, to_min in rows.values_list("worker_id", "weekday", "from_min", "to_min"):
        found[worker_id].append((weekday, from_min, to_min))
    return found


def preferences(workspace_id: int, worker_ids: Collection[int]) -> list[dict[str, Any]]:
    """What these workers want (stance 1) and avoid (−1): dicts of worker_id, skill_id, skill__name, label, stance."""
    rows = Preference.objects.filter(workspace_id=workspace_id, worker_id__in=worker_ids).order_by("-stance", "pk")
    return [dict(row) for row in rows.values("worker_id", "skill_id", "skill__name", "label", "stance")]


def absences(worker: Worker, since: date) -> list[TimeOff]:
    """Time off of one worker that ends on `since` or later and was not taken back, the earliest first."""
    rows = worker.time_off.filter(ends_on__gte=since).exclude(state=TimeOff.State.CANCELLED)
    return list(rows.order_by("starts_on", "pk"))


def find_time_off(actor: Actor, worker_id: int, number: int) -> TimeOff:
    """One request. Raises Missing, also for one of somebody else or of another workspace."""
    found = TimeOff.objects.filter(worker__in=visible_workers(actor), worker_id=worker_id, pk=number)
    asked = found.select_related("worker").first()
    if asked is None:
        raise Missing(tr("There is no such request."))
    return asked


def requests_waiting(actor: Actor) -> QuerySet[TimeOff, dict[str, Any]]:
    """Time off that nobody has answered yet, the earliest first."""
    rows = TimeOff.objects.filter(
        worker__in=visible_workers(actor), state=TimeOff.State.REQUESTED, worker__deactivated_at__isnull=True
    )
    columns = ("id", "worker_id", "worker__name", "worker__kind", "starts_on", "ends_on", "reason", "created_at")
    found: QuerySet[TimeOff, dict[str, Any]] = rows.order_by("starts_on", "pk").values(*columns)
    return found
