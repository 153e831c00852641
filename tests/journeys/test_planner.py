"""One's own day, and the inbox of managers from twelve to zero."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, add_agent, open_company
from .conftest import Server
from .steps import toast
from .test_time import be_a_worker

pytestmark = pytest.mark.journey


def test_a_note_becomes_a_task_and_a_block_moves_by_keyboard(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    be_a_worker(company)
    company.add_project("WEB", "Web shop")
    page = company.page
    page.goto("/schedule/")
    page.keyboard.press("c")
    page.get_by_label("Note", exact=True).fill("Call the printer friday 14:00 #print @web")
    page.keyboard.press("Enter")
    expect(toast(page, "Noted for")).to_be_visible()
    page.goto("/planner/")
    note = page.get_by_role("listitem").filter(has_text="Call the printer")
    expect(note).to_contain_text("#print")
    page.get_by_role("button", name="Keep time").click()
    page.get_by_label("Title").fill("Deep work")
    page.get_by_role("button", name="Keep it").click()
    block = page.get_by_role("listitem", name=re.compile("Deep work, 09:00 to 11:00"))
    block.focus()
    with page.expect_response("**/move/"):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("listitem", name=re.compile("Deep work, 09:15 to 11:30"))).to_be_visible()
    note.get_by_role("button", name="What becomes of it").click()
    page.get_by_role("button", name="Web shop").click()
    expect(toast(page, "The note is WEB-1 now.")).to_be_visible()
    page.goto("/tasks/WEB-1/")
    expect(page.get_by_label("Title")).to_have_value("Call the printer")


def test_the_day_is_planned_after_a_look(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    be_a_worker(company)
    company.add_project("WEB", "Web shop")
    key = company.add_task("WEB", "Mend the basket", effort_min="15m")
    company.send(f"/tasks/{key}/assign-best/")
    page = company.page
    page.goto("/planner/")
    page.get_by_role("link", name="Plan my day").click()
    expect(page.get_by_role("dialog").get_by_text("Mend the basket")).to_be_visible()
    page.get_by_role("button", name="Put it into my day").click()
    expect(toast(page, "Your day has 1 block more.")).to_be_visible()
    page.get_by_role("button", name="Shut down the day").click()
    expect(toast(page, "1 block moved to")).to_be_visible()


def _send(company: Company, token: str, title: str) -> None:
    answer = company.page.request.post(
        "/api/v1/tasks", data=json.dumps({"project": "WEB", "title": title}),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status == 201, answer.text()


def test_twelve_things_are_looked_at_by_keyboard(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    company.add_project("WEB", "Web shop")
    company.add_task("WEB", "Checkout fails for Swiss postcodes")
    _, token = add_agent(server, company, "Monitor")
    for n in range(11):
        _send(company, token, f"Something number {n}")
    _send(company, token, "The checkout fails for Swiss postcodes")
    page = company.page
    page.goto("/inbox/")
    expect(page.get_by_text("12 things wait for a first look")).to_be_visible()
    expect(page.get_by_text("Looks like WEB-1")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The checkout fails")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#into-WEB-13")).to_have_value("WEB-1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("11 things wait")).to_be_visible()
    expect(page.get_by_role("link", name="Something number 10")).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.type("We do this next year")
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 things wait")).to_be_visible()
    expect(page.get_by_role("link", name="Something number 9")).to_be_focused()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_text("9 things wait for a first look, 1 put off")).to_be_visible()
    for left in range(8, -1, -1):
        expect(page.get_by_role("link", name=f"Something number {left}", exact=True)).to_be_focused()
        page.keyboard.press("a")
        expect(page.get_by_role("link", name=f"Something number {left}", exact=True)).to_have_count(0)
    expect(page.get_by_role("heading", name="Nothing waits for a first look")).to_be_visible()


AT_ONCE = """() => {
  const accept = () => document.querySelector("[data-act=a]")?.click();
  document.addEventListener("htmx:afterSwap", () => setTimeout(accept), { once: true });
}"""


def test_who_is_quicker_than_the_page_still_stands_in_it(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    company.add_project("WEB", "Web shop")
    _, token = add_agent(server, company, "Monitor")
    for n in range(3):
        _send(company, token, f"Something number {n}")
    page = company.page
    page.goto("/inbox/")
    expect(page.get_by_text("3 things wait for a first look")).to_be_visible()
    page.evaluate(AT_ONCE)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("1 thing waits for a first look")).to_be_visible()
    expect(page.get_by_role("link", name="Something number 0", exact=True)).to_be_focused()
