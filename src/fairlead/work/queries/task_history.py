"""The history of one task, told from the event log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.lib.lag import write_lag
from fairlead.work.models import Dependency, Task

MOST: Final = 200
NAMES: Final = {
    "effort_low_min": "low effort",
    "effort_min": "likely effort",
    "effort_high_min": "high effort",
    "needs": "needed skills",
    "release_at": "start date",
    "due_at": "due date",
    "external_id": "outside id",
    "due_on": "day",
}
MOVES: Final = ("task.moved", "task.started", "task.submitted", "task.completed", "task.reopened", "task.cancelled")

FOR_MANAGERS: Final = (
    "task.routed", "task.step_began", "task.proposed", "task.proposal_rejected", "task.overridden", "task.unroutable",
    "task.rated",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line: who (and what kind of actor) did what when. `text` continues the name: "moved it from … to …"."""

    at: datetime
    who: str
    actor_kind: str
    text: str
    kind: str


def history(actor: Actor, task: Task, *, zone: str = "UTC") -> list[Entry]:
    """What happened to a visible task, the latest first; at most 200 lines. Clients see moves only; who was offered it,
    and who declined and why, is for managers and auditors."""
    events = Event.objects.filter(workspace_id=actor.workspace_id, subject_kind="task", subject_id=task.pk)
    if actor.role == Role.CLIENT:
        events = events.filter(kind__in=("task.created", *MOVES))
    elif actor.role == Role.CONTRIBUTOR:
        events = events.exclude(kind__startswith="task.offer").exclude(kind__in=FOR_MANAGERS)
    rows = events.order_by("-seq").values("at", "kind", "actor_kind", "actor_name", "payload")[:MOST]
    told = [(row, sentence(row["kind"], row["payload"], zone)) for row in rows]
    return [Entry(row["at"], row["actor_name"], row["actor_kind"], text, row["kind"]) for row, text in told if text]


def sentence(kind: str, payload: Mapping[str, Any], zone: str) -> str:
    """What one event says, to be put behind the name of who did it; empty for what is not worth a line."""
    tell = TELL.get(kind)
    return tell(payload, zone) if tell else ""


def _moved(payload: Mapping[str, Any], _zone: str) -> str:
    before, after = payload.get("changes", {}).get("status", ("", ""))
    return f"moved it from {before} to {after}" if after else ""


def _changed(payload: Mapping[str, Any], zone: str) -> str:
    return "; ".join(_change(name, before, after, zone) for name, (before, after) in payload.get("changes", {}).items())


def _change(name: str, before: Any, after: Any, zone: str) -> str:
    what = NAMES.get(name, name)
    if name == "description":
        did = "rewrote" if before and after else "wrote" if after else "removed"
        return f"{did} the description"
    old, new = _value(name, before, zone), _value(name, after, zone)
    if not new:
        return f"removed the {what} ({old})"
    return f"changed the {what} from {old} to {new}" if old else f"set the {what} to {new}"


def _value(name: str, value: Any, zone: str) -> str:
    if value in (None, "", []):
        return ""
    if name.endswith("_at"):
        return f"{datetime.fromisoformat(str(value)).astimezone(ZoneInfo(zone)):%-d %b %Y %H:%M}"
    if name.endswith("_min"):
        hours = f"{int(value) / 60:.1f}".removesuffix(".0")
        return f"{value} min" if int(value) < 60 else f"{hours} h"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return f"“{value}”" if name == "title" else str(value)


def _assigned(payload: Mapping[str, Any], _zone: str) -> str:
    worker, previous, reason = _name(payload.get("worker")), _name(payload.get("previous")), payload.get("reason")
    moved = f"moved it from {previous} to {worker}" if previous else f"assigned it to {worker}"
    return f"{moved} – {reason}" if reason else moved


def _unassigned(payload: Mapping[str, Any], _zone: str) -> str:
    reason = payload.get("reason")
    taken = f"took it back from {_name(payload.get('worker'))}"
    return f"{taken} – {reason}" if reason else taken


