"""Typing errors in a search: a word that is found nowhere is taken for the most alike one that the workspace writes.

Whoever reads the correction learns nothing: a word is proposed only when it finds a task that they see anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import connection

from fairlead.events.actor import Actor
from fairlead.work.grammar import Reader, SearchQuery, Term, stands_somewhere
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.vocabulary import LONGEST, SHORTEST

LONG: Final = 8
"""From so many letters on two errors are forgiven, below only one."""
CORRECTED: Final = 3
"""Words of one search that are corrected at most."""
TRIED: Final = 3
"""Words that are tried in the place of one."""

# A letter that is put in, left out or replaced changes at most two bits of the set; two that change places none.
ALIKE: Final = """
SELECT word, uses FROM work_word WHERE workspace_id = %(workspace)s
AND length BETWEEN char_length(%(word)s) - %(errors)s AND char_length(%(word)s) + %(errors)s
AND bit_count((letters # fairlead_letters(%(word)s))::bit(64)) <= 2 * %(errors)s
"""


def corrected(query: SearchQuery, reader: Reader) -> SearchQuery | None:
    """The search with each word that is found nowhere replaced by an alike one; None when there is nothing to replace.

    At most CORRECTED words are looked at, each with 4 + 3 * TRIED queries at most.
    """
    terms = list(query.terms)
    looked_at = [n for n, term in enumerate(terms) if _can_be_wrong(term)][:CORRECTED]
    changed = False
    for n in looked_at:
        if _found(terms[n], reader):
            continue
        better = _better(terms[n], reader)
        if better is None:
            return None
        terms[n], changed = better, True
    return SearchQuery(tuple(terms)) if changed else None


def _can_be_wrong(term: Term) -> bool:
    plain = not (term.name or term.phrase or term.without)
    return plain and SHORTEST <= len(term.value) <= LONGEST and term.value.isalpha()


def _found(term: Term, reader: Reader) -> bool:
    return stands_somewhere(visible_tasks(reader.actor), term, reader)


def _better(term: Term, reader: Reader) -> Term | None:
    for word in _alike(reader.actor, term.value.lower())[:TRIED]:
        proposed = replace(term, value=word)
        if _found(proposed, reader):
            return proposed
    return None


def _alike(actor: Actor, word: str) -> list[str]:
    """The words with few enough errors: the fewest first, then the same first letter, then what is written most."""
    errors = 2 if len(word) >= LONG else 1
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"workspace": actor.workspace_id, "word": word, "errors": errors})
        rows = cursor.fetchall()
    far = {known: distance(word, known, most=errors) for known, _ in rows}
    near = [(far[known], known[0] != word[0], -uses, known) for known, uses in rows if 0 < far[known] <= errors]
    return [known for *_, known in sorted(near)]


def distance(a: str, b: str, *, most: int) -> int:
    """Damerau and Levenshtein's distance, each pair of letters swapped once at most; above `most` some larger number.

    Damerau, A technique for computer detection and correction of spelling errors, CACM 7 (1964).
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        two, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, two[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
