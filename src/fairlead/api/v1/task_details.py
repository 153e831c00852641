"""What hangs on a task: acceptance criteria, dependencies and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from fairlead.accounts.brand import brand_in
from fairlead.accounts.models import Membership, Role
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, PathId, Shown, TaskKey
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import Condition, CriterionOut
from fairlead.work import actions, queries
from fairlead.work.models import Comment, Criterion

routes = Routes(tags=["Task details"])
OLDEST = Order("comments", ("id",))
AUTHOR = ("author__id", "author__name", "author__kind")
Words = Annotated[str, StringConstraints(max_length=20_000)]


class NewCriterion(Body):
    text: Condition


class Author(Shown):
    id: int
    name: str
    kind: str = Field(description="`person` or `agent`.", examples=["person"])


class CommentOut(Shown):
    id: int
    author: Author | None
    body: str = Field(description="Markdown.")
    internal: bool = Field(description="Internal comments are never shown to clients.")
    created_at: datetime
    edited_at: datetime | None


class CommentPage(Shown):
    items: list[CommentOut]
    next_cursor: str | None


class NewComment(Body):
    body: Words
    internal: bool = Field(True, strict=True)


class CommentChange(Body):
    body: Words


@routes.on("POST", "/tasks/{key}/criteria", scope="work:write", gives=CriterionOut, status=201)
def add_criterion(request: Call, key: TaskKey, body: NewCriterion) -> Criterion:
    """Add a criterion"""
    task = queries.find_task(request.actor, key)
    return actions.add_criterion(task, body.text, actor=request.actor, now=request.now)


@routes.on("POST", "/tasks/{key}/criteria/{criterion_id}/check", scope="work:write", gives=CriterionOut)
def check_criterion(request: Call, key: TaskKey, criterion_id: PathId) -> Criterion:
    """Say that a criterion is met"""
    return actions.check_criterion(_criterion(request, key, criterion_id), actor=request.actor, now=request.now)


@routes.on("POST", "/tasks/{key}/criteria/{criterion_id}/uncheck", scope="work:write", gives=CriterionOut)
def uncheck_criterion(request: Call, key: TaskKey, criterion_id: PathId) -> Criterion:
    """Say that a criterion is not met after all"""
    return actions.uncheck_criterion(_criterion(request, key, criterion_id), actor=request.actor, now=request.now)


@routes.on("DELETE", "/tasks/{key}/criteria/{criterion_id}", scope="work:write", gives=None, status=204)
def remove_criterion(request: Call, key: TaskKey, criterion_id: PathId) -> None:
    """Remove a criterion"""
    actions.remove_criterion(_criterion(request, key, criterion_id), actor=request.actor, now=request.now)


def _criterion(request: Call, key: str, criterion_id: int) -> Criterion:
    return queries.find_criterion(request.actor, queries.find_task(request.actor, key), criterion_id)


class LinkQuery(BaseModel):
    kind: Literal["fs", "ss", "ff", "sf"] = Field(
        "fs", description="`fs`: starts after the other ends; `ss`: starts after it starts; `ff`: ends after it ends; "
        "`sf`: ends after it starts."
    )  # fmt: skip
    lag_min: int = Field(0, ge=-525_600, le=525_600, description="Minutes later; for `fs` also earlier (negative).")


@routes.on("PUT", "/tasks/{key}/waits-for/{after}", scope="work:write", gives=None, status=204)
def add_dependency(request: Call, key: TaskKey, after: TaskKey, wanted: Query[LinkQuery]) -> None:
    """Make a task follow another

    Without `kind` it waits until the other is done. A link that is there gets this kind and lag. Circles are refused.
    """
    task, other = queries.find_task(request.actor, key), queries.find_task(request.actor, after)
    kind, lag = wanted.kind, wanted.lag_min
    actions.add_dependency(task, other, kind=kind, lag_min=lag, actor=request.actor, now=request.now)


@routes.on("DELETE", "/tasks/{key}/waits-for/{after}", scope="work:write", gives=None, status=204)
def remove_dependency(request: Call, key: TaskKey, after: TaskKey) -> None:
    """Let a task no longer wait for another"""
    task, other = queries.find_task(request.actor, key), queries.find_task(request.actor, after)
    actions.remove_dependency(task, other, actor=request.actor, now=request.now)


@routes.on("GET", "/tasks/{key}/comments", scope="work:read", gives=CommentPage)
def list_comments(request: Call, key: TaskKey, wanted: Query[Paging]) -> dict[str, Any]:
    """List comments

    The oldest first.
    """
    found = queries.visible_comments(request.actor, queries.find_task(request.actor, key))
    rows = found.values("id", "body", "internal", "created_at", "edited_at", *AUTHOR)
    items = [_row(row) for row in paging.cut(request, rows, OLDEST, wanted)]
    return paging.page(request, _for_client(request, items) if request.actor.role == Role.CLIENT else items)


def _for_client(request: Call, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """People of the team are called as the workspace wishes; clients have their names."""
    brand = brand_in(request.actor.workspace_id)
    here = Membership.objects.filter(workspace_id=request.actor.workspace_id, role=Role.CLIENT)
    clients = set(here.values_list("user_id", flat=True))
    for row in items:
        author = row["author"]
        if author and author["id"] not in clients:
            row["author"] = {"id": 0, "name": brand.person(author["name"]), "kind": author["kind"]}
    return items


@routes.on("POST", "/tasks/{key}/comments", scope="work:write", gives=CommentOut, status=201)
def add_comment(request: Call, key: TaskKey, body: NewComment) -> Comment:
    """Comment on a task"""
    task = queries.find_task(request.actor, key)
    return actions.add_comment(task, body.body, internal=body.internal, actor=request.actor, now=request.now)


@routes.on("PATCH", "/tasks/{key}/comments/{comment_id}", scope="work:write", gives=CommentOut)
def edit_comment(request: Call, key: TaskKey, comment_id: PathId, body: CommentChange) -> Comment:
    """Edit one's own comment"""
    comment = _comment(request, key, comment_id)
    return actions.edit_comment(comment, body.body, actor=request.actor, now=request.now)


@routes.on("DELETE", "/tasks/{key}/comments/{comment_id}", scope="work:write", gives=None, status=204)
def remove_comment(request: Call, key: TaskKey, comment_id: PathId) -> None:
    """Remove a comment"""
    actions.remove_comment(_comment(request, key, comment_id), actor=request.actor, now=request.now)


def _comment(request: Call, key: str, comment_id: int) -> Comment:
    return queries.find_comment(request.actor, queries.find_task(request.actor, key), comment_id)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    names = {name.removeprefix("author__"): row.pop(name) for name in AUTHOR}
    return {**row, "author": names if names["id"] else None}
