"""The time log of the company: weeks that were approved, some that wait, and timers that run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.lib.errors import Refused
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.models import Task
from fairlead.work.states import State

if TYPE_CHECKING:
    from fairlead.demo.company import Company

WEEKS_BACK = 7


def close_weeks(company: Company, *, now: datetime) -> None:
    """Everybody handed in what is over; Alice has approved all but last week."""
    monday = now.date() - timedelta(days=now.date().weekday())
    for worker in company.workers.values():
        if worker.kind == Worker.Kind.AGENT:
            continue
        for back in range(WEEKS_BACK, 0, -1):
            try:
                week = work.submit_week(worker, monday - timedelta(weeks=back), actor=company.alice, now=now)
            except Refused:
                continue
            if back > 1:
                work.approve_week(week, actor=company.alice, now=now)


def start_timers(company: Company, *, now: datetime) -> None:
    """Alice and two others are at work right now."""
    for name, minutes in (("Alice Moreau", 47), ("Priya Nair", 95), ("Bob Lindqvist", 12)):
        worker = company.workers[name]
        held = Task.objects.filter(assignee=worker, state=State.RUNNING).order_by("pk").first()
        task = held or Task.objects.filter(assignee=worker, state=State.READY).order_by("pk").first()
        if task is None:
            task = Task.objects.filter(state=State.RUNNING).order_by("pk")[0]
        actor = company.actors[name.split(" ")[0]]
        entry = work.start_timer(worker, task, actor=actor, now=now)
        work.begin_earlier(entry, now - timedelta(minutes=minutes), actor=actor, now=now)
