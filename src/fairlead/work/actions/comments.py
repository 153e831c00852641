"""What people say about a task, inside the team or to the client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairlead.accounts.permissions import STAFF
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.work.actions.attachments import add_attachment
from fairlead.work.files import Upload
from fairlead.work.mentions import mentioned, people_to_mention
from fairlead.work.models import Attachment, Comment, CommentRevision, Reaction, Task
from fairlead.work.permissions import may_comment, may_edit_comment, may_remove_comment
from fairlead.work.permissions_files import may_show_comment

MAX_BODY = 20_000


def add_comment(
    task: Task, body: str, *, internal: bool, actor: Actor, now: datetime, files: Sequence[Upload] = ()
) -> Comment:
    """Say something, or send files, which are seen by whom the comment is seen; `internal` ones never by clients."""
    require(
        may_comment(actor, task, internal=internal),
        tr("Only the team comments internally, and clients only on tasks of projects shared with them."),
    )
    return _add(task, body, {"internal": internal}, files, actor=actor, now=now)


def ask_question(task: Task, body: str, *, actor: Actor, now: datetime, files: Sequence[Upload] = ()) -> Comment:
    """Ask the clients of the project something; it waits in their portal until one of them writes on the task."""
    asks = actor.role in STAFF and may_comment(actor, task, internal=False)
    require(asks, tr("Only the team asks clients questions."))
    return _add(task, body, {"internal": False, "question": True}, files, actor=actor, now=now)


def _add(
    task: Task, body: str, kind: dict[str, bool], files: Sequence[Upload], *, actor: Actor, now: datetime
) -> Comment:
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    text = body.strip() if files and not body.strip() else _tidy(body)
    with transaction.atomic():
        comment = Comment.objects.create(
            workspace_id=task.workspace_id, task=task, author_id=actor.user_id, body=text, created_at=now, **kind
        )
        named = _mentions(comment, text, actor)
        record("comment.added", comment, actor=actor, now=now, task=str(task), **kind, **named)
        for upload in files:
            add_attachment(task, upload, for_client=not kind["internal"], actor=actor, now=now, comment=comment)
    return comment


def edit_comment(comment: Comment, body: str, *, actor: Actor, now: datetime) -> Comment:
    """Change one's own words; the comment says from then on that it was edited, and keeps what it said before.

    Raises Conflict when it was changed in the meantime.
    """
    require(may_edit_comment(actor, comment), tr("Only who wrote a comment can change it."))
    text = _tidy(body)
    if text == comment.body:
        return comment
    with transaction.atomic():
        there = Comment.objects.filter(pk=comment.pk, deleted_at__isnull=True)
        if not there.filter(body=comment.body, internal=comment.internal).update(body=text, edited_at=now):
            if there.exists():
                raise Conflict(tr("The comment was changed in the meantime. Read it again, then decide."))
            raise Missing(tr("The comment was removed."))
        CommentRevision.objects.create(
            workspace_id=comment.workspace_id, comment=comment, body=comment.body, internal=comment.internal,
            written_at=comment.edited_at or comment.created_at, replaced_at=now,
        )  # fmt: skip
        named = _mentions(comment, text, actor, before=comment.body)
        record("comment.edited", comment, actor=actor, now=now, task=str(comment.task), **named)
    comment.body, comment.edited_at = text, now
    return comment


def remove_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Take a comment away: one's own, or as a manager anybody's."""
    require(may_remove_comment(actor, comment), tr("Only who wrote a comment and managers can remove it."))
    with transaction.atomic():
        if Comment.objects.filter(pk=comment.pk, deleted_at__isnull=True).update(deleted_at=now):
            record("comment.removed", comment, actor=actor, now=now, task=str(comment.task))


def restore_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Bring a removed comment back, with its files."""
    require(may_remove_comment(actor, comment), tr("Only who wrote a comment and managers can restore it."))
    with transaction.atomic():
        if Comment.objects.filter(pk=comment.pk, deleted_at__isnull=False).update(deleted_at=None):
            record("comment.restored", comment, actor=actor, now=now, task=str(comment.task))


def show_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Let clients read a comment and see its files; of what it said before they read nothing."""
    require(may_show_comment(actor, comment), _SHOWING)
    with transaction.atomic():
        if Comment.objects.filter(pk=comment.pk, internal=True, deleted_at__isnull=True).update(internal=False):
            Attachment.objects.filter(comment=comment).update(for_client=True)
            record("comment.shown", comment, actor=actor, now=now, task=str(comment.task))


def hide_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Let only the team read a comment from now on."""
    require(may_show_comment(actor, comment), _SHOWING)
    with transaction.atomic():
        if Comment.objects.filter(pk=comment.pk, internal=False, deleted_at__isnull=True).update(internal=True):
            Attachment.objects.filter(comment=comment).update(for_client=False)
            record("comment.hidden", comment, actor=actor, now=now, task=str(comment.task))


_SHOWING = later("Only who wrote a comment and managers decide whether clients read it.")


def add_reaction(comment: Comment, sign: str, *, actor: Actor, now: datetime) -> None:
    """Put one's sign under a comment."""
    user_id = _reader(comment, sign, actor)
    with transaction.atomic():
        _, new = Reaction.objects.get_or_create(
            workspace_id=comment.workspace_id, comment=comment, user_id=user_id, sign=sign,
            defaults={"created_at": now},
        )  # fmt: skip
        if new:
            record(
                "comment.reacted", comment, actor=actor, now=now, task=str(comment.task), sign=Reaction.Sign(sign).label
            )


def remove_reaction(comment: Comment, sign: str, *, actor: Actor, now: datetime) -> None:
    """Take one's sign away."""
    user_id = _reader(comment, sign, actor)
    with transaction.atomic():
        gone, _ = Reaction.objects.filter(comment=comment, user_id=user_id, sign=sign).delete()
        if gone:
            record(
                "comment.unreacted",
                comment,
                actor=actor,
                now=now,
                task=str(comment.task),
                sign=Reaction.Sign(sign).label,
            )


def _reader(comment: Comment, sign: str, actor: Actor) -> int:
    """The id of who may put signs under the comment."""
    if actor.user_id is None or not may_comment(actor, comment.task, internal=comment.internal):
        raise Forbidden(tr("Only who may comment here can put a sign under it."))
    if sign not in Reaction.Sign.values:
        raise Invalid({"sign": tr("Choose one of %(names)s.", names=", ".join(Reaction.Sign.values))})
    return actor.user_id


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
        raise Invalid({"body": tr("Write something, at most %(most)s characters.", most=MAX_BODY)})
    return text
