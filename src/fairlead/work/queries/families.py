"""Which of several tasks are parts of others among them."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.events.actor import Actor
from fairlead.work.models import Task
from fairlead.work.queries.visible import visible_tasks


def topmost(actor: Actor, keys: Sequence[str]) -> list[str]:
    """The keys, each once, without those of tasks that stand below another of them and go where that one goes.

    A key that is nobody's stays. One query, and one for each level above the tasks.
    """
    wanted = list(dict.fromkeys(key.upper() for key in keys))
    ids, above = _read(actor, wanted)
    missing = {parent for parent in above.values() if parent and parent not in above}
    while missing:
        above.update(Task.objects.filter(pk__in=missing).values_list("pk", "parent_id"))
        missing = {above[pk] or 0 for pk in missing} - above.keys() - {0}
    chosen = set(ids.values())
    return [key for key in wanted if key not in ids or not _is_below(ids[key], chosen, above)]


def _read(actor: Actor, keys: Sequence[str]) -> tuple[dict[str, int], dict[int, int | None]]:
    """{key: id} and {id: parent's id} of the tasks that the actor sees."""
    parts = [key.rpartition("-") for key in keys]
    numbers = {int(number) for _, _, number in parts if number.isdecimal() and len(number) < 10}
    rows = visible_tasks(actor).filter(number__in=numbers, project__key__in={project for project, _, _ in parts})
    found = {f"{key}-{number}": (pk, parent) for key, number, pk, parent in
             rows.values_list("project__key", "number", "pk", "parent_id")}  # fmt: skip
    ids = {key: found[key][0] for key in keys if key in found}
    return ids, dict(found[key] for key in ids)


def _is_below(pk: int, chosen: set[int], above: dict[int, int | None]) -> bool:
    place = above.get(pk)
    while place is not None:
        if place in chosen:
            return True
        place = above.get(place)
    return False
