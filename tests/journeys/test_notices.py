"""Somebody is named in a comment: the bell rings on the open page, leads to the comment, and is quiet again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import open_company
from .conftest import Server
from .steps import Person, link_in_mail, sign_in, somebody

pytestmark = pytest.mark.journey


def test_a_mention_rings_the_bell_and_leads_to_the_comment(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    dana = somebody("Dana Reyes")
    _join(company.page, visitor(), server, dana)
    company.add_project("ART", "Artwork")
    key = company.add_task("ART", "Draw the cover", {})

    theirs = visitor()
    sign_in(theirs, dana)
    theirs.goto("/tasks/")
    bell = theirs.get_by_role("button", name="Notifications")
    expect(bell).to_contain_text("0 unread")

    page = company.page
    page.goto(f"/tasks/{key}/")
    box = page.get_by_label("Add a comment")
    box.press_sequentially("Could you look, @da")
    expect(page.get_by_role("option", name="Dana Reyes")).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("Could you look, @Dana Reyes ")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Could you look, @Dana Reyes")).to_be_visible()

    # it rings without the page being loaded again, and leads there with the keyboard alone
    expect(bell).to_contain_text("1 unread")
    theirs.keyboard.press("n")
    theirs.get_by_role("button", name=f"mentioned you on {key}").press("Enter")
    expect(theirs.get_by_role("heading", name="Draw the cover").first).to_be_visible()
    expect(theirs.get_by_text("Could you look, @Dana Reyes")).to_be_visible()
    expect(theirs.get_by_role("button", name="Notifications")).to_contain_text("0 unread")

    theirs.goto("/notices/?show=mentions")
    expect(theirs.get_by_role("main")).to_contain_text(f"mentioned you on {key}")


def _join(page: Page, other: Page, server: Server, person: Person) -> None:
    page.goto("/settings/members/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_role("button", name="Invite", exact=True).click()
    other.goto(link_in_mail(server, to=person.email, subject="invites you"))
    other.get_by_label("Your name").fill(person.name)
    other.get_by_label("Password").fill(person.password)
    other.get_by_role("button", name="Join").click()
    expect(other.get_by_role("navigation", name="Main")).to_be_visible()
