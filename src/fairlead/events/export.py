"""The event log as a file: CSV for a spreadsheet, JSON Lines with the chain's hashes for whoever wants to verify it.

Both are written in batches, so that a log of any length needs little memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from django.db import connection

from fairlead.events.audit import CHAINED
from fairlead.events.queries import LogFilter, matching
from fairlead.events.tenancy import tenant
from fairlead.lib.sheets import line, safe

BATCH: Final = 1000
FIELDS: Final = (
    "workspace", "seq", "at", "kind", "actor_kind", "actor_user_id", "actor", "token_id", "subject_kind", "subject_id",
    "subject", "project_id", "payload",
)  # fmt: skip
"""What the chain covers, in its order."""
CHOSEN: Final = (
    f"SELECT seq, {CHAINED}, previous, hash FROM events_event WHERE workspace_id = %s AND seq = ANY(%s) ORDER BY seq"
)


def json_lines(workspace_id: int, wanted: LogFilter) -> Iterator[str]:
    """One object a line: the fields, and `chained`, `previous` and `hash`, by which each line can be verified.

    hash = SHA-256(previous as bytes + chained as UTF-8); previous is the hash of the event before.
    """
    for _, chained, previous, digest in _rows(workspace_id, wanted):
        row = dict(zip(FIELDS, json.loads(chained), strict=True))
        proof = {"chained": chained, "previous": previous.hex(), "hash": digest.hex()}
        yield json.dumps({**row, **proof}, ensure_ascii=False) + "\n"


def csv_lines(workspace_id: int, wanted: LogFilter) -> Iterator[str]:
    """A header and one line for each event; no cell can be taken for a formula."""
    yield line([*FIELDS[1:], "hash"])
    for _, chained, _previous, digest in _rows(workspace_id, wanted):
        *values, payload = json.loads(chained)[1:]
        cells = [*values, json.dumps(payload, ensure_ascii=False), digest.hex()]
        yield line(safe("" if cell is None else str(cell)) for cell in cells)


def _rows(workspace_id: int, wanted: LogFilter) -> Iterator[tuple[int, str, bytes, bytes]]:
    """seq, the text that was hashed, the hash before, the hash. Each batch sees the workspace by itself: the
    connection may serve somebody else in between."""
    last = 0
    while True:
        with tenant(workspace_id):
            found = matching(workspace_id, wanted).filter(seq__gt=last).order_by("seq")
            numbers = list(found.values_list("seq", flat=True)[:BATCH])
            with connection.cursor() as cursor:
                cursor.execute(CHOSEN, [workspace_id, numbers])
                rows = cursor.fetchall()
        if not rows:
            return
        for seq, chained, previous, digest in rows:
            yield seq, chained, bytes(previous), bytes(digest)
        last = rows[-1][0]
