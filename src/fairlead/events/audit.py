"""Verifying the event log: nothing changed, inserted, removed or cut off, against itself and the published heads."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from fairlead.events.models import Event, Head, Redaction
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.lib.speech import tr

BATCH = 5000

CHAINED = """jsonb_build_array(
  workspace_id, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), kind, actor_kind, actor_user_id,
  actor_name, token_id, subject_kind, subject_id, subject_label, project_id, payload)::text"""
"""The text of an event that its hash covers."""
ROWS = f"SELECT seq, {CHAINED}, previous, hash FROM events_event WHERE workspace_id = %s ORDER BY seq, id"
ERASED = "person.erased"
"""The kind of event that says which events were touched; its payload has the sum over all redactions so far."""


@dataclass(frozen=True)
class PublishedHead:
    """The last event of a workspace at some time, as it was written down outside the database."""

    workspace_id: int
    seq: int
    hash: str


@dataclass
class Verdict:
    """What verification found; no problems means that the log is what it was."""

    head: PublishedHead
    events: int = 0
    skipped: int = 0
    redacted: int = 0
    problems: list[str] = field(default_factory=list)


def verify(workspace_id: int, *, published: Iterable[PublishedHead] = ()) -> Verdict:
    """Recompute the chain of one workspace and compare it with its head row and every published head."""
    expected = {head.seq: head.hash for head in published if head.workspace_id == workspace_id}
    verdict = Verdict(PublishedHead(workspace_id, 0, ""))
    with tenant(workspace_id), transaction.atomic():
        last = Head.objects.filter(workspace_id=workspace_id).first()
        redacted = dict(Redaction.objects.filter(workspace_id=workspace_id).values_list("seq", "digest"))
        for problem in _walk(workspace_id, verdict, expected, redacted):
            verdict.problems.append(problem)
        verdict.problems.extend(_unnoted(workspace_id, redacted))
    end = (last.seq, bytes(last.hash).hex()) if last else (0, "")
    if end != (verdict.head.seq, verdict.head.hash):
        verdict.problems.append(
            tr(
                "the log ends at event %(last)s, but its head says %(said)s: cut off or added to",
                last=verdict.head.seq,
                said=end[0],
            )
        )
    verdict.problems.extend(
        tr("event %(seq)s was published and is gone", seq=seq) for seq in expected if seq > verdict.head.seq
    )
    return verdict


def redaction_sum(redacted: Mapping[int, str]) -> str:
    """One SHA-256 over every touched event and what it says now."""
    text = "\n".join(f"{seq} {digest}" for seq, digest in sorted(redacted.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _unnoted(workspace_id: int, redacted: Mapping[int, str]) -> Iterator[str]:
    """Whoever touches events must say so in the log; what was touched beside that is a change."""
    noted = Event.objects.filter(workspace_id=workspace_id, kind=ERASED).order_by("-seq").first()
    if redacted and (noted is None or noted.payload.get("sum") != redaction_sum(redacted)):
        yield tr("names were taken out of events, and the log does not say so")


def _walk(workspace_id: int, verdict: Verdict, expected: dict[int, str], redacted: Mapping[int, str]) -> Iterator[str]:
    before = b""
    for seq, text, previous, found in _rows(workspace_id):
        verdict.events += 1
        if seq != verdict.head.seq + 1:
            yield tr("event %(seq)s is missing: the next one is %(next)s", seq=verdict.head.seq + 1, next=seq)
        if bytes(previous) != before:
            yield tr("event %(seq)s does not follow the one before it", seq=seq)
        if hashlib.sha256(before + text.encode()).digest() != bytes(found):
            if redacted.get(seq) == hashlib.sha256(text.encode()).hexdigest():
                verdict.redacted += 1
            else:
                yield tr("event %(seq)s was changed after it was written", seq=seq)
        before = bytes(found)
        verdict.head = PublishedHead(workspace_id, seq, before.hex())
        if expected.get(seq, before.hex()) != before.hex():
            yield tr("event %(seq)s is not the one that was published", seq=seq)


def _rows(workspace_id: int) -> Iterator[tuple[int, str, bytes, bytes]]:
    """All rows through a server-side cursor: a log of any length in bounded memory."""
    connection.ensure_connection()
    with connection.connection.cursor(name="audit") as cursor:
        cursor.itersize = BATCH
        cursor.execute(ROWS, [workspace_id])
        yield from cursor


def verify_lines(lines: Iterable[str], *, published: Iterable[PublishedHead] = ()) -> Verdict:
    """Recompute an exported log, line by line, without a database; see `events.export`.

    A selection of the log has gaps: then each line is verified by itself, and `skipped` says how many are not there.
    """
    expected = {(head.workspace_id, head.seq): head.hash for head in published}
    verdict = Verdict(PublishedHead(0, 0, ""))
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            chained, previous, found = str(row["chained"]), bytes.fromhex(row["previous"]), str(row["hash"])
            facts = json.loads(chained)
        except (ValueError, KeyError, TypeError):
            verdict.problems.append(tr("line %(line)s is no line of an exported log", line=number))
            continue
        verdict.problems.extend(
            tr("line %(line)s: %(text)s", line=number, text=text)
            for text in _wrong_line(verdict, row, facts, previous, found)
        )
        verdict.events += 1
        verdict.skipped += max(0, facts[1] - verdict.head.seq - 1)
        verdict.head = PublishedHead(facts[0], facts[1], found)
        if expected.get((facts[0], facts[1]), found) != found:
            verdict.problems.append(
                tr("line %(line)s: event %(seq)s is not the one that was published", line=number, seq=facts[1])
            )
    return verdict


def _wrong_line(
    verdict: Verdict, row: dict[str, object], facts: list[object], previous: bytes, found: str
) -> Iterator[str]:
    before, seq = verdict.head, int(str(facts[1]))
    if hashlib.sha256(previous + str(row["chained"]).encode()).hexdigest() != found:
        yield tr("event %(seq)s was changed after it was written", seq=seq)
    if [value for name, value in row.items() if name not in ("chained", "previous", "hash")] != facts:
        yield tr("what can be read of event %(seq)s is not what its hash covers", seq=seq)
    if before.seq and facts[0] != before.workspace_id:
        yield tr("event %(seq)s is of another workspace", seq=seq)
    if seq <= before.seq:
        yield tr("event %(seq)s comes after event %(before)s", seq=seq, before=before.seq)
    if (seq == before.seq + 1 and previous.hex() != before.hash) or (seq == 1 and previous):
        yield tr("event %(seq)s does not follow the one before it", seq=seq)


def publish_heads(path: Path, *, key: str, now: datetime) -> int:
    """Append every workspace's head to the file, signed with `key`; returns how many had moved since last time."""
    known = {head.workspace_id: head.seq for head in read_heads(path, key=key)}
    lines = []
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            last = Head.objects.filter(workspace_id=workspace_id).first()
        if last and last.seq != known.get(workspace_id):
            row = {"at": now.isoformat(), "workspace": workspace_id, "seq": last.seq, "hash": bytes(last.hash).hex()}
            lines.append(json.dumps({**row, "signature": _sign(row, key)}))
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            _end_last_line(file, key=key)
            file.write(("\n".join(lines) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def _end_last_line(file: IO[bytes], *, key: str) -> None:
    """A process that was killed while it wrote, or a full disk, leaves half a line, which goes; a whole one stays."""
    file.seek(0)
    text = file.read()
    last = text[text.rfind(b"\n") + 1 :]
    if last and _head(last, key=key) is None:
        file.truncate(len(text) - len(last))
    elif last:
        file.write(b"\n")


class ForgedHead(ValueError):
    """A line of the published heads was changed: its signature does not fit."""


def read_heads(path: Path, *, key: str) -> list[PublishedHead]:
    """The heads published so far, without half a line at the end. Raises ForgedHead for a line that was changed."""
    *lines, last = (path.read_bytes() if path.exists() else b"").split(b"\n")
    if last.endswith(b"}"):  # whole, but for its end
        lines.append(last)
    found = []
    for number, line in enumerate(lines, 1):
        head = _head(line, key=key)
        if head is None:
            raise ForgedHead(f"line {number} of {path} was changed: its signature does not fit")
        found.append(head)
    return found


def _head(line: bytes, *, key: str) -> PublishedHead | None:
    """What a line says, or None when it is not as it was signed."""
    try:
        row = json.loads(line)
        signature = row.pop("signature")
        if not hmac.compare_digest(signature, _sign(row, key)):
            return None
        return PublishedHead(row["workspace"], row["seq"], row["hash"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _sign(row: dict[str, object], key: str) -> str:
    text = json.dumps(row, sort_keys=True).encode()
    return hmac.new(key.encode(), b"fairlead.heads" + text, hashlib.sha256).hexdigest()
