"""What tasks ask for, when the taxonomy changes below them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.people.models import Skill
from fairlead.work.actions.tasks import change_task
from fairlead.work.models import Task


def move_needs(skill: Skill, into: Skill, *, actor: Actor, now: datetime) -> int:
    """Tasks that need `skill` need `into` from now on, at the higher level where they named both; how many tasks."""
    asking = Task.objects.filter(workspace_id=actor.workspace_id, deleted_at__isnull=True, needs__skill=skill)
    moved = 0
    for task in asking.select_related("project").prefetch_related("needs").order_by("pk"):
        levels = {need.skill_id: need.level for need in task.needs.all()}
        level = levels.pop(skill.pk)
        levels[into.pk] = max(level, levels.get(into.pk, 0))
        with transaction.atomic():
            change_task(task, actor=actor, now=now, needs=levels)
        moved += 1
    return moved
