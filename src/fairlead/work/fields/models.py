"""Custom fields: their definitions, where they are switched on, and the values that tasks have in them."""

from __future__ import annotations

from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later, later_as
from fairlead.work.states import State

KEY: Final = r"^[a-z][a-z0-9_]{0,39}$"


class Kind(models.TextChoices):
    """What a field holds."""

    TEXT = "text", later("Text")
    LONG = "long", later("Long text")
    NUMBER = "number", later("Number")
    MONEY = "money", later("Money")
    DATE = "date", later_as("field", "Date")
    SELECT = "select", later("One of a list")
    MULTI = "multi", later("Several of a list")
    PERSON = "person", later("Person")
    PEOPLE = "people", later("People")
    CHECK = "check", later("Checkbox")
    LINK = "link", later("Link")
    FORMULA = "formula", later("Formula")


COLUMN: Final[dict[str, str]] = {
    Kind.TEXT: "text", Kind.LONG: "text", Kind.LINK: "text", Kind.NUMBER: "number", Kind.FORMULA: "number",
    Kind.MONEY: "minor", Kind.DATE: "day", Kind.SELECT: "option", Kind.MULTI: "option", Kind.PERSON: "worker",
    Kind.PEOPLE: "worker", Kind.CHECK: "flag",
}  # fmt: skip
"""The column of FieldValue in which each kind stands."""
COLUMNS: Final = ("text", "number", "minor", "day", "option", "worker", "flag")
OPTIONS: Final = (Kind.SELECT, Kind.MULTI)
WORKERS: Final = (Kind.PERSON, Kind.PEOPLE)
MANY: Final = (Kind.MULTI, Kind.PEOPLE)
"""Kinds of which a task has any number of rows, each once; of the others it has one."""
MAX_CHOICES: Final = 50
COUNTED: Final = (Kind.NUMBER, Kind.MONEY, Kind.FORMULA)
"""Kinds that are set to the right in lists."""
REQUIRED_FROM: Final = (State.REVIEW, State.DONE)


class Field(models.Model):
    """A fact that the workspace keeps about tasks. `key` names it in searches, policies and the API and never changes.

    `decimals` and `unit` are those of a number, `currency` that of money (and of a formula that gives money).
    `required_from`: a task does not get that far without a value. `for_clients`: clients see it too.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    key = models.CharField(max_length=40, validators=[RegexValidator(KEY)])
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind)
    hint = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    formula = models.CharField(max_length=500, blank=True)
    required_from = models.CharField(max_length=10, blank=True, choices=[(s.value, s.label) for s in REQUIRED_FROM])
    for_clients = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=Q(deleted_at__isnull=True), name="field_key_once"
            ),
            models.UniqueConstraint(fields=["id", "kind"], name="field_kind_key"),
            models.CheckConstraint(condition=Q(key__regex=KEY), name="field_key_shape"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="field_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="field_has_name"),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="field_decimals"),
            models.CheckConstraint(condition=~Q(kind="money") | Q(currency__regex="^[A-Z]{3}$"), name="field_currency"),
            models.CheckConstraint(condition=~Q(kind="formula") | ~Q(formula=""), name="field_formula"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldOption(models.Model):
    """One choice of a list. An archived one stays where it was chosen and is offered no more."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    field = models.ForeignKey(Field, models.CASCADE, related_name="options")
    name = models.CharField(max_length=60)
    color = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["field", "name"], name="option_name_once"),
            models.CheckConstraint(condition=Q(color__lte=11), name="option_color_known"),
            models.CheckConstraint(condition=~Q(name=""), name="option_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectField(models.Model):
    """A field that is switched on in a project; `on_card`: the board shows it on its cards."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE, related_name="fields_on")
    field = models.ForeignKey(Field, models.CASCADE, related_name="projects_on")
    on_card = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "field"], name="project_field_once")]

    def __str__(self) -> str:
        return f"{self.field} in {self.project}"


def _only(column: str) -> Q:
    """Exactly this column is set."""
    return Q(**{f"{name}__isnull": name != column for name in COLUMNS})


def _right_column() -> Q:
    wanted = Q()
    for column in COLUMNS:
        kinds = [str(kind.value) for kind in Kind if COLUMN[kind] == column]
        wanted |= Q(kind__in=kinds) & _only(column)
    return wanted


class FieldValue(models.Model):
    """What a task has in a field: one row, or one for each choice of a list and each person.

    `kind` repeats the field's kind (the database keeps the two equal), and the column of that kind is the one set:
    `minor` is money in minor units, `flag` a box that is checked. What is empty has no row.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="field_values")
    field = models.ForeignKey(Field, models.CASCADE, related_name="values")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(null=True, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    minor = models.BigIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    option = models.ForeignKey(FieldOption, models.CASCADE, null=True, blank=True)
    worker = models.ForeignKey("people.Worker", models.CASCADE, null=True, blank=True)
    flag = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "field"], condition=~Q(kind__in=["multi", "people"]), name="field_value_once"
            ),
            models.UniqueConstraint(fields=["task", "field", "option"], name="field_value_option_once"),
            models.UniqueConstraint(fields=["task", "field", "worker"], name="field_value_worker_once"),
            models.CheckConstraint(condition=_right_column(), name="field_value_column"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(flag=False), name="field_value_not_empty"),
        ]
        indexes = [
            models.Index(fields=["field", "number"], name="value_number", condition=Q(number__isnull=False)),
            models.Index(fields=["field", "minor"], name="value_minor", condition=Q(minor__isnull=False)),
            models.Index(fields=["field", "day"], name="value_day", condition=Q(day__isnull=False)),
            models.Index(fields=["field", "option"], name="value_option", condition=Q(option__isnull=False)),
            models.Index(fields=["field", "worker"], name="value_worker", condition=Q(worker__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.task}"
