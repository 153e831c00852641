"""Calm re-planning: something happened, and a small draft says what should change now. People decide on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.actions.plans import STEPS, keep, last_seq, usual_weights
from fairlead.allocation.causes import Cause, with_others
from fairlead.allocation.models import Plan, Planning
from fairlead.allocation.policy import POLICY
from fairlead.allocation.publish import matters
from fairlead.allocation.queries.figures import figures
from fairlead.allocation.queries.plan_tasks import against_rules, held_tasks
from fairlead.allocation.replay import at_present, question_of
from fairlead.allocation.snapshot import Picture, worker_name
from fairlead.allocation.solver import Answer, answer_apart
from fairlead.allocation.weights import full
from fairlead.engine.saying import parts
from fairlead.events.actor import system
from fairlead.events.record import record
from fairlead.lib.hours import Interval, working_intervals
from fairlead.people.queries import weekly_hours, working_time

State = Plan.State
MOST_TRIES: Final = 5
"""Each try holds fast whatever was too much for one person in the one before."""


def propose(cause: Cause, *, workspace_id: int, now: datetime) -> Plan | None:
    """A draft of what the event changes, within the workspace's budget; None when nothing should change.

    An older draft for the same cause is replaced, whether there is a new one or not; but one that answers the very same
    question is given back: two timers of one task may end in the same moment. What takes longer than planned joins what
    else does, so that somebody who comes back to ten late tasks has one thing to decide.
    """
    rules = Planning.objects.filter(workspace_id=workspace_id).first() or Planning(workspace_id=workspace_id)
    if not rules.proposes:
        return None
    cause = with_others(cause, workspace_id)
    held = set(held_tasks(workspace_id, None).values_list("pk", flat=True))
    wanted = held - against_rules(workspace_id, held, on=now.date()) | cause.extra
    weights = full(usual_weights(workspace_id))
    plan = Plan(
        workspace_id=workspace_id, state=State.MAKING, created_at=now, total=STEPS, scope=Plan.Scope.REPAIR,
        weights=weights, cause=cause.said, told=parts(cause.said), cause_key=cause.key,
        as_of_seq=last_seq(workspace_id),
        iterations=min(POLICY.most_repair_iterations, POLICY.iterations_per_task * len(wanted)),
    )  # fmt: skip
    picture = snapshot.take(workspace_id, wanted=wanted, now=now, weights=weights)
    concerns = _ask(plan, picture, cause, rules)
    if concerns and (known := _answered(plan, picture)):
        return known
    found = _repaired(plan, picture, cause, rules) if concerns else None
    if found is None:
        _replace_older(plan, now=now)
        return None
    return _kept(plan, *found, now=now)


def _ask(plan: Plan, picture: Picture, cause: Cause, rules: Planning) -> bool:
    """Write down what the engine is asked; False when the event concerns nobody's work."""
    old, changes = _before(picture, cause)
    if (cause.away or cause.busy) and not any(_works_then(old, change) for change in changes):
        return False
    plan.basis, plan.changes = snapshot.plan_content(old), [list(change) for change in changes]
    frozen = frozen_for(picture.problem, picture.now_min, rules.frozen_min)
    plan.budget = {"now": picture.now_min, "frozen_for": frozen, "most_moved": _at_most(rules.most_moved, cause)}
    return True


def _at_most(most: int, cause: Cause) -> int:
    return most if cause.most_moved is None else min(most, cause.most_moved)


def _answered(plan: Plan, picture: Picture) -> Plan | None:
    """The draft that answers the same question."""
    drafts = Plan.objects.filter(workspace_id=plan.workspace_id, cause_key=plan.cause_key, state=State.DRAFT)
    same = drafts.filter(cause=plan.cause, basis=plan.basis, changes=plan.changes, budget=plan.budget)
    draft = same.filter(weights=plan.weights).select_related("snapshot").first()
    kept = draft.snapshot if draft else None
    return draft if kept is not None and kept.digest == engine.problem_digest(picture.problem) else None


def _repaired(plan: Plan, picture: Picture, cause: Cause, rules: Planning) -> tuple[Picture, Answer] | None:
    """The engine's small change; None when nothing should change."""
    problem, each = picture.problem, _at_most(rules.most_moved_each, cause)
    for _ in range(MOST_TRIES):
        found = answer_apart(question_of(plan, problem), on_progress=lambda _: False)
        too_much = _too_much(found.moves, each)
        if not too_much:
            break
        problem = _held_fast(problem, too_much)
    if not any(matters(plan, move.before, move.after, problem) for move in found.moves):
        return None
    return replace(picture, problem=problem), found


def _before(picture: Picture, cause: Cause) -> tuple[engine.Plan, list[tuple[Any, ...]]]:
    """What would have been done when without the event, and the event in the words of `replay.changes_of`."""
    problem = picture.problem
    if cause.away and cause.worker_id:
        worker = problem.worker(worker_name(cause.worker_id))
        row = picture.rows.workers[cause.worker_id]
        low, high = _minutes_away(picture, cause.away, row["time_zone"])
        there = _usually_there(picture, cause.worker_id, low, high)
        old = problem.with_worker(replace(worker, calendar=_joined([*(worker.calendar or ()), *there])))
        return at_present(old), [("away", worker.id, low, high)]
    if cause.busy and cause.worker_id:
        return _before_meetings(picture, cause.worker_id, cause.busy)
    if cause.worker_id:
        return at_present(problem), [("worker", worker_name(cause.worker_id))]
    keys = [picture.rows.tasks[pk]["key"] for pk in cause.task_ids if pk in picture.rows.tasks]
    before = problem
    for key in keys if cause.overrun else ():
        before = before.with_task(replace(before.task(key), effort=1))
    return at_present(before), [("task", key) for key in keys]


