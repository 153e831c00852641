"""The way of waiting tasks through policies: routed, step by step, and in somebody's hands at every moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from fairlead.allocation import rows
from fairlead.allocation.actions.assign import MAX_REASON
from fairlead.allocation.actions.offer_steps import can_be_had, hold, stop
from fairlead.allocation.actions.offers import asked_by
from fairlead.allocation.actions.policies import ensure_catch_all
from fairlead.allocation.actions.routing_steps import (
    NOBODY,
    Attempt,
    Moved,
    Why,
    begin,
    english,
    free_at,
    kept,
    rule,
    turn,
    turned,
    wait,
    why_nobody,
)
from fairlead.allocation.affinity import Affinity
from fairlead.allocation.doctor import reason_of
from fairlead.allocation.judgement import judge
from fairlead.allocation.models import Assignment, Offering, Routing
from fairlead.allocation.naming import Faces
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.queries.routing import by_urgency, going, unrouted
from fairlead.allocation.routing import Choice, Surroundings, Taker, choose, of_version, takers
from fairlead.allocation.routing.definition import QUEUE, SUGGEST
from fairlead.allocation.words import STEP_OVER
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Refused, require
from fairlead.lib.sayings import Saying
from fairlead.lib.speech import mark, tr
from fairlead.work.models import Task

State = Routing.State
BATCH: Final = 50
"""So many tasks are routed in one job; the next job goes on."""
EVERY_STEP: Final = Saying(mark("Every step of its policy was tried."))
POLICIES_CHANGED: Final = Saying(mark("The policies changed, so it was routed again."))
TASK_CHANGED: Final = Saying(mark("The task changed, so it was routed again."))


def route_waiting(workspace_id: int, *, now: datetime) -> bool:
    """Route the tasks that wait and are in no policy's hands, the most important and oldest first, one batch of them;
    whether there are more."""
    ensure_catch_all(workspace_id, now=now)
    tasks = list(unrouted(workspace_id)[:BATCH])
    policies, around = takers(workspace_id), Surroundings(workspace_id, now)
    values = around.tasks(tasks)
    suggested = []
    for task in tasks:
        taker = next(it for it in policies if it.takes(values[task.pk]))
        made = _route(task, taker, by_hand=_was_decided_by_hand(task), now=now)
        if made is not None and made.state == State.SUGGEST:
            suggested.append(made)
    _check_new(workspace_id, suggested, now=now)
    return len(tasks) == BATCH


def route_again(task: Task, *, actor: Actor, now: datetime) -> None:
    """A manager gives a task back to the policies, whatever people did with it before. Raises Refused for one that is
    not to be had or is being offered."""
    require(may_assign(actor), tr("Only managers route work; an AI agent never does."))
    if not can_be_had(task):
        raise Refused(tr("%(task)s has somebody, or is under way or over. Only work that waits is routed.", task=task))
    if Offering.objects.filter(task=task, state=Offering.State.OPEN).exists():
        raise Refused(tr("%(task)s is being offered at the moment. Withdraw the offers first.", task=task))
    ensure_catch_all(task.workspace_id, now=now)
    around = Surroundings(task.workspace_id, now)
    values = around.tasks([task])[task.pk]
    taker = next(it for it in takers(task.workspace_id) if it.takes(values))
    with transaction.atomic():
        was = ""
        for former in going(task.workspace_id).filter(task=task):
            was = str(former.state)
            turn(former, State.STOPPED, now=now, why=Saying(mark("%(name)s routed it again."), {"name": actor.name}))
        record("task.routed_again", task, actor=actor, now=now, was=was)
        made = _take(task, taker, by_hand=None, now=now)
    if made is not None:
        _set_off(made, now=now)
        if made.state == State.SUGGEST:
            check_suggested(made, now=now)


def rematch(workspace_id: int, *, now: datetime) -> int:
    """The policies changed: let go of every task at rest that another policy, or another version, would take now, so
    that it is routed anew. How many."""
    policies, around = takers(workspace_id), Surroundings(workspace_id, now)
    resting = list(going(workspace_id).filter(state__in=(State.SUGGEST, State.UNROUTABLE)))
    values = around.tasks([routing.task for routing in resting])
    count = 0
    for routing in resting:
        taker = next((it for it in policies if it.takes(values[routing.task_id])), None)
        if taker is None or taker.version.pk == routing.version_id:
            continue
        count += turned(routing, State.STOPPED, now=now, why=POLICIES_CHANGED)
    return count


def _check_new(workspace_id: int, made: Sequence[Routing], *, now: datetime) -> None:
    """Look closely at those for which nobody is skilled and has room: only they can be impossible. Ten queries."""
    if not made:
        return
    found = rows.read(workspace_id, wanted={it.task_id for it in made}, only=None, on=now.date(), since=now)
    held = Counter(row["assignee_id"] for row in found.tasks.values())
    roomy = {pk for pk, row in found.workers.items() if row["max_tasks"] is None or held[pk] < row["max_tasks"]}
    affinity = Affinity(found)
    for routing in made:
        if routing.task_id in found.tasks and not roomy.intersection(affinity.skilled(routing.task_id)):
            check_suggested(routing, now=now)


def _route(task: Task, taker: Taker, *, by_hand: Saying | None, now: datetime) -> Routing | None:
    made = _take(task, taker, by_hand=by_hand, now=now)
    if made is not None:
        _set_off(made, now=now)
    return made


def _set_off(made: Routing, *, now: datetime) -> None:
    """Begin with the first step, where a policy decides. Should this never happen, `look_after_routing` finds it."""
    if made.state == State.WAITING:
        advance(made, step=0, now=now)


def _take(task: Task, taker: Taker, *, by_hand: Saying | None, now: datetime) -> Routing | None:
    """Put a task into a policy's hands; one that people took back (`by_hand` says so) stays with a manager."""
    suggests = taker.definition.autonomy == SUGGEST
    state = State.MANAGER if by_hand else State.SUGGEST if suggests else State.WAITING
    try:
        with transaction.atomic():
            made = Routing.objects.create(
                workspace_id=task.workspace_id, task=task, version=taker.version, state=state, created_at=now,
                changed_at=now, **kept(by_hand),
            )  # fmt: skip
            if not suggests and not by_hand:
                record("task.routed", task, actor=rule(made), now=now, policy=taker.version.policy.name,
                       version=taker.version.number, routing=made.pk)  # fmt: skip
    except IntegrityError:
        return None  # routed at the same moment
    return made


