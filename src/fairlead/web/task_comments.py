"""What people say about a task: comments with files, their earlier texts, signs under them, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST, require_safe

from fairlead.accounts.models import Role
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.speech import tr, tr_as
from fairlead.lib.text import folded
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page
from fairlead.web.filters import html
from fairlead.web.refusals import refusals_told
from fairlead.web.render import page
from fairlead.web.uploads import upload_page, uploads
from fairlead.work import actions
from fairlead.work.mentions import people_to_mention
from fairlead.work.models import Comment, Reaction, Task
from fairlead.work.permissions import may_comment, may_edit_comment
from fairlead.work.permissions_files import may_show_comment
from fairlead.work.queries import earlier_texts, find_comment, find_removed_comment, find_task, said_since

NAMES_SHOWN = 8
PREVIEWED = 20_000


def _back(task: Task, comment_id: int | None = None) -> HttpResponse:
    return redirect(f"/tasks/{task}/#{f'comment-{comment_id}' if comment_id else 'comments'}")


def comments_of(request: Request, task: Task) -> dict[str, Any]:
    """What the comments of a task show beside themselves. ?quote=12 answers the comment 12."""
    quoted = ""
    number = request.GET.get("quote", "")
    if number.isdecimal() and len(number) < 16:
        try:
            comment = find_comment(request.actor, task, int(number))
        except Missing:
            quoted = ""
        else:
            lines = [f"> {line}" for line in comment.body.splitlines()]
            quoted = "\n".join([tr("**%(name)s** wrote:", name=comment.author or tr("Somebody")), "", *lines, "", ""])
    words = _sign_words()
    return {
        "quoted": quoted,
        "signs": [(sign.value, sign.label, words[sign.value]) for sign in Reaction.Sign],
        "sign_words": words,
        "may_react": may_comment(request.actor, task, internal=False),
        "client_name": task.project.client,
        "readers_now": "client" if request.GET.get("to") == "client" else "team",
    }


def _sign_words() -> dict[str, str]:
    """What each sign says, for those who do not see it."""
    return {
        "agree": tr_as("sign", "agree"),
        "love": tr_as("sign", "love"),
        "party": tr_as("sign", "party"),
        "look": tr_as("sign", "look"),
        "done": tr_as("sign", "done"),
        "unsure": tr_as("sign", "unsure"),
    }


_TEAM: Callable[..., object] = partial(actions.add_comment, internal=True)
_COMMENTS: dict[str, Callable[..., object]] = {
    "client": partial(actions.add_comment, internal=False),
    "question": actions.ask_question,
}
"""What a comment becomes, by whom it is for; for the team alone unless something else was chosen."""


@upload_page
def comment(request: Request, key: str) -> HttpResponse:
    """Say something, with files: to the team, or to the client too."""
    task, body = find_task(request.actor, key), request.POST.get("body", "")
    kept_at = _moment(request.POST.get("kept_at", ""))  # it was written without a network and may have come before
    if kept_at and said_since(request.actor, task, body, since=kept_at):
        return _back(task)
    act = _COMMENTS.get("client" if request.actor.role == Role.CLIENT else request.POST.get("to", ""), _TEAM)
    with refusals_told(request, unless=bool(request.htmx)):
        act(task, body, files=uploads(request), actor=request.actor, now=timezone.now())
    return _back(task)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@member_page
def edit_comment(request: Request, key: str, comment_id: int) -> HttpResponse:
    """Change one's own words."""
    task = find_task(request.actor, key)
    found = find_comment(request.actor, task, comment_id)
    require(may_edit_comment(request.actor, found), tr("Only who wrote a comment can change it."))
    body, error = request.POST.get("body", found.body), ""
    if request.method == "POST":
        try:
            actions.edit_comment(found, body, actor=request.actor, now=timezone.now())
        except Refused as refused:
            error = refused.detail
        else:
            return _back(task, comment_id)
    values = {"task": task, "comment": found, "body": body, "error": error, "client_name": task.project.client}
    return page(request, "tasks/comment.jinja", values, status=422 if error else 200)


@member_page
@require_GET
def earlier(request: Request, key: str, comment_id: int) -> HttpResponse:
    """What a comment said before it was changed."""
    task = find_task(request.actor, key)
    found = find_comment(request.actor, task, comment_id)
    values = {"task": task, "comment": found, "texts": earlier_texts(request.actor, found)}
    return page(request, "tasks/comment_earlier.jinja", values)


