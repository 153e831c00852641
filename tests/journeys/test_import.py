"""A team's own files: dry run, import with progress, allocate everything; and a second import makes nothing twice."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .steps import card, column, sign_up, somebody, toast

pytestmark = pytest.mark.journey

FILES = Path(__file__).parents[1] / "fixtures" / "real-team"
PEOPLE, TASKS = 12, 80
UNDOABLE = {"benchmarks": 2, "config": 1}
"""How many tasks need more of a skill than anybody in the file has."""


def test_a_team_is_imported_and_all_its_work_allocated(visitor: Callable[..., Page]) -> None:
    assert (_rows("people.csv"), _rows("tasks.csv")) == (PEOPLE, TASKS)
    page = visitor()
    sign_up(page, somebody("Alice Adler"), workspace="Real team")
    _tries_the_files(page)
    _sees(page, created=True)
    page.goto("/projects/")
    expect(page.get_by_role("heading", name="Your first project")).to_be_visible()
    page.go_back()
    _imports(page)
    _sees(page, created=True)
    _allocates_all(page)
    _finds_everybody_on_the_board(page)
    _tries_the_files(page)
    _sees(page, created=False)
    _imports(page)
    _sees(page, created=False)
    page.get_by_role("main").get_by_role("link", name="Open the board").click()
    expect(column(page, "Backlog")).to_contain_text(re.compile(rf"^\s*Backlog\s*{TASKS}(?!\d)"))


def _rows(name: str) -> int:
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _tries_the_files(page: Page) -> None:
    page.goto("/import/")
    main = page.get_by_role("main")
    main.get_by_label("Tasks").set_input_files(FILES / "tasks.csv")
    main.get_by_label("People").set_input_files(FILES / "people.csv")
    main.get_by_label("Project").fill("KAF")
    main.get_by_role("button", name="Read the files").click()
    expect(main.get_by_role("heading", name="Nothing is written yet")).to_be_visible()


def _sees(page: Page, *, created: bool) -> None:
    main = page.get_by_role("main")
    for what, count in (("People", PEOPLE), ("Tasks", TASKS)):
        new, same = (count, 0) if created else (0, count)
        expect(main).to_contain_text(re.compile(rf"{what} created\s*{new}\s*0 updated, {same} unchanged"))
    expect(main).to_contain_text(re.compile(r"Rows refused\s*0\s*every row can be used"))


def _imports(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).click()
    done = page.get_by_text("The import is done")
    expect(page.get_by_role("progressbar", name="Importing tasks.csv and people.csv").or_(done)).to_be_visible()
    expect(done).to_be_visible()


def _allocates_all(page: Page) -> None:
    page.get_by_role("link", name="Allocate all").click()
    expect(page.get_by_role("heading", name=f"{TASKS} tasks wait for somebody")).to_be_visible()
    page.get_by_role("button", name="Allocate all").click()
    left = sum(UNDOABLE.values())
    expect(page.get_by_role("heading", name=f"{left} stay open")).to_be_visible()
    for skill, count in UNDOABLE.items():
        reason = f"needs {skill} ≥ 2; the highest here is 1"
        expect(page.get_by_role("listitem").filter(has_text=reason)).to_have_count(count)
    expect(page.get_by_role("table", name="Finds somebody").get_by_role("row")).to_have_count(1 + TASKS - left)
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(toast(page, f"{TASKS - left} tasks assigned.")).to_be_visible()


def _finds_everybody_on_the_board(page: Page) -> None:
    page.goto("/projects/KAF/")
    backlog = column(page, "Backlog")
    backlog.get_by_role("link", name="Load more").click()
    expect(backlog.get_by_role("heading", level=3)).to_have_count(TASKS)
    expect(backlog.get_by_role("img", name="Nobody yet")).to_have_count(sum(UNDOABLE.values()))
    page.get_by_label("Assignee").select_option("Nobody yet")
    expect(backlog.get_by_role("heading", level=3)).to_have_count(sum(UNDOABLE.values()))
    expect(card(page, "MINOR: Fix FetchSessionBenchmark")).to_be_visible()
