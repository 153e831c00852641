"""What happened in the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from fairlead.accounts.permissions import may_read_events
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import BIGGEST, Moment, ProjectKey, Shown
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.events.models import Event
from fairlead.lib.errors import require
from fairlead.lib.speech import tr
from fairlead.work.queries import find_project, seen, visible_projects

routes = Routes(tags=["Events"])
ORDERS = {"oldest": Order("events:oldest", ("seq",)), "newest": Order("events:newest", ("seq",), descending=True)}


class By(Shown):
    kind: str = Field(description="`person`, `agent`, `rule`, `engine` or `system`.", examples=["person"])
    name: str
    user_id: int | None
    token_id: int | None


class About(Shown):
    kind: str = Field(examples=["task"])
    id: int
    label: str = Field(examples=["WEB-42"])


class EventOut(Shown):
    seq: int = Field(description="1, 2, 3 … without gaps, in the workspace.")
    at: datetime
    kind: str = Field(examples=["task.created"])
    actor: By
    subject: About
    project: str | None
    payload: dict[str, Any] = Field(description="`changes` is {field: [before, after]}.")
    hash: str = Field(description="SHA-256 over the event and the hash of the one before it.")


class EventPage(Shown):
    items: list[EventOut]
    next_cursor: str | None


class EventFilter(Paging):
    after: int | None = Field(None, ge=0, le=BIGGEST, description="Only events with a higher `seq`.")
    kind: str | None = Field(None, max_length=60, description="One kind, or a family such as `task.`.")
    subject_kind: str | None = Field(None, max_length=30)
    subject_id: int | None = Field(None, ge=1, le=BIGGEST)
    project: ProjectKey | None = None
    since: Moment | None = None
    order: Literal["oldest", "newest"] = "oldest"


COLUMNS = (
    "seq", "at", "kind", "actor_kind", "actor_name", "actor_user_id", "token_id", "subject_kind", "subject_id",
    "subject_label", "project_id", "payload", "hash",
)  # fmt: skip


@routes.on("GET", "/events", scope="events:read", gives=EventPage)
def list_events(request: Call, wanted: Query[EventFilter]) -> dict[str, Any]:
    """List events

    To follow the log, keep the last `seq` and ask with `after`.
    """
    require(may_read_events(request.actor), tr("Only managers and auditors read the event log."))
    rows = paging.cut(request, _fitting(request, wanted).values(*COLUMNS), ORDERS[wanted.order], wanted)
    keys = dict(visible_projects(request.actor).values_list("id", "key"))
    return paging.page(request, [_row(row, keys) for row in rows])


def _fitting(request: Call, wanted: EventFilter) -> QuerySet[Event]:
    found = seen(Event.objects.filter(workspace_id=request.actor.workspace_id), request.actor, "project")
    if wanted.after is not None:
        found = found.filter(seq__gt=wanted.after)
    if wanted.kind is not None:
        found = (
            found.filter(kind__startswith=wanted.kind) if wanted.kind.endswith(".") else found.filter(kind=wanted.kind)
        )
    if wanted.subject_kind is not None:
        found = found.filter(subject_kind=wanted.subject_kind)
    if wanted.subject_id is not None:
        found = found.filter(subject_id=wanted.subject_id)
    if wanted.project is not None:
        found = found.filter(project_id=find_project(request.actor, wanted.project).pk)
    return found if wanted.since is None else found.filter(at__gte=wanted.since)


def _row(row: dict[str, Any], keys: dict[int, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("seq", "at", "kind", "payload")},
        "actor": {
            "kind": row["actor_kind"], "name": row["actor_name"], "user_id": row["actor_user_id"],
            "token_id": row["token_id"],
        },
        "subject": {"kind": row["subject_kind"], "id": row["subject_id"], "label": row["subject_label"]},
        "project": keys.get(row["project_id"]),
        "hash": bytes(row["hash"]).hex(),
    }  # fmt: skip
