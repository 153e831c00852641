"""What the filled world lacks for some jobs to have something to do: people who leave, imports, offers that end.

Everything is in a project of its own, so that it is in nobody's way.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from api.test_matrix import Programs
from fairlead.accounts.models import Session
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Offer, Plan, Routing
from fairlead.archive.actions import ask_erasure, request_export
from fairlead.events.models import Event
from fairlead.events.record import record
from fairlead.integrations import actions as integrations
from fairlead.jobs import enqueue
from fairlead.jobs.registry import all_jobs
from fairlead.notices.actions import Subscription, add_device
from fairlead.notices.models import Notice, Push
from fairlead.people import actions as people
from fairlead.people.models import Calendar, PresenceState, Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project, Reviewer, Task
from fairlead.work.time.models import TimeEntry

Ids = dict[str, Any]
BY_NAME: Final = {it.name: it for it in all_jobs()}
CSV: Final = "title,external id\nFirst,1\nSecond,2\n"


def leave_more(programs: Programs) -> None:
    """Add to the world; what follows waits in the queue."""
    world, now = programs.filled.world, timezone.now()
    by = {"actor": world.alice.actor, "now": now}
    project = work.create_project(key="MORE", name="More", **by)
    hired = [_hired(name, **by) for name in ("Leaver", "Sleeper", "Forgotten", "First", "Second")]
    leaver, sleeper, forgotten, *asked = hired
    allocation.assign_task(_task(project, "Handed back", **by), leaver, **by)
    people.deactivate_worker(leaver, **by)
    day = (now + timedelta(days=30)).date()
    off = people.request_time_off(sleeper, day, day, **by)
    people.approve_time_off(off, **by)
    people.set_presence(sleeper, PresenceState.objects.get(name="Focus"), until=now + timedelta(hours=2), **by)
    old, new = (people.create_skill(name, **by) for name in ("Singing aloud", "Song"))
    people.merge_skills(old, new, **by)
    _offers(project, asked, **by)
    _imports(project, **by)
    owner = {"actor": world.olga.actor, "now": now}
    request_export(**owner)
    ask_erasure(forgotten, forgotten.name, **owner)
    with transaction.atomic():
        _said(world, **by)


def _said(world: Any, *, actor: Any, now: datetime) -> None:
    """Events of which only the jobs that follow them matter here."""
    by = {"actor": actor, "now": now}
    plan = Plan.objects.filter(state=Plan.State.MAKING).get()
    record("plan.requested", plan, **by, tasks=100)
    named = {"id": Worker.objects.get(user=world.bob.user).pk, "name": "Bob"}
    record("plan.notice", plan, **by, worker=named, reason="", gets=[], gives=[], shifts=[])
    busy = [(now + timedelta(days=1, hours=hour)).isoformat() for hour in (1, 2)]
    record("calendar.read", Calendar.objects.earliest("pk"), **by, worker=named["id"], added=[busy], new=1, gone=0)


def _hired(name: str, *, actor: Any, now: datetime) -> Worker:
    worker = people.create_worker(kind="employee", name=name, email=f"{name.lower()}@example.org", actor=actor, now=now)
    people.set_hours(worker, [(day, 0, 1440) for day in range(7)], actor=actor, now=now)
    return worker


def _task(project: Project, title: str, *, actor: Any, now: datetime) -> Task:
    return work.create_task(project, TaskDraft(title=title, effort_min=60), actor=actor, now=now)


def _offers(project: Project, asked: list[Worker], **by: Any) -> None:
    """One that was declined, with somebody left to ask; one that was withdrawn; one that nobody is left for."""
    for title, how in (("Declined", "decline"), ("Withdrawn", "withdraw"), ("Exhausted", "exhaust")):
        task = _task(project, title, **by)
        terms = allocation.Terms(goes_on=how == "decline")
        offering = allocation.offer_task(task, workers=asked[:1], terms=terms, **by)
        if how == "withdraw":
            allocation.withdraw_offers(offering, **by)
            continue
        offer = Offer.objects.select_related("offering", "task__project", "worker").get(offering=offering)
        allocation.decline_by_link(offer, now=by["now"])
        if how == "exhaust":
            offering.refresh_from_db()
            allocation.next_offers(offering, now=by["now"])


def _imports(project: Project, **by: Any) -> None:
    run = integrations.create_import(people_file=("", ""), tasks_file=("tasks.csv", CSV), project_key=project.key, **by)
    integrations.start_import(run, **by)


def give_device(programs: Programs, at: Subscription) -> None:
    """A browser of bob's that takes pushes, news for it, and a push on its way."""
    bob, now = programs.filled.world.bob, timezone.now()
    Session.objects.create(session_key="crash", user=bob.user, session_data="", created_at=now, seen_at=now,
                           expire_date=now + timedelta(days=90))  # fmt: skip
    device = add_device(at, "Firefox on Linux", "crash", actor=bob.actor, now=now)
    news = Notice.objects.filter(user=bob.user, workspace=bob.workspace).latest("pk")
    Notice.objects.filter(pk=news.pk).update(push_at=now, read_at=None)
    Push.objects.create(workspace=bob.workspace, device=device, notice_ids=[news.pk], created_at=now)


