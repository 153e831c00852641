"""How fairly work was given over some weeks: load, opportunity, pay and unpleasant work, person by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from fairlead.accounts.models import Workspace
from fairlead.allocation.models import Assignment, Offer
from fairlead.allocation.naming import Face
from fairlead.allocation.permissions import may_see, may_see_everybody, may_see_rates
from fairlead.allocation.policy import POLICY
from fairlead.allocation.rows import needs_of, wishes_of
from fairlead.allocation.snapshot import worker_name
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, require
from fairlead.lib.hours import week_start
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import capacity, find_team, members_of

WINDOWS: Final = (4, 12, 26)
"""Weeks that can be looked back on."""
MANY: Final = 200
"""Of more people a page says how even the whole is as of the last quarter of an hour: it takes everybody's hours."""
KEPT_S: Final = 15 * 60

CONSIDERED = """
SELECT c ->> 'worker', count(*)
FROM allocation_receipt r, jsonb_array_elements(r.ranking -> 'ranking' -> 'candidates') c
WHERE r.workspace_id = %s AND r.created_at >= %s AND r.ranking ? 'ranking' AND c ->> 'worker' = ANY(%s)
GROUP BY 1
"""
"""In how many single decisions each worker was among the candidates that the receipt names."""


@dataclass(frozen=True)
class FairRow:
    """One worker over the window, from the week in which they came. Minutes; `pay_cents` is None where it is secret.

    `considered`: single decisions with them among the candidates; `chosen`: those that gave or offered them the task.
    `avoided_min`: of the given minutes, those of work that they would rather not do.
    """

    worker: Face
    capacity_min: int
    given_min: int
    tasks: int
    avoided_min: int
    pay_cents: int | None
    considered: int
    chosen: int
    offers: Mapping[str, int]
    is_me: bool

    @property
    def load(self) -> float | None:
        """Given work against working time; None without working time."""
        return self.given_min / self.capacity_min if self.capacity_min else None

    @property
    def opportunity(self) -> float | None:
        """Chosen against considered; None for somebody who was never considered."""
        return self.chosen / self.considered if self.considered else None

    @property
    def avoided(self) -> float | None:
        """Share of unpleasant work; None without work."""
        return self.avoided_min / self.given_min if self.given_min else None


@dataclass(frozen=True)
class Fairness:
    """Rows that the reader may see, and how even everybody's are, as of a moment: 1 when all are alike (Jain)."""

    weeks: int
    since: datetime
    people: int
    load_index: float | None
    opportunity_index: float | None
    rows: tuple[FairRow, ...]
    currency: str
    sees_all: bool
    as_of: datetime


@dataclass(frozen=True)
class _Evenness:
    people: int
    load: float | None
    opportunity: float | None
    as_of: datetime


@dataclass(frozen=True)
class _Window:
    """Who is compared, by name, and from when on."""

    workspace: Workspace
    workers: QuerySet[Worker]
    since: datetime
    weeks: int
    now: datetime


@dataclass
class _Given:
    """What one worker was given."""

    minutes: int = 0
    tasks: int = 0
    avoided_min: int = 0
    pay_cents: int = 0
    receipts: set[int] = field(default_factory=set)


def fairness(actor: Actor, *, now: datetime, weeks: int = 4, team_id: int | None = None) -> Fairness:
    """The last `weeks` weeks with the present one. Managers and auditors see everybody, others themselves; the indexes
    are everybody's, or those of one team. AI agents have rows and do not count in the indexes."""
    window = _window(actor, now=now, weeks=weeks, team_id=team_id)
    rows = _rows(list(window.workers), window, actor=actor)
    return _told(actor, window, rows, _evenness(rows, now))


def fairness_page(
    actor: Actor, *, now: datetime, weeks: int = 4, team_id: int | None = None, start: int, size: int
) -> tuple[Fairness, int, int]:  # fmt: skip
    """`fairness` with the rows of the page in which row `start` is, or of the last one; the number of its first row,
    counted from 0; and how many rows there are on all pages. Of many people the indexes are worked out once in a
    quarter of an hour."""
    window = _window(actor, now=now, weeks=weeks, team_id=team_id)
    if window.workers.count() <= MANY:
        told = _told(actor, window, rows := _rows(list(window.workers), window, actor=actor), _evenness(rows, now))
        first = _first(start, size, total := len(told.rows))
        return replace(told, rows=told.rows[first : first + size]), first, total
    seen = window.workers if may_see_everybody(actor) else window.workers.filter(user_id=actor.user_id or 0)
    first = _first(start, size, total := seen.count())
    rows = _rows(list(seen[first : first + size]), window, actor=actor)
    return _told(actor, window, rows, _evenness_of_many(actor, window, team_id)), first, total


def _first(start: int, size: int, total: int) -> int:
    return min(start, max(total - 1, 0)) // size * size


def _window(actor: Actor, *, now: datetime, weeks: int, team_id: int | None) -> _Window:
    require(may_see(actor), tr("Only the team sees how work is shared."))
    if weeks not in WINDOWS:
        raise Invalid({"weeks": tr("Choose one of: %(weeks)s.", weeks=", ".join(map(str, WINDOWS)))})
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    monday = week_start(now, workspace.time_zone)
    here = Worker.objects.filter(workspace_id=actor.workspace_id, deactivated_at__isnull=True)
    if team_id is not None:
        here = here.filter(pk__in=members_of(find_team(actor, team_id).pk).values("worker_id"))
    return _Window(workspace, here.order_by("name", "pk"), monday - timedelta(weeks=weeks - 1), weeks, now)