def _was_decided_by_hand(task: Task) -> Saying | None:
    """Why the task is a manager's and no policy's: people took it back or offered it; None when none did.

    What somebody held who left goes to the policies again."""
    last = Assignment.objects.filter(task=task).order_by("-id").select_related("worker").first()
    taken_back = (Assignment.EndReason.RELEASED, Assignment.EndReason.UNDONE)
    if last is not None and last.end_reason in taken_back and last.worker.deactivated_at is None:
        return Saying(mark("It was taken back; decide who has it next, or route it again."))
    if Offering.objects.filter(task=task, routing__isnull=True).exists():
        return Saying(mark("It was offered by hand; decide who has it next, or route it again."))
    return None


def advance(routing: Routing, *, step: int, now: datetime) -> None:
    """Try the steps from this one on until one does something. Ends quietly when it went another way meanwhile."""
    task = Task.objects.select_related("project", "assignee").get(pk=routing.task_id)
    if not can_be_had(task):
        settle_routing(task, now=now)
        return
    try:
        _advance(routing, task, step=step, now=now)
    except Moved:
        return


def _advance(routing: Routing, task: Task, *, step: int, now: datetime) -> None:
    definition = of_version(routing.version)
    asked = asked_by(routing)
    choice: Choice | None = None
    for number in range(step, len(definition.steps)):
        choice = choose(task, definition, definition.steps[number], policy_id=routing.version.policy_id, now=now,
                        but=asked)  # fmt: skip
        attempt = Attempt(routing, task, definition, number, choice, rule(routing), now)
        if (choice.order or (attempt.step.how == QUEUE and choice.meant)) and begin(attempt):
            return
        if definition.steps[number].waits:
            wait(attempt)
            return
    if asked or choice is None or routing.state == State.QUEUED:
        _to_manager(routing, task, EVERY_STEP, now=now)
    else:
        _unroutable(routing, task, choice, now=now)


def _to_manager(routing: Routing, task: Task, why: Saying, *, now: datetime) -> None:
    with transaction.atomic():
        turn(routing, State.MANAGER, now=now, why=why, step=routing.step)
        record("task.unroutable", task, actor=rule(routing), now=now, reason=why.english, routing=routing.pk)


def _unroutable(routing: Routing, task: Task, choice: Choice, *, now: datetime) -> None:
    """It waits, with the reason; managers are told once, however often it is tried again."""
    why: Why = why_nobody(choice)
    if not choice.judgement.ranking.candidates and not choice.fault:
        why = reason_of(choice.judgement, Faces(task.workspace_id)) or why
    _wait_unroutable(routing, task, why, free=free_at(choice), now=now)


def _wait_unroutable(
    routing: Routing, task: Task, why: Why, *, free: datetime | None, now: datetime
) -> None:  # fmt: skip
    with transaction.atomic():
        told = routing.told_at
        turn(routing, State.UNROUTABLE, now=now, why=why, free_at=free, told_at=told or now)
        if told is None:
            record("task.unroutable", task, actor=rule(routing), now=now, reason=english(why), routing=routing.pk)


