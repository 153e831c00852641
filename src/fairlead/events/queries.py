"""Reading the event log. Who may is for the layers above to say; the log knows no roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from fairlead.events.actor import Actor
from fairlead.events.models import Event

COLUMNS = (
    "seq", "at", "kind", "actor_kind", "actor_user_id", "actor_name", "token_id",
    "subject_kind", "subject_id", "subject_label", "project_id", "payload",
)  # fmt: skip
FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "security": (
        *("user.", "session.", "factor.", "member.", "invitation.", "token."),
        *("security.", "provider.", "directory.", "log."),
    )
}
"""Names for several first parts of kinds at once."""


@dataclass(frozen=True)
class LogFilter:
    """Which events. `kind`: one kind, the first part of it such as "task", or one of FAMILIES; `task`: a task's key;
    `since` and `until` (not included): times; `text`: anywhere in what happened. None: whatever it is.
    `hidden`: projects whose events the reader may not see."""

    kind: str | None = None
    user_id: int | None = None
    actor_kind: str | None = None
    project_id: int | None = None
    task: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    before: int | None = None
    hidden: frozenset[int] = frozenset()


def latest(actor: Actor, wanted: LogFilter, *, limit: int) -> list[dict[str, Any]]:
    """The workspace's events, the latest first, those with a `seq` below `wanted.before`; see COLUMNS."""
    return list(matching(actor.workspace_id, wanted).order_by("-seq").values(*COLUMNS)[:limit])


def matching(workspace_id: int, wanted: LogFilter) -> QuerySet[Event]:
    """The events that the filter asks for, in no order."""
    found = Event.objects.filter(_of_kind(wanted.kind), workspace_id=workspace_id)
    exact = {
        "actor_user_id": wanted.user_id,
        "actor_kind": wanted.actor_kind,
        "project_id": wanted.project_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "seq__lt": wanted.before,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.hidden:
        found = found.exclude(project_id__in=wanted.hidden)
    if wanted.task:
        found = found.filter(Q(subject_kind="task", subject_label=wanted.task) | Q(payload__task=wanted.task))
    if wanted.text:
        said = dict.fromkeys(("subject_label__icontains", "actor_name__icontains", "said__icontains"), wanted.text)
        found = found.annotate(said=Cast("payload", TextField())).filter(Q(**said, _connector=Q.OR))
    return found


def _of_kind(kind: str | None) -> Q:
    if not kind:
        return Q()
    if "." in kind:
        return Q(kind=kind)
    starts = Q()
    for first in FAMILIES.get(kind, (f"{kind}.",)):
        starts |= Q(kind__startswith=first)
    return starts
