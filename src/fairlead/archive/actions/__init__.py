"""Everything that brings a copy back. Callers import from here."""

from fairlead.archive.actions.restore import NotEmpty, Restored, restore

__all__ = ["NotEmpty", "Restored", "restore"]
