"""The fields of the workspace: making, changing and switching them on; archive, trash and the way back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from babel.numbers import list_currencies
from django.db import transaction
from django.db.models import F

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.cel import BadExpression
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.lib.text import folded
from fairlead.work.actions.field_options import OptionIn, keep_options
from fairlead.work.actions.field_values import work_out
from fairlead.work.fields.definitions import Definitions, definitions
from fairlead.work.fields.formulas import check_formula
from fairlead.work.fields.models import MANY, OPTIONS, REQUIRED_FROM, Field, FieldValue, Kind, ProjectField
from fairlead.work.grammar import OPERATORS
from fairlead.work.models import Project, Task
from fairlead.work.permissions import may_manage_projects

MOST: Final = 60
MOST_ON_CARD: Final = 2
BATCH: Final = 1000
TEXTS: Final = ("name", "hint", "unit", "currency", "formula", "required_from")
CHANGED: Final = (*TEXTS, "decimals", "for_clients")
ONLY_MANAGERS: Final = later("Only managers change the fields of the workspace. Ask one of them.")


def create_field(
    name: str, kind: str, *, actor: Actor, now: datetime, key: str = "", options: tuple[OptionIn, ...] = (),
    projects: tuple[Project, ...] = (), **values: Any,
) -> Field:  # fmt: skip
    """A new field at the end of the list, switched on in these projects. Without a key it gets one from its name.

    `values` are any of: hint, unit, decimals, currency, formula, required_from, for_clients.
    """
    _check_may(actor)
    if unknown := set(values) - set(CHANGED):
        raise TypeError(f"create_field does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        fields = definitions(actor.workspace_id)
        if len(fields) >= MOST:
            raise Refused(tr("A workspace has at most %(most)s fields. Delete one that nobody uses first.", most=MOST))
        field = Field(workspace_id=actor.workspace_id, kind=kind, position=len(fields), created_at=now)
        field.key = _free_key(key, name, fields)
        _set(field, {**values, "name": name})
        _check(field, fields)
        field.save(force_insert=True)
        if options or kind in OPTIONS:
            keep_options(field, options, now=now)
        record("field.created", field, actor=actor, now=now, name=field.name, field_kind=kind)
        for project in projects:
            switch_on(field, project, actor=actor, now=now)
    return field


def _check_may(actor: Actor, field: Field | None = None) -> None:
    mine = field is None or field.workspace_id == actor.workspace_id
    require(may_manage_projects(actor) and mine, ONLY_MANAGERS)


def _set(field: Field, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(field, name, value.strip() if name in TEXTS else value)
    field.currency = field.currency.upper()


def _free_key(key: str, name: str, fields: Definitions) -> str:
    """The key that was asked for, or one made from the name. Raises Invalid when it cannot be had."""
    taken = {field.key for field in fields} | {*OPERATORS, "new"}  # which is the page of a new one
    if key:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
            raise Invalid({"key": tr("A key is made of small letters, digits and _, and begins with a letter.")})
        if key in taken:
            raise Invalid({"key": tr("%(key)s is taken already. Choose another key.", key=key)})
        return key
    stem = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:36]
    stem = stem if re.match(r"[a-z]", stem) else f"field_{stem}".strip("_")
    return next(free for free in (stem, *(f"{stem}_{n}" for n in range(2, MOST + 20))) if free not in taken)


def _check(field: Field, fields: Definitions) -> None:
    wrong: dict[str, str] = {}
    if not field.name or len(field.name) > 60:
        wrong["name"] = tr("Give the field a name of at most 60 characters.")
    elif any(other.name.casefold() == field.name.casefold() and other.id != field.pk for other in fields):
        wrong["name"] = tr("There is a field %(name)s already.", name=field.name)
    if field.kind not in Kind.values:
        wrong["kind"] = tr("Choose a kind from the list.")
    if not 0 <= field.decimals <= 4:
        wrong["decimals"] = tr("Between 0 and 4 decimals.")
    if len(field.unit) > 12 or len(field.hint) > 200:
        wrong["unit" if len(field.unit) > 12 else "hint"] = tr("This is too long.")
    if (field.currency or field.kind == Kind.MONEY) and field.currency not in list_currencies():
        wrong["currency"] = tr("A currency has three letters, like EUR.")
    if field.required_from not in ("", *REQUIRED_FROM):
        wrong["required_from"] = tr("It can be required before In review or Done.")
    if field.required_from and field.kind == Kind.FORMULA:
        wrong["required_from"] = tr("Nobody fills a formula. Require the fields that it is worked out from.")
    if not wrong and field.kind == Kind.FORMULA:
        wrong = _wrong_formula(field, fields)
    if wrong:
        raise Invalid(wrong)


def _wrong_formula(field: Field, fields: Definitions) -> dict[str, str]:
    if not field.formula:
        return {"formula": tr("Write what it is worked out from, such as task.fields.price * task.effort_h.")}
    try:
        check_formula(field.formula, fields)
    except BadExpression as error:
        return {"formula": str(error)}
    return {}


def change_field(field: Field, *, actor: Actor, now: datetime, version: int | None = None, **values: Any) -> Field:
    """Change any of: name, hint, unit, decimals, currency, formula, required_from, for_clients, position (0: first),
    and options, a tuple of OptionIn that takes the place of all. Its key and kind stay what they are."""
    _check_may(actor, field)
    if unknown := set(values) - {*CHANGED, "position", "options"}:
        raise TypeError(f"change_field does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        _fresh(field, version)
        options, position = values.pop("options", None), values.pop("position", None)
        before = {name: getattr(field, name) for name in values}
        _set(field, values)
        changes = {name: [old, getattr(field, name)] for name, old in before.items() if old != getattr(field, name)}
        _check(field, definitions(actor.workspace_id))
        if "currency" in changes and field.kind == Kind.MONEY and FieldValue.objects.filter(field=field).exists():
            raise Invalid(
                {"currency": tr("There are amounts in it already. Make a field of its own for another currency.")}
            )
        if options is not None and (told := keep_options(field, options, now=now)):
            changes["options"] = list(told)
        if position is not None and (moved := _place(field, position)):
            changes["position"] = list(moved)
        if changes:
            field.version += 1
            field.save(update_fields=[*CHANGED, "version"])
            record("field.changed", field, actor=actor, now=now, changes=changes)
            if {"formula", "currency", "decimals"} & set(changes):
                _work_out_where_on(field)
    return field


def _fresh(field: Field, version: int | None = None) -> None:
    field.refresh_from_db(from_queryset=Field.objects.select_for_update())
    if version is not None and version != field.version:
        raise Conflict(
            tr(
                "%(name)s was changed by somebody else since you opened it. Look at it again, then save.",
                name=field.name,
            )
        )


def _place(field: Field, position: int) -> tuple[int, int] | None:
    others = list(
        Field.objects.filter(workspace_id=field.workspace_id, deleted_at__isnull=True)
        .exclude(pk=field.pk)
        .order_by("position", "id")
    )
    place, old = max(0, min(position, len(others))), field.position
    field.position = place
    for index, other in enumerate([*others[:place], field, *others[place:]]):
        Field.objects.filter(pk=other.pk).exclude(position=index).update(position=index)
    return (old, place) if old != place else None


def switch_on(field: Field, project: Project, *, actor: Actor, now: datetime) -> None:
    """Let the tasks of the project have it. What they had before it was switched off is there again."""
    _check_may(actor, field)
    _check_mine(actor, project)
    with transaction.atomic():
        _, new = ProjectField.objects.get_or_create(
            project=project, field=field, defaults={"workspace_id": field.workspace_id}
        )
        if new:
            record("field.switched_on", field, actor=actor, now=now, project=project.key)
            _work_out([project.pk])


def switch_off(field: Field, project: Project, *, actor: Actor, now: datetime) -> None:
    """Hide it in the project; its values stay for the day when it is switched on again."""
    _check_may(actor, field)
    _check_mine(actor, project)
    with transaction.atomic():
        gone, _ = ProjectField.objects.filter(project=project, field=field).delete()
        if gone:
            record("field.switched_off", field, actor=actor, now=now, project=project.key)
            _work_out([project.pk])


def show_on_cards(field: Field, project: Project, *, actor: Actor, now: datetime) -> None:
    """Show it on the cards of the project's board. A card has room for two fields."""
    _on_cards(field, project, True, actor=actor, now=now)


