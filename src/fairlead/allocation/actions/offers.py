"""Offering a task to one worker or several at once, then to the next ones, until somebody accepts or nobody is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from fairlead import engine
from fairlead.allocation import routing
from fairlead.allocation.actions.assign import MAX_REASON, NobodyCan, RuledOutError, check_givable
from fairlead.allocation.actions.offer_steps import about, can_be_had, close, hold, stop, tell_withdrawn, withdraw
from fairlead.allocation.actions.receipts import Because, keep_receipt
from fairlead.allocation.deadlines import answer_times
from fairlead.allocation.judgement import Judgement, judge
from fairlead.allocation.models import Offer, Offering, Routing
from fairlead.allocation.permissions import may_assign, may_assign_in
from fairlead.allocation.routing.definition import MOST_ANSWER_MIN, MOST_ASKED
from fairlead.allocation.snapshot import worker_number
from fairlead.allocation.words import NOT_TO_BE_HAD
from fairlead.engine.effort import minutes_needed
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import WAITING

NOT_A_MANAGER = later("Only managers offer work; an AI agent never does.")
MOST_MESSAGE = 500


class AlreadyOffered(Conflict):
    """The task is being offered already."""

    code = "already-offered"


@dataclass(frozen=True)
class Terms:
    """How a task is offered; see Offering. `answer_min` counts in each worker's own working time."""

    at_once: int = 1
    answer_min: int = 120
    goes_on: bool = True
    message: str = ""

    def check(self) -> None:
        """Raise Invalid for what nobody could mean."""
        wrong = {}
        if not 1 <= self.at_once <= MOST_ASKED:
            wrong["at_once"] = tr("Ask between 1 and %(most)s at the same time.", most=MOST_ASKED)
        if not 1 <= self.answer_min <= MOST_ANSWER_MIN:
            wrong["answer_min"] = tr("Give between a minute and ten working days to answer.")
        if len(self.message) > MOST_MESSAGE:
            wrong["message"] = tr("Write at most %(most)s characters.", most=MOST_MESSAGE)
        if wrong:
            raise Invalid(wrong)


def offer_task(
    task: Task, *, actor: Actor, now: datetime, terms: Terms | None = None, workers: Sequence[Worker] = ()
) -> Offering:
    """Offer a waiting task to these workers, or to its best candidates; later ones follow as the terms say.

    Raises RuledOutError for somebody whom a rule keeps from it, NobodyCan, and AlreadyOffered.
    """
    require(may_assign(actor) and may_assign_in(actor, task.project_id), NOT_A_MANAGER)
    terms = terms or Terms(at_once=max(1, len(workers)))
    terms.check()
    check_givable(task, None, version=None)
    _check_waits(task)
    judgement = judge(task.pk, workspace_id=actor.workspace_id, now=now, named=[worker.pk for worker in workers])
    asked = _named(judgement, workers) if workers else None
    pool = [it for it in judgement.ranking.candidates if asked is None or worker_number(it.worker) in asked]
    try:
        with transaction.atomic():
            offering = Offering.objects.create(
                workspace_id=task.workspace_id, task=task, at_once=terms.at_once, answer_min=terms.answer_min,
                goes_on=terms.goes_on, message=terms.message.strip(), by_user_id=actor.user_id, created_at=now,
            )  # fmt: skip
            if not send_next(offering, judgement, pool, actor=actor, now=now):
                raise NobodyCan(_nobody_there(task))
    except IntegrityError as error:
        raise AlreadyOffered(_offered_already(task)) from error
    return offering


def _nobody_there(task: Task) -> str:
    return tr("Nobody who can do %(task)s is at work in the next days. Its candidates say more.", task=task)


def _offered_already(task: Task) -> str:
    return tr("%(task)s is being offered already. Withdraw those offers first.", task=task)


def _check_waits(task: Task) -> None:
    if task.assignee_id is not None:
        raise Refused(tr("%(task)s has somebody already. Take it back before you offer it to others.", task=task))
    if task.state not in WAITING:
        raise Refused(tr("%(task)s is under way. Only work that waits is offered.", task=task))


def _named(judgement: Judgement, workers: Iterable[Worker]) -> set[int]:
    """The ids of chosen workers, each of whom has to be a candidate."""
    for worker in workers:
        if obstacle := judgement.obstacle(worker.pk):
            text = tr(
                "%(name)s is ruled out: %(why)s. Offer it to somebody else, or assign it with a reason.",
                name=worker.name, why=obstacle,
            )  # fmt: skip
            raise RuledOutError(text, fields={"worker": text})
    return {worker.pk for worker in workers}


def next_offers(offering: Offering, *, now: datetime) -> list[Offer]:
    """Ask the next candidates until as many are asked as wanted. When nobody is left to ask and no answer is awaited,
    the offering is exhausted and the task waits for a manager."""
    task = Task.objects.select_related("project", "assignee").get(pk=offering.task_id)
    if offering.state != Offering.State.OPEN or not can_be_had(task):
        return []
    judgement, pool, because = _next_pool(offering, task, now=now)
    with transaction.atomic():
        held = hold(offering)
        if held.state != Offering.State.OPEN:
            return []
        actor = system(offering.workspace_id)
        sent = send_next(held, judgement, pool, actor=actor, now=now, because=because)
        if not sent and not held.offers.filter(state=Offer.State.OPEN).exists():
            close(held, Offering.State.EXHAUSTED, now=now)
            record("task.offers_exhausted", task, actor=actor, now=now, asked=held.offers.count(), offering=held.pk)
    return sent


