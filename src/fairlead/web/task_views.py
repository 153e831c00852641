"""Saving, sharing and removing views of the list of tasks."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.web.access import Request, member_page, sent
from fairlead.web.own_filters import own_query
from fairlead.web.refusals import refusals_told
from fairlead.web.task_filters import LISTED, NAMES
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.models import View
from fairlead.work.queries import find_view


def _query(request: Request) -> str:
    """What the form sends as the view's query, without what no list understands."""
    given = QueryDict(sent(request, "query")[:2000])
    usual = [(name, given[name]) for name in (*NAMES, "project", *LISTED) if given.get(name)]
    return urlencode([*usual, *own_query(given)])


@member_page
@require_POST
def add(request: Request) -> HttpResponse:
    """Keep what the list shows under a name."""
    query = _query(request)
    try:
        view = actions.save_view(
            sent(request, "name"), query, shared=bool(sent(request, "shared")), actor=request.actor,
            now=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(f"/tasks/?{query}" if query else "/tasks/?all=1")
    if "starts" in request.POST:
        actions.start_with(view, actor=request.actor)
    messages.success(request, tr("The view %(name)s is saved.", name=view.name))
    return redirect("view", view.pk)


@member_page
@require_POST
def change(request: Request, number: int) -> HttpResponse:
    """Rename a view, share it or keep it to oneself."""
    view = find_view(request.actor, number)
    values = {"name": request.POST.get("name", view.name), "shared": "shared" in request.POST}
    return _saved(request, view, values)


@member_page
@require_POST
def update(request: Request, number: int) -> HttpResponse:
    """Keep what the list shows now in the place of what the view showed."""
    view, query = find_view(request.actor, number), _query(request)
    was = {"was": view.query, "now": query}
    back = reverse("view-former", args=[view.pk])
    undo = undo_link(request, back, f"view {view.pk}", was) if query != view.query else ""
    return _saved(request, view, {"query": query}, undo=undo)


@member_page
@require_POST
def former(request: Request, number: int) -> HttpResponse:
    """Undo of an update: what the view showed before."""
    view = find_view(request.actor, number)

    def act() -> str:
        kept = read_was(request, f"view {view.pk}")
        actions.change_view_back(view, kept["was"], seen=kept["now"], actor=request.actor, now=timezone.now())
        return tr("The view %(name)s is as before.", name=view.name)

    return taken_back(request, act, reverse("view", args=[view.pk]))


def _saved(request: Request, view: View, values: dict[str, object], *, undo: str = "") -> HttpResponse:
    with refusals_told(request):
        actions.change_view(view, actor=request.actor, now=timezone.now(), **values)
        messages.success(request, tr("The view %(name)s is saved.", name=view.name), extra_tags=undo)
    return redirect("view", view.pk)


@member_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Take a view away; its tasks stay where they are."""
    view = find_view(request.actor, number)
    actions.remove_view(view, actor=request.actor, now=timezone.now())
    told = tr("The view %(name)s is gone; its tasks are where they were.", name=view.name)
    again = {"name": view.name, "query": view.query, **({"shared": "1"} if view.shared else {})}
    messages.success(request, told, extra_tags=f"/views/?{urlencode(again)}")
    return redirect("/tasks/?all=1")


@member_page
@require_POST
def start(request: Request, number: int) -> HttpResponse:
    """Open the list of all tasks with this view from now on."""
    view = find_view(request.actor, number)
    actions.start_with(view, actor=request.actor)
    messages.success(request, tr("All tasks opens with %(name)s now.", name=view.name))
    return redirect("view", view.pk)


@member_page
@require_POST
def start_with_all(request: Request) -> HttpResponse:
    """Open the list of all tasks with all tasks again."""
    actions.start_with(None, actor=request.actor)
    return redirect("/tasks/?all=1")


urls = [
    path("views/", add, name="add-view"),
    path("views/start-with-all/", start_with_all, name="start-with-all"),
    path("views/<int:number>/change/", change, name="change-view"),
    path("views/<int:number>/update/", update, name="update-view"),
    path("views/<int:number>/former/", former, name="view-former"),
    path("views/<int:number>/remove/", remove, name="remove-view"),
    path("views/<int:number>/start/", start, name="start-with-view"),
]
