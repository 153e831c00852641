"""The choices of a list field, kept as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.speech import tr, tr_count
from fairlead.work.fields.models import OPTIONS, Field, FieldOption, FieldValue

MOST: Final = 100
COLORS: Final = 12


@dataclass(frozen=True)
class OptionIn:
    """A choice as it should be: `id` None for a new one."""

    name: str
    color: int = 0
    archived: bool = False
    id: int | None = None


def keep_options(field: Field, options: Sequence[OptionIn], *, now: datetime) -> tuple[list[str], list[str]] | None:
    """Make these the choices, in this order; returns their names before and after, or None when nothing differs.

    A choice that is left out is removed; one that tasks have is refused: it can be archived. Called by the actions of
    fields inside their transaction.
    """
    _check(field, options)
    there = {option.pk: option for option in FieldOption.objects.filter(field=field).order_by("position", "id")}
    gone = set(there) - {option.id for option in options}
    _refuse_used(field, gone)
    before = [(o.name, o.color, o.archived_at is not None) for o in there.values()]
    after = [(o.name.strip(), o.color, o.archived) for o in options]
    if before == after:
        return None
    FieldOption.objects.filter(pk__in=gone).delete()
    for place, option in enumerate(options):  # names may change places: first out of the way of each other
        if option.id is not None:
            FieldOption.objects.filter(pk=option.id).update(name=f"{place}/{option.id}")
    for place, option in enumerate(options):
        _keep(field, option, place, there.get(option.id or 0), now)
    return [name for name, _, _ in before], [name for name, _, _ in after]


def _keep(field: Field, option: OptionIn, place: int, before: FieldOption | None, now: datetime) -> None:
    kept = before.archived_at if before else None
    values = {
        "name": option.name.strip(), "color": option.color, "position": place,
        "archived_at": (kept or now) if option.archived else None,
    }  # fmt: skip
    if before is None:
        FieldOption.objects.create(workspace_id=field.workspace_id, field=field, **values)
    else:
        FieldOption.objects.filter(pk=before.pk).update(**values)


def _check(field: Field, options: Sequence[OptionIn]) -> None:
    names = [option.name.strip().casefold() for option in options]
    known = set(FieldOption.objects.filter(field=field).values_list("pk", flat=True)) if field.pk else set()
    ids = [option.id for option in options if option.id is not None]
    if field.kind not in OPTIONS and options:
        raise Invalid({"options": tr("Only a list has options.")})
    if len(options) > MOST:
        raise Invalid({"options": tr("A list has at most %(most)s options.", most=MOST)})
    if any(not name or len(name) > 60 for name in names):
        raise Invalid({"options": tr("Each option has a name of at most 60 characters.")})
    if any("," in name or ";" in name for name in names):
        raise Invalid({"options": tr("The name of an option has no comma and no semicolon.")})
    if len(set(names)) < len(names):
        raise Invalid({"options": tr("Two options have the same name.")})
    if any(not 0 <= option.color < COLORS for option in options):
        raise Invalid({"options": tr("Choose one of the twelve colours.")})
    if not set(ids) <= known or len(set(ids)) < len(ids):
        raise Invalid({"options": tr("One of these options is not there any more. Reload the page.")})


def _refuse_used(field: Field, gone: set[int]) -> None:
    used = FieldValue.objects.filter(field=field, option__in=gone).select_related("option").first()
    if used is not None and used.option is not None:
        count = FieldValue.objects.filter(field=field, option=used.option_id).count()
        raise Refused(
            tr_count(
                "One task has %(name)s. Archive it instead: it stays there and is offered no more.",
                "%(n)s tasks have %(name)s. Archive it instead: it stays there and is offered no more.",
                count,
                name=used.option.name,
            )
        )
