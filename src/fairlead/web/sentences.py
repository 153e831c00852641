"""Events as sentences: what stands behind the name of who did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

# In braces: `subject` is what it was done to, the rest comes from the event's payload (see events/catalogue.py).
PHRASES: Final[dict[str, str]] = {
    "workspace.created": "opened the workspace {name}",
    "workspace.changed": "changed the workspace's settings",
    "member.joined": "joined as {role}",
    "member.role_changed": "changed the role of {subject}",
    "member.removed": "removed {email}",
    "invitation.sent": "invited {email} as {role}",
    "invitation.withdrawn": "withdrew the invitation of {email}",
    "user.signed_in": "signed in with {how}",
    "session.ended": "ended {sessions} of their sessions from afar",
    "user.sign_in_failed": "was refused a sign-in as {subject}: wrong {how}",
    "factor.added": "added a second factor: {factor}",
    "factor.removed": "removed a second factor: {factor}",
    "factor.recovery_used": "signed in with a recovery code; {left} are left",
    "factor.recovery_renewed": "made new recovery codes",
    "log.exported": "exported the event log as {format}",
    "provider.added": "added single sign-on with {name}",
    "provider.changed": "changed single sign-on with {subject}",
    "provider.removed": "removed single sign-on with {name}",
    "provider.linked": "connected their account of {name}",
    "security.changed": "changed the security rules",
    "token.created": "made the API token {name}",
    "token.revoked": "revoked the API token {name}",
    "skill.created": "added the skill {name}",
    "skill.changed": "changed the skill {subject}",
    "skill.merged": "merged the skill {subject} into {name}",
    "worker.created": "added {name}",
    "worker.changed": "changed the profile of {subject}",
    "worker.skill_set": "set {skill} of {subject}",
    "worker.skill_confirmed": "confirmed {skill} of {subject} at level {level}",
    "worker.skill_removed": "removed {skill} from {subject}",
    "worker.hours_changed": "changed the hours of {subject}",
    "worker.preferences_changed": "changed what {subject} likes to do",
    "worker.presence_changed": "set the presence of {worker} to {state}",
    "worker.deactivated": "took {subject} out of the directory",
    "worker.reactivated": "brought {subject} back into the directory",
    "presence_state.created": "added the presence {name}",
    "presence_state.changed": "changed the presence {subject}",
    "presence_state.removed": "removed the presence {name}",
    "timeoff.requested": "asked for time off from {starts_on} to {ends_on}",
    "timeoff.approved": "approved time off from {starts_on} to {ends_on}",
    "timeoff.declined": "declined time off {note}",
    "timeoff.cancelled": "cancelled time off from {starts_on} to {ends_on}",
    "project.created": "created the project {name}",
    "project.changed": "changed the project {subject}",
    "project.archived": "archived the project {subject}",
    "project.restored": "restored the project {subject}",
    "project.shared": "shared the project {subject} with {email}",
    "project.unshared": "no longer shares the project {subject} with {email}",
    "status.created": "added the column {name}",
    "status.changed": "changed the column {subject}",
    "status.removed": "removed the column {name}",
    "task.created": "created {subject}: {title}",
    "task.changed": "changed {subject}",
    "task.moved": "moved {subject}",
    "task.started": "started {subject}",
    "task.submitted": "handed {subject} in for review",
    "task.completed": "completed {subject}",
    "task.reopened": "reopened {subject}",
    "task.cancelled": "cancelled {subject}",
    "task.deleted": "put {subject} into the trash",
    "task.restored": "took {subject} out of the trash",
    "task.criterion_added": "asked of {subject}: {text}",
    "task.criterion_checked": "checked of {subject}: {text}",
    "task.criterion_unchecked": "unchecked of {subject}: {text}",
    "task.criterion_removed": "no longer asks of {subject}: {text}",
    "task.dependency_added": "made {subject} wait for {after}",
    "task.dependency_removed": "let {subject} no longer wait for {after}",
    "comment.added": "commented on {task}",
    "comment.edited": "edited a comment on {task}",
    "comment.removed": "removed a comment from {task}",
    "view.shared": "shared the view {name}",
    "view.unshared": "no longer shares the view {name}",
    "task.assigned": "assigned {subject} to {worker}",
    "task.unassigned": "took {subject} back from {worker}",
    "task.offered": "offered {subject} to {worker}",
    "task.offer_accepted": "accepted the offer of {subject}",
    "task.offer_declined": "declined the offer of {subject}",
    "task.offer_expired": "got no answer from {worker} to the offer of {subject}",
    "task.offer_withdrawn": "withdrew the offer of {subject} to {worker}",
    "task.offers_exhausted": "found nobody for {subject}: none of {asked} accepted",
    "task.pinned": "pinned {subject} to {worker}",
    "task.unpinned": "let go of the pin of {subject}",
    "policy.created": "wrote the policy {name}",
    "policy.changed": "changed the policy {subject}",
    "policy.removed": "removed the policy {name}",
    "task.routed": "routed {subject} by version {version}",
    "task.step_began": "began step {step}, {name}, for {subject}",
    "task.proposed": "proposed {worker} for {subject}",
    "task.proposal_rejected": "decided against {worker} for {subject}",
    "task.overridden": "gave {subject} to {worker} instead of {proposed}: {reason}",
    "task.unroutable": "found nobody for {subject}: {reason}",
    "plan.requested": "asked for a plan of {tasks} tasks",
    "plan.stopped": "took the best plan found so far",
    "plan.made": "made a plan: {assigned} tasks assigned, {unassigned} not, {moved} moved",
    "plan.proven": "proved a plan: at most {percent} % above the best possible one",
    "plan.applied": "applied a plan: {assigned} tasks assigned, {moved} moved, {shifted} at another time",
    "plan.notice": "told {worker} what the plan changes for them",
    "plan.replaced": "replaced a proposal by a newer one",
    "plan.undone": "took a plan back: {restored} tasks as before, {kept} kept",
    "plan.discarded": "discarded a plan",
    "planning.changed": "changed how the workspace plans",
    "plan.failed": "lost a plan: the solver ended before it was done",
    "import.started": "began an import of {people} people and {tasks} tasks",
    "import.finished": "imported from {kind}: {created} new, {updated} changed, {refused} refused",
}
HIDDEN: Final = ("rank", "version")


def sentence(kind: str, subject: str, payload: Mapping[str, Any]) -> str:
    """What one event says. A kind without a phrase is told by its name."""
    words = defaultdict(str, {name: _word(value) for name, value in payload.items()})
    words["subject"] = subject
    phrase = PHRASES.get(kind, kind.replace(".", " ").replace("_", " ") + " {subject}")
    return " ".join(phrase.format_map(words).split())


def changes(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of every change in the payload that means something to people."""
    found = payload.get("changes") or {}
    return [
        (name.replace("_", " "), _word(pair[0]), _word(pair[1]))
        for name, pair in found.items()
        if name not in HIDDEN and isinstance(pair, list) and len(pair) == 2
    ]


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, list):
        return ", ".join(_word(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)[:200]
