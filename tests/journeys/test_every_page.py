"""Every page: no serious finding by axe, nothing wider than a phone, visible focus, usable without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from .company import Company, open_company
from .conftest import PATIENCE_S, Server
from .steps import column, somebody, toast

pytestmark = pytest.mark.journey

ALIKE = ".api-section ~ .api-section"
"""The sections of the API reference come from one template: the first stands for all of them."""
STOPS = 10
MOST_TABS = 60
OUTSIDE = ("/sign-in/", "/sign-up/", "/sign-in/link/none/", "/nothing/is/here/")
INSIDE = (
    "/projects/", "/projects/new/", "/projects/WEB/", "/projects/WEB/list/", "/projects/WEB/settings/",
    "/projects/WEB/allocate/", "/tasks/", "/tasks/?deleted=1", "/tasks/new/?project=WEB", "/tasks/WEB-1/",
    "/tasks/WEB-2/", "/tasks/WEB-3/", "/tasks/WEB-1/move/", "/tasks/WEB-2/why/", "/people/", "/people/new/", "/skills/",
    "/import/", "/plans/", "/notices/", "/settings/", "/settings/notifications/", "/settings/workspace/",
    "/settings/members/", "/settings/presence/", "/settings/tokens/", "/settings/planning/", "/schedule/",
    "/schedule/load/", "/desk/", "/policies/", "/policies/new/", "/queue/", "/tasks/WEB-3/move-to/",
    "/my-work/", "/search/?q=price", "/tasks/?group=week&cols=title,project,labels", "/tasks/WEB-1/cell/priority/",
    "/calendar/", "/calendar/?view=week", "/projects/WEB/calendar/?view=agenda", "/timeline/",
    "/projects/WEB/timeline/", "/tasks/WEB-3/dates/?days=3",
    "/activity/", "/welcome/", "/api/v1/docs", "/nothing/is/here/",
    "/time/", "/time/entries/", "/time/approval/", "/time/new/", "/timer/choose/", "/inbox/", "/planner/",
    "/planner/?view=week", "/activity/", "/welcome/", "/api/v1/docs", "/nothing/is/here/",
)  # fmt: skip


@dataclass(frozen=True)
class Furnished:
    """A company with something on every page: how to be signed in to it, and the addresses that it made."""

    state: Any
    addresses: tuple[str, ...]


@pytest.fixture(scope="module")
def furnished(browser: Browser, server: Server) -> Iterator[Furnished]:
    """Three workers, a project with five tasks in several states, a plan, an import and an invitation."""
    with browser.new_context(base_url=server.address) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        addresses = _furnish(open_company(page))
        yield Furnished(context.storage_state(), addresses)


def _furnish(company: Company) -> tuple[str, ...]:
    python, scala = company.add_skill("Python"), company.add_skill("Scala")
    ada = company.add_worker("Ada Employee", {python: 4, scala: 3}, rate="45", headline="Builds shops", country="DE")
    company.add_worker("Finn Freelance", {python: 3}, kind="freelancer", rate="80", time_zone="America/New_York")
    company.add_worker("Vega Agent", {}, kind="agent", rate="2")
    company.send(f"/people/{ada}/time-off/", starts_on="2030-02-04", ends_on="2030-02-08", reason="Skiing")
    company.add_project("WEB", "Web shop", client="Helio Ltd", description="A **new** shop.")
    text = "- one\n- two\n\n| a | b |\n|---|---|\n| 1 | a very long cell with `code` in it that may not widen a phone |"
    full = {"description": text, "labels": "shop, data", "criteria": "All are there\nTotals agree", "priority": 3}
    company.add_task("WEB", "Import the old orders with every detail that they have", {"Python": 3}, **full)
    company.add_task("WEB", "Draw the price page", {"Python": 3}, priority=4, due_at="2020-01-01")
    company.add_task("WEB", "Move the price feed to Scala", {"Scala": 4}, labels="shop")
    company.add_task("WEB", "Answer the survey", after="WEB-1")
    company.add_task("WEB", "Forget this one")
    for address in ("/tasks/WEB-2/assign-best/", "/tasks/WEB-2/start/", "/tasks/WEB-5/delete/"):
        company.send(address)
    company.send("/tasks/WEB-1/comments/", body="See <https://example.com/a/long/address/that/goes/on>", to="client")
    company.send("/settings/members/invite/", email="clara@client.example", role="client")
    company.send("/settings/tokens/", name="Nightly report", scopes=["work:read", "people:read"], days=30)
    plan = company.send("/projects/WEB/allocate/").url
    company.page.goto("/import/")
    file: Any = {"name": "tasks.csv", "mimeType": "text/csv", "buffer": b"title,due\nOne,2030-01-01\nTwo,never\n"}
    company.page.get_by_role("main").get_by_label("Tasks").set_input_files(file)
    company.page.get_by_role("main").get_by_label("Project").fill("WEB")
    company.page.get_by_role("button", name="Read the files").click()
    expect(company.page.get_by_role("heading", name="Nothing is written yet")).to_be_visible()
    return (plan, company.page.url, f"/people/{ada}/", f"/people/{ada}/edit/", f"/people/{ada}/hours/")


def _serious(page: Page) -> list[str]:
    """What axe finds that keeps people out, as "rule: where"."""
    found = Axe().run(page, context={"exclude": [[ALIKE]]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]


def _visit(page: Page, address: str) -> None:
    """Open it and wait for what arrives later."""
    page.goto(address)
    waiting = page.locator("[hx-trigger~=load]")
    for place in waiting.all():
        expect(place.get_by_role("heading").first).to_be_visible()


def _look(page: Page, addresses: tuple[str, ...], *, width: int) -> list[str]:
    findings = []
    for address in addresses:
        _visit(page, address)
        wide = page.evaluate(WIDTH)
        if wide > width:
            findings.append(f"{address} is {wide} pixels wide")
        findings += [f"{address} {text}" for text in _serious(page)]
    return findings


WIDTH = """() => Math.max(...["html", "main"].map(name => document.querySelector(name).scrollWidth))"""
"""Boards and tables may scroll inside themselves; the page and its content may not."""


@pytest.mark.parametrize(("width", "height", "dark"), [(1440, 900, False), (360, 740, True)], ids=["desk", "phone"])
def test_nothing_keeps_people_out(
    visitor: Callable[..., Page], furnished: Furnished, width: int, height: int, dark: bool
) -> None:
    outside = _look(visitor(width=width, height=height, dark=dark), OUTSIDE, width=width)
    page = visitor(width=width, height=height, dark=dark)
    page.context.add_cookies(furnished.state["cookies"])
    assert outside + _look(page, INSIDE + furnished.addresses, width=width) == []


def test_focus_is_seen_at_every_stop_of_the_board(visitor: Callable[..., Page], furnished: Furnished) -> None:
    page = visitor()
    page.context.add_cookies(furnished.state["cookies"])
    page.goto("/projects/WEB/")
    seen = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
    assert len({stop["place"] for stop in seen}) == STOPS
    assert [stop for stop in seen if stop["style"] == "none" or stop["width"] == 0] == []


FOCUS = """() => {
  const it = document.activeElement, {outlineStyle, outlineWidth} = getComputedStyle(it);
  const place = `${[...document.querySelectorAll("*")].indexOf(it)} ${it.outerHTML.slice(0, 80)}`;
  return {place, style: outlineStyle, width: parseFloat(outlineWidth)};
}"""


def test_a_task_is_created_and_assigned_without_a_mouse(visitor: Callable[..., Page], furnished: Furnished) -> None:
    page = visitor()
    page.context.add_cookies(furnished.state["cookies"])
    page.goto("/projects/WEB/")
    page.keyboard.press("c")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Written with the keyboard alone")
    _tab_to(page, "Skill 1")
    page.keyboard.type("Python")
    _tab_to(page, "Create task")
    page.keyboard.press("Enter")
    expect(toast(page, "was created.")).to_be_visible()
    expect(page.get_by_role("button", name="Assign Ada Employee")).to_be_visible()
    _tab_to(page, "Assign Ada Employee")
    page.keyboard.press("Enter")
    expect(toast(page, "Ada Employee has WEB-6 now.")).to_be_visible()
    page.goto("/projects/WEB/")
    mine = column(page, "Backlog").get_by_role("listitem").filter(has_text="Written with the keyboard alone")
    expect(mine.get_by_role("img", name="Ada Employee")).to_be_visible()


def test_news_that_come_while_a_card_is_held_do_not_tear_it_away(
    visitor: Callable[..., Page], furnished: Furnished
) -> None:
    page, other = visitor(), visitor()
    for one in (page, other):
        one.context.add_cookies(furnished.state["cookies"])
        one.goto("/projects/WEB/")
    late: list[Route] = []
    page.route("**/projects/WEB/", lambda route: late.append(route) if not late else route.continue_())
    with page.expect_request("**/projects/WEB/"):
        mine = Company(other, somebody("Owner"), 0).add_task("WEB", "Filed while a card is held")
    held = page.get_by_role("listitem").filter(has_text="WEB-1").first
    box = held.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    held.evaluate("card => { window.held = card; }")
    with page.expect_response("**/projects/WEB/"):
        late[0].continue_()
    page.wait_for_function("performance.getEntriesByType('resource').some(it => it.name.endsWith('/projects/WEB/'))")
    assert page.evaluate("window.held.isConnected")
    assert not page.get_by_text(mine, exact=True).count()
    page.mouse.move(5, 5, steps=5)
    page.mouse.up()
    expect(page.get_by_text(mine, exact=True)).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this name has the focus."""
    wanted = page.get_by_label(name, exact=True).or_(page.get_by_role("button", name=name, exact=True)).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{MOST_TABS} times Tab did not reach {name}")
