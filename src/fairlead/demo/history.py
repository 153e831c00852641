"""Six weeks of work, hour by hour: tasks come in, are given out, started, talked about, handed in and finished."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fairlead.allocation import actions as allocation
from fairlead.demo.script import CLIENT_COMMENTS, COMMENTS, Line, lines
from fairlead.events.actor import Actor
from fairlead.lib.errors import Refused
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Task
from fairlead.work.states import State

if TYPE_CHECKING:
    from fairlead.demo.company import Company

HOME: Final = ZoneInfo("Europe/Berlin")
Step = Callable[[datetime], None]
CRITERIA: Final = {
    "bug": ("The fault cannot be seen any more", "A test would find it again"),
    "frontend": ("Works at 360 pixels", "Works with the keyboard alone", "Reviewed on staging"),
    "backend": ("Tests pass", "Errors say what to do next"),
    "design": ("Shown to the client", "Contrast is at least 4.5 to 1"),
    "content": ("Read by a second person",),
    "testing": ("Runs in the pipeline", "A planted fault makes it fail"),
}


def live_through(company: Company, *, began: datetime, now: datetime, dice: random.Random) -> None:
    """Let the script happen between `began` and `now`; what is not finished by then stays where it stands."""
    story = _Story(company, now, dice)
    for index, line in enumerate(_shuffled(dice)):
        days = (now - began).days * (index / 146) ** 0.4  # the last weeks are the busiest
        story.at(began + timedelta(days=days, hours=dice.uniform(0, 9)), story.coming(line))
    story.tell()


def _shuffled(dice: random.Random) -> list[Line]:
    """Roughly in the order of each project, the projects mixed; what others wait for comes before them."""
    numbered: dict[str, int] = {}
    keyed = []
    for line in lines():
        numbered[line.project] = numbered.get(line.project, 0) + 1
        keyed.append((numbered[line.project] + dice.uniform(0, 1.5), line))
    return [line for _, line in sorted(keyed, key=lambda pair: pair[0])]


class _Story:
    """A queue of steps in time order; each step does one action and may add later steps."""

    def __init__(self, company: Company, now: datetime, dice: random.Random) -> None:
        self.company, self.now, self.dice = company, now, dice
        self.clock_dice = random.Random(7)  # noqa: S311  of its own, so that the story does not depend on the time log
        self.queue: list[tuple[datetime, int, Step]] = []
        self.order = count()
        self.tasks: dict[str, Task] = {}
        self.by_user = {a.user_id: a for a in company.actors.values()}

    def at(self, when: datetime, step: Step) -> None:
        """Do `step` at the next working hour after `when`."""
        heapq.heappush(self.queue, (_in_hours(when), next(self.order), step))

    def tell(self) -> None:
        """Everything up to now, in order."""
        while self.queue and self.queue[0][0] <= self.now:
            when, _, step = heapq.heappop(self.queue)
            step(when)

    def coming(self, line: Line) -> Step:
        """The task is written down; most are given to somebody a day or so later."""

        def step(when: datetime) -> None:
            due = (
                _in_hours(when + timedelta(days=self.dice.choice((4, 6, 8, 11, 15))))
                if self.dice.random() < 0.8
                else None
            )
            before = self.tasks.get(line.after)
            task = work.create_task(
                self.company.projects[line.project], self._draft(line, due, before), actor=self.company.alice, now=when
            )
            self.tasks[line.title] = task
            self.at(when + timedelta(hours=self.dice.uniform(2, 40)), self.giving(task))

        return step

    def _draft(self, line: Line, due: datetime | None, before: Task | None) -> TaskDraft:
        needs = {self.company.skills[name].pk: level for name, level in line.needs.items()}
        criteria = next((CRITERIA[label] for label in line.labels if label in CRITERIA), ())
        statuses = self.company.projects[line.project].statuses
        goal = line.title[:1].lower() + line.title[1:]
        return TaskDraft(
            title=line.title, description=DESCRIPTION.format(title=goal), labels=line.labels, needs=needs,
            status=statuses.get(name="Ready" if self.dice.random() < 0.75 else "Backlog"), due_at=due,
            priority=self.dice.choice((0, 1, 2, 2, 2, 3, 3, 4) if "bug" in line.labels else (0, 1, 1, 2, 2, 2, 3)),
            effort_low_min=_half_hours(line.effort_min * 0.7), effort_min=line.effort_min,
            effort_high_min=_half_hours(line.effort_min * 1.8), criteria=criteria, after=(before.pk,) if before else (),
        )  # fmt: skip

    def giving(self, task: Task) -> Step:
        """Alice gives it to the best candidate, or it stays open when nobody can or it still waits in the backlog."""

        def step(when: datetime) -> None:
            task.refresh_from_db()
            if self.dice.random() < 0.05:
                work.cancel_task(task, actor=self.company.alice, now=when)
                return
            if self.now - when < timedelta(days=3) and self.dice.random() < 0.3:
                return
            try:
                allocation.assign_best(task, actor=self.company.alice, now=when)
            except Refused:
                return
            self.at(when + timedelta(hours=self.dice.uniform(8, 110)), self.starting(task))

        return step

    def starting(self, task: Task, tries: int = 0) -> Step:
        """Its worker begins, unless it is blocked; then they try again two days later."""

        def step(when: datetime) -> None:
            task.refresh_from_db()
            try:
                work.start_task(task, actor=self._holder(task), now=when)
            except Refused:
                if tries < 8:
                    self.at(when + timedelta(days=2), self.starting(task, tries + 1))
                return
            minutes = (task.effort_min or 240) * self.dice.uniform(0.7, 1.9)
            handing = when + timedelta(days=minutes / 160)
            if self.dice.random() < 0.45:
                self.at(when + (handing - when) * 0.6, self.talking(task))
            self.at(handing, self.handing_in(task))
            self.spend(task, when, handing, minutes)

        return step

    def spend(self, task: Task, began: datetime, ends: datetime, minutes: float) -> None:
        """Whoever is at it logs their time a few hours later, on as many days as it takes."""
        days = max(1, min(5, (ends - began).days))
        for n in range(days):
            share = max(15, round(minutes / days / 15 + self.clock_dice.uniform(-2, 2)) * 15)
            later = timedelta(days=n, minutes=share + self.clock_dice.uniform(5, 90))
            self.at(began + later, self.logging(task, min(share, 480)))

    def logging(self, task: Task, minutes: int) -> Step:
        """An entry: by the timer from when to when, or as a length with a word."""

        def step(when: datetime) -> None:
            task.refresh_from_db()
            if task.state != State.RUNNING or task.assignee is None:
                return
            day = when.astimezone(ZoneInfo(task.assignee.time_zone)).date()
            began = (when - timedelta(minutes=minutes)).astimezone(ZoneInfo(task.assignee.time_zone))
            timed = self.clock_dice.random() < 0.8 and began.hour >= 8 and began.date() == day
            draft = work.TimeDraft(
                day, minutes, when - timedelta(minutes=minutes) if timed else None, when if timed else None,
                note="" if timed else self.clock_dice.choice(NOTES), billable=self.clock_dice.random() < 0.9,
            )  # fmt: skip
            work.log_time(task.assignee, task, draft, actor=self._holder(task), now=when)

        return step

    def talking(self, task: Task) -> Step:
        """Somebody says something about it."""

        def step(when: datetime) -> None:
            work.add_comment(task, self.dice.choice(COMMENTS), internal=True, actor=self._holder(task), now=when)

        return step

    def handing_in(self, task: Task) -> Step:
        """Its worker checks what they could and hands it in for review."""

        def step(when: datetime) -> None:
            task.refresh_from_db()
            holder = self._holder(task)
            for criterion in task.criteria.all():
                work.check_criterion(criterion, actor=holder, now=when)
            work.submit_task(task, actor=holder, now=when)
            self.at(when + timedelta(hours=self.dice.uniform(6, 90)), self.finishing(task))

        return step

    def finishing(self, task: Task) -> Step:
        """Alice accepts it; sometimes the client says a word."""

        def step(when: datetime) -> None:
            task.refresh_from_db()
            work.complete_task(task, actor=self.company.alice, now=when)
            client = {"WEB": "Clara", "APP": "Cem", "BRAND": "Ines"}.get(task.project.key)
            if client and self.dice.random() < 0.25:
                actor = self.company.actors[client]
                work.add_comment(task, self.dice.choice(CLIENT_COMMENTS), internal=False, actor=actor, now=when)

        return step

    def _holder(self, task: Task) -> Actor:
        user_id = task.assignee.user_id if task.assignee else None
        return self.by_user.get(user_id, self.company.alice)


NOTES: Final = ("", "", "with the client", "review on staging", "pairing", "research", "fixing what the tests found")
DESCRIPTION: Final = """**Goal:** {title}, so that the next step can begin.

Ask in the comments when something is unclear; nothing is worth guessing."""


def _half_hours(minutes: float) -> int:
    return max(30, round(minutes / 30) * 30)


def _in_hours(when: datetime) -> datetime:
    """The moment itself when people work at home, else the next weekday morning."""
    local = when.astimezone(HOME)
    if local.hour >= 18:
        local = (local + timedelta(days=1)).replace(hour=9, minute=local.minute)
    if local.hour < 8:
        local = local.replace(hour=8, minute=local.minute)
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local.astimezone(when.tzinfo)
