"""What conditions and strategies know about tasks and workers, read in a few queries for a task whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Max

from fairlead.accounts.models import Membership, Workspace
from fairlead.allocation.affinity import Affinity
from fairlead.allocation.models import Assignment, Offer
from fairlead.allocation.routing.own_facts import own_facts
from fairlead.allocation.routing.strategies import Standing
from fairlead.allocation.rows import Rows
from fairlead.allocation.snapshot import effort
from fairlead.events.actor import RULE
from fairlead.lib.hours import minutes_within
from fairlead.people.models import Skill, Team, Worker
from fairlead.people.queries import working_time
from fairlead.work.fields.definitions import Definitions, definitions
from fairlead.work.models import Need, Task
from fairlead.work.states import State
from fairlead.work.types.definitions import looks

NO_DUE_H: Final = 1_000_000.0
RECENT: Final = timedelta(weeks=4)
AHEAD: Final = timedelta(weeks=1)
_HOUR: Final = timedelta(hours=1)


class Surroundings:
    """What is the same for many tasks of a workspace at one moment; each part is read once, when it is first needed."""

    def __init__(self, workspace_id: int, now: datetime) -> None:
        self.workspace_id, self.now = workspace_id, now
        self._clients: dict[str, dict[int, tuple[int, datetime | None]]] = {}
        self._turns: dict[int, dict[int, tuple[int, datetime | None]]] = {}

    @cached_property
    def clock(self) -> dict[str, int]:
        """The names of the moment."""
        zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=self.workspace_id))
        local = self.now.astimezone(zone)
        return {"now.hour": local.hour, "now.weekday": local.isoweekday()}

    @cached_property
    def skills(self) -> list[str]:
        """The names of all skills."""
        here = Skill.objects.filter(workspace_id=self.workspace_id, merged_into__isnull=True)
        return list(here.values_list("name", flat=True))

    @cached_property
    def teams(self) -> set[str]:
        """The names of all teams."""
        return set(Team.objects.filter(workspace_id=self.workspace_id).values_list("name", flat=True))

    @cached_property
    def fields(self) -> Definitions:
        """The custom fields."""
        return definitions(self.workspace_id)

    @cached_property
    def types(self) -> dict[int | None, str]:
        """{type id: key}; None: that of a plain task."""
        return {pk: str(kind.get("key", "")) for pk, kind in looks(self.workspace_id).items()}

    @cached_property
    def today(self) -> date:
        """The day on the workspace's clock."""
        zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=self.workspace_id))
        return self.now.astimezone(zone).date()

    @cached_property
    def roles(self) -> dict[int, str]:
        """{user id: role}."""
        here = Membership.objects.filter(workspace_id=self.workspace_id, removed_at__isnull=True)
        return dict(here.values_list("user_id", "role"))

    @cached_property
    def countries(self) -> dict[int, str]:
        """{worker id: country}."""
        return dict(Worker.objects.filter(workspace_id=self.workspace_id).values_list("id", "country"))

    @cached_property
    def last_moved(self) -> dict[int, datetime]:
        """{worker id: when they last got or finished a task}."""
        rows = Assignment.objects.filter(workspace_id=self.workspace_id).order_by().values_list("worker_id")
        return {
            pk: max(filter(None, (began, ended)))
            for pk, began, ended in rows.annotate(Max("created_at"), Max("ended_at"))
        }

    def done_for(self, client: str) -> dict[int, tuple[int, datetime | None]]:
        """{worker id: (finished tasks, the last time)} for a client."""
        if client and client not in self._clients:
            done = Task.objects.filter(
                workspace_id=self.workspace_id, project__client=client, state=State.DONE, assignee__isnull=False,
                deleted_at__isnull=True,
            )  # fmt: skip
            rows = done.order_by().values_list("assignee_id").annotate(n=Count("id"), last=Max("done_at"))
            self._clients[client] = {pk: (n, last) for pk, n, last in rows}
        return self._clients.get(client, {})

    def turns(self, policy_id: int) -> dict[int, tuple[int, datetime | None]]:
        """{worker id: (offers and assignments of this policy in the last weeks, the last one)}."""
        if policy_id not in self._turns:
            self._turns[policy_id] = _turns(policy_id, now=self.now)
        return self._turns[policy_id]

    def tasks(self, tasks: Collection[Task]) -> dict[int, dict[str, Any]]:
        """{task id: what conditions know of it}; the tasks come with their projects. Two queries."""
        own = own_facts(tasks, self.fields, today=self.today)
        needs: dict[int, dict[str, int]] = defaultdict(dict)
        rows = Need.objects.filter(task__in=tasks).values_list("task_id", "skill__name", "level")
        for task_id, name, level in rows:
            needs[task_id][name] = level
        return {task.pk: {**self._task(task, needs[task.pk]), **own[task.pk]} for task in tasks}

    def _task(self, task: Task, needs: Mapping[str, int]) -> dict[str, Any]:
        return {
            **self.clock,
            "task.key": task.key,
            "task.title": task.title,
            "task.project": task.project.key,
            "task.client": task.project.client,
            "task.state": str(task.state),
            "task.priority": task.priority,
            "task.labels": [label.lower() for label in task.labels],
            "task.skills": list(needs),
            "task.needs": {**dict.fromkeys(self.skills, 0), **needs},
            "task.effort_h": (task.effort_min or 0) / 60,
            "task.has_due": task.due_at is not None,
            "task.due_in_h": NO_DUE_H if task.due_at is None else (task.due_at - self.now) / _HOUR,
            "task.age_h": (self.now - task.created_at) / _HOUR,
            "task.is_subtask": task.parent_id is not None,
            "task.type": self.types.get(task.type_id, ""),
        }


