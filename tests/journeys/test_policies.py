"""A dispatcher writes rules with a net, and decides in the morning what they left to people."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, open_company
from .steps import toast

pytestmark = pytest.mark.journey


def test_a_policy_is_written_tried_used_and_taken_back(visitor: Callable[..., Page]) -> None:
    page = visitor()
    company = open_company(page)
    _furnish(company)
    _writes_a_policy(page)
    _reads_it_as_text(page)
    _tries_it(page)
    _uses_it(page)
    keys = [company.add_task("WEB", f"Shop fix {n}", {"Python": 3}, labels="shop") for n in (1, 2)]
    hopeless = company.add_task("WEB", "Shop mainframe", {"COBOL": 5}, labels="shop")
    _approves(page, keys)
    _sees_the_doctor(page, hopeless)
    _keeps_working_when_somebody_leaves(page, company)
    _goes_back_to_the_first_version(page)


def _furnish(company: Company) -> None:
    python = company.add_skill("Python")
    company.add_skill("COBOL")
    company.add_project("WEB", "Web shop")
    # agents are at work around the clock: the journey does not depend on the time at which it runs
    company.add_worker("Vega Agent", {python: 3}, kind="agent")
    company.add_worker("Lyra Agent", {python: 4}, kind="agent")
    company.add_task("WEB", "An old fix", {"Python": 3}, labels="shop")


def _writes_a_policy(page: Page) -> None:
    page.get_by_role("link", name="Desk").first.click()
    page.get_by_role("link", name="Policies").first.click()
    page.get_by_role("link", name="New policy").click()
    page.get_by_label("Name", exact=True).first.fill("Shop work")
    page.get_by_label("Which tasks it takes").fill("'shop' in task.label")
    page.get_by_label("Approve first").check()
    page.get_by_role("group", name=re.compile("Everybody who can do it")).get_by_label("What happens").select_option(
        "assign"
    )
    page.get_by_role("button", name="Add a step").click()
    second = page.get_by_role("group", name=re.compile("Step 2"))
    second.get_by_label("Who is meant").fill("worker.skills['Python'] >= 3")
    second.get_by_label("Next step after").fill("2h")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "At character 11: There is nothing called task.label. Did you mean task.labels?"
    )
    expect(second.get_by_label("Who is meant")).to_have_value("worker.skills['Python'] >= 3")
    page.get_by_label("Which tasks it takes").fill("'shop' in task.labels")
    page.get_by_role("button", name="Save").click()
    expect(toast(page, "Shop work is written and rests.")).to_be_visible()


def _reads_it_as_text(page: Page) -> None:
    page.get_by_role("button", name="As text").click()
    text = page.get_by_label("The policy as text")
    expect(text).to_have_value(re.compile(r"takes = \"'shop' in task.labels\""))
    expect(text).to_have_value(re.compile(r"lasts_min = 120"))
    page.get_by_role("button", name="As fields").click()
    expect(page.get_by_label("Which tasks it takes")).to_have_value("'shop' in task.labels")


def _tries_it(page: Page) -> None:
    page.get_by_role("button", name="Run on the last 50 tasks").click()
    expect(page.get_by_role("heading", name="On the last task")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("An old fix"))).to_contain_text("Vega Agent")


def _uses_it(page: Page) -> None:
    page.get_by_role("button", name="Use it").click()
    expect(toast(page, "Shop work is in use.")).to_be_visible()


def _approves(page: Page, keys: list[str]) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("heading", name="To approve 3")).to_be_visible()
    page.get_by_role("button", name="Approve the ticked ones").click()
    expect(toast(page, "3 approved.")).to_be_visible()
    page.goto(f"/tasks/{keys[0]}/why/")
    expect(page.get_by_role("main")).to_contain_text("Policy “Shop work” (version 1), step “Everybody who can do it”")
    page.get_by_role("button", name="Compute it again").click()
    expect(page.get_by_role("main")).to_contain_text("to the byte")


def _sees_the_doctor(page: Page, key: str) -> None:
    page.goto("/desk/")
    card = page.get_by_role("article").filter(has_text=key)
    expect(card).to_contain_text("Needs COBOL ≥ 5; nobody here has it")
    card.get_by_role("link", name=f"What would free {key}").click()
    expect(page.get_by_role("heading", name="Nobody can do this yet")).to_be_visible()


def _keeps_working_when_somebody_leaves(page: Page, company: Company) -> None:
    company.page.goto("/people/")
    href = page.get_by_role("link", name="Vega Agent").first.get_attribute("href") or ""
    company.send(f"{href}deactivate/")
    page.goto("/desk/")
    # what Vega held goes through the policy again, and to somebody who is still there
    expect(page.get_by_role("article").filter(has_text="Lyra Agent").first).to_be_visible()


def _goes_back_to_the_first_version(page: Page) -> None:
    page.goto("/policies/")
    page.get_by_role("link", name="Edit Shop work").click()
    page.get_by_label("Automatic with undo").check()
    page.get_by_role("button", name="Save").click()
    expect(toast(page, "Shop work is saved as version 2.")).to_be_visible()
    page.get_by_text("Version 1", exact=True).click()
    page.get_by_role("button", name="Back to version 1").click()
    expect(toast(page, "Shop work says again what version 1 said.")).to_be_visible()
    expect(page.get_by_label("Approve first")).to_be_checked()
