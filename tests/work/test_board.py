"""What the cards of the board say."""

from __future__ import annotations

from fairlead.work import actions, queries
from fairlead.work.filters import TaskFilter
from work.conftest import Site


def cards(site: Site, who: str = "alice") -> dict[str, dict[str, object]]:
    found = queries.board(getattr(site.world, who).actor, site.project, TaskFilter(), now=site.now)
    return {card["key"]: card for column in found.columns for card in column.cards}


def test_a_card_counts_criteria_subtasks_and_comments(site: Site) -> None:
    alice = site.world.alice.actor
    task = site.make(criteria=("One", "Two"))
    actions.check_criterion(task.criteria.all()[0], actor=alice, now=site.now)
    part = site.make("Part", parent=task)
    site.make("Other part", parent=task)
    actions.complete_task(part, actor=alice, now=site.now)
    actions.add_comment(task, "Inside", internal=True, actor=alice, now=site.now)
    actions.add_comment(task, "Outside", internal=False, actor=alice, now=site.now)
    shown = cards(site)
    assert [shown["WEB-1"][name] for name in ("checks", "subtasks", "comments")] == [(1, 2), (1, 2), 2]
    assert [shown["WEB-2"][name] for name in ("checks", "subtasks", "comments")] == [None, None, 0]
    actions.share_project(site.project, site.world.clara.user, actor=alice, now=site.now)
    assert cards(site, "clara")["WEB-1"]["comments"] == 1


def test_a_card_waits_for_the_same_tasks_as_the_rule_that_keeps_it_from_starting(site: Site) -> None:
    alice = site.world.alice.actor
    task, done, cancelled, deleted, one, two = (site.make(f"T{n}") for n in range(6))
    for after in (done, cancelled, deleted, two, one):
        actions.add_dependency(task, after, actor=alice, now=site.now)
    actions.complete_task(done, actor=alice, now=site.now)
    actions.cancel_task(cancelled, actor=alice, now=site.now)
    actions.delete_task(deleted, actor=alice, now=site.now)
    assert cards(site)["WEB-1"]["blocked_by"] == queries.blocked([task.pk])[task.pk] == ["WEB-5", "WEB-6"]


def test_columns_count_all_and_those_that_fit(site: Site) -> None:
    site.make("Blue", labels=("a",))
    site.make("Red")
    found = queries.board(site.world.alice.actor, site.project, TaskFilter(label="a"), now=site.now)
    assert (found.columns[0].count, found.columns[0].held, [c["title"] for c in found.columns[0].cards]) == (
        1,
        2,
        ["Blue"],
    )


def test_cards_stand_in_the_order_of_the_column_and_done_ones_by_when(site: Site) -> None:
    alice = site.world.alice.actor
    for name in "ABC":
        site.make(name)
    for number in (2, 1):
        actions.complete_task(
            queries.find_task(alice, f"WEB-{number}"), actor=alice, now=site.now.replace(hour=12 - number)
        )
    found = queries.board(alice, site.project, TaskFilter(), now=site.now)
    titles = {column.name: [card["title"] for card in column.cards] for column in found.columns}
    assert titles["Backlog"] == ["C"]
    assert titles["Done"] == ["A", "B"]


def test_a_client_learns_no_key_of_a_project_that_was_not_shared(site: Site) -> None:
    alice, clara = site.world.alice.actor, site.world.clara.actor
    secret = actions.create_project(key="SECRET", name="Secret", actor=alice, now=site.now)
    hidden = actions.create_task(secret, actions.TaskDraft(title="Hidden"), actor=alice, now=site.now)
    task = site.make()
    actions.add_dependency(task, hidden, actor=alice, now=site.now)
    actions.share_project(site.project, site.world.clara.user, actor=alice, now=site.now)
    assert cards(site, "clara")["WEB-1"]["blocked_by"] == []
    assert queries.task_list(clara, TaskFilter(), now=site.now).rows[0]["blocked_by"] == []
    assert queries.details(clara, task).waits_for == []
    assert cards(site)["WEB-1"]["blocked_by"] == ["SECRET-1"]