def check_suggested(routing: Routing, *, now: datetime) -> None:
    """Where people decide, the policy still says at once when nobody can do a task, and when somebody can again."""
    task = Task.objects.select_related("project", "assignee").get(pk=routing.task_id)
    if not can_be_had(task):
        settle_routing(task, now=now)
        return
    judgement = judge(task.pk, workspace_id=task.workspace_id, now=now)
    try:
        if judgement.ranking.candidates:
            if routing.state == State.UNROUTABLE:
                turn(routing, State.SUGGEST, now=now)
            return
        why = reason_of(judgement, Faces(task.workspace_id)) or NOBODY
        if routing.state != State.UNROUTABLE or routing.reason != english(why)[:MAX_REASON]:
            _wait_unroutable(routing, task, why, free=None, now=now)
    except Moved:
        return


def reconsider(workspace_id: int, *, now: datetime) -> int:
    """Something changed: try again what nobody could do, the most urgent and then the oldest first. How many."""
    waiting = going(workspace_id).filter(state__in=(State.UNROUTABLE, State.WAITING))
    found = by_urgency(waiting, now=now)
    for routing in found:
        if of_version(routing.version).autonomy == SUGGEST:
            check_suggested(routing, now=now)
        else:
            advance(routing, step=_to_try(routing), now=now)
    return len(found)


def _to_try(routing: Routing) -> int:
    """The step that is due: of one between two steps the next, of one that waits in a step that step."""
    if routing.state != State.WAITING:
        return 0
    return routing.step + 1 if _is_between(routing) else routing.step


def _is_between(routing: Routing) -> bool:
    """Whether a step has ended and the next has not begun; one that was never begun stands at turn 0."""
    waits = routing.state == State.WAITING and not routing.reason and routing.step_ends_at is None
    return waits and routing.turn > 0


def end_step(routing: Routing, *, now: datetime) -> None:
    """Go on with the next step: the time of this one is over, or nobody accepted."""
    try:
        with transaction.atomic():
            turn(routing, State.WAITING, now=now, step=routing.step)
            for offering in Offering.objects.filter(routing=routing, state=Offering.State.OPEN):
                held = hold(offering)
                if held.state == Offering.State.OPEN:
                    stop(held, reason=STEP_OVER, actor=rule(routing), now=now)
    except Moved:
        return
    resume_step(routing, now=now)


def resume_step(routing: Routing, *, now: datetime) -> None:
    """Begin the step after the one that has ended, unless this was done: whoever ended it may have been killed then."""
    if _is_between(routing):
        advance(routing, step=routing.step + 1, now=now)


def follow_offers(offering: Offering, *, now: datetime) -> None:
    """Offers by hand take a task out of its policy's hands; when a policy's own are over, the policy goes on."""
    if offering.routing_id is None:
        hand_over(offering.task, why=Saying(mark("It was offered by hand.")), now=now)
        return
    routing = going(offering.workspace_id).filter(pk=offering.routing_id, state=State.ASKING).first()
    if routing is None or routing.offerings.filter(state=Offering.State.OPEN).exists():
        return
    if offering.state == Offering.State.EXHAUSTED:
        end_step(routing, now=now)
    elif offering.state == Offering.State.WITHDRAWN:
        hand_over(offering.task, why=Saying(mark("Its offers were withdrawn by hand.")), now=now)


def settle_routing(task: Task, *, now: datetime) -> None:
    """End the routing of a task that somebody has, or that is under way, over or in the trash."""
    routing = going(task.workspace_id).filter(task=task).first()
    if routing is None or can_be_had(task):
        return
    active = Assignment.objects.filter(task=task, ended_at__isnull=True).select_related("worker").first()
    if active is not None:
        turned(routing, State.DONE, now=now, assignment=active, worker=active.worker)
    else:
        turned(routing, State.STOPPED, now=now, why=Saying(mark("It is not to be had any more.")))


def hand_over(task: Task, *, why: Saying, now: datetime) -> None:
    """People took the matter into their own hands: the policy lets go of the task."""
    routing = going(task.workspace_id).filter(task=task).first()
    if routing is None or routing.state == State.MANAGER:
        return
    turned(routing, State.MANAGER, now=now, why=why)


def restart(task: Task, *, now: datetime) -> None:
    """The task or the policies changed: see again which policy takes it, unless somebody is being asked already."""
    quiet = (State.SUGGEST, State.UNROUTABLE, State.WAITING, State.PROPOSED)
    routing = going(task.workspace_id).filter(task=task, state__in=quiet).first()
    if routing is not None:
        turned(routing, State.STOPPED, now=now, why=TASK_CHANGED)
