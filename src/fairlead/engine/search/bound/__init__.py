"""Lower bounds: what every plan costs at least. `prove.py` is the recipe."""

from fairlead.engine.search.bound.alone import lower_bound
from fairlead.engine.search.bound.prove import Bound, proven_bound

__all__ = ["Bound", "lower_bound", "proven_bound"]
