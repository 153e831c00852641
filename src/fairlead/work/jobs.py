"""What work does when the layers below move on."""

from __future__ import annotations

from datetime import datetime

from fairlead.events.actor import system
from fairlead.events.models import Event
from fairlead.jobs import follows, job
from fairlead.people.models import Skill
from fairlead.work.actions import move_needs


@follows("skill.merged")
@job(retry=(10, 60, 600))
def follow_merged_skill(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Point the needs of tasks to the skill that another one was merged into."""
    event = Event.objects.get(pk=event_id)
    skill = Skill.objects.filter(pk=event.subject_id).select_related("merged_into").first()
    if skill is not None and skill.merged_into is not None:
        move_needs(skill, skill.merged_into, actor=system(workspace_id), now=now)
