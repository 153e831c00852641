"""What somebody types into the search: words, "exact words", operators like status:review, and a minus for without.

One grammar for the page, the palette and the API. `read` gives the parts; `SearchQuery.apply` finds the tasks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import in_english, later, mark, tr
from fairlead.people.models import TeamMember
from fairlead.work.fields.asking import Asked
from fairlead.work.fields.definitions import by_key, visible
from fairlead.work.files import readable_files
from fairlead.work.filters import ME, NOBODY
from fairlead.work.former_keys import with_key
from fairlead.work.models import Need, Task
from fairlead.work.states import OPEN, State
from fairlead.work.types.models import NAMES as TYPE_NAMES
from fairlead.work.types.models import TASK, type_name

MAX_TEXT: Final = 300
MAX_TERMS: Final = 12
MOST_FOUND: Final = 10_000
"""Of a word that even more tasks have, the latest so many are looked at."""
FEW: Final = 200
"""A word that stands in no more texts is rare: the other words of a search are looked for in those only."""
_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<name>[A-Za-z][A-Za-z0-9_]*):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))')
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,7})-(\d{1,9})")
_SPAN = re.compile(r"([<>])(\d{1,4})([dwm])")
_DAYS: Final = {"d": 1, "w": 7, "m": 30}
PRIORITIES: Final = {level.word.lower(): level.value for level in Task.Priority} | {"none": 0}


@dataclass(frozen=True)
class Term:
    """One part: a word or phrase, or an operator with its value. `without`: it must not hold."""

    value: str
    name: str = ""
    phrase: bool = False
    without: bool = False

    def __str__(self) -> str:
        value = f'"{self.value}"' if self.phrase else self.value
        return ("-" if self.without else "") + (f"{self.name}:" if self.name else "") + value


@dataclass(frozen=True)
class Reader:
    """Whose search it is, and when: what "me" and "7d" mean."""

    actor: Actor
    now: datetime
    zone: str


@dataclass(frozen=True)
class SearchQuery:
    """A search that was understood."""

    terms: tuple[Term, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for in texts, to be marked in the results."""
        return tuple(term.value for term in self.terms if not term.name and not term.without)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        """What would have to be typed for it."""
        return " ".join(str(term) for term in self.terms)

    def apply(self, tasks: QuerySet[Task], reader: Reader) -> QuerySet[Task]:
        """The tasks for which every part holds. Raises Invalid for what cannot be understood.

        Where there are several words, it asks for the rarest first: two queries, and one for each of the others.
        """
        rare, few = _rarest(self.terms, reader)
        for term in self.terms:
            if term is rare:
                wanted = Q(pk__in=few)
            else:
                wanted = _operator(term, reader) if term.name else _texts(term, reader, few)
            tasks = tasks.filter(~wanted if term.without else wanted)
        return tasks


def read(text: str) -> SearchQuery:
    """The parts of a search. Which operators there are depends on the workspace's fields: `apply` says."""
    terms = []
    for found in _TOKEN.finditer(text[:MAX_TEXT].replace("\x00", "")):
        name, quoted = (found["name"] or "").lower(), found["quoted"]
        value = (quoted if quoted is not None else found["plain"]).strip()
        if name and quoted is None and value.startswith("//"):
            name, value = "", f"{name}:{value}"
        if value:
            terms.append(Term(value, name, phrase=quoted is not None, without=bool(found["minus"])))
    if len(terms) > MAX_TERMS:
        raise Invalid({"q": tr("A search has at most %(most)s parts. Take some away.", most=MAX_TERMS)})
    return SearchQuery(tuple(terms))


def _operator(term: Term, reader: Reader) -> Q:
    """A built-in operator, or a custom field by its key."""
    if term.name in OPERATORS:
        return OPERATORS[term.name](term.value, reader)
    field = by_key(visible(reader.actor), term.name)
    if field is None:
        raise Invalid(
            {
                "q": tr(
                    "There is no operator %(name)s: here, and no field with this key. %(allowed)s",
                    name=term.name,
                    allowed=tr(_USE, names=_NAMES),
                )
            }
        )
    return Asked(field, term.value).wanted(user_id=reader.actor.user_id, now=reader.now, zone=reader.zone)


