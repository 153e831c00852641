"""Ways to take tasks out of a plan. One move per file, one line in this list.

A move looks at the state and returns tasks to take out; putting them back is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fairlead.engine.search.neighbourhoods.anywhere import anywhere
from fairlead.engine.search.neighbourhoods.costly import costly
from fairlead.engine.search.neighbourhoods.left_out import left_out
from fairlead.engine.search.neighbourhoods.related import related
from fairlead.engine.search.neighbourhoods.strings import strings
from fairlead.engine.search.state import State

Move = Callable[[State, Random], list[int]]

NEIGHBOURHOODS: tuple[Move, ...] = (strings, related, costly, left_out, anywhere)
