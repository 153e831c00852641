"""Forms of projects and tasks: they parse what was typed; whether it is allowed is the action's to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from fairlead.events.actor import Actor
from fairlead.lib.effort import parse_effort, write_effort
from fairlead.lib.errors import Missing
from fairlead.lib.speech import later, tr
from fairlead.people.queries import find_skill
from fairlead.work.models import Project, Status, Task
from fairlead.work.queries import find_task

DAY_ENDS: Final = time(18)
"""A due date that is typed as a day means this hour of it, in the reader's zone."""


class EffortField(forms.CharField):
    """An effort as people write it; cleans to minutes or None."""

    def clean(self, value: Any) -> Any:
        try:
            return parse_effort(str(super().clean(value)))
        except ValueError:
            raise forms.ValidationError(tr("Write it like 45m, 2h or 1d 4h.")) from None

    def prepare_value(self, value: Any) -> Any:
        return write_effort(value) if isinstance(value, int) else value


class DayField(forms.DateField):
    """A day; cleans to a date. An aware datetime as initial value is shown as its day in `zone`."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    zone = "UTC"

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(ZoneInfo(self.zone)).date() if isinstance(value, datetime) else value


class TaskForm(forms.Form):
    """Everything about a task that is typed. Needs come as rows of need_skill and need_level."""

    title = forms.CharField(label=later("Title"), max_length=240)
    description = forms.CharField(
        label=later("Description"), required=False, strip=False, max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=later("Markdown: **bold**, lists, tables, links."),
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=later("Priority"), choices=Task.Priority.choices, coerce=int, required=False, empty_value=""
    )
    effort_low_min = EffortField(label=later("Effort, low"), required=False)
    effort_min = EffortField(label=later("Effort, likely"), required=False)
    effort_high_min = EffortField(label=later("Effort, high"), required=False)
    release_at = DayField(label=later("Not before"), required=False)
    due_at = DayField(label=later("Due"), required=False)
    labels = forms.CharField(label=later("Labels"), required=False, help_text=later("Separated by commas."))
    parent = forms.CharField(label=later("Part of"), required=False, help_text=later("The key of a task, like WEB-12."))

    def __init__(
        self, data: Any = None, *, actor: Actor, zone: str, task: Task | None = None, initial: Any = None
    ) -> None:
        self.actor, self.zone, self.task = actor, zone, task
        super().__init__(data, initial=initial or (initial_values(task) if task else {}))
        for name in ("release_at", "due_at"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]

    def clean_priority(self) -> int:
        return int(self.cleaned_data["priority"] or 0)

    def clean_labels(self) -> list[str]:
        return str(self.cleaned_data["labels"]).split(",")

    def clean_parent(self) -> Task | None:
        """The parent that it has stays, also when that is in the trash."""
        kept = self.task.parent if self.task else None
        return kept if kept and self.cleaned_data["parent"].strip().upper() == str(kept) else self._task("parent")

    def _task(self, name: str) -> Task | None:
        try:
            return find_task(self.actor, self.cleaned_data[name]) if self.cleaned_data[name] else None
        except Missing as error:
            raise forms.ValidationError(error.detail) from None

    def clean_release_at(self) -> datetime | None:
        return self._moment("release_at", time(0))

    def clean_due_at(self) -> datetime | None:
        return self._moment("due_at", DAY_ENDS)

    def _moment(self, name: str, at: time) -> datetime | None:
        """The time that a typed day means; the task's own time when its day was left as it was."""
        day: date | None = self.cleaned_data[name]
        zone = ZoneInfo(self.zone)
        before: datetime | None = getattr(self.task, name) if self.task else None
        if before is not None and day == before.astimezone(zone).date():
            return before
        return datetime.combine(day, at, zone) if day else None

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["needs"], wrong = self._needs()
        for text in wrong:
            self.add_error(None, text)
        return self.cleaned_data

    def _needs(self) -> tuple[dict[int, int], list[str]]:
        needs: dict[int, int] = {}
        wrong: list[str] = []
        for name, level in self.need_rows():
            skill = find_skill(self.actor, name)
            if skill is None:
                wrong.append(
                    tr("There is no skill '%(name)s'. Choose one from the list, or add it under Skills.", name=name)
                )
            else:
                needs[skill.pk] = int(level) if level in "12345" and level else 3
        return needs, wrong

    def need_rows(self) -> list[tuple[str, str]]:
        """The needs as typed, or the task's: (name of the skill, level)."""
        if not self.is_bound:
            return [(row["name"], str(row["level"])) for row in self.initial.get("need_rows", ())]
        data: Any = self.data
        names, levels = data.getlist("need_skill"), data.getlist("need_level")
        return [(n.strip(), v) for n, v in zip(names, [*levels, *[""] * len(names)], strict=False) if n.strip()]


