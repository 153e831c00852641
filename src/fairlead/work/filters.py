"""Which tasks somebody wants to see; the same filter for board, list and API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from fairlead.lib.among import among
from fairlead.lib.speech import later
from fairlead.people.models import TeamMember
from fairlead.work.fields.asking import Asked
from fairlead.work.former_keys import with_key
from fairlead.work.models import Need, Project, Task
from fairlead.work.states import OPEN
from fairlead.work.types.models import TASK

ME, NOBODY = "me", "nobody"
FEW = 1000
MANY = 20_000
"""So many tasks with a word are known by their ids at most: where the first are shown, and where all are counted."""
READ = 5000
"""In a workspace of no more tasks their texts are read: the index is shared with others where a word is frequent."""
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,7})-(\d{1,9})")
DUES = {
    "late": later("Late"),
    "week": later("Due in 7 days"),
    "later": later("Due later"),
    "none": later("No due date"),
}


@dataclass(frozen=True)
class TaskFilter:
    """Everything given must hold; an empty value asks for nothing.

    `assignee` is a worker's id as text, "me", "nobody" or a part of a name; `due` one of DUES; `state` a state, or
    "open" for all that is not over; `text` words that title, description or labels contain, or a key like WEB-42;
    `skill` the id of one that is needed; `team` of one whose members hold it. The days of a range are both part of it,
    in the reader's zone. `own`: what is asked of custom fields; `type`: the key of a type of work.
    """

    text: str = ""
    project: str = ""
    state: str = ""
    status: int | None = None
    assignee: str = ""
    label: str = ""
    priority: int | None = None
    due: str = ""
    skill: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    created_from: date | None = None
    created_to: date | None = None
    team: int | None = None
    own: tuple[Asked, ...] = ()
    type: str = ""

    def __bool__(self) -> bool:
        return self != TaskFilter()

    def apply(
        self, tasks: QuerySet[Task], *, now: datetime, user_id: int | None, zone: str = "UTC", most: int = FEW
    ) -> QuerySet[Task]:
        """The tasks that fit; `user_id` says who "me" is, `zone` when days begin.

        A word of `text` that stands in at most so many tasks is looked for at once, one query for each, else when the
        tasks are read: the first of them in an order are found soonest by reading on, but to count all takes an index.
        """
        wanted = Q()
        if self.project:
            wanted &= _in_project(self.project)
        if self.state:
            wanted &= Q(state__in=OPEN) if self.state == "open" else Q(state=self.state)
        if self.status is not None:
            wanted &= Q(status_id=self.status)
        if self.label:
            wanted &= Q(labels__contains=[self.label])
        if self.priority is not None:
            wanted &= Q(priority=self.priority)
        if self.skill is not None:
            wanted &= Q(pk__in=Need.objects.filter(skill_id=self.skill).values("task_id"))
        if self.team is not None:
            wanted &= Q(assignee__in=TeamMember.objects.filter(team_id=self.team).values("worker_id"))
        wanted &= _between("due_at", self.due_from, self.due_to, zone)
        wanted &= _between("created_at", self.created_from, self.created_to, zone)
        if self.type:
            wanted &= Q(type__key=self.type) | (Q(type__isnull=True) if self.type == TASK else Q(pk__in=[]))
        for asked in self.own:
            wanted &= asked.wanted(user_id=user_id, now=now, zone=zone)
        return tasks.filter(wanted & self._of_whom(user_id) & self._when(now, zone) & self._words(most))

    def _of_whom(self, user_id: int | None) -> Q:
        if self.assignee == ME:
            return Q(assignee__user_id=user_id) if user_id is not None else Q(pk__in=[])
        if self.assignee == NOBODY:
            return Q(assignee__isnull=True)
        if self.assignee.isdecimal():
            return Q(assignee_id=int(self.assignee))
        return Q(assignee__name__icontains=self.assignee) if self.assignee else Q()

    def _when(self, now: datetime, zone: str) -> Q:
        today = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        next_week = today + timedelta(days=8)
        return {
            "late": Q(due_at__lt=now, state__in=OPEN),
            "week": Q(due_at__gte=now, due_at__lt=next_week, state__in=OPEN),
            "later": Q(due_at__gte=next_week),
            "none": Q(due_at__isnull=True),
        }.get(self.due, Q())

    def _words(self, most: int) -> Q:
        wanted = Q()
        known: set[int] | None = None
        for word in self.text.split():
            ids = _containing(word, most)
            if ids is None:
                wanted &= _in_texts(word)
            else:
                known = ids if known is None else known & ids
        return wanted if known is None else wanted & among("pk", known)


def _in_texts(word: str) -> Q:
    one = Q(title__icontains=word) | Q(description__icontains=word) | Q(labels__contains=[word])
    return one | with_key(key[1], key[2]) if (key := _KEY.fullmatch(word)) else one


def _containing(word: str, most: int) -> set[int] | None:
    """The tasks of the workspace that `_in_texts` finds; None: more than `most`, or reading the texts is as quick."""
    if len(word) < 3:
        return None
    with connection.cursor() as cursor:
        asked = "SELECT coalesce(array_agg(id), '{}')::text FROM fairlead_containing(%s, %s, %s) AS id"
        cursor.execute(asked, [word, most + 1, READ])
        (told,) = cursor.fetchone()
    if told == "{NULL}":
        return None
    ids = {int(number) for number in told[1:-1].split(",") if number}
    if len(ids) > most:
        return None
    if key := _KEY.fullmatch(word):
        ids.update(Task.objects.filter(with_key(key[1], key[2])).values_list("pk", flat=True))
    return ids


def _in_project(key: str) -> Q:
    """Its own tasks and those that are shown there, too. One query: an index finds ids, but not one or the other."""
    known = list(Project.objects.filter(key=key).values_list("pk", "placements__task_id"))
    shown = [task_id for _, task_id in known if task_id is not None]
    return Q(project_id__in={pk for pk, _ in known}) | Q(pk__in=shown)


def _between(name: str, first: date | None, last: date | None, zone: str) -> Q:
    """From the beginning of the first day to the end of the last one, on the reader's clock."""
    wanted = Q()
    if first is not None:
        wanted &= Q(**{f"{name}__gte": datetime.combine(first, time(0), ZoneInfo(zone))})
    if last is not None:
        wanted &= Q(**{f"{name}__lt": datetime.combine(last + timedelta(days=1), time(0), ZoneInfo(zone))})
    return wanted
