"""The first look at what came in."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from conftest import Person
from fairlead.lib.errors import Conflict, Forbidden, Invalid
from fairlead.lib.prepared import counted
from fairlead.work import actions
from fairlead.work.models import Comment, Task
from fairlead.work.queries.triage import alike_of, inbox, inbox_waits
from fairlead.work.triage import Triage
from work.conftest import Site
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures


def asked(site: Site, title: str, **values: object) -> Task:
    """A request of clara's."""
    if not site.project.clients.exists():
        actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site.make(title, by=site.world.clara, **values)


def waits(site: Site, who: Person | None = None, *, later: timedelta = timedelta()) -> list[str]:
    return [row["key"] for row in inbox((who or site.world.alice).actor, now=site.now + later).rows]


def test_requests_and_imports_wait_and_what_the_team_writes_does_not(site: Site) -> None:
    site.make("Written here")
    request = asked(site, "Please add a map")
    drafts = [actions.TaskDraft(title=f"Row {n}", status=site.column("Backlog")) for n in range(2)]
    imported = actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    begun = actions.create_tasks(
        site.project, [actions.TaskDraft(title="R", status=site.column("Ready"))] * 2, actor=site.world.alice.actor,
        now=site.now,
    )  # fmt: skip
    assert set(waits(site)) == {str(request), *map(str, imported)}
    assert not Triage.objects.filter(task__in=begun).exists()
    rows = inbox(site.world.alice.actor, now=site.now).rows
    assert {row["triage__source"] for row in rows} == {"request", "import"}
    assert rows[0]["missing"] == ["due", "effort", "skills"]


def test_only_managers_look_and_nobody_from_elsewhere(site: Site) -> None:
    task = asked(site, "Please add a map")
    world = site.world
    for who in (world.bob, world.dana, world.clara, world.audrey, world.echo, world.charlie):
        assert waits(site, who) == []
        assert sum(counted(*inbox_waits(who.actor, now=site.now))) == 0
    for who in (world.bob, world.clara, world.audrey, world.echo):
        for act in (
            lambda by: actions.accept_task(task, actor=by, now=site.now),
            lambda by: actions.decline_task(task, "No", actor=by, now=site.now),
            lambda by: actions.snooze_task(task, site.now + timedelta(days=1), actor=by, now=site.now),
        ):
            with pytest.raises(Forbidden):
                act(who.actor)
    assert waits(site) == ["WEB-1"]


def test_accepted_it_is_ready_and_can_come_back(site: Site) -> None:
    task, by = asked(site, "Please add a map"), {"actor": site.world.alice.actor, "now": site.now}
    actions.accept_task(task, **by)
    assert (task.status.name, waits(site)) == ("Ready", [])
    with pytest.raises(Conflict, match="already"):
        actions.accept_task(task, **by)
    actions.untriage_task(task, **by)
    assert (task.status.name, waits(site)) == ("Backlog", ["WEB-1"])


def test_declined_the_requester_reads_why(site: Site) -> None:
    task, by = asked(site, "Please add a map"), {"actor": site.world.alice.actor, "now": site.now}
    with pytest.raises(Invalid):
        actions.decline_task(task, "  ", **by)
    actions.decline_task(task, "The map is part of the next phase.", **by)
    comment = Comment.objects.get(task=task)
    assert (comment.body, comment.internal) == ("The map is part of the next phase.", False)
    task.refresh_from_db()
    assert task.state == "cancelled"