def initial_values(task: Task) -> dict[str, Any]:
    """What the form of an existing task begins with, but its needs."""
    plain = {name: getattr(task, name) for name in TaskForm.base_fields if name not in ("labels", "parent")}
    return {**plain, "labels": ", ".join(task.labels), "parent": str(task.parent) if task.parent else ""}


class NewTaskForm(TaskForm):
    """A new task also says in which project it is, in which column, and what it must fulfil."""

    project = forms.ModelChoiceField(
        label=later("Project"), queryset=Project.objects.none(), to_field_name="key", empty_label=None
    )
    status = forms.ModelChoiceField(
        queryset=Status.objects.none(), required=False, label=later("Column"), empty_label=later("Where work waits")
    )
    criteria = forms.CharField(
        required=False, label=later("Acceptance criteria"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=later("One a line. The task is done only when each is checked."),
    )  # fmt: skip
    type = forms.ChoiceField(
        label=later("Type"), required=False, help_text=later("What you leave empty is filled from its template.")
    )
    after = forms.CharField(
        required=False,
        label=later("Waits for"),
        help_text=later("Keys of tasks that must be done first: WEB-3, WEB-7."),
    )

    def clean_criteria(self) -> tuple[str, ...]:
        return tuple(line.strip(" -*\t") for line in self.cleaned_data["criteria"].splitlines() if line.strip(" -*\t"))

    def clean_after(self) -> tuple[int, ...]:
        try:
            return tuple(
                find_task(self.actor, key).pk for key in re.split(r"[\s,;]+", self.cleaned_data["after"]) if key
            )
        except Missing as error:
            raise forms.ValidationError(error.detail) from None


class ProjectForm(forms.Form):
    """A project's own fields."""

    name = forms.CharField(label=later("Name"), max_length=120)
    client = forms.CharField(label=later("Client"), max_length=120, required=False, help_text=later("For whom it is."))
    description = forms.CharField(
        label=later("Description"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    color = forms.IntegerField(label=later("Color"), min_value=0, max_value=11, required=False)

    def clean_color(self) -> int:
        return self.cleaned_data["color"] or 0


class NewProjectForm(ProjectForm):
    """A new project has a key too; left empty, one is made from the name."""

    key = forms.CharField(
        label=later("Key"),
        max_length=8,
        required=False,
        help_text=later("2 to 8 letters and digits, like WEB. Left empty, it is made from the name."),
    )
    private = forms.BooleanField(
        required=False,
        label=later("Private"),
        help_text=later("Only people whom you add, owners, admins and auditors see it. You lead it."),
    )
    field_order = ("name", "key", "client", "description", "color", "private")

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"]).strip().upper()


def suggested_key(name: str, taken: Iterable[str]) -> str:
    """A free key from a name: initials of several words, else its first letters, then with a number."""
    words = re.findall(r"[A-Za-z0-9]+", name.upper())
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    stem = re.sub(r"^[^A-Z]+", "", letters)[:6]
    stem = stem if len(stem) > 1 else (stem + "PR")[:3]
    known = set(taken)
    return next(key for key in (stem, *(f"{stem}{n}" for n in range(2, 99))) if key not in known)


class MoveForm(forms.Form):
    """Where a card was put."""

    status = forms.IntegerField(min_value=1)
    after = forms.CharField(required=False)
    version = forms.IntegerField(min_value=1, required=False)


def checked(form: forms.Form, names: Mapping[str, Any] | Iterable[str]) -> dict[str, Any]:
    """Some of the values of a valid form."""
    return {name: form.cleaned_data[name] for name in names}
