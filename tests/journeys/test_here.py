"""Two people at one task and one board see each other come and go, without a page being loaded again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import joins, open_company
from .steps import somebody

pytestmark = pytest.mark.journey


def test_people_see_who_else_has_this_open(visitor: Callable[..., Page]) -> None:
    company, theirs = open_company(visitor()), visitor(width=360, height=740)
    joins(company, theirs, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    key = company.add_task("WEB", "Mend the basket")
    page = company.page
    for address in (f"/tasks/{key}/", "/projects/WEB/"):
        page.goto(address)
        bob = page.get_by_role("banner").get_by_role("img", name="Bob Builder")
        expect(bob).to_be_hidden()
        theirs.goto(address)
        expect(bob).to_be_visible()
        expect(theirs.get_by_role("banner").get_by_text("has this open now")).to_be_attached()
        assert theirs.evaluate("document.documentElement.scrollWidth") <= 360
        theirs.goto("/notices/")
        expect(bob).to_be_hidden()
