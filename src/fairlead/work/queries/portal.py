"""What a client sees, and nothing else: every field is named here, none is handed on from a row.

No internal comments, efforts, rates, skills, priorities, policies, nor who else has what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Max, Q, QuerySet

from fairlead.accounts.brand import Brand
from fairlead.accounts.models import Membership, Role
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.lib.errors import Missing
from fairlead.lib.speech import later, tr, tr_count
from fairlead.work.models import Comment, Criterion, FormEntry, Handover, LastLook, ProjectClient, Reviewer, Task
from fairlead.work.queries.handovers import is_open
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import find_task, visible_comments, visible_tasks
from fairlead.work.states import OVER, WAITING, State

APPROVE, ANSWER, CURRENT, OVER_GROUP = "approve", "answer", "current", "over"
GROUPS: Final = (
    (APPROVE, later("Waits for your approval")),
    (ANSWER, later("Waits for your answer")),
    (CURRENT, later("In progress")),
    (OVER_GROUP, later("Done")),
)
MOST: Final = 300
"""Requests on the page; what is over beyond that is left out, the oldest first."""
TOLD: Final = (
    "task.created", "task.moved", "task.started", "task.submitted", "task.completed", "task.reopened",
    "task.cancelled", "task.handed_over", "task.approved", "task.changes_asked",
)  # fmt: skip
COLUMNS: Final = (
    "id", "number", "title", "state", "due_at", "created_at", "updated_at", "done_at", "created_by_id", "project__key",
    "project__name", "project__color", "project__lead__name", "assignee__name", "assignee__kind",
)  # fmt: skip


@dataclass(frozen=True)
class RequestRow:
    """One request as a line. `group` is one of GROUPS; `word` the status in the workspace's words for clients;
    `news` says in short what has changed since the reader last looked, `is_new` that they never did."""

    id: int
    key: str
    title: str
    project_key: str
    project: str
    color: int
    state: str
    word: str
    group: str
    due_at: datetime | None
    over_at: datetime | None
    contact: str
    by: str
    is_mine: bool
    is_new: bool
    news: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A comment that clients may read; `is_team` tells on which side its author is."""

    id: int
    who: str
    is_team: bool
    is_agent: bool
    is_question: bool
    body: str
    at: datetime
    edited: bool


@dataclass(frozen=True)
class Round:
    """One time that the work was put to clients. `is_mine`: this reader was asked and may answer. `client_rating` is
    what the team says of working with them, once the ratings are open."""

    id: int
    number: int
    state: str
    message: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    words: str
    rating: int | None
    rating_words: str
    client_rating: int | None
    client_rating_words: str
    is_mine: bool


@dataclass(frozen=True)
class RequestPage:
    """Everything about one request. `criteria` are (text, is met); `answers` what was said in its form."""

    row: RequestRow
    description: str
    criteria: tuple[tuple[str, bool], ...]
    comments: tuple[Said, ...]
    rounds: tuple[Round, ...]
    answers: tuple[tuple[str, str], ...]
    created_at: datetime
    revisions: int
    revision_limit: int | None

    @property
    def open_round(self) -> Round | None:
        """What waits for this reader's verdict."""
        return next((r for r in self.rounds if r.state == "open" and r.is_mine), None)

    @property
    def to_rate(self) -> Round | None:
        """What this reader may still rate."""
        return next((r for r in self.rounds if r.state == "approved" and r.is_mine and r.rating is None), None)

    @property
    def revisions_used(self) -> bool:
        return self.revision_limit is not None and self.revisions >= self.revision_limit


def portal_tasks(actor: Actor) -> QuerySet[Task]:
    """The tasks of the projects shared with a client, without the parts that the team splits work into."""
    me = actor.user_id or 0
    shown = Q(parent__isnull=True) | Q(created_by_id=me) | Q(handovers__reviewers__user_id=me)
    mine = visible_tasks(actor).filter(shown, project__archived_at__isnull=True)
    return Task.objects.filter(pk__in=mine.values("pk"))


def find_request(actor: Actor, key: str) -> Task:
    """The task as a client may open it. Raises Missing."""
    task = find_task(actor, key)
    if not portal_tasks(actor).filter(pk=task.pk).exists():
        raise Missing(tr("There is no such request, or it was not shared with you."))
    return task


def requests(actor: Actor, brand: Brand, *, project_id: int | None = None) -> list[RequestRow]:
    """The client's requests and deliverables: first what waits for them, then the latest; eight queries."""
    found = portal_tasks(actor)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    rows = plain(found.order_by("-updated_at", "-id").values(*COLUMNS)[:MOST])
    shown = _rows(actor, brand, rows)
    order = [name for name, _ in GROUPS]
    return sorted(shown, key=lambda row: order.index(row.group))


