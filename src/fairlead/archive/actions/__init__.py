"""Everything that copies, keeps, prunes and ends. Callers import from here."""

from fairlead.archive.actions.erasing import ask_erasure, erase_person
from fairlead.archive.actions.exports import (
    make_export,
    remove_old_exports,
    request_export,
    take_export,
)
from fairlead.archive.actions.farewell import ask_for_end, keep_workspace, remove_workspace
from fairlead.archive.actions.keeping import change_retention, prune
from fairlead.archive.actions.opening import Opened, open_workspace
from fairlead.archive.actions.restore import NotEmpty, Restored, restore

__all__ = [
    "NotEmpty",
    "Opened",
    "Restored",
    "ask_erasure",
    "ask_for_end",
    "change_retention",
    "erase_person",
    "keep_workspace",
    "make_export",
    "open_workspace",
    "prune",
    "remove_old_exports",
    "remove_workspace",
    "request_export",
    "restore",
    "take_export",
]