def stands_somewhere(tasks: QuerySet[Task], term: Term, reader: Reader) -> bool:
    """Whether one of these tasks has the word. Three queries at most; of what is written often the latest may do."""
    if _uses([term], reader)[0] > FEW and tasks.filter(pk__in=_found(term, reader, FEW)).exists():
        return True
    return tasks.filter(_texts(term, reader, None)).exists()


def _rarest(terms: Iterable[Term], reader: Reader) -> tuple[Term | None, list[int] | None]:
    """A word that stands in FEW texts at most, as the list of words knows, with the ids of their tasks; two queries."""
    words = [term for term in terms if not (term.name or term.without)]
    plain = [term for term in words if not term.phrase and not _KEY.fullmatch(term.value)]
    if len(words) < 2 or not plain:
        return None, None
    term, uses = min(zip(plain, _uses(plain, reader), strict=True), key=lambda it: it[1])
    if uses > FEW:
        return None, None
    with connection.cursor() as cursor:
        cursor.execute("SELECT fairlead_found(%s, false, %s, %s)", [term.value, _inside(reader), MOST_FOUND])
        ids = sorted({row[0] for row in cursor.fetchall()})
    return (term, ids) if len(ids) <= FEW else (None, None)


def _uses(terms: Iterable[Term], reader: Reader) -> list[int]:
    """How many texts have words that begin so. Numbers are not known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(w.uses), 0) FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, n)"
            " LEFT JOIN work_word w ON w.workspace_id = %s AND w.word >= lower(asked.word)"
            " AND w.word < lower(asked.word) || chr(1114111) GROUP BY n ORDER BY n",
            [[term.value for term in terms], reader.actor.workspace_id],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _texts(term: Term, reader: Reader, among: list[int] | None) -> Q:
    ids: RawSQL | list[int]
    if among is None or term.without:
        ids = _found(term, reader, None if term.without else MOST_FOUND)
    else:
        ids = _found_among(among, term, reader)
    wanted = Q(pk__in=ids)
    if not term.phrase and (key := _KEY.fullmatch(term.value)):
        wanted |= with_key(key[1], key[2])
    return wanted


def _found_among(among: list[int], term: Term, reader: Reader) -> list[int]:
    """Asked for at once: as a part of a statement it would be asked for each of them anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fairlead_found_among(%s::bigint[], %s, %s, %s)", [among, term.value, term.phrase, _inside(reader)]
        )
        return sorted({row[0] for row in cursor.fetchall()})


def _found(term: Term, reader: Reader, most: int | None) -> RawSQL:
    return RawSQL("SELECT fairlead_found(%s, %s, %s, %s)", [term.value, term.phrase, _inside(reader), most])


def _inside(reader: Reader) -> bool:
    return reader.actor.role != Role.CLIENT


def _status(value: str, _reader: Reader) -> Q:
    low = value.lower()
    if low == "open":
        return Q(state__in=OPEN)
    labels = {said.lower(): state for state, label in State.choices for said in (str(label), in_english(label))}
    state = low if low in State.values else labels.get(low, "")
    return Q(state=state) | Q(status__name__iexact=value) if state else Q(status__name__iexact=value)


def _assignee(value: str, reader: Reader) -> Q:
    if value.lower() == ME:
        user_id = reader.actor.user_id
        return Q(assignee__user_id=user_id) if user_id is not None else Q(pk__in=[])
    if value.lower() in (NOBODY, "none"):
        return Q(assignee__isnull=True)
    return Q(assignee__name__icontains=value)


def _priority(value: str, _reader: Reader) -> Q:
    level = PRIORITIES.get(value.lower(), int(value) if value in "01234" else None)
    if level is None:
        raise Invalid({"q": tr("priority: takes %(names)s or a number from 0 to 4.", names=", ".join(PRIORITIES))})
    return Q(priority=level)


