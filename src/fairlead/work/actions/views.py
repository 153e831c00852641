"""Views of the list of tasks: saving, sharing, removing them, and which one the list opens with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.work.models import StartView, View
from fairlead.work.permissions import may_change_view, may_save_view, may_share_view

MOST: Final = 50
MAX_NAME, MAX_QUERY = 60, 1000
ONLY_OWNER: Final = later("Only whose view it is can change it. Save it as a view of your own.")


def save_view(name: str, query: str, *, shared: bool, actor: Actor, now: datetime) -> View:
    """A new view of the actor's own. What is only theirs is nobody else's business: the log tells of shared ones."""
    require(may_save_view(actor), tr("Only members save views, at the page or with a token that may write."))
    require(not shared or may_share_view(actor), tr("Only the team shares views."))
    _check({"name": name.strip(), "query": query})
    if View.objects.filter(workspace_id=actor.workspace_id, owner_id=actor.user_id or 0).count() >= MOST:
        raise Refused(tr("You have %(most)s views already. Remove one that you no longer use.", most=MOST))
    view = View(
        workspace_id=actor.workspace_id, owner_id=actor.user_id or 0, name=name.strip(), query=query, shared=shared,
        created_at=now,
    )  # fmt: skip
    with transaction.atomic():
        _store(view)
        if shared:
            record("view.shared", view, actor=actor, now=now, name=view.name)
    return view


def change_view(view: View, *, actor: Actor, now: datetime, **values: Any) -> View:
    """Change any of: name, query, shared."""
    require(may_change_view(actor, view), ONLY_OWNER)
    if unknown := set(values) - {"name", "query", "shared"}:
        raise TypeError(f"change_view does not know {', '.join(sorted(unknown))}")
    tidy = {name: value.strip() if name == "name" else value for name, value in values.items()}
    require(not tidy.get("shared") or view.shared or may_share_view(actor), tr("Only the team shares views."))
    changed = {name: value for name, value in tidy.items() if getattr(view, name) != value}
    _check({"name": view.name, "query": view.query, **changed})
    was_shared = view.shared
    with transaction.atomic():
        for name, value in changed.items():
            setattr(view, name, value)
        _store(view)
        if was_shared and not view.shared:
            StartView.objects.filter(view=view).exclude(user_id=view.owner_id).delete()
        if view.shared != was_shared:
            record("view.shared" if view.shared else "view.unshared", view, actor=actor, now=now, name=view.name)
    return view


def change_view_back(view: View, query: str, *, seen: str, actor: Actor, now: datetime) -> View:
    """Undo of another query, which was `seen`. Raises Conflict when it is yet another one by now."""
    require(may_change_view(actor, view), ONLY_OWNER)
    with transaction.atomic():
        view.refresh_from_db(from_queryset=View.objects.select_for_update())
        if view.query not in (query, seen):
            raise Conflict(tr("The view %(name)s was changed again meanwhile. Change it anew instead.", name=view.name))
        return change_view(view, query=query, actor=actor, now=now)


def remove_view(view: View, *, actor: Actor, now: datetime) -> None:
    """Take a view away: one's own, or as a manager one that is shared."""
    require(may_change_view(actor, view, removing=True), tr("Only whose view it is, or a manager, can remove it."))
    with transaction.atomic():
        if view.shared:
            record("view.unshared", view, actor=actor, now=now, name=view.name)
        View.objects.filter(pk=view.pk).delete()


def start_with(view: View | None, *, actor: Actor) -> None:
    """Open the list of all tasks with this view, for the actor alone; None: with all tasks."""
    require(actor.user_id is not None, tr("Only members choose where their list begins."))
    mine = Q(workspace_id=actor.workspace_id, user_id=actor.user_id)
    with transaction.atomic():
        StartView.objects.filter(mine).delete()
        if view is not None:
            StartView.objects.create(workspace_id=actor.workspace_id, user_id=actor.user_id or 0, view=view)


def _check(values: dict[str, Any]) -> None:
    if not 0 < len(values["name"]) <= MAX_NAME:
        raise Invalid({"name": tr("Give the view a name of at most %(most)s characters.", most=MAX_NAME)})
    if len(values["query"]) > MAX_QUERY:
        raise Invalid({"query": tr("This view filters by too much. Take some of the filters away.")})


def _store(view: View) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Conflict(
            tr("You have a view %(name)s already. Choose another name, or change that one.", name=view.name)
        ) from error
