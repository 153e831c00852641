"""For how long what was done can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

UNDO_FOR: Final = timedelta(minutes=10)
