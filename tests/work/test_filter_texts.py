"""The text filter of lists: in a large workspace an index finds just what reading all texts finds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairlead.events.tenancy import enter
from fairlead.work import actions, filters
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.queries import task_list, visible_tasks
from fairlead.work.queries.lists import PAGE
from work.conftest import Site

TEXTS = (
    "See src/app/Checkout.py, line 42", "https://example.com/Path/4711?page=12&sort=up", "Mail anna.meyer@example.org",
    "Maße der Straße in GRÖSSE prüfen", "CamelCaseName and snake_case_name", "AT&amp;T said &nbsp;hello <script>",
    "100%_sure\\path 12.5kg 1e5abc 3rd", "Київ і Львів", "設計書を確認してください", "kapı KAPI İstanbul",
    "foo-bar/baz+qux", "ſtrange ΛΟΓΟΣ λόγος", "'quoted' (in) [brackets] {x} ~a|b^c`d$e#f;g",
)  # fmt: skip


def found(site: Site, **asked: Any) -> set[int]:
    tasks = TaskFilter(**asked).apply(visible_tasks(site.world.alice.actor), now=site.now, user_id=None)
    return set(tasks.values_list("pk", flat=True))


def test_the_index_finds_what_reading_finds(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for n, text in enumerate(TEXTS):
        site.make(f"T{n} {text}"[:200], labels=("shop", f"label{n}")) if n % 2 else site.make(f"T{n}", description=text)
    words = {word for text in TEXTS for word in text.split()}
    asked = {word[at : at + size] for word in words for size in (3, 5, 9) for at in range(0, len(word) - size + 1, 2)}
    asked |= words | {word.upper() for word in words} | {word.lower() for word in words} | {"shop", "label3", "sho"}
    read = {word: found(site, text=word) for word in sorted(asked)}
    monkeypatch.setattr(filters, "READ", 0)
    assert {word: found(site, text=word) for word in read} == read
    assert sum(filters._containing(word, 100) is not None for word in read) > len(read) / 2


def test_words_must_all_stand_and_a_key_is_found(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    both, one = site.make("Checkout of guests", description="payment"), site.make("Checkout", description="basket")
    away = site.make("Checkout in the trash")
    Task.objects.filter(pk=away.pk).update(deleted_at=site.now)
    monkeypatch.setattr(filters, "READ", 0)
    assert found(site, text="HECKOU") == {both.pk, one.pk}
    assert found(site, text="heckou ayme") == {both.pk}
    assert found(site, text=f"checkout {one}") == {one.pk}
    assert found(site, text="zzzz checkout") == set()
    monkeypatch.setattr(filters, "FEW", 1)
    assert found(site, text="c") == {both.pk, one.pk}


def test_another_workspace_is_not_looked_into(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, charlie = site.make("Secret plan"), site.world.charlie
    monkeypatch.setattr(filters, "READ", 0)
    assert filters._containing("secret", 10) == {mine.pk}
    enter(charlie.workspace.pk)
    other = actions.create_project(key="OTH", name="Other", actor=charlie.actor, now=site.now)
    theirs = actions.create_task(other, actions.TaskDraft(title="No secret"), actor=charlie.actor, now=site.now)
    assert filters._containing("secret", 10) == {theirs.pk}
    monkeypatch.setattr(filters, "READ", 1)
    assert filters._containing("secret", 10) is None


@pytest.mark.parametrize("read", [0, 5000])
def test_a_filtered_list_has_the_same_pages_and_queries(site: Site, monkeypatch: pytest.MonkeyPatch, read: int) -> None:
    monkeypatch.setattr(filters, "READ", read)
    for n in range(PAGE + 3):
        site.make(f"Checkout {n:02}")
    site.make("Other")
    actor = site.world.alice.actor
    for sort, group in (("title", ""), ("-updated", "project"), ("-title", "assignee")):
        pages = [
            task_list(actor, TaskFilter(text="check"), now=site.now, sort=sort, page=page, group=group)
            for page in (0, 1, 2, 99)
        ]
        assert [(p.total, p.pages, p.page, len(p.rows)) for p in pages] == [
            (PAGE + 3, 2, 1, PAGE), (PAGE + 3, 2, 1, PAGE), (PAGE + 3, 2, 2, 3), (PAGE + 3, 2, 2, 3),
        ]  # fmt: skip
        titles = [row["title"] for row in pages[1].rows + pages[2].rows]
        assert sorted(titles, reverse=sort != "title") == titles
    assert task_list(actor, TaskFilter(text="nothing"), now=site.now).total == 0
    with CaptureQueriesContext(connection) as few:
        task_list(actor, TaskFilter(text="other"), now=site.now)
    with CaptureQueriesContext(connection) as many:
        task_list(actor, TaskFilter(text="check"), now=site.now)
    assert len(few) == len(many)
