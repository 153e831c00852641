"""Who does something: every action takes an Actor and every event names one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairlead.lib.speech import mark, tr

PERSON, RULE, ENGINE, AGENT, SYSTEM = "person", "rule", "engine", "agent", "system"
KINDS = (PERSON, RULE, ENGINE, AGENT, SYSTEM)


@dataclass(frozen=True)
class Actor:
    """One actor in one workspace.

    `scopes` is None for somebody at the page (everything that the role allows); with an API token it is what the
    token was granted, and limits the role further.
    `roles_only`: known to be in a workspace whose projects have no members of their own, so that the role tells all.
    `memo` holds what was looked up about the actor; an actor lives as long as one request or job.
    """

    workspace_id: int
    kind: str
    name: str
    role: str = ""
    user_id: int | None = None
    token_id: int | None = None
    scopes: frozenset[str] | None = None
    roles_only: bool = False
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def name_said(kind: str, name: str) -> str:
    """How an actor that the log names is called for its reader: a policy stands there as "Policy …" in English."""
    own = name.removeprefix(mark("Policy %(name)s").partition("%")[0])
    return tr("Policy %(name)s", name=own) if kind == RULE and own != name else name


def system(workspace_id: int) -> Actor:
    """The product itself, for what no person asked for: timers, clean-up, the first set-up."""
    return Actor(workspace_id=workspace_id, kind=SYSTEM, name="Fairlead", role="owner")
