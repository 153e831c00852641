"""The forms of the directory: they turn what was typed into values; the actions say what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms

from fairlead.accounts.choices import country_choices
from fairlead.events.actor import Actor
from fairlead.lib.days import WEEKDAYS
from fairlead.lib.speech import later, tr
from fairlead.lib.text import folded
from fairlead.people.actions.expertise import LEVELS
from fairlead.people.models import Skill, Worker, WorkerSkill
from fairlead.people.permissions import OWN_FIELDS
from fairlead.web.member_field import member_field

SPANS: Final = 3
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    """Every IANA zone that people live in, for a choice."""
    named = (
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "US/", "posix", "right"))
    )
    return [("UTC", "UTC"), *((z, z.replace("_", " ")) for z in sorted(named))]


def countries() -> list[tuple[str, str]]:
    """ISO 3166 codes with the names of the language that is spoken, by name."""
    return [("", tr("No public holidays")), *country_choices()]


class ProfileForm(forms.Form):
    """A worker's profile. `initial` comes from `profile_values`; `profile()` gives back what the actions take."""

    kind = forms.ChoiceField(label=later("Kind"), choices=Worker.Kind.choices, initial=Worker.Kind.EMPLOYEE)
    name = forms.CharField(label=later("Name"), max_length=120)
    headline = forms.CharField(
        label=later("Headline"), max_length=160, required=False, help_text=later("One line: what they are known for.")
    )
    email = forms.EmailField(label=later("E-mail"), required=False)
    about = forms.CharField(
        label=later("About"), required=False, max_length=20_000, strip=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=later("Markdown: **bold**, lists, links."),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=later("Time zone"), choices=zones, help_text=later("Weekly hours are on the clock of this zone.")
    )
    country = forms.ChoiceField(
        label=later("Country"),
        choices=countries,
        required=False,
        help_text=later("Public holidays of this country are days off."),
    )
    week_hours = forms.DecimalField(
        label=later("Most hours a week"), required=False, min_value=0, max_value=168, max_digits=5, decimal_places=2,
        help_text=later("A cap, however long the weekly hours are."),
    )  # fmt: skip
    max_tasks = forms.IntegerField(
        label=later("Most open tasks"), required=False, min_value=1, max_value=1000, help_text=later("Empty: no limit.")
    )
    day_hours = forms.DecimalField(
        label=later("Most hours a day"), required=False, min_value=Decimal("0.5"), max_value=24, max_digits=4,
        decimal_places=2, help_text=later("Of planned work. Empty: what the weekly hours hold."),
    )  # fmt: skip
    rest_hours = forms.DecimalField(
        label=later("Rest between two days, in hours"), required=False, min_value=0, max_value=24, max_digits=4,
        decimal_places=2, help_text=later("A day begins later when the one before it ended late."),
    )  # fmt: skip
    buffer_minutes = forms.IntegerField(
        label=later("Minutes around appointments"), required=False, min_value=0, max_value=240,
        help_text=later("Kept free before and after whatever your calendars say."),
    )  # fmt: skip
    gap_minutes = forms.IntegerField(
        label=later("Minutes between two tasks"), required=False, min_value=0, max_value=240,
        help_text=later("To breathe before the next one. Empty: as the workspace plans."),
    )  # fmt: skip
    lanes = forms.IntegerField(
        label=later("Tasks at the same time"), required=False, min_value=1, max_value=100,
        help_text=later("1 for people; AI agents can work on several."),
    )  # fmt: skip
    speed_percent = forms.IntegerField(
        label=later("Speed in %"), required=False, min_value=10, max_value=1000,
        help_text=later("100: as fast as efforts are estimated. 200: in half the time."),
    )  # fmt: skip
    rate = forms.DecimalField(
        label=later("Cost per hour"), required=False, min_value=0, max_value=100_000, max_digits=8, decimal_places=2
    )
    user = forms.Field(label=later("Account"), help_text=later("The member who signs in as this worker."))
    owner = forms.Field(label=later("Who answers for it"), help_text=later("For AI agents: a human."))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        currency: str,
        leave_out: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in {"user", "owner"} - set(leave_out):
            self.fields[name] = member_field(actor, self.fields[name])
        self.fields["rate"].label = tr("Cost per hour, %(currency)s", currency=currency)
        for name in leave_out:
            del self.fields[name]

    def profile(self) -> dict[str, Any]:
        """What `create_worker` and `change_worker` take; what was left empty and has no meaning is left out."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "week_hours" in values:
            values["week_minutes"] = _minutes(values.pop("week_hours"))
        if "day_hours" in values:
            values["day_minutes"] = _minutes(values.pop("day_hours"))
            values["rest_minutes"] = _minutes(values.pop("rest_hours"))
        if "rate" in values:
            values["rate_cents"] = int((values.pop("rate") or Decimal(0)) * 100)
        return {k: v for k, v in values.items() if v is not None or k in _MAY_BE_NOTHING}


_MAY_BE_NOTHING: Final = ("user", "owner", "max_tasks", "day_minutes", "gap_minutes")


def _minutes(hours: Decimal | None) -> int | None:
    return None if hours is None else int(hours * 60)


def profile_values(worker: Worker) -> dict[str, Any]:
    """The worker's profile as initial values of the form."""
    plain = (
        "kind",
        "name",
        "headline",
        "email",
        "about",
        "time_zone",
        "country",
        "max_tasks",
        "lanes",
        "speed_percent",
        "buffer_minutes",
        "gap_minutes",
    )
    return {
        **{name: getattr(worker, name) for name in plain},
        "week_hours": tidy_number(Decimal(worker.week_minutes) / 60),
        "day_hours": tidy_number(Decimal(worker.day_minutes) / 60) if worker.day_minutes else "",
        "rest_hours": tidy_number(Decimal(worker.rest_minutes) / 60),
        "rate": Decimal(worker.rate_cents) / 100,
        "user": worker.user_id, "owner": worker.owner_id, "version": worker.version,
    }  # fmt: skip


