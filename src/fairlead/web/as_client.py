"""What a client would see of a project, for its managers: to look at only, with a banner, and noted in the log."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from fairlead.accounts.brand import brand_of
from fairlead.accounts.models import Membership, Role
from fairlead.accounts.queries import actor_of
from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.portal import index_values, portal_page, request_values
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.models import Project, ProjectClient
from fairlead.work.permissions import may_manage_project
from fairlead.work.queries import find_project
from fairlead.work.queries.portal import find_request

LOOKS: Final = "as_client"
"""In the session: the project and the client at whose view the member looks."""


def _managed(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    require(may_manage_project(request.actor, project), tr("Only managers see a project as a client. Ask one of them."))
    return project


def _client(project: Project, user_id: int) -> Membership:
    shared = ProjectClient.objects.filter(project=project, user_id=user_id)
    here = Membership.objects.filter(
        workspace_id=project.workspace_id,
        role=Role.CLIENT,
        removed_at__isnull=True,
        user_id__in=shared.values("user_id"),
    )
    found = here.select_related("user").first()
    if found is None:
        raise Missing(tr("The project is not shared with this client."))
    return found


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request, key: str) -> HttpResponse:
    """Choose a client; that somebody looks is noted before anything is shown."""
    project = _managed(request, key)
    if request.method == "POST":
        text = request.POST.get("user", "")
        client = _client(project, int(text) if text.isdecimal() and len(text) < 16 else 0)
        actions.see_as_client(project, client.user, actor=request.actor, now=timezone.now())
        request.session[LOOKS] = [project.pk, client.user_id]
        return redirect("as-client", project.key, client.user_id)
    shared = ProjectClient.objects.filter(project=project).order_by("user__name")
    values = {"project": project, "clients": list(shared.values("user_id", "user__name", "user__email"))}
    return page(request, "projects/as_client.jinja", values)


@member_page
@require_safe
def index(request: Request, key: str, user_id: int) -> HttpResponse:
    """The list as the client has it, of this project."""
    project = _managed(request, key)
    client = _client(project, user_id)
    if request.session.get(LOOKS) != [project.pk, user_id]:
        return redirect("see-as-client", project.key)
    brand = brand_of(request.workspace)
    values = index_values(actor_of(client), brand, project_id=project.pk)
    return portal_page(request, "portal/index.jinja", {**values, **_frame(project, client)}, brand=brand)


@member_page
@require_safe
def show(request: Request, key: str, user_id: int, task: str) -> HttpResponse:
    """One request as the client has it."""
    project = _managed(request, key)
    client = _client(project, user_id)
    found = find_request(actor_of(client), task)
    if found.project_id != project.pk:
        raise Missing(tr("There is no such request in this project."))
    if request.session.get(LOOKS) != [project.pk, user_id]:
        return redirect("see-as-client", project.key)
    brand = brand_of(request.workspace)
    values = {**request_values(actor_of(client), brand, found), "errors": {}, "typed": {}}
    return portal_page(request, "portal/request.jinja", {**values, **_frame(project, client)}, brand=brand)


def _frame(project: Project, client: Membership) -> dict[str, Any]:
    return {
        "base": f"/projects/{project.key}/as-client/{client.user_id}/",
        "preview": {"client": client.user.name, "back": f"/projects/{project.key}/"},
    }


BASE: Final = "projects/<project:key>/as-client/"
urls = [
    path(BASE, start, name="see-as-client"),
    path(f"{BASE}<int:user_id>/", index, name="as-client"),
    path(f"{BASE}<int:user_id>/<task:task>/", show, name="as-client-request"),
]
