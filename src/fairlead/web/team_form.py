"""The form of a team: its people are ticked in a list, or found by typing where there are too many for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet

from fairlead.lib.speech import later, later_as, tr
from fairlead.people import queries
from fairlead.people.models import Team, Worker
from fairlead.web.access import Request
from fairlead.web.member_field import LISTED_PEOPLE
from fairlead.web.people import number_in

FOUND: Final = 12
Choice = tuple[int, str]


@dataclass(frozen=True)
class Choosable:
    """Whom a team can have: active people, and whoever is in it all the same.

    `inside`: who is in it, or everybody where they are few. `ticked` and `found`: who was chosen beside them, and who
    matches `text`; `more`: not all who do.
    """

    everybody: QuerySet[Worker]
    inside: list[Choice]
    many: bool = False
    ticked: tuple[Choice, ...] = ()
    found: tuple[Choice, ...] = ()
    more: bool = False
    text: str = ""

    @property
    def all(self) -> list[Choice]:
        """By name."""
        if not self.many:
            return self.inside
        return sorted((*self.inside, *self.ticked, *self.found), key=lambda choice: choice[1].casefold())


def choosable(request: Request, team: Team | None = None) -> Choosable:
    """As the request has it: what was ticked and typed in the form, or in the address while somebody searches."""
    inside = set(team.members.values_list("worker_id", flat=True)) if team else set()
    kept = inside | ({team.lead_id} if team and team.lead_id else set())
    workers = queries.visible_workers(request.actor)
    everybody = workers.filter(Q(deactivated_at__isnull=True) | Q(pk__in=kept)).order_by("name", "pk")
    some = _choices(everybody[: LISTED_PEOPLE + 1])
    if len(some) <= LISTED_PEOPLE:
        return Choosable(everybody, some)
    given = request.POST if request.method == "POST" else request.GET
    numbers = {number_in(text) for text in (*given.getlist("members"), given.get("lead"))}
    ticked = {pk for pk in numbers if pk} | kept - inside
    text = " ".join(given.get("find", "").replace("\0", "").split())[:80]
    matching = queries.workers_like(everybody, text).exclude(pk__in=inside | ticked) if text else everybody.none()
    found = _choices(matching[: FOUND + 1], address=True)
    return Choosable(
        everybody, _choices(everybody.filter(pk__in=inside)), many=True, text=text, found=tuple(found[:FOUND]),
        ticked=tuple(_choices(everybody.filter(pk__in=ticked - inside), address=True)), more=len(found) > FOUND,
    )  # fmt: skip


def _choices(workers: QuerySet[Worker], *, address: bool = False) -> list[Choice]:
    """Names, with the kind of whoever is no employee; with the address, too, where namesakes are to be told apart."""
    kinds = dict(Worker.Kind.choices)
    rows = workers.values_list("pk", "name", "kind", "email")
    return [
        (pk, (name if kind == "employee" else f"{name} ({kinds[kind]})") + (f", {email}" if address and email else ""))
        for pk, name, kind, email in rows
    ]


class TeamForm(forms.Form):
    """A team with its people."""

    name = forms.CharField(
        label=later("Name"), max_length=80, widget=forms.TextInput(attrs={"placeholder": later_as("team", "Design")})
    )
    description = forms.CharField(label=later("What it is for"), max_length=300, required=False)
    lead = forms.TypedChoiceField(label=later_as("team", "Lead"), required=False, coerce=int, empty_value=None)
    members = forms.TypedMultipleChoiceField(
        label=later("Members"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    find = forms.CharField(label=later("Find people"), required=False)

    def __init__(self, *args: Any, people: Choosable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["lead"].choices = [("", tr("Nobody")), *people.all]  # type: ignore[attr-defined]
        self.fields["members"].choices = people.all  # type: ignore[attr-defined]
        if people.many:
            self.fields["lead"].help_text = tr("One of the members, or somebody whom you find below.")
        else:
            del self.fields["find"]

    def clean_find(self) -> str:
        """What was typed finds people; whoever is meant is ticked. Left over where nobody is, it is no empty wish."""
        chosen = {*self.cleaned_data.get("members", ()), self.cleaned_data.get("lead")} - {None}
        text = self.people.text
        if text and not queries.workers_like(self.people.everybody, text).filter(pk__in=chosen).exists():
            raise forms.ValidationError(
                tr("Tick whom you mean, or empty this field.") if self.people.found
                else tr("Nobody is called like this. Type another part of the name.")
            )  # fmt: skip
        return text

    def values(self, request: Request) -> dict[str, Any]:
        """What the actions take."""
        given = self.cleaned_data
        wanted = {*given["members"], *([given["lead"]] if given["lead"] else [])}
        found = {worker.pk: worker for worker in queries.visible_workers(request.actor).filter(pk__in=wanted)}
        return {
            "name": given["name"], "description": given["description"], "lead": found.get(given["lead"]),
            "members": [found[pk] for pk in given["members"] if pk in found],
        }  # fmt: skip


def initial(request: Request, people: Choosable, team: Team | None = None) -> dict[str, Any]:
    """The team as it is, with what is ticked and chosen in the address."""
    members = [pk for pk, _ in people.inside] if people.many else _members(team)
    given = request.GET
    asked = {pk for text in given.getlist("members") if (pk := number_in(text))}
    return {
        "name": team.name if team else "", "description": team.description if team else "", "find": people.text,
        "lead": number_in(given.get("lead")) if "lead" in given else team.lead_id if team else None,
        "members": [*members, *(asked - set(members))],
    }  # fmt: skip


def _members(team: Team | None) -> Collection[int]:
    return list(team.members.values_list("worker_id", flat=True)) if team else []
