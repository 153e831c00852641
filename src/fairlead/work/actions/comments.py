"""What people say about a task, inside the team or to the client."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.accounts.permissions import STAFF
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.work.mentions import mentioned, people_to_mention
from fairlead.work.models import Comment, Task
from fairlead.work.permissions import may_comment, may_edit_comment, may_remove_comment

MAX_BODY = 20_000


def add_comment(task: Task, body: str, *, internal: bool, actor: Actor, now: datetime) -> Comment:
    """Say something; `internal` ones are never shown to clients."""
    require(
        may_comment(actor, task, internal=internal),
        "Only the team comments internally, and clients only on tasks of projects shared with them.",
    )
    return _add(task, body, {"internal": internal}, actor=actor, now=now)


def ask_question(task: Task, body: str, *, actor: Actor, now: datetime) -> Comment:
    """Ask the clients of the project something; it waits in their portal until one of them writes on the task."""
    asks = actor.role in STAFF and may_comment(actor, task, internal=False)
    require(asks, "Only the team asks clients questions.")
    return _add(task, body, {"internal": False, "question": True}, actor=actor, now=now)


def _add(task: Task, body: str, kind: dict[str, bool], *, actor: Actor, now: datetime) -> Comment:
    if task.deleted_at is not None:
        raise Missing(f"{task} is in the trash. Restore it first.")
    text = _tidy(body)
    with transaction.atomic():
        comment = Comment.objects.create(
            workspace_id=task.workspace_id, task=task, author_id=actor.user_id, body=text, created_at=now, **kind
        )
        named = _mentions(comment, text, actor)
        record("comment.added", comment, actor=actor, now=now, task=str(task), **kind, **named)
    return comment


def edit_comment(comment: Comment, body: str, *, actor: Actor, now: datetime) -> Comment:
    """Change one's own words; the comment says from then on that it was edited."""
    require(may_edit_comment(actor, comment), "Only who wrote a comment can change it.")
    text = _tidy(body)
    if text == comment.body:
        return comment
    with transaction.atomic():
        won = Comment.objects.filter(pk=comment.pk, deleted_at__isnull=True)
        if not won.update(body=text, edited_at=now):
            raise Missing("The comment was removed.")
        named = _mentions(comment, text, actor, before=comment.body)
        record("comment.edited", comment, actor=actor, now=now, task=str(comment.task), **named)
    comment.body, comment.edited_at = text, now
    return comment


def remove_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Take a comment away: one's own, or as a manager anybody's."""
    require(may_remove_comment(actor, comment), "Only who wrote a comment and managers can remove it.")
    with transaction.atomic():
        if Comment.objects.filter(pk=comment.pk, deleted_at__isnull=True).update(deleted_at=now):
            record("comment.removed", comment, actor=actor, now=now, task=str(comment.task))


def _mentions(comment: Comment, text: str, actor: Actor, *, before: str = "") -> dict[str, list[int]]:
    """Whom the text names who was not named before, for the event; nothing when it is nobody."""
    if "@" not in text:
        return {}
    people = people_to_mention(actor, comment.task, internal=comment.internal)
    old = set(mentioned(before, people))
    new = [user_id for user_id in mentioned(text, people) if user_id not in old]
    return {"mentions": new} if new else {}


def _tidy(body: str) -> str:
    text = body.strip()
    if not text or len(text) > MAX_BODY:
        raise Invalid({"body": f"Write something, at most {MAX_BODY} characters."})
    return text
