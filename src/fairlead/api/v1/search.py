"""Searching tasks with words and operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from fairlead.accounts.models import Role
from fairlead.api.calls import Call
from fairlead.api.fields import Shown, TaskState
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import Priority, WorkerName
from fairlead.work import grammar, queries

routes = Routes(tags=["Tasks"])


class HitOut(Shown):
    """A task that was found, and where the words stand."""

    key: str = Field(examples=["WEB-42"])
    project: str = Field(examples=["WEB"])
    title: str
    state: TaskState
    status: str = Field(examples=["In progress"])
    priority: Priority
    due_at: datetime | None
    assignee: WorkerName | None
    where: str = Field(description="`description`, `comment`, or empty when the words stand in the title or labels.")
    excerpt: str = Field(description="The text around the first hit; empty where `where` is.")


class FoundOut(Shown):
    items: list[HitOut]
    more: bool = Field(description="Whether there are others: narrow the search.")
    instead: str | None = Field(
        description="What was looked for without its typing errors, because what was asked for finds nothing.",
        examples=["design"],
    )


class SearchQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "", max_length=grammar.MAX_TEXT, examples=["login status:review -draft"],
        description=f'Words, "exact words", a minus for without, operators. {grammar.ALLOWED}',
    )  # fmt: skip
    limit: int = Field(50, ge=1, le=100)
    exact: bool = Field(False, description="Correct no typing errors.")


@routes.on("GET", "/search", scope="work:read", gives=FoundOut)
def search_tasks(request: Call, wanted: Query[SearchQuery]) -> dict[str, Any]:
    """Search tasks

    In titles, descriptions, labels and comments: the best ones first. Clients find their requests in the portal.
    """
    if request.actor.role == Role.CLIENT:
        return {"items": [], "more": False, "instead": None}
    look = queries.search if wanted.exact else queries.forgiving
    found = look(request.actor, grammar.read(wanted.q), now=request.now, limit=wanted.limit)
    return {"items": [_shown(hit) for hit in found.hits], "more": found.more, "instead": found.instead or None}


def _shown(hit: queries.Hit) -> dict[str, Any]:
    plain = {name: getattr(hit, name) for name in ("key", "state", "status", "priority", "due_at", "where")}
    return plain | {
        "project": hit.project_key,
        "title": hit.plain_title,
        "assignee": hit.worker,
        "excerpt": "".join(text for text, _ in hit.excerpt),
    }