def _told(actor: Actor, window: _Window, rows: Sequence[FairRow], even: _Evenness) -> Fairness:
    sees_all = may_see_everybody(actor)
    return Fairness(
        weeks=window.weeks, since=window.since, people=even.people, load_index=even.load,
        opportunity_index=even.opportunity, currency=window.workspace.currency, sees_all=sees_all, as_of=even.as_of,
        rows=tuple(row for row in rows if sees_all or row.is_me),
    )  # fmt: skip


def _evenness(rows: Iterable[FairRow], now: datetime) -> _Evenness:
    people = [row for row in rows if row.worker.kind != Worker.Kind.AGENT]
    load, opportunity = (row.load for row in people), (row.opportunity for row in people)
    return _Evenness(len(people), evenness(load), evenness(opportunity), now)


def _evenness_of_many(actor: Actor, window: _Window, team_id: int | None) -> _Evenness:
    quarter = int(window.now.timestamp()) // KEPT_S
    key = f"evenness-{actor.workspace_id}-{window.weeks}-{team_id or 0}-{quarter}"
    found: _Evenness | None = cache.get(key)
    if found is None:
        found = _evenness(_rows(list(window.workers), window, actor=actor), window.now)
        cache.set(key, found, KEPT_S)
    return found


def evenness(shares: Iterable[float | None]) -> float | None:
    """Jain's fairness index (Jain, Chiu and Hawe, DEC-TR-301, 1984): 1 when all are equal, 1/n when one has everything;
    None when nobody has anything. People without a share do not count."""
    known = [share for share in shares if share is not None]
    squares = sum(share * share for share in known)
    return sum(known) ** 2 / (len(known) * squares) if squares else None


def _rows(workers: Sequence[Worker], window: _Window, *, actor: Actor) -> list[FairRow]:
    ids, since, weeks = [worker.pk for worker in workers], window.since, window.weeks
    windows = [(since + timedelta(weeks=n), since + timedelta(weeks=n + 1)) for n in range(weeks)]
    room = capacity(ids, windows) if ids else {}
    given = _given(actor.workspace_id, workers, since)
    offers, asked = _offers(ids, since)
    considered = _considered(actor.workspace_id, ids, since)
    rates = may_see_rates(actor)
    found = []
    for worker in workers:
        mine = given[worker.pk]
        is_me = actor.user_id is not None and worker.user_id == actor.user_id
        here = [minutes for minutes, (_, end) in zip(room[worker.pk], windows, strict=True) if end > worker.created_at]
        found.append(FairRow(
            worker=Face(worker.pk, worker.name, worker.kind), capacity_min=sum(here),
            given_min=mine.minutes, tasks=mine.tasks, avoided_min=mine.avoided_min,
            pay_cents=mine.pay_cents if rates or is_me else None, considered=considered.get(worker_name(worker.pk), 0),
            chosen=len(mine.receipts | asked[worker.pk]), offers=offers[worker.pk], is_me=is_me,
        ))  # fmt: skip
    return found


def _given(workspace_id: int, workers: Sequence[Worker], since: datetime) -> dict[int, _Given]:
    """By worker: what was given since then and not taken back."""
    by_id = {worker.pk: worker for worker in workers}
    kept = Assignment.objects.filter(
        worker__in=workers, created_at__gte=since, end_reason__in=("", Assignment.EndReason.DONE)
    )
    columns = ("worker_id", "task_id", "receipt_id", "task__effort_min", "task__labels", "receipt__plan_id")
    rows = list(kept.values(*columns))
    wishes, needs = wishes_of(workspace_id, only=by_id), needs_of(row["task_id"] for row in rows)
    found: dict[int, _Given] = defaultdict(_Given)
    for row in rows:
        worker, mine = by_id[row["worker_id"]], found[row["worker_id"]]
        minutes = row["task__effort_min"] or POLICY.default_effort_min
        mine.minutes, mine.tasks = mine.minutes + minutes, mine.tasks + 1
        mine.pay_cents += round(worker.rate_cents * minutes * 100 / worker.speed_percent / 60)
        avoided, labels = wishes[row["worker_id"]], {label.casefold() for label in row["task__labels"]}
        if not avoided.avoided_skills.isdisjoint(needs[row["task_id"]]) or labels & avoided.avoided_labels:
            mine.avoided_min += minutes
        if row["receipt__plan_id"] is None:
            mine.receipts.add(row["receipt_id"])
    return found


def _offers(worker_ids: Collection[int], since: datetime) -> tuple[dict[int, Counter[str]], dict[int, set[int]]]:
    """By worker: how many offers ended in which way, and the receipts of them all."""
    ways: dict[int, Counter[str]] = defaultdict(Counter)
    receipts: dict[int, set[int]] = defaultdict(set)
    rows = Offer.objects.filter(worker_id__in=worker_ids, sent_at__gte=since)
    for worker_id, state, receipt_id in rows.values_list("worker_id", "state", "receipt_id"):
        ways[worker_id][state] += 1
        receipts[worker_id].add(receipt_id)
    return ways, receipts


def _considered(workspace_id: int, worker_ids: Iterable[int], since: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(CONSIDERED, [workspace_id, since, [worker_name(pk) for pk in worker_ids]])
        return dict(cursor.fetchall())
