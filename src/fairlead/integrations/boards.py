"""What importing a board would do, compared with what is here and with what was imported last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fairlead.integrations.kinds.trello.inbound import Board, BoardList, Card, Member, read_board
from fairlead.integrations.models import Import, Origin
from fairlead.integrations.queries import CREATED, REFUSED, UNCHANGED, UPDATED, Report, Row, project_of
from fairlead.integrations.saying import Said
from fairlead.lib.speech import later
from fairlead.lib.text import folded
from fairlead.people.models import Worker
from fairlead.work.models import Status, Task
from fairlead.work.states import State

LEAVE, AS_DONE, AS_THE_OTHERS = "leave", "done", "keep"
ARCHIVED: Final = (
    (LEAVE, later("Leave them out"), later("Cards and lists that were archived stay in Trello.")),
    (AS_DONE, later("As done"), later("They become finished tasks, so that search finds them.")),
    (AS_THE_OTHERS, later("Like the others"), later("They go into the column of their list.")),
)
NOBODY, NEW = "", "new"
FIELDS: Final = ("title", "description", "labels", "release_at", "due_at")


@dataclass(frozen=True)
class Plan:
    """A board with the choices of who imports it. `states`: of each list; `people`: for each member a worker's number,
    `new` or nothing."""

    board: Board
    states: dict[str, State]
    people: dict[str, str]
    archived: str

    @property
    def cards(self) -> list[Card]:
        """Those that are to be imported."""
        closed = {one.id for one in self.board.lists if one.closed}
        if self.archived != LEAVE:
            return list(self.board.cards)
        return [card for card in self.board.cards if not card.archived and card.list_id not in closed]

    @property
    def lists(self) -> list[BoardList]:
        """Those that become columns."""
        return [one for one in self.board.lists if not one.closed or self.archived == AS_THE_OTHERS]

    def state(self, card: Card) -> State:
        """Where the card's task belongs."""
        state = self.states.get(card.list_id, State.BACKLOG)
        put_away = card.archived or card.list_id not in {one.id for one in self.lists}
        if (self.archived == AS_DONE and put_away) or card.complete:
            return state if state == State.CANCELLED else State.DONE
        return state


@dataclass
class BoardReport(Report):
    """What importing a board does or did, beside its tasks. `kept`: changed there and here, so that ours stayed."""

    columns: list[str] = field(default_factory=list)
    remarks: int = 0
    items: int = 0
    assigned: int = 0
    kept: int = 0
    notes: list[Said] = field(default_factory=list)


def plan_of(run: Import) -> Plan:
    """The board of an import with its choices. Raises Invalid."""
    board = read_board(run.tasks_text)
    chosen = run.mapping
    states = {one.id: State(chosen["lists"].get(one.id, one.state)) for one in board.lists}
    return Plan(board, states, dict(chosen["members"]), chosen["archived"])


def guessed_choices(board: Board, workspace_id: int) -> dict[str, Any]:
    """Each list with the state that its name suggests, each member with the person of the same name or address."""
    return {
        "lists": {one.id: one.state for one in board.lists},
        "members": {member.id: _guess(member, known_people(workspace_id)) for member in board.members},
        "archived": LEAVE,
    }


def first_choices(board: Board, workspace_id: int, project_key: str) -> dict[str, Any]:
    """What was chosen when the board was last imported into the project; what is new since then is guessed."""
    choices = guessed_choices(board, workspace_id)
    earlier = Import.objects.filter(workspace_id=workspace_id, kind="trello", project_key=project_key)
    last = earlier.filter(state=Import.State.DONE).order_by("-pk").first()
    if last is not None and set(last.mapping["lists"]) & set(choices["lists"]):
        for what in ("lists", "members"):
            choices[what] |= {key: value for key, value in last.mapping[what].items() if key in choices[what]}
        choices["archived"] = last.mapping["archived"]
    return choices


def known_people(workspace_id: int) -> list[dict[str, Any]]:
    """Who can be given the cards of a member: id, name, email, external_id; by name."""
    found = Worker.objects.filter(workspace_id=workspace_id, deactivated_at__isnull=True).order_by("name", "id")
    return [dict(row) for row in found.values("id", "name", "email", "external_id")]


def _guess(member: Member, people: list[dict[str, Any]]) -> str:
    for person in people:
        if person["external_id"] == external_id(member.id):
            return str(person["id"])
    names = {folded(member.name), folded(member.username)} - {""}
    for person in people:
        if names & {folded(person["name"]), folded(person["email"].partition("@")[0])}:
            return str(person["id"])
    return NOBODY


