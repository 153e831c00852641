"""A task on the boards of further projects: it has one home, and may be shown elsewhere too."""

from __future__ import annotations

from typing import Final

from django.db import models

from fairlead.work.states import State

NEAREST: Final[dict[State, tuple[State, ...]]] = {
    State.BACKLOG: (State.READY,),
    State.READY: (State.BACKLOG,),
    State.RUNNING: (State.REVIEW, State.READY, State.BACKLOG),
    State.REVIEW: (State.RUNNING, State.READY, State.BACKLOG),
    State.DONE: (State.CANCELLED,),
    State.CANCELLED: (State.DONE,),
}
"""Where a board without a column for a state shows it; a board always has one where work waits and one for done."""


class TaskPlacement(models.Model):
    """The task also stands on the board of `project`, in the column `status`; `rank` is its place there.

    The column follows the state of the task, which has only one. Who may see the task is decided by its home alone.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="placements")
    project = models.ForeignKey("work.Project", models.CASCADE, related_name="placements")
    status = models.ForeignKey("work.Status", models.PROTECT, related_name="placements")
    rank = models.FloatField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [models.UniqueConstraint(fields=["task", "project"], name="placement_once")]
        indexes = [models.Index(fields=["project", "status", "rank"], name="placement_column")]

    def __str__(self) -> str:
        return f"{self.task} in {self.project}"