@dataclass(frozen=True)
class _Facts:
    """About the tasks of a page: whose verdict or answer waits, when the reader looked, and what came since."""

    asked: set[int]
    questions: set[int]
    looks: dict[int, datetime]
    moves: dict[int, list[str]]
    talk: dict[int, int]


def _rows(actor: Actor, brand: Brand, rows: list[dict[str, Any]]) -> list[RequestRow]:
    ids = [row["id"] for row in rows]
    looks = _looks(actor, ids)
    questions, talk = _talk(actor, ids, looks)
    facts = _Facts(_asked(actor, ids), questions, looks, _moves(actor, brand, ids, looks), talk)
    return [_row(actor, brand, row, facts) for row in rows]


def _row(actor: Actor, brand: Brand, row: Mapping[str, Any], facts: _Facts) -> RequestRow:
    pk = row["id"]
    group = _group(row["state"], to_approve=pk in facts.asked, to_answer=pk in facts.questions)
    count = facts.talk.get(pk, 0)
    news = [
        *facts.moves.get(pk, ()),
        *([tr_count("%(n)s new message", "%(n)s new messages", count)] if count else []),
    ]
    is_new = bool(facts.looks) and pk not in facts.looks and group != OVER_GROUP  # on the first visit all would be new
    return RequestRow(
        id=pk, key=f"{row['project__key']}-{row['number']}", title=row["title"], project_key=row["project__key"],
        project=row["project__name"], color=row["project__color"], state=row["state"],
        word=tr("To approve") if group == APPROVE else brand.word(row["state"]), group=group, due_at=row["due_at"],
        over_at=row["done_at"], contact=brand.person(row["project__lead__name"] or ""), by=_worker(brand, row),
        is_mine=row["created_by_id"] == actor.user_id, is_new=is_new, news=tuple(news),
    )  # fmt: skip


def _group(state: str, *, to_approve: bool, to_answer: bool) -> str:
    if to_approve and state == State.REVIEW:
        return APPROVE
    if to_answer and state not in OVER:
        return ANSWER
    return OVER_GROUP if state in OVER else CURRENT


def _worker(brand: Brand, row: Mapping[str, Any]) -> str:
    """Who works on it, as far as clients may know: nothing while it waits, an AI agent is always called one."""
    if not brand.shows_names or not row["assignee__name"] or row["state"] in WAITING:
        return ""
    return "an AI agent" if row["assignee__kind"] == "agent" else brand.person(row["assignee__name"])


def _asked(actor: Actor, ids: list[int]) -> set[int]:
    """The tasks whose verdict waits for this client."""
    mine = Reviewer.objects.filter(
        workspace_id=actor.workspace_id, user_id=actor.user_id or 0, handover__state=Handover.State.OPEN,
        handover__task_id__in=ids,
    )  # fmt: skip
    return set(mine.values_list("handover__task_id", flat=True))


def _looks(actor: Actor, ids: list[int]) -> dict[int, datetime]:
    found = LastLook.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0, task_id__in=ids)
    return dict(found.values_list("task_id", "at"))


def _talk(actor: Actor, ids: list[int], looks: Mapping[int, datetime]) -> tuple[set[int], dict[int, int]]:
    """(tasks with a question that no client has answered yet, {task: messages of others since the last look})."""
    said = Comment.objects.filter(
        workspace_id=actor.workspace_id, task_id__in=ids, internal=False, deleted_at__isnull=True
    )
    clients = Q(author__in=Membership.objects.filter(workspace_id=actor.workspace_id, role=Role.CLIENT).values("user"))
    last = said.values("task_id").annotate(
        asked=Max("created_at", filter=Q(question=True)), answered=Max("created_at", filter=clients)
    )
    waiting = {
        row["task_id"]
        for row in last.order_by()
        if row["asked"] and (row["answered"] is None or row["answered"] < row["asked"])
    }
    since = min(looks.values(), default=None)
    others = said.exclude(author_id=actor.user_id).filter(created_at__gt=since) if since else Comment.objects.none()
    counted: dict[int, int] = defaultdict(int)
    for task_id, at in others.values_list("task_id", "created_at"):
        if task_id in looks and at > looks[task_id]:
            counted[task_id] += 1
    return waiting, dict(counted)


def _moves(actor: Actor, brand: Brand, ids: list[int], looks: Mapping[int, datetime]) -> dict[int, list[str]]:
    """{task: where it has gone since the last look}, in words for clients; what the reader did is no news."""
    since = min(looks.values(), default=None)
    if since is None:
        return {}
    events = Event.objects.filter(
        workspace_id=actor.workspace_id, subject_kind="task", subject_id__in=ids, kind__in=TOLD, at__gt=since
    ).exclude(actor_user_id=actor.user_id or 0)
    found: dict[int, str] = {}
    for task_id, at, kind, payload in events.order_by("seq").values_list("subject_id", "at", "kind", "payload"):
        state = (payload.get("changes") or {}).get("state")
        if task_id in looks and at > looks[task_id] and (text := _told(kind, state, brand)):
            found[task_id] = text
    return {task_id: [text] for task_id, text in found.items()}


