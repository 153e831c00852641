"""What a step of a policy does with a task. Each is one transaction that only one of several callers can win: the
routing's `turn` is part of the condition of its update."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from fairlead import engine
from fairlead.allocation.actions.answers import FullNow, OfferGone, check_room
from fairlead.allocation.actions.assign import MAX_REASON, HeldByOther, active_assignment, give
from fairlead.allocation.actions.offers import send_next
from fairlead.allocation.actions.receipts import Because
from fairlead.allocation.doctor import Reason
from fairlead.allocation.models import Assignment, Offering, Routing
from fairlead.allocation.routing import Choice, Definition, Step
from fairlead.allocation.routing.definition import APPROVE, ASSIGN, QUEUE
from fairlead.allocation.snapshot import worker_name
from fairlead.events.actor import RULE, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict
from fairlead.lib.sayings import Saying
from fairlead.lib.speech import mark, tr
from fairlead.people.models import Worker
from fairlead.work.models import Task

State = Routing.State
NOBODY: Final = Saying(mark("Nobody can do it as it stands."))


class Moved(Conflict):
    """The task went another way at the same moment."""

    code = "routing-moved"


@dataclass(frozen=True)
class Attempt:
    """A step about to be tried: its number, who can be asked in which order, and for whom the policy acts."""

    routing: Routing
    task: Task
    definition: Definition
    number: int
    choice: Choice
    actor: Actor
    now: datetime
    how: str = ""
    """How the worker came by it, where that is not what the step says."""

    @property
    def step(self) -> Step:
        """The step as the policy says it."""
        return self.definition.steps[self.number]

    @property
    def ends_at(self) -> datetime | None:
        """When the next step begins."""
        return self.now + timedelta(minutes=self.step.lasts_min) if self.step.lasts_min else None

    @property
    def because(self) -> Because:
        """What the receipt keeps of it."""
        return Because(
            self.routing.version_id,
            {**self.choice.evidence, "number": self.number + 1, "how": self.how or self.step.how},
        )


def rule(routing: Routing) -> Actor:
    """A policy that acts by itself."""
    name = routing.version.policy.name
    return Actor(
        workspace_id=routing.workspace_id, kind=RULE, name=mark("Policy %(name)s") % {"name": name}, role="owner"
    )


Why = Saying | Reason | str
"""Why a routing stands as it does: the product's words, the engine's, or a person's own."""


def kept(why: Why | None) -> dict[str, Any]:
    """The columns of a reason: English for everybody, and as a saying for readers of other languages."""
    return {"reason": english(why)[:MAX_REASON], "told": {} if why is None or isinstance(why, str) else why.kept()}


def english(why: Why | None) -> str:
    """A reason as it is kept for everybody; empty for none."""
    return why or "" if why is None or isinstance(why, str) else why.english


def turn(routing: Routing, state: Routing.State, *, now: datetime, why: Why | None = None, **values: Any) -> None:
    """Move the routing on; `why` says why it stands so. Raises Moved when somebody else did it since it was read."""
    blank = {**kept(why), "worker": None, "free_at": None, "step_ends_at": None}
    over = {"closed_at": now} if state in (State.DONE, State.STOPPED) else {}
    mine = Routing.objects.filter(pk=routing.pk, turn=routing.turn, closed_at__isnull=True)
    changed = {**blank, **over, **values, "state": state, "turn": routing.turn + 1, "changed_at": now}
    if not mine.update(**changed):
        raise Moved(tr("%(task)s went another way meanwhile. Look at it again.", task=routing.task))
    for name, value in changed.items():
        setattr(routing, name, value)


def turned(routing: Routing, state: Routing.State, *, now: datetime, **values: Any) -> bool:
    """The same for those who need not know: False, and no change, when somebody else was quicker."""
    try:
        turn(routing, state, now=now, **values)
    except Moved:
        return False
    return True


def begin(attempt: Attempt) -> bool:
    """Do what the step says with those who can be asked; False when none of them could be asked after all."""
    if attempt.step.how == QUEUE:
        _queue(attempt)
    elif attempt.definition.autonomy == APPROVE:
        _propose(attempt)
    elif attempt.step.how == ASSIGN:
        return assign_first(attempt) is not None
    else:
        return offer_out(attempt)
    return True


def wait(attempt: Attempt) -> None:
    """Nobody is there: wait until somebody comes or the step is over. One that waits already goes on waiting."""
    routing, why, free = attempt.routing, why_nobody(attempt.choice), free_at(attempt.choice)
    if routing.step_ends_at and (routing.state, routing.step) == (State.WAITING, attempt.number):
        mine = Routing.objects.filter(pk=routing.pk, turn=routing.turn)
        mine.update(**kept(why), free_at=free)
        return
    with transaction.atomic():
        turn(routing, State.WAITING, now=attempt.now, step=attempt.number, step_ends_at=attempt.ends_at, why=why,
             free_at=free)  # fmt: skip
        _tell_step(attempt)


