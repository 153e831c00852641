"""Timers happen once, none is lost and none is early: whatever becomes of the workers, and whatever the clocks say.

Two real workers serve the product's own timers: offers that nobody answers, reminders of them, and steps of a policy.
The hosts of both have clocks that are wrong by an hour, in either direction. A jump of the database's clock is, for
whoever reads it, the same as everything that is written down having happened so much earlier; so it jumps here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.utils import connector_params

from allocation.conftest import Team, make_team
from conftest import make_world
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Offer, Offering, Routing
from fairlead.allocation.routing import from_dict
from fairlead.archive.tables import owners_connection
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from jobs.waiting import eventually
from runtime.crash.ground import owners_database

HERE = Path(__file__).parent
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EACH = 6
"""Timers of each kind that are due at the same time."""
PATIENCE_S = 3
"""Seconds after which the database ends a transaction in which nothing happens; the product's own figure is longer."""


@dataclass
class Place:
    """The database as its owner sees it, and the workers by their numbers in the queue."""

    owner: psycopg.Connection[Any]
    home: Path
    workers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.owner.execute(query, params or None).fetchall()  # type: ignore[arg-type]  # a literal of this file

    def start(self, *, wrong: timedelta) -> int:
        """A worker on a host whose clock is wrong; its number, once it serves the queue."""
        known = {row[0] for row in self.rows("SELECT id FROM procrastinate_workers")}
        place = connection.settings_dict
        url = f"postgresql://{place['USER']}@{place['PORT'] and 'localhost'}/{place['NAME']}?host={place['HOST']}"
        environment = {**os.environ, "FAIRLEAD_DATABASE_URL": url, "FAIRLEAD_DATA_DIR": str(self.home)}
        command = [sys.executable, str(HERE / "product_worker.py"), str(wrong.total_seconds()), str(PATIENCE_S)]
        process = subprocess.Popen(command, env=environment)
        numbers: list[int] = []

        def arrived() -> bool:
            assert process.poll() is None, "the worker did not start"
            numbers[:] = [row[0] for row in self.rows("SELECT id FROM procrastinate_workers") if row[0] not in known]
            return bool(numbers)

        eventually(arrived)
        self.workers[numbers[0]] = process
        return numbers[0]

    def jump(self, by: timedelta, *, but: tuple[str, ...] = ()) -> None:
        """Let the clock of the database jump: whatever is written down happened, or is due, so much earlier. `but`:
        tables that are left alone."""
        columns = self.rows(
            "SELECT table_name, string_agg(format('%%1$I = %%1$I - $1', column_name), ', ')"
            " FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'"
            " AND data_type = 'timestamp with time zone' AND table_name NOT LIKE 'events\\_%%'"
            " AND table_name NOT LIKE 'django\\_%%' AND table_name <> ALL(%s) GROUP BY 1 ORDER BY 1",
            list(but),
        )
        with self.owner.transaction():
            self.owner.execute("SET LOCAL session_replication_role = replica")
            for table, changes in columns:
                amount = f"interval '{by.total_seconds()} seconds'"
                self.owner.execute(f"UPDATE public.{table} SET {changes.replace('$1', amount)}")  # type: ignore[arg-type]

    def quiet(self) -> None:
        """Wait until nothing is due and nothing runs."""
        due = "status = 'doing' OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        eventually(lambda: self.never_early() and not self.rows(f"SELECT 1 FROM procrastinate_jobs WHERE {due}"))

    def never_early(self) -> bool:
        early = self.rows("SELECT id FROM allocation_offer WHERE state = 'expired' AND expires_at > now()")
        assert early == [], "an offer ended before its time"
        return True

    @contextmanager
    def held_up(self, offer: Offer) -> Iterator[int]:
        """An hour later. Inside the block the worker whose number is given stands in the middle of ending the offer."""
        doing = "SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing' AND args->>'offer_id' = %s"
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with psycopg.connect(self.owner.info.dsn, autocommit=False) as beside:
            beside.execute("SELECT 1 FROM allocation_offering WHERE id = %s FOR UPDATE", [offer.offering_id])
            self.jump(HOUR, but=("allocation_offering", "procrastinate_workers"))
            eventually(lambda: bool(self.rows(waits) and self.rows(doing, str(offer.pk))))
            ((number,),) = self.rows(doing, str(offer.pk))
            yield number

    def is_taken_for_dead(self, number: int) -> None:
        """Time passes, of which this worker knows nothing."""
        self.owner.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = %s", [number]
        )


@pytest.fixture
def place(committed: None, tmp_path: Path) -> Iterator[Place]:
    owner = owners_database()
    made = Place(owner, tmp_path / "home")
    made.home.mkdir()
    yield made
    for process in made.workers.values():
        process.kill()
        process.wait()
    owner.close()


@pytest.fixture
def team(committed: None) -> Team:
    """The usual team, now, who are always at work."""
    found = make_team(make_world(), timezone.now())
    for worker in (found.bob, found.dana):
        people.set_hours(worker, [(day, 0, 1440) for day in range(7)], actor=found.alice, now=found.now)
    return found


