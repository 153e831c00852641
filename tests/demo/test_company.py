"""The made-up company is believable, made through the real actions, and made once."""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime, timedelta

from fairlead import demo
from fairlead.allocation.models import Assignment
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, workspace_ids
from fairlead.people.models import Worker
from fairlead.work.models import Project, Task


def test_the_company_is_made_once_and_everything_in_it_holds_together(db: None, now: datetime) -> None:
    people = demo.run(now=now, out=io.StringIO())
    [workspace_id] = workspace_ids()
    enter(workspace_id)

    kinds = Counter(Worker.objects.values_list("kind", flat=True))
    assert kinds == {"employee": 12, "freelancer": 5, "agent": 2}
    assert len(set(Worker.objects.exclude(kind="agent").values_list("time_zone", flat=True))) == 3
    assert Project.objects.count() == 5
    assert list(Project.objects.filter(private=True).values_list("key", flat=True)) == ["PAY"]
    states = Counter(Task.objects.values_list("state", flat=True))
    assert sum(states.values()) > 130
    assert set(states) == {"backlog", "ready", "running", "review", "done", "cancelled"}
    assert min(states.values()) >= 3

    at = Event.objects.order_by("seq").values_list("at", flat=True)
    assert at[0] < now - timedelta(weeks=6) + timedelta(days=1)
    assert list(at) == sorted(at)
    assert at[len(at) - 1] <= now
    agents = Event.objects.filter(actor_kind="agent")
    assert agents.filter(kind="task.submitted").exists()
    assert not agents.filter(kind="task.completed").exists()
    held = Task.objects.filter(state__in=["running", "review"])
    assert not held.filter(assignee=None).exists()
    assert Assignment.objects.filter(receipt=None).count() == 0
    assert verify(workspace_id).problems == []

    events = Event.objects.count()
    again = demo.run(now=now, out=io.StringIO())
    enter(workspace_id)
    assert Event.objects.count() == events
    assert [(name, role) for name, role, _ in again] == [(name, role) for name, role, _ in people]
    assert {role for _, role, _ in people} == {"manager", "owner", "employee", "freelancer", "client", "auditor"}
    assert not {link for *_, link in again} & {link for *_, link in people}
