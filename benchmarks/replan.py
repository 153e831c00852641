"""From the click on Re-plan to the draft: a workspace in which people hold most of the work is planned anew.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/replan.py [--tasks 5000] [--workers 300] [--held 0.8]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. Prints CSV: step,
seconds, seconds of this process's processor, note. The rows of a run are in results/replan.csv.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

import allocate

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment, Plan, Receipt, Snapshot
from fairlead.people.models import Worker
from fairlead.work.models import Task


def main() -> None:
    """Fill a workspace, let people hold a share of it as a thoughtless team would, then time each step."""
    now = datetime.now(UTC)
    actor, project = held_workspace(__doc__, now)
    print("step,seconds,cpu_seconds,note")
    plan = allocate.timed("click", lambda: actions.make_plan(project, actor=actor, now=now, scope="all"))
    if plan.state == Plan.State.MAKING:
        plan = allocate.timed("draft (background)", lambda: actions.finish_plan(plan, actor=actor, now=now))
    sheet = allocate.timed("page data", lambda: queries.plan_sheet(actor, plan))
    before, after = sheet.before, sheet.after
    if before and after:
        kinds = " ".join(f"{len(sheet.of(kind))} {kind}" for kind in ("new", "moved", "shifted"))
        print(f"result,,,{kinds} {sheet.unchanged} same; late hours {before.late_min // 60} to {after.late_min // 60}")
    allocate.timed("proof (background)", lambda: actions.prove_plan(plan, now=now))


def held_workspace(about: str | None, now: datetime) -> tuple[Any, Any]:
    """A new workspace as the command line says, in which people hold a share of the work."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0] if about else "")
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=300)
    parser.add_argument("--held", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    actor, project = allocate.filled(given, now)
    hold(actor.workspace_id, int(given.tasks * given.held), now)
    return actor, project


def hold(workspace_id: int, count: int, now: datetime) -> None:
    """The first tasks go to whoever comes next and is able, without regard to load or due date."""
    able: dict[tuple[tuple[int, int], ...], list[int]] = {}
    levels: dict[int, dict[int, int]] = {}
    for worker in Worker.objects.filter(workspace_id=workspace_id).prefetch_related("skills"):
        levels[worker.pk] = dict(worker.skills.values_list("skill_id", "level"))
    snapshot = Snapshot.objects.create(workspace_id=workspace_id, digest="none", content=b"", created_at=now)
    tasks = list(Task.objects.filter(workspace_id=workspace_id).prefetch_related("needs").order_by("pk")[:count])
    made, turn = [], 0
    for task in tasks:
        needs = tuple(sorted((need.skill_id, need.level) for need in task.needs.all()))
        if needs not in able:
            able[needs] = [pk for pk, mine in levels.items() if all(mine.get(s, 0) >= n for s, n in needs)]
        if able[needs]:
            turn += 1
            task.assignee_id = able[needs][turn % len(able[needs])]
            made.append(task)
    receipts = Receipt.objects.bulk_create(
        Receipt(workspace_id=workspace_id, task=task, snapshot=snapshot, engine_version="", created_at=now)
        for task in made
    )
    Assignment.objects.bulk_create(
        Assignment(
            workspace_id=workspace_id, task=task, worker_id=task.assignee_id, receipt=receipt, by_kind="person",
            created_at=now,
        )
        for task, receipt in zip(made, receipts, strict=True)
    )  # fmt: skip
    Task.objects.bulk_update(made, ["assignee_id"], batch_size=500)


if __name__ == "__main__":
    main()
