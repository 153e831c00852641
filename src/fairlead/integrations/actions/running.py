"""What every kind of import has in common: it is started once, tells how far it is, and ends with a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.integrations.boards import plan_of
from fairlead.integrations.models import Import
from fairlead.integrations.permissions import may_import
from fairlead.integrations.queries import CREATED, REFUSED, UNCHANGED, UPDATED, Report, files
from fairlead.lib.errors import Conflict, require
from fairlead.lib.speech import tr

Progress = Callable[[int, int], None]


def count_rows(run: Import) -> tuple[int, int]:
    """How many people and tasks it brings."""
    if run.kind == "trello":
        return 0, len(plan_of(run).cards)
    read = files(run)
    return len(read.people), len(read.tasks)


def start_import(run: Import, *, actor: Actor, now: datetime) -> None:
    """Run it in the background, once. The people and tasks are made in the name of who starts it."""
    require(may_import(actor), tr("Only managers can import."))
    rows = count_rows(run)
    with transaction.atomic():
        won = Import.objects.filter(pk=run.pk, state=Import.State.DRAFT)
        if not won.update(state=Import.State.RUNNING, total_rows=sum(rows), done_rows=0):
            raise Conflict(tr("This import was started already."))
        record("import.started", run, actor=actor, now=now, people=rows[0], tasks=rows[1])


def fail_import(run: Import, why: str, *, now: datetime) -> None:
    """The import cannot go on; what was imported stays and importing again completes it."""
    report = {**run.report, "failed": why}
    Import.objects.filter(pk=run.pk).update(state=Import.State.FAILED, finished_at=now, report=report)


def keep_progress(run: Import) -> Progress:
    """Note with the import how far it is."""

    def keep(done: int, total: int) -> None:
        Import.objects.filter(pk=run.pk).update(done_rows=done, total_rows=total)

    return keep


def finish_import(run: Import, report: Report, done: int, *, actor: Actor, now: datetime) -> None:
    """Keep the report and say in the log what the import did."""
    counts = {outcome: report.people.get(outcome, 0) + report.tasks.get(outcome, 0)
              for outcome in (CREATED, UPDATED, UNCHANGED, REFUSED)}  # fmt: skip
    with transaction.atomic():
        Import.objects.filter(pk=run.pk).update(
            state=Import.State.DONE, finished_at=now, done_rows=done, report=report.to_dict()
        )
        record("import.finished", run, actor=actor, now=now, kind=run.kind, **counts)
