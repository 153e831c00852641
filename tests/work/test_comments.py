"""Comments: what they said before, who reads them, signs under them, files with them, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conftest import Person
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.work import actions, queries
from fairlead.work.files import from_bytes
from fairlead.work.models import Attachment, Comment, CommentRevision, Task
from work.conftest import Site


@pytest.fixture
def task(site: Site) -> Task:
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site.make()


def say(site: Site, task: Task, who: Person, body: str = "Hello", *, internal: bool = True, **more: Any) -> Comment:
    return actions.add_comment(task, body, internal=internal, actor=who.actor, now=site.now, **more)


def seen(who: Person, task: Task) -> list[str]:
    return [row["body"] for row in queries.comment_rows(who.actor, task)]


def test_what_it_said_before_is_kept_with_its_times(site: Site, task: Task) -> None:
    bob, later = site.world.bob, site.now + timedelta(hours=1)
    comment = say(site, task, bob, "first", internal=False)
    actions.edit_comment(comment, "second", actor=bob.actor, now=later)
    actions.edit_comment(comment, "third", actor=bob.actor, now=later + timedelta(hours=1))
    actions.edit_comment(comment, "third", actor=bob.actor, now=later + timedelta(hours=2))
    texts = queries.earlier_texts(site.world.clara.actor, comment)
    assert texts == [
        {"body": "second", "internal": False, "written_at": later, "replaced_at": later + timedelta(hours=1)},
        {"body": "first", "internal": False, "written_at": site.now, "replaced_at": later},
    ]
    assert [row["earlier"] for row in queries.comment_rows(bob.actor, task)] == [2]
    assert queries.earlier_texts(site.world.charlie.actor, comment) == []


def test_clients_never_read_what_it_said_while_it_was_internal(site: Site, task: Task) -> None:
    bob, clara = site.world.bob, site.world.clara
    comment = say(site, task, bob, "our margin is 40 %")
    actions.edit_comment(comment, "the price is fixed", actor=bob.actor, now=site.now)
    actions.show_comment(comment, actor=bob.actor, now=site.now)
    comment.refresh_from_db()
    actions.edit_comment(comment, "the price is final", actor=bob.actor, now=site.now)
    assert seen(clara, task) == ["the price is final"]
    assert [text["body"] for text in queries.earlier_texts(clara.actor, comment)] == ["the price is fixed"]
    assert queries.comment_rows(clara.actor, task)[0]["earlier"] == 1
    assert [text["body"] for text in queries.earlier_texts(bob.actor, comment)] == [
        "the price is fixed", "our margin is 40 %",
    ]  # fmt: skip


def test_of_two_who_edit_the_second_is_told(site: Site, task: Task) -> None:
    bob = site.world.bob
    comment = say(site, task, bob)
    stale = Comment.objects.select_related("task").get(pk=comment.pk)
    actions.edit_comment(comment, "mine", actor=bob.actor, now=site.now)
    with pytest.raises(Conflict):
        actions.edit_comment(stale, "yours", actor=bob.actor, now=site.now)
    assert seen(bob, task) == ["mine"]
    assert CommentRevision.objects.count() == 1


def test_a_removed_comment_comes_back_with_its_files(site: Site, task: Task) -> None:
    world = site.world
    comment = say(site, task, world.bob, files=[from_bytes("a.txt", b"1")])
    actions.remove_comment(comment, actor=world.bob.actor, now=site.now)
    assert (seen(world.alice, task), queries.file_rows(world.alice.actor, task)) == ([], [])
    for who in (world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.restore_comment(comment, actor=who.actor, now=site.now)
    with pytest.raises(Missing):
        queries.find_removed_comment(world.clara.actor, task, comment.pk)
    found = queries.find_removed_comment(world.alice.actor, task, comment.pk)
    actions.restore_comment(found, actor=world.alice.actor, now=site.now)
    assert seen(world.alice, task) == ["Hello"]
    assert [row.name for row in queries.file_rows(world.alice.actor, task)] == ["a.txt"]
    assert Event.objects.filter(kind="comment.restored").count() == 1


def test_showing_and_hiding_take_the_files_along(site: Site, task: Task) -> None:
    world = site.world
    comment = say(site, task, world.bob, files=[from_bytes("a.txt", b"1")])
    for who in (world.dana, world.echo, world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.show_comment(comment, actor=who.actor, now=site.now)
    actions.show_comment(comment, actor=world.bob.actor, now=site.now)
    assert seen(world.clara, task) == ["Hello"]
    assert [row.name for row in queries.file_rows(world.clara.actor, task)] == ["a.txt"]
    actions.hide_comment(comment, actor=world.alice.actor, now=site.now)
    assert (seen(world.clara, task), queries.file_rows(world.clara.actor, task)) == ([], [])


def test_an_agent_shows_nothing_to_clients_not_even_its_own(site: Site, task: Task) -> None:
    comment = say(site, task, site.world.echo)
    with pytest.raises(Forbidden):
        actions.show_comment(comment, actor=site.world.echo.actor, now=site.now)
    with pytest.raises(Forbidden):
        say(site, task, site.world.echo, internal=False, files=[from_bytes("a.txt", b"1")])
    assert Comment.objects.count() == 1


def test_a_file_alone_is_enough_and_an_empty_file_leaves_no_comment(site: Site, task: Task) -> None:
    comment = say(site, task, site.world.bob, "  ", files=[from_bytes("a.txt", b"1"), from_bytes("b.txt", b"2")])
    assert comment.body == ""
    assert Attachment.objects.filter(comment=comment).count() == 2
    for body, files in (("", []), ("Look", [from_bytes("c.txt", b"3"), from_bytes("d.txt", b"")])):
        with pytest.raises(Invalid):
            say(site, task, site.world.bob, body, files=files)
    assert (Comment.objects.count(), Attachment.objects.count()) == (1, 2)


def test_signs_are_counted_once_for_each_person(site: Site, task: Task) -> None:
    world = site.world
    comment = say(site, task, world.bob, internal=False)
    for who in (world.alice, world.alice, world.clara, world.echo):
        actions.add_reaction(comment, "agree", actor=who.actor, now=site.now)
    actions.add_reaction(comment, "party", actor=world.alice.actor, now=site.now)
    assert queries.comment_rows(world.clara.actor, task)[0]["reactions"] == [
        {"sign": "agree", "face": "👍", "count": 3, "names": ["Alice", "Clara", "Echo"], "mine": True},
        {"sign": "party", "face": "🎉", "count": 1, "names": ["Alice"], "mine": False},
    ]
    actions.remove_reaction(comment, "agree", actor=world.clara.actor, now=site.now)
    actions.remove_reaction(comment, "agree", actor=world.clara.actor, now=site.now)
    assert queries.comment_rows(world.clara.actor, task)[0]["reactions"][0]["count"] == 2
    assert Event.objects.filter(kind__in=("comment.reacted", "comment.unreacted")).count() == 5


def test_who_puts_no_sign(site: Site, task: Task) -> None:
    world = site.world
    comment = say(site, task, world.bob)
    for who in (world.clara, world.audrey, world.charlie):
        with pytest.raises(Forbidden):
            actions.add_reaction(comment, "agree", actor=who.actor, now=site.now)
    for sign in ("", "thumb", "👍", "agree "):
        with pytest.raises(Invalid):
            actions.add_reaction(comment, sign, actor=world.bob.actor, now=site.now)


def test_quoting_fills_the_box_and_never_with_what_the_reader_may_not_see(site: Site, task: Task, as_: Any) -> None:
    comment = say(site, task, site.world.bob, "one\ntwo")
    page = as_("alice").get(f"/tasks/{task}/?quote={comment.pk}").content.decode()
    assert "**Bob** wrote:\n\n&gt; one\n&gt; two\n" in page
    for who, number in (("clara", comment.pk), ("alice", 10**15 - 1)):
        page = as_(who).get(f"/tasks/{task}/?quote={number}").content.decode()
        assert "&gt; one" not in page


@pytest.fixture
def as_(world: Any) -> Any:
    def sign_in(name: str) -> Any:
        from django.test import Client

        client = Client()
        client.force_login(getattr(world, name).user)
        enter(world.workspace.pk)
        return client

    return sign_in