def _queue(attempt: Attempt) -> None:
    with transaction.atomic():
        turn(attempt.routing, State.QUEUED, now=attempt.now, step=attempt.number, step_ends_at=attempt.ends_at)
        _tell_step(attempt)


def _propose(attempt: Attempt) -> None:
    with transaction.atomic():
        worker = Worker.objects.get(pk=attempt.choice.order[0])
        turn(attempt.routing, State.PROPOSED, now=attempt.now, step=attempt.number, worker=worker,
             step_ends_at=attempt.ends_at)  # fmt: skip
        named = {"id": worker.pk, "name": worker.name}
        record("task.proposed", attempt.task, actor=attempt.actor, now=attempt.now, worker=named, how=attempt.step.how,
               policy=attempt.routing.version.policy.name, routing=attempt.routing.pk)  # fmt: skip
        _tell_step(attempt)


def assign_first(attempt: Attempt, *, reason: str = "") -> Assignment | None:
    """Give the task to the first in the order who still has room; None when nobody has."""
    for worker_id in attempt.choice.order:
        try:
            return _assign(attempt, worker_id, reason=reason)
        except (FullNow, OfferGone):
            continue
        except HeldByOther as error:
            raise Moved(error.detail) from error
    return None


def _assign(attempt: Attempt, worker_id: int, *, reason: str) -> Assignment:
    with transaction.atomic():
        worker = Worker.objects.select_for_update(no_key=True).get(pk=worker_id)
        check_room(worker)
        if active_assignment(attempt.task) is not None:
            raise Moved(tr("Somebody has %(task)s already.", task=attempt.task))
        turn(attempt.routing, State.DONE, now=attempt.now, step=attempt.number, worker=worker)
        made = give(attempt.task, worker, attempt.choice.judgement, actor=attempt.actor, now=attempt.now, reason=reason,
                    because=attempt.because)  # fmt: skip
        Routing.objects.filter(pk=attempt.routing.pk).update(assignment=made)
        return made


def offer_out(attempt: Attempt, *, first: int | None = None) -> bool:
    """Offer the task in the step's order, `first` before all; False when nobody could be asked."""
    pool = sorted(attempt.choice.candidates, key=lambda item: item.worker != (first and worker_name(first)))
    try:
        with transaction.atomic():
            turn(attempt.routing, State.ASKING, now=attempt.now, step=attempt.number, step_ends_at=attempt.ends_at)
            if not _ask(attempt, pool):
                raise _NobodyAsked
            _tell_step(attempt)
    except _NobodyAsked:
        attempt.routing.refresh_from_db()
        return False
    except IntegrityError as error:
        raise Moved(tr("%(task)s is being offered already.", task=attempt.task)) from error
    return True


class _NobodyAsked(Exception):
    """Nobody in the pool comes to work in the next days; what was begun is rolled back."""


def _ask(attempt: Attempt, pool: list[engine.Candidate]) -> bool:
    step = attempt.step
    offering = Offering.objects.create(
        workspace_id=attempt.task.workspace_id, task=attempt.task, at_once=step.ask, answer_min=step.answer_min,
        goes_on=True, by_user_id=attempt.actor.user_id, routing=attempt.routing, created_at=attempt.now,
    )  # fmt: skip
    asked = send_next(
        offering, attempt.choice.judgement, pool, actor=attempt.actor, now=attempt.now, because=attempt.because
    )
    return bool(asked)


def _tell_step(attempt: Attempt) -> None:
    """The event of a step that began; its timer follows it."""
    routing = attempt.routing
    record("task.step_began", attempt.task, actor=attempt.actor, now=attempt.now, policy=routing.version.policy.name,
           step=attempt.number + 1, name=attempt.step.name, state=str(routing.state), routing=routing.pk,
           turn=routing.turn, ends_at=attempt.ends_at)  # fmt: skip


def why_nobody(choice: Choice) -> Saying:
    """Why a step found nobody, in a sentence without names."""
    step, away, others = choice.step.name, len(choice.absent), len(choice.others)
    if choice.fault:
        text = mark("The condition of “%(step)s” cannot be worked out: %(fault)s")
        return Saying(text, {"step": step, "fault": choice.fault})
    if away == 1:
        return Saying(mark("The only one who can do it is away or not at work at the moment."))
    if away:
        return Saying(mark("All %(n)s who can do it are away or not at work at the moment."), {"n": away})
    if others == 1:
        return Saying(mark("Nobody whom “%(step)s” means can do it; 1 other could."), {"step": step})
    if others:
        text = mark("Nobody whom “%(step)s” means can do it; %(n)s others could.")
        return Saying(text, {"step": step, "n": others})
    return NOBODY


def against(actor: Actor, worker: Worker) -> Saying:
    """Why a proposal is over, where whoever decided gave no reason."""
    return Saying(mark("%(name)s decided against %(worker)s."), {"name": actor.name, "worker": worker.name})


def free_at(choice: Choice) -> datetime | None:
    """When the first of those who are not there comes back."""
    return min((it.until for it in choice.absent.values() if it.until is not None), default=None)
