"""The time log: a timer that two browsers show, and a week that is filled like a sheet, handed in and approved."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, open_company
from .steps import toast

pytestmark = pytest.mark.journey
ALWAYS = {f"d{n}_0_{edge}": clock for n in range(7) for edge, clock in (("from", "00:00"), ("to", "24:00"))}


def be_a_worker(company: Company) -> int:
    """The owner does tasks, too, at all hours; their number in the directory."""
    page = company.page
    page.goto("/people/new/")
    options = page.locator("select[name=user] option").evaluate_all("all => all.map(o => [o.value, o.text])")
    user = next(value for value, text in options if company.owner.name in text)
    number = company.add_worker(company.owner.name, {}, user=user)
    company.send(f"/people/{number}/hours/", **ALWAYS)
    return number


def test_the_timer_is_seen_in_two_browsers(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    be_a_worker(company)
    company.add_project("WEB", "Web shop")
    company.add_task("WEB", "Draw the price page")
    page, other = company.page, visitor(width=360, height=740, dark=True)
    other.goto("/sign-in/")
    other.get_by_label("E-mail").fill(company.owner.email)
    other.get_by_label("Password").fill(company.owner.password)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="My work", level=1)).to_be_visible()
    page.goto("/tasks/WEB-1/")
    expect(page.get_by_role("button", name="Start the timer", exact=True)).to_be_visible()
    page.keyboard.press("t")
    expect(toast(page, "The timer runs on WEB-1.")).to_be_visible()
    expect(page.locator("#timer time")).to_have_text(re.compile(r"0:00:\d\d"))
    expect(other.locator("#timer").get_by_role("link", name="WEB-1")).to_be_visible()
    page.reload()
    expect(page.locator("#timer").get_by_role("link", name="WEB-1")).to_be_visible()
    other.get_by_role("button", name="Stop the timer on WEB-1").first.click()
    expect(toast(other, "0:01 logged on WEB-1.")).to_be_visible()
    expect(page.locator("#timer").get_by_role("link", name="WEB-1")).to_have_count(0)
    expect(page.get_by_role("region", name="Time", exact=True)).to_contain_text("1 min")


def test_a_week_is_filled_like_a_sheet_and_approved(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    be_a_worker(company)
    company.add_project("WEB", "Web shop")
    for title in ("Draw the price page", "Mend the basket"):
        company.add_task("WEB", title)
    page = company.page
    page.goto("/time/?week=2026-11-16&add=WEB-1")
    page.get_by_label("WEB-1, Monday 16").fill("1h30")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#week-sum")).to_contain_text("1:30")
    expect(page.get_by_label("WEB-1, Tuesday 17")).to_be_focused()
    page.keyboard.type("9:00-10:30")
    page.keyboard.press("Tab")
    expect(page.locator("#week-sum")).to_contain_text("3:00")
    page.keyboard.type("soon")
    page.keyboard.press("Tab")
    expect(toast(page, "Write it like 1h30")).to_be_visible()
    expect(page.get_by_label("WEB-1, Wednesday 18")).to_have_value("")
    page.get_by_label("Key of a task to add").fill("WEB-2")
    page.keyboard.press("Enter")
    page.get_by_label("WEB-2, Monday 16").fill("45m")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#day-0")).to_contain_text("2:15")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    expect(page.get_by_label("WEB-1, Monday 16")).to_have_count(0)
    page.get_by_role("navigation", name="Time log").get_by_role("link", name="Approval").click()
    page.get_by_role("button", name="Approve the week of").click()
    expect(page.get_by_role("heading", name="No week waits for you")).to_be_visible()
    page.get_by_role("navigation", name="Time log").get_by_role("link", name="Entries").click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)
    expect(page.get_by_text("3.8 h in 3 entries")).to_be_visible()
    _is_told_what_is_wrong_where_it_stands(page)


def _is_told_what_is_wrong_where_it_stands(page: Page) -> None:
    wrong = "Write it like 1h30, 90m, 1:30 or 9:00-10:30."
    page.goto("/time/new/?task=WEB-1")
    page.locator("[name=spent]").fill("soon")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_role("main").get_by_text(wrong).last).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/time/")
    page.get_by_role("link", name="Log time").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=task]").fill("WEB-1")
    dialog.locator("[name=spent]").fill("soon")
    dialog.get_by_role("button", name="Log it").click()
    expect(dialog.get_by_text(wrong).last).to_be_visible()
    edge, form = dialog.bounding_box(), dialog.locator("[name=spent]").bounding_box()
    assert edge
    assert form
    assert form["x"] - edge["x"] > 12
