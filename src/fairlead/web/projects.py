"""Projects: the list, new ones, and their settings with columns and clients."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.models import Membership, Role, User
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, to_portal
from fairlead.web.blame import blame
from fairlead.web.people import page_in
from fairlead.web.render import page
from fairlead.web.task_forms import NewProjectForm, ProjectForm, checked, suggested_key
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.models import Project, ProjectClient, Status
from fairlead.work.permissions import may_manage_project, may_manage_projects
from fairlead.work.queries import find_project, project_list, status_choices, visible_projects
from fairlead.work.queries.projects import MOST_PROJECTS
from fairlead.work.states import State, column_named

COLUMN: Final = "column of "
"""What stands before the key of the project where an undo brings a column back."""


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """Projects with how far they are, ?page= by page; ?archived=1 those put away."""
    if client := to_portal(request):
        return client
    archived = request.GET.get("archived") == "1"
    visible = visible_projects(request.actor)
    total, put_away = (visible.filter(archived_at__isnull=there).count() for there in (not archived, False))
    number = page_in(request, total, size=MOST_PROJECTS)
    start = (number - 1) * MOST_PROJECTS
    rows = project_list(request.actor, now=timezone.now(), archived=archived, start=start)
    address = "/projects/?archived=1&page=" if archived else "/projects/?page="
    values = {
        "rows": rows,
        "first": start + 1,
        "last": start + len(rows),
        "total": total,
        "previous": f"{address}{number - 1}" if number > 1 else None,
        "next": f"{address}{number + 1}" if start + MOST_PROJECTS < total else None,
        "archived": archived,
        "put_away": put_away,
        "may_manage": may_manage_projects(request.actor),
    }
    return page(request, "projects/index.jinja", values)


@member_page
def new(request: Request) -> HttpResponse:
    """A form for a new project."""
    require(may_manage_projects(request.actor), tr("Only managers can create projects. Ask one of them."))
    form = NewProjectForm(request.POST or None, initial={"color": len(_keys(request)) % 12})
    if request.method == "POST" and form.is_valid():
        values = checked(form, ("name", "key", "client", "description", "color"))
        create = actions.create_private_project if form.cleaned_data["private"] else actions.create_project
        values["key"] = values["key"] or suggested_key(values["name"], _keys(request))
        try:
            project = create(actor=request.actor, now=timezone.now(), **values)
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(project)s is ready. Add its first tasks.", project=project.name))
            return redirect("board", project.key)
    return page(request, "projects/new.jinja", {"form": form}, status=422 if form.errors else 200)


def _keys(request: Request) -> list[str]:
    return list(Project.objects.filter(workspace_id=request.actor.workspace_id).values_list("key", flat=True))


@member_page
def settings(request: Request, key: str) -> HttpResponse:
    """Name, colour and description; columns; clients; the archive."""
    project = _managed(request, key)
    form = ProjectForm(request.POST or None, initial=_initial(project))
    if request.method == "POST" and form.is_valid():
        values = checked(form, ProjectForm.base_fields)
        seen = request.POST.get("version", "")
        values["version"] = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        try:
            actions.change_project(project, actor=request.actor, now=timezone.now(), **values)
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("The project was saved."))
            return redirect("project-settings", project.key)
    return _settings_page(request, project, form)


def _initial(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in ProjectForm.base_fields}


def _managed(request: Request, key: str) -> Project:
    project = find_project(request.actor, key)
    may = may_manage_project(request.actor, project)
    require(may, tr("Only people who lead a project change its settings. Ask one of them: they are under People."))
    return project


def _settings_page(request: Request, project: Project, form: forms.Form, **more: Any) -> HttpResponse:
    shared = ProjectClient.objects.filter(project=project).order_by("user__name")
    clients = Membership.objects.filter(
        workspace_id=project.workspace_id, role=Role.CLIENT, removed_at__isnull=True
    ).exclude(user__in=shared.values("user_id"))
    values = {
        "project": project,
        "form": form,
        "columns": _columns(project),
        "states": State.choices,
        "shared": list(shared.values("user_id", "user__name", "user__email")),
        "clients": list(clients.order_by("user__name").values_list("user_id", "user__name")),
        "column_errors": [],
        **more,
    }
    return page(request, "projects/settings.jinja", values, status=422 if form.errors or more else 200)


def _columns(project: Project) -> list[dict[str, Any]]:
    return status_choices(project)


class ColumnForm(forms.Form):
    """A column's own fields; an empty limit means none."""

    name = forms.CharField(max_length=40)
    wip_limit = forms.IntegerField(required=False, min_value=1, max_value=999)
    wip_soft = forms.BooleanField(required=False)
    state = forms.ChoiceField(choices=State.choices)


