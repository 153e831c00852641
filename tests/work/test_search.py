"""The search: what each part finds, for whom, and how a wrong one is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.lib.errors import Invalid
from fairlead.work import actions, grammar, queries
from fairlead.work.models import Task
from work.conftest import Site, skill
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures


def keys(site: Site, typed: str, who: Person | None = None) -> list[str]:
    actor = (who or site.world.alice).actor
    found = queries.search(actor, grammar.read(typed), now=site.now, zone="Europe/Berlin")
    return [hit.key for hit in found.hits]


def test_words_stand_in_title_description_labels_or_comments(site: Site) -> None:
    site.make("Login fails on phones")
    site.make("Other", description="The login page is slow")
    site.make("Third", labels=("login",))
    fourth = site.make("Fourth")
    actions.add_comment(fourth, "Is that the login again?", internal=True, actor=site.world.bob.actor, now=site.now)
    site.make("Nothing of it")
    assert keys(site, "login")[0] == "WEB-1"
    assert sorted(keys(site, "LOGIN")) == ["WEB-1", "WEB-2", "WEB-3", "WEB-4"]
    assert keys(site, "login phones") == ["WEB-1"]
    assert keys(site, "login -slow -again -label:login") == ["WEB-1"]


def test_words_may_be_cut_and_phrases_are_exact(site: Site) -> None:
    site.make("Checkout: payment step")
    site.make("Payment of the checkout")
    assert sorted(keys(site, "check pay")) == ["WEB-1", "WEB-2"]
    assert sorted(keys(site, "eckou")) == ["WEB-1", "WEB-2"]
    assert keys(site, '"checkout payment"') == ["WEB-1"]
    assert keys(site, "web-2") == ["WEB-2"]
    assert keys(site, "nowhere") == keys(site, "???") == keys(site, "") == []


def test_every_operator(site: Site) -> None:
    world, now = site.world, site.now
    scala = skill(world, "Scala", now)
    site.held(world.bob, "One", labels=("shop",), priority=3, due_at=now + timedelta(days=3), needs={scala.pk: 2})
    site.make("Two", status=site.column("In review"), due_at=now - timedelta(days=1))
    other = actions.create_project(key="OPS", name="Operations", actor=world.alice.actor, now=now)
    actions.create_task(other, actions.TaskDraft(title="Three"), actor=world.alice.actor, now=now)
    Task.objects.filter(title="Three").update(created_at=now - timedelta(days=40))
    wanted = {
        "label:shop": ["WEB-1"], "priority:high": ["WEB-1"], "priority:3": ["WEB-1"], "skill:scala": ["WEB-1"],
        "assignee:bob": ["WEB-1"], "assignee:nobody": ["OPS-1", "WEB-2"], "status:review": ["WEB-2"],
        'status:"in review"': ["WEB-2"], "-status:review": ["OPS-1", "WEB-1"], "due:late": ["WEB-2"],
        "due:<7d": ["WEB-1", "WEB-2"], "due:>2d": ["WEB-1"], "due:2026-11-26": ["WEB-1"], "due:yesterday": ["WEB-2"],
        "due:none": ["OPS-1"], "project:ops": ["OPS-1"], "project:opera": ["OPS-1"], "created:>1m": ["OPS-1"],
        "created:<2w": ["WEB-1", "WEB-2"], "status:open one": ["WEB-1"], "-priority:none": ["WEB-1"],
    }  # fmt: skip
    assert {typed: sorted(keys(site, typed)) for typed in wanted} == wanted
    assert keys(site, "assignee:me", world.bob) == ["WEB-1"]


@pytest.mark.parametrize(
    ("typed", "allowed"),
    [("colour:red", "status:, assignee:"), ("due:soon", "<7d"), ("priority:huge", "urgent"), ("created:ever", "2026"),
     ("a b c d e f g h i j k l m", "at most 12"), ("due:9999-12-31", "due: takes")],
)  # fmt: skip
def test_what_is_wrong_says_what_is_allowed(site: Site, typed: str, allowed: str) -> None:
    with pytest.raises(Invalid) as refused:
        keys(site, typed)
    assert allowed in refused.value.detail


def test_addresses_and_times_are_words(site: Site) -> None:
    site.make("See https://example.com/a at 10:30")
    assert keys(site, "https://example.com/a") == ["WEB-1"]
    assert keys(site, "10:30") == ["WEB-1"]


def test_strangers_find_nothing_and_clients_no_internal_comment(site: Site) -> None:
    world = site.world
    task = site.make("Map")
    actions.add_comment(task, "zebra inside", internal=True, actor=world.bob.actor, now=site.now)
    actions.add_comment(task, "giraffe outside", internal=False, actor=world.bob.actor, now=site.now)
    assert keys(site, "map", world.clara) == []
    actions.share_project(site.project, world.clara.user, actor=world.alice.actor, now=site.now)
    assert [keys(site, word, world.clara) for word in ("map", "zebra", "giraffe")] == [["WEB-1"], [], ["WEB-1"]]
    assert keys(site, "-zebra", world.clara) == ["WEB-1"]
    assert keys(site, "map", world.charlie) == keys(site, "zebra", world.charlie) == []


def test_the_function_in_the_database_looks_behind_no_wall(site: Site) -> None:
    from fairlead.events.tenancy import tenant

    site.make("Secret")
    with tenant(site.world.charlie.workspace.pk), connection.cursor() as cursor:
        cursor.execute("SELECT fairlead_found('secret', false, true, NULL)")
        assert cursor.fetchall() == []


def test_neither_does_the_one_that_looks_among_a_few(site: Site) -> None:
    from fairlead.events.tenancy import tenant

    task = site.make("Secret")
    with connection.cursor() as cursor:
        cursor.execute("SELECT fairlead_found_among(%s, 'secret', false, true)", [[task.pk]])
        assert cursor.fetchall() == [(task.pk,)]
        with tenant(site.world.charlie.workspace.pk):
            cursor.execute("SELECT fairlead_found_among(%s, 'secret', false, true)", [[task.pk]])
            assert cursor.fetchall() == []


def test_several_words_are_found_in_different_texts_whether_they_are_rare_or_everywhere(site: Site) -> None:
    alice_ = site.world.alice.actor
    drafts = [actions.TaskDraft(title=f"Part of the item {n}") for n in range(201)]
    actions.create_tasks(site.project, drafts, actor=alice_, now=site.now)
    task = site.make("Part with a zebra")
    actions.add_comment(task, "An item, and a gnu", internal=True, actor=alice_, now=site.now)
    actions.count_words(site.project.workspace_id)
    assert keys(site, "part zebra") == keys(site, "zebra part") == keys(site, "item gnu zebra") == [str(task)]
    assert keys(site, "part zebra unheard-of") == []
    assert len(keys(site, "part item")) == 50
    assert str(task) in keys(site, "part item -the")
    assert keys(site, f"part {task}") == [str(task)]
    actions.share_project(site.project, site.world.clara.user, actor=alice_, now=site.now)
    assert keys(site, "part zebra", site.world.clara) == [str(task)]
    assert keys(site, "zebra gnu", site.world.clara) == keys(site, "gnu zebra", site.world.clara) == []


def test_trash_and_removed_comments_are_not_found(site: Site) -> None:
    alice_ = site.world.alice.actor
    task = site.make("Old thing")
    comment = actions.add_comment(task, "zebra", internal=True, actor=alice_, now=site.now)
    actions.remove_comment(comment, actor=alice_, now=site.now)
    assert keys(site, "zebra") == []
    actions.delete_task(task, actor=alice_, now=site.now)
    assert keys(site, "thing") == []


def test_hits_are_marked_where_they_stand(site: Site) -> None:
    task = site.make("Price <b>feed</b>", description="x" * 200 + " the FEED stops " + "y" * 200)
    actions.add_comment(task, "Twice a feed", internal=True, actor=site.world.bob.actor, now=site.now)
    (hit,) = queries.search(site.world.alice.actor, grammar.read("feed stops"), now=site.now).hits
    assert hit.title == (("Price <b>", False), ("feed", True), ("</b>", False))
    assert hit.where == "description"
    assert hit.excerpt[0][0].startswith("…")
    assert ("FEED", True) in hit.excerpt


def test_the_page_groups_by_project_marks_and_costs_the_same(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Feed <script>", description="**The** feed of prices")
    shown = text(alice.get("/search/?q=feed"))
    assert "<mark>Feed</mark> &lt;script&gt;" in shown
    assert "of prices" not in shown
    assert "The <mark>feed</mark> of <mark>prices</mark>" in text(alice.get("/search/?q=feed+prices"))
    few = _queries(alice)
    for n in range(60):
        site.make(f"Feed {n}")
    assert _queries(alice) == few
    shown = text(alice.get("/search/?q=feed"))
    assert "<mark>Feed</mark>" in shown
    assert "The best 50 of more" in shown
    wrong = alice.get("/search/?q=colour:red")
    assert (wrong.status_code, "There is no operator colour:" in text(wrong)) == (422, True)
    assert alice.get("/search/?q=" + "x" * 2000).status_code == 200
    assert alice.get("/search/").status_code == 200


def _queries(browser: Browser) -> int:
    browser.get("/search/?q=feed")
    with CaptureQueriesContext(connection) as found:
        browser.get("/search/?q=feed")
    return len(found)


def test_a_stranger_sees_an_empty_page(site: Site, open_as: Callable[[Person], Browser]) -> None:  # noqa: F811
    site.make("Secret feed")
    assert "Secret" in text(open_as(site.world.alice).get("/search/?q=feed"))
    assert "Secret" not in text(open_as(site.world.charlie).get("/search/?q=feed"))
