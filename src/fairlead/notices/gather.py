"""Who is concerned by an event. Whether they may know of it is asked afterwards, for each of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fairlead.accounts.models import Membership
from fairlead.accounts.permissions import MANAGERS
from fairlead.allocation.models import Assignment, Plan
from fairlead.events.models import Event
from fairlead.people.models import TimeOff, Worker
from fairlead.work.models import Comment, ProjectClient, Task
from fairlead.work.types.models import Approver


@dataclass(frozen=True)
class News:
    """An event with the task and the comment that it is about, if there are any."""

    event: Event
    task: Task | None
    comment: Comment | None

    @property
    def payload(self) -> dict[str, Any]:
        return dict(self.event.payload)


def news_of(event: Event) -> News:
    """The event, with what it is about as it is now."""
    task = comment = None
    if event.subject_kind == "comment":
        comment = Comment.objects.filter(pk=event.subject_id, deleted_at__isnull=True).first()
    number = comment.task_id if comment else event.subject_id if event.subject_kind == "task" else 0
    if number:
        related = Task.objects.select_related("project", "assignee")
        task = related.filter(pk=number, deleted_at__isnull=True).first()
    return News(event, task, comment)


def _user_of(worker_id: int | None) -> Collection[int]:
    found = Worker.objects.filter(pk=worker_id or 0, user__isnull=False).values_list("user_id", flat=True)
    return [user_id for user_id in found if user_id is not None]


def calendar_owner(news: News) -> Collection[int]:
    """Whose calendar it is."""
    return _user_of(news.payload.get("worker"))


def managers_of_absence(news: News) -> Collection[int]:
    """Managers, when somebody reported an absence and nobody was asked."""
    return managers(news) if news.payload.get("at_once") else ()


def named_worker(news: News) -> Collection[int]:
    """The worker in the payload."""
    return _user_of((news.payload.get("worker") or {}).get("id"))


def new_holder(news: News) -> Collection[int]:
    """Who got the task, unless a plan gave it: plans are told once, not task by task."""
    return () if _by_plan(news) else named_worker(news)


def _by_plan(news: News) -> bool:
    receipt = news.payload.get("receipt")
    return Assignment.objects.filter(receipt_id=receipt or 0, plan__isnull=False).exists()


def former_holder(news: News) -> Collection[int]:
    """Who had the task before, unless a plan gave it to somebody else."""
    if _by_plan(news):
        return ()
    if news.event.kind == "task.unassigned":
        return named_worker(news)
    return _user_of((news.payload.get("previous") or {}).get("id"))


def mentioned(news: News) -> Collection[int]:
    """Whom the comment names."""
    return list(news.payload.get("mentions") or ())


def task_people(news: News) -> Collection[int]:
    """Who has the task and who wrote it, without those who are told that they were mentioned."""
    if news.task is None:
        return ()
    holder = news.task.assignee.user_id if news.task.assignee else None
    found = {user_id for user_id in (holder, news.task.created_by_id) if user_id is not None}
    return found - set(mentioned(news))


def holder(news: News) -> Collection[int]:
    """Who has the task."""
    return _user_of(news.task.assignee_id) if news.task else ()


def reviewers(news: News) -> Collection[int]:
    """The clients who were chosen."""
    return list(news.payload.get("users") or ())


def asked_clients(news: News) -> Collection[int]:
    """The clients of the project, when the comment is a question to them."""
    if news.task is None or news.comment is None or not news.comment.question:
        return ()
    shared = ProjectClient.objects.filter(project_id=news.task.project_id).values_list("user_id", flat=True)
    return set(shared) - set(mentioned(news)) - set(task_people(news))


def approvers(news: News) -> Collection[int]:
    """Who is asked to decide and has not yet."""
    return list(Approver.objects.filter(task=news.task, verdict="").values_list("user_id", flat=True))


def author(news: News) -> Collection[int]:
    """Who created the task."""
    return () if news.task is None or news.task.created_by_id is None else (news.task.created_by_id,)


def planned_workers(news: News) -> Collection[int]:
    """Whose list the plan changes. A plan of waiting tasks only gives; others tell each person what changes."""
    if news.event.kind == "plan.notice":
        return named_worker(news)
    if Plan.objects.filter(pk=news.event.subject_id).exclude(scope=Plan.Scope.WAITING).exists():
        return ()
    given = Assignment.objects.filter(plan_id=news.event.subject_id, worker__user__isnull=False)
    return set(given.values_list("worker__user_id", flat=True))


def time_off_worker(news: News) -> Collection[int]:
    """Who asked."""
    return _user_of(TimeOff.objects.filter(pk=news.event.subject_id).values_list("worker_id", flat=True).first())


def managers(news: News) -> Collection[int]:
    """The owners, admins and managers of the workspace."""
    here = Membership.objects.filter(workspace_id=news.event.workspace_id, removed_at__isnull=True, role__in=MANAGERS)
    return list(here.values_list("user_id", flat=True))
