"""Names and reasons that the product gave and keeps in English, in the words of whoever reads them."""

from __future__ import annotations

from typing import Final

from fairlead.allocation.models import Policy
from fairlead.lib.speech import mark, tr

CATCH_ALL: Final = mark("Everything else")
DECLINES: Final = (
    mark("Too busy"),
    mark("Pay is too low"),
    mark("Not my skills"),
    mark("Dates do not suit"),
)
"""Reasons to decline in one tap; none is needed."""
FIRST: Final = mark("somebody else was first")
STEP_OVER: Final = mark("the time of this step is over")
NOT_TO_BE_HAD: Final = mark("it is not to be had any more")
USUAL_REASONS: Final = frozenset({*DECLINES, FIRST, STEP_OVER, NOT_TO_BE_HAD})
EVERYBODY: Final = mark("Everybody who can do it")


def policy_name(policy: Policy) -> str:
    """How a policy is called; the one that is always there in the reader's language, unless people renamed it."""
    return tr(CATCH_ALL) if policy.is_catch_all and policy.name == CATCH_ALL else policy.name


def offer_reason(reason: str) -> str:
    """Why an offer was declined or withdrawn, in the reader's language where it is one of the usual reasons."""
    return tr(reason) if reason in USUAL_REASONS else reason


def step_name(name: str) -> str:
    """How a step is called; the one that a new policy begins with in the reader's language."""
    return tr(EVERYBODY) if name == EVERYBODY else name
