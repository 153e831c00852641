"""The history of one task, told from the event log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor, name_said
from fairlead.events.models import Event
from fairlead.lib.days import moment_in_words
from fairlead.lib.lag import write_lag
from fairlead.lib.speech import later, locale, tr
from fairlead.work.models import Dependency, Task
from fairlead.work.states import column
from fairlead.work.types.models import type_name

MOST: Final = 200
NAMES: Final = {
    "title": later("title"),
    "priority": later("priority"),
    "labels": later("labels"),
    "parent": later("parent"),
    "type": later("type"),
    "effort_low_min": later("low effort"),
    "effort_min": later("likely effort"),
    "effort_high_min": later("high effort"),
    "needs": later("needed skills"),
    "release_at": later("start date"),
    "due_at": later("due date"),
    "external_id": later("outside id"),
    "due_on": later("day"),
    "text": later("text"),
    "who": later("who"),
    "worker": later("worker"),
    "status": later("status"),
    "kind": later("kind"),
    "lag": later("lag"),
}
MOVES: Final = ("task.moved", "task.started", "task.submitted", "task.completed", "task.reopened", "task.cancelled")

FOR_MANAGERS: Final = (
    "task.routed", "task.step_began", "task.proposed", "task.proposal_rejected", "task.overridden", "task.unroutable",
    "task.routed_again", "task.transferred", "task.rated", "task.client_rated",
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
    return [
        Entry(row["at"], name_said(row["actor_kind"], row["actor_name"]), row["actor_kind"], text, row["kind"])
        for row, text in told
        if text
    ]


def sentence(kind: str, payload: Mapping[str, Any], zone: str) -> str:
    """What one event says, to be put behind the name of who did it; empty for what is not worth a line."""
    tell = TELL.get(kind)
    return tell(payload, zone) if tell else ""


def _moved(payload: Mapping[str, Any], _zone: str) -> str:
    before, after = payload.get("changes", {}).get("status", ("", ""))
    return tr("moved it from %(before)s to %(after)s", before=column(before), after=column(after)) if after else ""


def _changed(payload: Mapping[str, Any], zone: str) -> str:
    return "; ".join(_change(name, before, after, zone) for name, (before, after) in payload.get("changes", {}).items())


def _change(name: str, before: Any, after: Any, zone: str) -> str:
    what = NAMES.get(name, name)
    if name == "description":
        return _described(before, after)
    old, new = _value(name, before, zone), _value(name, after, zone)
    if not new:
        return tr("removed the %(what)s (%(old)s)", what=what, old=old)
    if old:
        return tr("changed the %(what)s from %(old)s to %(new)s", what=what, old=old, new=new)
    return tr("set the %(what)s to %(new)s", what=what, new=new)


def _described(before: Any, after: Any) -> str:
    if not after:
        return tr("removed the description")
    return tr("rewrote the description") if before else tr("wrote the description")


def _value(name: str, value: Any, zone: str) -> str:
    if value in (None, "", []):
        return ""
    if name.endswith("_at"):
        return moment_in_words(datetime.fromisoformat(str(value)).astimezone(ZoneInfo(zone)))
    if name.endswith("_min"):
        hours = format_decimal(round(int(value) / 60, 1), "0.#", locale=locale())
        return f"{value} min" if int(value) < 60 else f"{hours} h"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if name == "title":
        return tr("“%(text)s”", text=value)
    if name == "type":
        return type_name(str(value))
    return tr(str(value)) if name == "priority" else str(value)


def _with(told: str, reason: Any) -> str:
    return f"{told} – {reason}" if reason else told


def _assigned(payload: Mapping[str, Any], _zone: str) -> str:
    worker, previous = _name(payload.get("worker")), _name(payload.get("previous"))
    if previous:
        return _with(tr("moved it from %(before)s to %(after)s", before=previous, after=worker), payload.get("reason"))
    return _with(tr("assigned it to %(worker)s", worker=worker), payload.get("reason"))


def _unassigned(payload: Mapping[str, Any], _zone: str) -> str:
    return _with(tr("took it back from %(worker)s", worker=_name(payload.get("worker"))), payload.get("reason"))


def _triaged(payload: Mapping[str, Any], _zone: str) -> str:
    outcome, reason = str(payload.get("outcome", "")), payload.get("reason")
    if outcome == "merged":
        told = tr("merged it into %(into)s", into=payload.get("into"))
    else:
        told = tr("declined it") if outcome == "declined" else tr("accepted it")
    return f"{told}: {reason}" if reason else told


def _offer(text: str) -> Callable[[Mapping[str, Any], str], str]:
    """What an event about an offer says, with the worker's name in `%(worker)s`; the reason is added."""
    return lambda p, _z: _with(str(text) % {"worker": _name(p.get("worker"))}, p.get("reason"))


