"""What can be done with a comment besides saying it: who reads it, what it said before, the signs under it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairlead.api.calls import Call
from fairlead.api.fields import PathId, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.api.v1.task_details import CommentOut
from fairlead.work import actions, queries
from fairlead.work.models import Comment

routes = Routes(tags=["Task details"])


class EarlierText(Shown):
    body: str
    internal: bool
    written_at: datetime
    replaced_at: datetime


class EarlierTexts(Shown):
    items: list[EarlierText]


@routes.on("POST", "/tasks/{key}/comments/{comment_id}/restore", scope="work:write", gives=CommentOut)
def restore_comment(request: Call, key: TaskKey, comment_id: PathId) -> Comment:
    """Restore a removed comment"""
    task = queries.find_task(request.actor, key)
    comment = queries.find_removed_comment(request.actor, task, comment_id)
    actions.restore_comment(comment, actor=request.actor, now=request.now)
    return comment


@routes.on("POST", "/tasks/{key}/comments/{comment_id}/show", scope="work:write", gives=CommentOut)
def show_comment(request: Call, key: TaskKey, comment_id: PathId) -> Comment:
    """Show a comment to clients

    With its files. AI agents cannot do this.
    """
    actions.show_comment(_comment(request, key, comment_id), actor=request.actor, now=request.now)
    return _comment(request, key, comment_id)


@routes.on("POST", "/tasks/{key}/comments/{comment_id}/hide", scope="work:write", gives=CommentOut)
def hide_comment(request: Call, key: TaskKey, comment_id: PathId) -> Comment:
    """Hide a comment from clients"""
    actions.hide_comment(_comment(request, key, comment_id), actor=request.actor, now=request.now)
    return _comment(request, key, comment_id)


@routes.on("GET", "/tasks/{key}/comments/{comment_id}/revisions", scope="work:read", gives=EarlierTexts)
def list_earlier_texts(request: Call, key: TaskKey, comment_id: PathId) -> dict[str, Any]:
    """List what a comment said before

    The latest first; to clients what they could have read then.
    """
    return {"items": queries.earlier_texts(request.actor, _comment(request, key, comment_id))}


@routes.on("PUT", "/tasks/{key}/comments/{comment_id}/reactions/{sign}", scope="work:write", gives=None, status=204)
def add_reaction(request: Call, key: TaskKey, comment_id: PathId, sign: str) -> None:
    """Put a sign under a comment

    One of `agree`, `love`, `party`, `look`, `done`, `unsure`.
    """
    actions.add_reaction(_comment(request, key, comment_id), sign, actor=request.actor, now=request.now)


@routes.on("DELETE", "/tasks/{key}/comments/{comment_id}/reactions/{sign}", scope="work:write", gives=None, status=204)
def remove_reaction(request: Call, key: TaskKey, comment_id: PathId, sign: str) -> None:
    """Take one's sign away from a comment"""
    actions.remove_reaction(_comment(request, key, comment_id), sign, actor=request.actor, now=request.now)


def _comment(request: Call, key: str, comment_id: int) -> Comment:
    return queries.find_comment(request.actor, queries.find_task(request.actor, key), comment_id)