def tidy_number(number: Decimal) -> str:
    """`37.50` as `37.5`, `40.00` as `40`."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


NOT_OWN: Final = sorted(
    {"week_minutes": "week_hours", "rate_cents": "rate"}.get(name, name)
    for name in ("kind", "name", "email", "user", "owner", "lanes", "speed_percent", "rate_cents")
    if name not in OWN_FIELDS
)
"""The fields of the form that only managers see."""


def levels() -> list[tuple[int, str]]:
    """The five levels of a skill, for a choice."""
    return [(n, f"{n} · {word}") for n, word in LEVELS.items()]


class SkillLevelForm(forms.Form):
    """One skill of a worker."""

    skill = forms.TypedChoiceField(label=later("Skill"), coerce=int)
    level = forms.TypedChoiceField(label=later("Level"), coerce=int, choices=levels, initial=3)
    evidence = forms.CharField(
        label=later("What shows it"),
        max_length=300,
        required=False,
        help_text=later("A project, a certificate, a talk."),
    )
    evidence_url = forms.URLField(label=later("Link to it"), required=False, assume_scheme="https", max_length=200)
    last_used_on = forms.DateField(
        label=later("Last used"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=later("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=later("For certificates: after this day it no longer counts."),
    )  # fmt: skip

    def __init__(self, *args: Any, skills: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].choices = skills  # type: ignore[attr-defined]


def level_values(row: WorkerSkill) -> dict[str, Any]:
    """A held skill as initial values."""
    names = ("level", "evidence", "evidence_url", "last_used_on", "expires_on")
    return {"skill": row.skill_id, **{name: getattr(row, name) for name in names}}


class ClockField(forms.CharField):
    """A time of day as people write it (9, 9:30, 09.30, 24:00); cleans to minutes after midnight, or None."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 5, "maxlength": 5, "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = _TIME.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found and int(found[2] or 0) < 60 else 1441
        if minutes > 1440:
            raise forms.ValidationError(tr("“%(typed)s” is not a time of day; write it like 9:30.", typed=text))
        return minutes

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) else value


