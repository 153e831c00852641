"""How long allocating a whole team's work takes: a workspace is filled, planned, applied and undone.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/allocate.py [--tasks 2000] [--workers 44] [--seed 1]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. Work and people are
made up from a seed; skills are spread as in the team of tests/fixtures/real-team (few know much, many know a little).
Prints CSV: step, seconds, seconds of this process's processor, note.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.settings")

import django

django.setup()

from fairlead.accounts import actions as accounts  # noqa: E402  Django has to be set up first
from fairlead.accounts.queries import actor_of  # noqa: E402
from fairlead.allocation import actions, queries, snapshot  # noqa: E402
from fairlead.allocation.queries.plans import waiting_tasks  # noqa: E402
from fairlead.events.tenancy import enter  # noqa: E402
from fairlead.people import actions as people  # noqa: E402
from fairlead.work import actions as work  # noqa: E402
from fairlead.work.models import Task  # noqa: E402

SKILLS = ("java", "scala", "python", "broker", "clients", "streams", "connect", "build", "docs", "raft", "storage")


def main() -> None:
    """Fill a workspace, then time each step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=44)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    now = datetime.now(UTC)
    actor, project = filled(given, now)
    print("step,seconds,cpu_seconds,note")
    everything = set(waiting_tasks(actor.workspace_id, project).values_list("pk", flat=True))
    timed("snapshot", lambda: snapshot.take(actor.workspace_id, wanted=everything, now=now))
    plan = timed("make plan", lambda: actions.make_plan(project, actor=actor, now=now))
    if plan.state == plan.State.MAKING:
        plan = timed("finish plan (background)", lambda: actions.finish_plan(plan, actor=actor, now=now))
    sheet = timed("plan page data", lambda: queries.plan_sheet(actor, plan))
    print(
        f"result,,,{len(sheet.lines)} assigned {len(sheet.left_open)} open {sheet.late} late cost {plan.cost['total']}"
    )
    timed("apply", lambda: actions.apply_plan(plan, actor=actor, now=now))
    extra = work.create_task(project, work.TaskDraft(title="One more", effort_min=120), actor=actor, now=now)
    timed("candidates of one task beside all", lambda: queries.recommend(extra, actor=actor, now=now))
    timed("candidates again", lambda: queries.recommend(extra, actor=actor, now=now))
    ids = list(Task.objects.exclude(assignee=None).values_list("assignee_id", flat=True).distinct())
    timed("load of everybody", lambda: queries.load(actor, ids, now=now))
    timed("load of one", lambda: queries.load(actor, ids[:1], now=now))
    timed("undo", lambda: actions.undo_plan(plan, actor=actor, now=now))


def timed(step: str, run: Callable[[], Any]) -> Any:
    """Run it and print a line."""
    started, cpu = time.perf_counter(), time.process_time()
    result = run()
    print(f"{step},{time.perf_counter() - started:.2f},{time.process_time() - cpu:.2f},", flush=True)
    return result


def filled(given: argparse.Namespace, now: datetime) -> tuple[Any, Any]:
    """A new workspace with people, skills and open tasks."""
    rng = random.Random(given.seed)
    user = accounts.create_user(f"bench-{time.time_ns()}@example.com", "Bench", "correct horse battery", now=now)
    member = accounts.create_workspace("Benchmark", user=user, now=now)
    enter(member.workspace_id, user_id=user.pk)
    actor = actor_of(member)
    skills = [people.create_skill(name, actor=actor, now=now) for name in SKILLS]
    for number in range(given.workers):
        worker = people.create_worker(kind="employee", name=f"Person {number}", actor=actor, now=now)
        for skill in rng.sample(skills, rng.randint(2, 8)):
            people.set_skill(worker, skill, rng.randint(1, 5), actor=actor, now=now)
    project = work.create_project(key="BENCH", name="Benchmark", actor=actor, now=now)
    drafts = [
        work.TaskDraft(
            title=f"Task {number}",
            effort_min=rng.choice((30, 60, 120, 240, 480)),
            due_at=now + timedelta(days=rng.randint(1, 60)),
            priority=rng.randint(0, 4),
            labels=(rng.choice(SKILLS),),
            needs={skill.pk: rng.randint(1, 3) for skill in rng.sample(skills, rng.randint(1, 2))},
        )
        for number in range(given.tasks)
    ]
    work.create_tasks(project, drafts, actor=actor, now=now)
    return actor, project


if __name__ == "__main__":
    main()