def _said(what: str) -> Callable[[Mapping[str, Any], str], str]:
    """What was done, and what was said about it."""
    return lambda p, _z: f"{what}: {p['comment']}" if p.get("comment") else str(what)


def _name(worker: Any) -> str:
    """Workers stand in the log by name, or with id and name."""
    return str(worker.get("name", "")) if isinstance(worker, Mapping) else str(worker or "")


def _linked(payload: Mapping[str, Any], _zone: str) -> str:
    """Events from before there were kinds have none."""
    kind, lag, after = payload.get("link", "fs"), write_lag(payload.get("lag_min", 0)), payload["after"]
    if kind == Dependency.Kind.FINISH_START and not lag:
        return tr("made it wait for %(after)s", after=after)
    told = {"after": after, "kind": Dependency.Kind(kind).label, "lag": lag.lstrip("-")}
    if not lag:
        return tr("linked it to %(after)s: %(kind)s", **told)
    if lag.startswith("-"):
        return tr("linked it to %(after)s: %(kind)s, %(lag)s earlier", **told)
    return tr("linked it to %(after)s: %(kind)s, %(lag)s later", **told)


def _relinked(payload: Mapping[str, Any], _zone: str) -> str:
    parts = [
        tr("%(what)s from %(old)s to %(new)s", what=NAMES.get(name, name), old=_link_word(old), new=_link_word(new))
        for name, (old, new) in payload.get("changes", {}).items()
    ]
    return tr("changed its link to %(after)s: %(parts)s", after=payload["after"], parts="; ".join(parts))


def _link_word(text: str) -> str:
    """The kind of a link stands in the log by its English name, a lag as it was typed."""
    return tr(text) if text else tr("none")


def _quoting(text: str) -> Callable[[Mapping[str, Any], str], str]:
    """What was done, and the client's words about it. The payload fills what the text leaves open."""
    return lambda p, _z: str(text) % p + (": " + tr("“%(text)s”", text=p["words"]) if p.get("words") else "")


def _source(payload: Mapping[str, Any], _zone: str) -> str:
    if payload.get("form"):
        return tr("asked for it with the form %(form)s", form=payload["form"])
    return {"request": tr("asked for it"), "import": tr("imported it")}.get(
        str(payload.get("source")), tr("created it")
    )


def _version(payload: Mapping[str, Any], _zone: str) -> str:
    if payload.get("restored"):
        return tr("made version %(restored)s of %(name)s the current one again", **payload)
    return tr("added version %(number)s of the file %(name)s", **payload)


def _transferred(payload: Mapping[str, Any], _zone: str) -> str:
    project, key = payload["changes"]["project"][0], payload["changes"]["key"][0]
    return tr("moved it from %(project)s, where it was %(key)s", project=project, key=key)


def _plain(text: str) -> Callable[[Mapping[str, Any], str], str]:
    """A text that the payload fills; workers in it by name, several things with commas."""
    return lambda p, _z: str(text) % defaultdict(str, {name: _word(value) for name, value in p.items()})


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else _name(value)