@member_page
@require_POST
def remove_comment(request: Request, key: str, comment_id: int) -> HttpResponse:
    """Take a comment away, with a way back."""
    task = find_task(request.actor, key)
    actions.remove_comment(find_comment(request.actor, task, comment_id), actor=request.actor, now=timezone.now())
    undo = f"/tasks/{task}/comments/{comment_id}/restore/"
    messages.success(request, tr("The comment was removed."), extra_tags=undo)
    return _back(task)


@member_page
@require_POST
def restore_comment(request: Request, key: str, comment_id: int) -> HttpResponse:
    """Bring a removed comment back."""
    task = find_task(request.actor, key)
    found = find_removed_comment(request.actor, task, comment_id)
    actions.restore_comment(found, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The comment is back."))
    return _back(task, comment_id)


@member_page
def show_comment(request: Request, key: str, comment_id: int) -> HttpResponse:
    """Say who would read an internal comment from now on, and then let them."""
    task = find_task(request.actor, key)
    found = find_comment(request.actor, task, comment_id)
    require(may_show_comment(request.actor, found), tr("Only who wrote a comment and managers decide who reads it."))
    if request.method == "POST":
        actions.show_comment(found, actor=request.actor, now=timezone.now())
        client = task.project.client
        told = (
            tr("%(client)s reads this comment now.", client=client)
            if client
            else tr("The client reads this comment now.")
        )
        messages.success(request, told)
        return _back(task, comment_id)
    values = {"task": task, "comment": found, "client_name": task.project.client}
    return page(request, "tasks/comment_show.jinja", values)


@member_page
@require_POST
def hide_comment(request: Request, key: str, comment_id: int) -> HttpResponse:
    """Let only the team read a comment."""
    task = find_task(request.actor, key)
    actions.hide_comment(find_comment(request.actor, task, comment_id), actor=request.actor, now=timezone.now())
    messages.success(request, tr("Only the team reads this comment now."))
    return _back(task, comment_id)


def _signing(act: Callable[..., None]) -> View:
    """A view that puts a sign under a comment or takes it away."""

    @member_page
    @require_POST
    def view(request: Request, key: str, comment_id: int) -> HttpResponse:
        task = find_task(request.actor, key)
        found: Comment = find_comment(request.actor, task, comment_id)
        act(found, request.POST.get("sign", ""), actor=request.actor, now=timezone.now())
        return _back(task, comment_id)

    return view


react, unreact = _signing(actions.add_reaction), _signing(actions.remove_reaction)


@member_page
@require_POST
def preview(request: Request, key: str) -> HttpResponse:
    """What is being written, as it will look."""
    find_task(request.actor, key)
    return HttpResponse(html(request.POST.get("body", "")[:PREVIEWED]))


@member_page
@require_safe
def mentions(request: Request, key: str) -> HttpResponse:
    """Names that begin with, or hold, what stands behind an @ in a comment."""
    task, typed = find_task(request.actor, key), folded(request.GET.get("q", "")[:60])
    client = request.actor.role == Role.CLIENT
    require(client or may_comment(request.actor, task, internal=True), tr("Only the team comments here."))
    internal = not client and request.GET.get("to") != "client"
    people = {} if client else people_to_mention(request.actor, task, internal=internal)
    fits = [(pk, name) for pk, name in people.items() if f" {typed}" in f" {folded(name)}" and pk != request.user.pk]
    return page(request, "tasks/mentions.jinja", {"people": fits[:NAMES_SHOWN]})


urls = [
    path("tasks/<task:key>/mentions/", mentions, name="mentions"),
    path("tasks/<task:key>/comments/", comment, name="add-comment"),
    path("tasks/<task:key>/comments/preview/", preview, name="preview-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/", edit_comment, name="edit-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/earlier/", earlier, name="earlier-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/remove/", remove_comment, name="remove-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/restore/", restore_comment, name="restore-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/show/", show_comment, name="show-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/hide/", hide_comment, name="hide-comment"),
    path("tasks/<task:key>/comments/<int:comment_id>/react/", react, name="react"),
    path("tasks/<task:key>/comments/<int:comment_id>/unreact/", unreact, name="unreact"),
]
