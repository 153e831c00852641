"""What a new task should be, before it exists; and every rule about a task's own values, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from fairlead.lib.speech import tr
from fairlead.lib.text import shows
from fairlead.work.models import Status, Task

MAX_TITLE, MAX_TEXT, MAX_LABEL, MAX_LABELS, MAX_CRITERION = 240, 50_000, 40, 20, 300
MAX_EFFORT_MIN: Final = 60 * 24 * 365
EFFORTS: Final = ("effort_low_min", "effort_min", "effort_high_min")


@dataclass(frozen=True)
class TaskDraft:
    """A task to create. Efforts are minutes at ordinary speed; `needs` maps skill ids to levels 1 to 5;
    `after` holds the ids of the tasks that must be done first. `status` None: where new tasks of the project wait;
    `fields` maps ids of custom fields to values (see `fields/values.py`). `type` is the id of a type of work, whose
    templates fill what is empty; None is a plain task.
    """

    title: str
    description: str = ""
    status: Status | None = None
    priority: int = 0
    effort_low_min: int | None = None
    effort_min: int | None = None
    effort_high_min: int | None = None
    release_at: datetime | None = None
    due_at: datetime | None = None
    labels: tuple[str, ...] = ()
    parent: Task | None = None
    needs: Mapping[int, int] = field(default_factory=dict)
    criteria: tuple[str, ...] = ()
    after: tuple[int, ...] = ()
    external_id: str = ""
    fields: Mapping[int, Any] = field(default_factory=dict)
    type: int | None = None

    def values(self) -> dict[str, Any]:
        """The fields that are columns of a task, tidied."""
        return {
            "title": self.title.strip(),
            "description": self.description,
            "priority": self.priority,
            "effort_low_min": self.effort_low_min,
            "effort_min": self.effort_min,
            "effort_high_min": self.effort_high_min,
            "release_at": self.release_at,
            "due_at": self.due_at,
            "labels": tidy_labels(self.labels),
            "external_id": self.external_id.strip(),
        }


def tidy_labels(labels: Iterable[str]) -> list[str]:
    """Labels without spaces around them, without empty ones and without repeats, in the order given."""
    return list(dict.fromkeys(label.strip() for label in labels if label.strip()))


def problems(draft: TaskDraft) -> dict[str, str]:
    """What is wrong with a draft by itself: {field: what to do}; empty when nothing is. For dry runs of imports too."""
    wrong = wrong_values(draft.values())
    if any(not 1 <= level <= 5 for level in draft.needs.values()):
        wrong["needs"] = tr("A needed level is a number from 1 to 5.")
    if any(not text.strip() or len(text) > MAX_CRITERION for text in draft.criteria):
        wrong["criteria"] = tr("A criterion has some text, at most %(most)s characters.", most=MAX_CRITERION)
    return wrong


def wrong_values(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the values of a task's fields, taken together."""
    wrong: dict[str, str] = {}
    if not shows(values["title"]):
        wrong["title"] = tr("Give the task a title.")
    elif len(values["title"]) > MAX_TITLE:
        wrong["title"] = tr(
            "A title has at most %(most)s characters; move the rest to the description.", most=MAX_TITLE
        )
    if len(values["description"]) > MAX_TEXT:
        wrong["description"] = tr("A description has at most %(most)s characters.", most=MAX_TEXT)
    if values["priority"] not in Task.Priority.values:
        wrong["priority"] = tr("The priority is a number from 0 (none) to 4 (urgent).")
    labels = values["labels"]
    if len(labels) > MAX_LABELS or any(len(label) > MAX_LABEL for label in labels):
        wrong["labels"] = tr(
            "At most %(most)s labels of at most %(most_2)s characters each.", most=MAX_LABELS, most_2=MAX_LABEL
        )
    if len(values["external_id"]) > 120:
        wrong["external_id"] = tr("An outside id has at most 120 characters.")
    return {**wrong, **_wrong_efforts(values), **wrong_times(values["release_at"], values["due_at"])}


def _wrong_efforts(values: Mapping[str, Any]) -> dict[str, str]:
    given = [(name, values[name]) for name in EFFORTS if values[name] is not None]
    for name, minutes in given:
        if not 0 < minutes <= MAX_EFFORT_MIN:
            return {name: tr("An effort is more than nothing and less than a year; write it like 2h, 45m or 3d.")}
    for (_, less), (name, more) in pairwise(given):
        if less > more:
            return {name: tr("The efforts go up: low, then likely, then high.")}
    return {}


def wrong_times(release_at: datetime | None, due_at: datetime | None) -> dict[str, str]:
    """What is wrong with a start and a due time, taken together."""
    if any(at is not None and at.tzinfo is None for at in (release_at, due_at)):
        return {"due_at": tr("A time needs a time zone.")}
    if release_at and due_at and release_at >= due_at:
        return {"due_at": tr("It would be due before it may begin; change one of the two dates.")}
    return {}