def _triaged(payload: Mapping[str, Any], _zone: str) -> str:
    outcome, reason = str(payload.get("outcome", "")), payload.get("reason")
    told = {"merged": f"merged it into {payload.get('into')}", "declined": "declined it"}.get(outcome, "accepted it")
    return f"{told}: {reason}" if reason else told


def _offer(text: str) -> Callable[[Mapping[str, Any], str], str]:
    """What an event about an offer says, with the worker's name in {worker}; the reason is added."""

    def tell(payload: Mapping[str, Any], _zone: str) -> str:
        told, reason = text.format(worker=_name(payload.get("worker"))), payload.get("reason")
        return f"{told} – {reason}" if reason else told

    return tell


def _said(what: str, payload: Mapping[str, Any]) -> str:
    return f"{what}: {payload['comment']}" if payload.get("comment") else what


def _name(worker: Any) -> str:
    """Workers stand in the log by name, or with id and name."""
    return str(worker.get("name", "")) if isinstance(worker, Mapping) else str(worker or "")


def _linked(payload: Mapping[str, Any], _zone: str) -> str:
    """Events from before there were kinds have none."""
    kind, lag, after = payload.get("link", "fs"), write_lag(payload.get("lag_min", 0)), payload["after"]
    if kind == Dependency.Kind.FINISH_START and not lag:
        return f"made it wait for {after}"
    return f"linked it to {after}: {Dependency.Kind(kind).label}" + (f", {lag.lstrip('-')} {_side(lag)}" if lag else "")


def _side(lag: str) -> str:
    return "earlier" if lag.startswith("-") else "later"


def _relinked(payload: Mapping[str, Any], _zone: str) -> str:
    changed = payload.get("changes", {})
    parts = [f"{name} from {old or 'none'} to {new or 'none'}" for name, (old, new) in changed.items()]
    return f"changed its link to {payload['after']}: {'; '.join(parts)}"


def _quoted(payload: Mapping[str, Any]) -> str:
    return f": “{payload['words']}”" if payload.get("words") else ""


def _source(payload: Mapping[str, Any], _zone: str) -> str:
    if payload.get("form"):
        return f"asked for it with the form {payload['form']}"
    return {"request": "asked for it", "import": "imported it"}.get(str(payload.get("source")), "created it")


def _version(payload: Mapping[str, Any], _zone: str) -> str:
    if payload.get("restored"):
        return f"made version {payload['restored']} of {payload['name']} the current one again"
    return f"added version {payload['number']} of the file {payload['name']}"


def _pin(text: str) -> Callable[[Mapping[str, Any], str], str]:
    return lambda p, _z: f"{text} on version {{version}} of {{name}}".format(**{"made": "", **p})


