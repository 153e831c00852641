"""One's own day: private notes that only their owner sees, and time that is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden, Invalid, Missing
from fairlead.lib.rest import without
from fairlead.work import actions
from fairlead.work.one_line import Note, read_note
from fairlead.work.planner import Capture
from fairlead.work.queries.planner import busy_time, captures, find_block, find_capture, own_blocks
from work.conftest import Site, worker_for

ZONE = "Europe/Berlin"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026, Berlin, as UTC."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("Call the printer", Note("Call the printer")),
        ("Call the printer friday 14:00", Note("Call the printer", at(27, 14))),
        ("Call the printer on fri at 9.30", Note("Call the printer", at(27, 9, 30))),
        ("Buy milk tomorrow", Note("Buy milk", at(24, 18))),
        ("monday review", Note("review", at(30, 18))),
        ("Stretch 9:00", Note("Stretch", at(24, 9))),
        ("Stretch 11:00", Note("Stretch", at(23, 11))),
        ("Renew pass +2w #private !low", Note("Renew pass", datetime(2026, 12, 7, 17, tzinfo=UTC), ("private",), 1)),
        ("Fix @web footer !high #bug #bug", Note("Fix footer", None, ("bug",), 3, "WEB")),
        ("Ask @nobody about !this and 25:00", Note("Ask @nobody about !this and 25:00")),
        ("Druckerei anrufen am Freitag um 14:00 !hoch", Note("Druckerei anrufen", at(27, 14), (), 3)),
        ("Milch kaufen morgen", Note("Milch kaufen", at(24, 18))),
        ("Bericht bis übermorgen !dringend", Note("Bericht", at(25, 18), (), 4)),
        ("Laufen am Morgen 7:30", Note("Laufen am Morgen", at(24, 7, 30))),
        ("Die Don und son ansehen", Note("Die Don und son ansehen")),
        ("2026-12-24", Note("2026-12-24", datetime(2026, 12, 24, 17, tzinfo=UTC))),
    ],
)  # fmt: skip
def test_a_note_is_understood(line: str, note: Note, now: datetime) -> None:
    assert read_note(line, now=now, zone=ZONE, projects=["WEB", "APP"]) == note


def test_only_its_owner_sees_a_note_and_no_event_tells_of_it(site: Site) -> None:
    world, events = site.world, Event.objects.count()
    note = actions.capture("Ask for a raise #private", actor=world.bob.actor, now=site.now, zone=ZONE)
    assert [row["text"] for row in captures(world.bob.actor)] == ["Ask for a raise"]
    for who in (world.alice, world.olga, world.dana, world.audrey, world.charlie):
        assert captures(who.actor) == []
        with pytest.raises(Missing):
            find_capture(who.actor, note.pk)
        with pytest.raises(Forbidden):
            actions.drop_capture(note, actor=who.actor, now=site.now)
    assert Event.objects.count() == events
    for who in (world.clara, world.audrey, world.echo):
        with pytest.raises(Forbidden):
            actions.capture("Hello", actor=who.actor, now=site.now, zone=ZONE)
    with pytest.raises(Invalid):
        actions.capture(" ", actor=world.bob.actor, now=site.now, zone=ZONE)


def test_a_note_becomes_a_task_is_kept_or_dropped(site: Site) -> None:
    by = {"actor": site.world.bob.actor, "now": site.now}
    line = "Map of the shops friday #map !high"
    note, other, third = (actions.capture(text, zone=ZONE, **by) for text in (line, "Drop me", "Keep me"))
    task = actions.make_task_of(note, site.project, **by)
    assert (str(task), task.title, task.labels, task.priority, task.due_at) == (
        "WEB-1", "Map of the shops", ["map"], 3, at(27, 18),
    )  # fmt: skip
    actions.drop_capture(other, **by)
    actions.keep_capture(third, **by)
    assert captures(site.world.bob.actor) == []
    actions.undrop_capture(other, actor=site.world.bob.actor)
    assert [row["text"] for row in captures(site.world.bob.actor)] == ["Drop me"]
    assert Capture.objects.count() == 3


def test_a_block_is_moved_removed_and_nobody_elses(site: Site) -> None:
    world, by = site.world, {"actor": site.world.bob.actor, "now": site.now}
    bob = worker_for(world.bob, site.now)
    block = actions.add_block(bob, (at(24, 9), at(24, 11)), title="Dentist", kind="private", **by)
    assert "Dentist" not in str(list(Event.objects.values_list("payload", "subject_label")))
    for who in (world.alice, world.dana, world.charlie):
        with pytest.raises(Forbidden):
            actions.move_block(block, (at(24, 9), at(24, 10)), actor=who.actor, now=site.now)
        with pytest.raises(Missing):
            find_block(who.actor, block.pk)
    with pytest.raises(Invalid):
        actions.move_block(block, (at(24, 11), at(24, 10)), **by)
    actions.move_block(block, (at(24, 13), at(24, 14)), **by)
    assert [(row["title"], row["starts_at"]) for row in own_blocks(bob, at(24, 8), at(25, 8))] == [
        ("Dentist", at(24, 13))
    ]
    actions.remove_block(block, **by)
    assert busy_time([bob.pk], at(24, 8), at(25, 8)) == {}
    actions.restore_block(block, **by)
    assert busy_time([bob.pk], at(24, 8), at(25, 8)) == {bob.pk: [(at(24, 13), at(24, 14))]}


def test_a_block_for_a_task_keeps_nobody_from_work(site: Site) -> None:
    bob = worker_for(site.world.bob, site.now)
    block = actions.add_block(
        bob, (at(24, 9), at(24, 11)), kind="task", task=site.make(), actor=site.world.bob.actor, now=site.now
    )
    assert busy_time([bob.pk], at(24, 8), at(25, 8)) == {}
    assert [row["key"] for row in own_blocks(bob, at(24, 8), at(25, 8))] == ["WEB-1"]
    assert block.worker == bob


def test_times_without_the_busy_ones() -> None:
    hour = timedelta(hours=1)
    nine = at(24, 9)
    day = [(nine, nine + 3 * hour), (nine + 4 * hour, nine + 8 * hour)]
    busy = [(nine - hour, nine + hour), (nine + 2 * hour, nine + 5 * hour), (nine + 6 * hour, nine + 7 * hour)]
    assert without(day, busy) == [
        (nine + hour, nine + 2 * hour), (nine + 5 * hour, nine + 6 * hour), (nine + 7 * hour, nine + 8 * hour),
    ]  # fmt: skip
    assert without(day, []) == day
