"""An employee's day: a plan within rest and hours, a pin, a meeting, an illness and the way back; by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .company import Company, joins, open_company
from .conftest import Server
from .hands import Hands
from .steps import day, mail_to, somebody, toast

pytestmark = pytest.mark.journey
PATIENCE_S = 60


def _lane(company: Company, number: int) -> dict[str, Any]:
    """Somebody's lane: when they work, what they do when ([key, from, to]), when they are busy; and where it begins."""
    data = company.page.request.get("/schedule/data/").json()
    lane = next(it for it in data["lanes"] if it[0] == number)
    spans = list(zip(lane[4][::2], lane[4][1::2], strict=True))
    busy = list(zip(lane[6][::2], lane[6][1::2], strict=True))
    return {"spans": spans, "blocks": [(b[0], b[3], b[4]) for b in lane[5]], "busy": busy, "start": data["start"]}


def _press(it: Locator) -> None:
    """With the keyboard alone: every stop on the way is seen."""
    hands = Hands(it.page)
    hands.tab_to(it)
    hands.press("Enter")


def _ics(start: datetime, end: datetime) -> bytes:
    when = f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}"
    event = f"BEGIN:VEVENT\r\nUID:m\r\nSUMMARY:Salary\r\n{when}\r\nEND:VEVENT"
    return f"BEGIN:VCALENDAR\r\n{event}\r\nEND:VCALENDAR\r\n".encode()


def _proposal(page: Page, cause: str) -> Locator:
    """The lines of the proposal with this cause, once its job has run."""
    page.goto("/plans/")
    link = page.get_by_role("link").filter(has_text=cause).first
    for _ in range(PATIENCE_S):
        if link.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    link.click()
    expect(page.get_by_text(cause).first).to_be_visible()
    return page.get_by_role("row").filter(has=page.get_by_role("checkbox"))


def test_an_employees_day(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    skill = company.add_skill("Carpentry")
    bob, cara = somebody("Bob Builder"), somebody("Cara Cooper")
    bobs, caras = visitor(), visitor()
    number = joins(company, bobs, bob, {skill: 4}, email=bob.email, week_hours="168")
    joins(company, caras, cara, {skill: 4}, email=cara.email, week_hours="168")
    company.send("/settings/planning/", proposes="1", most_moved=10, most_moved_each=3, frozen_hours=0, lateness=100,
                 labour=100, fairness=100, moved=100, misfit=100, switch=100)  # fmt: skip
    company.add_project("SHOP", "Workshop")

    _rests(bobs, number)
    keys = []
    for n in range(4):
        keys.append(company.add_task("SHOP", f"Chair {n}", {"Carpentry": 3}, effort_min="4h", due_at=day(2)))
        company.send(f"/tasks/{keys[-1]}/assign/", worker=number)
    lane = _lane(company, number)
    assert [key for key, _, _ in lane["blocks"]] == keys
    assert max(_by_days(lane["spans"]).values()) <= 20 * 60

    # on the board, too, one opens the reason
    company.page.goto("/projects/SHOP/")
    company.page.get_by_role("link", name=f"Why this person has {keys[0]}").click()
    expect(company.page.get_by_role("dialog").get_by_text("Bob Builder").first).to_be_visible()

    # pinned: no plan moves it
    company.send(f"/tasks/{keys[0]}/pin/", worker=number)

    meeting = _meets(bobs, number, lane)
    busy = _lane(company, number)
    assert busy["busy"] == [meeting]
    assert all(high <= meeting[0] - 15 or low >= meeting[1] + 15 for low, high in busy["spans"])
    page = company.page
    rows = _proposal(page, "Bob Builder is busy")
    assert 1 <= rows.count() <= 2
    expect(rows.filter(has_text=f"{keys[0]} ")).to_have_count(0)
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    mail = mail_to(server, to=bob.email, subject="Your list changed")
    assert "Bob Builder is busy" in mail
    assert "Salary" not in mail

    _falls_ill(bobs, number)
    rows = _proposal(page, "Bob Builder is away")
    assert 1 <= rows.count() <= 10
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    caras.goto("/my-work/")
    noted = caras.locator(".work-note").filter(has_text="Bob Builder is away")
    expect(noted.first).to_be_visible()
    handed_over = noted.count()
    assert handed_over <= 3

    # back again: nothing returns by itself
    bobs.goto(f"/people/{number}/")
    _press(bobs.get_by_role("button", name="Take back").first)
    expect(toast(bobs, "count as working days again")).to_be_visible()
    caras.reload()
    expect(noted).to_have_count(handed_over)


def _rests(page: Page, number: int) -> None:
    """Bob caps his days and keeps room around appointments."""
    page.goto(f"/people/{number}/edit/")
    for label, text in (("Most hours a day", "20"), ("Minutes around appointments", "15")):
        hands = Hands(page)
        hands.tab_to(page.get_by_label(label))
        hands.press("Control+a")
        hands.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("at most 20 h of planned work")


def _by_days(spans: list[tuple[int, int]]) -> dict[int, int]:
    """Minutes of work by day; spans end at midnight in Berlin, where the workspace is."""
    found: dict[int, int] = {}
    for low, high in spans:
        for start in range(low // 1440, -(-high // 1440)):
            found[start] = found.get(start, 0) + min(high, (start + 1) * 1440) - max(low, start * 1440)
    return found


def _meets(page: Page, number: int, lane: dict[str, Any]) -> tuple[int, int]:
    """A meeting of two hours on a later block of Bob's comes from a file; the minutes of it.

    On one that ends on the day it begins: what lasts into the next day may use the evening that the cap left free.
    """
    low = next(low for _, low, high in lane["blocks"][1:] if low // 1440 == (high - 1) // 1440)
    meeting = (low + 30, low + 150)
    at = [datetime.fromisoformat(lane["start"]) + timedelta(minutes=minute) for minute in meeting]
    page.goto(f"/people/{number}/")
    _press(page.get_by_role("region", name="Calendars").get_by_role("link", name="Open"))
    _press(page.get_by_text("Or upload a file"))
    form = page.locator("form[enctype]")
    Hands(page).tab_to(form.get_by_label("Name"))
    page.keyboard.type("Work")
    file: Any = {"name": "work.ics", "mimeType": "text/calendar", "buffer": _ics(at[0], at[1])}
    form.get_by_label("File (.ics)").set_input_files(file)
    _press(form.get_by_role("button", name="Upload"))
    expect(toast(page, "Work was read: 1 busy times")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Only when is kept, not what")
    expect(page.get_by_role("main")).not_to_contain_text("Salary")
    return meeting


def _falls_ill(page: Page, number: int) -> None:
    page.goto(f"/people/{number}/")
    _press(page.get_by_role("link", name="Away today"))
    ends = page.get_by_role("dialog").get_by_label("Until, that day included")
    ends.fill(day(3))
    ends.press("Enter")
    expect(toast(page, "It counts at once.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Away until")
