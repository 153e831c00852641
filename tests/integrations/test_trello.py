"""A board of Trello: its lists become columns, its cards tasks; again it makes nothing twice and overwrites nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conftest import Person, World
from fairlead.allocation.models import Assignment
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.integrations.actions import change_choices, create_board_import, run_import, start_import
from fairlead.integrations.boards import AS_DONE, AS_THE_OTHERS, LEAVE, NEW, preview_board
from fairlead.integrations.jobs import run_started_import
from fairlead.integrations.kinds.trello.inbound import guessed_state, read_board
from fairlead.integrations.models import Import
from fairlead.integrations.queries import find_import
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.models import Comment, Criterion, Project, Status, Task

FIXTURES = Path(__file__).parents[1] / "fixtures"
BOARD = (FIXTURES / "trello-board.json").read_text()


def _changed(change: Callable[[dict[str, Any]], object]) -> str:
    board = json.loads(BOARD)
    change(board)
    return json.dumps(board)


def _import(who: Person, now: datetime, text: str = BOARD) -> Import:
    return create_board_import(file=("board.json", text), project_key="HAR", actor=who.actor, now=now)


def _run(who: Person, now: datetime, text: str = BOARD, **choices: Any) -> Any:
    run = _import(who, now, text)
    if choices:
        given = {"states": {}, "members": {}, "archived": LEAVE, **choices}
        change_choices(run, actor=who.actor, **given)
    return run_import(run, actor=who.actor, now=now)


@pytest.fixture
def bob(world: World, now: datetime) -> Worker:
    return people.create_worker(kind="employee", name="Bob", actor=world.alice.actor, now=now)


def test_the_sample_of_trello_itself_is_read() -> None:
    board = read_board((FIXTURES / "trello-sample.json").read_text())
    assert [(one.name, one.state) for one in board.lists] == [
        ("Todo", "ready"), ("In Progress", "running"), ("Done", "done"),
    ]  # fmt: skip
    assert [card.values["title"] for card in board.cards] == ["Write code", "Review code", "Visualize code"]


@pytest.mark.parametrize(
    ("name", "state"),
    [("Done ✓", "done"), ("QA", "review"), ("To-Do", "ready"), ("This Week", "ready"), ("Ideas", "backlog"),
     ("Won't do", "cancelled"), ("In Bearbeitung", "backlog"), ("Work in progress", "running")],
)  # fmt: skip
def test_what_a_list_means_is_guessed_from_its_name(name: str, state: str) -> None:
    assert guessed_state(name) == state


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": 1, "lists": 2, "cards": 3}', "name,title\n", "null", "[" * 9]
)
def test_what_is_no_board_is_refused_with_the_way_to_one(text: str) -> None:
    with pytest.raises(Invalid, match="Export as JSON"):
        read_board(text)


def test_the_dry_run_says_what_would_happen_and_writes_nothing(world: World, bob: Worker, now: datetime) -> None:
    report = preview_board(_import(world.alice, now))
    assert report.tasks == {"created": 6, "refused": 1}
    assert (report.columns, report.remarks, report.items, report.assigned) == (
        ["Ideas", "Doing", "QA", "Shipped"],
        2,
        3,
        1,
    )
    assert [(row.label, row.why) for row in report.refused] == [("c9", "cannot be read (it has no name)")]
    assert not Task.objects.exists()
    assert not Project.objects.exists()


def test_a_board_becomes_a_project(world: World, bob: Worker, now: datetime) -> None:
    report = _run(world.alice, now, members={"m2": NEW})
    assert report.tasks == {"created": 6, "refused": 1}
    assert report.people == {"created": 1}
    columns = list(Status.objects.values_list("name", "state"))
    assert columns == [("Ideas", "backlog"), ("Doing", "running"), ("QA", "review"), ("Done", "done"),
                       ("Shipped", "done"), ("Cancelled", "cancelled")]  # fmt: skip
    offer = Task.objects.get(title="Write the offer")
    assert (offer.labels, offer.due_at) == (["sales", "red"], datetime(2026, 12, 4, 16, tzinfo=UTC))
    assert (offer.assignee, offer.status.name) == (bob, "Ideas")
    assert Assignment.objects.get(task=offer).receipt_id
    drawn = Task.objects.get(title="Draw the map")
    assert (drawn.state, str(drawn.assignee)) == ("running", "Carla Chart")
    assert [(c.text, c.checked_at is not None) for c in Criterion.objects.filter(task=drawn)] == [
        ("Pencil", True), ("Ink", False),
    ]  # fmt: skip
    tested = Task.objects.get(title="Test the form")
    assert tested.description == "**Attachments in Trello**\n\n- [Plan (v2)](https://example.org/plan.pdf)"
    launched = Task.objects.get(title="Launch")
    assert (launched.state, launched.description) == ("done", "- ☐ Announce")
    assert Task.objects.get(title="Paid already").state == "done"
    assert list(Task.objects.filter(status__name="Ideas").order_by("rank").values_list("title", flat=True)) == [
        "Write the offer", "=cmd|'/c calc'!A1",
    ]  # fmt: skip


def test_comments_keep_their_author_and_time_and_call_nobody(world: World, bob: Worker, now: datetime) -> None:
    _run(world.alice, now)
    assert [c.body for c in Comment.objects.order_by("id")] == [
        "**Bob** in Trello, 2026-11-10 09:30 UTC:\n\nAsked them.",
        "**Carla Chart** in Trello, 2026-11-11 10:00 UTC:\n\nbob can you look?",
    ]
    assert all("mentions" not in event.payload for event in Event.objects.filter(kind="comment.added"))


def test_importing_the_same_board_again_changes_nothing(world: World, bob: Worker, now: datetime) -> None:
    _run(world.alice, now, members={"m2": NEW})
    events = Event.objects.count()
    again = _run(world.alice, now, members={"m2": NEW})
    assert (again.tasks, again.people) == ({"unchanged": 6, "refused": 1}, {"unchanged": 1})
    assert Event.objects.count() == events + 1  # the import itself
    assert preview_board(_import(world.alice, now)).tasks == {"unchanged": 6, "refused": 1}


def test_what_changed_there_comes_over_unless_somebody_changed_it_here(
    world: World, bob: Worker, now: datetime
) -> None:
    _run(world.alice, now)
    work.change_task(Task.objects.get(title="Write the offer"), title="Our title", actor=world.alice.actor, now=now)

    def change(board: dict[str, Any]) -> None:
        first, second, third = board["cards"][:3]
        first["name"], first["desc"] = "Their title", "New text"
        second["idList"] = "l3"
        board["checklists"][0]["checkItems"].append({"id": "i9", "name": "Frame", "state": "incomplete", "pos": 9})
        third["labels"] = [{"name": "web"}]

    text = _changed(change)
    report = preview_board(_import(world.alice, now, text))
    assert (report.tasks, report.kept, report.items) == ({"updated": 3, "unchanged": 3, "refused": 1}, 1, 1)
    done = _run(world.alice, now, text)
    assert (done.tasks, done.kept, done.items) == (report.tasks, 1, 1)
    offer = Task.objects.get(external_id="trello:c1")
    assert (offer.title, offer.description) == ("Our title", "New text")
    assert Task.objects.get(title="Draw the map").status.name == "QA"
    assert Task.objects.get(title="Test the form").labels == ["web"]
    again = _run(world.alice, now, text)
    assert (again.tasks, again.kept) == ({"unchanged": 6, "refused": 1}, 0)


def test_the_next_import_begins_with_what_was_chosen_before(world: World, bob: Worker, now: datetime) -> None:
    _run(world.alice, now, states={"l3": "running"}, members={"m2": NEW}, archived=AS_DONE)
    again = _import(world.alice, now, _changed(lambda b: b["lists"].append({"id": "l6", "name": "Next", "pos": 9})))
    assert again.mapping["lists"]["l3"] == "running"
    assert again.mapping["lists"]["l6"] == "ready"
    assert (again.mapping["members"]["m2"], again.mapping["archived"]) == (NEW, AS_DONE)
    assert preview_board(again).tasks == {"unchanged": 8, "refused": 1}


def test_a_task_that_was_moved_or_thrown_away_here_stays_so(world: World, bob: Worker, now: datetime) -> None:
    _run(world.alice, now)
    by = {"actor": world.alice.actor, "now": now}
    work.delete_task(Task.objects.get(title="Write the offer"), **by)
    work.move_task(Task.objects.get(title="Draw the map"), Status.objects.get(name="QA"), **by)
    report = _run(
        world.alice, now, _changed(lambda b: [c.update(idList="l1", name=c["name"] + "!") for c in b["cards"]])
    )
    assert report.tasks["updated"] == 5
    assert Task.objects.get(external_id="trello:c1").title == "Write the offer"
    assert Task.objects.get(external_id="trello:c2").status.name == "QA"


@pytest.mark.parametrize(
    ("archived", "found"), [(LEAVE, []), (AS_DONE, ["done", "done"]), (AS_THE_OTHERS, ["backlog"] * 2)]
)
def test_archived_cards_are_brought_in_as_chosen(world: World, now: datetime, archived: str, found: list[str]) -> None:
    _run(world.alice, now, archived=archived)
    old = Task.objects.filter(title__in=["Old idea", "Lost list"])
    assert list(old.values_list("state", flat=True)) == found


def test_the_job_runs_a_board_too_and_choices_end_with_the_start(world: World, now: datetime) -> None:
    run = _import(world.alice, now)
    start_import(run, actor=world.alice.actor, now=now)
    with pytest.raises(Conflict):
        change_choices(run, states={}, members={}, archived=LEAVE, actor=world.alice.actor)
    event = Event.objects.get(kind="import.started")
    for _ in range(2):  # a job may run twice
        run_started_import(workspace_id=world.workspace.pk, event_id=event.pk, now=now)
    run.refresh_from_db()
    assert (run.state, run.done_rows, run.total_rows, run.report["tasks"]["created"]) == ("done", 6, 6, 6)


def test_only_managers_and_only_people_of_the_workspace(world: World, now: datetime) -> None:
    run = _import(world.alice, now)
    for who in (world.bob, world.clara, world.audrey, world.echo):
        with pytest.raises(Forbidden):
            _import(who, now)
    with pytest.raises(Invalid):
        change_choices(run, states={}, members={"m1": "999999"}, archived=LEAVE, actor=world.alice.actor)
    with pytest.raises(Invalid):
        change_choices(run, states={"l1": "asleep"}, members={}, archived=LEAVE, actor=world.alice.actor)
    enter(world.charlie.workspace.pk)
    with pytest.raises(Missing):
        find_import(world.charlie.actor, run.pk)
