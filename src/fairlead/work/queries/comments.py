"""Reading the comments of a task: what they say, what they said before, and the signs under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.work.models import Comment, CommentRevision, Reaction, Task
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import visible_comments


def comment_rows(actor: Actor, task: Task) -> list[dict[str, Any]]:
    """The comments that the actor sees, the oldest first: id, body, internal, created_at, edited_at, author_id, name,
    author_kind, earlier (how many earlier texts the actor may read), reactions (see `reactions`). Two queries."""
    found = visible_comments(actor, task).annotate(
        name=F("author__name"), author_kind=F("author__kind"), earlier=Count("revisions", filter=_readable(actor)),
    ).order_by("created_at", "id")  # fmt: skip
    rows = plain(found.values(
        "id", "body", "internal", "question", "created_at", "edited_at", "author_id", "name", "author_kind", "earlier",
    ))  # fmt: skip
    signs = reactions(actor, [row["id"] for row in rows])
    for row in rows:
        row["reactions"] = signs.get(row["id"], [])
    return rows


def _readable(actor: Actor) -> Q:
    """Clients do not read what a comment said while it was internal."""
    return Q(revisions__internal=False) if actor.role == Role.CLIENT else Q()


def reactions(actor: Actor, comment_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """{comment id: signs in their order: sign, face, count, names, mine (whether the actor is among them)}."""
    ids = list(comment_ids)
    found: dict[int, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    rows = Reaction.objects.filter(workspace_id=actor.workspace_id, comment_id__in=ids).order_by("created_at", "id")
    for comment_id, sign, user_id, name in rows.values_list("comment_id", "sign", "user_id", "user__name"):
        found[comment_id][sign].append((user_id, name))
    return {comment_id: [_sign(actor, sign, given[sign]) for sign in Reaction.Sign if sign in given]
            for comment_id, given in found.items()}  # fmt: skip


def _sign(actor: Actor, sign: Reaction.Sign, people: list[tuple[int, str]]) -> dict[str, Any]:
    return {
        "sign": sign.value,
        "face": sign.label,
        "count": len(people),
        "names": [name for _, name in people],
        "mine": any(user_id == actor.user_id for user_id, _ in people),
    }


def earlier_texts(actor: Actor, comment: Comment) -> list[dict[str, Any]]:
    """What a comment said before, the latest first: body, internal, written_at, replaced_at; of a client what they
    could have read then."""
    found = CommentRevision.objects.filter(workspace_id=actor.workspace_id, comment=comment)
    if actor.role == Role.CLIENT:
        found = found.filter(internal=False)
    return plain(found.order_by("-replaced_at", "-id").values("body", "internal", "written_at", "replaced_at"))
