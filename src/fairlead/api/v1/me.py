"""Who the token is."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from fairlead.accounts.models import Workspace
from fairlead.api.calls import Call
from fairlead.api.fields import Shown
from fairlead.api.routes import Routes
from fairlead.people.queries import worker_of

routes = Routes(tags=["Token"])


class WorkspaceOut(Shown):
    id: int
    name: str = Field(examples=["Acme"])
    time_zone: str
    currency: str = Field(description="The currency of all rates, as ISO 4217.", examples=["EUR"])


class Me(Shown):
    """The user behind the token, what they are in the workspace, and what the token may do."""

    user_id: int
    name: str
    kind: str = Field(description="`person` or `agent`.", examples=["person"])
    role: str
    worker_id: int | None = Field(description="The user's own entry in the directory, if there is one.")
    scopes: list[str]
    workspace: WorkspaceOut


@routes.on("GET", "/me", scope=None, gives=Me)
def show_me(request: Call) -> dict[str, Any]:
    """Show the token's user

    Needs no scope; the quickest way to try a token.
    """
    actor = request.actor
    worker = worker_of(actor)
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "kind": actor.kind,
        "role": actor.role,
        "worker_id": worker.pk if worker else None,
        "scopes": sorted(actor.scopes or ()),
        "workspace": Workspace.objects.get(pk=actor.workspace_id),
    }
