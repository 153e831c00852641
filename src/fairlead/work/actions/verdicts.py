"""Work that is put to a client: asking, approving, asking for changes, rating, and the reminders in between."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max

from fairlead.accounts.models import Membership, Role, User
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.work.actions.comments import add_comment
from fairlead.work.actions.moves import arrive, open_criteria
from fairlead.work.actions.projects import ONLY_MANAGERS
from fairlead.work.actions.tasks import fresh
from fairlead.work.models import Criterion, Handover, Project, ProjectClient, Reviewer, Status, Task
from fairlead.work.permissions import may_hand_over, may_judge, may_manage_project, may_rate_client
from fairlead.work.states import State

MAX_WORDS: Final = 5_000
MAX_RATING_WORDS: Final = 500
MOST_REMINDERS: Final = 5
MOST_REMIND_DAYS: Final = 30
MOST_REVISIONS: Final = 50
GONE: Final = later(
    "This no longer waits for you: it was answered or taken back. Open it again to see where it stands."
)

RATED: Final = later("It was rated already, or is not approved yet.")


class VerdictGone(Conflict):
    """The handover was answered, taken back, or its task has moved on."""

    code = "verdict-gone"
    title = later("This no longer waits for an answer")


class RevisionsUsed(Refused):
    """The agreed revisions are used; what was asked for was passed on to the manager."""

    code = "revisions-used"
    title = later("The agreed revisions are used")


def ask_client(
    task: Task, users: Sequence[int], *, actor: Actor, now: datetime, message: str = "", remind_days: int = 3
) -> Handover:
    """Put work in review to clients of the project (ids of users). Each is asked once per round; the first to answer
    decides. `remind_days` 0: no reminders."""
    require(may_hand_over(actor, task), tr("Only managers and whoever holds the task put it to a client."))
    message = message.strip()
    _check_question(task, users, message, remind_days)
    with transaction.atomic():
        fresh(task)
        if task.state != State.REVIEW:
            raise Refused(tr("%(task)s is not in review. Hand it in for review first, then ask the client.", task=task))
        if Handover.objects.filter(task=task, state=Handover.State.OPEN).exists():
            raise Conflict(tr("%(task)s is with the client already. Take it back before you ask again.", task=task))
        handover = _hand_over(task, users, message, remind_days, actor=actor, now=now)
        names = list(User.objects.filter(pk__in=users).order_by("name").values_list("name", flat=True))
        facts = {"handover": handover.pk, "round": handover.round, "clients": names, "users": sorted(set(users))}
        record("task.handed_over", task, actor=actor, now=now, **facts)
    return handover


def _check_question(task: Task, users: Collection[int], message: str, remind_days: int) -> None:
    wrong = {}
    if len(message) > MAX_WORDS:
        wrong["message"] = tr("A message has at most %(max_words)s characters.", max_words=MAX_WORDS)
    if not 0 <= remind_days <= MOST_REMIND_DAYS:
        wrong["remind_days"] = tr(
            "Remind after 1 to %(most_remind_days)s days, or 0 for never.", most_remind_days=MOST_REMIND_DAYS
        )
    if not users or set(users) - project_clients(task.project_id):
        wrong["users"] = tr("Choose at least one client with whom the project is shared.")
    if wrong:
        raise Invalid(wrong)


def project_clients(project_id: int) -> set[int]:
    """The ids of the users who are clients of the project now."""
    shared = ProjectClient.objects.filter(project_id=project_id).values("user_id")
    here = Membership.objects.filter(role=Role.CLIENT, removed_at__isnull=True, user__is_active=True)
    project = Project.objects.filter(pk=project_id).values("workspace_id")
    return set(here.filter(workspace_id__in=project, user_id__in=shared).values_list("user_id", flat=True))


def _hand_over(
    task: Task, users: Collection[int], message: str, remind_days: int, *, actor: Actor, now: datetime
) -> Handover:
    last = Handover.objects.filter(task=task).aggregate(last=Max("round"))["last"] or 0
    criteria = list(Criterion.objects.filter(task=task).values_list("text", flat=True))
    handover = Handover.objects.create(
        workspace_id=task.workspace_id, task=task, round=last + 1, message=message, remind_days=remind_days,
        shown={"title": task.title, "description": task.description, "criteria": criteria},
        task_version=task.version, asked_by_id=actor.user_id, asked_at=now,
    )  # fmt: skip
    Reviewer.objects.bulk_create(
        Reviewer(workspace_id=task.workspace_id, handover=handover, user_id=pk) for pk in sorted(set(users))
    )
    return handover


def take_back(handover: Handover, *, actor: Actor, now: datetime) -> Handover:
    """The team asks no longer; the task stays in review."""
    task = handover.task
    require(may_hand_over(actor, task), tr("Only managers and whoever holds the task take it back from a client."))
    with transaction.atomic():
        _answer(handover, Handover.State.WITHDRAWN, actor=actor, now=now)
        record("task.handover_withdrawn", task, actor=actor, now=now, handover=handover.pk)
    return handover


def approve(handover: Handover, *, actor: Actor, now: datetime, words: str = "") -> Handover:
    """The client accepts the work: the task is done, unless some criterion is still open for the team to check."""
    task = handover.task
    require(may_judge(actor, handover), tr("Only a client who was asked can approve this."))
    words = _checked(words)
    with transaction.atomic():
        fresh(task)
        _require_review(task)
        _answer(handover, Handover.State.APPROVED, actor=actor, now=now, words=words)
        facts = {"handover": handover.pk, "round": handover.round, "version": handover.task_version, "words": words}
        record("task.approved", task, actor=actor, now=now, **facts)
        if not open_criteria(task):
            arrive(task, _first(task, State.DONE), None, actor=actor, now=now)
    return handover


def ask_for_changes(handover: Handover, words: str, *, actor: Actor, now: datetime) -> Handover:
    """The client wants something else: the task goes back to work, and that is one revision more.

    Raises RevisionsUsed when the project's limit is reached; the words are kept and a manager is told all the same.
    """
    task = handover.task
    require(may_judge(actor, handover), tr("Only a client who was asked can ask for changes."))
    words = _checked(words)
    if not words:
        raise Invalid({"words": tr("Say what should be different, so that it can be changed.")})
    limit = task.project.revision_limit
    if limit is not None and revisions(task) >= limit:
        _pass_on(handover, words, limit, actor=actor, now=now)
        raise RevisionsUsed(
            tr_count(
                "The %(n)s agreed revision are used, so this needs a change order. What you wrote went to your contact,"
                " who will come back to you; you can still approve the work as it is.",
                "The %(n)s agreed revisions are used, so this needs a change order. What you wrote went to your"
                " contact, who will come back to you; you can still approve the work as it is.",
                limit,
            )
        )
    with transaction.atomic():
        fresh(task)
        _require_review(task)
        _answer(handover, Handover.State.CHANGES, actor=actor, now=now, words=words)
        facts = {"handover": handover.pk, "round": handover.round, "revision": revisions(task), "limit": limit}
        record("task.changes_asked", task, actor=actor, now=now, words=words, **facts)
        arrive(task, _first(task, State.RUNNING), None, actor=actor, now=now)
    return handover


def _pass_on(handover: Handover, words: str, limit: int, *, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        if not Handover.objects.filter(pk=handover.pk, state=Handover.State.OPEN).exists():
            raise VerdictGone(GONE)
        add_comment(handover.task, words, internal=False, actor=actor, now=now)
        facts = {"handover": handover.pk, "limit": limit, "words": words}
        record("task.beyond_revisions", handover.task, actor=actor, now=now, **facts)


def rate(handover: Handover, rating: int, *, actor: Actor, now: datetime, words: str = "") -> Handover:
    """1 (poor) to 5 (great) with a word, once, for work that was approved. Managers see it, and whoever did the work
    when the ratings are open (queries.handovers.is_open); nothing depends on it."""
    require(may_judge(actor, handover), tr("Only a client who was asked can rate this."))
    words = _rating_words(rating, words)
    with transaction.atomic():
        mine = Handover.objects.filter(pk=handover.pk, state=Handover.State.APPROVED, rating__isnull=True)
        if not mine.update(rating=rating, rating_words=words, rated_at=now):
            raise VerdictGone(RATED)
        facts = {"handover": handover.pk, "rating": rating, "words": words}
        record("task.rated", handover.task, actor=actor, now=now, **facts)
    handover.refresh_from_db()
    return handover


def rate_client(handover: Handover, rating: int, *, actor: Actor, now: datetime, words: str = "") -> Handover:
    """The other way round: how it was to work with whoever approved it, once. The client sees it when the ratings are
    open; nothing depends on it."""
    require(may_rate_client(actor, handover.task), tr("Whoever did the work says how it was with the client."))
    words = _rating_words(rating, words)
    with transaction.atomic():
        unrated = Handover.objects.filter(pk=handover.pk, state=Handover.State.APPROVED, client_rating__isnull=True)
        if not unrated.update(
            client_rating=rating, client_rating_words=words, client_rated_at=now, client_rated_by=actor.user_id
        ):
            raise VerdictGone(RATED)
        facts = {"handover": handover.pk, "rating": rating, "words": words}
        record("task.client_rated", handover.task, actor=actor, now=now, **facts)
    handover.refresh_from_db()
    return handover


def _rating_words(rating: int, words: str) -> str:
    words, wrong = words.strip(), {}
    if not 1 <= rating <= 5:
        wrong["rating"] = tr("Choose from 1 (poor) to 5 (great).")
    if len(words) > MAX_RATING_WORDS:
        wrong["rating_words"] = tr("At most %(max_rating_words)s characters.", max_rating_words=MAX_RATING_WORDS)
    if wrong:
        raise Invalid(wrong)
    return words


def revisions(task: Task) -> int:
    """How often clients have asked for changes."""
    return Handover.objects.filter(task=task, state=Handover.State.CHANGES).count()


def limit_revisions(project: Project, limit: int | None, *, actor: Actor, now: datetime) -> Project:
    """How many revisions are agreed for each task of the project; None: any number."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    if limit is not None and not 0 <= limit <= MOST_REVISIONS:
        raise Invalid(
            {
                "revision_limit": tr(
                    "0 to %(most_revisions)s revisions, or empty for any number.", most_revisions=MOST_REVISIONS
                )
            }
        )
    with transaction.atomic():
        changed = Project.objects.filter(pk=project.pk).exclude(revision_limit=limit)
        before = project.revision_limit
        if changed.update(revision_limit=limit, version=F("version") + 1):
            record("project.changed", project, actor=actor, now=now, changes={"revision_limit": [before, limit]})
    project.refresh_from_db()
    return project


