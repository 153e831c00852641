"""Policies as people see them: their order, what each says, its versions, and what it would have done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q

from fairlead.allocation import snapshot
from fairlead.allocation.judgement import Slant, judge_in
from fairlead.allocation.models import Policy, PolicyVersion, Routing
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see_policies
from fairlead.allocation.queries.routing import NOT_YOURS
from fairlead.allocation.routing import (
    BadExpression,
    Choice,
    Definition,
    Surroundings,
    Taker,
    among,
    of_version,
    takers,
    to_text,
)
from fairlead.allocation.routing.attendance import Absence
from fairlead.allocation.routing.expressions import NOW, PRIORITIES, TASK, WORKER, about_task, about_worker, blanks
from fairlead.allocation.routing.own_facts import blank_facts
from fairlead.allocation.snapshot import Picture
from fairlead.allocation.words import policy_name, step_name
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import tr
from fairlead.work.models import Task
from fairlead.work.queries import seen

TRIED: Final = 50
"""So many of the newest tasks a policy is tried on."""
LATELY: Final = timedelta(days=30)


@dataclass(frozen=True)
class PolicyCard:
    """One policy of the list. `taken`: tasks of the last 30 days; `waiting`: those that it has in its hands now.
    `fault`: why its condition cannot be worked out, else empty."""

    id: int
    name: str
    position: int
    is_catch_all: bool
    is_active: bool
    version: int
    definition: Definition
    taken: int
    waiting: int
    fault: str


@dataclass(frozen=True)
class VersionRow:
    """One version: who wrote it, when, and its text."""

    number: int
    by: str
    at: datetime
    text: str
    is_current: bool


@dataclass(frozen=True)
class PolicySheet:
    """A policy with all that its page shows."""

    card: PolicyCard
    text: str
    versions: tuple[VersionRow, ...]


@dataclass(frozen=True)
class TriedRow:
    """What would become of one task: the policy that takes it now and with the change, the step that found somebody,
    and whom; beside it who really has or had it."""

    key: str
    title: str
    before: str
    after: str
    takes: bool
    step: str
    chosen: Face | None
    holder: Face | None
    why_nobody: str

    @property
    def is_same(self) -> bool:
        """Whether the choice is who really had it."""
        return self.chosen is not None and self.holder is not None and self.chosen.id == self.holder.id


@dataclass(frozen=True)
class Trial:
    """What a policy would have done with the newest tasks, as if everybody were at work."""

    rows: tuple[TriedRow, ...]

    @property
    def taken(self) -> list[TriedRow]:
        """Those that it takes."""
        return [row for row in self.rows if row.takes]

    @property
    def counts(self) -> dict[str, int]:
        """taken, found (somebody), same (as who really had it), nobody, changed (the policy that takes them)."""
        taken = self.taken
        return {
            "tried": len(self.rows),
            "taken": len(taken),
            "found": sum(1 for row in taken if row.chosen),
            "same": sum(1 for row in taken if row.is_same),
            "nobody": sum(1 for row in taken if not row.chosen),
            "changed": sum(1 for row in self.rows if row.before != row.after),
        }


def visible_policies(actor: Actor) -> Any:
    """The workspace's policies in their order; none for those who may not see them."""
    rows = Policy.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True, current__isnull=False)
    shown = rows if may_see_policies(actor) else rows.none()
    return shown.select_related("current").order_by("position", "id")


def find_policy(actor: Actor, policy_id: int) -> Policy:
    """The policy. Raises Missing."""
    found: Policy | None = visible_policies(actor).filter(pk=policy_id).first()
    if found is None:
        raise Missing(tr("There is no such policy."))
    return found


def find_removed_policy(actor: Actor, policy_id: int) -> Policy:
    """A policy of the workspace, also one that was removed. Raises Missing."""
    rows = Policy.objects.filter(workspace_id=actor.workspace_id, pk=policy_id, current__isnull=False)
    found = rows.select_related("current").first() if may_see_policies(actor) else None
    if found is None:
        raise Missing(tr("There is no such policy."))
    return found


def policies(actor: Actor, *, now: datetime) -> list[PolicyCard]:
    """All policies in their order. Four queries."""
    require(may_see_policies(actor), NOT_YOURS)
    return _policy_cards(list(visible_policies(actor)), actor.workspace_id, now=now)


def _policy_cards(rows: Sequence[Policy], workspace_id: int, *, now: datetime) -> list[PolicyCard]:
    counted = Routing.objects.filter(version__policy__in=rows).order_by().values_list("version__policy_id")
    recent, open_ = Q(created_at__gt=now - LATELY), Q(closed_at__isnull=True)
    counts = {pk: (taken, waiting) for pk, taken, waiting in counted.annotate(
        taken=Count("id", filter=recent), waiting=Count("id", filter=open_))}  # fmt: skip
    around = Surroundings(workspace_id, now)
    return [
        PolicyCard(
            id=row.pk, name=policy_name(row), position=row.position, is_catch_all=row.is_catch_all,
            is_active=row.is_active, version=row.latest.number, definition=definition_of(row.latest),
            taken=counts.get(row.pk, (0, 0))[0],
            waiting=counts.get(row.pk, (0, 0))[1], fault=_fault(row.latest, around),
        )
        for row in rows
    ]  # fmt: skip