ASKED: Final = _plain(later("asked %(clients)s to approve it"))
TELL: Final[dict[str, Callable[[Mapping[str, Any], str], str]]] = {
    "task.created": _source,
    "task.changed": _changed,
    **dict.fromkeys(MOVES, _moved),
    "task.deleted": _plain(later("put it into the trash")),
    "task.restored": _plain(later("took it out of the trash")),
    "task.criterion_added": _plain(later("asked for “%(text)s”")),
    "task.criterion_checked": _plain(later("checked “%(text)s”")),
    "task.criterion_unchecked": _plain(later("unchecked “%(text)s”")),
    "task.criterion_removed": _plain(later("removed the criterion “%(text)s”")),
    "task.dependency_added": _linked,
    "task.dependency_changed": _relinked,
    "task.unblocked": _plain(later("made way for it: %(after)s is over")),
    "task.item_added": _plain(later("added “%(text)s” to the checklist")),
    "task.item_changed": lambda p, z: tr("“%(text)s”", text=p["text"]) + f": {_changed(p, z)}",
    "task.item_checked": _plain(later("ticked off “%(text)s”")),
    "task.item_unchecked": _plain(later("opened “%(text)s” again")),
    "task.item_removed": _plain(later("took “%(text)s” off the checklist")),
    "task.item_converted": _plain(later("made the subtask %(into)s of “%(text)s”")),
    "task.approvers_named": lambda p, z: ASKED({"clients": p["changes"]["approvers"][1]}, z),
    "task.approval_given": _said(later("approved it")),
    "task.approval_refused": _said(later("rejected it")),
    "task.approval_sent_back": _said(later("asked for changes")),
    "task.approval_withdrawn": _plain(later("took their answer back")),
    "task.dependency_removed": _plain(later("let it no longer wait for %(after)s")),
    "task.placed": _plain(later("showed it in %(project)s, too")),
    "task.unplaced": _plain(later("showed it in %(project)s no longer")),
    "task.transferred": _transferred,
    "task.triaged": _triaged,
    "task.snoozed": lambda p, z: tr("put it off until %(until)s", until=_value("until_at", p["until"], z)),
    "task.untriaged": _plain(later("put it back into the inbox")),
    "task.file_added": _plain(later("added the file %(name)s")),
    "task.file_version_added": _version,
    "task.file_removed": _plain(later("removed the file %(name)s")),
    "task.file_restored": _plain(later("took the file %(name)s out of the trash")),
    "task.file_shown": _plain(later("showed the file %(name)s to clients")),
    "task.file_hidden": _plain(later("hid the file %(name)s from clients")),
    "task.file_purged": _plain(later("deleted the file %(name)s for good")),
    "task.proof_pinned": _plain(later("set pin %(pin)s on version %(version)s of %(name)s")),
    "task.proof_answered": _plain(later("answered at pin %(pin)s on version %(version)s of %(name)s")),
    "task.proof_resolved": _plain(later("resolved pin %(pin)s on version %(version)s of %(name)s")),
    "task.proof_reopened": _plain(later("reopened pin %(pin)s on version %(version)s of %(name)s")),
    "task.proof_task_made": _plain(later("made %(made)s of pin %(pin)s on version %(version)s of %(name)s")),
    "task.assigned": _assigned,
    "task.unassigned": _unassigned,
    "task.offered": _offer(later("offered it to %(worker)s")),
    "task.offer_accepted": _offer(later("accepted the offer")),
    "task.offer_declined": _offer(later("declined the offer")),
    "task.offer_reopened": _offer(later("took back declining the offer")),
    "task.offer_expired": _offer(later("had no answer from %(worker)s")),
    "task.offer_withdrawn": _offer(later("withdrew the offer to %(worker)s")),
    "task.pinned": _plain(later("pinned it to %(worker)s")),
    "task.unpinned": _plain(later("let go of its pin")),
    "task.routed": _plain(later("took it: version %(version)s")),
    "task.routed_again": _plain(later("had it routed again")),
    "task.step_began": _plain(later("began step %(step)s, “%(name)s”")),
    "task.proposed": _plain(later("proposed %(worker)s")),
    "task.proposal_rejected": _plain(later("decided against %(worker)s")),
    "task.overridden": _plain(later("chose %(worker)s instead of %(proposed)s")),
    "task.unroutable": _plain(later("found nobody: %(reason)s")),
    "task.offers_exhausted": _plain(later("found nobody: none of %(asked)s accepted")),
    "task.handed_over": ASKED,
    "task.handover_withdrawn": _plain(later("took it back from the client")),
    "task.approved": _quoting(later("approved it")),
    "task.changes_asked": _quoting(later("asked for changes")),
    "task.beyond_revisions": _quoting(later("asked for more than the %(limit)s agreed revisions")),
    "task.rated": _quoting(later("gave it %(rating)s of 5")),
    "task.client_rated": _quoting(later("gave the client %(rating)s of 5")),
}
