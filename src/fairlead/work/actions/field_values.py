"""Writing what tasks have in their fields, for the actions that change and create tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import later, speaking, tr
from fairlead.people.models import Worker
from fairlead.work.fields.definitions import Definitions, FieldDef, definitions, of_project, seen_by
from fairlead.work.fields.formulas import results
from fairlead.work.fields.models import OPTIONS, WORKERS, FieldValue, Kind
from fairlead.work.fields.stored import Values, people_of, values_of
from fairlead.work.fields.values import shown
from fairlead.work.models import Project, Task
from fairlead.work.states import State
from fairlead.work.types.models import TypeField

BATCH = 500
Given = Mapping[int, Any]
"""{field id: value}; None takes the value away. See `work.fields.values` for what a value is."""


class FieldsEmpty(Refused):
    """A field has no value that the task needs before it may go there."""

    code = "fields-empty"
    title = later("Some fields must be filled first")


def check_given(given: Given, project: Project, fields: Definitions, *, actor: Actor) -> None:
    """Refuse values for fields that the project does not have, or that this actor may not fill."""
    if not given:
        return
    here = {field.id: field for field in of_project(seen_by(actor, fields), project.pk)}
    for field_id, value in given.items():
        field = here.get(field_id)
        if field is None:
            raise Invalid(
                {"fields": tr("%(name)s has no such field. Switch it on under Settings, Fields.", name=project.name)}
            )
        if not field.typed:
            raise Invalid({f"fields.{field.key}": tr("%(name)s is worked out by its formula.", name=field.name)})
        if field.archived and value is not None:
            raise Invalid({f"fields.{field.key}": tr("%(name)s is archived and takes no new values.", name=field.name)})
        if field.kind in OPTIONS:
            _check_options(field, value)


def _check_options(field: FieldDef, value: Any) -> None:
    for pk in _parts(value):
        option = field.option(pk)
        if option is None or option.archived:
            raise Invalid({f"fields.{field.key}": tr("Choose one of the options of %(name)s.", name=field.name)})


def _check_people(fields: Iterable[FieldDef], given: Given, workspace_id: int) -> None:
    wanted = {pk for field in fields if field.kind in WORKERS for pk in _parts(given.get(field.id))}
    if wanted and Worker.objects.filter(workspace_id=workspace_id, pk__in=wanted).count() < len(wanted):
        raise Invalid({"fields": tr("Choose people from the directory.")})


def _tidy(value: Any) -> Any:
    """One way to be empty: None. A nought is not empty."""
    return None if value is False or value in ("", ()) else value


def _parts(value: Any) -> tuple[Any, ...]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def change_values(task: Task, given: Given, *, actor: Actor) -> dict[str, list[str]]:
    """Give the task these values; returns what differs as {name of the field: [before, after]} for the event."""
    fields = definitions(task.workspace_id)
    before = values_of([task.pk], of_project(fields, task.project_id)).get(task.pk, {})
    changed = {pk: tidy for pk, value in given.items() if (tidy := _tidy(value)) != before.get(pk)}
    check_given(changed, task.project, fields, actor=actor)
    known = {field.id: field for field in fields}
    _check_people([known[pk] for pk in changed], changed, task.workspace_id)
    people = people_of(task.workspace_id, [known[pk] for pk in changed])
    FieldValue.objects.filter(task=task, field_id__in=changed).delete()
    FieldValue.objects.bulk_create(_rows(task, changed, known), batch_size=BATCH)
    with speaking(ENGLISH):
        return {
            known[pk].name: [shown(known[pk], before.get(pk), people), shown(known[pk], value, people)]
            for pk, value in changed.items()
        }


def _rows(task: Task, values: Given, known: Mapping[int, FieldDef]) -> list[FieldValue]:
    return [
        FieldValue(workspace_id=task.workspace_id, task=task, field_id=pk, kind=known[pk].kind,
                   **{_attribute(known[pk]): part})
        for pk, value in values.items()
        for part in _parts(value)
    ]  # fmt: skip


def _attribute(field: FieldDef) -> str:
    return {"option": "option_id", "worker": "worker_id"}.get(field.column, field.column)


def insert_values(tasks: Sequence[Task], given: Sequence[Given], project: Project, *, actor: Actor) -> None:
    """The values of new tasks, and what their formulas give. Two statements per five hundred rows."""
    fields = of_project(definitions(project.workspace_id), project.pk)
    if not fields:
        if any(given):
            raise Invalid(
                {"fields": tr("%(name)s has no fields. Switch some on under Settings, Fields.", name=project.name)}
            )
        return
    known = {field.id: field for field in fields}
    filled = [{pk: tidy for pk, value in each.items() if (tidy := _tidy(value)) is not None} for each in given]
    for each in filled:
        check_given(each, project, fields, actor=actor)
        _check_people(fields, each, project.workspace_id)
    rows = [row for task, each in zip(tasks, filled, strict=True) for row in _rows(task, each, known)]
    for task, each in zip(tasks, filled, strict=True):
        rows += _rows(task, results(fields, each, task.effort_min), known)
    FieldValue.objects.bulk_create(rows, batch_size=BATCH)


def work_out(tasks: Collection[Task], *, fields: Definitions | None = None) -> None:
    """Work the formulas of these tasks out again and keep what they give."""
    if not tasks:
        return
    if fields is None:
        fields = definitions(next(iter(tasks)).workspace_id)
    formulas = {field.id: field for field in fields if field.kind == Kind.FORMULA}
    if not formulas:
        return
    values = values_of([task.pk for task in tasks], fields)
    FieldValue.objects.filter(task__in=tasks, field_id__in=formulas).delete()
    rows: list[FieldValue] = []
    for task in tasks:
        here = of_project(fields, task.project_id)
        rows += _rows(task, results(here, values.get(task.pk, {}), task.effort_min), formulas)
    FieldValue.objects.bulk_create(rows, batch_size=BATCH)


def check_filled(task: Task, to: State) -> None:
    """Refuse a state that asks for values which the task does not have, naming them."""
    if to not in (State.REVIEW, State.DONE):
        return
    here = of_project(definitions(task.workspace_id), task.project_id)
    needed = [field for field in here if field.needed_in(to) and not field.archived]
    if not needed:
        return
    shown_here = set(TypeField.objects.filter(type_id=task.type_id or 0).values_list("field_id", flat=True))
    needed = [field for field in needed if not shown_here or field.id in shown_here]
    have = values_of([task.pk], needed).get(task.pk, {})
    if missing := [field for field in needed if field.id not in have]:
        raise FieldsEmpty(
            told_empty(str(task), missing, to), fields={f"fields.{f.key}": tr("Fill this first.") for f in missing}
        )


def told_empty(key: str, missing: Sequence[FieldDef], to: State) -> str:
    """What is missing, and where it is filled."""
    names = ", ".join(field.name for field in missing)
    return tr(
        "Before %(state)s, fill %(names)s of %(key)s: open it at /tasks/%(key)s/#fields, or edit the cell in the list.",
        state=to.label,
        names=names,
        key=key,
    )


def current(task: Task, ids: Collection[int]) -> Values:
    """What the task has now in the fields with these ids."""
    fields = tuple(field for field in definitions(task.workspace_id) if field.id in ids)
    return values_of([task.pk], fields).get(task.pk, {})
