"""Where waiting tasks stand in the policies, and what needs somebody's decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairlead.allocation.models import Offering, PolicyVersion, Routing
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see_policies
from fairlead.allocation.routing import of_version
from fairlead.allocation.routing.definition import UNDO
from fairlead.allocation.sayings import in_own_words
from fairlead.allocation.words import policy_name, step_name
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.prepared import Bound, prepared
from fairlead.lib.speech import later, tr
from fairlead.work.models import Task
from fairlead.work.queries import seen
from fairlead.work.reach import shaped
from fairlead.work.states import WAITING
from fairlead.work.types.models import NOBODYS

State = Routing.State
UNDO_FOR: Final = timedelta(hours=48)
"""So long a decision that a policy made by itself stays on the list from which it can be taken back."""
SHOWN: Final = 100
LATE: Final = timedelta(seconds=30)
"""What should have happened so long ago lost its timer."""
NEEDS_PEOPLE: Final = (State.PROPOSED, State.UNROUTABLE, State.MANAGER)
NOT_YOURS: Final = later("Only managers and auditors see how work is routed.")


@dataclass(frozen=True)
class RoutingCard:
    """One task on its way. `worker` is proposed, or was given it. `step` of `steps` counts from 1; `step_name` is the
    policy's word for it, `how` what the step does. `since`: when it came to stand so."""

    id: int
    key: str
    title: str
    project: str
    priority: int
    due_at: datetime | None
    created_at: datetime
    state: str
    policy_id: int
    policy: str
    version: int
    step: int
    steps: int
    step_name: str
    how: str
    step_ends_at: datetime | None
    reason: str
    worker: Face | None
    free_at: datetime | None
    since: datetime
    autonomy: str
    can_undo: bool


@dataclass(frozen=True)
class Desk:
    """What policies leave to people. `decided`: what they did by themselves in the last two days and can be undone."""

    proposed: list[RoutingCard]
    unroutable: list[RoutingCard]
    manager: list[RoutingCard]
    decided: list[RoutingCard]
    under_way: list[RoutingCard]

    @property
    def waits(self) -> int:
        """How many decisions wait for somebody."""
        return len(self.proposed) + len(self.unroutable) + len(self.manager)


def unrouted(workspace_id: int) -> QuerySet[Task]:
    """Tasks that wait for somebody and are in no policy's hands, the most important first, then the oldest."""
    offered = Offering.objects.filter(task_id=OuterRef("pk"), state=Offering.State.OPEN)
    routed = Routing.objects.filter(task_id=OuterRef("pk"), closed_at__isnull=True)
    waiting = Task.objects.filter(
        ~Exists(offered), ~Exists(routed), workspace_id=workspace_id, state__in=WAITING, assignee__isnull=True,
        deleted_at__isnull=True, project__archived_at__isnull=True,
    )  # fmt: skip
    waiting = waiting.exclude(type__base__in=NOBODYS)
    return waiting.select_related("project", "assignee").order_by("-priority", "created_at", "id")


def going(workspace_id: int) -> QuerySet[Routing]:
    """Routings that are not over, with all that deciding about them needs."""
    found = Routing.objects.filter(workspace_id=workspace_id, closed_at__isnull=True)
    return found.select_related("task__project", "version__policy", "worker")


def by_urgency(rows: Iterable[Routing], *, now: datetime) -> list[Routing]:
    """The most urgent first, then the oldest. Waiting counts as the policy says, so that nothing waits for ever."""
    return sorted(rows, key=lambda it: (-urgency(it, now=now), it.task.created_at, it.task_id))


def urgency(routing: Routing, *, now: datetime) -> int:
    """Priority (0 to 4), and one more for every `age_h` hours that the task has waited."""
    age_h = int(routing.version.definition.get("age_h", 0))
    waited_h = (now - routing.task.created_at) / timedelta(hours=1)
    return routing.task.priority + (int(waited_h / age_h) if age_h else 0)


def find_routing(actor: Actor, task: Task) -> Routing:
    """The open routing of a task, or the last one. Raises Missing."""
    found = find_routing_of(actor, task)
    if found is None:
        raise Missing(tr("%(task)s is in no policy's hands.", task=task))
    return found


def find_routing_of(actor: Actor, task: Task) -> Routing | None:
    """The same; None for a task that never was routed, and for those who may not see it."""
    if not may_see_policies(actor):
        return None
    rows = Routing.objects.filter(workspace_id=actor.workspace_id, task=task)
    return (
        rows.select_related("task__project", "version__policy", "worker", "assignment__worker").order_by("-id").first()
    )


def routing_of(task: Task, *, actor: Actor, now: datetime) -> RoutingCard | None:
    """Where the task stands; None for those who may not see it."""
    found = find_routing_of(actor, task)
    return None if found is None else _cards([found], actor.workspace_id, now=now)[0]