def offers_of(team: Team, hours: int) -> list[Offer]:
    """Tasks that are offered to bob, who does not answer within so many hours."""
    terms = allocation.Terms(answer_min=60 * hours, goes_on=False)
    for number in range(EACH):
        task = team.task(f"Offered {hours} {number}")
        allocation.offer_task(task, workers=[team.bob], terms=terms, actor=team.alice, now=team.now)
    return list(Offer.objects.filter(offering__answer_min=60 * hours).order_by("pk"))


def queued(team: Team) -> None:
    """Tasks that lie in a queue for two hours, and then in another one."""
    steps = [{"name": name, "how": "queue", "lasts_min": 120 * on} for name, on in (("First", 1), ("Second", 0))]
    definition = from_dict({"takes": "task.title.startsWith('Queued')", "autonomy": "auto", "steps": steps})
    policy = allocation.create_policy("Queue", definition, actor=team.alice, now=team.now)
    allocation.resume_policy(policy, actor=team.alice, now=team.now)
    for number in range(EACH):
        team.task(f"Queued {number}")
    allocation.route_waiting(team.world.workspace.pk, now=team.now)
    assert Routing.objects.filter(state="queued", step=0).count() == EACH


def happened(team: Team) -> dict[str, int]:
    """How often each of the three kinds has happened; nothing has happened twice."""
    enter(team.world.workspace.pk)
    log = Event.objects.filter(workspace_id=team.world.workspace.pk)
    told = list(log.values_list("kind", "payload"))
    ended = Counter(it["offer"] for kind, it in told if kind == "task.offer_expired")
    closed = Counter(it["offering"] for kind, it in told if kind == "task.offers_exhausted")
    went_on = Counter(it["routing"] for kind, it in told if kind == "task.step_began" and it["step"] == 2)
    reminded = Counter(Notice.objects.filter(kind="expiring").values_list("occasion", flat=True))
    assert {*ended.values(), *closed.values(), *went_on.values(), *reminded.values()} <= {1}, "something happened twice"
    assert len(ended) == len(closed) == Offer.objects.filter(state="expired").count()
    return {"ended": len(ended), "steps": len(went_on), "reminded": len(reminded)}


def test_each_timer_happens_once_whatever_becomes_of_workers_and_clocks(place: Place, team: Team) -> None:
    soon, later, last = (offers_of(team, hours) for hours in (1, 2, 6))
    queued(team)
    fast, slow = place.start(wrong=HOUR), place.start(wrong=-HOUR)
    place.quiet()
    assert happened(team) == {"ended": 0, "steps": 0, "reminded": 0}
    place.jump(50 * MINUTE)
    place.quiet()
    assert happened(team) == {"ended": 0, "steps": 0, "reminded": EACH}

    with place.held_up(soon[0]) as number:  # an hour later: of the first six, and of the second six soon
        place.workers[number].send_signal(signal.SIGSTOP)
    place.is_taken_for_dead(number)
    place.quiet()
    assert happened(team) == {"ended": EACH, "steps": 0, "reminded": 2 * EACH}
    place.workers[number].send_signal(signal.SIGCONT)

    place.jump(-30 * MINUTE)
    place.quiet()
    assert happened(team) == {"ended": EACH, "steps": 0, "reminded": 2 * EACH}

    with place.held_up(later[0]) as number:  # half an hour forth: two hours and twenty minutes since the beginning
        place.workers[number].kill()
        place.workers[number].wait()
    place.is_taken_for_dead(number)
    assert place.start(wrong=-HOUR) not in (fast, slow)
    place.quiet()
    # What the killed worker left between two halves of a step, the sweep goes on with.
    eventually(lambda: happened(team) == {"ended": 2 * EACH, "steps": EACH, "reminded": 2 * EACH})
    place.jump(4 * HOUR)
    place.quiet()
    assert happened(team) == {
        "ended": 3 * EACH,
        "steps": EACH,
        "reminded": 2 * EACH,
    }  # not of what is over
    assert {it.state for it in Offer.objects.filter(pk__in=[offer.pk for offer in last])} == {"expired"}
    assert set(Offering.objects.values_list("state", flat=True)) == {"exhausted"}
    assert verify(team.world.workspace.pk).problems == []
    # Mails are tried a few times only, and the clock jumped over the pauses between the tries.
    failed = "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed' AND task_name <> 'notices.send_mails'"
    assert place.rows(failed) == []


def test_the_database_ends_what_a_paused_process_is_in_the_middle_of_but_waits_for_backups(committed: None) -> None:
    asked = "SHOW idle_in_transaction_session_timeout"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone() == ("1min",)
    with psycopg.connect(**connector_params()) as of_a_worker:  # with which it takes jobs
        assert of_a_worker.execute(asked).fetchone() == ("1min",)
    with owners_connection() as of_a_backup:
        assert of_a_backup.execute(asked).fetchone() == ("0",)
