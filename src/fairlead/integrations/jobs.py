"""Background work of integrations."""

from __future__ import annotations

from datetime import datetime

from fairlead import jobs
from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.integrations.actions import fail_import, run_import
from fairlead.integrations.kinds.ics import inbound
from fairlead.integrations.models import Import
from fairlead.lib.errors import Refused
from fairlead.lib.speech import mark
from fairlead.people.models import Calendar
from fairlead.people.queries import due_calendars

MOST_CALENDARS = 200
"""Of one workspace in one round; the others follow in the next."""


@jobs.follows("import.started")
@jobs.job(retry=(5, 30))
def run_started_import(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Run the import that was started, in the name of who started it; a second run goes on where the first ended."""
    event = Event.objects.get(pk=event_id)
    run = Import.objects.get(pk=event.subject_id, workspace_id=workspace_id)
    if run.state != Import.State.RUNNING:
        return
    here = Membership.objects.filter(workspace_id=workspace_id, removed_at__isnull=True).select_related("user")
    starter = here.filter(user_id=event.actor_user_id).first() if event.actor_user_id else None
    if starter is None:
        fail_import(run, mark("Who started it has left the workspace."), now=now)
        return
    try:
        run_import(run, actor=actor_of(starter), now=now)
    except Refused as refusal:
        fail_import(run, refusal.detail, now=now)


@jobs.follows("calendar.connected", "calendar.changed", "calendar.refresh_asked")
@jobs.job(queue=jobs.SEND, retry=(30, 120))
def read_asked_calendar(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Read a calendar that somebody has just connected, changed or asked for."""
    read_calendar(workspace_id=workspace_id, calendar_id=Event.objects.get(pk=event_id).subject_id, now=now)


@jobs.job(queue=jobs.SEND, retry=(30, 120))
def read_calendar(*, workspace_id: int, calendar_id: int, now: datetime) -> None:
    """Read one calendar, if it is due and has an address."""
    due = Calendar.objects.filter(pk=calendar_id, workspace_id=workspace_id, next_at__lte=now).exclude(address="")
    calendar = due.select_related("worker").first()
    if calendar is not None:
        inbound.read_calendar(calendar, now=now)


@jobs.every(120)
@jobs.job()
def read_calendars(*, now: datetime) -> None:
    """Every calendar comes round once in ten minutes; one that cannot be read less and less often."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            for number in due_calendars(now=now, most=MOST_CALENDARS):
                once = f"calendar-{number}"
                jobs.enqueue(read_calendar, once=once, workspace_id=workspace_id, calendar_id=number)