def queue_by_hand(programs: Programs) -> None:
    """Queue the jobs that nothing in the world has queued."""
    for name, (ids, due) in _by_hand(programs).items():
        enqueue(BY_NAME[name], at=due, **ids)


def _by_hand(programs: Programs) -> dict[str, tuple[Ids, datetime | None]]:
    world, now = programs.filled.world, timezone.now()
    offer = Offer.objects.get(pk=programs.filled.places["offers/offer_id"])
    step = Routing.objects.filter(state=Routing.State.QUEUED).order_by("pk").first()
    assert step is not None
    olga, later = world.olga.user, now + timedelta(days=14)
    here = {"workspace_id": world.workspace.pk}
    mail = {**here, "email": olga.email}
    told = Notice.objects.filter(mail_at__isnull=False, mailed_at__isnull=True).order_by("pk").first()
    assert told is not None
    running = TimeEntry.objects.get(minutes__isnull=True, deleted_at__isnull=True)
    sleeper = Worker.objects.get(name="Sleeper")
    urgent = Event.objects.filter(kind="task.created").latest("seq").pk
    push = Push.objects.select_related("device").get()
    return {
        "accounts.mail_sign_in_link": ({**mail, "workspace_id": 0}, None),
        "accounts.mail_welcome": (mail, None),
        "accounts.mail_new_device": (
            {**here, "user_id": olga.pk, "device": "A phone", "address": "192.0.2.1", "signed_in_at": now.isoformat()},
            None,
        ),
        "accounts.mail_security_change": ({**here, "user_id": olga.pk, "what": "Your password was changed"}, None),
        "accounts.note_failed_sign_in": ({**mail, "how": "password", "device": "A phone"}, None),
        "people.end_presence": ({**here, "worker_id": sleeper.pk}, now + timedelta(hours=3)),
        "allocation.expire_offer": ({**here, "offer_id": offer.pk}, offer.expires_at),
        "allocation.end_step": ({**here, "routing_id": step.pk, "turn": step.turn}, later),
        "allocation.propose_for_task": ({**here, "event_id": urgent}, None),
        "allocation.propose_for_overrun": ({**here, "task_id": running.task_id}, later),
        "allocation.look_at_timer": ({**here, "entry_id": running.pk}, later),
        "client_mails.mail_reminder": ({**here, "reviewer_id": Reviewer.objects.earliest("pk").pk}, later),
        "notices.remind_of_offer": ({**here, "offer_id": offer.pk}, offer.expires_at - timedelta(minutes=1)),
        "notices.send_mails": ({**here, "user_id": told.user_id}, told.mail_at),
        "push_jobs.send_pushes": ({**here, "user_id": push.device.user_id}, None),
        "push_jobs.send_push": ({**here, "push_id": push.pk}, None),
        "push_jobs.try_device": ({**here, "device_id": push.device_id}, None),
        "archive.draw_brought_files": ({**here, "event_id": urgent}, None),
        "integrations.read_calendar": ({**here, "calendar_id": Calendar.objects.earliest("pk").pk}, later),
    }
