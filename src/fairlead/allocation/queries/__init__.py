"""Reading what allocation knows. Everything starts from what the actor may see; callers import from here."""

from fairlead.allocation.naming import Face
from fairlead.allocation.queries.decisions import Decision, decision_of, receipt, recommend, replay
from fairlead.allocation.queries.loads import WeekLoad, fits, load, planned
from fairlead.allocation.queries.plans import (
    PlanSheet,
    find_plan,
    last_plan,
    may_see_plans,
    outcomes,
    plan_sheet,
    recent_plans,
    visible_plans,
    waiting_count,
    worker_count,
)
from fairlead.allocation.reading import Candidate, CostPart, Factor, Fix, Recommendation, RuledOut

__all__ = [
    "Candidate",
    "CostPart",
    "Decision",
    "Face",
    "Factor",
    "Fix",
    "PlanSheet",
    "Recommendation",
    "RuledOut",
    "WeekLoad",
    "decision_of",
    "find_plan",
    "fits",
    "last_plan",
    "load",
    "may_see_plans",
    "outcomes",
    "plan_sheet",
    "planned",
    "receipt",
    "recent_plans",
    "recommend",
    "replay",
    "visible_plans",
    "waiting_count",
    "worker_count",
]
