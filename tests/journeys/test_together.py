"""Two people at one task: each sees what the other does, and nothing that one has begun is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import joins, open_company
from .steps import somebody

pytestmark = pytest.mark.journey


def test_the_page_of_a_task_follows_what_others_do(visitor: Callable[..., Page]) -> None:
    company, theirs = open_company(visitor()), visitor()
    number = joins(company, theirs, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    key = company.add_task("WEB", "Mend the basket")
    page = company.page
    page.goto(f"/tasks/{key}/")
    theirs.goto(f"/tasks/{key}/")
    expect(page.get_by_role("banner").get_by_text("Bob Builder has this open now")).to_be_attached()

    # Bob is writing; what Alice says and changes comes, and his words stay
    draft = theirs.get_by_label("Add a comment", exact=True)
    draft.fill("Half of a thought")
    page.get_by_label("Add a comment", exact=True).fill("It is the cookie")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(theirs.get_by_role("article")).to_contain_text("It is the cookie")
    page.get_by_label("Title", exact=True).fill("Mend the basket on phones")
    page.get_by_label("New acceptance criterion").fill("It stays full")
    page.keyboard.press("Enter")
    expect(theirs.get_by_role("heading", name="Mend the basket on phones")).to_be_visible()
    expect(theirs.get_by_role("heading", name="Acceptance criteria")).to_be_visible()
    expect(theirs.get_by_text("It stays full", exact=True)).to_be_visible()
    expect(draft).to_have_value("Half of a thought")
    expect(draft).to_be_focused()

    # given to Bob, the page says so; started by Bob, Alice's says so
    company.send(f"/tasks/{key}/assign/", worker=number)
    expect(theirs.get_by_role("button", name="Give back")).to_be_visible()
    theirs.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#steps")).to_contain_text("In progress")


def test_what_one_has_begun_is_not_written_over(visitor: Callable[..., Page]) -> None:
    company, theirs = open_company(visitor()), visitor()
    number = joins(company, theirs, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    key = company.add_task("WEB", "Mend the basket")
    company.send(f"/tasks/{key}/assign/", worker=number)
    page = company.page
    page.goto(f"/tasks/{key}/")
    theirs.goto(f"/tasks/{key}/")
    title = theirs.get_by_label("Title", exact=True)
    title.fill("Mend the basket, please")
    page.get_by_label("Priority", exact=True).select_option("Urgent")
    page.get_by_label("Add a comment", exact=True).fill("Now it is urgent")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(theirs.get_by_role("article")).to_contain_text("Now it is urgent")
    expect(title).to_have_value("Mend the basket, please")
    theirs.keyboard.press("Tab")
    expect(theirs.get_by_text("What is saved now and what you typed")).to_be_visible()


def test_a_comment_that_is_being_written_survives_another_deed_and_a_reload(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    company.add_project("WEB", "Web shop")
    key = company.add_task("WEB", "Mend the basket")
    company.send(f"/tasks/{key}/comments/", body="First")
    page = company.page
    page.goto(f"/tasks/{key}/")
    field = page.get_by_label("Add a comment", exact=True)
    field.fill("Half of a thought")
    page.get_by_role("button", name="Add a sign").click()
    page.get_by_role("button", name="agree").first.click()
    expect(page.get_by_role("button", name="agree: Alice Adler")).to_be_visible()
    expect(field).to_have_value("Half of a thought")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#steps")).to_contain_text("In progress")
    expect(field).to_have_value("Half of a thought")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("article").filter(has_text="Half of a thought")).to_be_visible()
    expect(field).to_have_value("")
    page.reload()
    expect(field).to_have_value("")