def hide_from_cards(field: Field, project: Project, *, actor: Actor, now: datetime) -> None:
    """Show it on the cards no more."""
    _on_cards(field, project, False, actor=actor, now=now)


def _on_cards(field: Field, project: Project, wanted: bool, *, actor: Actor, now: datetime) -> None:
    _check_may(actor, field)
    _check_mine(actor, project)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        here = ProjectField.objects.filter(project=project)
        if wanted and here.filter(on_card=True).exclude(field=field).count() >= MOST_ON_CARD:
            raise Refused(
                tr(
                    "A card has room for %(most)s fields. Take one off the cards of %(name)s first.",
                    most=MOST_ON_CARD,
                    name=project.name,
                )
            )
        if here.filter(field=field).exclude(on_card=wanted).update(on_card=wanted):
            record("field.changed", field, actor=actor, now=now,
                   changes={f"on the cards of {project.key}": [not wanted, wanted]})  # fmt: skip


def _check_mine(actor: Actor, project: Project) -> None:
    require(project.workspace_id == actor.workspace_id, ONLY_MANAGERS)


def archive_field(field: Field, *, actor: Actor, now: datetime) -> Field:
    """Take no more values into it; those that are there stay and can be found."""
    return _mark(field, "archived_at", now, "field.archived", actor=actor, now=now)