def _told(kind: str, state: list[str] | None, brand: Brand) -> str:
    if kind == "task.handed_over":
        return "now waits for your approval"
    return f"now “{brand.word(state[1])}”" if state else ""


def request_page(actor: Actor, brand: Brand, task: Task, *, now: datetime) -> RequestPage:
    """Everything that a client reads about a task that `find_request` found."""
    [row] = _rows(actor, brand, plain(Task.objects.filter(pk=task.pk).values(*COLUMNS)))
    rounds = _rounds(actor, brand, task, now=now)
    return RequestPage(
        row=row, description=task.description, criteria=tuple(_criteria(task)),
        comments=tuple(_said(actor, brand, task)), rounds=rounds, answers=_answers(actor, task),
        created_at=task.created_at, revision_limit=task.project.revision_limit,
        revisions=sum(1 for r in rounds if r.state == Handover.State.CHANGES),
    )  # fmt: skip


def _criteria(task: Task) -> Iterable[tuple[str, bool]]:
    found = Criterion.objects.filter(task=task).order_by("position", "id").values_list("text", "checked_at")
    return ((text, checked_at is not None) for text, checked_at in found)


def _said(actor: Actor, brand: Brand, task: Task) -> Iterable[Said]:
    clients = set(ProjectClient.objects.filter(project_id=task.project_id).values_list("user_id", flat=True))
    found = visible_comments(actor, task).filter(internal=False).order_by("created_at", "id")
    columns = ("id", "author_id", "author__name", "author__kind", "question", "body", "created_at", "edited_at")
    for row in found.values(*columns):
        own = row["author_id"] in clients or row["author_id"] == actor.user_id
        yield Said(
            id=row["id"], who=_author(brand, row, own=own), is_team=not own, is_agent=row["author__kind"] == "agent",
            is_question=row["question"], body=row["body"], at=row["created_at"], edited=row["edited_at"] is not None,
        )  # fmt: skip


def _author(brand: Brand, row: Mapping[str, Any], *, own: bool) -> str:
    if own:
        return row["author__name"] or tr("Somebody who left")
    return brand.person(row["author__name"] or "")


def _rounds(actor: Actor, brand: Brand, task: Task, *, now: datetime) -> tuple[Round, ...]:
    """The latest first; those that the team took back are not shown."""
    found = Handover.objects.filter(task=task).exclude(state=Handover.State.WITHDRAWN)
    mine = Count("reviewers", filter=Q(reviewers__user_id=actor.user_id or 0))
    rows = found.annotate(mine=mine, asker=F("asked_by__name"), judge=F("answered_by__name")).order_by("-round")
    columns = ("id", "round", "state", "message", "asker", "asked_at", "judge", "answered_at", "words", "rating",
               "rating_words", "client_rating", "client_rating_words", "mine")  # fmt: skip
    known = [
        {**r, "open": is_open(r["answered_at"], given=r["rating"] is not None, now=now)} for r in rows.values(*columns)
    ]
    return tuple(
        Round(
            id=r["id"], number=r["round"], state=r["state"], message=r["message"],
            asked_by=brand.person(r["asker"] or ""), asked_at=r["asked_at"], answered_by=r["judge"] or "",
            answered_at=r["answered_at"], words=r["words"],
            rating=r["rating"], rating_words=r["rating_words"], is_mine=r["mine"] > 0,
            client_rating=r["client_rating"] if r["open"] else None,
            client_rating_words=r["client_rating_words"] if r["open"] else "",
        )
        for r in known
    )  # fmt: skip


def _answers(actor: Actor, task: Task) -> tuple[tuple[str, str], ...]:
    """What was answered in the form, for the client who filled it in; a task of the public form shows it to all."""
    found = FormEntry.objects.filter(task=task).filter(Q(user_id=actor.user_id or 0) | Q(user__isnull=True))
    answers = found.values_list("answers", flat=True).first() or []
    return tuple((str(question), str(answer)) for question, answer in answers)


def find_round(actor: Actor, task: Task, handover_id: int) -> Handover:
    """A handover of a visible task to this client. Raises Missing."""
    mine = Handover.objects.filter(pk=handover_id, task=task, reviewers__user_id=actor.user_id or 0)
    found = mine.select_related("task__project").first()
    if found is None:
        raise Missing(tr("There is nothing here that waits for your answer."))
    found.task = task
    return found
