"""What a repair changed, task by task: before, after, and why in a sentence that names the event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.engine.match.eligibility import obstacles
from fairlead.engine.objective.lateness import rate_per_minute
from fairlead.engine.plan import Assignment, plain
from fairlead.engine.problem import Problem, Task
from fairlead.engine.story import Story, away_cause, away_from, first_event, pulled, pushed
from fairlead.engine.wording import DAY_MIN, SHOWN_POINTS, count, hours, moment, points

NO_CHANGES = "no changes"


@dataclass(frozen=True)
class Move:
    """One task that is not as it was. `counted` says whether it counts against the budget.

    Kinds: `moved` to somebody else within the budget; `delayed` or `earlier` with the same worker; `placed`, where
    nobody had it; `left_out`; `forced`, where the event itself made its old place impossible.
    """

    task: str
    kind: str
    before: Assignment | None
    after: Assignment | None
    reason: str
    counted: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


def moves_of(story: Story) -> tuple[Move, ...]:
    """One move for every task that changed, in the problem's order."""
    found = []
    for task in story.problem.tasks:
        before, after = story.carried.homes.get(task.id), story.after.get(task.id)
        kind = kind_of(story, task, before=before, after=after)
        if kind:
            forced = story.forced(task.id)
            lost = kind == "moved" or (kind == "left_out" and before is not None and not forced)
            reason = SAY[kind](story, task)
            found.append(Move(task.id, kind, before, after, reason, counted=lost))
    return tuple(found)


def kind_of(story: Story, task: Task, *, before: Assignment | None, after: Assignment | None) -> str:
    """What kind of change it is; empty for none."""
    if before is None:
        return "placed" if after is not None else "left_out" if task.id in story.new else ""
    if after is None:
        return "left_out"
    if (before.worker, before.start, before.finish) == (after.worker, after.start, after.finish):
        return ""
    if story.forced(task.id):
        return "forced"
    if before.worker != after.worker:
        return "moved"
    return "delayed" if (after.finish, after.start) > (before.finish, before.start) else "earlier"


# -- sentences ------------------------------------------------------------------------------------------------


def say_moved(story: Story, task: Task) -> str:
    """What takes it away from its worker, and what the move saves."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    gain = story.gains.moved.get(story.problem.task_index[task.id])
    done = f"{after.worker} does it from {moment(story.problem, after.start)}"
    if gain is None:
        return joined(away_from(story, before, after), f"{done}; {before.worker} has no place for it any more")
    return joined(away_from(story, before, after), f"{done}, which saves {points(gain)}")


def say_forced(story: Story, task: Task) -> str:
    """What made its old place impossible, and what becomes of it."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    if before.worker == after.worker:
        cause = pushed(story, task) if after.finish > before.finish else pulled(story, task)
        return joined(cause or first_event(story), shifted(story, task))
    case = story.carried.model.case(task, story.problem.worker_index[before.worker])
    against = "; ".join(item.sentence for item in obstacles(case))
    why = f"; {before.worker} cannot any more: {against}" if against else ""
    cause = pushed(story, task) or first_event(story)
    return joined(cause, f"{after.worker} does it from {moment(story.problem, after.start)}{why}")


def say_delayed(story: Story, task: Task) -> str:
    """What comes before it now, and what that costs."""
    return joined(pushed(story, task) or "what comes before it ends later", shifted(story, task))


def say_earlier(story: Story, task: Task) -> str:
    """What has left room for it, and what that saves."""
    return joined(pulled(story, task) or "there is time for it earlier", shifted(story, task))


def say_placed(story: Story, task: Task) -> str:
    """Who does a task that nobody had, and what that saves."""
    after = story.after[task.id]
    event = first_event(story)
    cause = "is new" if task.id in story.new else f"had no place{f'; now {event}' if event else ''}"
    gain = story.gains.placed.get(story.problem.task_index[task.id], 0.0)
    return f"{cause}: {after.worker} does it from {moment(story.problem, after.start)}, which saves {points(gain)}"


def say_left_out(story: Story, task: Task) -> str:
    """Why nobody does it."""
    cause = "is new" if task.id in story.new else away_cause(story, task) or first_event(story)
    return f"{cause}; nobody does it: {story.told[task.id]}" if cause else f"nobody does it: {story.told[task.id]}"


SAY = {
    "moved": say_moved,
    "forced": say_forced,
    "delayed": say_delayed,
    "earlier": say_earlier,
    "placed": say_placed,
    "left_out": say_left_out,
}


def joined(cause: str, effect: str) -> str:
    """ "dana is away from … to …: bob does it from …"."""
    return f"{cause}: {effect}" if cause else effect


def shifted(story: Story, task: Task) -> str:
    """ "starts 2 h later, still 3 h before it is due"; what lateness is lost or saved."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    by, ends_by = after.start - before.start, after.finish - before.finish
    what = "starts" if by * ends_by > 0 or not ends_by else "ends"
    by = by if what == "starts" else ends_by
    said = f"{what} {hours(abs(by))} {'later' if by > 0 else 'earlier'}"
    if task.due is None:
        return said
    more = rate_per_minute(task, story.problem.objective) * (
        max(0, after.finish - task.due) - max(0, before.finish - task.due)
    )
    slack = task.due - after.finish
    if abs(more) < SHOWN_POINTS:
        return f"{said}, still {hours(abs(slack))} {'before' if slack >= 0 else 'after'} it is due"
    cost = f"which {'costs' if more > 0 else 'saves'} {points(abs(more))}"
    return f"{said}, {hours(abs(slack))} {'before' if slack >= 0 else 'after'} it is due, {cost}"


# -- headline -------------------------------------------------------------------------------------------------


def headline(problem: Problem, moves: Sequence[Move], *, now: int) -> str:
    """ "3 changes, 2 people, nothing before 14:00"."""
    if not moves:
        return NO_CHANGES
    people = {item.worker for move in moves for item in (move.before, move.after) if item is not None}
    first = max(now, min((minute for move in moves for minute in touched(move)), default=now))
    shown = moment(problem, first)
    if first // DAY_MIN == now // DAY_MIN and shown[-3] == ":":
        shown = shown[-5:]
    who = "1 person" if len(people) == 1 else f"{len(people)} people"
    return f"{count(len(moves), 'change')}, {who}, nothing before {shown}"


def touched(move: Move) -> Iterator[int]:
    """Minutes from which on somebody's day is different."""
    before, after = move.before, move.after
    if before and after and (before.worker, before.start) == (after.worker, after.start):
        yield min(before.finish, after.finish)
        return
    yield from (item.start for item in (before, after) if item is not None)
