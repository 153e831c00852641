"""Events as sentences: what stands behind the name of who did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fairlead.lib.days import in_words, moment_in_words
from fairlead.lib.figures import with_signs
from fairlead.lib.speech import later, tr
from fairlead.people.models import state_name
from fairlead.work.states import column
from fairlead.work.types.models import type_name

# `subject` is what it was done to, the rest comes from the event's payload (see events/catalogue.py).
PHRASES: Final[dict[str, str]] = {
    "workspace.created": later("opened the workspace %(name)s"),
    "workspace.changed": later("changed the workspace's settings"),
    "workspace.end_asked": later("asked for the end of the workspace"),
    "workspace.end_taken_back": later("keeps the workspace after all"),
    "workspace.filled": later("brought in the workspace %(source)s"),
    "member.joined": later("joined as %(role)s"),
    "member.added": later("added %(email)s as %(role)s"),
    "member.role_changed": later("changed the role of %(subject)s"),
    "member.removed": later("removed %(email)s"),
    "invitation.sent": later("invited %(email)s as %(role)s"),
    "invitation.withdrawn": later("withdrew the invitation of %(email)s"),
    "invitation.restored": later("took back that the invitation of %(email)s was withdrawn"),
    "user.signed_in": later("signed in (%(how)s)"),
    "session.ended": later("ended %(sessions)s of their sessions from afar"),
    "user.sign_in_failed": later("was refused a sign-in as %(subject)s: wrong %(how)s"),
    "factor.added": later("added a second factor: %(factor)s"),
    "factor.removed": later("removed a second factor: %(factor)s"),
    "factor.renamed": later("gave a second factor another name: %(factor)s"),
    "factor.recovery_used": later("signed in with a recovery code; %(left)s are left"),
    "factor.recovery_renewed": later("made new recovery codes"),
    "log.exported": later("exported the event log as %(format)s"),
    "provider.added": later("added single sign-on with %(name)s"),
    "provider.changed": later("changed single sign-on with %(subject)s"),
    "provider.removed": later("removed single sign-on with %(name)s"),
    "provider.linked": later("connected their account of %(name)s"),
    "directory.opened": later("made a token for the directory of %(name)s"),
    "directory.closed": later("withdrew the token of the directory of %(name)s"),
    "directory.person_taken": later("takes care of %(email)s from now on"),
    "directory.person_changed": later("changed the details of %(subject)s"),
    "directory.person_let_go": later("no longer takes care of %(email)s"),
    "directory.group_added": later("added the group %(name)s (%(people)s in it)"),
    "directory.group_changed": later("changed the group %(subject)s (%(added)s in, %(removed)s out)"),
    "directory.group_removed": later("removed the group %(name)s"),
    "security.changed": later("changed the security rules"),
    "branding.changed": later("changed what clients see of the workspace"),
    "token.created": later("made the API token %(name)s"),
    "token.revoked": later("revoked the API token %(name)s"),
    "skill.created": later("added the skill %(name)s"),
    "skill.changed": later("changed the skill %(subject)s"),
    "skill.merged": later("merged the skill %(subject)s into %(name)s"),
    "worker.created": later("added %(name)s"),
    "worker.changed": later("changed the profile of %(subject)s"),
    "worker.skill_set": later("set %(skill)s of %(subject)s"),
    "worker.skill_confirmed": later("confirmed %(skill)s of %(subject)s at level %(level)s"),
    "worker.skill_removed": later("removed %(skill)s from %(subject)s"),
    "worker.skill_restored": later("gave %(skill)s back to %(subject)s"),
    "worker.hours_changed": later("changed the hours of %(subject)s"),
    "worker.preferences_changed": later("changed what %(subject)s likes to do"),
    "worker.presence_changed": later("set the presence of %(worker)s to %(state)s"),
    "worker.deactivated": later("took %(subject)s out of the directory"),
    "worker.reactivated": later("brought %(subject)s back into the directory"),
    "presence_state.created": later("added the presence %(name)s"),
    "presence_state.changed": later("changed the presence %(subject)s"),
    "presence_state.removed": later("removed the presence %(name)s"),
    "presence_state.restored": later("brought the presence %(name)s back"),
    "timeoff.requested": later("asked for time off from %(starts_on)s to %(ends_on)s"),
    "timeoff.approved": later("approved time off from %(starts_on)s to %(ends_on)s"),
    "timeoff.declined": later("declined time off %(note)s"),
    "timeoff.cancelled": later("cancelled time off from %(starts_on)s to %(ends_on)s"),
    "timeoff.restored": later("brought the time off from %(starts_on)s to %(ends_on)s back"),
    "calendar.connected": later("connected the calendar %(name)s"),
    "calendar.changed": later("changed the calendar %(subject)s"),
    "calendar.removed": later("removed the calendar %(name)s"),
    "calendar.restored": later("brought the calendar %(name)s back"),
    "calendar.refresh_asked": later("had the calendar %(subject)s read again"),
    "calendar.read": later("read the calendar %(subject)s: %(new)s busy times are new, %(gone)s are gone"),
    "calendar.failed": later("could not read the calendar %(subject)s: %(reason)s"),
    "calendar.feed_opened": later("opened a calendar of the own work"),
    "calendar.feed_closed": later("closed the calendar of the own work"),
    "team.created": later("made the team %(name)s"),
    "team.changed": later("changed the team %(subject)s"),
    "team.removed": later("removed the team %(name)s"),
    "team.restored": later("brought the team %(name)s back"),
    "project.created": later("created the project %(name)s"),
    "project.changed": later("changed the project %(subject)s"),
    "project.archived": later("archived the project %(subject)s"),
    "project.restored": later("restored the project %(subject)s"),
    "project.shared": later("shared the project %(subject)s with %(email)s"),
    "project.unshared": later("no longer shares the project %(subject)s with %(email)s"),
    "project.seen_as_client": later("looked at the project %(subject)s as %(name)s sees it"),
    "project.member_added": later("added %(name)s to the project %(subject)s as %(role)s"),
    "project.member_changed": later("changed what %(name)s may do in the project %(subject)s"),
    "project.member_removed": later("removed %(name)s from the project %(subject)s"),
    "project.member_restored": later("brought %(name)s back into the project %(subject)s"),
    "project.member_left": later("left the project %(subject)s"),
    "project.made_private": later("made the project %(subject)s private"),
    "project.made_open": later("opened the project %(subject)s to the whole team"),
    "status.created": later("added the column %(name)s"),
    "status.changed": later("changed the column %(subject)s"),
    "status.removed": later("removed the column %(name)s"),
    "status.restored": later("brought the column %(name)s back"),
    "field.created": later("added the field %(name)s"),
    "field.changed": later("changed the field %(subject)s"),
    "field.switched_on": later("switched the field %(subject)s on in %(project)s"),
    "field.switched_off": later("switched the field %(subject)s off in %(project)s"),
    "field.archived": later("archived the field %(name)s"),
    "field.unarchived": later("took the field %(name)s out of the archive"),
    "field.deleted": later("deleted the field %(name)s, with values of %(values)s tasks"),
    "field.restored": later("restored the field %(name)s"),
    "type.created": later("added the type %(name)s"),
    "type.changed": later("changed the type %(subject)s"),
    "type.archived": later("archived the type %(name)s"),
    "type.unarchived": later("took the type %(name)s out of the archive"),
    "type.deleted": later("deleted the type %(name)s"),
    "type.restored": later("brought the type %(name)s back"),
    "task.created": later("created %(subject)s: %(title)s"),
    "task.requested": later("asked for %(subject)s"),
    "task.changed": later("changed %(subject)s"),
    "task.moved": later("moved %(subject)s"),
    "task.started": later("started %(subject)s"),
    "task.submitted": later("handed %(subject)s in for review"),
    "task.completed": later("completed %(subject)s"),
    "task.reopened": later("reopened %(subject)s"),
    "task.cancelled": later("cancelled %(subject)s"),
    "task.deleted": later("put %(subject)s into the trash"),
    "task.restored": later("took %(subject)s out of the trash"),
    "task.criterion_added": later("asked of %(subject)s: %(text)s"),
    "task.criterion_checked": later("checked of %(subject)s: %(text)s"),
    "task.criterion_unchecked": later("unchecked of %(subject)s: %(text)s"),
    "task.criterion_removed": later("no longer asks of %(subject)s: %(text)s"),
    "task.item_added": later("added to the checklist of %(subject)s: %(text)s"),
    "task.item_changed": later("changed on the checklist of %(subject)s: %(text)s"),
    "task.item_checked": later("ticked off on %(subject)s: %(text)s"),
    "task.item_unchecked": later("opened again on %(subject)s: %(text)s"),
    "task.item_removed": later("took off the checklist of %(subject)s: %(text)s"),
    "task.item_converted": later("made the subtask %(into)s of %(text)s"),
    "task.approvers_named": later("named who approves %(subject)s"),
    "task.approval_given": later("approved %(subject)s %(comment)s"),
    "task.approval_refused": later("rejected %(subject)s: %(comment)s"),
    "task.approval_sent_back": later("asked for changes to %(subject)s: %(comment)s"),
    "task.approval_withdrawn": later("took an answer about %(subject)s back"),
    "task.dependency_added": later("made %(subject)s wait for %(after)s"),
    "task.dependency_changed": later("changed how %(subject)s follows %(after)s"),
    "task.unblocked": later("made way for %(subject)s: %(after)s is over"),
    "task.dependency_removed": later("let %(subject)s no longer wait for %(after)s"),
    "task.handed_over": later("put %(subject)s to %(clients)s"),
    "task.handover_withdrawn": later("took %(subject)s back from the client"),
    "task.approved": later("approved %(subject)s"),
    "task.changes_asked": later("asked for changes of %(subject)s: %(words)s"),
    "task.beyond_revisions": later("asked for more than %(limit)s revisions of %(subject)s: %(words)s"),
    "task.rated": later("rated %(subject)s with %(rating)s of 5 %(words)s"),
    "task.client_rated": later("rated working with the client of %(subject)s with %(rating)s of 5 %(words)s"),
    "request_form.created": later("added the request form %(name)s"),
    "request_form.changed": later("changed the request form %(subject)s"),
    "request_form.published": later("published the request form %(subject)s"),
    "request_form.unpublished": later("took the request form %(subject)s out of the portal"),
    "request_form.opened": later("gave the request form %(subject)s a public address"),
    "request_form.closed": later("closed the public address of the request form %(subject)s"),
    "request_form.removed": later("removed the request form %(name)s"),
    "request_form.restored": later("brought the request form %(name)s back"),
    "task.file_added": later("added %(name)s to %(subject)s"),
    "task.file_version_added": later("added version %(number)s of %(name)s to %(subject)s"),
    "task.file_removed": later("removed %(name)s from %(subject)s"),
    "task.file_restored": later("took %(name)s of %(subject)s out of the trash"),
    "task.file_shown": later("showed %(name)s of %(subject)s to clients"),
    "task.file_hidden": later("hid %(name)s of %(subject)s from clients"),
    "task.file_drawn": later("drew a preview of %(name)s of %(subject)s"),
    "task.file_purged": later("deleted %(name)s of %(subject)s for good"),
    "task.proof_pinned": later("set pin %(pin)s on version %(version)s of %(name)s of %(subject)s"),
    "task.proof_answered": later("answered at pin %(pin)s on version %(version)s of %(name)s of %(subject)s"),
    "task.proof_resolved": later("resolved pin %(pin)s on version %(version)s of %(name)s of %(subject)s"),
    "task.proof_reopened": later("reopened pin %(pin)s on version %(version)s of %(name)s of %(subject)s"),
    "task.proof_task_made": later("made %(made)s of pin %(pin)s on version %(version)s of %(name)s of %(subject)s"),
    "comment.added": later("commented on %(task)s"),
    "comment.edited": later("edited a comment on %(task)s"),
    "comment.removed": later("removed a comment from %(task)s"),
    "comment.restored": later("restored a comment on %(task)s"),
    "comment.shown": later("showed a comment on %(task)s to clients"),
    "comment.hidden": later("hid a comment on %(task)s from clients"),
    "comment.reacted": later("put %(sign)s under a comment on %(task)s"),
    "comment.unreacted": later("took %(sign)s away from a comment on %(task)s"),
    "view.shared": later("shared the view %(name)s"),
    "view.unshared": later("no longer shares the view %(name)s"),
    "task.placed": later("shows %(subject)s in %(project)s, too"),
    "task.unplaced": later("no longer shows %(subject)s in %(project)s"),
    "task.transferred": later("moved %(subject)s here from another project"),
    "task.triaged": later("looked at %(subject)s: %(outcome)s %(into)s %(reason)s"),
    "task.snoozed": later("put %(subject)s off in the inbox until %(until)s"),
    "task.untriaged": later("put %(subject)s back into the inbox"),
    "ownblock.added": later("keeps some time of %(worker)s"),
    "ownblock.moved": later("moved time that %(worker)s keeps"),
    "ownblock.removed": later("gave time of %(worker)s back"),
    "time.started": later("began to log time on %(task)s"),
    "time.stopped": later("logged %(minutes)s min on %(task)s with the timer"),
    "time.confirmed": later("is still working on %(task)s"),
    "time.logged": later("logged %(minutes)s min on %(task)s"),
    "time.changed": later("changed time on %(task)s"),
    "time.removed": later("removed %(minutes)s min from %(task)s"),
    "time.restored": later("brought %(minutes)s min on %(task)s back"),
    "timesheet.submitted": later("handed in the week of %(monday)s of %(worker)s"),
    "timesheet.taken_back": later("took back the week of %(monday)s of %(worker)s"),
    "timesheet.approved": later("approved the week of %(monday)s of %(worker)s"),
    "timesheet.restored": later("took it back that the week of %(monday)s went back to %(worker)s"),
    "timesheet.returned": later("sent the week of %(monday)s back to %(worker)s: %(note)s"),
    "task.assigned": later("assigned %(subject)s to %(worker)s"),
    "task.unassigned": later("took %(subject)s back from %(worker)s"),
    "task.offered": later("offered %(subject)s to %(worker)s"),
    "task.offer_accepted": later("accepted the offer of %(subject)s"),
    "task.offer_declined": later("declined the offer of %(subject)s"),
    "task.offer_reopened": later("took back declining the offer of %(subject)s"),
    "task.offer_expired": later("got no answer from %(worker)s to the offer of %(subject)s"),
    "task.offer_withdrawn": later("withdrew the offer of %(subject)s to %(worker)s"),
    "task.offers_exhausted": later("found nobody for %(subject)s: none of %(asked)s accepted"),
    "task.pinned": later("pinned %(subject)s to %(worker)s"),
    "task.unpinned": later("let go of the pin of %(subject)s"),
    "policy.created": later("wrote the policy %(name)s"),
    "policy.changed": later("changed the policy %(subject)s"),
    "policy.removed": later("removed the policy %(name)s"),
    "policy.restored": later("brought the policy %(name)s back"),
    "task.routed": later("routed %(subject)s by version %(version)s"),
    "task.routed_again": later("had %(subject)s routed again"),
    "task.step_began": later("began step %(step)s, %(name)s, for %(subject)s"),
    "task.proposed": later("proposed %(worker)s for %(subject)s"),
    "task.proposal_rejected": later("decided against %(worker)s for %(subject)s"),
    "task.overridden": later("gave %(subject)s to %(worker)s instead of %(proposed)s: %(reason)s"),
    "task.unroutable": later("found nobody for %(subject)s: %(reason)s"),
    "plan.requested": later("asked for a plan of %(tasks)s tasks"),
    "plan.stopped": later("took the best plan found so far"),
    "plan.made": later("made a plan: %(assigned)s assigned, %(unassigned)s not, %(moved)s moved"),
    "plan.proven": later("proved a plan: at most %(percent)s %% above the best possible one"),
    "plan.applied": later("applied a plan: %(assigned)s assigned, %(moved)s moved, %(shifted)s at another time"),
    "plan.notice": later("told %(worker)s what the plan changes for them"),
    "plan.replaced": later("replaced a proposal by a newer one"),
    "plan.undone": later("took a plan back: %(restored)s tasks as before, %(kept)s kept"),
    "plan.discarded": later("discarded a plan"),
    "plan.restored": later("brought a discarded plan back"),
    "planning.changed": later("changed how the workspace plans"),
    "plan.failed": later("lost a plan: the solver ended before it was done"),
    "export.requested": later("asked for an export of the workspace"),
    "export.made": later("made an export of the workspace"),
    "export.downloaded": later("downloaded an export of the workspace"),
    "retention.changed": later("changed how long things are kept"),
    "retention.pruned": later(
        "removed what is not kept any longer: %(tasks)s tasks, %(notices)s notices, %(receipts)s receipts"
    ),
    "person.erasure_asked": later("asked to take the traces of a person out"),
    "person.erased": later("took the traces of a person out of %(rows)s rows and %(events)s events"),
    "import.started": later("began an import of %(people)s people and %(tasks)s tasks"),
    "import.finished": later("imported from %(kind)s: %(created)s new, %(updated)s changed, %(refused)s refused"),
}
HIDDEN: Final = ("rank", "version")
CODES: Final[dict[str, str]] = {
    "owner": later("owner"), "admin": later("admin"), "manager": later("manager"),
    "contributor": later("contributor"), "client": later("client"), "auditor": later("auditor"),
    "lead": later("lead"), "commenter": later("commenter"), "viewer": later("viewer"),
    "password": later("password"), "link": later("mailed link"), "invitation": later("invitation"),
    "code": later("code"), "passkey": later("passkey"), "sso": later("single sign-on"),
    "accepted": later("accepted"), "merged": later("merged"), "declined": later("declined"),
    "people": later("people"), "example": later("example"),
    "backlog": later("backlog"), "ready": later("ready"),
    "running": later("running"), "review": later("review"), "done": later("done"), "cancelled": later("cancelled"),
}  # fmt: skip
"""Values of the payload that are no names."""
CODED: Final = ("role", "how", "outcome", "source", "state")
"""Where in the payload those stand; elsewhere the same word may be what somebody typed."""
FIELDS: Final[dict[str, str]] = {
    "status": later("status"), "state": later("state"), "title": later("title"), "description": later("description"),
    "priority": later("priority"), "labels": later("labels"), "parent": later("parent"), "type": later("type"),
    "effort low min": later("effort low min"), "effort min": later("effort min"),
    "effort high min": later("effort high min"), "needs": later("needs"), "release at": later("release at"),
    "due at": later("due at"), "due on": later("due on"), "external id": later("external id"), "who": later("who"),
    "text": later("text"), "kind": later("kind"), "lag": later("lag"), "name": later("name"), "color": later("color"),
    "icon": later("icon"), "position": later("position"), "role": later("role"), "level": later("level"),
    "approvers": later("approvers"), "worker": later("worker"), "key": later("key"), "client": later("client"),
    "language": later("language"), "currency": later("currency"), "time zone": later("time zone"),
    "country": later("country"), "rate": later("rate"), "starts at": later("starts at"), "ends at": later("ends at"),
    "minutes": later("minutes"), "day": later("day"), "note": later("note"), "hint": later("hint"),
    "required from": later("required from"), "formula": later("formula"), "options": later("options"),
    "wip limit": later("wip limit"), "revision limit": later("revision limit"), "members": later("members"),
    "available": later("available"), "is active": later("is active"), "archived": later("archived"),
}  # fmt: skip
"""What can be changed, as the log shows it."""

CALLED: Final[dict[str, Callable[[str], str]]] = {
    "status": column, "type": type_name, "presence_state": state_name,
}  # fmt: skip
"""How those are called for their reader that have names from the beginning, by the first word of their events."""


DAYS: Final = ("monday", "until")
"""Names of days and moments that do not end as the others do."""


def sentence(kind: str, subject: str, payload: Mapping[str, Any], zone: str = "UTC") -> str:
    """What one event says, in the language that is spoken and on the clock of the zone. A kind without a phrase is told
    by its name."""
    words = defaultdict(str, {name: _value(name, value, zone) for name, value in payload.items()})
    called = CALLED.get(kind.partition(".")[0], str)
    words["subject"], words["name"] = called(subject), called(words["name"])
    phrase = PHRASES.get(kind, kind.replace(".", " ").replace("_", " ") + " %(subject)s")
    return " ".join((str(phrase) % words).split())


def changes(payload: Mapping[str, Any], zone: str = "UTC") -> list[tuple[str, str, str]]:
    """(what, before, after) of every change in the payload that means something to people."""
    found = payload.get("changes") or {}
    return [
        (_field(name), _value(name, pair[0], zone), _value(name, pair[1], zone))
        for name, pair in found.items()
        if name not in HIDDEN and isinstance(pair, list) and len(pair) == 2
    ]


def _field(name: str) -> str:
    words = name.replace("_", " ")
    return str(FIELDS.get(words, words))


def _value(name: str, value: Any, zone: str) -> str:
    if name in CODED and isinstance(value, str):
        return str(CODES.get(value, value))[:200]
    if name == "priority" and value:
        return tr(str(value))  # its English name
    if name == "status" and isinstance(value, str):
        return column(value)
    if name == "type" and isinstance(value, str):
        return type_name(value)
    if isinstance(value, str) and (name in DAYS or name.endswith(("_on", "_at"))):
        return _when(value, zone)
    return _word(value)


def _when(text: str, zone: str) -> str:
    """A day or a moment as it is written."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text[:200]
    if len(text) == len("2026-11-24"):
        return in_words(at)
    return moment_in_words(at.astimezone(ZoneInfo(zone)) if at.tzinfo else at)


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, list):
        return ", ".join(_word(item) for item in value)
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return with_signs(str(value))
    return "" if value is None else str(value)[:200]
