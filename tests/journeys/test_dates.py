"""Giving tasks other days: on the calendar by mouse and by keyboard, on the timeline with all that follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from .company import Company, open_company
from .steps import toast

pytestmark = pytest.mark.journey

MARCH = "/projects/WEB/calendar/?on=2030-03-13"


def later(days: int) -> date:
    """So many days after the Monday of next week."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday() + days)


def test_a_task_is_dragged_to_another_day_and_back(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _furnish_calendar(open_company(page))
    page.goto(MARCH)
    _drag(page, _entry(page, "WEB-1"), page.locator('.cal-day[data-day="2030-03-15"]'))
    expect(toast(page, "WEB-1 is due on Fri 15 Mar.")).to_be_visible()
    expect(_entry(page, "WEB-1")).to_have_attribute("data-due", "2030-03-15")
    page.get_by_role("button", name="Undo").click()
    expect(toast(page, "WEB-1 as before.")).to_be_visible()
    expect(_entry(page, "WEB-1")).to_have_attribute("data-due", "2030-03-13")
    _drag(page, page.locator('.cal-tray [data-task="WEB-2"]'), page.locator('.cal-day[data-day="2030-03-20"]'))
    expect(_entry(page, "WEB-2")).to_have_attribute("data-due", "2030-03-20")


def test_a_task_gets_another_day_by_keyboard_and_a_new_one_is_made_on_a_day(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _furnish_calendar(open_company(page))
    page.goto(MARCH)
    said = page.locator("#calendar-said")
    _entry(page, "WEB-1").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Thursday 14 March")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Thursday 21 March")
    page.keyboard.press("Escape")
    expect(said).to_contain_text("is back where it was")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(toast(page, "WEB-1 is due on Wed 20 Mar.")).to_be_visible()
    expect(_entry(page, "WEB-1")).to_be_focused()
    page.locator('.cal-day[data-day="2030-03-27"] .cal-new').click()
    expect(page.locator("#id_due_at")).to_have_value("2030-03-27")


def test_moving_a_bar_shows_first_what_moves_with_it(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _furnish_timeline(open_company(page))
    page.goto("/projects/WEB/timeline/")
    expect(_bar(page, "WEB-3")).to_be_visible()
    _drag_by(page, _bar(page, "WEB-1"), 61)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 followers move too: WEB-2, WEB-3.")
    dialog.get_by_role("button", name="Move 3 tasks").click()
    expect(toast(page, "WEB-1, WEB-2, WEB-3 moved.")).to_be_visible()
    expect(_bar(page, "WEB-3")).to_have_attribute("aria-label", re.compile(_said(7)))
    page.get_by_role("button", name="Undo").click()
    expect(toast(page, "3 tasks as before.")).to_be_visible()
    expect(_bar(page, "WEB-3")).to_have_attribute("aria-label", re.compile(_said(3)))
    _does_the_same_by_keyboard(page)
    _links_two_and_is_told_of_the_circle(page)


def test_what_is_unfolded_stays_so_when_news_arrive(visitor: Callable[..., Page]) -> None:
    page = visitor()
    company = open_company(page)
    _furnish_timeline(company)
    company.add_task("WEB", "Too early", release_at=later(0), due_at=later(1), after="WEB-3")
    page.goto("/projects/WEB/timeline/")
    page.get_by_text("1 link does not fit").click()
    shift = page.get_by_role("link", name="Shift followers of WEB-3")
    expect(shift).to_be_visible()
    company.add_task("WEB", "Earlier still", release_at=later(0), due_at=later(1), after="WEB-3")
    expect(page.get_by_text("2 links do not fit")).to_be_visible()
    expect(shift.first).to_be_visible()


def test_a_finger_lifts_a_task_on_a_phone_and_scrolling_stays_scrolling(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _furnish_calendar(open_company(page))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(MARCH)
    finger, entry = Finger(page), page.locator('.cal-agenda [data-task="WEB-1"]')
    finger.down(entry)
    finger.move(0, 60)
    finger.up()
    expect(page.locator(".cal-strip")).to_have_count(0)
    finger.down(entry)
    expect(page.locator(".cal-strip span")).to_have_count(28)
    finger.onto(page.locator('.cal-strip [data-day="2030-03-27"]'))
    expect(page.locator('.cal-strip [data-day="2030-03-27"]')).to_have_class("target")
    finger.up()
    expect(toast(page, "WEB-1 is due on Wed 27 Mar.")).to_be_visible()
    expect(page.locator(".cal-strip")).to_have_count(0)
    expect(page).to_have_url(re.compile("/calendar/"))


def test_a_finger_moves_a_bar_of_the_timeline(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _furnish_timeline(open_company(page))
    page.goto("/projects/WEB/timeline/")
    page.set_viewport_size({"width": 360, "height": 740})
    finger, bar = Finger(page), _bar(page, "WEB-3")
    bar.scroll_into_view_if_needed()
    finger.down(bar)
    expect(bar).to_have_class(re.compile("lifted"))
    finger.move(-61, 0)
    finger.up()
    expect(page.get_by_role("dialog").or_(page.locator(".toast")).first).to_be_visible()


class Finger:
    """One finger on the glass, as the browser's own protocol sends it."""

    def __init__(self, page: Page) -> None:
        self.protocol = page.context.new_cdp_session(page)
        self.protocol.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        self.x = self.y = 0.0

    def down(self, what: Locator) -> None:
        self.x, self.y = _middle(what)
        self._send("touchStart")

    def move(self, right: float, down: float) -> None:
        for _ in range(6):
            self.x, self.y = self.x + right / 6, self.y + down / 6
            self._send("touchMove")

    def onto(self, what: Locator) -> None:
        x, y = _middle(what)
        self.move(x - self.x, y - self.y)

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str) -> None:
        points = [] if kind == "touchEnd" else [{"x": self.x, "y": self.y}]
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def _middle(what: Locator) -> tuple[float, float]:
    """Where its middle is; a timeline that changes its size or place draws its bars anew just then."""
    for _ in range(200):
        if box := what.bounding_box():
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        what.page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError("it was not drawn")


def _does_the_same_by_keyboard(page: Page) -> None:
    _bar(page, "WEB-1").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 followers move too: WEB-2, WEB-3.")
    dialog.get_by_role("button", name="Only WEB-1").press("Enter")
    expect(toast(page, "WEB-1 moved.")).to_be_visible()
    page.get_by_text("1 link does not fit").click()
    page.get_by_role("link", name="Shift followers of WEB-1").click()
    page.get_by_role("dialog").get_by_role("button", name="Move 2 tasks").click()
    expect(toast(page, "WEB-2, WEB-3 moved.")).to_be_visible()
    expect(page.get_by_text("1 link does not fit")).to_have_count(0)


def _links_two_and_is_told_of_the_circle(page: Page) -> None:
    page.goto("/projects/WEB/timeline/")
    _bar(page, "WEB-1").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog")
    form.get_by_label("Key of the task that it follows").fill("WEB-3")
    form.get_by_role("button", name="Add").click()
    expect(toast(page, "WEB-2 → WEB-1 already")).to_be_visible()


def _furnish_calendar(company: Company) -> None:
    company.add_project("WEB", "Web shop")
    company.add_task("WEB", "Import orders", due_at="2030-03-13")
    company.add_task("WEB", "Write texts", due_at="")


def _furnish_timeline(company: Company) -> None:
    """WEB-1 on Monday and Tuesday, then WEB-2 on Wednesday, then WEB-3 on Thursday."""
    company.add_project("WEB", "Web shop")
    for n, (first, last) in enumerate(((0, 1), (2, 2), (3, 3)), 1):
        after = {"after": f"WEB-{n - 1}"} if n > 1 else {}
        company.add_task("WEB", f"Part {n}", release_at=later(first), due_at=later(last), **after)


def _said(days: int) -> str:
    day = later(days)
    return f"to {day:%a} {day.day} {day:%b}|to {day:%a},? {day.day} {day:%b}"


def _entry(page: Page, key: str) -> Locator:
    return page.locator(f'.cal-grid [data-task="{key}"]')


def _bar(page: Page, key: str) -> Locator:
    return page.locator(f'.tl-task[data-task="{key}"]')


def _drag(page: Page, what: Locator, into: Locator) -> None:
    end = into.bounding_box()
    assert end
    _pick_up(page, what)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] - 20, steps=8)
    expect(into).to_have_class(re.compile("target"))
    page.mouse.up()


def _drag_by(page: Page, what: Locator, right: int) -> None:
    x, y = _pick_up(page, what)
    page.mouse.move(x + right, y, steps=6)
    page.mouse.up()


def _pick_up(page: Page, what: Locator) -> tuple[float, float]:
    start = what.bounding_box()
    assert start
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 1, steps=3)
    return x, y
