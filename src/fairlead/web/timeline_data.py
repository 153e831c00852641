"""The timeline as short lists for its script; times are minutes on the reader's wall clock since midnight of `ref`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from fairlead.lib.lag import write_lag
from fairlead.work.queries.timeline import Line, Tie, Timeline

OVER, MILESTONE, LATE, NO_START, EDITABLE, BEGUN, NO_DUE = (1 << n for n in range(7))


def compact(found: Timeline, *, now: datetime, zone: str) -> dict[str, Any]:
    """{ref, now, tasks: [[key, title, start, end, flags, project, person, parent], …], projects: [[key, name, color]],
    people and parents: [[id, name]]}; links: [[after, task, kind, lag, broken]] and critical by place in tasks."""
    ref = min([_wall(line.bar.start, zone) for line in found.lines if line.bar.start] + [_wall(now, zone)]).date()
    places = {line.bar.id: n for n, line in enumerate(found.lines)}
    rows = [line.row for line in found.lines]
    return {
        "ref": ref.isoformat(),
        "now": _minute(now, ref, zone),
        "tasks": [_task(line, ref, zone) for line in found.lines],
        "links": [_link(tie, places) for tie in found.ties],
        "critical": [places[pk] for pk in found.critical],
        "projects": _once((it["project__key"], it["project__name"], it["project__color"] % 12) for it in rows),
        "people": _once((it["worker"]["id"], it["worker"]["name"]) for it in rows if it["worker"]),
        "parents": _once((_parent(it), it["parent__title"]) for it in rows if it["parent__number"]),
    }


def _once(pairs: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Each once, by name."""
    return sorted(dict.fromkeys(pairs), key=lambda it: str(it[1]).casefold())


def _parent(row: dict[str, Any]) -> str:
    return f"{row['project__key']}-{row['parent__number']}" if row["parent__number"] else ""


def _task(line: Line, ref: date, zone: str) -> list[Any]:
    bar, row = line.bar, line.row
    times = [_minute(bar.start, ref, zone), _minute(bar.end, ref, zone)]
    return [bar.key, bar.title, *times, _flags(line), row["project__key"], row["assignee_id"] or 0, _parent(row)]


def _link(tie: Tie, places: dict[int, int]) -> list[Any]:
    link = tie.link
    return [places[link.after], places[link.task], link.kind, write_lag(link.lag_min), int(bool(tie.problem))]


def _flags(line: Line) -> int:
    bar = line.bar
    known = bar.release_at is not None or (bar.has_begun and bar.start == bar.started_at)
    flags = (
        (OVER, bar.is_over), (MILESTONE, bar.is_milestone), (LATE, line.late), (NO_START, not known),
        (EDITABLE, line.row["may_edit"]), (BEGUN, bar.has_begun), (NO_DUE, bar.due_at is None),
    )  # fmt: skip
    return sum(flag for flag, holds in flags if holds)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _minute(at: datetime | None, ref: date, zone: str) -> int:
    return int((_wall(at, zone) - datetime.combine(ref, time(0))).total_seconds() // 60) if at else 0
