"""Deciding about approvals: named approvers say yes, no, or what should change; enough of them decide it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from fairlead.accounts.models import Membership, Role, User
from fairlead.events.actor import AGENT, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Forbidden, Invalid, Refused, require
from fairlead.lib.speech import tr
from fairlead.work.actions.moves import settle
from fairlead.work.actions.tasks import fresh
from fairlead.work.models import Task
from fairlead.work.permissions import may_edit_task, may_write
from fairlead.work.states import OVER, State
from fairlead.work.types.models import APPROVAL, Approval, Approver

MOST: Final = 20
MAX_COMMENT: Final = 1000
Verdict = Approver.Verdict


def name_approvers(task: Task, users: Collection[User], quorum: int, *, actor: Actor, now: datetime) -> None:
    """Say who decides, and how many of them must say yes. Who asked for it, and AI agents, cannot be among them."""
    require(may_edit_task(actor, task), tr("Only managers and whoever holds or created it can name its approvers."))
    with transaction.atomic():
        fresh(task)
        _check_open(task)
        wanted = {user.pk: user for user in users}
        _check_named(task, wanted, quorum)
        named = dict(Approver.objects.filter(task=task).values_list("user_id", "user__name"))
        if set(named) == set(wanted) and Approval.objects.filter(task=task, quorum=quorum).exists():
            return  # it says so already
        before = sorted(named.values())
        Approver.objects.filter(task=task).exclude(user_id__in=wanted).delete()
        for pk in wanted:
            Approver.objects.get_or_create(task=task, user_id=pk, defaults={"workspace_id": task.workspace_id})
        Approval.objects.update_or_create(task=task, defaults={"quorum": quorum, "workspace_id": task.workspace_id})
        names = sorted(user.name for user in wanted.values())
        told = {"approvers": [before, names]}
        record("task.approvers_named", task, actor=actor, now=now, changes=told, quorum=quorum)
        _settle_if_enough(task, actor=actor, now=now)


def _check_open(task: Task) -> None:
    if task.type is None or task.type.base != APPROVAL:
        raise Refused(tr("%(task)s is no approval. Give it that type first.", task=task))
    if State(task.state) in OVER:
        raise Refused(tr("%(task)s was decided already. A manager can reopen it.", task=task))


def _check_named(task: Task, wanted: dict[int, User], quorum: int) -> None:
    members = Membership.objects.filter(
        workspace_id=task.workspace_id, user_id__in=wanted, removed_at__isnull=True
    ).exclude(role=Role.AUDITOR)
    if not wanted or len(wanted) > MOST or members.count() < len(wanted):
        raise Invalid({"approvers": tr("Choose between 1 and %(most)s members of the workspace.", most=MOST)})
    if any(user.kind == User.Kind.AGENT for user in wanted.values()):
        raise Invalid({"approvers": tr("An AI agent does not approve. Choose people.")})
    if task.created_by_id in wanted:
        raise Invalid({"approvers": tr("Who asked for an approval does not approve it. Choose somebody else.")})
    if not 1 <= quorum <= len(wanted):
        raise Invalid({"quorum": tr("Between 1 and %(n)s of them must say yes.", n=len(wanted))})


def give_approval(task: Task, comment: str = "", *, actor: Actor, now: datetime) -> Task:
    """Say yes. When enough have, it is done."""
    with transaction.atomic():
        _decide(task, Verdict.YES, comment, actor=actor, now=now)
        yes = Approver.objects.filter(task=task, verdict=Verdict.YES).count()
        told = {"comment": comment.strip(), "approvals": yes, "quorum": _quorum(task)}
        record("task.approval_given", task, actor=actor, now=now, **told)
        _settle_if_enough(task, actor=actor, now=now)
    return task


def refuse_approval(task: Task, comment: str, *, actor: Actor, now: datetime) -> Task:
    """Say no, and why. When so many have that the rest would not be enough, it is cancelled."""
    _need_words(comment)
    with transaction.atomic():
        _decide(task, Verdict.NO, comment, actor=actor, now=now)
        record("task.approval_refused", task, actor=actor, now=now, comment=comment.strip())
        left = Approver.objects.filter(task=task).exclude(verdict=Verdict.NO).count()
        if left < _quorum(task):
            settle(task, State.CANCELLED, actor=actor, now=now)
    return task


def send_back(task: Task, comment: str, *, actor: Actor, now: datetime) -> Task:
    """Say what should change first. It goes back to whoever does it, and everybody decides anew."""
    _need_words(comment)
    with transaction.atomic():
        _decide(task, Verdict.CHANGES, comment, actor=actor, now=now)
        others = Approver.objects.filter(task=task).exclude(user_id=actor.user_id or 0)
        others.update(verdict=Verdict.NONE, comment="", decided_at=None)
        record("task.approval_sent_back", task, actor=actor, now=now, comment=comment.strip())
        if task.state == State.REVIEW:
            settle(task, State.RUNNING, State.READY, actor=actor, now=now)
    return task


def withdraw_verdict(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Take one's own answer back, as long as it is not decided. Who has said nothing is told so."""
    with transaction.atomic():
        mine = _mine(task, actor)
        fresh(task)
        _check_open(task)
        before = mine.exclude(verdict=Verdict.NONE).values_list("verdict", flat=True).first()
        if before is None:
            raise Refused(tr("You have not answered yet, or everybody was asked anew. There is nothing to take back."))
        mine.update(verdict=Verdict.NONE, comment="", decided_at=None)
        record("task.approval_withdrawn", task, actor=actor, now=now, verdict=before)
    return task


def _need_words(comment: str) -> None:
    if not comment.strip():
        raise Invalid({"comment": tr("Say why, so that whoever asked knows what to do.")})


def _mine(task: Task, actor: Actor) -> QuerySet[Approver]:
    """The actor's own row among the approvers. Raises Forbidden for whoever does not decide about it."""
    if actor.kind == AGENT:
        raise Forbidden(tr("An AI agent does not approve. A person decides."))
    if task.workspace_id == actor.workspace_id and actor.user_id is not None and task.created_by_id == actor.user_id:
        raise Forbidden(tr("You asked for it; somebody else approves it."))
    mine = Approver.objects.filter(task=task, user_id=actor.user_id or 0, workspace_id=actor.workspace_id)
    require(may_write(actor) and mine.exists(), tr("Only its approvers decide about it."))
    return mine


def _decide(task: Task, verdict: str, comment: str, *, actor: Actor, now: datetime) -> None:
    mine = _mine(task, actor)
    if len(comment) > MAX_COMMENT:
        raise Invalid({"comment": tr("At most %(most)s characters.", most=MAX_COMMENT)})
    fresh(task)
    _check_open(task)
    mine.update(verdict=verdict, comment=comment.strip(), decided_at=now)


def _quorum(task: Task) -> int:
    return Approval.objects.filter(task=task).values_list("quorum", flat=True).first() or 1


def _settle_if_enough(task: Task, *, actor: Actor, now: datetime) -> None:
    if Approver.objects.filter(task=task, verdict=Verdict.YES).count() >= _quorum(task):
        settle(task, State.DONE, actor=actor, now=now)
