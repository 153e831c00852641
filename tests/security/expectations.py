"""Who may do what: one line for every method of every address. A route without a line here fails the tests.

Write the address as Django's table has it, with the names of its parameters; `objects.py` knows what of acme belongs
in their place.
A page that only shows something carries @require_GET or @require_safe; otherwise its POST needs a line, too.

    allow(*MANAGERS)                 these, and nobody else of the workspace (others get 403 or 404)
    allow(*STAFF, data={...})        the form to send; whoever may must then succeed, not only reach the form's checks
    allow(*STAFF, at={"key": "gone"})  another object than the usual one; names are those of `Filled.ids`
    public() / signed_in()           everybody / everybody with an account

A stranger (the owner of another workspace) gets 404 wherever an address names an object; elsewhere they see their own
workspace. Whoever is not signed in is sent to sign in; the API answers 401.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OWNER, ADMIN, MANAGER, HOLDER, CONTRIBUTOR = "owner", "admin", "manager", "holder", "contributor"
CLIENT, OTHER_CLIENT, AUDITOR = "client", "other client", "auditor"
"""HOLDER is the contributor bob, who holds WEB-1; CONTRIBUTOR is dana, who does not. CLIENT is clara, with whom WEB is
shared; with OTHER_CLIENT nothing is."""
ADMINS = (OWNER, ADMIN)
MANAGERS = (*ADMINS, MANAGER)
STAFF = (*MANAGERS, HOLDER, CONTRIBUTOR)
READERS = (*STAFF, AUDITOR)
SEES_PROJECT = (*READERS, CLIENT)
EVERYBODY = (*SEES_PROJECT, OTHER_CLIENT)


@dataclass(frozen=True)
class Line:
    """What is expected of one method of one address."""

    who: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    anonymous: bool = False
    stranger: bool = False
    blind: tuple[str, ...] = ()


def allow(
    *who: str, data: dict[str, Any] | None = None, at: dict[str, str] | None = None, blind: tuple[str, ...] = ()
) -> Line:
    """These members, and nobody else. For `blind` ones the form names what they cannot see, and is refused as wrong."""
    return Line(who, data or {}, at or {}, blind=blind)


def public(data: dict[str, Any] | None = None) -> Line:
    """Everybody, signed in or not."""
    return Line(EVERYBODY, data or {}, anonymous=True, stranger=True)


def signed_in(data: dict[str, Any] | None = None) -> Line:
    """Everybody with an account, whatever the workspace."""
    return Line(EVERYBODY, data or {}, stranger=True)


ACCOUNT = {"name": "Nora", "email": "nora@example.com", "password": "correct horse battery"}
PROJECT = {"key": "NEW", "name": "New", "color": "1"}
TASK = {"title": "New", "priority": "0", "project": "WEB"}
WORKER = {"kind": "employee", "name": "Nina", "time_zone": "UTC", "week_hours": "40", "max_tasks": "3"}
PLANNING = {
    "proposes": "1", "most_moved": "5", "most_moved_each": "2", "frozen_hours": "4", "lateness": "100", "labour": "100",
    "fairness": "100", "moved": "100", "misfit": "100", "switch": "100",
}  # fmt: skip
TIME_OFF = {"starts_on": "2027-05-03", "ends_on": "2027-05-07"}

POLICY = {
    "name": "New", "steps": "1", "steps.1.name": "All", "steps.1.how": "offer", "steps.1.strategy": "best",
    "steps.1.ask": "1", "steps.1.answer_min": "1h", "autonomy": "suggest", "age_h": "24", "claims": "2", "pick": "next",
}  # fmt: skip

PAGES: dict[str, Line] = {
    "GET /": allow(*EVERYBODY),
    # coming in
    "GET /sign-in/": public(),
    "POST /sign-in/": public({"email": "bob@example.com", "password": "correct horse battery"}),
    "POST /sign-in/link/": public({"email": "bob@example.com"}),
    "GET /sign-in/link/<secret>/": public(),
    "POST /sign-in/link/<secret>/": public(),
    "GET /sign-in/second/": public(),
    "POST /sign-in/second/": public(),
    "GET /confirm/": signed_in(),
    "POST /confirm/": signed_in(),
    "GET /sign-up/": public(),
    "POST /sign-up/": public({**ACCOUNT, "workspace": "Nora's"}),
    "GET /join/<secret>/": public(),
    "POST /join/<secret>/": public(),
    "POST /sign-out/": public(),
    "GET /welcome/": signed_in(),
    "POST /welcome/": signed_in({"workspace": "Another"}),
    "POST /switch/": allow(*EVERYBODY, data={"workspace": "{workspace}"}),
    # settings
    "GET /settings/": allow(*EVERYBODY),
    "POST /settings/": allow(*EVERYBODY, data={"name": "Somebody", "time_zone": "UTC"}),
    "POST /settings/password/": allow(*EVERYBODY),
    "POST /settings/theme/": signed_in({"theme": "dark"}),
    "GET /settings/leave/": allow(*EVERYBODY),
    "POST /settings/leave/": allow(*EVERYBODY),
    "POST /sign-in/passkey/options/": public(),
    "POST /sign-in/passkey/": public(),
    "GET /settings/sign-in/passkeys/new/": signed_in(),
    "POST /settings/sign-in/passkeys/new/": signed_in(),
    "POST /settings/sign-in/passkeys/options/": signed_in(),
    "POST /settings/sign-in/passkeys/<number>/remove/": allow(CONTRIBUTOR),
    "GET /sign-in/sso/<key>/go/": public(),
    "GET /sign-in/sso/<key>/back/": public(),
    "GET /sign-in/sso/<key>/out/": public(),
    "GET /settings/security/providers/new/": allow(*ADMINS),
    "POST /settings/security/providers/new/": allow(*ADMINS),
    "GET /settings/security/providers/<number>/": allow(*ADMINS),
    "POST /settings/security/providers/<number>/": allow(*ADMINS),
    "POST /settings/security/providers/<number>/remove/": allow(*ADMINS),
    "GET /needs/second-factor/": signed_in(),
    "GET /needs/stronger-sign-in/": signed_in(),
    "GET /settings/security/": allow(*ADMINS),
    "POST /settings/security/": allow(*ADMINS, data={"grace_days": "7", "ways_in": "any", "factor_roles": "client"}),
    "GET /settings/sign-in/": allow(*EVERYBODY),
    "POST /settings/sign-in/app/new/": signed_in(),
    "GET /settings/sign-in/app/": allow(HOLDER),
    "POST /settings/sign-in/app/": allow(HOLDER),
    "POST /settings/sign-in/app/remove/": allow(CONTRIBUTOR),
    "POST /settings/sign-in/codes/": allow(CONTRIBUTOR, blind=EVERYBODY),
    "GET /settings/sessions/": allow(*EVERYBODY),
    "POST /settings/sessions/end-others/": allow(*EVERYBODY),
    "POST /settings/sessions/<number>/end/": allow(HOLDER),
    "GET /settings/planning/": allow(*ADMINS),
    "POST /settings/planning/": allow(*ADMINS, data=PLANNING),
    "GET /settings/workspace/": allow(*ADMINS),
    "POST /settings/workspace/": allow(*ADMINS, data={"name": "Acme", "time_zone": "UTC", "currency": "EUR"}),
    "GET /settings/members/": allow(*MANAGERS, AUDITOR),
    "POST /settings/members/invite/": allow(*ADMINS, data={"email": "nora@example.com", "role": "contributor"}),
    "POST /settings/members/<membership_id>/role/": allow(*ADMINS, data={"role": "manager"}),
    "GET /settings/members/<membership_id>/remove/": allow(*ADMINS),
    "POST /settings/members/<membership_id>/remove/": allow(*ADMINS),
    "POST /settings/members/<membership_id>/restore/": allow(*ADMINS, at={"membership_id": "former"}),
    "POST /settings/invitations/<invitation_id>/resend/": allow(*ADMINS),
    "POST /settings/invitations/<invitation_id>/withdraw/": allow(*ADMINS),
    "GET /settings/presence/": allow(*ADMINS),
    "POST /settings/presence/new/": allow(*ADMINS, data={"name": "At lunch", "color": "1"}),
    "POST /settings/presence/<state_id>/": allow(*ADMINS, data={"name": "Deep work", "color": "1"}),
    "POST /settings/presence/<state_id>/place/": allow(*ADMINS, data={"position": "0"}),
    "POST /settings/presence/<state_id>/default/": allow(*ADMINS, at={"state_id": "open_state"}),
    "GET /settings/presence/<state_id>/remove/": allow(*ADMINS),
    "POST /settings/presence/<state_id>/remove/": allow(*ADMINS),
    "GET /settings/tokens/": allow(*READERS),
    "POST /settings/tokens/": allow(*READERS, data={"name": "Report", "scopes": ["work:read"], "days": "30"}),
    "POST /settings/tokens/<token_id>/revoke/": allow(*ADMINS),
    "GET /activity/": allow(*MANAGERS, AUDITOR),
    "POST /activity/export/": allow(*ADMINS, AUDITOR, data={"format": "jsonl", "kind": "task"}),
    "POST /activity/verify/": allow(*MANAGERS, AUDITOR),
    "GET /styleguide/": allow(*ADMINS),
    # one's own work
    "GET /my-work/": allow(*READERS),
    "POST /my-work/<key>/start/": allow(*MANAGERS, HOLDER),
    "POST /my-work/<key>/submit/": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /my-work/<key>/done/": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /batches/<number>/undo/": allow(HOLDER),
    # projects
    "GET /projects/": allow(*EVERYBODY),
    "GET /projects/new/": allow(*MANAGERS),
    "POST /projects/new/": allow(*MANAGERS, data=PROJECT),
    "GET /projects/<key>/": allow(*SEES_PROJECT),
    "GET /projects/<key>/list/": allow(*SEES_PROJECT),
    "POST /projects/<key>/add/": allow(*STAFF, CLIENT, data={"title": "New", "status": "{ready}"}),
    "GET /projects/<key>/columns/<status_id>/more/": allow(*SEES_PROJECT),
    "POST /projects/<key>/lanes/": allow(*SEES_PROJECT, data={"lanes": "assignee"}),
    "POST /projects/<key>/columns/<status_id>/fold/": allow(*SEES_PROJECT),
    "POST /projects/<key>/columns/<status_id>/unfold/": allow(*SEES_PROJECT),
    "GET /projects/<key>/settings/": allow(*MANAGERS),
    "POST /projects/<key>/settings/": allow(*MANAGERS, data={"name": "Site", "color": "2"}),
    "POST /projects/<key>/columns/": allow(*MANAGERS, data={"name": "Parked", "state": "backlog"}),
    "POST /projects/<key>/columns/<status_id>/": allow(*MANAGERS, data={"name": "Set", "state": "ready"}),
    "POST /projects/<key>/columns/<status_id>/place/": allow(*MANAGERS, data={"position": "1"}),
    "GET /projects/<key>/columns/<status_id>/remove/": allow(*MANAGERS),
    "POST /projects/<key>/columns/<status_id>/remove/": allow(*MANAGERS, data={"move_to": "{backlog}"}),
    "POST /projects/<key>/share/": allow(*MANAGERS, data={"user": "{clara}"}),
    "POST /projects/<key>/unshare/": allow(*MANAGERS, data={"user": "{clara}"}),
    "POST /projects/<key>/archive/": allow(*MANAGERS),
    "POST /projects/<key>/restore/": allow(*MANAGERS),
    # tasks
    "GET /tasks/": allow(*EVERYBODY),
    "GET /tasks/new/": allow(*STAFF, CLIENT, OTHER_CLIENT),
    "POST /tasks/new/": allow(*STAFF, CLIENT, data=TASK, blind=(OTHER_CLIENT,)),
    "POST /tasks/preview/": allow(*EVERYBODY, data={"description": "*text*"}),
    "GET /tasks/<key>/": allow(*SEES_PROJECT),
    "POST /tasks/<key>/edit/": allow(*MANAGERS, HOLDER, data={"title": "Changed", "priority": "1"}),
    "GET /tasks/<key>/move/": allow(*SEES_PROJECT),
    "POST /tasks/<key>/move/": allow(*MANAGERS, HOLDER, data={"status": "{in_progress}"}),
    "POST /tasks/<key>/start/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/submit/": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /tasks/<key>/complete/": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /tasks/<key>/cancel/": allow(*MANAGERS),
    "POST /tasks/<key>/reopen/": allow(*MANAGERS, at={"key": "finished"}),
    "POST /tasks/<key>/delete/": allow(*MANAGERS),
    "POST /tasks/<key>/restore/": allow(*MANAGERS, at={"key": "gone"}),
    "POST /tasks/<key>/criteria/": allow(*MANAGERS, HOLDER, data={"text": "Short"}),
    "POST /tasks/<key>/criteria/<criterion_id>/check/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/criteria/<criterion_id>/uncheck/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/criteria/<criterion_id>/remove/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/subtasks/": allow(*STAFF, data={"title": "Part"}),
    "POST /tasks/<key>/waits-for/": allow(*MANAGERS, HOLDER, data={"after": "{waiting}"}),
    "POST /tasks/<key>/waits-for/remove/": allow(*MANAGERS, at={"key": "later"}, data={"after": "{waiting}"}),
    "POST /tasks/<key>/comments/": allow(*STAFF, CLIENT, data={"body": "Hello"}),
    "GET /tasks/<key>/comments/<comment_id>/": allow(HOLDER),
    "POST /tasks/<key>/comments/<comment_id>/": allow(HOLDER, data={"body": "Changed"}),
    "POST /tasks/<key>/comments/<comment_id>/remove/": allow(*MANAGERS, HOLDER),
    # the table: editing in place, many at once, saved views
    "GET /tasks/<key>/row/": allow(*SEES_PROJECT),
    "GET /tasks/<key>/cell/<cell>/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/cell/<cell>/save/": allow(*MANAGERS, HOLDER, data={"value": "3"}),
    "POST /tasks/bulk/": allow(*STAFF, data={"task": "{held}", "priority": "3"}),
    "POST /tasks/bulk/do/": allow(*STAFF, data={"task": "{held}", "priority": "3"}),
    "GET /views/<number>/": allow(*READERS),
    "POST /views/": allow(*EVERYBODY, data={"name": "Mine", "query": "state=open"}),
    "POST /views/start-with-all/": allow(*EVERYBODY),
    "POST /views/<number>/change/": allow(HOLDER, data={"name": "Better", "shared": "1"}),
    "POST /views/<number>/update/": allow(HOLDER, data={"query": "state=done"}),
    "POST /views/<number>/remove/": allow(*MANAGERS, HOLDER),
    "POST /views/<number>/start/": allow(*READERS),
    "GET /search/": allow(*EVERYBODY),
    "GET /palette/": allow(*EVERYBODY),
    # people
    "GET /people/": allow(*READERS),
    "GET /people/new/": allow(*MANAGERS),
    "POST /people/new/": allow(*MANAGERS, data=WORKER),
    "GET /people/<number>/": allow(*READERS),
    "GET /people/<number>/edit/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/edit/": allow(*MANAGERS, HOLDER, data=WORKER),
    "GET /people/<number>/skills/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/skills/": allow(*MANAGERS, HOLDER, data={"skill": "{other_skill}", "level": "3"}),
    "GET /people/<number>/skills/<skill_number>/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/skills/<skill_number>/": allow(*MANAGERS, HOLDER, data={"level": "2"}),
    "POST /people/<number>/skills/<skill_number>/confirm/": allow(*MANAGERS),
    "POST /people/<number>/skills/<skill_number>/remove/": allow(*MANAGERS, HOLDER),
    "GET /people/<number>/hours/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/hours/": allow(*MANAGERS, HOLDER, data={"d0_0_from": "09:00", "d0_0_to": "12:00"}),
    "POST /people/<number>/hours/copy/": allow(*MANAGERS, HOLDER),
    "GET /people/<number>/preferences/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/preferences/": allow(*MANAGERS, HOLDER, data={"wants": "Drawing", "avoids": ""}),
    "GET /people/<number>/time-off/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/time-off/": allow(*MANAGERS, HOLDER, data=TIME_OFF),
    "POST /people/<number>/time-off/<asked_number>/approve/": allow(*MANAGERS),
    "GET /people/<number>/time-off/<asked_number>/decline/": allow(*MANAGERS),
    "POST /people/<number>/time-off/<asked_number>/decline/": allow(*MANAGERS, data={"note": "Too busy"}),
    "POST /people/<number>/time-off/<asked_number>/cancel/": allow(*MANAGERS, HOLDER),
    "GET /people/me/presence/": allow(HOLDER, CONTRIBUTOR),
    "POST /people/me/presence/": allow(HOLDER, CONTRIBUTOR, data={"state": "{focus}"}),
    "GET /people/<number>/presence/": allow(*MANAGERS, HOLDER),
    "POST /people/<number>/presence/": allow(*MANAGERS, HOLDER, data={"state": "{focus}", "until": "60"}),
    "POST /people/<number>/deactivate/": allow(*MANAGERS),
    "POST /people/<number>/reactivate/": allow(*MANAGERS),
    "GET /people/fairness/": allow(*READERS),
    "GET /skills/": allow(*READERS),
    "GET /skills/new/": allow(*MANAGERS),
    "POST /skills/new/": allow(*MANAGERS, data={"name": "Singing"}),
    "GET /skills/<number>/": allow(*MANAGERS),
    "POST /skills/<number>/": allow(*MANAGERS, data={"name": "Prose"}),
    "GET /skills/<number>/merge/": allow(*MANAGERS),
    "POST /skills/<number>/merge/": allow(*MANAGERS, data={"into": "{other_skill}"}),
    # who does what
    "GET /tasks/<key>/candidates/": allow(*READERS),
    "POST /tasks/<key>/assign/": allow(*MANAGERS, data={"worker": "{other_worker}"}),
    "POST /tasks/<key>/assign-best/": allow(*MANAGERS, at={"key": "waiting"}),
    "POST /tasks/<key>/take/": allow(HOLDER, CONTRIBUTOR, at={"key": "waiting"}),
    "POST /tasks/<key>/unassign/": allow(*MANAGERS, HOLDER),
    "POST /tasks/<key>/needs/": allow(*MANAGERS, HOLDER, data={"needs": "{skill}:1"}),
    "GET /tasks/<key>/why/": allow(*READERS),
    "GET /projects/<key>/allocate/": allow(*MANAGERS),
    "POST /projects/<key>/allocate/": allow(*MANAGERS),
    "GET /plans/": allow(*MANAGERS, AUDITOR),
    "POST /plans/new/": allow(*MANAGERS),
    "GET /plans/<plan_id>/": allow(*MANAGERS, AUDITOR),
    "POST /plans/<plan_id>/apply/": allow(*MANAGERS),
    "POST /plans/<plan_id>/apply-rest/": allow(*MANAGERS),
    "POST /plans/<plan_id>/stop/": allow(*MANAGERS, at={"plan_id": "making"}),
    "POST /plans/<plan_id>/weights/": allow(*MANAGERS),
    "POST /plans/<plan_id>/weights/keep/": allow(*ADMINS),
    "POST /plans/<plan_id>/undo/": allow(*MANAGERS, at={"plan_id": "applied"}),
    "POST /plans/<plan_id>/discard/": allow(*MANAGERS),
    "GET /tasks/<key>/why-not/": allow(HOLDER, CONTRIBUTOR),  # olga, adam, alice and audrey do no tasks themselves
    "GET /receipts/<number>/": allow(*READERS),
    "POST /receipts/<number>/replay/": allow(*READERS),
    "GET /offers/": allow(*READERS),
    "GET /offers/<number>/": allow(*MANAGERS, HOLDER, AUDITOR),
    "POST /offers/<number>/accept/": allow(HOLDER),
    "POST /offers/<number>/decline/": allow(HOLDER, data={"reason": "Too busy"}),
    "POST /tasks/<key>/offer/": allow(*MANAGERS, at={"key": "waiting"}, data={"worker": "{other_worker}"}),
    "POST /tasks/<key>/offer/withdraw/": allow(*MANAGERS, at={"key": "offered"}),
    # the schedule
    "GET /schedule/": allow(*READERS),
    "GET /schedule/data/": allow(*READERS),
    "GET /schedule/load/": allow(*READERS),
    "GET /tasks/<key>/price/": allow(*MANAGERS, AUDITOR, at={"key": "waiting"}, data={"worker": "{other_worker}"}),
    "GET /tasks/<key>/move-to/": allow(*MANAGERS, at={"key": "waiting"}),
    "POST /tasks/<key>/pin/": allow(*MANAGERS, at={"key": "waiting"}, data={"worker": "{other_worker}", "reason": "x"}),
    "POST /tasks/<key>/unpin/": allow(*MANAGERS, at={"key": "pinned"}),
    # policies and routing
    "GET /policies/": allow(*MANAGERS, AUDITOR),
    "GET /policies/new/": allow(*MANAGERS),
    "POST /policies/new/": allow(*MANAGERS, data=POLICY),
    "GET /policies/<policy_id>/": allow(*MANAGERS, AUDITOR),
    "POST /policies/<policy_id>/": allow(*MANAGERS, data=POLICY),
    "POST /policies/<policy_id>/resume/": allow(*MANAGERS),
    "POST /policies/<policy_id>/pause/": allow(*MANAGERS),
    "POST /policies/<policy_id>/remove/": allow(*MANAGERS),
    "POST /policies/<policy_id>/up/": allow(*MANAGERS),
    "POST /policies/<policy_id>/versions/<number>/restore/": allow(*MANAGERS),
    "GET /desk/": allow(*MANAGERS, AUDITOR),
    "POST /desk/approve/": allow(*MANAGERS),
    "POST /tasks/<key>/routing/approve/": allow(*MANAGERS, at={"key": "proposed"}),
    "POST /tasks/<key>/routing/reject/": allow(*MANAGERS, at={"key": "proposed"}),
    "POST /tasks/<key>/routing/other/": allow(
        *MANAGERS, at={"key": "proposed"}, data={"worker": "{other_worker}", "reason": "They know the work"}
    ),
    "POST /tasks/<key>/routing/undo/": allow(*MANAGERS, at={"key": "decided"}),
    "POST /tasks/<key>/routing/again/": allow(*MANAGERS, at={"key": "waiting"}),
    "GET /queue/": allow(*READERS),
    "POST /queue/next/": allow(*STAFF),
    "POST /tasks/<key>/claim/": allow(*STAFF, at={"key": "queued"}),
    "GET /offer/<secret>/": public(),
    "POST /offer/<secret>/accept/": public(),
    "POST /offer/<secret>/decline/": public({"reason": "Too busy"}),
    # notifications
    "GET /notices/": allow(*EVERYBODY),
    "GET /notices/recent/": allow(*EVERYBODY),
    "GET /notices/count/": allow(*EVERYBODY),
    "POST /notices/read-all/": allow(*EVERYBODY),
    "POST /notices/<number>/read/": allow(HOLDER),
    "POST /notices/<number>/snooze/": allow(HOLDER, data={"until": "hour"}),
    "GET /notices/stop/<secret>/": public(),
    "POST /notices/stop/<secret>/": public(),
    "GET /settings/notifications/": allow(*EVERYBODY),
    "POST /settings/notifications/": allow(
        *EVERYBODY, data={"digest": "now", "daily_at": "09:00", "quiet_from": "20:00", "quiet_to": "08:00"}
    ),
    "GET /tasks/<key>/mentions/": allow(*STAFF, CLIENT),
    # import
    "GET /import/": allow(*MANAGERS),
    "POST /import/": allow(*MANAGERS),
    "GET /import/<number>/": allow(*MANAGERS),
    "POST /import/<number>/columns/": allow(*MANAGERS, data={"tasks-title": "title"}),
    "POST /import/<number>/start/": allow(*MANAGERS),
}
