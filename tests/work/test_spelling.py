"""Typing errors in a search: what they are taken for, and that nobody learns a word that they could not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.events.tenancy import tenant
from fairlead.work import actions, grammar, jobs, queries
from fairlead.work.models import Word
from fairlead.work.queries.spelling import distance
from work.conftest import Site
from work.test_pages import Browser, alice, open_as, text  # noqa: F401  fixtures


def looked(site: Site, typed: str, who: Person | None = None) -> tuple[str, list[str]]:
    """What was looked for instead, and the keys that were found."""
    found = queries.forgiving((who or site.world.alice).actor, grammar.read(typed), now=site.now, zone="UTC")
    return found.instead, [hit.key for hit in found.hits]


def counted(site: Site) -> None:
    actions.count_words(site.world.alice.workspace.pk)


@pytest.mark.parametrize(
    ("a", "b", "errors"),
    [
        ("design", "design", 0), ("desgin", "design", 1), ("desig", "design", 1), ("dessign", "design", 1),
        ("besign", "design", 1), ("dseing", "design", 2), ("accesibilty", "accessibility", 2), ("ab", "ba", 1),
        ("ca", "abc", 3), ("", "a", 1),
    ],
)  # fmt: skip
def test_the_distance_counts_errors(a: str, b: str, errors: int) -> None:
    assert distance(a, b, most=3) == distance(b, a, most=3) == errors
    assert distance(a, b, most=0) == min(errors, 1)


def test_one_error_is_forgiven_and_two_in_long_words(site: Site) -> None:
    site.make("Design of the accessibility page")
    counted(site)
    assert looked(site, "desgin") == ("design", ["WEB-1"])
    assert looked(site, "Desgin acessibilty") == ("design accessibility", ["WEB-1"])
    assert looked(site, "dseing") == ("", [])  # two errors in a short word
    assert looked(site, "design") == ("", ["WEB-1"])
    assert looked(site, "pag") == ("", ["WEB-1"])  # the beginning of a word is no error
    assert looked(site, "pgae") == ("page", ["WEB-1"])
    assert looked(site, "pga") == ("", [])  # too short to be sure


def test_only_plain_words_are_corrected(site: Site) -> None:
    site.make("Design", labels=("shop",))
    counted(site)
    for typed in ('"desgin"', "-desgin label:none", "label:shpo", "desgin1"):
        assert looked(site, typed) == ("", [])
    assert looked(site, "desgin label:shop -draft") == ("design label:shop -draft", ["WEB-1"])
    assert looked(site, "desgin label:other") == ("", [])  # corrected it finds nothing either


def test_the_word_that_is_written_most_comes_first(site: Site) -> None:
    site.make("Lane")
    for _ in range(3):
        site.make("Line")
    counted(site)
    assert looked(site, "lune")[0] == "line"
    assert looked(site, "zane")[0] == "lane"


def test_nobody_learns_a_word_that_they_cannot_read(site: Site) -> None:
    world = site.world
    task = site.make("Map")
    actions.add_comment(task, "the giraffe", internal=False, actor=world.bob.actor, now=site.now)
    actions.add_comment(task, "a crocodile inside", internal=True, actor=world.bob.actor, now=site.now)
    counted(site)
    assert looked(site, "girafe") == ("giraffe", ["WEB-1"])
    assert looked(site, "crocodil") == ("", ["WEB-1"])
    assert looked(site, "crocdile") == ("crocodile", ["WEB-1"])
    assert looked(site, "girafe", world.clara) == looked(site, "girafe", world.charlie) == ("", [])
    actions.share_project(site.project, world.clara.user, actor=world.alice.actor, now=site.now)
    assert looked(site, "girafe", world.clara) == ("giraffe", ["WEB-1"])
    assert looked(site, "crocdile", world.clara) == ("", [])
    with tenant(world.charlie.workspace.pk):
        assert not Word.objects.exists()


def test_words_come_by_a_job_and_go_by_one(site: Site) -> None:
    task = site.make("Zeppelin over 42 roofs a1b2")
    jobs.learn_new_words(now=site.now)
    assert set(Word.objects.values_list("word", "length", "uses")) == {
        ("zeppelin", 8, 1), ("over", 4, 1), ("roofs", 5, 1),
    }  # fmt: skip
    jobs.learn_new_words(now=site.now + timedelta(hours=1))
    site.make("More roofs")
    jobs.count_all_words(now=site.now)
    assert dict(Word.objects.values_list("word", "uses")) == {"zeppelin": 1, "over": 1, "roofs": 2, "more": 1}
    actions.delete_task(task, actor=site.world.alice.actor, now=site.now)
    assert looked(site, "zepelin") == ("", [])  # known, but it stands in the trash only
    jobs.count_all_words(now=site.now)
    assert dict(Word.objects.values_list("word", "uses")) == {"roofs": 1, "more": 1}


def test_the_page_says_so_and_leads_back(site: Site, alice: Browser) -> None:  # noqa: F811
    site.make("Design of the <page>")
    counted(site)
    shown = text(alice.get("/search/?q=desgin"))
    assert "Nothing for <em>desgin</em>. Showing results for" in shown
    assert "<mark>Design</mark>" in shown
    assert "/search/?q=desgin&amp;exact=1" in shown
    exact = text(alice.get("/search/?q=desgin&exact=1"))
    assert "Nothing was found" in exact
    assert "<mark>" not in exact
    few = _queries(alice)
    for n in range(30):
        site.make(f"Design {n}")
    counted(site)
    assert _queries(alice) == few


def _queries(browser: Browser) -> int:
    browser.get("/search/?q=desgin")
    with CaptureQueriesContext(connection) as found:
        browser.get("/search/?q=desgin")
    return len(found)