def external_id(number: str) -> str:
    """How something of Trello is called here."""
    return f"trello:{number}"[:120]


def tasks_of(run: Import) -> dict[str, Task]:
    """The tasks that earlier imports of this board made in the project, those in the trash too, by outside id."""
    found = Task.objects.filter(workspace_id=run.workspace_id, project__key=run.project_key)
    return {t.external_id: t for t in found.exclude(external_id="").select_related("project", "status", "assignee")}


def origins_of(run: Import) -> dict[int, Origin]:
    """What the last import of each task said, by the task's number."""
    found = Origin.objects.filter(workspace_id=run.workspace_id, kind=run.kind, task__project__key=run.project_key)
    return {origin.task_id: origin for origin in found}


def said(card: Card, state: State) -> dict[str, Any]:
    """What the board says of a card, as it is remembered until the next import."""
    values = {name: card.values[name] for name in FIELDS}
    return {
        **values,
        "labels": list(values["labels"]),
        **{name: values[name].isoformat() if values[name] else None for name in ("release_at", "due_at")},
        "list": card.list_id,
        "state": str(state),
        "items": [item.id for item in card.items],
        "remarks": [remark.id for remark in card.remarks],
    }


@dataclass(frozen=True)
class Difference:
    """What changed on the board since the last import: `take` into the task, `kept` because it was changed here too."""

    take: dict[str, Any]
    kept: tuple[str, ...]
    moved: bool
    items: tuple[Any, ...]
    remarks: tuple[Any, ...]

    @property
    def outcome(self) -> str:
        return UPDATED if self.take or self.moved or self.items or self.remarks else UNCHANGED


def difference(card: Card, state: State, task: Task, before: Mapping[str, Any]) -> Difference:
    """Compare a card with its task and with what was imported last time (`before`; empty: nothing is known)."""
    told, take, kept = said(card, state), {}, []
    for name in FIELDS:
        if told[name] == before.get(name, told[name]):
            continue
        if _plain(getattr(task, name)) == before[name]:
            take[name] = card.values[name]
        elif _plain(getattr(task, name)) != told[name]:
            kept.append(name)
    went = "list" in before and (told["list"], told["state"]) != (before["list"], before["state"])
    moved = went and task.state == before["state"]
    seen_items, seen_remarks = before.get("items", told["items"]), before.get("remarks", told["remarks"])
    return Difference(
        take, tuple(kept), moved,
        tuple(item for item in card.items if item.id not in seen_items),
        tuple(remark for remark in card.remarks if remark.id not in seen_remarks),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, list | tuple) else value


def preview_board(run: Import) -> BoardReport:
    """What running the import now would do; writes nothing."""
    plan, report = plan_of(run), BoardReport()
    tasks, origins = tasks_of(run), origins_of(run)
    report.columns = missing_columns(run, plan)
    for member in plan.board.members:
        if plan.people.get(member.id) == NEW:
            report.add(Row("people", 0, member.name, CREATED))
    for card in plan.cards:
        task = tasks.get(external_id(card.id))
        if task is None:
            count_new(report, card, plan)
            continue
        origin = origins.get(task.pk)
        found = difference(card, plan.state(card), task, origin.values if origin else {})
        report.add(Row("tasks", 0, card.values["title"], UNCHANGED if task.deleted_at else found.outcome))
        report.kept += len(found.kept)
        report.items, report.remarks = report.items + len(found.items), report.remarks + len(found.remarks)
    refuse(report, plan.board)
    return report


def count_new(report: BoardReport, card: Card, plan: Plan) -> None:
    """A card that becomes a task."""
    report.add(Row("tasks", 0, card.values["title"], CREATED))
    report.remarks += len(card.remarks)
    report.items += len(card.items)
    if plan.state(card) not in (State.DONE, State.CANCELLED) and any(plan.people.get(m) for m in card.members):
        report.assigned += 1


def refuse(report: BoardReport, board: Board) -> None:
    """The cards that cannot be used."""
    for name, why in board.problems:
        report.add(Row("tasks", 0, name, REFUSED, str(why), why))


def missing_columns(run: Import, plan: Plan) -> list[str]:
    """The lists for which the project has no column of that name yet."""
    project = project_of(run)
    there = set() if project is None else {folded(s.name) for s in Status.objects.filter(project=project)}
    return [one.name for one in plan.lists if folded(one.name) not in there]
