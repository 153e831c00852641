"""Who may do what with files, pins on them, and the visibility of comments."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import STAFF
from fairlead.events.actor import AGENT, Actor
from fairlead.work.membership import ProjectRole
from fairlead.work.models import Attachment, Comment, ProofPin, Task
from fairlead.work.permissions import may_comment, may_edit_task, may_write, parts, shared_with
from fairlead.work.reach import is_at_least
from fairlead.work.states import MANAGER


def may_attach(actor: Actor, task: Task, *, for_client: bool) -> bool:
    """The team, where AI agents show nothing to clients; a client in a project shared with them, never hidden from
    clients."""
    if task.workspace_id != actor.workspace_id or not may_write(actor):
        return False
    if actor.role == Role.CLIENT:
        return for_client and shared_with(actor, task.project_id)
    inside = is_at_least(actor, task.project_id, ProjectRole.COMMENTER)
    return inside and not (for_client and actor.kind == AGENT)


def may_add_version(actor: Actor, attachment: Attachment) -> bool:
    """The team every file, but AI agents none that clients see; a client the files that they added."""
    allowed = may_attach(actor, attachment.task, for_client=attachment.for_client)
    return allowed and (actor.role != Role.CLIENT or attachment.created_by_id == actor.user_id)


def may_remove_attachment(actor: Actor, attachment: Attachment) -> bool:
    """Whoever added it, and managers."""
    mine = attachment.created_by_id is not None and attachment.created_by_id == actor.user_id
    if mine and actor.role == Role.CLIENT:
        return may_attach(actor, attachment.task, for_client=attachment.for_client)
    return (mine and actor.role in STAFF and may_write(actor)) or MANAGER in parts(actor, attachment.task)


def may_show_attachment(actor: Actor, attachment: Attachment) -> bool:
    """Show it to clients or hide it again: people who may change the task, and whoever added it; never AI agents."""
    if actor.role not in STAFF or actor.kind == AGENT or not may_write(actor):
        return False
    return may_edit_task(actor, attachment.task) or attachment.created_by_id == actor.user_id


def may_pin(actor: Actor, attachment: Attachment, *, internal: bool) -> bool:
    """As for comments, and only what clients can see is open to them."""
    if actor.kind == AGENT and not internal:
        return False
    return may_comment(actor, attachment.task, internal=internal) and (internal or attachment.for_client)


def may_resolve_pin(actor: Actor, pin: ProofPin) -> bool:
    """The team, and whoever set it; never AI agents, which do not judge whether work is good."""
    attachment = pin.version.attachment
    if actor.kind == AGENT or not may_comment(
        actor, attachment.task, internal=actor.role != Role.CLIENT and pin.internal
    ):
        return False
    return actor.role in STAFF or (pin.author_id is not None and pin.author_id == actor.user_id)


def may_show_comment(actor: Actor, comment: Comment) -> bool:
    """Show a comment to clients or hide it: its author and managers, never AI agents."""
    if actor.role not in STAFF or actor.kind == AGENT or not may_write(actor):
        return False
    mine = comment.author_id is not None and comment.author_id == actor.user_id
    return mine or MANAGER in parts(actor, comment.task)
