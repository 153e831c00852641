"""Teams: who is in which, how full they are and who is free next; making, changing and removing them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions as allocation
from fairlead.allocation.queries import TeamLoad, team_loads
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import later, later_as, tr
from fairlead.people import actions, queries
from fairlead.people.models import Team, Worker
from fairlead.people.permissions import may_manage_teams, may_see_directory
from fairlead.web.access import Request, member_page
from fairlead.web.filters import written
from fairlead.web.people_answer import FormPage, answer
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link

TEAM: Final = "team"
NOT_YOURS: Final = later("Teams are for the team. Ask an admin for another role.")
ONLY_MANAGERS: Final = later("Only a manager can change teams.")


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

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [("", tr("Nobody")), *people]  # type: ignore[attr-defined]
        self.fields["members"].choices = people  # type: ignore[attr-defined]

    def values(self, request: Request) -> dict[str, Any]:
        """What the actions take."""
        given = self.cleaned_data
        wanted = {*given["members"], *([given["lead"]] if given["lead"] else [])}
        found = {worker.pk: worker for worker in queries.visible_workers(request.actor).filter(pk__in=wanted)}
        return {
            "name": given["name"], "description": given["description"], "lead": found.get(given["lead"]),
            "members": [found[pk] for pk in given["members"] if pk in found],
        }  # fmt: skip


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """Every team with its people, four weeks of load and who is free next."""
    require(may_see_directory(request.actor), NOT_YOURS)
    now = timezone.now()
    values = {
        "rows": [_card(row, now) for row in team_loads(request.actor, now=now)],
        "manages": may_manage_teams(request.actor),
    }
    return page(request, "people/teams.jinja", values)


def _card(row: TeamLoad, now: datetime) -> dict[str, Any]:
    weeks = [
        {"label": written(w.starts_on, "day"), "hours": w.planned_min / 60, "capacity": w.capacity_min / 60}
        for w in row.weeks
    ]
    here = [member["id"] for member in row.team.members if row.now[member["id"]].is_working_now]
    return {"team": row.team, "weeks": weeks, "now": row.now, "here": len(here), "next": row.free_next, "at": now}


def _people(request: Request, team: Team | None = None) -> list[tuple[int, str]]:
    """Whom a team can have: active people, and whoever is in it all the same."""
    inside = set(team.members.values_list("worker_id", flat=True)) if team else set()
    lead = {team.lead_id} if team and team.lead_id else set()
    everybody = queries.visible_workers(request.actor).order_by("name", "pk")
    rows = everybody.values_list("pk", "name", "deactivated_at", "kind")
    kinds = dict(Worker.Kind.choices)
    return [
        (pk, name if kind == "employee" else f"{name} ({kinds[kind]})")
        for pk, name, gone, kind in rows
        if gone is None or pk in inside or pk in lead
    ]


@member_page
def new(request: Request) -> HttpResponse:
    """A form for another team."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    form = TeamForm(request.POST or None, people=_people(request))

    def act() -> str:
        made = actions.create_team(**form.values(request), actor=request.actor, now=timezone.now())
        return tr("%(name)s is a team now. Policies can name it.", name=made.name)

    return answer(request, form, FormPage(tr("New team"), tr("Make team"), (tr("Teams"), reverse("teams"))), act)


@member_page
def edit(request: Request, number: int) -> HttpResponse:
    """The name, the lead and the members of a team."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    team = queries.find_team(request.actor, number)
    initial = {
        "name": team.name, "description": team.description, "lead": team.lead_id,
        "members": list(team.members.values_list("worker_id", flat=True)),
    }  # fmt: skip
    form = TeamForm(request.POST or None, initial=initial, people=_people(request, team))
    was = actions.team_as_it_is(team)

    def undo() -> str:
        now_is = actions.team_as_it_is(team)
        back = reverse("team_former", args=[team.pk])
        return "" if now_is == was else undo_link(request, back, f"{TEAM} {team.pk}", {"was": was, "now": now_is})

    def act() -> str:
        try:
            allocation.change_team(team, **form.values(request), actor=request.actor, now=timezone.now())
        except allocation.TeamInUse as refusal:
            raise Invalid({"name": refusal.detail}) from refusal
        return tr("%(name)s was saved.", name=form.cleaned_data["name"])

    remove = {"remove": (tr("Remove %(name)s", name=team.name), reverse("team_remove", args=[team.pk]))}
    shown = FormPage(team.name, tr("Save"), (tr("Teams"), reverse("teams")), values=remove)
    return answer(request, form, shown, act, undo=undo)


@member_page
@require_POST
def former(request: Request, number: int) -> HttpResponse:
    """Undo of a change: who was in the team, who led it and what it was called."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    team = queries.find_team(request.actor, number)

    def act() -> str:
        kept = read_was(request, f"{TEAM} {team.pk}")
        allocation.change_team_back(team, kept["was"], seen=kept["now"], actor=request.actor, now=timezone.now())
        return tr("%(name)s is as before.", name=kept["was"]["name"])

    return taken_back(request, act, reverse("teams"))


@member_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Take a team away that no policy names."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    team = queries.find_team(request.actor, number)
    was = allocation.remove_team(team, actor=request.actor, now=timezone.now())
    told = tr("%(name)s is no team any more. Its people stay in the directory.", name=team.name)
    messages.success(request, told, extra_tags=undo_link(request, reverse("team_restore"), TEAM, was))
    return redirect("teams")


@member_page
@require_POST
def restore(request: Request) -> HttpResponse:
    """Undo of a removal."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)

    def act() -> str:
        team = allocation.restore_team(read_was(request, TEAM), actor=request.actor, now=timezone.now())
        return tr("%(name)s is back.", name=team.name)

    return taken_back(request, act, reverse("teams"))


urls = [
    path("people/teams/", index, name="teams"),
    path("people/teams/new/", new, name="team_new"),
    path("people/teams/restore/", restore, name="team_restore"),
    path("people/teams/<int:number>/", edit, name="team"),
    path("people/teams/<int:number>/former/", former, name="team_former"),
    path("people/teams/<int:number>/remove/", remove, name="team_remove"),
]
