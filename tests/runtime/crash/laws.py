"""What always holds, at whatever point a process was killed."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.utils import timezone

from fairlead.archive.jobs import say_farewell
from fairlead.events.audit import verify
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import followers
from fairlead.work.actions import sweep_files
from fairlead.work.files import store

from .ground import LOG, QUEUE, Ground, Picture

WITHOUT_EVENTS: Final = frozenset({
    "accounts_attempt", "accounts_kept", "accounts_signinlink", "accounts_user", "api_reply", "django_session",
    "integrations_import", "notices_choice", "notices_device", "notices_mute", "notices_notice",
    "notices_noticesettings", "notices_push", "people_busyblock", "people_calendar", "work_batch", "work_batchline",
    "work_boardlook", "work_lastlook", "work_reviewer", "work_startview", "work_view", "work_word",
})  # fmt: skip
"""Private marks, what waits for an undo, progress and what is counted from texts: their changes are nobody else's news,
so that the log does not speak of them."""
KEPT_IN_STEP: Final = frozenset({"allocation_assignment", "allocation_plan", "allocation_routing", "archive_export"})
"""What background jobs change without an event of their own, in step with news that the log has already."""


def broken(ground: Ground, saved: Picture, *, by_job: bool) -> list[str]:
    """Every law that what is there now breaks; empty when all is well. `saved`: how it was before the command."""
    return [
        *_log_and_state(saved, ground.look(), silent=WITHOUT_EVENTS | (KEPT_IN_STEP if by_job else frozenset())),
        *_outbox(ground),
        *_chains(),
        *(f"{law}: {rows}" for law, question in QUESTIONS.items() if (rows := ground.rows(question))),
        *_files(ground),
    ]


def _log_and_state(saved: Picture, now: Picture, *, silent: frozenset[str]) -> list[str]:
    changed = {name for name in now.changed(saved) if not name.startswith(QUEUE)}
    state = changed - LOG - silent
    if state and not changed & LOG:
        return [f"{', '.join(sorted(state))} changed, and the log does not say so"]
    return []


def _outbox(ground: Ground) -> list[str]:
    """Each new event has exactly one job for each of its followers, and there is no job for an event that is not."""
    since = "SELECT coalesce(max(id), 0) FROM saved.{}"
    events = ground.rows(f"SELECT id, kind, workspace_id FROM events_event WHERE id > ({since.format('events_event')})")
    jobs = ground.rows(
        "SELECT task_name, (args->>'event_id')::bigint, (args->>'workspace_id')::bigint FROM procrastinate_jobs"
    )
    told = Counter((name, event_id) for name, event_id, _ in jobs if event_id is not None)
    looking = {(name, workspace_id) for name, event_id, workspace_id in jobs if event_id is None}
    wrong = []
    for number, kind, workspace_id in events:
        for job in followers(kind):
            there = (job.name, workspace_id) in looking if job.once else told[job.name, number] == 1
            if not there:
                wrong.append(f"{kind} {number} has {told[job.name, number]} jobs {job.name}")
    known = {row[0] for row in ground.rows("SELECT id FROM events_event")}
    return wrong + [f"{name} waits for an event that was rolled back" for name, number in told if number not in known]


def _chains() -> list[str]:
    return [problem for number in workspace_ids() for problem in verify(number).problems]


QUESTIONS: Final = {
    "a task and its assignment name different people": """
        SELECT t.id, t.assignee_id, a.worker_id FROM work_task t
        FULL JOIN allocation_assignment a ON a.task_id = t.id AND a.ended_at IS NULL
        WHERE t.state IN ('backlog', 'ready', 'running') AND t.assignee_id IS DISTINCT FROM a.worker_id""",
    "an assignment has no receipt": "SELECT id FROM allocation_assignment WHERE receipt_id IS NULL",
    "somebody holds more than they take": """
        SELECT w.id FROM people_worker w JOIN work_task t ON t.assignee_id = w.id AND t.deleted_at IS NULL
        AND t.state NOT IN ('done', 'cancelled') WHERE w.max_tasks IS NOT NULL
        GROUP BY w.id HAVING count(*) > w.max_tasks""",
    "an offer is open and its offering is not, or it names nobody": """
        SELECT g.id FROM allocation_offering g LEFT JOIN allocation_offer o ON o.offering_id = g.id
        GROUP BY g.id HAVING (g.state <> 'open' AND count(*) FILTER (WHERE o.state = 'open') > 0)
        OR (g.state = 'filled') <> (count(*) FILTER (WHERE o.state = 'accepted') = 1)""",
    "an offer ended in two ways": """
        SELECT subject_id, payload->>'offer' FROM events_event WHERE kind IN ('task.offer_accepted',
        'task.offer_declined', 'task.offer_expired', 'task.offer_withdrawn', 'task.offer_reopened')
        GROUP BY 1, 2 HAVING sum(CASE kind WHEN 'task.offer_reopened' THEN -1 ELSE 1 END) > 1""",
    "two proposals for one cause are open": """
        SELECT workspace_id, cause_key FROM allocation_plan WHERE state = 'draft' AND cause_key <> ''
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "an export is ready and has no file": "SELECT id FROM archive_export WHERE state = 'ready' AND file_name = ''",
}


def _files(ground: Ground) -> list[str]:
    """Every content that a row names is on disk and whole; after the sweeps nothing else is."""
    wrong = []
    named = ground.rows("SELECT workspace_id, unnest(ARRAY[sha256, large_sha256, small_sha256]) FROM "
                        "work_attachmentversion")  # fmt: skip
    for workspace_id, digest in named:
        if digest and not _is_whole(store(workspace_id).path(digest), digest):
            wrong.append(f"the content {digest[:8]} is not on disk as its row says")
    return wrong


MEANT: Final = (".eml", "/heads.jsonl")
"""Files that no row names: mails, and the published heads of the log."""


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def leftovers(ground: Ground, saved: Picture) -> list[str]:
    """What the sweeps of the next days leave on disk without a row that names it. They run here and now."""
    later = timezone.now() + timedelta(days=2)
    for number in workspace_ids():
        with tenant(number):
            sweep_files(number, now=later)
    say_farewell(now=later)
    digests = {row[0] for row in ground.rows("SELECT unnest(ARRAY[sha256, large_sha256, small_sha256])"
                                             " FROM work_attachmentversion")}  # fmt: skip
    exports = {row[0] for row in ground.rows("SELECT file_name FROM archive_export")}
    kept = digests | exports
    mine = [Path(path) for path in ground.files() if path not in saved.files and not path.endswith(MEANT)]
    return [f"{path} stays on disk" for path in mine if path.name not in kept]
