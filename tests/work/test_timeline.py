"""Bars over time: who sees what, links that do not fit, the longest chain, and the page and its data."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from fairlead.events.tenancy import enter
from fairlead.work import actions, queries
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Dependency, Task
from work.conftest import Site

JSON = {"HTTP_ACCEPT": "application/json"}


def at(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def span(site: Site, title: str, first: int, last: int, **more: Any) -> Task:
    return site.make(title, release_at=at(first, 0), due_at=at(last), **more)


def link(site: Site, task: Task, after: Task, kind: str = "fs", lag_min: int = 0) -> None:
    actions.add_dependency(task, after, kind=kind, lag_min=lag_min, actor=site.world.alice.actor, now=site.now)


def seen(site: Site, who: str = "alice", **wanted: Any) -> queries.Timeline:
    return queries.timeline(getattr(site.world, who).actor, TaskFilter(**wanted), now=site.now)


def client(site: Site, who: str) -> Client:
    found = Client()
    found.force_login(getattr(site.world, who).user)
    return found


def bars(found: queries.Timeline) -> list[tuple[str, datetime | None, datetime | None]]:
    return [(line.bar.key, line.bar.start, line.bar.end) for line in found.lines]


def test_a_bar_lasts_from_its_start_to_its_due_time_and_assumes_what_is_not_said(site: Site) -> None:
    span(site, "Both", 24, 25)
    site.make("Milestone", due_at=at(26))
    site.make("Two days of work", due_at=at(27), effort_min=700)
    site.make("Only a start", release_at=at(30, 0), effort_min=960)
    site.make("Neither")
    found = seen(site)
    assert bars(found) == [
        ("WEB-1", at(24, 0), at(25)),
        ("WEB-3", at(26, 0), at(27)),
        ("WEB-2", at(26), at(26)),
        ("WEB-4", at(30, 0), datetime(2026, 12, 1, 18, tzinfo=UTC)),
    ]
    assert [line.bar.is_milestone for line in found.lines] == [False, False, True, False]
    assert found.undated == 1


def test_a_task_that_has_begun_starts_when_it_did(site: Site) -> None:
    task = span(site, "A", 24, 27)
    actions.start_task(task, actor=site.world.alice.actor, now=at(20, 9))
    assert bars(seen(site)) == [("WEB-1", at(20, 9), at(27))]


def test_what_was_done_long_ago_or_cancelled_is_left_out(site: Site) -> None:
    alice = site.world.alice.actor
    long_ago, lately, cancelled = (span(site, name, 9, 10) for name in "ABC")
    actions.complete_task(long_ago, actor=alice, now=datetime(2026, 10, 1, tzinfo=UTC))
    actions.complete_task(lately, actor=alice, now=at(20))
    actions.cancel_task(cancelled, actor=alice, now=at(20))
    assert [key for key, *_ in bars(seen(site))] == ["WEB-2"]
    assert [key for key, *_ in bars(seen(site, state="done"))] == ["WEB-1", "WEB-2"]


def test_of_very_many_tasks_the_first_stand_on_the_timeline_and_the_page_says_so(site: Site) -> None:
    drafts = [actions.TaskDraft(title=f"Task {n}", due_at=at(10)) for n in range(500)]
    actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    found = seen(site)
    assert (len(found.lines), found.cut) == (500, False)
    site.make("First", due_at=at(9))
    found = seen(site)
    assert (len(found.lines), found.cut, found.lines[0].bar.title) == (500, True, "First")
    html = client(site, "alice").get("/timeline/").content.decode()
    assert "Only the first 500 tasks are shown." in html


def test_a_link_that_does_not_fit_is_told_in_a_sentence(site: Site) -> None:
    a, b, c, d = span(site, "A", 23, 26), span(site, "B", 25, 27), span(site, "C", 30, 30), span(site, "D", 23, 24)
    link(site, b, a)
    link(site, c, a)
    link(site, d, a, "ff", 1440)
    assert seen(site).problems == [
        ("WEB-1", "WEB-2 starts on 25 Nov 00:00, but WEB-1 ends on 26 Nov 18:00."),
        ("WEB-1", "WEB-4 ends on 24 Nov 18:00, but WEB-1 ends on 26 Nov 18:00, and it follows 1d later."),
    ]


def test_the_longest_chain_is_the_one_that_takes_most_time(site: Site) -> None:
    a, b, c, d = span(site, "A", 23, 24), span(site, "B", 25, 25), span(site, "C", 25, 30), span(site, "D", 30, 30)
    span(site, "Alone", 1, 30)
    for task, after in ((b, a), (c, a), (d, b), (d, c)):
        link(site, task, after)
    assert next(key for key, *_ in bars(seen(site))) == "WEB-5"
    assert seen(site).critical == (a.pk, c.pk, d.pk)
    actions.cancel_task(c, actor=site.world.alice.actor, now=site.now)
    assert seen(site).critical == (a.pk, b.pk, d.pk)


def test_strangers_see_nothing_and_clients_neither_efforts_nor_other_projects(site: Site) -> None:
    alice = site.world.alice.actor
    ours = site.make("Ours", due_at=at(27), effort_min=1440)
    app = actions.create_project(key="APP", name="App", actor=alice, now=site.now)
    hidden = actions.create_task(app, actions.TaskDraft(title="Hidden", due_at=at(28)), actor=alice, now=site.now)
    link(site, ours, hidden)
    assert (bars(seen(site, "charlie")), bars(seen(site, "clara"))) == ([], [])
    actions.share_project(site.project, site.world.clara.user, actor=alice, now=site.now)
    found = seen(site, "clara")
    assert (bars(found), found.ties, found.critical) == ([("WEB-1", at(27), at(27))], (), ())


# the page and its data


def test_the_data_are_short_lists_in_the_readers_own_time(site: Site) -> None:
    alice = site.world.alice
    alice.user.time_zone = "Europe/Berlin"
    alice.user.save()
    a, b = span(site, "A", 23, 24), span(site, "B", 24, 25, parent=None)
    link(site, b, a, "fs", 1440)
    told = client(site, "alice").get("/timeline/data/?project=WEB").json()
    assert told["ref"] == "2026-11-23"
    assert told["tasks"] == [
        ["WEB-1", "A", 60, 1440 + 19 * 60, 4 + 16, "WEB", 0, ""],
        ["WEB-2", "B", 1440 + 60, 2 * 1440 + 19 * 60, 4 + 16, "WEB", 0, ""],
    ]
    assert told["links"] == [[0, 1, "fs", "1d", 1]]
    assert (told["critical"], told["projects"], told["people"]) == ([0, 1], [["WEB", "Website", 0]], [])
    assert client(site, "charlie").get("/timeline/data/?project=WEB").json()["tasks"] == []


def test_the_page_says_what_does_not_fit_and_what_has_no_date(site: Site) -> None:
    link(site, span(site, "B", 24, 24), span(site, "A", 23, 25))
    site.make("Loose")
    html = client(site, "alice").get("/projects/WEB/timeline/").content.decode()
    assert "1 link does not fit" in html
    assert "WEB-1 starts on 24 Nov 00:00, but WEB-2 ends on 25 Nov 18:00." in html
    assert "1 open task has no date" in html
    assert client(site, "charlie").get("/projects/WEB/timeline/").status_code == 404


def test_dates_are_looked_at_first_and_then_changed_with_what_follows(site: Site) -> None:
    a, b = span(site, "A", 23, 24), span(site, "B", 25, 25)
    link(site, b, a)
    alice = client(site, "alice")
    told = alice.get("/tasks/WEB-1/dates/?days=1", **JSON).json()
    assert told == {
        "moved": [
            {"key": "WEB-1", "start": "2026-11-24", "due": "2026-11-25"},
            {"key": "WEB-2", "start": "2026-11-26", "due": "2026-11-26"},
        ],
        "followers": 1,
        "stays": 0,
        "words": "1 follower moves too: WEB-2.",
    }
    html = alice.get("/tasks/WEB-1/dates/?days=1").content.decode()
    assert "1 follower moves too: WEB-2." in html
    assert "Move 2 tasks" in html
    done = alice.post("/tasks/WEB-1/dates/", {"days": "1", "next": "/timeline/"}, **JSON).json()
    assert done["text"] == "WEB-1, WEB-2 moved."
    b.refresh_from_db()
    assert b.due_at == at(26)
    alice.post(done["undo_url"])
    b.refresh_from_db()
    assert b.due_at == at(25)


def test_a_task_can_be_moved_alone_and_its_start_taken_away(site: Site) -> None:
    a, b = span(site, "A", 23, 24), span(site, "B", 25, 25)
    link(site, b, a)
    alice = client(site, "alice")
    alice.post("/tasks/WEB-1/dates/", {"start": "", "due": "2026-11-26", "only": "1"})
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.release_at, a.due_at, b.due_at) == (None, at(26), at(25))


def test_odd_dates_and_people_who_may_not_are_refused(site: Site) -> None:
    span(site, "A", 23, 24)
    alice = client(site, "alice")
    for query in ("days=soon", "days=9999999", "due=someday", "start=2026-11-30"):
        assert alice.get(f"/tasks/WEB-1/dates/?{query}", **JSON).status_code == 422
        assert alice.get(f"/tasks/WEB-1/dates/?{query}").status_code == 422
    for who, status in (("bob", 403), ("echo", 403), ("audrey", 403), ("clara", 404), ("charlie", 404)):
        answer = client(site, who).post("/tasks/WEB-1/dates/", {"due": "2026-11-30"})
        assert (who, answer.status_code) == (who, status)
    enter(site.world.workspace.pk)
    assert Task.objects.get().due_at == at(24)


def test_a_link_is_drawn_and_a_circle_refused_with_its_chain(site: Site) -> None:
    span(site, "A", 23, 24)
    span(site, "B", 25, 25)
    alice = client(site, "alice")
    done = alice.post("/tasks/WEB-2/waits-for/", {"after": "WEB-1", "kind": "ss", "lag": "1d"}, **JSON)
    assert done.json() == {"text": "WEB-2 follows WEB-1."}
    found = Dependency.objects.get()
    assert (found.kind, found.lag_min) == ("ss", 1440)
    circle = alice.post("/tasks/WEB-1/waits-for/", {"after": "WEB-2"}, **JSON)
    assert circle.status_code == 422
    assert "WEB-2 → WEB-1 already" in circle.json()["detail"]
    assert alice.post("/tasks/WEB-2/waits-for/", {"after": "WEB-1", "lag": "soon"}, **JSON).status_code == 422


@pytest.mark.parametrize("count", [4, 40])
def test_a_timeline_of_any_size_takes_the_same_queries(site: Site, count: int, django_assert_num_queries: Any) -> None:
    tasks = [site.make(f"Task {n}", due_at=at(1 + n % 28)) for n in range(count)]
    for after, task in pairwise(tasks):
        link(site, task, after)
    alice = client(site, "alice")
    alice.get("/timeline/data/")
    with django_assert_num_queries(DATA_QUERIES):
        alice.get("/timeline/data/")


DATA_QUERIES = 10
