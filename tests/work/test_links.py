"""The four ways in which one task follows another, and what frees a task."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from fairlead.events.models import Event
from fairlead.lib.errors import Invalid
from fairlead.lib.lag import parse_lag, write_lag
from fairlead.work import actions, queries
from fairlead.work.actions.dependencies import Circle
from fairlead.work.actions.moves import Blocked
from fairlead.work.models import Dependency, Task
from work.conftest import Site


def link(site: Site, task: Task, after: Task, kind: str = "fs", lag_min: int = 0) -> Dependency:
    alice = site.world.alice.actor
    return actions.add_dependency(task, after, kind=kind, lag_min=lag_min, actor=alice, now=site.now)


def told(site: Site, task: Task) -> list[str]:
    return [entry.text for entry in queries.history(site.world.alice.actor, task)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 0), ("2d", 2880), ("3", 4320), ("1d 4h", 1680), ("-30m", -30), ("\u22121w", -10080), ("+4h", 240)],
)
def test_lags_are_read_as_time_of_the_calendar(text: str, minutes: int) -> None:
    assert parse_lag(text) == minutes
    assert parse_lag(write_lag(minutes)) == minutes


@pytest.mark.parametrize("text", ["-", "soon", "2x", "1d later", "--2d", "99999999999d"])
def test_what_is_no_lag_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_lag(text)


def test_only_a_task_that_starts_after_the_other_ends_waits_for_it(site: Site) -> None:
    first = site.make("First")
    kinds = {kind: site.make(kind) for kind in ("fs", "ss", "ff", "sf")}
    for kind, task in kinds.items():
        link(site, task, first, kind)
    overlap = site.make("Overlap")
    link(site, overlap, first, "fs", -1440)
    ids = [task.pk for task in (*kinds.values(), overlap)]
    assert queries.blocked(ids) == {kinds["fs"].pk: ["WEB-1"]}
    alice = site.world.alice.actor
    with pytest.raises(Blocked, match="waits for WEB-1"):
        actions.start_task(kinds["fs"], actor=alice, now=site.now)
    for task in (kinds["ss"], kinds["ff"], kinds["sf"], overlap):
        assert actions.start_task(task, actor=alice, now=site.now).state == "running"


def test_a_link_that_is_there_gets_another_kind_and_the_history_says_so(site: Site) -> None:
    first, task = site.make("First"), site.make("Then")
    link(site, task, first)
    link(site, task, first)
    link(site, task, first, "ss", 2880)
    found = Dependency.objects.get()
    assert (found.kind, found.lag_min) == ("ss", 2880)
    assert told(site, task)[:2] == [
        "changed its link to WEB-1: lag from none to 2d; kind from starts after it ends to starts after it starts",
        "made it wait for WEB-1",
    ]
    other = site.make("Other")
    link(site, other, first, "ff", 60)
    link(site, other, task, "fs", -1440)
    assert told(site, other)[:2] == [
        "linked it to WEB-2: starts after it ends, 1d earlier",
        "linked it to WEB-1: ends after it ends, 1h later",
    ]


def test_unknown_kinds_and_lags_that_do_not_fit_are_refused(site: Site) -> None:
    first, task = site.make(), site.make()
    with pytest.raises(Invalid, match="from the list"):
        link(site, task, first, "xx")
    with pytest.raises(Invalid, match="at most a year"):
        link(site, task, first, "fs", 525_601)
    with pytest.raises(Invalid, match="Only a task that starts after the other ends"):
        link(site, task, first, "ss", -1)
    assert not Dependency.objects.exists()


@pytest.mark.parametrize(("kind", "lag"), [("xx", 0), ("ss", -1), ("fs", 525_601)])
def test_the_database_refuses_them_too(site: Site, kind: str, lag: int) -> None:
    found = link(site, site.make(), site.make())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE work_dependency SET kind = %s, lag_min = %s WHERE id = %s", [kind, lag, found.pk])


def test_a_circle_of_any_kinds_is_refused_with_its_chain(site: Site) -> None:
    a, b, c = site.make(), site.make(), site.make()
    link(site, b, a, "ss")
    link(site, c, b, "ff")
    with pytest.raises(Circle, match="WEB-3 → WEB-2 → WEB-1 already"):
        link(site, a, c, "sf")


def test_a_link_comes_back_with_the_task_from_the_trash(site: Site) -> None:
    alice = site.world.alice.actor
    first, task = site.make(), site.make()
    link(site, task, first, "ff", 120)
    actions.delete_task(task, actor=alice, now=site.now)
    actions.restore_task(task, actor=alice, now=site.now)
    rows = queries.details(alice, task).waits_for
    assert [(row["key"], row["kind"], row["lag"]) for row in rows] == [("WEB-1", "ff", "2h")]


def test_the_last_of_what_a_task_waits_for_frees_it_and_that_is_recorded(site: Site) -> None:
    alice = site.world.alice.actor
    one, two, task, loose = site.make("1"), site.make("2"), site.make("3"), site.make("4")
    link(site, task, one)
    link(site, task, two)
    link(site, loose, one, "ss")
    actions.complete_task(one, actor=alice, now=site.now)
    assert not Event.objects.filter(kind="task.unblocked").exists()
    actions.cancel_task(two, actor=alice, now=site.now)
    event = Event.objects.get(kind="task.unblocked")
    assert (event.subject_id, event.payload) == (task.pk, {"after": "WEB-2"})
    assert told(site, task)[0] == "made way for it: WEB-2 is over"


def test_a_task_that_has_begun_is_not_freed(site: Site) -> None:
    alice = site.world.alice.actor
    one, task = site.make("1"), site.make("2")
    actions.start_task(task, actor=alice, now=site.now)
    link(site, task, one)
    actions.complete_task(one, actor=alice, now=site.now)
    assert not Event.objects.filter(kind="task.unblocked").exists()
