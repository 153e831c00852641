"""Which changed plans the search keeps walking from."""

from __future__ import annotations

START_SHARE = 0.03
"""How much worse than the best a plan may be at the start, as a share of the best; see docs/engine/search.md."""


def record_to_record(new: float, best: float, *, progress: float) -> bool:
    """Accept what is at most a shrinking share worse than the best found.

    Source: G. Dueck, New optimization heuristics: the great deluge algorithm and the record-to-record travel,
    Journal of Computational Physics 104 (1993), section 3.
    """
    return new <= best + abs(best) * START_SHARE * (1.0 - progress)