def of_workers(found: Rows, task: Task, *, around: Surroundings) -> dict[int, dict[str, Any]]:
    """{worker id: what conditions know of them, as to this task, which is among the rows}. One query of its own."""
    affinity, row, held = Affinity(found), found.tasks[task.pk], _count(found.tasks, skip=task.pk)
    for_client = around.done_for(task.project.client)
    before = set(Assignment.objects.filter(task=task).values_list("worker_id", flat=True))
    none = dict.fromkeys(around.skills, 0)
    facts = {}
    for pk, worker in found.workers.items():
        evidence = affinity.evidence(row, pk)
        facts[pk] = {
            "worker.kind": worker["kind"],
            "worker.role": around.roles.get(worker["user_id"], ""),
            "worker.skills": {**none, **{found.skills[s]: level for s, level in found.levels.get(pk, {}).items()}},
            "worker.teams": worker["team_names"],
            "worker.country": around.countries[pk],
            "worker.time_zone": worker["time_zone"],
            "worker.rate": worker["rate_cents"] / 100,
            "worker.open_tasks": held[pk],
            "worker.done_in_project": evidence.done_here,
            "worker.done_for_client": for_client.get(pk, (0, None))[0],
            "worker.leads_project": task.project.lead_id == pk,
            "worker.had_it": pk in before,
            "worker.wants": bool(evidence.wants),
            "worker.avoids": bool(evidence.avoids),
        }
    return facts


def standings(
    rows: Rows, task: Task, ranks: Mapping[int, int], *, policy_id: int, around: Surroundings
) -> dict[int, Standing]:
    """{worker id: what strategies know of each candidate}, for those in `ranks`."""
    now = around.now
    held, load = _count(rows.tasks, skip=task.pk), _load(rows.tasks, skip=task.pk)
    free = working_time(list(ranks), now, now + AHEAD)
    turns, for_client = around.turns(policy_id), around.done_for(task.project.client)
    return {
        pk: Standing(
            rank=rank,
            open_tasks=held[pk],
            load_min=load[pk],
            free_min=minutes_within(free.get(pk, []), now, now + AHEAD) - load[pk],
            week_min=rows.workers[pk]["week_minutes"],
            given=turns.get(pk, (0, None))[0],
            given_at=turns.get(pk, (0, None))[1],
            idle_since=around.last_moved.get(pk),
            for_client_at=for_client.get(pk, (0, None))[1],
        )
        for pk, rank in ranks.items()
    }


def _count(tasks: Mapping[int, Mapping[str, Any]], *, skip: int) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for pk, row in tasks.items():
        if row["assignee_id"] is not None and pk != skip:
            found[row["assignee_id"]] += 1
    return found


def _load(tasks: Mapping[int, Mapping[str, Any]], *, skip: int) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for pk, row in tasks.items():
        if row["assignee_id"] is not None and pk != skip:
            found[row["assignee_id"]] += effort(row)
    return found


def _turns(policy_id: int, *, now: datetime) -> dict[int, tuple[int, datetime | None]]:
    """{worker id: (offers and assignments of this policy in the last weeks, the last one)}."""
    found: dict[int, tuple[int, datetime | None]] = {}
    offered = Offer.objects.filter(offering__routing__version__policy_id=policy_id, sent_at__gt=now - RECENT)
    given = Assignment.objects.filter(
        receipt__policy_version__policy_id=policy_id, by_kind=RULE, created_at__gt=now - RECENT
    )
    for rows in (
        offered.order_by().values_list("worker_id").annotate(n=Count("id"), last=Max("sent_at")),
        given.order_by().values_list("worker_id").annotate(n=Count("id"), last=Max("created_at")),
    ):
        for pk, n, last in rows:
            count, latest = found.get(pk, (0, None))
            found[pk] = (count + n, max(filter(None, (latest, last))))
    return found
