"""The daily tools: my work on a phone, a shared view, many tasks at once, the palette, the search, and lanes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, joins, open_company
from .steps import card, column, day, somebody, toast

pytestmark = pytest.mark.journey


def test_a_contributor_works_from_a_phone(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    phone = visitor(width=360, height=740, dark=True)
    joins(company, phone, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    first = company.add_task("WEB", "Mend the basket", due_at="2020-01-01")
    second = company.add_task("WEB", "Draw the price page")
    third = company.add_task("WEB", "Waits for the basket", after=first)
    for key in (first, second, third):
        company.send(f"/tasks/{key}/assign-best/")
    phone.goto("/")
    expect(phone.get_by_role("heading", name="My work", level=1)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    expect(phone.get_by_role("region", name="Overdue")).to_contain_text("Mend the basket")
    expect(phone.get_by_role("region", name="Waiting for others")).to_contain_text(f"Waits for {first}")
    phone.get_by_role("button", name=f"Start {first}").click()
    expect(toast(phone, f"{first} is under way.")).to_be_visible()
    phone.get_by_role("button", name=f"Done {first}").click()
    expect(toast(phone, f"{first} is done.")).to_be_visible()
    expect(phone.get_by_role("region", name="Recently done")).to_contain_text("Mend the basket")
    expect(phone.get_by_role("region", name="Waiting for others")).to_have_count(0)
    phone.get_by_role("status").get_by_role("button", name="Undo").last.click()
    expect(toast(phone, f"{first} as before.")).to_be_visible()
    expect(phone.get_by_role("button", name=f"Hand in {first}")).to_be_visible()


def test_my_work_by_keyboard(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    page = visitor()
    joins(company, page, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    keys = [company.add_task("WEB", f"Task {n}", effort_min="1h") for n in range(2)]
    for key in keys:
        company.send(f"/tasks/{key}/assign-best/")
    page.goto("/my-work/")
    expect(page.get_by_role("button", name=f"Start {keys[0]}")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Task 0")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("s")
    expect(toast(page, f"{keys[0]} is under way.")).to_be_visible()
    expect(page.get_by_role("link", name="Task 0")).to_be_focused()
    page.keyboard.press("d")
    expect(toast(page, f"{keys[0]} is done.")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("WEB-"))).to_be_visible()


def _shop(company: Company) -> None:
    company.add_project("WEB", "Web shop")
    for title, more in (
        ("Login fails on phones", {"priority": 4, "labels": "bug"}),
        ("Login page is slow", {"priority": 2, "labels": "bug, slow"}),
        ("Draw the price page", {"description": "A draft of the login is enough"}),
    ):
        company.add_task("WEB", title, **more)


def test_a_view_is_saved_shared_and_opened_by_somebody_else(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    other = visitor()
    joins(company, other, somebody("Bob Builder"))
    _shop(company)
    page = company.page
    page.goto("/tasks/")
    page.get_by_label("Label", exact=True).select_option("bug")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Save as a view").click()
    page.get_by_label("Name", exact=True).fill("Bugs")
    page.get_by_label("Share it with the team").check()
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("heading", name="Bugs", level=1)).to_be_visible()
    other.goto("/tasks/")
    other.get_by_role("navigation", name="Views").get_by_role("link", name="Bugs").click()
    expect(other).to_have_url(re.compile(r"/views/\d+/$"))
    expect(other.get_by_role("table").get_by_role("row")).to_have_count(3)
    other.get_by_label("Priority", exact=True).select_option("4")
    expect(other.get_by_role("table").get_by_role("row")).to_have_count(2)
    expect(other.get_by_role("button", name="Save as a view")).to_be_visible()


def test_many_tasks_change_at_once_and_come_back(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/list/?sort=key")
    page.get_by_role("checkbox", name="Choose WEB-1").click()
    page.get_by_role("checkbox", name="Choose WEB-3").click(modifiers=["Shift"])
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_label("New priority").select_option("4")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="2 tasks change, 1 is skipped")).to_be_visible()
    page.get_by_role("button", name="Change 2 tasks").click()
    expect(toast(page, "2 tasks changed.")).to_be_visible()
    expect(page.get_by_role("row", name="WEB-3").get_by_role("img", name="Urgent priority")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(toast(page, "2 tasks as before.")).to_be_visible()
    expect(page.get_by_role("row", name="WEB-3").get_by_role("img", name="No priority")).to_be_visible()


def test_many_tasks_move_to_another_project_and_come_back(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    company.add_project("OPS", "Operations")
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/list/?sort=key")
    page.get_by_role("checkbox", name="Choose WEB-1").click()
    page.get_by_role("checkbox", name="Choose WEB-3").click(modifiers=["Shift"])
    page.get_by_role("button", name="Move to project…").click()
    expect(page.get_by_role("heading", name="Move 3 tasks to another project")).to_be_visible()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Project").select_option(label="Operations (OPS)")
    dialog.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="3 tasks move to Operations")).to_be_visible()
    dialog.get_by_role("button", name="Move 3 tasks").click()
    expect(toast(page, "3 tasks are in Operations now.")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(toast(page, "3 tasks as before.")).to_be_visible()
    expect(page.get_by_role("row", name="WEB-3")).to_be_visible()


def test_a_cell_is_edited_in_its_place(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.route("**/live?*", lambda route: route.abort())  # news while one edits have a test of their own
    page.goto("/projects/WEB/list/?sort=key")
    page.get_by_role("button", name="Due date of WEB-1: change").click()
    field = page.get_by_label("Due of WEB-1")
    expect(field).to_be_focused()
    field.fill(day(3))
    page.keyboard.press("Enter")
    expect(toast(page, "WEB-1: due changed.")).to_be_visible()
    expect(page.get_by_role("button", name="Due date of WEB-1: change")).to_be_focused()
    page.get_by_role("button", name="Status Backlog of WEB-1: change").click()
    expect(page.get_by_label("Status of WEB-1")).to_be_focused()
    page.get_by_label("Status of WEB-1").select_option(label="Ready")
    expect(page.get_by_role("button", name="Status Ready of WEB-1: change")).to_be_visible()
    page.get_by_role("button", name="Effort of WEB-1: change").click()
    expect(page.get_by_label("Effort of WEB-1", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Effort of WEB-1: change")).to_be_visible()


def test_the_palette_reaches_everything_by_keyboard(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Go to, find or do")
    expect(box).to_be_focused()
    page.keyboard.type("price page")
    found = page.get_by_role("option", name="WEB-3")
    expect(found).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "found-WEB-3")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tasks/WEB-3/$"))
    page.wait_for_load_state()  # keys are for the page that has come, not for the one that goes
    page.keyboard.press("Control+k")
    page.keyboard.type("urgent")
    page.keyboard.press("Enter")
    expect(toast(page, "WEB-3: priority changed.")).to_be_visible()
    expect(page).to_have_url(re.compile("/tasks/WEB-3/$"))
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/people/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_contain_text("WEB-3")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_the_search_marks_what_it_found(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/")
    page.get_by_role("searchbox", name="Search tasks").fill("login -slow label:bug")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").locator("mark")).to_have_text(["Login"])
    page.get_by_role("main").get_by_role("searchbox").fill("draft login")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name="Draw the price page")).to_be_visible()
    expect(page.get_by_role("main").locator("mark")).to_have_text(["draft", "login"])
    page.goto("/search/?q=colour:red")
    expect(page.get_by_role("alert")).to_contain_text("There is no operator colour:")


def test_lanes_and_folded_columns_stay(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/")
    page.get_by_role("heading", name="Cancelled", exact=True).hover()
    page.get_by_role("button", name="Fold Cancelled away").click()
    expect(page.get_by_role("button", name="Unfold Cancelled")).to_be_visible()
    page.get_by_role("button", name="Lanes").click()
    page.get_by_role("button", name="By priority").click()
    expect(page.get_by_role("region", name="Urgent")).to_contain_text("Login fails on phones")
    page.reload()
    expect(page.get_by_role("region", name="Urgent")).to_contain_text("Login fails on phones")
    mine = card(page, "Login fails on phones")
    mine.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    with page.expect_response("**/move/"):
        page.keyboard.press("Space")
    page.get_by_role("button", name="Lanes").click()
    page.get_by_role("button", name="No lanes").click()
    expect(column(page, "Ready").get_by_role("heading", name="Login fails on phones")).to_be_visible()