TELL: Final[dict[str, Callable[[Mapping[str, Any], str], str]]] = {
    "task.created": _source,
    "task.requested": lambda _p, _z: "asked for it",
    "task.changed": _changed,
    **dict.fromkeys(MOVES, _moved),
    "task.deleted": lambda _p, _z: "put it into the trash",
    "task.restored": lambda _p, _z: "took it out of the trash",
    "task.criterion_added": lambda p, _z: f"asked for “{p['text']}”",
    "task.criterion_checked": lambda p, _z: f"checked “{p['text']}”",
    "task.criterion_unchecked": lambda p, _z: f"unchecked “{p['text']}”",
    "task.criterion_removed": lambda p, _z: f"removed the criterion “{p['text']}”",
    "task.dependency_added": _linked,
    "task.dependency_changed": _relinked,
    "task.unblocked": lambda p, _z: f"made way for it: {p['after']} is over",
    "task.item_added": lambda p, _z: f"added “{p['text']}” to the checklist",
    "task.item_changed": lambda p, z: f"“{p['text']}”: {_changed(p, z)}",
    "task.item_checked": lambda p, _z: f"ticked off “{p['text']}”",
    "task.item_unchecked": lambda p, _z: f"opened “{p['text']}” again",
    "task.item_removed": lambda p, _z: f"took “{p['text']}” off the checklist",
    "task.item_converted": lambda p, _z: f"made the subtask {p['into']} of “{p['text']}”",
    "task.approvers_named": lambda p, _z: f"asked {', '.join(p['changes']['approvers'][1])} to approve it",
    "task.approval_given": lambda p, _z: _said("approved it", p),
    "task.approval_refused": lambda p, _z: _said("rejected it", p),
    "task.approval_sent_back": lambda p, _z: _said("asked for changes", p),
    "task.approval_withdrawn": lambda _p, _z: "took their answer back",
    "task.dependency_removed": lambda p, _z: f"let it no longer wait for {p['after']}",
    "task.placed": lambda p, _z: f"showed it in {p['project']}, too",
    "task.unplaced": lambda p, _z: f"showed it in {p['project']} no longer",
    "task.transferred": lambda p, _z: (
        f"moved it from {p['changes']['project'][0]}, where it was {p['changes']['key'][0]}"
    ),
    "task.triaged": _triaged,
    "task.snoozed": lambda p, z: f"put it off until {_value('until_at', p['until'], z)}",
    "task.untriaged": lambda _p, _z: "put it back into the inbox",
    "task.file_added": lambda p, _z: f"added the file {p['name']}",
    "task.file_version_added": _version,
    "task.file_removed": lambda p, _z: f"removed the file {p['name']}",
    "task.file_restored": lambda p, _z: f"took the file {p['name']} out of the trash",
    "task.file_shown": lambda p, _z: f"showed the file {p['name']} to clients",
    "task.file_hidden": lambda p, _z: f"hid the file {p['name']} from clients",
    "task.file_purged": lambda p, _z: f"deleted the file {p['name']} for good",
    "task.proof_pinned": _pin("set pin {pin}"),
    "task.proof_answered": _pin("answered at pin {pin}"),
    "task.proof_resolved": _pin("resolved pin {pin}"),
    "task.proof_reopened": _pin("reopened pin {pin}"),
    "task.proof_task_made": _pin("made {made} of pin {pin}"),
    "task.assigned": _assigned,
    "task.unassigned": _unassigned,
    "task.offered": _offer("offered it to {worker}"),
    "task.offer_accepted": _offer("accepted the offer"),
    "task.offer_declined": _offer("declined the offer"),
    "task.offer_expired": _offer("had no answer from {worker}"),
    "task.offer_withdrawn": _offer("withdrew the offer to {worker}"),
    "task.pinned": lambda p, _z: f"pinned it to {_name(p['worker'])}",
    "task.unpinned": lambda _p, _z: "let go of its pin",
    "task.routed": lambda p, _z: f"took it: version {p['version']}",
    "task.step_began": lambda p, _z: f"began step {p['step']}, “{p['name']}”",
    "task.proposed": lambda p, _z: f"proposed {_name(p['worker'])}",
    "task.proposal_rejected": lambda p, _z: f"decided against {_name(p['worker'])}",
    "task.overridden": lambda p, _z: f"chose {_name(p['worker'])} instead of {_name(p['proposed'])}",
    "task.unroutable": lambda p, _z: f"found nobody: {p['reason']}",
    "task.offers_exhausted": lambda p, _z: f"found nobody: none of {p['asked']} accepted",
    "task.handed_over": lambda p, _z: f"asked {', '.join(p['clients'])} to approve it",
    "task.handover_withdrawn": lambda _p, _z: "took it back from the client",
    "task.approved": lambda p, _z: f"approved it{_quoted(p)}",
    "task.changes_asked": lambda p, _z: f"asked for changes{_quoted(p)}",
    "task.beyond_revisions": lambda p, _z: f"asked for more than the {p['limit']} agreed revisions{_quoted(p)}",
    "task.rated": lambda p, _z: f"gave it {p['rating']} of 5{_quoted(p)}",
}
