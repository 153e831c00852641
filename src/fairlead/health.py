"""For machines: is the process alive, can it do its work, and the figures of both.

Answered outside Django and in a thread of their own, so that they stay truthful while every page waits for a database
that has gone.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import DatabaseError, close_old_connections, connection
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest

from fairlead import __version__
from fairlead.archive.backup import last_made_at
from fairlead.config import config
from fairlead.jobs.upkeep import Health, health

WAIT_S: Final = 2
LOOPBACK: Final = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Probe:
    """Who asks: the address of the connection, and the headers in lower case."""

    client: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json"


def healthz(_: Probe) -> Answer:
    """The process answers. Asks nobody else, so that a failing database does not get the web server restarted."""
    return _json(200, status="ok", product="fairlead", version=__version__)


def readyz(_: Probe) -> Answer:
    """Pages can be served: the database answers within seconds and has the tables of this version."""
    wrong = what_is_wrong()
    return _json(503, status="not ready", why=wrong) if wrong else _json(200, status="ready")


def what_is_wrong() -> str:
    """Why no page can be served now, in a few words; empty when pages can."""
    # A connection of its own: a kept one may hang on a network that has gone, and nothing would end the waiting.
    try:
        with psycopg.connect(**_parameters()) as fresh:
            fresh.execute(f"SET statement_timeout = {WAIT_S * 1000}")
            applied = set(fresh.execute("SELECT app, name FROM django_migrations"))
    except psycopg.ProgrammingError:
        return "the tables are missing"
    except psycopg.Error:
        return "the database does not answer"
    return "migrations wait to be applied" if _newest_migrations() - applied else ""


def _parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    kept = {key: value for key, value in parameters.items() if key not in ("cursor_factory", "context")}
    return {**kept, "connect_timeout": WAIT_S}


@cache
def _newest_migrations() -> set[tuple[str, str]]:
    from django.db.migrations.loader import MigrationLoader

    return set(MigrationLoader(None).graph.leaf_nodes())


def metrics(probe: Probe) -> Answer:
    """Figures for Prometheus: for this machine, or for who has the token."""
    if not _may_read_metrics(probe):
        return Answer(403, b"Send the token of FAIRLEAD_METRICS_TOKEN as a bearer token.\n", "text/plain")
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    up = Gauge("fairlead_database_up", "1 when the database answers", registry=registry)
    try:
        close_old_connections()
        _add_jobs(registry, health())
        _add_backup(registry)
        up.set(1)
    except DatabaseError:
        up.set(0)
    return Answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)


def _may_read_metrics(probe: Probe) -> bool:
    token = config().metrics_token
    if token:
        sent = probe.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), token.encode())
    # Behind a proxy on this machine everybody seems to come from here.
    proxied = config().trusted_proxies or "x-forwarded-for" in probe.headers or "forwarded" in probe.headers
    return not proxied and probe.client in LOOPBACK


def _add_jobs(registry: CollectorRegistry, found: Health) -> None:
    Gauge("fairlead_workers", "Background workers whose heart beats", registry=registry).set(found.workers)
    Gauge("fairlead_jobs_running", "Background jobs that run now", registry=registry).set(found.running)
    Gauge("fairlead_jobs_failed", "Background jobs that have given up", registry=registry).set(found.failed)
    Gauge("fairlead_jobs_late_seconds", "How long the most overdue job waits", registry=registry).set(found.late_s)
    waiting = Gauge("fairlead_jobs_waiting", "Background jobs in the queue", ["queue"], registry=registry)
    for queue, count in found.waiting.items():
        waiting.labels(queue).set(count)


def _add_backup(registry: CollectorRegistry) -> None:
    """How old the newest scheduled backup is; nothing when none are scheduled or none was made yet."""
    made_at = last_made_at(Path(config().backup_folder).expanduser()) if config().backup_folder else None
    if made_at is not None:
        age = Gauge("fairlead_backup_age_seconds", "Since the newest scheduled backup was begun", registry=registry)
        age.set((datetime.now(UTC) - made_at).total_seconds())


def _json(code: int, **values: str) -> Answer:
    return Answer(code, json.dumps(values).encode() + b"\n")


PROBES: Final[Mapping[str, Callable[[Probe], Answer]]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
