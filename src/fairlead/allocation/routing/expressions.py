"""Conditions of policies, in CEL (the Common Expression Language, see `lib/cel.py`).

A condition is yes or no about a task and a worker. It cannot loop without end, call anything or change anything. Names
and types are checked when it is saved, so that a typing mistake is told at its place and not months later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from typing import Any, Final

from fairlead.lib import cel
from fairlead.lib.cel import BadExpression
from fairlead.lib.sayings import Saying
from fairlead.lib.speech import later, mark

PRIORITIES: Final = {"priority.none": 0, "priority.low": 1, "priority.medium": 2, "priority.high": 3,
                     "priority.urgent": 4}  # fmt: skip

TASK: Final[Mapping[str, tuple[Any, str]]] = {
    "task.key": (cel.TEXT, later("such as WEB-42")),
    "task.title": (cel.TEXT, later("its title")),
    "task.project": (cel.TEXT, later("the key of its project")),
    "task.client": (cel.TEXT, later("the client of its project, or nothing")),
    "task.state": (cel.TEXT, later("backlog or ready")),
    "task.priority": (cel.WHOLE, later("compare it with priority.low, medium, high or urgent")),
    "task.labels": (cel.TEXTS, later("in lower case")),
    "task.skills": (cel.TEXTS, later("the names of the skills that it needs")),
    "task.needs": (cel.LEVELS, later("the level that it needs of each skill, 0 for none")),
    "task.effort_h": (cel.ANY, later("hours of work")),
    "task.has_due": (cel.FLAG, later("whether it is due at some time")),
    "task.due_in_h": (cel.ANY, later("hours until it is due; a million without a due date")),
    "task.age_h": (cel.ANY, later("hours since it was added")),
    "task.is_subtask": (cel.FLAG, later("whether it is part of another task")),
    "task.type": (cel.TEXT, later("the key of its type of work, such as bug")),
    "task.fields": (
        cel.THINGS,
        later("custom fields by key, such as task.fields.budget >= 1000; days count from today"),
    ),
    "task.filled": (cel.TEXTS, later("the keys of the custom fields that have a value")),
}
"""Every name of a task: its type and what it holds."""
WORKER: Final[Mapping[str, tuple[Any, str]]] = {
    "worker.kind": (cel.TEXT, later("employee, freelancer or agent")),
    "worker.role": (cel.TEXT, later("their role in the workspace, such as manager; nothing without an account")),
    "worker.skills": (cel.LEVELS, later("their level in each skill, 0 for none")),
    "worker.teams": (cel.TEXTS, later("the names of their teams: 'Design' in worker.teams")),
    "worker.country": (cel.TEXT, later("two letters, such as DE")),
    "worker.time_zone": (cel.TEXT, later("such as Europe/Berlin")),
    "worker.rate": (cel.ANY, later("cost per hour")),
    "worker.open_tasks": (cel.WHOLE, later("tasks that they hold")),
    "worker.done_in_project": (cel.WHOLE, later("tasks of this project that they finished")),
    "worker.done_for_client": (cel.WHOLE, later("tasks for this client that they finished")),
    "worker.leads_project": (cel.FLAG, later("whether they lead this project")),
    "worker.had_it": (cel.FLAG, later("whether they held this task before")),
    "worker.wants": (cel.FLAG, later("whether they wish for such work")),
    "worker.avoids": (cel.FLAG, later("whether they would rather not do such work")),
}
"""Every name of a worker. People come and go: a policy speaks of what they can and are, never of a name."""
NOW: Final[Mapping[str, tuple[Any, str]]] = {
    "now.hour": (cel.WHOLE, later("0 to 23, on the workspace's clock")),
    "now.weekday": (cel.WHOLE, later("1 is Monday, 7 is Sunday")),
}
_MISSING = re.compile(r'Key not found in map : "(.*)"')


class Condition:
    """A checked condition; empty text is always true."""

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true of these values. Raises BadExpression for what shows only with real values."""
        if self._compiled is None:
            return True
        try:
            return bool(self._compiled.value({**PRIORITIES, **values}))
        except cel.Failed as failed:
            raise BadExpression(_in_words(str(failed), self.text), at=None) from None


def blanks(skills: Iterable[str], own: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A value of the right kind for every name: what a condition makes of it shows whether it can be worked out."""
    usual = (
        (cel.THINGS, dict(own or {})),
        (cel.LEVELS, dict.fromkeys(skills, 0)),
        (cel.TEXTS, [""]),
        (cel.TEXT, ""),
        (cel.WHOLE, 0),
        (cel.FLAG, False),
    )
    names = {**TASK, **WORKER, **NOW}
    return {name: next((value for it, value in usual if it == kind), 0.0) for name, (kind, _) in names.items()}


def about_task(text: str) -> Condition:
    """The condition of a policy: over task and now. Raises BadExpression."""
    return _compile(text.strip(), False)


def about_worker(text: str) -> Condition:
    """The condition of a step: over worker, task and now. Raises BadExpression."""
    return _compile(text.strip(), True)


@cache
def _environment(with_worker: bool) -> Any:
    names = {**TASK, **NOW, **(WORKER if with_worker else {})}
    return cel.Environment(
        {**{name: kind for name, (kind, _) in names.items()}, **dict.fromkeys(PRIORITIES, cel.WHOLE)}
    )


@lru_cache(512)
def _compile(text: str, with_worker: bool) -> Condition:
    if not text:
        return Condition("", None)
    compiled = _environment(with_worker).compile(text, partial(_unknown, with_worker=with_worker))
    if compiled.kind != cel.FLAG:
        text = mark("This gives a value; a condition is yes or no, such as %(code)s.")
        raise BadExpression(Saying(text, {"code": "task.priority >= priority.high"}), at=0)
    return Condition(text, compiled)


def _unknown(name: str, *, with_worker: bool) -> Saying:
    if not with_worker and name.startswith("worker"):
        text = mark("Which tasks a policy takes depends on the task alone; say in the steps who should do them.")
        return Saying(text)
    names = [*TASK, *NOW, *PRIORITIES, *(WORKER if with_worker else ())]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:
        return Saying(mark("There is nothing called %(name)s."), {"name": name})
    return Saying(mark("There is nothing called %(name)s. Did you mean %(near)s?"), {"name": name, "near": near[0]})


def _in_words(message: str, text: str) -> Saying:
    if missing := _MISSING.search(message):
        field = re.search(rf"task\.fields(\.|\[['\"]){re.escape(missing[1])}\b", text)
        name = {"name": missing[1]}
        if field:
            return Saying(mark("There is no field called %(name)s in this workspace."), name)
        return Saying(mark("There is no skill called %(name)s in this workspace."), name)
    return Saying(mark("It cannot be worked out: %(what)s"), {"what": message.partition(": ")[2]})
