"""How the workspace plans: weights, and how calm proposals after events are."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from fairlead.allocation import actions, queries
from fairlead.allocation.weights import NAMES
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Shown
from fairlead.api.routes import Routes

routes = Routes(tags=["Allocation"])
Limit = Annotated[int, Field(strict=True, ge=0, le=1000)]


class PlanningOut(Shown):
    """How new plans and proposals are made."""

    weights: dict[str, int] = Field(description="Percent of the usual weights that new plans begin with.")
    proposes: bool = Field(description="Whether events such as an absence bring a proposal.")
    most_moved: int = Field(description="Tasks that a proposal moves at most.")
    most_moved_each: int = Field(description="The same for each person.")
    frozen_min: int = Field(description="What somebody begins within so many of their own working minutes stays.")
    gap_min: int = Field(description="Minutes between two tasks of a person whose profile says nothing else.")


class PlanningChange(Body):
    weights: dict[str, int] | None = Field(None, description=f"0 to 200, of: {', '.join(NAMES)}.")
    proposes: bool | None = None
    most_moved: Limit | None = None
    most_moved_each: Limit | None = None
    frozen_min: Annotated[int, Field(strict=True, ge=0, le=10_080)] | None = None
    gap_min: Annotated[int, Field(strict=True, ge=0, le=240)] | None = None


@routes.on("GET", "/planning", scope="allocation:read", gives=PlanningOut)
def show_planning(request: Call) -> Any:
    """Show how the workspace plans"""
    return queries.planning(request.actor)


@routes.on("PATCH", "/planning", scope="allocation:write", gives=PlanningOut)
def change_planning(request: Call, body: PlanningChange) -> Any:
    """Change how the workspace plans

    Only what is sent changes.
    """
    values = {name: value for name, value in body.given().items() if value is not None}
    return actions.change_planning(actor=request.actor, now=request.now, **values)
