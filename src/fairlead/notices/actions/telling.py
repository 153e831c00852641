"""From an event, or the time, to the people who are concerned and may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from django.db.models import Q

from fairlead.accounts.brand import brand_in
from fairlead.accounts.languages import language_of
from fairlead.accounts.models import Membership, Role
from fairlead.accounts.queries import actor_in
from fairlead.allocation.models import Offer, Plan, PlanLine, Routing
from fairlead.allocation.queries.plans import cause_of
from fairlead.allocation.sayings import in_own_words
from fairlead.events.actor import Actor, name_said
from fairlead.events.announce import announce
from fairlead.events.models import Event
from fairlead.lib.speech import locale, speaking, tr, tr_count
from fairlead.notices.actions.delivery import Draft, deliver
from fairlead.notices.gather import News, news_of
from fairlead.notices.kinds import BY_NAME, KINDS, Kind
from fairlead.notices.models import Notice
from fairlead.notices.queries import kinds_for
from fairlead.work.models import Task
from fairlead.work.queries import visible_tasks
from fairlead.work.queries.visible import visible_comments
from fairlead.work.states import OPEN

MORNING_HOUR: Final = 9
EXCERPT: Final = 200
TASK_SHOWN: Final = 3


def tell(event: Event, *, now: datetime) -> list[Notice]:
    """The notices that an event makes; returns those to be mailed. Never to who did it, never to who may not see it."""
    news = news_of(event)
    found: list[Notice] = []
    for kind in KINDS:
        if event.kind in kind.events and _is_whole(news):
            members = [m for m in _members(event, kind.who(news)) if _may_know(actor_in(m), kind, news)]
            for member in members:
                with speaking(language_of(member.user, member.workspace)):
                    found += deliver(_draft(kind, news, member), [member], now=now)
    return found


def settle_plan(event: Event, *, now: datetime) -> None:
    """What said that the plan of this event waits is read: it was decided, or a newer one stands in its place."""
    made = Event.objects.filter(kind="plan.made", subject_kind="plan", subject_id=event.subject_id)
    asked = Notice.objects.filter(kind="plan_made", event_id__in=made.values("pk"), read_at__isnull=True)
    users = list(asked.values_list("user_id", flat=True))
    asked.update(read_at=now)
    for user_id in users:
        announce("notice", event.workspace_id, user_id)


def _is_whole(news: News) -> bool:
    """False when the task or comment is gone by now, or the plan waits no more."""
    if news.event.kind == "plan.made":
        return Plan.objects.filter(pk=news.event.subject_id, state=Plan.State.DRAFT).exists()
    about_task = news.event.subject_kind in ("task", "comment")
    return not about_task or (news.task is not None and (news.event.subject_kind == "task" or news.comment is not None))


def _members(event: Event, user_ids: Collection[int]) -> list[Membership]:
    found = Membership.objects.filter(
        workspace_id=event.workspace_id, user_id__in=user_ids, removed_at__isnull=True, user__is_active=True
    )
    return list(found.exclude(user_id=event.actor_user_id or 0).select_related("user", "workspace").order_by("pk"))


def _may_know(actor: Actor, kind: Kind, news: News) -> bool:
    if kind not in kinds_for(actor):
        return False
    if news.task is not None and not visible_tasks(actor).filter(pk=news.task.pk).exists():
        return False
    if news.comment is None or news.task is None:
        return True
    return visible_comments(actor, news.task).filter(pk=news.comment.pk).exists()


def _draft(kind: Kind, news: News, member: Membership) -> Draft:
    event = news.event
    words = _words(news, member)
    return Draft(
        kind=kind, occasion=f"event {event.pk}", event_id=event.pk, at=event.at, actor_name=words["actor"],
        title=" ".join(kind.title.format_map(words).split()), body=_body(kind, news, member),
        url=_address(kind, news, member), task=news.task,
    )  # fmt: skip


def _actor_name(news: News, member: Membership) -> str:
    """Who did it; to a client the team's people are called as the workspace wishes."""
    event = news.event
    if member.role != Role.CLIENT:
        return name_said(event.actor_kind, event.actor_name)
    here = Membership.objects.filter(workspace_id=event.workspace_id, role=Role.CLIENT)
    fellow = here.filter(user_id=event.actor_user_id or 0)
    return event.actor_name if fellow.exists() else brand_in(event.workspace_id).person(event.actor_name)


def _answer(news: News) -> str:
    """How time off was answered."""
    return {"approved": tr("approved"), "declined": tr("declined")}.get(news.event.kind.rpartition(".")[2], "")


def _words(news: News, member: Membership) -> dict[str, Any]:
    words: dict[str, Any] = defaultdict(str, news.payload)
    words |= {"actor": _actor_name(news, member), "answer": _answer(news)}
    if news.task is not None:
        words |= {"key": str(news.task), "task": news.task.title}
    return words


