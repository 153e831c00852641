"""What a repair changed, task by task: before, after, and why in a sentence that names the event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.engine.match.eligibility import obstacles
from fairlead.engine.objective.lateness import rate_per_minute
from fairlead.engine.plan import Assignment, plain
from fairlead.engine.problem import Problem, Task
from fairlead.engine.saying import Row, Said, pattern, say
from fairlead.engine.story import Story, away_cause, away_from, first_event, pulled, pushed
from fairlead.engine.wording import DAY_MIN, ROUGH_POINTS, SHOWN_POINTS, count, hours, moment, points

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
    done = does_it(story, after)
    if gain is None:
        done = say("%(what)s; %(worker)s has no place for it any more", what=done, worker=before.worker)
    else:
        done = saves(done, gain)
    return joined(away_from(story, before, after), done)


def saves(done: Said, gain: float) -> Said:
    """What a change saves: in points, unless it is that some other task has a place at all."""
    if gain >= ROUGH_POINTS:
        return say("%(what)s; otherwise some work would find no place", what=done)
    return say("%(what)s, which saves %(points)s", what=done, points=points(gain))


def does_it(story: Story, after: Assignment) -> Said:
    """Who does the task from when on."""
    return say("%(worker)s does it from %(when)s", worker=after.worker, when=moment(story.problem, after.start))


def say_forced(story: Story, task: Task) -> str:
    """What made its old place impossible, and what becomes of it."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    if before.worker == after.worker:
        cause = pushed(story, task) if after.finish > before.finish else pulled(story, task)
        return joined(cause or first_event(story), shifted(story, task))
    case = story.carried.model.case(task, story.problem.worker_index[before.worker])
    against = Row("; ", [item.sentence for item in obstacles(case)])
    done = does_it(story, after)
    if against:
        done = say("%(what)s; %(worker)s cannot any more: %(why)s", what=done, worker=before.worker, why=against)
    return joined(pushed(story, task) or first_event(story), done)


def say_delayed(story: Story, task: Task) -> str:
    """What comes before it now, and what that costs."""
    return joined(pushed(story, task) or say("what comes before it ends later"), shifted(story, task))


def say_earlier(story: Story, task: Task) -> str:
    """What has left room for it, and what that saves."""
    return joined(pulled(story, task) or say("there is time for it earlier"), shifted(story, task))


def say_placed(story: Story, task: Task) -> str:
    """Who does a task that nobody had, and what that saves, unless it is the high price of leaving it out."""
    after = story.after[task.id]
    event = first_event(story)
    cause = say("had no place; now %(event)s", event=event) if event else say("had no place")
    if task.id in story.new:
        cause = say("is new")
    gain = story.gains.placed.get(story.problem.task_index[task.id], 0.0)
    done = does_it(story, after)
    return joined(cause, saves(done, gain) if gain < ROUGH_POINTS else done)


def say_left_out(story: Story, task: Task) -> str:
    """Why nobody does it."""
    cause = say("is new") if task.id in story.new else away_cause(story, task) or first_event(story)
    nobody = say("nobody does it: %(why)s", why=story.told[task.id])
    return Row("; ", [cause, nobody]) if cause else nobody


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
    return Row(": ", [cause, effect]) if cause else effect


def shifted(story: Story, task: Task) -> str:
    """ "starts 2 h later, still 3 h before it is due"; what lateness is lost or saved."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    by, ends_by = after.start - before.start, after.finish - before.finish
    starts = by * ends_by > 0 or not ends_by
    shift = by if starts else ends_by
    what = SHIFTS[starts, shift > 0]
    said = say(what, hours=hours(abs(shift)))
    if task.due is None:
        return said
    more = rate_per_minute(task, story.problem.objective) * (
        max(0, after.finish - task.due) - max(0, before.finish - task.due)
    )
    slack = task.due - after.finish
    told = {"what": said, "hours": hours(abs(slack))}
    if abs(more) < SHOWN_POINTS:
        if slack >= 0:
            return say("%(what)s, still %(hours)s before it is due", **told)
        return say("%(what)s, still %(hours)s after it is due", **told)
    when = say("%(what)s, %(hours)s before it is due", **told)
    if slack < 0:
        when = say("%(what)s, %(hours)s after it is due", **told)
    if more > 0:
        return say("%(what)s, which costs %(points)s", what=when, points=points(more))
    return say("%(what)s, which saves %(points)s", what=when, points=points(-more))


SHIFTS = {
    (True, True): pattern("starts %(hours)s later"),
    (True, False): pattern("starts %(hours)s earlier"),
    (False, True): pattern("ends %(hours)s later"),
    (False, False): pattern("ends %(hours)s earlier"),
}
"""Whether the start or only the end is shifted, and whether to later."""


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
