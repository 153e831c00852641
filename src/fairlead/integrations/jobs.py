"""Background work of integrations."""

from __future__ import annotations

from datetime import datetime

from fairlead import jobs
from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.events.models import Event
from fairlead.integrations.actions import fail_import, run_import
from fairlead.integrations.models import Import
from fairlead.lib.errors import Refused


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
        fail_import(run, "Who started it has left the workspace.", now=now)
        return
    try:
        run_import(run, actor=actor_of(starter), now=now)
    except Refused as refusal:
        fail_import(run, refusal.detail, now=now)