def _due(value: str, reader: Reader) -> Q:
    low = value.lower()
    if low == "none":
        return Q(due_at__isnull=True)
    if low == "late":
        return Q(due_at__lt=reader.now, state__in=OPEN)
    if span := _SPAN.fullmatch(low):
        at = reader.now + timedelta(days=int(span[2]) * _DAYS[span[3]])
        return Q(due_at__lt=at) if span[1] == "<" else Q(due_at__gt=at)
    return _on("due_at", low, reader, tr("due: takes late, none, today, tomorrow, a day like 2026-11-30, <7d or >2w."))


def _team(value: str, reader: Reader) -> Q:
    if reader.actor.role == Role.CLIENT:
        return Q(pk__in=[])
    return Q(assignee__in=TeamMember.objects.filter(team__name__iexact=value).values("worker_id"))


def _skill(value: str, reader: Reader) -> Q:
    if reader.actor.role == Role.CLIENT:
        return Q(pk__in=[])
    return Q(pk__in=Need.objects.filter(skill__name__iexact=value).values("task_id"))


def _file(value: str, reader: Reader) -> Q:
    named = readable_files(reader.actor).filter(deleted_at__isnull=True, name__icontains=value)
    return Q(pk__in=named.values("task_id"))


def _type(value: str, _reader: Reader) -> Q:
    low = value.lower()
    meant = next((name for name in TYPE_NAMES if type_name(name).lower() == low), value)
    named = Q(type__key__iexact=value) | Q(type__name__iexact=value) | Q(type__name__iexact=meant)
    return named | Q(type__isnull=True) if TASK in (low, meant.lower()) else named


def _created(value: str, reader: Reader) -> Q:
    low = value.lower()
    if span := _SPAN.fullmatch(low):
        at = reader.now - timedelta(days=int(span[2]) * _DAYS[span[3]])
        return Q(created_at__gt=at) if span[1] == "<" else Q(created_at__lt=at)
    return _on("created_at", low, reader,
               tr("created: takes today, a day like 2026-11-30, <7d (younger) or >2w (older)."))  # fmt: skip


def _on(name: str, value: str, reader: Reader, allowed: str) -> Q:
    zone = ZoneInfo(reader.zone)
    today = reader.now.astimezone(zone).date()
    named = {"today": today, "tomorrow": today + timedelta(days=1), "yesterday": today - timedelta(days=1)}
    try:
        day = named[value] if value in named else date.fromisoformat(value)
        first = datetime.combine(day, time(0), zone)
        last = datetime.combine(day + timedelta(days=1), time(0), zone)
    except (ValueError, OverflowError):
        raise Invalid({"q": allowed}) from None
    return Q(**{f"{name}__gte": first, f"{name}__lt": last})


OPERATORS: Final[Mapping[str, Callable[[str, Reader], Q]]] = {
    "status": _status,
    "assignee": _assignee,
    "label": lambda value, _reader: Q(labels__contains=[value]),
    "project": lambda value, _reader: Q(project__key=value.upper()) | Q(project__name__icontains=value),
    "priority": _priority,
    "due": _due,
    "created": _created,
    "skill": _skill,
    "file": _file,
    "team": _team,
    "type": _type,
}
_USE: Final = mark("Use %(names)s; put a text with spaces in quotes.")
_NAMES: Final = ", ".join(f"{name}:" for name in OPERATORS)
ALLOWED: Final = _USE % {"names": _NAMES}
"""In English, for the description of the API."""
EXAMPLES: Final = (
    ("login bug", later("both words, in titles, descriptions, labels or comments")),
    ('"exact words"', later("these words one after the other")),
    ("-draft", later("without this word; works before every operator too")),
    ("status:review", later("a state or the name of a column; status:open for all that is not over")),
    ("assignee:me", later("me, nobody or a part of a name")),
    ("due:<7d", later("late, none, today, a day, <7d, >2w")),
    ("label:shop", later("one label")),
    ("file:logo", later("a part of the name of a file on it")),
    ("project:WEB priority:high created:<2w skill:python team:design", later("the others")),
    ("budget:>1000", later("a field of your own by its key: >100, 10..20, a name, a day, none, any")),
)
