"""Forms of the workspace's fields; whether what was typed is right is the action's to say."""

from __future__ import annotations

from typing import Any

from django import forms

from fairlead.lib.speech import later
from fairlead.web.access import Request
from fairlead.work.actions import OptionIn
from fairlead.work.fields.models import OPTIONS, Field, Kind
from fairlead.work.models import Project
from fairlead.work.queries import visible_projects
from fairlead.work.states import State

REQUIRED = [("", "Never"), (State.REVIEW.value, later("Before In review")), (State.DONE.value, later("Before Done"))]
COLORS = ["Red", "Blue", "Green", "Violet", "Amber", "Teal", "Pink", "Indigo", "Lime", "Sky", "Orange", "Grey"]


class FieldTexts(forms.Form):
    """What can be said about every field."""

    name = forms.CharField(max_length=60)
    hint = forms.CharField(
        label="Help", max_length=200, required=False, help_text="One line below the field on the task's page."
    )
    unit = forms.CharField(label="Unit", max_length=12, required=False, help_text="Such as kg or pages.")
    decimals = forms.IntegerField(label="Decimals", min_value=0, max_value=4, required=False)
    currency = forms.CharField(label="Currency", max_length=3, required=False, help_text="Three letters, such as EUR.")
    as_money = forms.BooleanField(label="It gives an amount of money", required=False)
    formula = forms.CharField(
        label="Formula", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
    )
    required_from = forms.ChoiceField(
        label="Must be filled", choices=REQUIRED, required=False,
        help_text="A task without it is not moved any further, wherever somebody tries.",
    )  # fmt: skip
    for_clients = forms.BooleanField(label="Clients see it and fill it in requests", required=False)

    def texts(self, kind: str) -> dict[str, Any]:
        """What the actions take, without what this kind has not."""
        sent = self.cleaned_data
        counted, formula = kind in (Kind.NUMBER, Kind.FORMULA), kind == Kind.FORMULA
        return {
            "name": sent["name"], "hint": sent["hint"], "for_clients": sent["for_clients"],
            "unit": sent["unit"] if counted else "",
            "decimals": (sent["decimals"] or 0) if counted else 0,
            "currency": sent["currency"] if kind == Kind.MONEY or (formula and sent["as_money"]) else "",
            "formula": sent["formula"] if formula else "",
            "required_from": "" if formula else sent["required_from"],
        }  # fmt: skip


class NewFieldForm(FieldTexts):
    """A new field also has a kind, a key and the options of a list, one a line."""

    kind = forms.ChoiceField(choices=Kind.choices)
    key = forms.CharField(
        max_length=40, required=False,
        help_text="Its name in searches and the API. Left empty, it is made from the name; it never changes.",
    )  # fmt: skip
    options = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One a line.")

    def values(self) -> dict[str, Any]:
        sent = self.cleaned_data
        lines = [line.strip() for line in sent["options"].splitlines() if line.strip()]
        options = tuple(OptionIn(name, color=place % len(COLORS)) for place, name in enumerate(lines))
        chosen = options if sent["kind"] in OPTIONS else ()
        return {**self.texts(sent["kind"]), "kind": sent["kind"], "key": sent["key"], "options": chosen}


class FieldForm(FieldTexts):
    """An existing field."""

    def __init__(self, data: Any, *, field: Field) -> None:
        self.field = field
        initial = {name: getattr(field, name) for name in FieldTexts.base_fields if name != "as_money"}
        super().__init__(data, initial={**initial, "as_money": bool(field.currency)})

    def version(self) -> int | None:
        text = str(self.data.get("version", ""))
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def changes(self, request: Request) -> dict[str, Any]:
        """What the action takes; for a list also its options as the rows have them."""
        values = self.texts(self.field.kind)
        if self.field.kind in OPTIONS and "option_name" in request.POST:
            values["options"] = sent_options(request)
        return values


def sent_options(request: Request) -> tuple[OptionIn, ...]:
    """The rows of options in the order wanted; an empty name removes one. `move` is "3:up" or "3:down"."""
    post = request.POST
    rows = list(zip(post.getlist("option_id"), post.getlist("option_name"), post.getlist("option_color"), strict=False))
    archived = set(post.getlist("option_archived"))
    found = [
        OptionIn(name.strip(), color=int(color) if color.isdecimal() and len(color) < 3 else 0,
                 archived=pk in archived, id=int(pk) if pk.isdecimal() and len(pk) < 16 else None)
        for pk, name, color in rows
        if name.strip()
    ]  # fmt: skip
    at, _, way = post.get("move", "").partition(":")
    if at.isdecimal() and int(at or 0) < len(found):
        place = int(at)
        other = place - 1 if way == "up" else place + 1
        if 0 <= other < len(found):
            found[place], found[other] = found[other], found[place]
    return tuple(found)


def options_of(request: Request, field: Field) -> list[dict[str, Any]]:
    """The rows of the options' editor: what was typed, else what is saved."""
    if "option_name" in request.POST:
        sent = sent_options(request)
        return [{"id": o.id or "", "name": o.name, "color": o.color, "archived": o.archived} for o in sent]
    rows = field.options.order_by("position", "id").values("id", "name", "color", "archived_at")
    return [{**row, "archived": row["archived_at"] is not None} for row in rows]


def projects_of(request: Request) -> tuple[Project, ...]:
    """The projects that were ticked."""
    return tuple(visible_projects(request.actor).filter(key__in=request.POST.getlist("project")).order_by("key"))
