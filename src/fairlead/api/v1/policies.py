"""Policies, where tasks stand in them, decisions about what they propose, and queues."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import Field

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Policy
from fairlead.allocation.routing import from_dict
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Line, PathId, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import WorkerName
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.people.queries import find_worker, worker_of
from fairlead.work.queries import find_task

routes = Routes(tags=["Policies"])
SAYS: dict[str, Any] = {
    "takes": "task.priority >= priority.high",
    "autonomy": "approve",
    "steps": [{"name": "Who did it before", "who": "worker.done_in_project > 0", "how": "offer", "lasts_min": 60}],
}
Says = Field(description="What it says; the fields are those of the text form, see the guide to policies.",
             examples=[SAYS])  # fmt: skip


class PolicyOut(Shown):
    """A policy. The catch-all comes last and takes what no other takes."""

    id: int
    name: str = Field(examples=["Urgent work"])
    position: int
    is_catch_all: bool
    is_active: bool
    version: int
    definition: dict[str, Any] = Says
    taken: int = Field(description="Tasks of the last 30 days.")
    waiting: int = Field(description="Tasks in its hands now.")
    fault: str = Field(description="Why its conditions cannot be worked out; else empty.", examples=[""])


class VersionOut(Shown):
    number: int
    by: str
    at: datetime
    text: str
    is_current: bool


class PolicyDetails(PolicyOut):
    versions: list[VersionOut]


class NewPolicy(Body):
    name: str = Field(max_length=80, examples=["Urgent work"])
    definition: dict[str, Any] = Says


class PolicyChange(Body):
    name: str | None = Field(None, max_length=80, examples=["Urgent work"])
    definition: dict[str, Any] | None = Field(None, examples=[SAYS])
    version: int | None = Field(None, strict=True, ge=1, description="The version that you saw; 409 for a newer one.")
    is_active: bool | None = Field(None, strict=True, description="Whether it is in use.")
    before: Id | None = Field(None, description="The policy before which it is to be asked.")


class Definitions(Body):
    definition: dict[str, Any] = Says


class TriedOut(Shown):
    key: str
    title: str
    before: str = Field(description="The policy that takes it now.")
    after: str = Field(description="The policy that would take it.")
    takes: bool
    step: str
    chosen: WorkerName | None
    holder: WorkerName | None
    is_same: bool
    why_nobody: str


class TrialOut(Shown):
    """What a policy would have done with the newest tasks."""

    counts: dict[str, int] = Field(
        examples=[{"tried": 50, "taken": 9, "found": 8, "same": 5, "nobody": 1, "changed": 9}]
    )
    rows: list[TriedOut]


class RoutingOut(Shown):
    """Where a task stands on its way through a policy."""

    key: str
    title: str
    state: str = Field(
        examples=["proposed"],
        description="`suggest`, `proposed`, `asking`, `queued`, `waiting`, `unroutable`, `manager`, `done`, `stopped`.",
    )
    policy_id: int
    policy: str
    version: int
    step: int
    steps: int
    step_name: str
    step_ends_at: datetime | None
    reason: str
    worker: WorkerName | None = Field(description="Who is proposed, or has it.")
    free_at: datetime | None = Field(description="When it is tried again.")
    since: datetime


class DeskOut(Shown):
    proposed: list[RoutingOut]
    unroutable: list[RoutingOut]
    manager: list[RoutingOut]
    decided: list[RoutingOut] = Field(description="What policies did by themselves and can be undone.")
    under_way: list[RoutingOut]


class Decision(Body):
    reason: Line = ""
    worker: Id | None = Field(None, description="Somebody else than the proposed one; needs a reason.")


class QueueRowOut(Shown):
    key: str
    title: str
    project: str
    priority: int
    due_at: datetime | None
    effort_min: int | None
    policy: str
    can_pick: bool = Field(description="This very one; else only the next.")
    is_next: bool


class ClaimedOut(Shown):
    key: str
    title: str


class QueueOut(Shown):
    rows: list[QueueRowOut]
    full: list[str] = Field(description="Policies of whose queue one holds as much as is allowed.", examples=[[]])


def _shown(request: Call, policy: Policy) -> dict[str, Any]:
    sheet = queries.policy_sheet(request.actor, policy, now=request.now)
    return {**_card(sheet.card), "versions": list(sheet.versions)}


def _card(card: queries.PolicyCard) -> dict[str, Any]:
    return {**asdict(card), "definition": card.definition.to_dict()}


@routes.on("GET", "/policies", scope="allocation:read", gives=list[PolicyOut])
def list_policies(request: Call) -> list[dict[str, Any]]:
    """List policies

    In the order in which they are asked; the first that takes a task routes it.
    """
    return [_card(card) for card in queries.policies(request.actor, now=request.now)]


@routes.on("POST", "/policies", scope="allocation:write", gives=PolicyDetails, status=201)
def create_policy(request: Call, body: NewPolicy) -> dict[str, Any]:
    """Write a policy

    It rests until it is put to use, so that it can be tried first.
    """
    made = actions.create_policy(body.name, from_dict(body.definition), actor=request.actor, now=request.now)
    return _shown(request, made)


@routes.on("POST", "/policies/try", scope="allocation:read", gives=TrialOut)
def try_policy(request: Call, body: Definitions) -> Any:
    """Try a policy

    What it would have done with the newest 50 tasks. Changes nothing.
    """
    return queries.try_out(request.actor, from_dict(body.definition), policy=None, now=request.now)


@routes.on("GET", "/policies/{policy_id}", scope="allocation:read", gives=PolicyDetails)
def show_policy(request: Call, policy_id: PathId) -> dict[str, Any]:
    """Show a policy

    With all its versions.
    """
    return _shown(request, queries.find_policy(request.actor, policy_id))


@routes.on("PATCH", "/policies/{policy_id}", scope="allocation:write", gives=PolicyDetails)
def change_policy(request: Call, policy_id: PathId, body: PolicyChange) -> dict[str, Any]:
    """Change a policy

    A new definition is a new version; what is under way goes on as it began.
    """
    by: dict[str, Any] = {"actor": request.actor, "now": request.now}
    policy = queries.find_policy(request.actor, policy_id)
    if body.definition is not None or body.name is not None:
        latest = policy.latest.definition if body.definition is None else body.definition
        actions.change_policy(policy, from_dict(latest), name=body.name, version=body.version, **by)
    if body.before is not None:
        actions.move_policy(policy, before=queries.find_policy(request.actor, body.before), **by)
    if body.is_active is not None:
        verb = actions.resume_policy if body.is_active else actions.pause_policy
        verb(policy, **by)
    return _shown(request, queries.find_policy(request.actor, policy_id))


@routes.on("DELETE", "/policies/{policy_id}", scope="allocation:write", gives=None, status=204)
def remove_policy(request: Call, policy_id: PathId) -> None:
    """Remove a policy

    Its receipts stay readable, and tasks in its hands finish their way.
    """
    policy = queries.find_policy(request.actor, policy_id)
    actions.remove_policy(policy, actor=request.actor, now=request.now)


@routes.on("POST", "/policies/{policy_id}/versions/{number}/restore", scope="allocation:write", gives=PolicyDetails)
def restore_policy(request: Call, policy_id: PathId, number: PathId) -> dict[str, Any]:
    """Go back to a version

    The policy says again what it said then.
    """
    policy = queries.find_policy(request.actor, policy_id)
    actions.restore_version(policy, number, actor=request.actor, now=request.now)
    return _shown(request, queries.find_policy(request.actor, policy_id))


@routes.on("GET", "/desk", scope="allocation:read", gives=DeskOut)
def show_desk(request: Call) -> Any:
    """Show the desk

    What policies leave to people: proposals, work that nobody can do now, work that is a manager's.
    """
    return queries.desk(request.actor, now=request.now)


@routes.on("GET", "/tasks/{key}/routing", scope="allocation:read", gives=RoutingOut)
def show_routing(request: Call, key: TaskKey) -> Any:
    """Show where a task stands

    In which policy's hands it is, at which step, and why it waits.
    """
    return _routing(request, key)


def _routing(request: Call, key: str) -> Any:
    task = find_task(request.actor, key)
    found = queries.routing_of(task, actor=request.actor, now=request.now)
    if found is None:
        raise Missing(tr("%(task)s is in no policy's hands.", task=task))
    return found


@routes.on("POST", "/tasks/{key}/routing/approve", scope="allocation:write", gives=RoutingOut)
def approve_routing(request: Call, key: TaskKey, body: Decision) -> Any:
    """Approve a proposal

    Or give the task to another `worker`, with a reason, which is kept.
    """
    found = queries.find_routing(request.actor, find_task(request.actor, key))
    if body.worker is None:
        actions.approve(found, actor=request.actor, now=request.now)
    else:
        worker = find_worker(request.actor, body.worker)
        actions.approve_other(found, worker, reason=body.reason, actor=request.actor, now=request.now)
    return _routing(request, key)


@routes.on("POST", "/tasks/{key}/routing/reject", scope="allocation:write", gives=RoutingOut)
def reject_routing(request: Call, key: TaskKey, body: Decision) -> Any:
    """Reject a proposal

    The task stays with the managers.
    """
    found = queries.find_routing(request.actor, find_task(request.actor, key))
    actions.reject(found, reason=body.reason, actor=request.actor, now=request.now)
    return _routing(request, key)


@routes.on("POST", "/tasks/{key}/routing/undo", scope="allocation:write", gives=RoutingOut)
def undo_routing(request: Call, key: TaskKey) -> Any:
    """Undo a policy's decision

    Until work on it began.
    """
    found = queries.find_routing(request.actor, find_task(request.actor, key))
    actions.undo_decision(found, actor=request.actor, now=request.now)
    return _routing(request, key)


@routes.on("POST", "/tasks/{key}/routing/again", scope="allocation:write", gives=RoutingOut)
def route_again(request: Call, key: TaskKey) -> Any:
    """Route a task again

    Whatever people did with it before, the policies are asked once more.
    """
    actions.route_again(find_task(request.actor, key), actor=request.actor, now=request.now)
    return _routing(request, key)


@routes.on("GET", "/queue", scope="allocation:read", gives=QueueOut)
def show_queue(request: Call) -> Any:
    """Show one's queue

    Work that policies let one claim, in the order in which it should be done.
    """
    return queries.queue_of(request.actor, now=request.now)


@routes.on("POST", "/queue/next", scope="allocation:write", gives=ClaimedOut)
def claim_next(request: Call) -> dict[str, Any]:
    """Claim the next task

    The first of one's queue; 404 when there is none.
    """
    made = actions.claim_next(_me(request), actor=request.actor, now=request.now)
    return {"key": str(made.task), "title": made.task.title}


@routes.on("POST", "/tasks/{key}/claim", scope="allocation:write", gives=None, status=204)
def claim_task(request: Call, key: TaskKey) -> None:
    """Claim a task

    Out of a queue, for oneself. Exactly one of several at the same moment gets it; the others get 409.
    """
    actions.claim_task(find_task(request.actor, key), _me(request), actor=request.actor, now=request.now)


def _me(request: Call) -> Any:
    me = worker_of(request.actor)
    if me is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    return me
