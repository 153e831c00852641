"""The words that a workspace writes, so that a typing error in a search can be understood."""

from __future__ import annotations

from typing import Final

from django.db import models

SHORTEST: Final = 4
LONGEST: Final = 30
"""Letters of a word that is kept; numbers and what is mixed with them are not."""


class Word(models.Model):
    """A word that stands in the workspace's tasks or comments. A job keeps it; nobody reads the list itself.

    `letters` is the set of its characters as bits (`fairlead_letters`): words that are alike differ in few of them.
    `uses` counts texts, as of the last full count; what stands nowhere any more is gone after it.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    word = models.CharField(max_length=LONGEST)
    length = models.PositiveSmallIntegerField()
    letters = models.BigIntegerField()
    uses = models.PositiveIntegerField()

    class Meta:
        app_label = "work"
        constraints = [models.UniqueConstraint(fields=["workspace", "word"], name="word_once")]
        indexes = [models.Index(fields=["workspace", "length"], name="word_length")]

    def __str__(self) -> str:
        return self.word
