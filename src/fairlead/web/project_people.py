"""The people of a project: who belongs to it and as what, and whether it is private."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts.permissions import STAFF
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.membership import ProjectRole
from fairlead.work.models import Project
from fairlead.work.permissions import may_manage_people, may_see_people
from fairlead.work.queries import find_project
from fairlead.work.queries.people import (
    TEAM,
    USER,
    WORKER,
    addable,
    belongings,
    find_belonging,
    find_person,
    outside_holders,
    standing_elsewhere,
)

MEMBER: Final = "project member "
"""What stands before the key of the project where an undo brings somebody back."""
FOR_TEAM: Final = later("Who belongs to a project is for the team.")
ROLES: Final = {
    ProjectRole.LEAD.value: later("Settings, columns, people and clients; every task"),
    ProjectRole.CONTRIBUTOR.value: later("Adds tasks; changes those that they hold or wrote; can be given work"),
    ProjectRole.COMMENTER.value: later("Reads and comments"),
    ProjectRole.VIEWER.value: later("Reads"),
}
"""What each project role is for, in the words of the page."""
GROUPS: Final = {USER: later("People"), WORKER: later("Without an account"), TEAM: later("Teams")}


@member_page
@require_safe
def index(request: Request, key: str) -> HttpResponse:
    """Everybody who belongs to the project, and who else sees it."""
    return _page(request, _seen(request, key))


def _seen(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    require(may_see_people(request.actor, project), FOR_TEAM)
    return project


def _managed(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    require(may_manage_people(request.actor, project), actions.ONLY_LEADS)
    return project


def _page(request: Request, project: Project, *, error: str = "") -> HttpResponse:
    may = may_manage_people(request.actor, project)
    people = belongings(project)
    values: dict[str, Any] = {
        "project": project,
        "people": people,
        "me": next((one.id for one in people if one.kind == USER and one.number == request.user.pk), None),
        "may_manage": may,
        "roles": [(value, ProjectRole(value).label) for value in ROLES],
        "about_roles": [(ProjectRole(value).label, text) for value, text in ROLES.items()],
        "groups": [(GROUPS[kind], kind, rows) for kind, rows in addable(project).items() if rows] if may else [],
        "error": error,
        "chosen": request.POST.get("who", ""),
    }
    return page(request, "projects/people.jinja", values, status=422 if error else 200)


@member_page
@require_POST
def add(request: Request, key: str) -> HttpResponse:
    """One more person, worker or team. `who`: the kind and the number, like user:12."""
    project = _managed(request, key)
    kind, _, text = request.POST.get("who", "").partition(":")
    number = int(text) if text.isdecimal() and len(text) < 16 else 0
    try:
        who = find_person(request.actor, kind, number)
        entry = actions.put_member(project, who, request.POST.get("role", ""), actor=request.actor, now=timezone.now())
    except (Invalid, Missing) as refused:
        return _page(request, project, error=refused.detail)
    messages.success(request, tr("%(entry)s belongs to %(name)s now.", entry=entry, name=project.name))
    return redirect("project-people", project.key)


@member_page
@require_POST
def change(request: Request, key: str, entry: int) -> HttpResponse:
    """Another role for one entry."""
    project = _managed(request, key)
    found = find_belonging(project, entry)
    who = found.user or found.worker or found.team
    try:
        if who is not None:
            actions.put_member(project, who, request.POST.get("role", ""), actor=request.actor, now=timezone.now())
    except (Invalid, Conflict) as refused:
        return _page(request, project, error=refused.detail)
    messages.success(request, tr("The role was saved."))
    return redirect("project-people", project.key)


@member_page
@require_POST
def remove(request: Request, key: str, entry: int) -> HttpResponse:
    """One entry less."""
    project = _managed(request, key)
    found = find_belonging(project, entry)
    told = tr("%(found)s does not belong to %(name)s any more.", found=found, name=project.name)
    undo = f"/projects/{project.key}/people/restore/"
    return _let_go(request, project, actions.remove_member, found, told=told, undo=undo)


@member_page
@require_POST
def restore(request: Request, key: str) -> HttpResponse:
    """Undo of a removal."""
    project = _managed(request, key)

    def act() -> str:
        was = read_was(request, MEMBER + project.key)
        entry = actions.restore_member(project, was, actor=request.actor, now=timezone.now())
        return tr("%(entry)s belongs to %(name)s again.", entry=entry, name=project.name)

    return taken_back(request, act, reverse("project-people", args=[project.key]))


@member_page
@require_POST
def come_back(request: Request, key: str) -> HttpResponse:
    """Undo of leaving, also where one does not see the project any more."""
    require(request.actor.role in STAFF, FOR_TEAM)
    project = Project.objects.filter(workspace_id=request.actor.workspace_id, key=key).first()
    if project is None:
        raise Missing(tr("There is nothing here that could be taken back."))

    def act() -> str:
        was = read_was(request, MEMBER + project.key)
        actions.return_to_project(project, was, actor=request.actor, now=timezone.now())
        return tr("You belong to %(name)s again.", name=project.name)

    return taken_back(request, act, reverse("project-people", args=[project.key]))


@member_page
@require_POST
def leave(request: Request, key: str) -> HttpResponse:
    """Belong to the project no longer."""
    project = _seen(request, key)
    told, undo = tr("You left %(name)s.", name=project.name), f"/projects/{project.key}/people/come-back/"
    return _let_go(request, project, actions.leave_project, project, told=told, undo=undo)


def _let_go(
    request: Request, project: Project, act: Callable[..., dict[str, Any]], of: object, *, told: str, undo: str
) -> HttpResponse:  # fmt: skip
    """Back to the list of people, for who still sees it; else to the projects that they see. With a way back."""
    try:
        was = act(of, actor=request.actor, now=timezone.now())
    except Conflict as refused:
        return _page(request, project, error=refused.detail)
    messages.success(request, told, extra_tags=undo_link(request, undo, MEMBER + project.key, was))
    try:
        find_project(request.actor, project.key)
    except Missing:
        return redirect("projects")
    return redirect("project-people", project.key)


@member_page
def make_private(request: Request, key: str) -> HttpResponse:
    """Say what changes, then make the project private."""
    project = _managed(request, key)
    if request.method == "POST":
        actions.make_private(project, actor=request.actor, now=timezone.now())
        messages.success(request, tr("%(name)s is private. Add the people who should see it.", name=project.name))
        return redirect("project-people", project.key)
    values = {
        "project": project,
        "people": belongings(project),
        "holders": list(outside_holders(project).values_list("name", flat=True)),
        "elsewhere": standing_elsewhere(project),
    }
    return page(request, "projects/private.jinja", values)


@member_page
def make_open(request: Request, key: str) -> HttpResponse:
    """Say what changes, then open the project to the team."""
    project = _managed(request, key)
    if request.method == "POST":
        actions.make_open(project, actor=request.actor, now=timezone.now())
        messages.success(request, tr("%(name)s is open to the whole team.", name=project.name))
        return redirect("project-people", project.key)
    return page(request, "projects/open.jinja", {"project": project, "people": belongings(project)})


urls = [
    path("projects/<project:key>/people/", index, name="project-people"),
    path("projects/<project:key>/people/add/", add, name="add-project-member"),
    path("projects/<project:key>/people/leave/", leave, name="leave-project"),
    path("projects/<project:key>/people/restore/", restore, name="restore-project-member"),
    path("projects/<project:key>/people/come-back/", come_back, name="return-to-project"),
    path("projects/<project:key>/people/<int:entry>/role/", change, name="change-project-member"),
    path("projects/<project:key>/people/<int:entry>/remove/", remove, name="remove-project-member"),
    path("projects/<project:key>/private/", make_private, name="make-private"),
    path("projects/<project:key>/open/", make_open, name="make-open"),
]