@member_page
@require_POST
def add_column(request: Request, key: str) -> HttpResponse:
    """One more column."""
    project = _managed(request, key)
    form = ColumnForm(request.POST)
    if form.is_valid():
        try:
            actions.add_status(
                project, form.cleaned_data["name"], form.cleaned_data["state"], actor=request.actor, now=timezone.now(),
                wip_limit=form.cleaned_data["wip_limit"], wip_hard=not form.cleaned_data["wip_soft"],
            )  # fmt: skip
        except Refused as refused:
            blame(form, refused)
        else:
            return redirect("project-settings", project.key)
    return _column_refused(request, project, form, new=True)


def _column_refused(
    request: Request, project: Project, form: forms.Form, *, new: bool, status_id: int = 0
) -> HttpResponse:
    """The settings again, with what was typed about the column and what is wrong with it."""
    own = ProjectForm(initial=_initial(project))
    errors = [("", text) for texts in form.errors.values() for text in texts]
    typed = {name: request.POST.get(name, "") for name in ColumnForm.base_fields}
    return _settings_page(request, project, own, column_errors=errors, typed={"new" if new else status_id: typed})


@member_page
@require_POST
def change_column(request: Request, key: str, status_id: int) -> HttpResponse:
    """Rename a column, set its limit, say what it means."""
    project = _managed(request, key)
    status = _column(project, status_id)
    form = ColumnForm(request.POST)
    if form.is_valid():
        try:
            values = checked(form, ("name", "wip_limit", "state"))
            values["name"] = column_named(values["name"], status.name)
            soft = form.cleaned_data["wip_soft"]
            actions.change_status(status, actor=request.actor, now=timezone.now(), wip_hard=not soft, **values)
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(name)s was saved.", name=status.said))
            return redirect("project-settings", project.key)
    return _column_refused(request, project, form, new=False, status_id=status_id)


def _column(project: Project, status_id: int) -> Status:
    found = Status.objects.filter(project=project, pk=status_id).first()
    if found is None:
        raise Missing(tr("This column was removed."))
    return found


@member_page
@require_POST
def place_column(request: Request, key: str, status_id: int) -> HttpResponse:
    """Put a column at another place from the left."""
    project = _managed(request, key)
    text = request.POST.get("position", "")
    position = int(text) if text.isdecimal() and len(text) < 4 else 0
    actions.change_status(_column(project, status_id), position=position, actor=request.actor, now=timezone.now())
    return redirect("project-settings", project.key)


@member_page
def remove_column(request: Request, key: str, status_id: int) -> HttpResponse:
    """Ask where the column's tasks go, then take it away."""
    project = _managed(request, key)
    status = _column(project, status_id)
    error = ""
    if request.method == "POST":
        chosen = request.POST.get("move_to", "")
        move_to = Status.objects.filter(project=project, pk=int(chosen)).first() if chosen.isdecimal() else None
        try:
            was = actions.remove_status(status, move_to, actor=request.actor, now=timezone.now())
        except Refused as refused:
            error = refused.detail
        else:
            undo = undo_link(request, reverse("restore-column", args=[project.key]), COLUMN + project.key, was)
            messages.success(request, tr("The column %(name)s was removed.", name=status.said), extra_tags=undo)
            return redirect("project-settings", project.key)
    others = [row for row in status_choices(project) if row["id"] != status.pk]
    held = status.tasks.filter(deleted_at__isnull=True).count()
    values = {"project": project, "status": status, "others": others, "held": held, "error": error}
    return page(request, "projects/remove_column.jinja", values, status=422 if error else 200)


