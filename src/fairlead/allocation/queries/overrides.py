"""What people decided otherwise than suggested, why, and what a change of a policy's weights would have made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache

from fairlead import engine
from fairlead.allocation import learning, snapshot
from fairlead.allocation.learning import Change, Judged, Standing
from fairlead.allocation.models import Assignment, Policy, Receipt, Routing
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see_policies
from fairlead.allocation.queries.policies import definition_of
from fairlead.allocation.routing.definition import WEIGHTS
from fairlead.allocation.snapshot import worker_name
from fairlead.allocation.words import policy_name
from fairlead.events.actor import PERSON, Actor
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, tr
from fairlead.work.queries import seen

NOT_YOURS: Final = later("Only managers and auditors see what was overridden.")
WINDOWS: Final = (4, 12, 26)
"""Weeks that can be looked back on."""
MOST: Final = 400
"""Decisions of one policy, the newest."""
MOST_READ: Final = 1_000
"""Decisions of all policies, the newest: a receipt is some kilobytes."""
MOST_RANKED: Final = 120
"""Of them, those that the engine ranks anew for a preview: some seconds."""
LISTED: Final = 30
KEPT_S: Final = 3600


@dataclass(frozen=True)
class OverrideRow:
    """One override. `differences`: factors of which the chosen had more (+) or less (−) than the suggested."""

    receipt_id: int
    key: str
    title: str
    suggested: Face | None
    chosen: Face | None
    reason: str
    by: str
    at: datetime
    differences: Mapping[str, float]


@dataclass(frozen=True)
class PolicyOverrides:
    """The decisions of people about tasks of one policy. `reasons`: (reason, how often), the most frequent first;
    `change`: the one that what was kept speaks for, to be looked at before it is made; None for none."""

    policy_id: int
    name: str
    version: int
    accepted: int
    overrides: int
    reasons: tuple[tuple[str, int], ...]
    differences: Mapping[str, float]
    rows: tuple[OverrideRow, ...]
    change: Change | None


@dataclass(frozen=True)
class Preview:
    """A change as the engine finds it, ranking the kept snapshots anew. `ranked` of `all` decisions were ranked."""

    policy: Policy
    version: int
    change: Change
    ranked: int
    all: int


def overrides(actor: Actor, *, now: datetime, weeks: int = 12, policy_id: int | None = None) -> list[PolicyOverrides]:
    """By policy, in their order; those without any decision of people are left out. Six queries."""
    require(may_see_policies(actor), NOT_YOURS)
    made = _decisions(actor, now - timedelta(weeks=weeks))
    faces = Faces(actor.workspace_id)
    here = Policy.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True, current__isnull=False)
    if policy_id is not None:
        here = here.filter(pk=policy_id)
    found = []
    for policy in here.select_related("current").order_by("position", "id"):
        mine = [row for row in made if row["policy_id"] == policy.pk][:MOST]
        if mine:
            found.append(_of_policy(policy, mine, faces))
    return found


def _of_policy(policy: Policy, rows: Sequence[Mapping[str, Any]], faces: Faces) -> PolicyOverrides:
    judged = [row["judged"] for row in rows]
    overridden = [row for row in rows if row["judged"].is_override]
    reasons = Counter(row["reason"].strip() or tr("No reason given") for row in overridden)
    weights = definition_of(policy.latest).weights
    return PolicyOverrides(
        policy_id=policy.pk, name=policy_name(policy), version=policy.latest.number,
        accepted=len(rows) - len(overridden),
        overrides=len(overridden), reasons=tuple(sorted(reasons.items(), key=lambda it: (-it[1], it[0]))),
        differences=learning.differences(judged), rows=tuple(_row(row, faces) for row in overridden[:LISTED]),
        change=learning.best_change(judged, weights, WEIGHTS),
    )  # fmt: skip


def _row(row: Mapping[str, Any], faces: Faces) -> OverrideRow:
    judged: Judged = row["judged"]
    return OverrideRow(
        receipt_id=judged.receipt_id, key=f"{row['task__project__key']}-{row['task__number']}",
        title=row["task__title"], suggested=faces.by_number(snapshot.worker_number(judged.suggested)),
        chosen=faces.by_number(snapshot.worker_number(judged.chosen)), reason=row["reason"],
        by=row["by_user__name"] or "", at=row["created_at"], differences=learning.differences([judged]),
    )  # fmt: skip


_COLUMNS: Final = (
    "receipt_id", "worker_id", "task_id", "reason", "created_at", "task__number", "task__title", "task__project__key",
    "by_user__name", "receipt__ranking", "receipt__policy_version__definition",
)  # fmt: skip


def _decisions(actor: Actor, since: datetime) -> list[dict[str, Any]]:
    """Single decisions of people whose receipt names candidates, the newest first, each with its task's policy."""
    workspace_id = actor.workspace_id
    by_people = Assignment.objects.filter(
        workspace_id=workspace_id, by_kind=PERSON, created_at__gte=since, plan__isnull=True
    )
    newest = by_people.order_by("-created_at", "-id").values("pk")[:MOST_READ]
    made = by_people.filter(pk__in=newest, receipt__plan__isnull=True, task__deleted_at__isnull=True)
    rows = [dict(row) for row in seen(made, actor).order_by("-created_at", "-id").values(*_COLUMNS)]
    routed = Routing.objects.filter(task_id__in=[row["task_id"] for row in rows]).order_by("id")
    policies = dict(routed.values_list("task_id", "version__policy_id"))
    last = Policy.objects.filter(workspace_id=workspace_id, is_catch_all=True).values_list("pk", flat=True).first()
    found = []
    for row in rows:
        judged = _judged(row)
        if judged is not None:
            found.append({**row, "judged": judged, "policy_id": policies.get(row["task_id"], last)})
    return found


