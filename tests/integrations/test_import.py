"""Importing a real team: people with their skills, tasks with their needs; twice makes nothing twice."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from conftest import Person, World
from fairlead.events.models import Event
from fairlead.integrations.actions import change_mapping, create_import, run_import, start_import
from fairlead.integrations.jobs import run_started_import
from fairlead.integrations.kinds.csv.inbound import Options
from fairlead.integrations.models import Import
from fairlead.integrations.queries import find_import, preview
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people.models import Skill, Worker, WorkerSkill
from fairlead.work import actions as work
from fairlead.work.actions import delete_task
from fairlead.work.models import Need, Task

FOLDER = Path(__file__).parents[1] / "fixtures" / "real-team"
PEOPLE = (FOLDER / "people.csv").read_text()
TASKS = (FOLDER / "tasks.csv").read_text()


def _import(who: Person, now: datetime, *, people: str = PEOPLE, tasks: str = TASKS, key: str = "KAFKA") -> Import:
    return create_import(
        people_file=("people.csv", people) if people else ("", ""),
        tasks_file=("tasks.csv", tasks) if tasks else ("", ""),
        project_key=key,
        actor=who.actor,
        now=now,
    )


def test_the_dry_run_says_what_would_happen_and_writes_nothing(world: World, now: datetime) -> None:
    report = preview(_import(world.alice, now))
    assert (report.people, report.tasks, report.refused) == ({"created": 12}, {"created": 80}, [])
    assert "scala" in report.new_skills
    assert not Worker.objects.exists()
    assert not Task.objects.exists()
    assert not Skill.objects.exists()


def test_a_real_team_is_imported_with_skills_and_needs(world: World, now: datetime) -> None:
    report = run_import(_import(world.alice, now), actor=world.alice.actor, now=now)
    assert (report.people, report.tasks) == ({"created": 12}, {"created": 80})
    assert Worker.objects.count() == 12
    scala = WorkerSkill.objects.get(worker__external_id="w0a822255", skill__name="scala")
    assert scala.level == 4
    task = Task.objects.get(external_id="f58d79d54995")
    assert task.title.startswith("KAFKA-13345: Use")
    assert task.labels == ["streams"]
    assert set(Need.objects.filter(task=task).values_list("skill__name", "level")) == {("streams", 2), ("java", 2)}
    assert Event.objects.filter(kind="task.created").count() == 80


def test_importing_the_same_files_again_changes_nothing(world: World, now: datetime) -> None:
    run_import(_import(world.alice, now), actor=world.alice.actor, now=now)
    events = Event.objects.count()
    again = run_import(_import(world.alice, now), actor=world.alice.actor, now=now)
    assert (again.people, again.tasks) == ({"unchanged": 12}, {"unchanged": 80})
    assert Event.objects.count() == events + 1  # the import itself


def test_a_changed_row_updates_its_task_and_only_that(world: World, now: datetime) -> None:
    run_import(_import(world.alice, now), actor=world.alice.actor, now=now)
    changed = TASKS.replace("MINOR: Various small fixes in the configuration docs", "MINOR: One big fix")
    again = run_import(_import(world.alice, now, people="", tasks=changed), actor=world.alice.actor, now=now)
    assert again.tasks == {"unchanged": 79, "updated": 1}
    assert Task.objects.get(external_id="99d18b7410cb").title == "MINOR: One big fix"


def test_a_task_in_the_trash_stays_there(world: World, now: datetime) -> None:
    run_import(_import(world.alice, now, people="", tasks="id,title\n1,Old\n"), actor=world.alice.actor, now=now)
    delete_task(Task.objects.get(), actor=world.alice.actor, now=now)
    text = "id,title\n1,New\n2,Other\n"
    assert preview(_import(world.alice, now, people="", tasks=text)).tasks == {"unchanged": 1, "created": 1}
    report = run_import(_import(world.alice, now, people="", tasks=text), actor=world.alice.actor, now=now)
    assert report.tasks == {"unchanged": 1, "created": 1}


def test_a_refused_row_is_reported_and_the_others_are_imported(world: World, now: datetime) -> None:
    text = "id,title,effort\n1,Good,2h\n2,,1h\n3,Odd,soon\n"
    report = run_import(_import(world.alice, now, people="", tasks=text), actor=world.alice.actor, now=now)
    assert report.tasks == {"created": 1, "refused": 2}
    assert [(row.line, row.label, row.why) for row in report.refused] == [
        (3, "2", "has no title"),
        (4, "Odd", "has the effort 'soon'; write it as 2h, 1d, 45m or a number of units"),
    ]


def test_columns_can_be_read_differently_until_the_import_starts(world: World, now: datetime) -> None:
    run = _import(world.alice, now, people="", tasks="a,b\nWrite,3\n")
    with pytest.raises(Invalid, match="Choose the column for title"):
        change_mapping(run, {"people": {}, "tasks": {}}, Options(), actor=world.alice.actor)
    change_mapping(
        run, {"people": {}, "tasks": {"title": ["a"], "effort": ["b"]}}, Options(unit_min=20), actor=world.alice.actor
    )
    start_import(run, actor=world.alice.actor, now=now)
    with pytest.raises(Conflict):
        change_mapping(run, {"people": {}, "tasks": {"title": ["b"]}}, Options(), actor=world.alice.actor)
    event = Event.objects.get(kind="import.started")
    run_started_import(workspace_id=world.workspace.pk, event_id=event.pk, now=now)
    assert Task.objects.get().effort_min == 60
    run_started_import(workspace_id=world.workspace.pk, event_id=event.pk, now=now)  # a job may run twice
    assert Task.objects.count() == 1
    run.refresh_from_db()
    assert (run.state, run.done_rows, run.total_rows) == ("done", 1, 1)


def test_who_has_left_imports_nothing(world: World, now: datetime) -> None:
    run = _import(world.alice, now)
    start_import(run, actor=world.alice.actor, now=now)
    world.alice.member.removed_at = now
    world.alice.member.save()
    run_started_import(workspace_id=world.workspace.pk, event_id=Event.objects.get(kind="import.started").pk, now=now)
    run.refresh_from_db()
    assert (run.state, run.report["failed"]) == ("failed", "Who started it has left the workspace.")
    assert not Task.objects.exists()


def test_only_managers_import_and_a_stranger_finds_nothing(world: World, now: datetime) -> None:
    run = _import(world.alice, now)
    for who in (world.bob, world.clara, world.audrey, world.echo):
        with pytest.raises(Forbidden):
            _import(who, now)
        with pytest.raises(Missing):
            find_import(who.actor, run.pk)
    with pytest.raises(Missing):
        find_import(world.charlie.actor, run.pk)


def test_tasks_need_a_project_and_files_need_to_be_there(world: World, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        _import(world.alice, now, key="")
    assert set(refusal.value.fields) == {"project_key"}
    with pytest.raises(Invalid) as refusal:
        _import(world.alice, now, people="", tasks="")
    assert set(refusal.value.fields) == {"tasks_file"}


def test_columns_become_fields_and_types(world: World, now: datetime) -> None:
    by = {"actor": world.alice.actor, "now": now}
    work.create_field("Budget", "money", currency="EUR", **by)
    stage = work.create_field("Stage", "select", options=(work.OptionIn("Draft"), work.OptionIn("Live")), **by)
    text = "id,title,type,budget,Stage\n1,Shop,Bug,1250.50,live\n2,Mill,,,\n3,Odd,Nonsense,5,\n4,Odd,,much,\n"
    run = _import(world.alice, now, people="", tasks=text, key="SHOP")
    assert (run.mapping["tasks"]["f.budget"], run.mapping["tasks"]["type"]) == (["budget"], ["type"])
    report = run_import(run, **by)
    assert (report.tasks, [row.line for row in report.refused]) == ({"created": 2, "refused": 2}, [4, 5])
    shop = Task.objects.get(title="Shop")
    assert shop.type is not None
    assert shop.type.key == "bug"
    assert dict(shop.field_values.values_list("field__key", "minor")) == {"budget": 125050, "stage": None}
    again = run_import(_import(world.alice, now, people="", tasks=text, key="SHOP"), **by)
    assert again.tasks == {"unchanged": 2, "refused": 2}
    changed = text.replace("live", "Draft").replace("Shop,Bug", "Shop,Task")
    assert run_import(_import(world.alice, now, people="", tasks=changed, key="SHOP"), **by).tasks["updated"] == 1
    assert shop.field_values.get(field=stage).option.name == "Draft"
    assert Task.objects.get(title="Shop").type is None
