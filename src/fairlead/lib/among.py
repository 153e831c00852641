"""Thousands of ids in a question to the database.

Django writes each id of an `__in` into the question by itself, which for three thousand people takes longer than the
answer. Here they are one value, an array: neither Django nor PostgreSQL reads thousands of parameters.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

FEW: Final = 100
"""Up to so many are written out as usual; of none at all the database is not even asked."""


class _Among(Func):
    template = "(%(expressions)s::bigint[]))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def among(field: str, ids: Collection[int]) -> Q:
    """Rows whose `field`, an id, is one of these; a queryset of ids stays a question of its own."""
    if isinstance(ids, QuerySet) or len(ids) <= FEW:
        return Q(**{f"{field}__in": ids})
    return Q(_Among(F(field), Value("{" + ",".join(map(str, sorted(ids))) + "}")))
