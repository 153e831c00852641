"""The columns of a project's board. A project always keeps one where work waits and one where it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.work.actions.batches import keep, values_of
from fairlead.work.actions.columns import require_room, settle_placements, spread
from fairlead.work.actions.projects import ONLY_MANAGERS
from fairlead.work.models import BatchLine, Project, Status, Task
from fairlead.work.permissions import may_manage_project
from fairlead.work.placement import TaskPlacement
from fairlead.work.states import WAITING, State

MOST: Final = 20
ORDER: Final = list(State)


def add_status(
    project: Project,
    name: str,
    state: str,
    *,
    actor: Actor,
    now: datetime,
    wip_limit: int | None = None,
    wip_hard: bool = True,
) -> Status:
    """A new column, right after those of the same or an earlier state. A hard limit refuses what would be too much."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    with transaction.atomic():
        columns = _columns(project)
        _check(columns, None, {"name": name.strip(), "state": state, "wip_limit": wip_limit})
        if len(columns) >= MOST:
            raise Refused(tr("A board has at most %(most)s columns. Remove one first.", most=MOST))
        earlier = [c for c in columns if ORDER.index(State(c.state)) <= ORDER.index(State(state))]
        place = columns.index(earlier[-1]) + 1 if earlier else 0
        status = Status.objects.create(
            workspace_id=project.workspace_id, project=project, name=name.strip(), state=state, position=place,
            wip_limit=wip_limit, wip_hard=wip_hard,
        )  # fmt: skip
        _place([*columns[:place], status, *columns[place:]])
        record("status.created", status, actor=actor, now=now, name=status.name, state=state)
    return status


