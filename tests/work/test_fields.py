"""Fields of a workspace's own: every kind, what the database refuses, formulas, and what must be filled when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import Person
from fairlead.allocation.routing import Surroundings
from fairlead.allocation.routing.expressions import about_task
from fairlead.events.models import Event
from fairlead.lib.cel import BadExpression
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.work import actions
from fairlead.work.fields.definitions import definitions, find_field, visible
from fairlead.work.fields.models import Field, FieldValue
from fairlead.work.fields.stored import values_of
from fairlead.work.fields.values import Wrong, shown, typed, written
from fairlead.work.models import Task
from fairlead.work.types.models import TaskType
from work.conftest import Site, worker_for
from work.fielded import add_all, add_field, fill, known, option


def stored(site: Site, task: Task) -> dict[str, Any]:
    fields = definitions(site.world.workspace.pk)
    values = values_of([task.pk], fields).get(task.pk, {})
    return {field.key: values[field.id] for field in fields if field.id in values}


def test_every_kind_keeps_its_value_and_says_it(site: Site) -> None:
    fields = add_all(site)
    bob, dana = (worker_for(who, site.now) for who in (site.world.bob, site.world.dana))
    people = {bob.pk: bob.name, dana.pk: dana.name}
    told = {
        "account": ("ACME-7", "ACME-7"), "notes": ("a\nb", "a\nb"), "weight": ("1,234.5 kg", "1,234.50 kg"),
        "budget": ("1250.5", "€1,250.50"), "launch": ("2026-12-24", "24 Dec 2026"), "stage": ("live", "Live"),
        "channels": ("Radio, web", "Radio, Web"), "contact": ("Bob", "Bob"), "reviewers": ("dana; bob", "Dana, Bob"),
        "urgent_print": ("yes", "yes"), "ticket": ("https://example.com/7", "https://example.com/7"),
    }  # fmt: skip
    task = site.make("Poster", effort_min=120)
    fill(site, task, **{key: typed(fields[key], text, people) for key, (text, _) in told.items()})
    found = stored(site, task)
    assert {key: shown(fields[key], found[key], people) for key in told} == {k: words for k, (_, words) in told.items()}
    assert found["budget"] == 125050
    assert found["rate"] == Decimal("625.3")
    again = {key: typed(fields[key], written(fields[key], found[key]), people) for key in told}
    assert again == {key: found[key] for key in told}


def test_what_a_field_cannot_be_is_refused_in_words(site: Site) -> None:
    fields = add_all(site)
    for key, text, part in (
        ("weight", "heavy", "is a number"), ("weight", "1.234", "at most 2 decimals"),
        ("budget", "1.234", "2 decimals"),
        ("launch", "soon", "a day like"), ("stage", "Never", "one of: Draft, Live, Old"), ("contact", "Zoe", "Zoe"),
        ("ticket", "http://example.com", "https://"), ("ticket", "javascript:alert(1)", "https://"),
        ("urgent_print", "perhaps", "yes or no"), ("account", "x" * 501, "500"), ("weight", "1e400", "too large"),
        ("weight", "NaN", "too large"),
    ):  # fmt: skip
        with pytest.raises(Wrong, match=part):
            typed(fields[key], text, {})


def test_an_event_tells_before_and_after_and_the_same_value_tells_nothing(site: Site) -> None:
    add_all(site)
    task = site.make()
    fill(site, task, budget=100_00)
    fill(site, task, budget=100_00)
    fill(site, task, budget=None, stage=option(known(site, "stage"), "Draft"))
    told = list(Event.objects.filter(kind="task.changed").order_by("seq").values_list("payload__changes", flat=True))
    assert told == [{"Budget": ["", "€100.00"]}, {"Budget": ["€100.00", ""], "Stage": ["", "Draft"]}]
    assert task.version == 3


def test_a_nought_is_a_value(site: Site) -> None:
    add_all(site)
    task = site.make()
    fill(site, task, budget=0, weight=Decimal(0))
    assert stored(site, task) == {"budget": 0, "weight": Decimal(0)}


def test_the_database_refuses_what_must_never_be(site: Site) -> None:
    fields, task = add_all(site), site.make()
    site_id = site.world.workspace.pk
    budget, weight, stage = (fields[key].id for key in ("budget", "weight", "stage"))
    wrong = (
        {"field_id": budget, "kind": "money"},
        {"field_id": budget, "kind": "money", "minor": 1, "text": "one"},
        {"field_id": budget, "kind": "money", "number": 1},
        {"field_id": stage, "kind": "select", "minor": 3},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            FieldValue.objects.create(workspace_id=site_id, task=task, **values)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldValue.objects.create(workspace_id=site_id, task=task, field_id=weight, kind="money", minor=1)
    FieldValue.objects.create(workspace_id=site_id, task=task, field_id=budget, kind="money", minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldValue.objects.create(workspace_id=site_id, task=task, field_id=budget, kind="money", minor=2)


def test_only_managers_make_fields_and_strangers_see_none(site: Site) -> None:
    world = site.world
    for who in (world.bob, world.dana, world.echo, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            actions.create_field("Budget", "number", actor=who.actor, now=site.now)
    field = add_field(site, "Budget", "money", currency="EUR")
    row = Field.objects.get(pk=field.id)
    with pytest.raises(Forbidden):
        actions.change_field(row, name="Ours", actor=world.charlie.actor, now=site.now)
    assert (visible(world.charlie.actor), visible(world.clara.actor)) == ((), ())
    with pytest.raises(Missing):
        find_field(world.clara.actor, "budget")
    actions.change_field(row, for_clients=True, actor=world.alice.actor, now=site.now)
    assert [f.key for f in visible(world.clara.actor)] == ["budget"]


def test_who_may_not_edit_the_task_fills_nothing(site: Site) -> None:
    field, task = add_field(site, "Budget", "money", currency="EUR"), site.make()
    for who in (site.world.bob, site.world.clara, site.world.audrey, site.world.charlie):
        with pytest.raises(Forbidden):
            actions.change_task(task, fields={field.id: 1}, actor=who.actor, now=site.now)
    assert stored(site, task) == {}


def test_a_client_fills_in_a_request_what_is_for_clients(site: Site) -> None:
    inside, open_ = add_field(site, "Margin", "number"), add_field(site, "Shop", "text", for_clients=True)
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    task = site.make("Please", by=site.world.clara, fields={open_.id: "Berlin"})
    assert stored(site, task) == {"shop": "Berlin"}
    with pytest.raises(Invalid, match="no such field"):
        site.make("Please", by=site.world.clara, fields={inside.id: Decimal(3)})


def test_values_belong_to_the_projects_where_the_field_is_on(site: Site) -> None:
    field, alice = add_field(site, "Shop", "text"), site.world.alice.actor
    other = actions.create_project(key="APP", name="App", actor=alice, now=site.now)
    task = actions.create_task(other, actions.TaskDraft(title="Icon"), actor=alice, now=site.now)
    with pytest.raises(Invalid, match="App has no such field"):
        actions.change_task(task, fields={field.id: "x"}, actor=alice, now=site.now)
    mine = fill(site, site.make(), shop="Berlin")
    row = Field.objects.get(pk=field.id)
    actions.switch_off(row, site.project, actor=alice, now=site.now)
    with pytest.raises(Invalid):
        fill(site, mine, shop="Paris")
    actions.switch_on(row, site.project, actor=alice, now=site.now)
    assert stored(site, mine) == {"shop": "Berlin"}


@pytest.mark.parametrize(("needed", "stops"), [("review", ["In review", "Done"]), ("done", ["Done"])])
def test_a_required_field_keeps_a_task_back_and_says_which(site: Site, needed: str, stops: list[str]) -> None:
    add_field(site, "Budget", "money", currency="EUR", required_from=needed)
    alice = site.world.alice.actor
    for column in ("In review", "Done"):
        task = site.make()
        actions.start_task(task, actor=alice, now=site.now)
        if column in stops:
            with pytest.raises(actions.FieldsEmpty, match=f"fill Budget of {task}: open it at /tasks/{task}/#fields"):
                actions.move_task(task, site.column(column), actor=alice, now=site.now)
            outcome = actions.change_many([str(task)], actions.TaskEdit(status_id=site.column(column).pk),
                                          actor=alice, now=site.now)  # fmt: skip
            assert outcome.changed == ()
            assert "Budget" in outcome.skipped[0][1]
            fill(site, task, budget=5)
        actions.move_task(task, site.column(column), actor=alice, now=site.now)
        assert task.status.name == column


def test_a_task_is_not_made_where_it_may_not_be(site: Site) -> None:
    add_field(site, "Budget", "money", currency="EUR", required_from="review")
    with pytest.raises(actions.FieldsEmpty):
        site.make(status=site.column("In review"))
    assert Task.objects.count() == 0


def test_formulas_follow_effort_values_and_their_own_text(site: Site) -> None:
    add_all(site)
    alice, task = site.world.alice.actor, site.make(effort_min=60)
    assert stored(site, task) == {}
    fill(site, task, budget=300_00)
    assert stored(site, task)["rate"] == Decimal(300)
    actions.change_task(task, effort_min=180, actor=alice, now=site.now)
    assert stored(site, task)["rate"] == Decimal(100)
    rate = Field.objects.get(key="rate")
    actions.change_field(rate, formula="task.fields.budget * 2 + 0.5", actor=alice, now=site.now)
    assert stored(site, task)["rate"] == Decimal("600.5")
    actions.change_field(rate, formula="task.fields.budget / (task.effort_h - 3)", actor=alice, now=site.now)
    assert "rate" not in stored(site, task)
    actions.change_field(rate, formula="task.fields.launch - task.fields.launch + 1", actor=alice, now=site.now)
    fill(site, task, launch=date(2026, 12, 24), budget=None)
    assert stored(site, task)["rate"] == Decimal(1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "task.fields.budgt * 2",
            "At character 1: There is nothing called task.fields.budgt .* mean task.fields.budget?",
        ),
        ("task.fields.budget * 2 +", "At character 25: It ends too early"),
        ("2 * 3 * task.fields.stage", "At character 9: There is nothing called task.fields.stage"),
        ("task.fields.budget > 2", "A formula gives a number"),
        ("", "Write what it is worked out from"),
    ],
)
def test_a_formula_that_cannot_be_is_told_at_its_place(site: Site, text: str, part: str) -> None:
    add_all(site)
    with pytest.raises(Invalid, match=part):
        actions.create_field("More", "formula", formula=text, actor=site.world.alice.actor, now=site.now)


def test_options_are_renamed_reordered_archived_and_kept_where_chosen(site: Site) -> None:
    add_all(site)
    alice, task = site.world.alice.actor, site.make()
    stage = known(site, "stage")
    fill(site, task, stage=option(stage, "Old"))
    draft, live, old = stage.options
    row = Field.objects.get(pk=stage.id)
    with pytest.raises(Refused, match="One task has Old"):
        actions.change_field(row, options=(actions.OptionIn("Draft", id=draft.id),), actor=alice, now=site.now)
    order = (actions.OptionIn("Draft", id=live.id), actions.OptionIn("Live", id=draft.id),
             actions.OptionIn("Past", id=old.id, archived=True), actions.OptionIn("New", color=5))  # fmt: skip
    actions.change_field(row, options=order, actor=alice, now=site.now)
    found = known(site, "stage")
    assert [(o.name, o.archived) for o in found.options] == [
        ("Draft", False), ("Live", False), ("Past", True), ("New", False),
    ]  # fmt: skip
    assert shown(found, stored(site, task)["stage"], {}) == "Past"
    with pytest.raises(Invalid, match="one of the options"):
        fill(site, site.make(), stage=old.id)


def test_delete_tells_what_is_lost_and_restore_brings_it_back(site: Site) -> None:
    add_all(site)
    alice = site.world.alice.actor
    tasks = [fill(site, site.make(effort_min=60), budget=60_00) for _ in range(3)]
    budget = Field.objects.get(key="budget")
    assert actions.delete_field(budget, actor=alice, now=site.now) == 3
    assert stored(site, tasks[0]) == {}
    actions.restore_field(budget, actor=alice, now=site.now)
    assert stored(site, tasks[0]) == {"budget": 60_00, "rate": Decimal(60)}
    actions.delete_field(budget, actor=alice, now=site.now)
    add_field(site, "Budget", "number")
    with pytest.raises(Conflict):
        actions.restore_field(budget, actor=alice, now=site.now)


def test_archived_fields_take_nothing_new(site: Site) -> None:
    add_all(site)
    task = fill(site, site.make(), account="A")
    actions.archive_field(Field.objects.get(key="account"), actor=site.world.alice.actor, now=site.now)
    with pytest.raises(Invalid, match="archived"):
        fill(site, task, account="B")
    fill(site, task, account=None)
    assert stored(site, task) == {}


def test_a_card_has_room_for_two(site: Site) -> None:
    add_all(site)
    by: dict[str, Any] = {"actor": site.world.alice.actor, "now": site.now}
    rows = [Field.objects.get(key=key) for key in ("budget", "stage", "launch")]
    for row in rows[:2]:
        actions.show_on_cards(row, site.project, **by)
    with pytest.raises(Refused, match="room for 2"):
        actions.show_on_cards(rows[2], site.project, **by)
    actions.hide_from_cards(rows[0], site.project, **by)
    actions.show_on_cards(rows[2], site.project, **by)
    assert [key for key in ("budget", "stage", "launch") if known(site, key).cards] == ["stage", "launch"]


def test_somebody_elses_worker_or_option_is_refused(site: Site) -> None:
    add_all(site)
    task = site.make()
    for key, value in (("contact", 10**9), ("stage", 10**9), ("reviewers", (10**9,)), ("channels", (10**9,))):
        with pytest.raises(Invalid):
            fill(site, task, **{key: value})


def test_an_ai_agent_that_holds_a_task_may_fill_it(site: Site) -> None:
    add_all(site)
    echo: Person = site.world.echo
    task = site.held(echo)
    actions.change_task(task, fields={known(site, "account").id: "x"}, actor=echo.actor, now=site.now)
    assert stored(site, task) == {"account": "x"}
    with pytest.raises(Forbidden):
        actions.change_field(Field.objects.get(key="account"), name="Mine", actor=echo.actor, now=site.now)


def test_policies_know_fields_and_types(site: Site) -> None:
    add_all(site)
    alice = site.world.alice.actor
    task, other = site.make(effort_min=60), site.make()
    fill(site, task, budget=5000_00, stage=option(known(site, "stage"), "Live"), launch=date(2026, 11, 30))
    actions.change_task(
        task, type=TaskType.objects.get(workspace=site.world.workspace, key="bug").pk, actor=alice, now=site.now
    )
    tasks = list(Task.objects.select_related("project", "assignee").order_by("pk"))
    facts = Surroundings(site.world.workspace.pk, site.now).tasks(tasks)
    for text, expected in (
        ("task.fields.budget >= 5000 && task.fields.stage == 'Live'", (True, False)),
        ("task.fields.launch == 7", (True, False)),
        ("'budget' in task.filled", (True, False)),
        ("task.type == 'bug'", (True, False)),
        ("task.fields.channels.size() == 0 && !task.fields.urgent_print", (True, True)),
    ):  # fmt: skip
        assert tuple(about_task(text).holds(facts[t.pk]) for t in (task, other)) == expected, text
    with pytest.raises(BadExpression, match="no field called nothing"):
        about_task("task.fields.nothing > 1").holds(facts[task.pk])
