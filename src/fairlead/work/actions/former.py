"""Where a task was, with its subtasks, before it moved to another project: what it takes to undo the move exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.dateparse import parse_datetime

from fairlead.work.actions.columns import follow_state
from fairlead.work.models import Attachment, Comment, Project, Status, Task
from fairlead.work.placement import TaskPlacement

Places = Mapping[int, tuple[int, float]]
"""{task id: (status id, rank)}"""


@dataclass(frozen=True)
class Former:
    """The project that the tasks left, their places there, and the parent of the first of them (0: none).

    `said` and `asked` are the comments that clients could see, and those of them that waited for an answer; `files`
    the attachments shown to them; `hides`: all these became internal by the move. `along` counts the subtasks that are
    not in the trash. `boards` says how the new project showed the tasks when it was not their home: (task id,
    status id, rank, since when, user id or None).
    """

    home: int
    parent: int
    places: dict[int, tuple[int, float]]
    said: tuple[int, ...]
    asked: tuple[int, ...]
    files: tuple[int, ...]
    hides: bool
    along: int
    boards: tuple[tuple[int, int, float, str, int | None], ...]

    def kept(self) -> dict[str, Any]:
        """As a JSON column keeps it."""
        return asdict(self) | {"places": [[pk, *place] for pk, place in self.places.items()]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From what `kept` gave."""
        places = {pk: (status, rank) for pk, status, rank in kept["places"]}
        plain: dict[str, Any] = {name: kept[name] for name in ("home", "parent", "hides", "along")}
        plain |= {name: tuple(kept[name]) for name in ("said", "asked", "files")}
        boards = tuple((pk, status, rank, since, by) for pk, status, rank, since, by in kept["boards"])
        return cls(places=places, boards=boards, **plain)


def former_of(whole: Sequence[Task], project: Project, *, hides: bool) -> Former:
    """How it is before the tasks, a task with all below it, move to the project."""
    comments = Comment.objects.filter(task__in=whole, internal=False).order_by("pk")
    told = list(comments.values_list("pk", "question"))
    files = Attachment.objects.filter(task__in=whole, for_client=True).order_by("pk")
    boards = TaskPlacement.objects.filter(task__in=whole, project=project).order_by("pk")
    rows = boards.values_list("task_id", "status_id", "rank", "created_at", "created_by_id")
    return Former(
        home=whole[0].project_id,
        parent=whole[0].parent_id or 0,
        places={task.pk: (task.status_id, task.rank) for task in whole},
        said=tuple(pk for pk, _ in told),
        asked=tuple(pk for pk, question in told if question),
        hides=hides,
        along=sum(task.deleted_at is None for task in whole[1:]),
        files=tuple(files.values_list("pk", flat=True)),
        boards=tuple((pk, status, rank, since.isoformat(), by) for pk, status, rank, since, by in rows),
    )


def show_again(former: Former, since: Former) -> None:
    """What clients could see of the tasks before they moved, they see again; but not what a person hid afterwards.

    `since`: how it was before they moved back.
    """
    said, files = set(former.said), set(former.files)
    if not former.hides:
        said, files = said & set(since.said), files & set(since.files)
    if said:
        Comment.objects.filter(pk__in=said).update(internal=False)
        Comment.objects.filter(pk__in=said & set(former.asked)).update(question=True)
    if files:
        Attachment.objects.filter(pk__in=files).update(for_client=True)


def place_again(former: Former, *, away: Project, now: datetime) -> None:
    """The project that the tasks leave shows them as it did before they moved there, in columns that are there yet."""
    columns = set(Status.objects.filter(project=away).values_list("pk", flat=True))
    found = [
        TaskPlacement(workspace_id=away.workspace_id, project=away, task_id=pk, status_id=status, rank=rank,
                      created_at=parse_datetime(since) or now, created_by_id=by)
        for pk, status, rank, since, by in former.boards if status in columns
    ]  # fmt: skip
    TaskPlacement.objects.bulk_create(found, ignore_conflicts=True)
    _follow(placement.task_id for placement in found)


def _follow(numbers: Iterable[int]) -> None:
    for task in Task.objects.filter(pk__in=numbers):
        follow_state(task)
