"""Which policy takes a task: the first of those in use whose condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.allocation.models import Policy, PolicyVersion
from fairlead.allocation.routing.definition import Definition, of_version
from fairlead.allocation.routing.expressions import about_task
from fairlead.lib.cel import BadExpression
from fairlead.lib.errors import Invalid


@dataclass(frozen=True)
class Taker:
    """A policy in use with what it says now."""

    version: PolicyVersion
    definition: Definition

    def takes(self, values: Mapping[str, Any]) -> bool:
        """Whether it takes a task with these values. A condition that cannot be worked out takes nothing: the page of
        policies shows the fault, and the next policy has its turn."""
        try:
            return about_task(self.definition.takes).holds(values)
        except BadExpression:
            return False


def takers(workspace_id: int) -> list[Taker]:
    """The policies in use, in their order; the catch-all last. One query."""
    rows = Policy.objects.filter(workspace_id=workspace_id, is_active=True, current__isnull=False)
    found = []
    for policy in rows.select_related("current").order_by("position", "id"):
        version = policy.current
        if version is None:
            continue
        version.policy = policy
        try:
            found.append(Taker(version, of_version(version)))
        except Invalid:
            continue  # written for an older Fairlead; its page says so
    return found
