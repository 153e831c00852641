"""Everything that decides about work. One verb, one function, one transaction; callers import from here."""

from fairlead.allocation.actions.answers import (
    FullNow,
    OfferGone,
    accept_by_link,
    accept_offer,
    bearer,
    decline_by_link,
    decline_offer,
    expire_offer,
)
from fairlead.allocation.actions.assign import (
    HeldByOther,
    NobodyCan,
    RuledOutError,
    assign_best,
    assign_task,
    release_worker,
    settle_assignment,
    take_task,
    unassign_task,
)
from fairlead.allocation.actions.offers import (
    AlreadyOffered,
    Terms,
    next_offers,
    offer_task,
    recall_offers,
    settle_offers,
    withdraw_offers,
)
from fairlead.allocation.actions.plan_apply import apply_plan, apply_rest, undo_plan
from fairlead.allocation.actions.planning import change_planning, may_change_planning
from fairlead.allocation.actions.plans import discard_plan, finish_plan, make_plan, remake_plan, stop_plan
from fairlead.allocation.actions.proofs import prove_plan
from fairlead.allocation.actions.proposals import propose
from fairlead.allocation.stale import Stale, StalePlan

__all__ = [
    "AlreadyOffered",
    "FullNow",
    "HeldByOther",
    "NobodyCan",
    "OfferGone",
    "RuledOutError",
    "Stale",
    "StalePlan",
    "Terms",
    "accept_by_link",
    "accept_offer",
    "apply_plan",
    "apply_rest",
    "assign_best",
    "assign_task",
    "bearer",
    "change_planning",
    "decline_by_link",
    "decline_offer",
    "discard_plan",
    "expire_offer",
    "finish_plan",
    "make_plan",
    "may_change_planning",
    "next_offers",
    "offer_task",
    "propose",
    "prove_plan",
    "recall_offers",
    "release_worker",
    "remake_plan",
    "settle_assignment",
    "settle_offers",
    "stop_plan",
    "take_task",
    "unassign_task",
    "undo_plan",
    "withdraw_offers",
]