def _before_meetings(
    picture: Picture, worker_id: int, busy: Sequence[Interval]
) -> tuple[engine.Plan, list[tuple[Any, ...]]]:
    """The same for new entries of a calendar: her time as if they were free, and each of them."""
    worker = picture.problem.worker(worker_name(worker_id))
    first, last = picture.at(picture.now_min), picture.at(picture.problem.horizon or picture.now_min)
    times = working_time([worker_id], first, last, ignoring=busy)[worker_id]
    old = picture.problem.with_worker(replace(worker, calendar=_joined(_in_minutes(picture, times))))
    spans = [(low, high) for low, high in _in_minutes(picture, busy) if high > picture.now_min]
    return at_present(old), [("away", worker.id, max(0, low), high) for low, high in spans]


def _in_minutes(picture: Picture, times: Iterable[Interval]) -> list[tuple[int, int]]:
    base = picture.start
    found = ((int((a - base).total_seconds() // 60), int((b - base).total_seconds() // 60)) for a, b in times)
    return [(low, high) for low, high in found if low < high]


def _minutes_away(picture: Picture, days: tuple[Any, Any], zone: str) -> tuple[int, int]:
    """The days as minutes of the problem."""
    first, last = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (days[0], days[1] + timedelta(days=1)))
    low, high = (int((at - picture.start).total_seconds() // 60) for at in (first, last))
    return max(0, low), max(1, high)


def _usually_there(picture: Picture, worker_id: int, low: int, high: int) -> list[tuple[int, int]]:
    """The minutes in which the worker would have worked."""
    first = max(low, picture.now_min)
    row = picture.rows.workers[worker_id]
    pattern = weekly_hours(picture.workspace_id, [worker_id])[worker_id]
    if first >= high:
        return []
    return _in_minutes(picture, working_intervals(pattern, row["time_zone"], (), picture.at(first), picture.at(high)))


def _joined(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ordered and apart."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _works_then(old: engine.Plan, away: Sequence[Any]) -> bool:
    """Whether the worker would have done something in the time."""
    _, worker, low, high = away
    return any(item.worker == worker and item.start < high and item.finish > low for item in old.assignments)


def frozen_for(problem: engine.Problem, now_min: int, minutes: int) -> dict[str, int]:
    """{worker: the minute before which each will have worked so many minutes of their own from now on}."""
    return {worker.id: _worked_by(worker.calendar or (), now_min, minutes) for worker in problem.workers}


def _worked_by(calendar: Sequence[tuple[int, int]], now_min: int, minutes: int) -> int:
    """When so many minutes of a calendar have passed; its end where it has fewer."""
    at, left = now_min, minutes
    for low, high in calendar:
        start = max(low, now_min)
        if left <= 0 or high <= start:
            continue
        at = min(high, start + left)
        left -= at - start
    return at


def _too_much(moves: Sequence[engine.Move], most: int) -> list[engine.Move]:
    """Moves beyond what one person has to bear, the last ones in the problem's order."""
    counts: Counter[str] = Counter()
    over = []
    for move in moves:
        concerned = {item.worker for item in (move.before, move.after) if item is not None}
        if move.counted and any(counts[worker] >= most for worker in concerned):
            over.append(move)
        elif move.counted:
            counts.update(concerned)
    return over


def _held_fast(problem: engine.Problem, moves: Iterable[engine.Move]) -> engine.Problem:
    """The same problem, in which these tasks stay with whoever has them."""
    for move in moves:
        if move.before is not None:
            task = replace(problem.task(move.task), pin=engine.Pin(move.before.worker))
            problem = problem.with_task(task)
    return problem


def _kept(plan: Plan, picture: Picture, found: Answer, *, now: datetime) -> Plan:
    """The draft in the place of older ones."""
    before = snapshot.plan_of(plan.basis).assignments
    plan.figures = {
        "before": figures(picture.problem, at_present(picture.problem).assignments),
        "after": figures(picture.problem, found.plan.assignments),
    }
    moves = [move for move in found.moves if matters(plan, move.before, move.after, picture.problem)]
    shown = _lists_of(_concerned(moves), before, found.plan.assignments)
    shown |= {move.task for move in moves}
    with transaction.atomic():
        _replace_older(plan, now=now)
        plan.save(force_insert=True)
        actor = system(plan.workspace_id)
        keep(
            plan, picture, found, before=before, wanted={picture.task_ids[name] for name in shown}, actor=actor, now=now
        )
    return plan


def _concerned(moves: Iterable[engine.Move]) -> set[str]:
    """Whose lists change."""
    homes = (item for move in moves for item in (move.before, move.after))
    return {item.worker for item in homes if item is not None}


def _lists_of(workers: set[str], *lists: Iterable[engine.Assignment]) -> set[str]:
    """Every task of these workers, that their lists can be shown whole."""
    return {item.task for one in lists for item in one if item.worker in workers}


def _replace_older(plan: Plan, *, now: datetime) -> None:
    """Take away older drafts for the same cause."""
    older = Plan.objects.filter(workspace_id=plan.workspace_id, cause_key=plan.cause_key, state=State.DRAFT)
    for old in older:
        with transaction.atomic():
            if Plan.objects.filter(pk=old.pk, state=State.DRAFT).update(state=State.REPLACED):
                record("plan.replaced", old, actor=system(plan.workspace_id), now=now, cause=old.cause)
