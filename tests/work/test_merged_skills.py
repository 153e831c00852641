"""Merging two skills moves what tasks need, once, and says so in the history."""

from __future__ import annotations

from datetime import datetime

from conftest import World
from fairlead.events.models import Event
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.jobs import follow_merged_skill
from fairlead.work.models import Need


def test_tasks_need_the_skill_that_another_was_merged_into(world: World, now: datetime) -> None:
    alice = world.alice.actor
    js = people.create_skill("JS", actor=alice, now=now)
    javascript = people.create_skill("JavaScript", actor=alice, now=now)
    project = work.create_project(key="WEB", name="Web", actor=alice, now=now)
    one = work.create_task(project, TaskDraft("One", needs={js.pk: 4}), actor=alice, now=now)
    both = work.create_task(project, TaskDraft("Both", needs={js.pk: 4, javascript.pk: 2}), actor=alice, now=now)

    people.merge_skills(js, javascript, actor=alice, now=now)
    event = Event.objects.get(kind="skill.merged")
    follow_merged_skill(workspace_id=world.workspace.pk, event_id=event.pk, now=now)

    found = Need.objects.order_by("task_id").values_list("task_id", "skill__name", "level")
    assert list(found) == [(one.pk, "JavaScript", 4), (both.pk, "JavaScript", 4)]
    changed = Event.objects.filter(kind="task.changed", actor_kind="system")
    assert changed.count() == 2
    follow_merged_skill(workspace_id=world.workspace.pk, event_id=event.pk, now=now)  # a job may run twice
    assert changed.count() == 2