@member_page
@require_POST
def restore_column(request: Request, key: str) -> HttpResponse:
    """Undo of a removal; tasks that nobody touched since go back into the column."""
    project = _managed(request, key)

    def act() -> str:
        was = read_was(request, COLUMN + project.key)
        status = actions.restore_status(project, was, actor=request.actor, now=timezone.now())
        return tr("The column %(name)s is back.", name=status.said)

    return taken_back(request, act, reverse("project-settings", args=[project.key]))


@member_page
@require_POST
def share(request: Request, key: str) -> HttpResponse:
    """Let a client see the project; `user` may stand in the address so that an undo can name them."""
    project = _managed(request, key)
    actions.share_project(
        project, _user(request, request.POST.get("user") or request.GET.get("user", "")), actor=request.actor,
        now=timezone.now(),
    )  # fmt: skip
    return redirect("project-settings", project.key)


@member_page
@require_POST
def limit_revisions(request: Request, key: str) -> HttpResponse:
    """How many revisions are agreed for each task."""
    project, text = _managed(request, key), request.POST.get("revision_limit", "").strip()
    limit = int(text) if text.isdecimal() and len(text) < 4 else None if not text else -1
    try:
        actions.limit_revisions(project, limit, actor=request.actor, now=timezone.now())
    except Invalid as wrong:
        own = ProjectForm(initial=_initial(project))
        return _settings_page(request, project, own, revision_error=wrong.detail, revision_typed=text)
    messages.success(request, tr("The agreed revisions were saved."))
    return redirect(f"/projects/{project.key}/settings/#clients")


@member_page
@require_POST
def unshare(request: Request, key: str) -> HttpResponse:
    """Hide the project from a client again."""
    project = _managed(request, key)
    user = _user(request, request.POST.get("user", ""))
    actions.unshare_project(project, user, actor=request.actor, now=timezone.now())
    told = tr("%(person)s does not see %(project)s any more.", person=user.name, project=project.name)
    messages.success(request, told, extra_tags=f"/projects/{project.key}/share/?user={user.pk}")
    return redirect("project-settings", project.key)


def _user(request: Request, text: str) -> User:
    members = Membership.objects.filter(workspace_id=request.actor.workspace_id).select_related("user")
    member = members.filter(user_id=int(text)).first() if text.isdecimal() and len(text) < 16 else None
    if member is None:
        raise Missing(tr("There is no such member."))
    return member.user


@member_page
@require_POST
def archive(request: Request, key: str) -> HttpResponse:
    """Put the project away."""
    project = _managed(request, key)
    actions.archive_project(project, actor=request.actor, now=timezone.now())
    messages.success(
        request,
        tr("%(project)s is in the archive.", project=project.name),
        extra_tags=f"/projects/{project.key}/restore/",
    )
    return redirect("projects")


@member_page
@require_POST
def restore(request: Request, key: str) -> HttpResponse:
    """Take the project out of the archive."""
    project = _managed(request, key)
    actions.restore_project(project, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is back.", name=project.name))
    return redirect("board", project.key)


urls = [
    path("projects/", index, name="projects"),
    path("projects/new/", new, name="new-project"),
    path("projects/<project:key>/settings/", settings, name="project-settings"),
    path("projects/<project:key>/columns/", add_column, name="add-column"),
    path("projects/<project:key>/columns/<int:status_id>/", change_column, name="change-column"),
    path("projects/<project:key>/columns/<int:status_id>/place/", place_column, name="place-column"),
    path("projects/<project:key>/columns/<int:status_id>/remove/", remove_column, name="remove-column"),
    path("projects/<project:key>/columns/restore/", restore_column, name="restore-column"),
    path("projects/<project:key>/share/", share, name="share-project"),
    path("projects/<project:key>/unshare/", unshare, name="unshare-project"),
    path("projects/<project:key>/revisions/", limit_revisions, name="limit-revisions"),
    path("projects/<project:key>/archive/", archive, name="archive-project"),
    path("projects/<project:key>/restore/", restore, name="restore-project"),
]
