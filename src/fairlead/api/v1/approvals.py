"""Approvals: who decides about one, how it stands, and deciding. Clients never see it; AI agents never decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from fairlead.accounts.models import User
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.work import actions
from fairlead.work.models import Task
from fairlead.work.permissions import may_see_inside
from fairlead.work.queries import find_task
from fairlead.work.queries.approvals import approval_of, members_who_decide
from fairlead.work.types.models import APPROVAL

routes = Routes(tags=["Task details"])
Words = Annotated[str, StringConstraints(max_length=1000)]
Most = Annotated[list[Id], Field(min_length=1, max_length=20, description="Ids of users.")]
NOT_CLIENTS = later("Approvals of the team are its own. What waits for you is among your requests.")


class ApproverOut(Shown):
    """Somebody who decides, and what they said last."""

    user_id: int
    name: str = Field(examples=["Bob Lind"])
    verdict: str = Field(description="`approved`, `rejected`, `changes`, or empty: not yet.", examples=["approved"])
    comment: str
    decided_at: datetime | None


class ApprovalOut(Shown):
    """How the decision stands."""

    task: str = Field(examples=["WEB-42"])
    state: str = Field(description="The state of the task.", examples=["review"])
    quorum: int = Field(description="How many must say yes.", examples=[2])
    approvals: int = Field(description="How many have.", examples=[1])
    mine: bool = Field(description="Whether the token's user decides now.")
    approvers: list[ApproverOut]


class NamedApprovers(Body):
    approvers: Most
    quorum: int = Field(1, strict=True, ge=1, le=20, description="How many of them must say yes.")


class Consent(Body):
    comment: Words = ""


class Reason(Body):
    comment: Words = Field(description="Why: whoever asked for it reads it.")


@routes.on("GET", "/tasks/{key}/approval", scope="work:read", gives=ApprovalOut)
def show_approval(request: Call, key: TaskKey) -> dict[str, Any]:
    """Show how an approval stands"""
    return _shown(request, _approval(request, key))


@routes.on("PUT", "/tasks/{key}/approval", scope="work:write", gives=ApprovalOut)
def name_approvers(request: Call, key: TaskKey, body: NamedApprovers) -> dict[str, Any]:
    """Name who decides

    Instead of those who were named; whoever stays keeps what they said. Who asked for it, AI agents, auditors and
    people of other workspaces are refused.
    """
    task, wanted = _approval(request, key), set(body.approvers)
    users = list(User.objects.filter(pk__in=members_who_decide(request.actor, wanted)))
    if len(users) < len(wanted):
        raise Invalid({"approvers": tr("Choose members of the workspace, by the ids of their users.")})
    actions.name_approvers(task, users, body.quorum, actor=request.actor, now=request.now)
    return _shown(request, task)


@routes.on("POST", "/tasks/{key}/approval/approve", scope="work:write", gives=ApprovalOut)
def give_approval(request: Call, key: TaskKey, body: Consent) -> dict[str, Any]:
    """Approve

    By somebody who was named. When enough have, the task is done.
    """
    task = _approval(request, key)
    actions.give_approval(task, body.comment, actor=request.actor, now=request.now)
    return _shown(request, task)


@routes.on("POST", "/tasks/{key}/approval/reject", scope="work:write", gives=ApprovalOut)
def refuse_approval(request: Call, key: TaskKey, body: Reason) -> dict[str, Any]:
    """Reject

    When the others would not be enough any more, the task is cancelled.
    """
    task = _approval(request, key)
    actions.refuse_approval(task, body.comment, actor=request.actor, now=request.now)
    return _shown(request, task)


@routes.on("POST", "/tasks/{key}/approval/changes", scope="work:write", gives=ApprovalOut)
def ask_for_changes_of_approval(request: Call, key: TaskKey, body: Reason) -> dict[str, Any]:
    """Ask for changes

    The task goes back to whoever does it, and everybody decides anew.
    """
    task = _approval(request, key)
    actions.send_back(task, body.comment, actor=request.actor, now=request.now)
    return _shown(request, task)


@routes.on("POST", "/tasks/{key}/approval/withdraw", scope="work:write", gives=ApprovalOut)
def withdraw_verdict(request: Call, key: TaskKey) -> dict[str, Any]:
    """Take one's own answer back

    As long as it is not decided.
    """
    task = _approval(request, key)
    actions.withdraw_verdict(task, actor=request.actor, now=request.now)
    return _shown(request, task)


def _approval(request: Call, key: str) -> Task:
    task = find_task(request.actor, key)
    require(may_see_inside(request.actor), NOT_CLIENTS)
    if task.type is None or task.type.base != APPROVAL:
        raise Missing(tr("%(task)s is no approval. Give it that type first.", task=task))
    return task


def _shown(request: Call, task: Task) -> dict[str, Any]:
    view = approval_of(request.actor, task)
    return {
        "task": str(task), "state": task.state, "quorum": view.quorum, "approvals": view.yes, "mine": view.mine,
        "approvers": view.approvers,
    }  # fmt: skip