def unarchive_field(field: Field, *, actor: Actor, now: datetime) -> Field:
    """Take values into it again."""
    return _mark(field, "archived_at", None, "field.unarchived", actor=actor, now=now)


def delete_field(field: Field, *, actor: Actor, now: datetime) -> int:
    """Put it into the trash with all of its values; returns of how many tasks. `restore_field` brings them back."""
    lost = values_lost(field)
    _mark(field, "deleted_at", now, "field.deleted", actor=actor, now=now)
    return lost


def restore_field(field: Field, *, actor: Actor, now: datetime) -> Field:
    """Take it out of the trash, with its values."""
    if Field.objects.filter(workspace_id=field.workspace_id, key=field.key, deleted_at__isnull=True).exists():
        raise Conflict(tr("Another field has the key %(key)s now. Delete that one first.", key=field.key))
    return _mark(field, "deleted_at", None, "field.restored", actor=actor, now=now)


def _mark(field: Field, name: str, at: datetime | None, kind: str, *, actor: Actor, now: datetime) -> Field:
    _check_may(actor, field)
    with transaction.atomic():
        open_ = Field.objects.filter(pk=field.pk, **{f"{name}__isnull": at is not None})
        if open_.update(**{name: at}, version=F("version") + 1):
            record(kind, field, actor=actor, now=now, name=field.name, values=values_lost(field))
            if name == "deleted_at":
                _work_out_where_on(field)
    field.refresh_from_db()
    return field


def values_lost(field: Field) -> int:
    """Of how many tasks a field holds a value."""
    values = FieldValue.objects.filter(field=field)
    return values.values("task_id").distinct().count() if field.kind in MANY else values.count()


def _work_out_where_on(field: Field) -> None:
    _work_out(list(ProjectField.objects.filter(field=field).values_list("project_id", flat=True)))


def _work_out(project_ids: list[int]) -> None:
    """Work out the formulas of all tasks of these projects, as they are in the trash too."""
    tasks = Task.objects.filter(project_id__in=project_ids).order_by("id")
    fields = None
    last = 0
    while batch := list(tasks.filter(pk__gt=last).only("id", "project_id", "workspace_id", "effort_min")[:BATCH]):
        fields = fields if fields is not None else definitions(batch[0].workspace_id)
        if not any(field.kind == Kind.FORMULA for field in fields):
            return
        work_out(batch, fields=fields)
        last = batch[-1].pk
