"""Every kind of event and what its payload holds. A kind that is not here cannot be recorded.

`changes` is {field: [before, after]}. Ids are numbers, levels 1 to 5, efforts minutes, money minor units.
"""

from __future__ import annotations

from typing import Final

CATALOGUE: Final[dict[str, str]] = {
    # accounts
    "workspace.created": "name",
    "workspace.changed": "changes",
    "member.joined": "user, email, role",
    "member.role_changed": "user, changes",
    "member.removed": "user, email",
    "invitation.sent": "email, role",
    "invitation.withdrawn": "email",
    "user.signed_in": "how (password, link, invitation)",
    "token.created": "name, scopes, expires_at",
    "token.revoked": "name",
    # people
    "skill.created": "name, parent",
    "skill.changed": "changes",
    "skill.merged": "into, name",
    "worker.created": "kind, name",
    "worker.changed": "changes",
    "worker.skill_set": "skill, changes (level), evidence",
    "worker.skill_confirmed": "skill, level",
    "worker.skill_removed": "skill",
    "worker.hours_changed": "hours as [weekday, from, to]",
    "worker.preferences_changed": "wants, avoids",
    "worker.deactivated": "",
    "worker.reactivated": "",
    "timeoff.requested": "worker, starts_on, ends_on, reason",
    "timeoff.approved": "worker, starts_on, ends_on",
    "timeoff.declined": "worker, note",
    "timeoff.cancelled": "worker, starts_on, ends_on",
    # work
    "project.created": "key, name",
    "project.changed": "changes",
    "project.archived": "",
    "project.restored": "",
    "project.shared": "user, email",
    "project.unshared": "user, email",
    "status.created": "name, state",
    "status.changed": "changes",
    "status.removed": "name, moved_to",
    "task.created": "title, source",
    "task.changed": "changes",
    "task.moved": "changes (status, state)",
    "task.started": "changes (status, state)",
    "task.submitted": "changes (status, state)",
    "task.completed": "changes (status, state)",
    "task.reopened": "changes (status, state)",
    "task.cancelled": "changes (status, state)",
    "task.deleted": "",
    "task.restored": "",
    "task.criterion_added": "text",
    "task.criterion_checked": "text",
    "task.criterion_unchecked": "text",
    "task.criterion_removed": "text",
    "task.dependency_added": "after",
    "task.dependency_removed": "after",
    "comment.added": "task, internal",
    "comment.edited": "task",
    "comment.removed": "task",
    # allocation
    "task.assigned": "worker, previous, receipt, fit, reason",
    "task.unassigned": "worker, reason",
    "plan.requested": "tasks",
    "plan.made": "tasks, assigned, unassigned, cost",
    "plan.applied": "assigned",
    "plan.undone": "restored, kept",
    "plan.discarded": "",
    "plan.failed": "",
    # integrations
    "import.started": "people, tasks (rows)",
    "import.finished": "kind, created, updated, unchanged, refused",
}
