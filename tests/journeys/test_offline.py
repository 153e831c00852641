"""Without a network: My work stays readable, what is done waits and is sent once, and a conflict is told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, joins, open_company
from .steps import somebody, toast

pytestmark = pytest.mark.journey


@pytest.fixture
def bob(visitor: Callable[..., Page]) -> tuple[Company, Page]:
    """A company, and the phone of a contributor who holds three tasks and keeps their work on it."""
    company, phone = open_company(visitor()), visitor(width=360, height=740)
    joins(company, phone, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    for title in ("Mend the basket", "Draw the price page", "Answer the survey"):
        key = company.add_task("WEB", title, effort_min="1h", criteria="It works on a phone")
        company.send(f"/tasks/{key}/assign-best/")
    phone.goto("/my-work/")
    phone.get_by_role("button", name="Keep my work on this device").click()
    expect(phone.get_by_role("button", name="Kept on this device: 4 pages. Stop that")).to_be_visible()
    return company, phone


def test_my_work_and_its_tasks_open_without_a_network(bob: tuple[Company, Page]) -> None:
    _, phone = bob
    phone.context.set_offline(True)
    phone.goto("/my-work/")
    expect(phone.get_by_role("status", name="Connection")).to_contain_text("You are offline · This page is as of")
    phone.get_by_role("link", name="Mend the basket").click()
    expect(phone.get_by_label("Title")).to_have_value("Mend the basket")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.goto("/projects/")
    expect(phone.get_by_role("heading", name="There is no connection")).to_be_visible()


def test_what_is_done_without_a_network_is_sent_once_in_order(bob: tuple[Company, Page]) -> None:
    company, phone = bob
    phone.context.set_offline(True)
    phone.goto("/my-work/")
    phone.get_by_role("button", name="Start WEB-1").click()
    expect(phone.get_by_role("status", name="Connection")).to_contain_text("One change waits to be sent")
    phone.goto("/tasks/WEB-1/")
    phone.get_by_label("Add a comment").fill("Written in a tunnel")
    phone.get_by_role("button", name="Comment", exact=True).click()
    phone.get_by_role("checkbox", name="It works on a phone").click()
    waiting = phone.get_by_role("status", name="Connection").get_by_role("listitem")
    expect(waiting).to_have_count(3)
    phone.context.set_offline(False)
    expect(toast(phone, "Sent: 3")).to_be_visible()
    expect(phone.get_by_role("status", name="Connection")).to_be_hidden()
    page = company.page
    page.goto("/tasks/WEB-1/")
    expect(page.get_by_text("Written in a tunnel")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="It works on a phone")).to_be_checked()
    expect(page.get_by_role("main")).to_contain_text("In progress")


def test_a_change_that_somebody_else_overtook_is_told_and_decided_by_the_person(bob: tuple[Company, Page]) -> None:
    company, phone = bob
    phone.context.set_offline(True)
    phone.goto("/my-work/")
    phone.get_by_role("button", name="Start WEB-2").click()
    company.page.goto("/tasks/WEB-2/")
    company.send("/tasks/WEB-2/cell/priority/save/", value="4", next="/tasks/WEB-2/")
    phone.context.set_offline(False)
    line = phone.get_by_role("status", name="Connection").get_by_role("listitem")
    expect(line).to_contain_text("WEB-2 has changed since you saw it and is in Backlog now. Look at it first.")
    line.get_by_role("button", name="Do it anyway").click()
    expect(toast(phone, "Sent: 1")).to_be_visible()
    expect(phone.get_by_role("status", name="Connection")).to_be_hidden()


def test_signing_out_leaves_nothing_on_the_device(bob: tuple[Company, Page]) -> None:
    _, phone = bob
    phone.get_by_role("button", name="Menu").click()
    phone.get_by_role("button", name=re.compile("Bob Builder")).click()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.evaluate("caches.has('fairlead-kept')") is False
    assert phone.evaluate("localStorage.getItem('fairlead-queue')") is None