class HoursForm(forms.Form):
    """A week of hours: some intervals for each day, in fields such as d0_1_from and d0_1_to."""

    def __init__(self, *args: Any, spans: int = SPANS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spans = spans
        for day, span in self._all():
            words = {"from": tr("%(day)s from", day=WEEKDAYS[day]), "to": tr("%(day)s until", day=WEEKDAYS[day])}
            for end, label in words.items():
                self.fields[f"d{day}_{span}_{end}"] = ClockField(required=False, label=label)

    def _all(self) -> list[tuple[int, int]]:
        return [(day, span) for day in range(7) for span in range(self.spans)]

    def clean(self) -> dict[str, Any]:
        """Both ends of an interval, or neither."""
        for day, span in self._all():
            ends = [f"d{day}_{span}_from", f"d{day}_{span}_to"]
            missing = [name for name in ends if self.cleaned_data.get(name) is None and name not in self.errors]
            if len(missing) == 1:
                self.add_error(missing[0], tr("%(day)s: an interval needs both a start and an end.", day=WEEKDAYS[day]))
        return self.cleaned_data

    def hours(self) -> list[tuple[int, int, int]]:
        """What `set_hours` takes."""
        typed = [(d, *(self.cleaned_data[f"d{d}_{s}_{end}"] for end in ("from", "to"))) for d, s in self._all()]
        return [(day, low, high) for day, low, high in typed if low is not None]

    def rows(self) -> list[dict[str, Any]]:
        """The days with their bound fields, for the template."""
        return [
            {
                "name": name,
                "spans": [(self[f"d{day}_{s}_from"], self[f"d{day}_{s}_to"]) for s in range(self.spans)],
                "errors": [
                    e for s in range(self.spans) for end in ("from", "to") for e in self[f"d{day}_{s}_{end}"].errors
                ],
            }
            for day, name in enumerate(WEEKDAYS)
        ]


def hours_values(hours: Iterable[tuple[int, int, int]]) -> tuple[dict[str, int], int]:
    """Weekly hours as initial values, and how many intervals a day must have room for."""
    values: dict[str, int] = {}
    filled = [0] * 7
    for day, start, end in hours:
        values |= {f"d{day}_{filled[day]}_from": start, f"d{day}_{filled[day]}_to": end}
        filled[day] += 1
    return values, max(SPANS, *filled)


class AwayForm(forms.Form):
    """Not at work from today on."""

    ends_on = forms.DateField(
        label=later("Until, that day included"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class TimeOffForm(forms.Form):
    """Days away."""

    starts_on = forms.DateField(
        label=later("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=later("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=later("Reason"), max_length=160, required=False, help_text=later("Seen by your managers and colleagues.")
    )


class DeclineForm(forms.Form):
    """Why not."""

    note = forms.CharField(
        label=later("Why not"), max_length=300, required=False, help_text=later("They read this on their profile.")
    )


class PreferencesForm(forms.Form):
    """Wishes, one to a line: a skill by any of its names, else a label of tasks."""

    wants = forms.CharField(
        label=later("Likes to do"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=later("One to a line: a skill, or a label that tasks carry."),
    )  # fmt: skip
    avoids = forms.CharField(
        label=later("Would rather not"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=later("A wish, not a rule: it makes somebody else more likely."),
    )  # fmt: skip

    def wishes(self, name: str, index: Mapping[str, Skill]) -> list[Skill | str]:
        """The lines of a field as skills, where `index` knows them, and labels."""
        lines = [" ".join(line.split()) for line in re.split(r"[\n,;]", self.cleaned_data[name])]
        return [index.get(folded(line), line) for line in lines if line]


class SkillForm(forms.Form):
    """An entry of the taxonomy."""

    name = forms.CharField(label=later("Name"), max_length=80)
    synonyms = forms.CharField(
        label=later("Other names"), required=False, max_length=2000,
        help_text=later("With commas between them. Whoever types one of these means this skill."),
    )  # fmt: skip
    parent = forms.TypedChoiceField(
        label=later("Part of"), required=False, coerce=int, empty_value=None,
        help_text=later("Who has this skill also has the broader one, one level lower."),
    )  # fmt: skip
    description = forms.CharField(label=later("Description"), max_length=300, required=False)

    def __init__(self, *args: Any, skills: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", tr("Nothing broader")), *skills]  # type: ignore[attr-defined]

    def clean_synonyms(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["synonyms"].split(",") if name.strip()]


class MergeForm(forms.Form):
    """Which entry stays."""

    into = forms.TypedChoiceField(label=later("Merge into"), coerce=int)

    def __init__(self, *args: Any, skills: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", tr("Choose the skill that stays")), *skills]  # type: ignore[attr-defined]
