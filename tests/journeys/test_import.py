"""A team's own files: dry run, import with progress, allocate everything; and a second import makes nothing twice."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .steps import column, sign_up, somebody, toast

pytestmark = pytest.mark.journey

FILES = Path(__file__).parents[1] / "fixtures" / "real-team"


def test_a_team_is_imported_and_all_its_work_allocated(visitor: Callable[..., Page]) -> None:
    people, tasks = _rows("people.csv"), _rows("tasks.csv")
    page = visitor()
    sign_up(page, somebody("Alice Adler"), workspace="Real team")
    _uploads(page)
    print(page.get_by_role("main").aria_snapshot())
    page.screenshot(path="/tmp/shots/import1.png")
    raise SystemExit


def _rows(name: str) -> int:
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _uploads(page: Page) -> None:
    page.goto("/import/")
    page.get_by_label("Tasks").set_input_files(FILES / "tasks.csv")
    page.get_by_label("People").set_input_files(FILES / "people.csv")
    page.get_by_label("Project").fill("KAF")
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_role("heading", name="Nothing is written yet")).to_be_visible()
