"""Reading CSV text into drafts of people and tasks. Pure: nothing is looked up and nothing is written.

Every row becomes a draft or a sentence that says why it cannot be used.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from fairlead.integrations.kinds.csv.fields import PREFIX
from fairlead.integrations.saying import NOTHING, Said, Wrong
from fairlead.lib.errors import Invalid
from fairlead.lib.sheets import unmarked
from fairlead.lib.speech import mark, tr
from fairlead.lib.text import folded
from fairlead.work.fields.definitions import Definitions
from fairlead.work.fields.values import People, typed
from fairlead.work.fields.values import Wrong as WrongValue
from fairlead.work.states import State

MOST_ROWS = 50_000
MOST_BYTES = 20_000_000
Draft = TypeVar("Draft")
Values = Mapping[str, str]
WRONG_HOURS: Final = mark("has the hours a week '%(given)s'; it is a number from 0 to %(most)s")
WRONG_RATE: Final = mark("has the rate '%(given)s'; it is a number from 0 to %(most)s")
WRONG_DUE: Final = mark("has the due date '%(given)s'; write it as 2026-11-30 or 2026-11-30T17:00")
WRONG_START: Final = mark("has the start date '%(given)s'; write it as 2026-11-30 or 2026-11-30T17:00")


@dataclass(frozen=True)
class Table:
    """A CSV file: its headings and its rows by heading, each with the line that it starts on."""

    headings: list[str]
    rows: list[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class Options:
    """How to read what a file leaves open. `unit_min`: minutes that one unit of effort stands for; `in_seconds`: a
    plain number of effort is seconds, whatever the unit."""

    time_zone: str = "UTC"
    unit_min: int = 60
    level: int = 2
    in_seconds: bool = False


@dataclass(frozen=True)
class PersonDraft:
    """A person as the file tells it; levels 1 to 5."""

    name: str
    external_id: str
    skills: dict[str, int]
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskRow:
    """A task as the file tells it; efforts in minutes, needs by skill name, custom fields by their id."""

    title: str
    external_id: str
    needs: dict[str, int]
    state: State
    values: dict[str, Any] = field(default_factory=dict)
    fields: dict[int, Any] = field(default_factory=dict)
    type: int | None = None


@dataclass(frozen=True)
class Own:
    """What the workspace has of its own: custom fields, people for them by id, and types by folded name and key."""

    fields: Definitions = ()
    people: People = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Read(Generic[Draft]):
    """One row of a file: its line, a name to recognise it by, and its draft or what is wrong with it, in English and
    for each reader."""

    line: int
    label: str
    draft: Draft | None
    problem: str = ""
    said: Said = NOTHING


def decode(data: bytes) -> str:
    """The text of an uploaded file: UTF-8, with or without a mark, else UTF-16 with one, else Windows-1252."""
    if len(data) > MOST_BYTES:
        size, most = len(data) // 1_000_000, MOST_BYTES // 1_000_000
        wrong = tr("The file has %(size)s MB; at most %(most)s MB can be read at once.", size=size, most=most)
        raise Invalid({"file": wrong})
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_table(text: str) -> Table:
    """Split CSV text, whatever its separator. Raises Invalid for what is no table."""
    text = text.replace("\0", "")
    first = text.lstrip().split("\n", 1)[0]
    separator = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff\n\r")), delimiter=separator)
    try:
        headings = _apart([h.strip() for h in next(reader, [])])
        if not any(headings):
            raise Invalid({"file": tr("The file is empty: its first line has to name the columns.")})
        rows = []
        for values in reader:
            if any(v.strip() for v in values):
                rows.append((reader.line_num, dict(zip(headings, (unmarked(v.strip()) for v in values), strict=False))))
            if len(rows) > MOST_ROWS:
                wrong = tr("The file has more than %(n)s rows; split it and import the parts.", n=MOST_ROWS)
                raise Invalid({"file": wrong})
    except csv.Error as error:
        wrong = tr("Line %(n)s cannot be read as CSV: %(error)s.", n=reader.line_num, error=error)
        raise Invalid({"file": wrong}) from None
    return Table(headings, rows)


def _apart(headings: list[str]) -> list[str]:
    """Headings that stand there several times, as the labels of Jira do, are numbered."""
    counted: dict[str, int] = {}
    found = []
    for heading in headings:
        counted[heading] = counted.get(heading, 0) + 1
        found.append(f"{heading} ({counted[heading]})" if heading and counted[heading] > 1 else heading)
    return found


def read_people(table: Table, mapping: Mapping[str, list[str]], options: Options) -> Iterator[Read[PersonDraft]]:
    """One Read for each row of a people file."""
    yield from _read(table, mapping, lambda values: _person(values, options), name="name")


def read_tasks(
    table: Table, mapping: Mapping[str, list[str]], options: Options, own: Own | None = None
) -> Iterator[Read[TaskRow]]:
    """One Read for each row of a tasks file."""
    mine = own or Own()
    yield from _read(table, mapping, lambda values: _task(values, options, mine), name="title")


def _read(
    table: Table, mapping: Mapping[str, list[str]], draft: Callable[[Values], Any], *, name: str
) -> Iterator[Read[Any]]:
    seen: dict[str, int] = {}
    for line, row in table.rows:
        values = {k: ";".join(filter(None, (row.get(c, "") for c in columns))) for k, columns in mapping.items()}
        label = values.get(name, "") or values.get("external_id", "") or f"line {line}"
        try:
            read = draft(values)
            if read.external_id in seen:
                raise Wrong(
                    mark("has the same id as line %(line)s (%(id)s)"), line=seen[read.external_id], id=read.external_id
                )
            seen[read.external_id] = line
            yield Read(line, label, read)
        except Wrong as error:
            yield Read(line, label, None, str(error), error.said)


def _person(values: Values, options: Options) -> PersonDraft:
    name = values.get("name", "")
    if not name:
        raise Wrong(mark("has no name"))
    kind = values.get("kind", "").lower().removeprefix("ai ") or "employee"
    if kind not in {"employee", "freelancer", "agent"}:
        raise Wrong(mark("has the kind '%(kind)s'; it is employee, freelancer or agent"), kind=kind)
    zone = values.get("time_zone", "") or options.time_zone
    if zone not in available_timezones():
        raise Wrong(mark("has the time zone '%(zone)s'; one looks like Europe/Berlin"), zone=zone)
    profile: dict[str, Any] = {"kind": kind, "time_zone": zone}
    for key in ("email", "headline"):
        if values.get(key):
            profile[key] = values[key]
    if values.get("country"):
        profile["country"] = _country(values["country"])
    if values.get("week_hours"):
        profile["week_minutes"] = round(_number(values["week_hours"], WRONG_HOURS, most=168) * 60)
    if values.get("rate"):
        profile["rate_cents"] = round(_number(values["rate"], WRONG_RATE, most=100_000) * 100)
    return PersonDraft(name[:120], _external_id(values, name), _levels(values.get("skills", ""), 3), profile)


def _task(values: Values, options: Options, own: Own) -> TaskRow:
    title = values.get("title", "")
    if not title:
        raise Wrong(mark("has no title"))
    facts: dict[str, Any] = {
        "description": values.get("description", ""),
        "labels": tuple(dict.fromkeys(label[:40] for label in _split(values.get("labels", "")))),
        "priority": _priority(values.get("priority", "")),
        "due_at": _moment(values.get("due", ""), options.time_zone, WRONG_DUE, end=True),
        "release_at": _moment(values.get("release", ""), options.time_zone, WRONG_START, end=False),
    }
    if values.get("effort"):
        facts["effort_min"] = _effort(values["effort"], 1 / 60 if options.in_seconds else options.unit_min)
    needs = _levels(values.get("needs", ""), options.level)
    return TaskRow(
        title[:240], _external_id(values, title), needs, _state(values.get("state", "")), facts,
        _own_values(values, own), _type(values.get("type", ""), own),
    )  # fmt: skip


def _own_values(values: Values, own: Own) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for each in own.fields:
        try:
            value = typed(each, values.get(PREFIX + each.key, ""), own.people)
        except WrongValue as wrong:
            raise Wrong(mark("cannot be read: %(why)s"), why=str(wrong)) from None
        if value is not None:
            found[each.id] = value
    return found


def _type(text: str, own: Own) -> int | None:
    if not text:
        return None
    if folded(text) not in own.types:
        raise Wrong(mark("has the type '%(type)s', which is none of this workspace's types of work"), type=text)
    return own.types[folded(text)]


def _external_id(values: Values, otherwise: str) -> str:
    """Rows without an id are recognised by their name, so that importing twice makes nothing twice."""
    return values.get("external_id", "")[:120] or otherwise[:120]


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,\n]", text) if part.strip()]


def _levels(text: str, level: int) -> dict[str, int]:
    """`python:4; sql` as {python: 4, sql: level}; a skill named twice counts with its higher level."""
    found: dict[str, int] = {}
    for part in _split(text):
        name, _, number = part.rpartition(":")
        if not name:
            name, number = part, str(level)
        if not re.fullmatch(r"\s*[1-5]\s*", number):
            told = {"level": number.strip(), "skill": name.strip()}
            raise Wrong(mark("has the skill level '%(level)s' for %(skill)s; levels go from 1 to 5"), **told)
        found[name.strip()[:80]] = max(int(number), found.get(name.strip()[:80], 0))
    return found


def _number(text: str, wrong: str, *, most: int) -> float:
    plain = text.replace(",", ".").replace(" ", "")
    if not re.fullmatch(r"\d+(\.\d+)?", plain) or float(plain) > most:
        raise Wrong(wrong, given=text, most=most)
    return float(plain)


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise Wrong(mark("has the country '%(country)s'; it is two letters, such as DE"), country=text)
    return text.upper()


_UNITS_MIN = {"m": 1, "min": 1, "h": 60, "d": 480, "w": 2400}


def _effort(text: str, unit_min: float) -> int:
    """`1d 4h`, `90m`, or a number of units; days have 8 hours and weeks 5 days."""
    plain = text.lower().replace(",", ".").strip()
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        minutes = float(plain) * unit_min
    else:
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*(min|m|h|d|w)", plain)
        if not parts or re.sub(r"(\d+(?:\.\d+)?)\s*(min|m|h|d|w)", "", plain).strip():
            raise Wrong(mark("has the effort '%(effort)s'; write it as 2h, 1d, 45m or a number of units"), effort=text)
        minutes = sum(float(number) * _UNITS_MIN[unit] for number, unit in parts)
    if not 1 <= minutes <= 2400 * 52:
        raise Wrong(mark("has the effort '%(effort)s'; it is from one minute to a year"), effort=text)
    return round(minutes)


_PRIORITIES = {
    "": 0, "none": 0, "lowest": 1, "low": 1, "minor": 1, "medium": 2, "normal": 2, "high": 3, "major": 3, "urgent": 4,
    "highest": 4, "critical": 4, "blocker": 4, "0": 0, "1": 1, "2": 2, "3": 3, "4": 4,
}  # fmt: skip


def _priority(text: str) -> int:
    if text.lower() not in _PRIORITIES:
        raise Wrong(mark("has the priority '%(priority)s'; it is none, low, medium, high or urgent"), priority=text)
    return _PRIORITIES[text.lower()]


_STATES = {
    "": State.BACKLOG, "backlog": State.BACKLOG, "open": State.BACKLOG, "new": State.BACKLOG, "to do": State.READY,
    "todo": State.READY, "ready": State.READY, "in progress": State.RUNNING, "doing": State.RUNNING,
    "running": State.RUNNING, "in review": State.REVIEW, "review": State.REVIEW, "done": State.DONE,
    "closed": State.DONE, "complete": State.DONE, "completed": State.DONE, "cancelled": State.CANCELLED,
    "canceled": State.CANCELLED,
}  # fmt: skip


def _state(text: str) -> State:
    """Other tools' columns that are not known here are open work."""
    return _STATES.get(text.lower().strip(), State.BACKLOG)


def _moment(text: str, zone: str, wrong: str, *, end: bool) -> datetime | None:
    """A date (its evening for what is due, else its start) or a date with a time, in the zone unless it names one."""
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            local = datetime.combine(date.fromisoformat(text), time(18) if end else time(0))
        else:
            local = _written_otherwise(text) or datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(wrong, given=text) from None
    aware = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC)


_OTHERWISE = ("%d/%b/%y %I:%M %p", "%d/%b/%Y %I:%M %p", "%d/%b/%y", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y")
"""How Jira and spreadsheets write a moment."""


def _written_otherwise(text: str) -> datetime | None:
    for pattern in _OTHERWISE:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  the zone is the caller's
        except ValueError:
            continue
    return None
