"""Teams: who is in which, how full they are and who is free next; making, changing and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions as allocation
from fairlead.allocation.queries import TeamLoad, team_loads
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import later, tr
from fairlead.people import actions, queries
from fairlead.people.permissions import may_manage_teams, may_see_directory
from fairlead.people.queries import TeamRow
from fairlead.web.access import Request, member_page
from fairlead.web.filters import written
from fairlead.web.people import neighbours, number_in
from fairlead.web.people_answer import FormPage, answer
from fairlead.web.render import page
from fairlead.web.team_form import Choosable, TeamForm, choosable, initial
from fairlead.web.undoing import read_was, taken_back, undo_link

TEAM: Final = "team"
NOT_YOURS: Final = later("Teams are for the team. Ask an admin for another role.")
ONLY_MANAGERS: Final = later("Only a manager can change teams.")
PAGE_TEAMS: Final = 12
PEOPLE_AT_ONCE: Final = 60
"""How many people's load is worked out with a page."""
MEMBERS_SHOWN: Final = 12


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The teams of a page, or the one of ?only=, with their people, four weeks of load and who is free next."""
    require(may_see_directory(request.actor), NOT_YOURS)
    now, text = timezone.now(), request.GET.get("q", "").replace("\0", "")[:80]
    only = number_in(request.GET.get("only"))
    if only is None:
        start = number_in(request.GET.get("from")) or 0
        teams, first, total = queries.team_page(request.actor, text, start=start, size=PAGE_TEAMS)
    else:
        teams, first, total = queries.team_rows(request.actor, only=queries.find_team(request.actor, only).pk), 0, 1
    known = teams if only is not None else _known_at_once(teams)
    loads = {row.team.id: row for row in team_loads(request.actor, known, now=now)}
    values = {
        "rows": [_card(team, loads.get(team.id)) for team in teams], "first": first, "total": total, "only": only,
        "pages": neighbours(request, first, total, size=PAGE_TEAMS), "text": text,
        "searched": bool(text) or total > PAGE_TEAMS, "members_shown": MEMBERS_SHOWN,
        "manages": may_manage_teams(request.actor),
    }  # fmt: skip
    return page(request, "people/teams.jinja", values, block="list")


def _known_at_once(teams: Sequence[TeamRow]) -> list[TeamRow]:
    """Those whose load comes with the page: the first ones that have few people together. The others say theirs when
    somebody looks at them."""
    people = accumulate(len(team.members) for team in teams)
    return [team for team, so_far in zip(teams, people, strict=True) if so_far <= PEOPLE_AT_ONCE]


def _card(team: TeamRow, load: TeamLoad | None) -> dict[str, Any]:
    if load is None:
        return {"team": team, "known": False}
    weeks = [
        {"label": written(w.starts_on, "day"), "hours": w.planned_min / 60, "capacity": w.capacity_min / 60}
        for w in load.weeks
    ]
    here = [member["id"] for member in team.members if load.now[member["id"]].is_working_now]
    return {
        "team": team, "known": True, "weeks": weeks, "now": load.now, "here": len(here), "next": load.free_next,
    }  # fmt: skip


@member_page
def new(request: Request) -> HttpResponse:
    """A form for another team."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    people = choosable(request)
    form = TeamForm(request.POST or None, initial=initial(request, people), people=people)

    def act() -> str:
        made = actions.create_team(**form.values(request), actor=request.actor, now=timezone.now())
        return tr("%(name)s is a team now. Policies can name it.", name=made.name)

    back = tr("Teams"), reverse("teams")
    return answer(request, form, FormPage(tr("New team"), tr("Make team"), back, **_fields(people)), act)


def _fields(people: Choosable, **values: object) -> dict[str, Any]:
    """How the form is shown: one field below the other, or with a field that finds people where they are many."""
    return {"fields": "people/_fields_team.jinja" if people.many else "", "values": {"people": people, **values}}


@member_page
def edit(request: Request, number: int) -> HttpResponse:
    """The name, the lead and the members of a team."""
    require(may_manage_teams(request.actor), ONLY_MANAGERS)
    team = queries.find_team(request.actor, number)
    people = choosable(request, team)
    form = TeamForm(request.POST or None, initial=initial(request, people, team), people=people)
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

    remove = tr("Remove %(name)s", name=team.name), reverse("team_remove", args=[team.pk])
    shown = FormPage(team.name, tr("Save"), (tr("Teams"), reverse("teams")), **_fields(people, remove=remove))
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
