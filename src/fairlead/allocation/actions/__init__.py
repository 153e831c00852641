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
from fairlead.allocation.actions.approvals import approve, approve_other, reject, undo_decision
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
from fairlead.allocation.actions.claims import TooManyClaims, claim_next, claim_task
from fairlead.allocation.actions.many import MOST as MOST_GIVEN
from fairlead.allocation.actions.many import assign_many, preview_assign, take_back
from fairlead.allocation.actions.offers import (
    AlreadyOffered,
    Terms,
    next_offers,
    offer_task,
    recall_offers,
    settle_offers,
    withdraw_offers,
)
from fairlead.allocation.actions.pins import pin_task, unpin_task
from fairlead.allocation.actions.plan_apply import apply_plan, apply_rest, undo_plan
from fairlead.allocation.actions.planning import change_planning, may_change_planning
from fairlead.allocation.actions.plans import discard_plan, finish_plan, make_plan, remake_plan, stop_plan
from fairlead.allocation.actions.policies import (
    change_policy,
    create_policy,
    ensure_catch_all,
    move_policy,
    pause_policy,
    remove_policy,
    restore_version,
    resume_policy,
)
from fairlead.allocation.actions.proofs import prove_plan
from fairlead.allocation.actions.proposals import propose
from fairlead.allocation.actions.routing import (
    advance,
    end_step,
    follow_offers,
    hand_over,
    reconsider,
    rematch,
    restart,
    route_again,
    route_waiting,
    settle_routing,
)
from fairlead.allocation.actions.routing_steps import Moved
from fairlead.allocation.actions.teams import TeamInUse, change_team, remove_team
from fairlead.allocation.stale import Stale, StalePlan

__all__ = [
    "MOST_GIVEN",
    "AlreadyOffered",
    "FullNow",
    "HeldByOther",
    "Moved",
    "NobodyCan",
    "OfferGone",
    "RuledOutError",
    "Stale",
    "StalePlan",
    "TeamInUse",
    "Terms",
    "TooManyClaims",
    "accept_by_link",
    "accept_offer",
    "advance",
    "apply_plan",
    "apply_rest",
    "approve",
    "approve_other",
    "assign_best",
    "assign_many",
    "assign_task",
    "bearer",
    "change_planning",
    "change_policy",
    "change_team",
    "claim_next",
    "claim_task",
    "create_policy",
    "decline_by_link",
    "decline_offer",
    "discard_plan",
    "end_step",
    "ensure_catch_all",
    "expire_offer",
    "finish_plan",
    "follow_offers",
    "hand_over",
    "make_plan",
    "may_change_planning",
    "move_policy",
    "next_offers",
    "offer_task",
    "pause_policy",
    "pin_task",
    "preview_assign",
    "propose",
    "prove_plan",
    "recall_offers",
    "reconsider",
    "reject",
    "release_worker",
    "remake_plan",
    "rematch",
    "remove_policy",
    "remove_team",
    "restart",
    "restore_version",
    "resume_policy",
    "route_again",
    "route_waiting",
    "settle_assignment",
    "settle_offers",
    "settle_routing",
    "stop_plan",
    "take_back",
    "take_task",
    "unassign_task",
    "undo_decision",
    "undo_plan",
    "unpin_task",
    "withdraw_offers",
]
