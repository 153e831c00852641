"""Conditions of policies, in CEL (the Common Expression Language): the only module that knows the library.

A condition is yes or no about a task and a worker. It cannot loop without end, call anything or change anything. Names
and types are checked when it is saved, so that a typing mistake is told at its place and not months later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, Final

from cel_expr_python import cel

MOST_CHARS: Final = 2000
_T = cel.Type
_STRINGS, _LEVELS = _T.List(_T.STRING), _T.Map(_T.STRING, _T.INT)
_NUMBER = _T.DYN
"""A number with decimals that may be compared with whole ones too: `task.effort_h > 3`."""

PRIORITIES: Final = {"priority.none": 0, "priority.low": 1, "priority.medium": 2, "priority.high": 3,
                     "priority.urgent": 4}  # fmt: skip

TASK: Final[Mapping[str, tuple[Any, str]]] = {
    "task.key": (_T.STRING, "such as WEB-42"),
    "task.title": (_T.STRING, "its title"),
    "task.project": (_T.STRING, "the key of its project"),
    "task.client": (_T.STRING, "the client of its project, or nothing"),
    "task.state": (_T.STRING, "backlog or ready"),
    "task.priority": (_T.INT, "compare it with priority.low, medium, high or urgent"),
    "task.labels": (_STRINGS, "in lower case"),
    "task.skills": (_STRINGS, "the names of the skills that it needs"),
    "task.needs": (_LEVELS, "the level that it needs of each skill, 0 for none"),
    "task.effort_h": (_NUMBER, "hours of work"),
    "task.has_due": (_T.BOOL, "whether it is due at some time"),
    "task.due_in_h": (_NUMBER, "hours until it is due; a million without a due date"),
    "task.age_h": (_NUMBER, "hours since it was added"),
    "task.is_subtask": (_T.BOOL, "whether it is part of another task"),
}
"""Every name of a task: its type and what it holds."""
WORKER: Final[Mapping[str, tuple[Any, str]]] = {
    "worker.kind": (_T.STRING, "employee, freelancer or agent"),
    "worker.role": (_T.STRING, "their role in the workspace, such as manager; nothing without an account"),
    "worker.skills": (_LEVELS, "their level in each skill, 0 for none"),
    "worker.teams": (_STRINGS, "the names of their teams: 'Design' in worker.teams"),
    "worker.country": (_T.STRING, "two letters, such as DE"),
    "worker.time_zone": (_T.STRING, "such as Europe/Berlin"),
    "worker.rate": (_NUMBER, "cost per hour"),
    "worker.open_tasks": (_T.INT, "tasks that they hold"),
    "worker.done_in_project": (_T.INT, "tasks of this project that they finished"),
    "worker.done_for_client": (_T.INT, "tasks for this client that they finished"),
    "worker.leads_project": (_T.BOOL, "whether they lead this project"),
    "worker.had_it": (_T.BOOL, "whether they held this task before"),
    "worker.wants": (_T.BOOL, "whether they wish for such work"),
    "worker.avoids": (_T.BOOL, "whether they would rather not do such work"),
}
"""Every name of a worker. People come and go: a policy speaks of what they can and are, never of a name."""
NOW: Final[Mapping[str, tuple[Any, str]]] = {
    "now.hour": (_T.INT, "0 to 23, on the workspace's clock"),
    "now.weekday": (_T.INT, "1 is Monday, 7 is Sunday"),
}
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")
_MISSING = re.compile(r'Key not found in map : "(.*)"')


class BadExpression(ValueError):
    """What is wrong, at which character (0 is the first; None when it shows only with real values)."""

    def __init__(self, text: str, *, at: int | None) -> None:
        super().__init__(text if at is None else f"At character {at + 1}: {text}")
        self.at = at


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
            answer = self._compiled.eval(data={**PRIORITIES, **values})
        except RuntimeError as error:  # the budget of rounds is used up
            raise BadExpression(_in_words(str(error)), at=None) from None
        if answer.type() == _T.ERROR:
            raise BadExpression(_in_words(str(answer.value())), at=None)
        return bool(answer.value())


def blanks(skills: Iterable[str]) -> dict[str, Any]:
    """A value of the right kind for every name: what a condition makes of it shows whether it can be worked out."""
    usual = ((_LEVELS, dict.fromkeys(skills, 0)), (_STRINGS, [""]), (_T.STRING, ""), (_T.INT, 0), (_T.BOOL, False))
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
    return cel.NewEnv(
        variables={**{name: kind for name, (kind, _) in names.items()}, **dict.fromkeys(PRIORITIES, _T.INT)}
    )


@lru_cache(512)
def _compile(text: str, with_worker: bool) -> Condition:
    if not text:
        return Condition("", None)
    if len(text) > MOST_CHARS:
        raise BadExpression(f"A condition has at most {MOST_CHARS} characters.", at=MOST_CHARS)
    try:
        compiled = _environment(with_worker).compile(text)
    except RuntimeError as error:
        raise _located(str(error), text, with_worker=with_worker) from None
    if compiled.return_type() != _T.BOOL:
        raise BadExpression(
            "This gives a value; a condition is yes or no, such as task.priority >= priority.high.", at=0
        )
    return Condition(text, compiled)


def _located(message: str, text: str, *, with_worker: bool) -> BadExpression:
    """The library's first complaint, at its place, with what was probably meant."""
    found = _PLACE.search(message)
    if found is None:
        return BadExpression("This cannot be read.", at=0)
    line, column, what = int(found[1]), int(found[2]), found[3]
    at = min(len(text), sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1)
    if unknown := _UNKNOWN.search(what):
        at -= len(text[:at]) - len(text[:at].rstrip("abcdefghijklmnopqrstuvwxyz_"))
        return BadExpression(_unknown(unknown[1], text, at, with_worker=with_worker), at=at)
    if "Syntax error" in what:
        return BadExpression(_syntax(what), at=at)
    if "no matching overload" in what:
        return BadExpression("These two cannot be compared or combined: their kinds differ.", at=at)
    return BadExpression(what.partition(" (in container")[0], at=at)


def _unknown(name: str, text: str, at: int, *, with_worker: bool) -> str:
    written = re.match(r"[\w.]+", text[at:])
    name = written[0] if written else name
    if not with_worker and name.startswith("worker"):
        return "Which tasks a policy takes depends on the task alone; say in the steps who should do them."
    names = [*TASK, *NOW, *PRIORITIES, *(WORKER if with_worker else ())]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"There is nothing called {name}." + (f" Did you mean {near[0]}?" if near else "")


def _syntax(what: str) -> str:
    if "<EOF>" in what:
        return "It ends too early: something is missing here."
    if "'= '" in what or "'='" in what:
        return "Write == to ask whether two things are equal."
    odd = re.search(r"(?:mismatched|extraneous) input '([^']*)'|recognition error at: '([^']*)'", what)
    return f"“{odd[1] or odd[2]}” was not expected here." if odd else "This is not understood here."


def _in_words(message: str) -> str:
    if missing := _MISSING.search(message):
        return f"There is no skill called {missing[1]} in this workspace."
    return "It cannot be worked out: " + message.partition(": ")[2]
