"""What tasks look like, coming in and going out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from fairlead.api.fields import Body, Day, Id, Level, Moment, ProjectKey, Shown, TaskKey, TaskState, Text
from fairlead.api.paging import Paging

Title = Annotated[str, StringConstraints(max_length=240)]
Label = Annotated[str, StringConstraints(max_length=40)]
Condition = Annotated[str, StringConstraints(max_length=300)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=525_600, description="Minutes at ordinary speed.")]
Priority = Annotated[int, Field(strict=True, ge=0, le=4, description="0 none, 1 low, 2 medium, 3 high, 4 urgent.")]
OutsideId = Annotated[str, StringConstraints(max_length=120)]


TypeKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(description="The key of a type of work.")
]
OwnFields = Annotated[
    dict[str, Any],
    Field(
        max_length=60,
        description="Custom fields by key; `null` empties one. Choices and people by id or name.",
        examples=[{"budget": {"amount": 120000, "currency": "EUR"}}],
    ),
]


class WorkerName(Shown):
    id: int
    name: str
    kind: str = Field(description="`employee`, `freelancer` or `agent`.")


class StatusName(Shown):
    id: int
    name: str = Field(examples=["In progress"])


class NeedOut(Shown):
    """A skill that the task asks for, at least at this level."""

    skill_id: int
    name: str = Field(examples=["Python"])
    level: int


class CriterionOut(Shown):
    """Something that must be true before the task is done."""

    id: int
    text: str
    checked_at: datetime | None


class LinkOut(Shown):
    """How it follows another task."""

    after: str = Field(description="The key of the other task.", examples=["WEB-7"])
    kind: str = Field(
        description="`fs`: starts after it ends; `ss`: starts after it starts; `ff`: ends after it ends; "
        "`sf`: ends after it starts.",
        examples=["fs"],
    )
    lag_min: int = Field(description="Minutes of the calendar later; negative: earlier.", examples=[0])


class TaskOut(Shown):
    key: str = Field(examples=["WEB-42"])
    project: str = Field(examples=["WEB"])
    title: str = Field(examples=["Move the shop to the new checkout"])
    description: str = Field(description="Markdown.")
    status: StatusName
    state: TaskState
    priority: Priority
    effort_low_min: int | None
    effort_min: int | None = Field(description="The likely effort in minutes at ordinary speed.")
    effort_high_min: int | None
    release_at: datetime | None = Field(description="Work on it cannot begin earlier.")
    due_at: datetime | None
    labels: list[str]
    parent: str | None = Field(description="The key of the task that it is part of.")
    assignee: WorkerName | None
    needs: list[NeedOut]
    criteria: list[CriterionOut]
    waits_for: list[str] = Field(description="Keys of the tasks that it follows; `links` says how.")
    links: list[LinkOut]
    blocked_by: list[str] = Field(description="Those of them that are still open: until then it cannot start.")
    external_id: str = Field(description="Its id in another system; unique in the project.")
    type: str = Field(description="The key of its type of work.", examples=["bug"])
    fields: dict[str, Any] = Field(
        description="Custom fields of its project by key; money is in minor units.",
        examples=[{"budget": {"amount": 120000, "currency": "EUR"}, "stage": {"id": 3, "name": "Live"}}],
    )
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    version: int


class TaskPage(Shown):
    items: list[TaskOut]
    next_cursor: str | None


class TaskQuery(Paging):
    project: ProjectKey | None = None
    state: Literal["backlog", "ready", "running", "review", "done", "cancelled", "open"] | None = Field(
        None, description="`open`: all that is neither done nor cancelled."
    )
    status_id: int | None = Field(None, ge=1, le=2**63 - 1, description="The column.")
    assignee: str | None = Field(
        None, pattern=r"^(me|nobody|[1-9][0-9]{0,17})$", description="A worker's id, `me` or `nobody`."
    )
    label: str | None = Field(None, max_length=40)
    priority: int | None = Field(None, ge=0, le=4, description="0 none to 4 urgent.")
    due: Literal["late", "week", "later", "none"] | None = Field(None, description="`week`: in the next seven days.")
    skill_id: int | None = Field(None, ge=1, le=2**63 - 1, description="A skill that the task needs.")
    due_from: Day | None = Field(None, description="Due on this day (UTC) or later.")
    due_to: Day | None = Field(None, description="Due on this day (UTC) or earlier.")
    created_from: Day | None = None
    created_to: Day | None = None
    q: str | None = Field(None, max_length=120, description="Words in title, description or labels; or a key.")
    external_id: OutsideId | None = None
    type: str | None = Field(None, max_length=40, description="The key of a type of work.")
    fields: str | None = Field(
        None,
        max_length=300,
        description="What custom fields hold, as in a search.",
        examples=["budget:>1000 stage:Live"],
    )
    updated_since: Moment | None = Field(None, description="Changed then or later, for keeping a copy up to date.")
    order: Literal["created", "-created", "updated", "-updated"] = Field(
        "created", description="By time of creation or of the last change; `-` begins with the latest."
    )


class NeedIn(Body):
    skill_id: Id
    level: Level


class NewTask(Body):
    project: ProjectKey
    title: Title
    description: Text = ""
    status_id: Id | None = Field(None, description="The column; without it the first one where work waits.")
    priority: Priority = 0
    effort_low_min: Minutes | None = None
    effort_min: Minutes | None = None
    effort_high_min: Minutes | None = None
    release_at: Moment | None = Field(None, description="Work on it cannot begin earlier.")
    due_at: Moment | None = Field(None, description="When it must be done.")
    labels: list[Label] = Field([], max_length=20)
    parent: TaskKey | None = Field(None, description="The task that it is part of.")
    needs: list[NeedIn] = Field([], max_length=50)
    criteria: list[Condition] = Field([], max_length=50)
    after: list[TaskKey] = Field([], max_length=50, description="Keys of the tasks that must be done first.")
    external_id: OutsideId = ""
    fields: OwnFields = {}
    type: TypeKey = "task"


class TaskChange(Body):
    title: Title = ""
    description: Text = ""
    priority: Priority = 0
    effort_low_min: Minutes | None = None
    effort_min: Minutes | None = None
    effort_high_min: Minutes | None = None
    release_at: Moment | None = Field(None, description="Work on it cannot begin earlier.")
    due_at: Moment | None = Field(None, description="When it must be done.")
    labels: list[Label] = Field([], max_length=20)
    parent: TaskKey | None = Field(None, description="The task that it is part of.")
    needs: list[NeedIn] = Field([], max_length=50, description="All needs: those that are not named are removed.")
    external_id: OutsideId = ""
    fields: OwnFields = {}
    type: TypeKey = "task"


class Move(Body):
    status_id: Id
    below: TaskKey | None = Field(None, description="The card right above; without it the top of the column.")
