"""Bringing a Trello board in, twice, and taking a whole workspace to another place."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .steps import card, column, sign_up, somebody, toast

pytestmark = pytest.mark.journey

BOARD = Path(__file__).parents[1] / "fixtures" / "trello-board.json"


def test_a_board_of_trello_is_tried_imported_and_imported_again(visitor: Callable[..., Page]) -> None:
    page = visitor()
    sign_up(page, somebody("Tilda Tran"), workspace="Harbour")
    _reads_the_board(page)
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"Tasks created\s*6\s*0 updated, 0 unchanged"))
    expect(main).to_contain_text("4 new columns (Ideas, Doing, QA, Shipped), 3 criteria, 2 comments")
    main.get_by_label("Carla Chart").select_option("Add to the directory")
    main.get_by_label("QA").select_option("In progress")
    main.get_by_role("button", name="Try again with these choices").click()
    expect(main).to_contain_text(re.compile(r"People created\s*1"))
    expect(main).to_contain_text("1 of the tasks would be given to somebody")
    _imports(page)
    page.get_by_role("main").get_by_role("link", name="Open the board").click()
    expect(card(page, "Draw the map").get_by_role("img", name="Carla Chart")).to_be_visible()
    expect(column(page, "QA")).to_contain_text("Test the form")
    _reads_the_board(page)
    expect(main).to_contain_text(re.compile(r"Tasks created\s*0\s*0 updated, 6 unchanged"))
    expect(main).to_contain_text("0 new columns, 0 criteria, 0 comments")
    _imports(page)
    expect(main).to_contain_text(re.compile(r"Tasks created\s*0\s*0 updated, 6 unchanged"))


def _reads_the_board(page: Page) -> None:
    page.goto("/import/")
    main = page.get_by_role("main")
    main.get_by_role("navigation", name="Where from").get_by_role("link", name="Trello").click()
    main.get_by_label("Board").set_input_files(BOARD)
    main.get_by_label("Project").fill("HAR")
    main.get_by_role("button", name="Read the board").click()
    expect(main.get_by_role("heading", name="Nothing is written yet")).to_be_visible()


def _imports(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The import is done")).to_be_visible()


def test_a_workspace_is_taken_to_another_place(visitor: Callable[..., Page], server: Server, tmp_path: Path) -> None:
    page, other = visitor(), visitor()
    sign_up(page, somebody("Olive Oak"), workspace="Old place")
    _reads_the_board(page)
    _imports(page)
    page.goto("/settings/data/")
    page.get_by_role("button", name="Make an export").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download").click()
    file = tmp_path / "old.zip"
    got.value.save_as(file)
    assert {"README.txt", "tasks.csv", "data/work.task.jsonl"} <= set(zipfile.ZipFile(file).namelist())
    sign_up(other, somebody("Nora New"), workspace="New place")
    slug = _slug(server)
    told = server.command("import", "workspace", str(file), "--workspace", slug)
    assert "work.task: 6 new, 0 here already" in told
    assert "work.task: 0 new, 6 here already" in server.command("import", "workspace", str(file), "--workspace", slug)
    other.goto("/projects/HAR/")
    expect(card(other, "Draw the map")).to_be_visible()
    page.goto("/activity/")
    expect(page.get_by_role("main")).to_contain_text("downloaded an export of the workspace")
    _ends_and_keeps(page)


def _slug(server: Server) -> str:
    program = "import django; django.setup(); from fairlead.accounts.models import Workspace as W; "
    program += "from fairlead.events.tenancy import *; print([w.slug for n in workspace_ids() if not enter(n) "
    program += "for w in W.objects.filter(name='New place')][0])"
    import subprocess
    import sys

    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "fairlead.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _ends_and_keeps(page: Page) -> None:
    page.goto("/settings/data/")
    page.get_by_label("Type the name of the workspace").fill("Old place")
    page.get_by_role("button", name="End Old place").click()
    expect(page.get_by_text("This workspace ends on")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    expect(toast(page, "The workspace stays.")).to_be_visible()
    expect(page.get_by_text("This workspace ends on")).to_have_count(0)