def _body(kind: Kind, news: News, member: Membership) -> str:
    if news.comment is not None:
        text = " ".join(news.comment.body.split())
        return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
    if kind.name == "plan_applied":
        ids = [pk for name in ("gets", "gives", "shifts") for pk in news.payload.get(name, ())]
        mine = Q(pk__in=ids) if ids else Q(plan_id=news.event.subject_id, worker__user_id=member.user_id)
        lines = PlanLine.objects.filter(mine).select_related("task__project").order_by("starts_at", "pk")
        tasks = [str(line.task) for line in lines]
        return _several(tasks)
    if news.event.kind in ("timeoff.requested", "timeoff.approved"):
        first, last = (date.fromisoformat(news.payload[name]) for name in ("starts_on", "ends_on"))
        return _span(first, last)
    if kind.name == "unroutable":
        return _why_nobody(news)[:EXCERPT]
    if kind.name == "plan_made":
        return cause_of(Plan.objects.get(pk=news.event.subject_id))[:EXCERPT]
    return str(news.payload.get("reason") or news.payload.get("note") or news.payload.get("words") or "")[:EXCERPT]


def _several(tasks: list[str]) -> str:
    shown, more = ", ".join(tasks[:TASK_SHOWN]), len(tasks) - TASK_SHOWN
    if more <= 0:
        return shown
    return tr_count("%(tasks)s and %(n)s more", "%(tasks)s and %(n)s more", more, tasks=shown)


def _span(first: date, last: date) -> str:
    """`24 Nov`, or `24 Nov to 2 Dec 2026`."""
    start = format_skeleton("MMMd", first, locale=locale())
    if first == last:
        return start
    return tr("%(first)s to %(last)s", first=start, last=format_skeleton("yMMMd", last, locale=locale()))


def _why_nobody(news: News) -> str:
    """The reason, in the language of the reader while its routing still remembers what it was made of."""
    reason = str(news.payload.get("reason", ""))
    routing = Routing.objects.filter(pk=news.payload.get("routing") or 0, reason=reason).first()
    return in_own_words(reason, routing.told) if routing is not None else reason


def _address(kind: Kind, news: News, member: Membership) -> str:
    payload = news.payload
    if kind.name == "offered":
        return f"/offers/{payload['offer']}/"
    if news.task is not None:
        pages = "portal" if member.role == Role.CLIENT else "tasks"
        return f"/{pages}/{news.task}/" + (f"#comment-{news.comment.pk}" if news.comment else "")
    if news.event.kind.startswith("timeoff."):
        return f"/people/{payload['worker']}/"
    if kind.name == "calendar_failed":
        return f"/people/{payload['worker']}/calendars/"
    if kind.name == "plan_applied":
        return "/tasks/?assignee=me&state=open"
    return "/settings/members/" if kind.name == "joined" else f"/plans/{news.event.subject_id}/"


def remind_of_offer(offer: Offer, *, now: datetime) -> list[Notice]:
    """Say that the time to answer is nearly over, if the offer is still open."""
    if offer.state != Offer.State.OPEN or offer.expires_at <= now:
        return []
    kind = BY_NAME["expiring"]
    return _remind(kind, offer.task, offer.worker.user_id, f"offer {offer.pk}", f"/offers/{offer.pk}/", now=now)


def remind_of_dates(workspace_id: int, *, now: datetime) -> list[Notice]:
    """Tell holders, from nine in the morning on their clock, what is due tomorrow and what is overdue. Once each."""
    soon = now + timedelta(days=2)
    tasks = Task.objects.filter(
        workspace_id=workspace_id, deleted_at__isnull=True, state__in=OPEN, due_at__lt=soon,
        assignee__user__isnull=False, assignee__deactivated_at__isnull=True,
    )  # fmt: skip
    found: list[Notice] = []
    told = set(Notice.objects.filter(workspace_id=workspace_id, kind__in=("due", "overdue"), created_at__gt=now - _YEAR)
               .values_list("user_id", "kind", "occasion"))  # fmt: skip
    for task in tasks.select_related("project", "assignee__user").order_by("due_at", "pk"):
        if kind := _date_kind(task, now=now):
            occasion = f"task {task.pk} {task.due_at:%Y-%m-%d %H:%M}"
            user_id = task.assignee.user_id if task.assignee else None
            if (user_id, kind.name, occasion) not in told:
                found += _remind(kind, task, user_id, occasion, f"/tasks/{task}/", now=now)
    return found


_YEAR: Final = timedelta(days=366)


def _date_kind(task: Task, *, now: datetime) -> Kind | None:
    """Whether to speak of this task now: due tomorrow, or over."""
    user = task.assignee.user if task.assignee else None
    if user is None or task.due_at is None:
        return None
    zone = ZoneInfo(user.time_zone)
    here = now.astimezone(zone)
    if here.hour < MORNING_HOUR:
        return None
    if task.due_at <= now:
        return BY_NAME["overdue"]
    tomorrow = here.date() + timedelta(days=1)
    return BY_NAME["due"] if task.due_at.astimezone(zone).date() == tomorrow else None


def _remind(kind: Kind, task: Task, user_id: int | None, occasion: str, url: str, *, now: datetime) -> list[Notice]:
    here: Iterable[Membership] = Membership.objects.filter(
        workspace_id=task.workspace_id, user_id=user_id or 0, removed_at__isnull=True, user__is_active=True
    ).select_related("user", "workspace")
    members = [m for m in here if m.role != Role.CLIENT and visible_tasks(actor_in(m)).filter(pk=task.pk).exists()]
    found: list[Notice] = []
    for member in members:
        with speaking(language_of(member.user, member.workspace)):
            title = kind.title.format(key=task, task=task.title)
        draft = Draft(kind=kind, occasion=occasion, title=title, url=url, at=now, task=task)
        found += deliver(draft, [member], now=now)
    return found
