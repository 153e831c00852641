"""Finding tasks by a typed search, with the place where the words stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.work.grammar import Reader, SearchQuery
from fairlead.work.models import Comment, Task
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.queries.spelling import corrected
from fairlead.work.queries.visible import visible_tasks

SHOWN: Final = 50
AROUND: Final = 70
"""Characters of a text on each side of the first hit."""
_SIGNS: Final = re.compile(r"[*_`#>|]+")
Piece = tuple[str, bool]
"""A part of a text, and whether it is a hit."""
COLUMNS: Final = (
    "id", "number", "title", "description", "state", "priority", "due_at", "project__key", "project__name",
    "project__color", "status__name", *HOLDER,
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """A task that was found. `excerpt` is where the words stand, when not in the title; `where` says in which text."""

    key: str
    project: str
    project_key: str
    color: int
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    where: str
    state: str
    status: str
    priority: int
    due_at: datetime | None
    worker: dict[str, Any] | None

    @property
    def plain_title(self) -> str:
        return "".join(text for text, _ in self.title)


@dataclass(frozen=True)
class Found:
    """The best hits in order. `more`: there are others. `instead`: what was looked for in the place of what finds
    nothing, the words that were replaced as (typed, taken for)."""

    hits: tuple[Hit, ...]
    more: bool
    instead: str = ""
    replaced: tuple[tuple[str, str], ...] = ()

    @property
    def by_project(self) -> list[tuple[str, str, int, list[Hit]]]:
        """(key, name, colour, hits), the project with the best hit first."""
        groups: dict[str, list[Hit]] = defaultdict(list)
        for hit in self.hits:
            groups[hit.project_key].append(hit)
        return [(key, hits[0].project, hits[0].color, hits) for key, hits in groups.items()]


def search(actor: Actor, query: SearchQuery, *, now: datetime, zone: str = "UTC", limit: int = SHOWN) -> Found:
    """The visible tasks for which all of the search holds: its key first, then hits in the title, then the latest.

    Five queries at most, whatever is found, and one for each of several words. Raises Invalid for a value that an
    operator does not know.
    """
    if not query:
        return Found((), more=False)
    tasks = query.apply(visible_tasks(actor), Reader(actor, now, zone))
    # What is shown of a task is joined for the best ones only: for all that were found it costs ten times as much.
    best = list(_ordered(tasks, query.words).values_list("pk", flat=True)[: limit + 1])
    known = {row["id"]: row for row in plain(visible_tasks(actor).filter(pk__in=best[:limit]).values(*COLUMNS))}
    rows = [known[pk] for pk in best[:limit] if pk in known]
    comments = _comments(actor, [row["id"] for row in rows]) if query.words else {}
    hits = tuple(_hit(row, query.words, comments.get(row["id"], ())) for row in rows)
    return Found(hits, more=len(best) > limit)


def forgiving(actor: Actor, query: SearchQuery, *, now: datetime, zone: str = "UTC", limit: int = SHOWN) -> Found:
    """Like `search`; what finds nothing is looked for once more without its typing errors, if they are any."""
    found = search(actor, query, now=now, zone=zone, limit=limit)
    if found.hits or not query:
        return found
    better = corrected(query, Reader(actor, now, zone))
    if better is None:
        return found
    again = search(actor, better, now=now, zone=zone, limit=limit)
    pairs = [(old.value, new.value) for old, new in zip(query.terms, better.terms, strict=True) if old != new]
    return replace(again, instead=str(better), replaced=tuple(pairs)) if again.hits else found


def _ordered(tasks: QuerySet[Task], words: Sequence[str]) -> QuerySet[Task]:
    keys = [found for word in words if (found := re.fullmatch(r"([A-Za-z][A-Za-z0-9]{1,7})-(\d{1,9})", word))]
    places = [When(Q(project__key=key[1].upper(), number=int(key[2])), then=Value(0)) for key in keys]
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    if words:
        places.append(When(in_title, then=Value(1)))
    place = Case(*places, default=Value(2), output_field=IntegerField()) if places else Value(2)
    return tasks.annotate(place=place).order_by("place", "-updated_at", "-id")


def _comments(actor: Actor, ids: list[int]) -> dict[int, list[str]]:
    found = Comment.objects.filter(workspace_id=actor.workspace_id, task_id__in=ids, deleted_at__isnull=True)
    if actor.role == Role.CLIENT:
        found = found.filter(internal=False)
    texts: dict[int, list[str]] = defaultdict(list)
    for task_id, body in found.order_by(F("created_at").desc()).values_list("task_id", "body"):
        texts[task_id].append(body)
    return texts


def _hit(row: dict[str, Any], words: Sequence[str], comments: Iterable[str]) -> Hit:
    marks = _pattern(words)
    told = all(word.casefold() in row["title"].casefold() for word in words)
    excerpt, where = ((), "") if told else _excerpt(marks, row, comments)
    return Hit(
        key=f"{row['project__key']}-{row['number']}", project=row["project__name"], project_key=row["project__key"],
        color=row["project__color"], title=pieces(row["title"], marks), excerpt=excerpt, where=where,
        state=row["state"], status=row["status__name"], priority=row["priority"], due_at=row["due_at"],
        worker=holder(row),
    )  # fmt: skip


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    parts = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    return re.compile("|".join(parts), re.I) if parts else None


def _excerpt(
    marks: re.Pattern[str] | None, row: dict[str, Any], comments: Iterable[str]
) -> tuple[tuple[Piece, ...], str]:
    """The text around the first hit outside the title, without the signs of Markdown."""
    if marks is None:
        return (), ""
    for where, text in (("description", row["description"]), *(("comment", body) for body in comments)):
        if found := marks.search(text):
            first, last = max(0, found.start() - AROUND), min(len(text), found.end() + AROUND)
            cut = " ".join(_SIGNS.sub("", text[first:last]).split())
            return pieces(("…" if first else "") + cut + ("…" if last < len(text) else ""), marks), where
    return (), ""


def pieces(text: str, marks: re.Pattern[str] | None) -> tuple[Piece, ...]:
    """The text in parts, hits and what is between them."""
    found: list[Piece] = []
    at = 0
    for hit in marks.finditer(text) if marks else ():
        if hit.start() > at:
            found.append((text[at : hit.start()], False))
        found.append((hit[0], True))
        at = hit.end()
    if at < len(text):
        found.append((text[at:], False))
    return tuple(found)
