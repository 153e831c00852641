"""How somebody looks at a board. It is theirs alone, and changes no work: nothing is recorded."""

from __future__ import annotations

from typing import Final

from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr
from fairlead.work.models import BoardLook, Project, Status

MOST_FOLDED: Final = 20


def set_lanes(project: Project, lanes: str, *, actor: Actor) -> BoardLook:
    """Show this board in swimlanes: one of BoardLook.Lanes."""
    if lanes not in BoardLook.Lanes.values:
        raise Invalid({"lanes": tr("Choose lanes from the list.")})
    return _kept(project, {"lanes": lanes}, actor=actor)


def fold_column(status: Status, *, actor: Actor) -> BoardLook:
    """Show this column as a narrow strip."""
    folded = [pk for pk in _folded(status.project, actor) if pk != status.pk]
    return _kept(status.project, {"folded": [*folded, status.pk][-MOST_FOLDED:]}, actor=actor)


def unfold_column(status: Status, *, actor: Actor) -> BoardLook:
    """Show this column in full again."""
    folded = [pk for pk in _folded(status.project, actor) if pk != status.pk]
    return _kept(status.project, {"folded": folded}, actor=actor)


def _folded(project: Project, actor: Actor) -> list[int]:
    mine = BoardLook.objects.filter(project=project, user_id=actor.user_id or 0).first()
    return list(mine.folded) if mine else []


def _kept(project: Project, values: dict[str, object], *, actor: Actor) -> BoardLook:
    require(
        actor.user_id is not None and project.workspace_id == actor.workspace_id,
        tr("Only members arrange their boards."),
    )
    look, _ = BoardLook.objects.update_or_create(
        workspace_id=project.workspace_id, project=project, user_id=actor.user_id or 0, defaults=values
    )
    return look