def definition_of(version: PolicyVersion) -> Definition:
    """What it says; the usual where this Fairlead does not understand it any more."""
    try:
        return of_version(version)
    except Invalid:
        return Definition()


def _fault(version: PolicyVersion, around: Surroundings) -> str:
    """Whether the conditions can still be worked out: a skill may have been renamed since."""
    values = blanks(around.skills, blank_facts(around.fields))
    try:
        definition = of_version(version)
        about_task(definition.takes).holds(values)
        for step in definition.steps:
            about_worker(step.who).holds(values)
            if step.team and step.team not in around.teams:
                return tr("There is no team called %(name)s in this workspace.", name=step.team)
    except Invalid as error:
        return error.detail
    except BadExpression as error:
        return str(error)
    return ""


def policy_sheet(actor: Actor, policy: Policy, *, now: datetime) -> PolicySheet:
    """The policy with its text and versions, the newest first."""
    (card,) = _policy_cards([policy], actor.workspace_id, now=now)
    rows = policy.versions.select_related("by_user").order_by("-number")
    versions = tuple(
        VersionRow(
            number=row.number, by=row.by_user.name if row.by_user else "Fairlead", at=row.created_at,
            text=to_text(definition_of(row)), is_current=row.pk == policy.current_id,
        )
        for row in rows
    )  # fmt: skip
    return PolicySheet(card, to_text(card.definition), versions)


def names_for_conditions() -> list[tuple[str, str]]:
    """(name, what it holds) of everything that conditions may speak of."""
    found = [(name, text) for names in (TASK, WORKER, NOW) for name, (_, text) in names.items()]
    return [*found, *((name, tr("a number from 0 to 4")) for name in PRIORITIES)]


def try_out(actor: Actor, definition: Definition, *, policy: Policy | None, now: datetime) -> Trial:
    """What a policy that says this would have done with the newest tasks; in the place of `policy`, or last but the
    catch-all. Changes nothing."""
    require(may_see_policies(actor), NOT_YOURS)
    newest = Task.objects.filter(workspace_id=actor.workspace_id, deleted_at__isnull=True).order_by(
        "-created_at", "-id"
    )
    tasks = list(seen(newest, actor, "project").select_related("project", "assignee")[:TRIED])
    around, faces = Surroundings(actor.workspace_id, now), Faces(actor.workspace_id)
    values = around.tasks(tasks)
    before = takers(actor.workspace_id)
    after = _with(before, definition, policy)
    picture = snapshot.take(actor.workspace_id, wanted={task.pk for task in tasks}, now=now, anew=True)
    policy_id = policy.pk if policy else 0
    rows = []
    for task in tasks:
        old = next((policy_name(it.version.policy) for it in before if it.takes(values[task.pk])), "")
        taker = next((it for it in after if it.takes(values[task.pk])), None)
        takes = taker is not None and taker.definition is definition
        choice = _first(picture, task, definition, policy_id=policy_id, around=around) if takes else None
        rows.append(_tried(task, old, taker, choice, takes=takes, faces=faces))
    return Trial(tuple(rows))


def _with(before: Sequence[Taker], definition: Definition, policy: Policy | None) -> list[Taker]:
    """The policies in use with this one in its place."""
    place = policy.position if policy else None
    name = policy or Policy(name=tr("This policy"))
    mine = Taker(PolicyVersion(policy=name), definition)
    found = [it for it in before if policy is None or it.version.policy_id != policy.pk]
    index = next((n for n, it in enumerate(found) if it.version.policy.is_catch_all
                  or (place is not None and it.version.policy.position > place)), len(found))  # fmt: skip
    found.insert(index, mine)
    return found


def _first(
    picture: Picture, task: Task, definition: Definition, *, policy_id: int, around: Surroundings
) -> Choice | None:
    """The choice of the first step that finds somebody, else of the last."""
    choice = None
    for step in definition.steps:
        judgement = judge_in(picture, task.pk, slant=Slant(step.relax, definition.weights))
        choice = among(judgement, task, step, policy_id=policy_id, around=around, absent=_everybody_is_there)
        if choice.order:
            break
    return choice


def _everybody_is_there(worker_ids: Collection[int], *, now: datetime) -> dict[int, Absence]:  # noqa: ARG001  as others
    return {}


def _tried(
    task: Task, before: str, taker: Taker | None, choice: Choice | None, *, takes: bool, faces: Faces
) -> TriedRow:
    found = choice is not None and bool(choice.order)
    nobody = ""
    if choice is not None and not found:
        nobody = str(choice.fault) or (
            tr("others could, whom no step means") if choice.others else tr("nobody can do it")
        )
    return TriedRow(
        key=task.key, title=task.title, before=before, after=policy_name(taker.version.policy) if taker else "",
        takes=takes,
        step=step_name(choice.step.name) if choice and found else "",
        chosen=faces.by_number(choice.order[0]) if choice and found else None,
        holder=faces.by_number(task.assignee_id), why_nobody=nobody,
    )  # fmt: skip
