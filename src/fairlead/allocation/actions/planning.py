"""How the workspace plans: its weights, and how calm proposals are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from fairlead.accounts.permissions import ADMINS, in_scope
from fairlead.allocation.models import Planning
from fairlead.allocation.weights import full
from fairlead.events.actor import AGENT, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr

LIMITS: Final = {"most_moved": (0, 1000), "most_moved_each": (0, 1000), "frozen_min": (0, 10_080), "gap_min": (0, 240)}


def may_change_planning(actor: Actor) -> bool:
    """Owners and admins; an AI agent never does."""
    return actor.role in ADMINS and actor.kind != AGENT and in_scope(actor, "allocation:write")


def change_planning(*, actor: Actor, now: datetime, **values: Any) -> Planning:
    """Change any of: weights (percent by name), proposes, most_moved, most_moved_each, frozen_min, gap_min.

    Raises Invalid.
    """
    require(may_change_planning(actor), tr("Only an owner or admin can change how the workspace plans."))
    if "weights" in values:
        values["weights"] = full(values["weights"])
    _check(values)
    with transaction.atomic():
        rules, _ = Planning.objects.get_or_create(workspace_id=actor.workspace_id)
        changes = {name: [getattr(rules, name), new] for name, new in values.items() if getattr(rules, name) != new}
        if changes:
            Planning.objects.filter(pk=rules.pk).update(**{name: new for name, (_, new) in changes.items()})
            record("planning.changed", rules, actor=actor, now=now, changes=changes)
    rules.refresh_from_db()
    return rules


def _check(values: dict[str, Any]) -> None:
    wrong = {}
    for name, (low, high) in LIMITS.items():
        if name in values and not low <= values[name] <= high:
            wrong[name] = tr("Give a whole number from %(low)s to %(high)s.", low=low, high=high)
    if wrong:
        raise Invalid(wrong)
