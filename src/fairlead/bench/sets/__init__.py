"""Public sets of instances. One file per set, one line in the list. The instances are not part of Fairlead."""

from fairlead.bench.sets import assign, gap, imopse
from fairlead.bench.sets.published import BadPlan, PublicSet

SETS: dict[str, PublicSet] = {one.name: one for one in (imopse.SET, gap.SET, assign.SET)}

__all__ = ["SETS", "BadPlan", "PublicSet"]
