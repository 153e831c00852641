"""A dispatcher plans anew what people hold, is told when the world moved on meanwhile, and answers an absence."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .company import Company, open_company
from .conftest import Server
from .steps import day, mail_to, sign_in, toast

pytestmark = pytest.mark.journey
PLANNED_MS = 60_000


def team(company: Company) -> tuple[int, dict[str, str]]:
    """Ana and Max can both do everything; Ana's number, and everybody's address."""
    skill = company.add_skill("Carpentry")
    mails = {name: f"{name.lower()}-{secrets.token_hex(3)}@example.com" for name in ("Ana", "Max")}
    numbers = {
        name: company.add_worker(name, {skill: 4}, email=mails[name], rate="40", week_hours="168") for name in mails
    }
    return numbers["Ana"], mails


def held_by(company: Company, worker: int, count: int) -> list[str]:
    """So many tasks of twenty hours, due tomorrow, all with one person."""
    company.add_project("SHOP", "Workshop")
    keys = []
    for number in range(count):
        needs = {"Carpentry": 3}
        keys.append(company.add_task("SHOP", f"Chair {number}", needs, effort_min="20h", due_at=day(2)))
        company.send(f"/tasks/{keys[-1]}/assign/", worker=worker)
    return keys


def replan(page: Page) -> None:
    """From the project's page to the draft."""
    page.goto("/projects/SHOP/allocate/")
    page.get_by_role("button", name="Re-plan").click()
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible(timeout=PLANNED_MS)


def with_proposal(page: Page) -> Locator:
    """The proposal on the page of plans, once its job has run."""
    proposal = page.get_by_role("link", name="a change is proposed").first
    for _ in range(30):
        if proposal.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return proposal


def test_a_replan_is_looked_at_refused_and_its_rest_applied(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    ana, _ = team(company)
    held_by(company, ana, 5)
    page = company.page
    replan(page)
    moved = page.locator("section.plan-group", has=page.get_by_role("heading", name="Goes to somebody else"))
    rows = moved.get_by_role("row").filter(has=page.get_by_role("checkbox"))
    expect(rows.first).to_contain_text("Max")
    expect(page.get_by_label("What it buys")).to_contain_text("Late in all")
    assert rows.count() >= 2
    page.get_by_label("Lateness").fill("50")
    expect(page.get_by_text("50 %").first).to_be_visible()

    # a second browser begins one of the moved tasks meanwhile
    key = rows.first.get_by_role("checkbox").get_attribute("aria-label") or ""
    key = key.removeprefix("Include ")
    other = visitor()
    sign_in(other, company.owner)
    other.goto(f"/tasks/{key}/")
    other.get_by_role("main").get_by_role("button", name="Start", exact=True).click()

    left = rows.last.get_by_role("checkbox")
    left_key = (left.get_attribute("aria-label") or "").removeprefix("Include ")
    left.uncheck()
    page.get_by_role("button", name="Apply", exact=True).click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Nothing was applied")
    expect(told).to_contain_text(key)
    expect(told).to_contain_text("it was begun")
    page.get_by_role("button", name="Apply the lines that still hold").click()
    expect(toast(page, "had changed meanwhile and stayed as they were")).to_be_visible()
    for stays in {key, left_key}:
        page.goto(f"/tasks/{stays}/")
        expect(page.get_by_role("main")).to_contain_text("Ana")


def test_an_absence_brings_a_proposal_and_the_mail_says_why(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    ana, mails = team(company)
    held_by(company, ana, 3)
    page = company.page
    company.send(f"/people/{ana}/time-off/", starts_on=day(0), ends_on=day(12))
    page.goto(f"/people/{ana}/")
    approve = page.get_by_role("button", name="Approve")
    if approve.count():
        approve.first.click()
    page.goto("/plans/")
    with_proposal(page).click()
    expect(page.get_by_text("Ana is away").first).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    mail = mail_to(server, to=mails["Max"], subject="Your list changed")
    assert "Ana is away" in mail
    assert "new for you" in mail