def desk(actor: Actor, *, now: datetime) -> Desk:
    """Everything that policies leave to people, the most urgent first."""
    require(may_see_policies(actor), NOT_YOURS)
    rows = by_urgency(seen(going(actor.workspace_id), actor).exclude(state=State.SUGGEST), now=now)
    recent = Routing.objects.filter(
        workspace_id=actor.workspace_id, state=State.DONE, closed_at__gt=now - UNDO_FOR,
        version__definition__autonomy=UNDO, assignment__ended_at__isnull=True, task__state__in=WAITING,
    )  # fmt: skip
    undoable = (
        seen(recent, actor).select_related("task__project", "version__policy", "worker").order_by("-closed_at")[:SHOWN]
    )
    cards = _cards([*rows[: 5 * SHOWN], *undoable], actor.workspace_id, now=now)
    by_state: dict[str, list[RoutingCard]] = {}
    for card in cards:
        by_state.setdefault(card.state, []).append(card)
    under_way = (State.ASKING, State.QUEUED, State.WAITING)
    return Desk(
        proposed=by_state.get(State.PROPOSED, []),
        unroutable=by_state.get(State.UNROUTABLE, []),
        manager=by_state.get(State.MANAGER, []),
        decided=by_state.get(State.DONE, []),
        under_way=[card for card in cards if card.state in under_way],
    )


def decisions_wait(actor: Actor, *, now: datetime) -> tuple[Bound, ...]:  # noqa: ARG001  as for the other areas of the side bar
    """The decisions that wait on the desk, to be counted."""
    return (_undecided.bound(shaped(actor)),) if may_see_policies(actor) else ()


@prepared
def _undecided(actor: Actor) -> QuerySet[Routing, Any]:
    waiting = Routing.objects.filter(workspace_id=actor.workspace_id, state__in=NEEDS_PEOPLE)
    return seen(waiting, actor).values("id")


def _cards(rows: Iterable[Routing], workspace_id: int, *, now: datetime) -> list[RoutingCard]:
    faces = Faces(workspace_id)
    return [_card(row, faces, now=now) for row in rows]


def _card(row: Routing, faces: Faces, *, now: datetime) -> RoutingCard:
    step = _step(row.version, row.step)
    made_by_itself = row.state == State.DONE and row.version.definition.get("autonomy") == UNDO
    return RoutingCard(
        id=row.pk, key=row.task.key, title=row.task.title, project=row.task.project.name, priority=row.task.priority,
        due_at=row.task.due_at, created_at=row.task.created_at, state=str(row.state), policy_id=row.version.policy_id,
        policy=policy_name(row.version.policy), version=row.version.number, step=row.step + 1, steps=step["count"],
        step_name=step_name(step["name"]), how=step["how"], step_ends_at=row.step_ends_at,
        reason=in_own_words(row.reason, row.told),
        worker=faces.by_number(row.worker_id), free_at=row.free_at, since=row.changed_at,
        autonomy=str(row.version.definition.get("autonomy", "")),
        can_undo=made_by_itself and row.closed_at is not None and row.closed_at > now - UNDO_FOR,
    )  # fmt: skip


def _step(version: PolicyVersion, number: int) -> dict[str, Any]:
    try:
        steps = of_version(version).steps
    except Invalid:
        return {"count": 0, "name": "", "how": ""}
    step = steps[min(number, len(steps) - 1)]
    return {"count": len(steps), "name": step.name, "how": step.how}


def queued(workspace_id: int) -> QuerySet[Routing]:
    """What waits to be claimed."""
    return going(workspace_id).filter(state=State.QUEUED)


def anything_unrouted(workspace_id: int) -> bool:
    """Whether a waiting task is in no policy's hands."""
    return unrouted(workspace_id).exists()


def steps_over(workspace_id: int, *, now: datetime) -> list[tuple[int, int]]:
    """(routing, turn) of steps that ended half a minute ago and more without a next one."""
    late = going(workspace_id).filter(step_ends_at__lt=now - LATE)
    return list(late.values_list("id", "turn"))


def anybody_back(workspace_id: int, *, now: datetime) -> bool:
    """Whether somebody for whom a task waits should be back at work, or a task stopped between two steps."""
    back = Q(state__in=(State.UNROUTABLE, State.WAITING), free_at__lte=now - LATE)
    stuck = Q(state=State.WAITING, step_ends_at__isnull=True, changed_at__lte=now - LATE)
    return going(workspace_id).filter(back | stuck).exists()


def next_return(workspace_id: int, *, now: datetime) -> datetime | None:
    """When the first of those for whom a task waits is back at work."""
    rows = going(workspace_id).filter(free_at__gt=now).order_by("free_at")
    return rows.values_list("free_at", flat=True).first()


def urgent_arrivals(workspace_id: int) -> list[int]:
    """Ids of the events of urgent tasks that came in and were not routed yet."""
    ids = unrouted(workspace_id).filter(priority=Task.Priority.URGENT).values_list("pk", flat=True)[:SHOWN]
    found = Event.objects.filter(workspace_id=workspace_id, kind="task.created", subject_id__in=list(ids))
    return list(found.order_by("seq").values_list("pk", flat=True))
