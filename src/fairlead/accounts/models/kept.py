"""What was removed or replaced, for as long as it can be brought back."""

from __future__ import annotations

from django.db import models

from fairlead.accounts.models.members import Workspace


class Kept(models.Model):
    """Rows that are gone, or a file that was replaced: too large or too secret for the address of a button.

    `kind` says what it is of; `sealed` holds it, readable with the server's key only. Forgotten after some minutes.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=60)
    sealed = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.created_at:%H:%M}"