def _judged(row: Mapping[str, Any]) -> Judged | None:
    """The decision as it was kept; None when nobody was suggested, or whoever was chosen could not do it at all."""
    ranking = (row["receipt__ranking"] or {}).get("ranking") or {}
    chosen = worker_name(row["worker_id"])
    candidates = tuple(
        Standing(
            it["worker"], {name: it["cost"].get(name, 0.0) for name in _PARTS},
            {factor["name"]: factor["score"] for factor in it["factors"]},
        )
        for it in ranking.get("candidates", ())
    )  # fmt: skip
    if not any(it.worker == chosen for it in candidates):
        return None
    weights = (row["receipt__policy_version__definition"] or {}).get("weights", {})
    return Judged(row["receipt_id"], chosen, candidates, weights)


_PARTS: Final = ("unassigned", "lateness", "labour", "misfit", "switch", "fairness", "moved", "makespan")


def preview(
    actor: Actor, policy_id: int, *, name: str, after: int, now: datetime, weeks: int = 12
) -> Preview:  # fmt: skip
    """What another weight of a policy would have made of the newest decisions: the engine ranks each kept snapshot
    anew, once with the present weights and once with the changed ones. Changes nothing. Raises Missing and Refused."""
    require(may_see_policies(actor), NOT_YOURS)
    if name not in WEIGHTS or after not in learning.PERCENTS:
        text = tr("This is no change of a weight that can be looked at. Choose one of those that are offered.")
        raise Refused(text)
    policy = Policy.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True, pk=policy_id)
    found = policy.select_related("current").first()
    if found is None or found.current is None:
        raise Missing(tr("There is no such policy."))
    weights = dict(definition_of(found.latest).weights)
    rows = [row for row in _decisions(actor, now - timedelta(weeks=weeks)) if row["policy_id"] == found.pk]
    judged = [row["judged"] for row in rows[:MOST_RANKED]]
    firsts = _ranked([it.receipt_id for it in judged], {**weights, name: after})
    kept = [it for it in judged if it.receipt_id in firsts]
    before = weights.get(name, learning.USUAL)
    change = learning.count(kept, (firsts[it.receipt_id] for it in kept), name=name, before=before, after=after)
    return Preview(found, found.latest.number, change, len(kept), len(rows))


def _ranked(receipt_ids: Sequence[int], weights: Mapping[str, int]) -> dict[int, str]:
    """{receipt: who stands first under these weights}, computed by the engine from what each receipt kept."""
    key = "ranked-" + digest(repr((list(receipt_ids), sorted(weights.items()))))
    found: dict[int, str] | None = cache.get(key)
    if found is None:
        found = {}
        receipts = Receipt.objects.select_related("snapshot").filter(pk__in=receipt_ids)
        for kept in receipts.order_by("pk").iterator(chunk_size=20):
            best = _first(kept, weights)
            if best is not None:
                found[kept.pk] = best
        cache.set(key, found, KEPT_S)
    return found


def _first(kept: Receipt, weights: Mapping[str, int]) -> str | None:
    """The first of the ranking that the engine makes of a receipt's snapshot under these weights."""
    problem = snapshot.problem_of(kept.snapshot.content)
    usual = engine.Objective()
    parts = {name: getattr(usual, name) * weights.get(name, learning.USUAL) / 100 for name in WEIGHTS}
    problem = replace(problem, objective=replace(problem.objective, **parts))
    stored = kept.ranking["ranking"]
    ranking = engine.rank(problem, snapshot.queue(problem), task_id=stored["task"], k=1)
    return ranking.best.worker if ranking.best else None