def change_status(status: Status, *, actor: Actor, now: datetime, **values: Any) -> Status:
    """Change any of: name, wip_limit (None: no limit), wip_hard, state (only while it is empty), position (0: left)."""
    require(may_manage_project(actor, status.project), ONLY_MANAGERS)
    if unknown := set(values) - {"name", "wip_limit", "wip_hard", "state", "position"}:
        raise TypeError(f"change_status does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        columns = _columns(status.project)
        status.refresh_from_db()
        tidy = {k: v.strip() if k == "name" else v for k, v in values.items()}
        if "position" in tidy:
            tidy["position"] = max(0, min(int(tidy["position"]), len(columns) - 1))
        changed = {k: v for k, v in tidy.items() if getattr(status, k) != v}
        _check(columns, status, changed)
        if changed:
            changes = {k: [getattr(status, k), v] for k, v in changed.items()}
            _change(status, columns, changed)
            if "state" in changed:
                settle_placements(status, _columns(status.project))
            record("status.changed", status, actor=actor, now=now, changes=changes)
    return status


def _change(status: Status, columns: list[Status], changed: dict[str, Any]) -> None:
    Status.objects.filter(pk=status.pk).update(**changed)
    if "position" in changed:
        others = [column for column in columns if column.pk != status.pk]
        _place([*others[: changed["position"]], status, *others[changed["position"] :]])
    status.refresh_from_db()


def remove_status(status: Status, move_to: Status | None, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Take a column away; its tasks go to the bottom of `move_to`, which must mean the same for them.

    What it was, as `restore_status` takes it.
    """
    require(may_manage_project(actor, status.project), ONLY_MANAGERS)
    with transaction.atomic():
        columns = _columns(status.project)
        held = next((column for column in columns if column.pk == status.pk), None)
        if held is None:
            raise Missing(tr("This column was removed."))
        was = _as_it_is(held)
        _check_kept([column for column in columns if column.pk != status.pk])
        inside = Task.objects.filter(status=status)
        count = inside.filter(deleted_at__isnull=True).count()
        if inside.exists():
            target = _checked_target(status, move_to, columns)
            require_room(target, more=count)
            was |= {"moved_to": target.pk, "batch": _remembered(inside, actor=actor, now=now)}
            _empty_into(status, target, now=now)
        shown = list(status.placements.values_list("pk", flat=True))
        settle_placements(status, [column for column in columns if column.pk != status.pk])
        was["shown"] = list(TaskPlacement.objects.filter(pk__in=shown).order_by("pk").values_list("pk", "status_id"))
        Status.objects.filter(pk=status.pk).delete()
        _place([column for column in columns if column.pk != status.pk])
        moved_to = move_to.name if move_to and count else ""
        record("status.removed", status, actor=actor, now=now, name=status.name, moved_to=moved_to, tasks=count)
    return was


def _as_it_is(status: Status) -> dict[str, Any]:
    """The column in words that JSON knows."""
    names = ("id", "name", "state", "position", "wip_limit", "wip_hard")
    return {name: getattr(status, name) for name in names}


def _remembered(inside: QuerySet[Task], *, actor: Actor, now: datetime) -> int | None:
    """A batch with each task as it is and the version that moving it out will leave; None for the system's own work."""
    if actor.user_id is None:
        return None
    lines = [
        BatchLine(task=task, workspace_id=task.workspace_id, before=values_of(task), version=task.version + 1)
        for task in inside.select_for_update()
    ]
    return keep(lines, actor=actor, now=now).pk


def restore_status(project: Project, was: dict[str, Any], *, actor: Actor, now: datetime) -> Status:
    """Bring a column back as `remove_status` found it, at its place, with those of its tasks that nobody touched since;
    once it is there, nothing happens. Raises Invalid when another column has its name by now."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    with transaction.atomic():
        columns = _columns(project)
        there = [column for column in columns if column.pk == was["id"]]
        if there:
            return there[0]
        values = {name: was[name] for name in ("name", "state", "wip_limit")}
        _check(columns, None, values)
        if len(columns) >= MOST:
            raise Refused(tr("A board has at most %(most)s columns. Remove one first.", most=MOST))
        status = Status.objects.create(
            pk=was["id"], workspace_id=project.workspace_id, project=project, position=was["position"],
            wip_hard=was["wip_hard"], **values,
        )  # fmt: skip
        _place([*columns[: was["position"]], status, *columns[was["position"] :]])
        count = _filled_again(status, was, now=now)
        record("status.restored", status, actor=actor, now=now, name=status.name, state=status.state, tasks=count)
    status.refresh_from_db()
    return status


def _filled_again(status: Status, was: dict[str, Any], *, now: datetime) -> int:
    """What was in the column goes back to its rank, as far as it is where it was moved to; how many tasks did."""
    count = 0
    for line in BatchLine.objects.filter(batch_id=was.get("batch") or 0, workspace_id=status.workspace_id):
        same = Task.objects.filter(pk=line.task_id, version=line.version, status_id=was["moved_to"])
        values: dict[str, Any] = {"status": status, "state": status.state, "rank": line.before["rank"]}
        moved = same.update(version=F("version") + 1, updated_at=now, **values)
        count += moved if line.before["deleted_at"] is None else 0
    for pk, went_to in was["shown"]:
        same_place = TaskPlacement.objects.filter(pk=pk, status_id=went_to, project_id=status.project_id)
        same_place.filter(task__state=status.state).update(status=status)
    return count


def _checked_target(status: Status, move_to: Status | None, columns: list[Status]) -> Status:
    if move_to is None or move_to.pk == status.pk or move_to.pk not in {column.pk for column in columns}:
        raise Invalid({"move_to": tr("Choose the column that takes its tasks (those in the trash too).")})
    if move_to.state != status.state and not {move_to.state, status.state} <= set(WAITING):
        here, there = State(status.state).label, State(move_to.state).label
        raise Invalid({
            "move_to": tr(
                "Here tasks are “%(here)s”, there they would be “%(there)s”. Choose a column that means the same,"
                " or move the tasks on the board first.",
                here=here, there=there,
            )
        })  # fmt: skip
    return move_to


def _empty_into(status: Status, target: Status, *, now: datetime) -> None:
    """Both columns get even ranks first, so that adding the length of the one puts the other below it."""
    spread(status.pk)
    spread(target.pk)
    below = Task.objects.filter(status=target).order_by("-rank").values_list("rank", flat=True).first() or 0.0
    Task.objects.filter(status=status).update(
        status=target, state=target.state, rank=F("rank") + below, version=F("version") + 1, updated_at=now
    )


def _columns(project: Project) -> list[Status]:
    """The project's columns from left to right, held until the transaction ends."""
    return list(Status.objects.select_for_update().filter(project=project).order_by("position", "id"))


def _check(columns: list[Status], status: Status | None, values: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    others = [column for column in columns if status is None or column.pk != status.pk]
    name = values.get("name")
    if name is not None and not 0 < len(name) <= 40:
        wrong["name"] = tr("Give the column a name of at most 40 characters.")
    if name is not None and name in {column.name for column in others}:
        wrong["name"] = tr("There is a column %(name)s already.", name=name)
    limit = values.get("wip_limit")
    if limit is not None and not 1 <= limit <= 999:
        wrong["wip_limit"] = tr("A limit is a number from 1 to 999; leave it empty for none.")
    if "state" in values and values["state"] not in State.values:
        wrong["state"] = tr("Choose what the column means.")
    elif "state" in values and status is not None and Task.objects.filter(status=status).exists():
        wrong["state"] = tr("Tasks are in this column or in the trash from it; move them first.")
    if wrong:
        raise Invalid(wrong)
    if "state" in values and status is not None:
        _check_kept([*others, Status(state=values["state"])])


def _check_kept(columns: list[Status]) -> None:
    states = {column.state for column in columns}
    if not states & set(WAITING) or State.DONE not in states:
        raise Refused(tr("A board keeps a column where work waits and one where it is done. Add another one first."))


def _place(columns: list[Status]) -> None:
    for place, column in enumerate(columns):
        Status.objects.filter(pk=column.pk).exclude(position=place).update(position=place)