def test_merged_comments_go_along(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    known, task = site.make("Map of the shops"), asked(site, "Add a map")
    said = actions.add_comment(task, "With parking", internal=False, actor=site.world.clara.actor, now=site.now)
    with pytest.raises(Invalid):
        actions.merge_task(task, task, **by)
    actions.merge_task(task, known, **by)
    said.refresh_from_db()
    task.refresh_from_db()
    assert (said.task, said.internal, task.state, task.triage.into) == (known, False, "cancelled", known)
    with pytest.raises(Conflict):
        actions.untriage_task(task, **by)


def test_a_merge_is_taken_back_once(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    other = actions.create_project(key="APP", name="App", **by)
    known, task = actions.create_task(other, actions.TaskDraft(title="Map"), **by), asked(site, "Add a map")
    said = actions.add_comment(task, "With parking", internal=False, actor=site.world.clara.actor, now=site.now)
    own = actions.add_comment(task, "Not before May", internal=True, **by)
    theirs = actions.add_comment(known, "Which map?", internal=True, **by)
    kept = actions.merge_task(task, known, **by)
    with pytest.raises(Forbidden):
        actions.unmerge_task(task, kept, actor=site.world.bob.actor, now=site.now)
    actions.unmerge_task(task, kept, **by)
    task.refresh_from_db()
    assert (task.state, waits(site), task.triage.outcome, task.triage.into) == ("backlog", [str(task)], "", None)
    there = Comment.objects.filter(deleted_at__isnull=True).order_by("id").values_list("id", "task", "internal")
    assert list(there) == [(said.pk, task.pk, False), (own.pk, task.pk, True), (theirs.pk, known.pk, True)]
    with pytest.raises(Conflict, match="taken back already"):
        actions.unmerge_task(task, kept, **by)


def test_a_merge_is_not_taken_back_too_late_or_after_another_look(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    known, task = site.make("Map of the shops"), asked(site, "Add a map")
    kept = actions.merge_task(task, known, **by)
    with pytest.raises(Conflict):
        actions.unmerge_task(task, kept, actor=site.world.alice.actor, now=site.now + timedelta(minutes=11))
    with pytest.raises(Conflict, match="not merged any more"):
        actions.unmerge_task(known, kept, **by)
    actions.unmerge_task(task, kept, **by)
    again = actions.merge_task(task, site.make("Another map"), **by)
    assert again != kept
    with pytest.raises(Conflict, match="taken back already"):
        actions.unmerge_task(task, kept, **by)


def test_the_button_takes_a_merge_back(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Map of the shops")
    task = asked(site, "Add a map")
    answer = alice.post(f"/inbox/{task}/merge/", {"into": "WEB-1"}, headers={"HX-Request": "true"})
    back = json.loads(answer["HX-Trigger"])["toast"]["undo_url"]
    assert back.startswith(f"/inbox/{task}/unmerge/?was=")
    assert waits(site) == []
    assert alice.post(back)["Location"] == "/inbox/"
    assert waits(site) == [str(task)]
    assert "is in the inbox again, with its comments." in text(alice.get("/inbox/"))
    alice.post(back)
    assert "This was taken back already." in text(alice.get("/inbox/"))


def test_accepting_several_is_taken_back_for_those_that_still_wait(site: Site, alice: Browser) -> None:  # noqa: F811
    first, second, third = (asked(site, f"Wish {n}") for n in range(3))
    alice.post("/inbox/accept/", {"task": [str(first), str(second), str(third)]})
    shown = text(alice.get("/inbox/"))
    back = re.findall(r"/inbox/accept/undo/\?was=[^\"]+", shown)[0].replace("&amp;", "&")
    assert waits(site) == []
    third.refresh_from_db()
    actions.move_task(third, site.column("In progress"), actor=site.world.alice.actor, now=site.now)
    alice.post(back)
    assert set(waits(site)) == {str(first), str(second)}
    assert "2 tasks are in the inbox again." in text(alice.get("/inbox/"))
    alice.post(back)
    assert "None of them is as it was." in text(alice.get("/inbox/"))
    assert alice.post("/inbox/accept/undo/?was=made-up").status_code == 404


def test_into_another_project_comments_are_internal(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    other = actions.create_project(key="APP", name="App", **by)
    known = actions.create_task(other, actions.TaskDraft(title="Map"), **by)
    task = asked(site, "Add a map")
    said = actions.add_comment(task, "With parking", internal=False, actor=site.world.clara.actor, now=site.now)
    actions.merge_task(task, known, **by)
    said.refresh_from_db()
    assert said.internal


def test_snoozed_it_comes_back_by_itself(site: Site) -> None:
    task, by = asked(site, "Please add a map"), {"actor": site.world.alice.actor, "now": site.now}
    actions.snooze_task(task, site.now + timedelta(days=2), **by)
    assert (waits(site), inbox(site.world.alice.actor, now=site.now).snoozed) == ([], 1)
    assert waits(site, later=timedelta(days=2)) == ["WEB-1"]
    with pytest.raises(Invalid):
        actions.snooze_task(task, site.now, **by)


def test_many_are_accepted_and_one_that_was_taken_stays(site: Site) -> None:
    by = {"actor": site.world.alice.actor, "now": site.now}
    tasks = [asked(site, f"Wish {n}") for n in range(3)]
    actions.accept_task(tasks[1], **by)
    went, stayed = actions.accept_many(tasks, **by)
    assert went == ["WEB-1", "WEB-3"]
    assert [key for key, _ in stayed] == ["WEB-2"]


def test_what_looks_alike_is_named_and_never_what_lies_elsewhere(site: Site, django_assert_num_queries: object) -> None:
    from fairlead.events.tenancy import tenant

    world = site.world
    site.make("Checkout fails for Swiss postcodes")
    site.make("Draw the price page")
    with tenant(world.charlie.workspace.pk):
        theirs = actions.create_project(key="WEB", name="Theirs", actor=world.charlie.actor, now=site.now)
        draft = actions.TaskDraft(title="Checkout fails for Swiss postcodes again")
        actions.create_task(theirs, draft, actor=world.charlie.actor, now=site.now)
    task = asked(site, "The checkout fails with Swiss postcodes")
    for n in range(5):
        asked(site, f"Something else {n}")
    found = alike_of(world.alice.actor, [task.pk])
    assert [(row["key"], row["percent"] >= 50) for row in found[task.pk]] == [("WEB-1", True)]
    with django_assert_num_queries(6):  # type: ignore[operator]
        inbox(world.alice.actor, now=site.now)


def test_what_shares_three_common_words_stands_before_what_shares_two_and_pairs_fill_up(site: Site) -> None:
    for n in range(21):
        for word in ("Payment", "Invoice", "Reminder"):
            site.make(f"{word} a{n}")
    pairs = [str(site.make(f"Payment invoice {n}")) for n in range(3)]
    closest = site.make("Payment invoice reminder twice")
    task = asked(site, "Payment invoice reminder")
    actions.count_words(site.project.workspace_id)
    found = alike_of(site.world.alice.actor, [task.pk])
    assert [(row["key"], row["percent"]) for row in found[task.pk]] == [
        (str(closest), 75),
        (pairs[0], 67),
        (pairs[1], 67),
    ]


def test_a_word_that_hardly_anybody_writes_leads_to_what_is_alike_among_many_with_common_words(site: Site) -> None:
    for n in range(22):
        site.make(f"Payment invoice reminder page {n}")
    rare = site.make("Payment for zeppelins")
    task = asked(site, "Payment with zeppelins")
    actions.count_words(site.project.workspace_id)
    found = alike_of(site.world.alice.actor, [task.pk])
    assert [(row["key"], row["percent"]) for row in found[task.pk]] == [(str(rare), 67)]


def test_a_page_has_the_newest_twenty_and_says_how_many_there_are(site: Site) -> None:
    for n in range(21):
        asked(site, f"Wish {n}")
    found = inbox(site.world.alice.actor, now=site.now)
    assert [row["key"] for row in found.rows] == [f"WEB-{n}" for n in range(21, 1, -1)]
    assert found.total == 21