def due_reminders(workspace_id: int, *, now: datetime) -> list[Reviewer]:
    """Whom to remind now: each at most once in `remind_days`, at most five times, never after they stopped it."""
    waiting = Reviewer.objects.filter(
        workspace_id=workspace_id, handover__state=Handover.State.OPEN, handover__remind_days__gt=0,
        handover__task__deleted_at__isnull=True, handover__task__state=State.REVIEW, stopped_at__isnull=True,
        reminders__lt=MOST_REMINDERS,
    )  # fmt: skip
    related = waiting.select_related("handover__task__project", "user").order_by("pk")
    return [row for row in related if (row.reminded_at or row.handover.asked_at) <= now - _wait(row)]


def _wait(reviewer: Reviewer) -> timedelta:
    return timedelta(days=reviewer.handover.remind_days)


def count_reminder(reviewer: Reviewer, *, now: datetime) -> bool:
    """They were reminded now; False when that is counted already. Not an event: nothing of the work has changed."""
    same = Reviewer.objects.filter(pk=reviewer.pk, reminders=reviewer.reminders, stopped_at__isnull=True)
    return bool(same.update(reminders=F("reminders") + 1, reminded_at=now))


def stop_reminders(reviewer: Reviewer, *, now: datetime) -> None:
    """No more reminders of this request to this client; by the link of the mail."""
    Reviewer.objects.filter(pk=reviewer.pk, stopped_at__isnull=True).update(stopped_at=now)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > MAX_WORDS:
        raise Invalid({"words": tr("At most %(max_words)s characters.", max_words=MAX_WORDS)})
    return words


def _require_review(task: Task) -> None:
    if task.state != State.REVIEW:
        raise VerdictGone(GONE)


def _answer(handover: Handover, state: str, *, actor: Actor, now: datetime, words: str = "") -> None:
    won = Handover.objects.filter(pk=handover.pk, state=Handover.State.OPEN)
    values: dict[str, Any] = {"state": state, "answered_by_id": actor.user_id, "answered_at": now, "words": words}
    if not won.update(**values):
        raise VerdictGone(GONE)
    for name, value in values.items():
        setattr(handover, name, value)


def _first(task: Task, state: State) -> Status:
    found = Status.objects.filter(project_id=task.project_id, state=state).order_by("position").first()
    if found is None:
        raise Missing(
            tr("This project has no column for %(label)s. Its manager can add one in the settings.", label=state.label)
        )
    return found
