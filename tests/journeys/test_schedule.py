"""A dispatcher on the schedule: lanes, zoom, and giving a task to somebody with its price shown before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from .company import Company, open_company
from .steps import day, toast

pytestmark = pytest.mark.journey


def test_a_task_is_given_by_hand_and_stays(visitor: Callable[..., Page]) -> None:
    page = visitor()
    company = open_company(page)
    task = _furnish(company)
    page.goto("/schedule/")
    expect(_lane(page, "Vega Agent")).to_be_visible()
    _zooms(page)
    _sees_the_price_before_letting_go(page, task)
    _says_why_and_undoes(page, task)
    _does_the_same_by_keyboard(page, task)
    _reads_the_load(page)
    _sees_days_begin_at_their_own_midnight(page)


def _furnish(company: Company) -> str:
    python, scala = company.add_skill("Python"), company.add_skill("Scala")
    company.add_project("WEB", "Web shop")
    # agents are at work around the clock: the journey does not depend on the time at which it runs
    company.add_worker("Vega Agent", {python: 3}, kind="agent")
    company.add_worker("Lyra Agent", {python: 5}, kind="agent", rate="50")
    company.add_worker("Nova Agent", {scala: 5}, kind="agent")
    return company.add_task("WEB", "Import orders", {"Python": 3}, due_at=day(3))


def _lane(page: Page, name: str) -> Locator:
    return page.locator(f'.lane[data-name="{name}"]')


def _zooms(page: Page) -> None:
    page.get_by_role("button", name="Day", exact=True).click()
    expect(page.get_by_role("button", name="Day", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("region", name=re.compile("Everybody's lanes")).focus()
    page.keyboard.press("-")
    expect(page.get_by_role("button", name="Week", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("-")
    expect(page.get_by_role("button", name="4 weeks")).to_have_attribute("aria-pressed", "true")


def _hold_over(page: Page, task: str, name: str) -> None:
    """Hold the waiting task over somebody's lane."""
    start, end = page.locator(f'[data-pool="{task}"] .mute').last.bounding_box(), _lane(page, name).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] - 30, start["y"] + 5, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + 20, steps=6)


def _sees_the_price_before_letting_go(page: Page, task: str) -> None:
    ghost = page.locator(".drag-ghost")
    _hold_over(page, task, "Vega Agent")
    expect(ghost).to_contain_text("To Vega Agent: Done in time. Nobody would be better.")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(ghost).to_be_hidden()
    _hold_over(page, task, "Nova Agent")
    expect(ghost).to_contain_text("Nova Agent is ruled out: needs Python ≥ 3; has none")
    page.keyboard.press("Escape")
    page.mouse.up()


def _says_why_and_undoes(page: Page, task: str) -> None:
    _hold_over(page, task, "Lyra Agent")
    expect(page.locator(".drag-ghost")).to_contain_text("points more than Vega Agent")
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("points more than Vega Agent")
    dialog.get_by_role("button", name="The client asked for them").click()
    expect(toast(page, f"{task} is pinned to Lyra Agent.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(f"{task} Import orders, Lyra Agent.*pinned"))).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("heading", name="Who should do it")).to_be_visible()


def _does_the_same_by_keyboard(page: Page, task: str) -> None:
    page.goto("/schedule/")
    page.get_by_role("link", name=f"Give {task} to somebody").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name=f"Give {task} to Vega Agent").press("Enter")
    dialog.get_by_role("button", name="Give it to Vega Agent").press("Enter")
    expect(toast(page, f"{task} is pinned to Vega Agent.")).to_be_visible()
    page.goto(f"/tasks/{task}/why/")
    expect(page.get_by_role("main")).to_contain_text("Vega Agent was the best of 2 who could do it.")


def _reads_the_load(page: Page) -> None:
    page.goto("/schedule/load/")
    expect(page.get_by_role("row", name=re.compile("Vega Agent"))).to_contain_text("4 / 168 h")


def _sees_days_begin_at_their_own_midnight(page: Page) -> None:
    zone = "Pacific/Auckland"
    page.goto("/settings/")
    page.get_by_label("Time zone").select_option(zone)
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Time zone")).to_have_value(zone)
    page.goto("/schedule/")
    page.get_by_role("button", name="Week", exact=True).click()
    page.get_by_role("button", name="Now", exact=True).click()
    before = datetime.now(ZoneInfo(zone))
    first = page.locator(".sched-head .tick").first
    expect(first).to_have_text(re.compile(rf"\b{before.day}\b"))
    passed = page.locator(".now-line").evaluate("it => it.style.left.slice(0, -2)")
    midnight = first.evaluate("it => it.style.left.slice(0, -2)")
    minutes = (float(passed) - float(midnight)) / 0.15
    assert -20 < minutes - (before.hour * 60 + before.minute) < 5