def _next_pool(
    offering: Offering, task: Task, *, now: datetime
) -> tuple[Judgement, Sequence[engine.Candidate], Because | None]:
    """Who can be asked after the first ones: whom the step of its policy means, else everybody, if it goes on."""
    if offering.routing is not None:
        definition = routing.of_version(offering.routing.version)
        step = definition.steps[offering.routing.step]
        asked = asked_by(offering.routing)
        choice = routing.choose(
            task, definition, step, policy_id=offering.routing.version.policy_id, now=now, but=asked
        )
        return choice.judgement, choice.candidates, Because(offering.routing.version_id, choice.evidence)
    judgement = judge(task.pk, workspace_id=offering.workspace_id, now=now)
    return judgement, judgement.ranking.candidates if offering.goes_on else (), None


def asked_by(routing: Routing) -> set[int]:
    """Ids of everybody whom a policy asked on this way of the task, in whatever step."""
    return set(Offer.objects.filter(offering__routing=routing).values_list("worker_id", flat=True))


def send_next(
    offering: Offering, judgement: Judgement, pool: Sequence[engine.Candidate], *, actor: Actor, now: datetime,
    because: Because | None = None,
) -> list[Offer]:  # fmt: skip
    """Offers to the first in the pool who were not asked yet, as many as there is room for."""
    asked = list(offering.offers.values_list("worker_id", "state"))
    room = offering.at_once - sum(state == Offer.State.OPEN for _, state in asked)
    before = {worker_id for worker_id, _ in asked}
    pool = [item for item in pool if worker_number(item.worker) not in before]
    until = answer_times([worker_number(item.worker) for item in pool], minutes=offering.answer_min, now=now)
    chosen = [item for item in pool if worker_number(item.worker) in until][: max(0, room)]
    if not chosen:
        return []
    ids = [worker_number(item.worker) for item in chosen]
    receipt = keep_receipt(offering.task_id, judgement, now=now, chosen=ids, because=because)
    drafts = [_draft(offering, judgement, item, now=now) for item in chosen]
    for offer in drafts:
        offer.receipt, offer.expires_at = receipt, until[offer.worker_id]
    sent = Offer.objects.bulk_create(drafts)
    _announce(sent, actor=actor, now=now)
    return sent


def _draft(offering: Offering, judgement: Judgement, item: engine.Candidate, *, now: datetime) -> Offer:
    problem, at = judgement.picture.problem, judgement.picture.at
    worker = problem.worker(item.worker)
    minutes = minutes_needed(problem.task(judgement.task_key), worker)
    rate_cents = judgement.picture.rows.workers[worker_number(item.worker)]["rate_cents"]
    return Offer(
        workspace_id=offering.workspace_id, offering=offering, task_id=offering.task_id,
        worker_id=worker_number(item.worker), rank=item.rank, fit=round(100 * item.score), minutes=minutes,
        pay_cents=round(rate_cents * minutes / 60), starts_at=at(item.start), ends_at=at(item.finish), sent_at=now,
    )  # fmt: skip


def _announce(sent: Sequence[Offer], *, actor: Actor, now: datetime) -> None:
    """The events of new offers; their timers and mails follow them."""
    ids = [offer.pk for offer in sent]
    for offer in Offer.objects.filter(pk__in=ids).select_related("task__project", "worker").order_by("rank"):
        record("task.offered", offer.task, actor=actor, now=now, expires_at=offer.expires_at, fit=offer.fit,
               **about(offer))  # fmt: skip


def withdraw_offers(offering: Offering, *, actor: Actor, now: datetime, reason: str = "") -> Offering:
    """Stop offering a task; everybody who was asked is told. Raises Conflict when that is over already."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        held = hold(offering)
        if held.state != Offering.State.OPEN:
            raise Conflict(tr("This task is not being offered any more."))
        stop(held, reason=reason.strip()[:MAX_REASON], actor=actor, now=now)
    offering.refresh_from_db()
    return offering


def settle_offers(task: Task, *, now: datetime) -> None:
    """Stop offering a task that somebody has, that is under way, over or in the trash."""
    if can_be_had(task):
        return
    for offering in Offering.objects.filter(task=task, state=Offering.State.OPEN):
        with transaction.atomic():
            held = hold(offering)
            if held.state == Offering.State.OPEN:
                stop(held, reason=NOT_TO_BE_HAD, actor=system(task.workspace_id), now=now)


def recall_offers(worker: Worker, *, now: datetime, reason: str) -> int:
    """Withdraw what is offered to somebody who takes no work any more; the next ones are asked. How many."""
    count = 0
    for offer in Offer.objects.filter(worker=worker, state=Offer.State.OPEN).select_related("offering"):
        with transaction.atomic():
            hold(offer.offering)
            gone = withdraw(Offer.objects.filter(pk=offer.pk), reason=reason, now=now)
            tell_withdrawn(gone, reason=reason, actor=system(worker.workspace_id), now=now)
            count += len(gone)
    return count
