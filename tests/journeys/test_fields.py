"""Fields of one's own: made, filled in the list, filtered by, required before Done; and an approval."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import open_company
from .steps import toast

pytestmark = pytest.mark.journey


def test_a_field_is_made_filled_filtered_and_required(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    page = company.page
    company.add_project("WEB", "Web shop")
    first, second = company.add_task("WEB", "Draw the label"), company.add_task("WEB", "Print the label")
    page.goto("/settings/fields/")
    page.get_by_role("link", name="New field").first.click()
    page.get_by_label("Name", exact=True).fill("Budget")
    page.get_by_label("Kind").select_option("Money")
    expect(page.get_by_label("Formula", exact=True)).to_be_hidden()
    page.get_by_label("Must be filled").select_option("Before Done")
    page.get_by_label("Web shop").check()
    page.get_by_role("button", name="Add field").click()
    expect(toast(page, "Budget was added.")).to_be_visible()

    page.goto("/projects/WEB/list/?cols=title,status,f.budget&sort=key")
    page.get_by_role("button", name=f"Budget of {first}: change").click()
    editor = page.get_by_role("textbox", name=f"Budget of {first}", exact=True)
    editor.fill("1250.50")
    editor.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Draw the label"))).to_contain_text("€1,250.50")
    page.get_by_role("button", name="Fields").click()
    page.get_by_label("Budget", exact=True).fill(">1000")
    page.get_by_label("Budget", exact=True).press("Tab")
    expect(page).to_have_url(re.compile("f.budget="))
    expect(page.get_by_role("row", name=re.compile("Print the label"))).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("Draw the label"))).to_be_visible()

    page.goto(f"/tasks/{second}/")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text(f"fill Budget of {second}").first).to_be_visible()
    page.get_by_label(re.compile("^Budget")).fill("80")
    page.get_by_label(re.compile("^Budget")).press("Tab")
    expect(page.get_by_label(re.compile("^Budget"))).to_have_value("80.00")
    page.get_by_role("button", name="Complete").click()
    expect(toast(page, f"{second} is in Done.")).to_be_visible()
