"""What one has begun is not taken away: an editor stays open when news arrive; pages do not flicker while they load."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from .company import Company, open_company
from .conftest import Server
from .steps import column, day

pytestmark = pytest.mark.journey
BARS = "**/timeline/data/**"


def _shop(company: Company) -> None:
    company.add_project("WEB", "Web shop")
    for title in ("Login fails on phones", "Draw the price page"):
        company.add_task("WEB", title, release_at=day(1))


def _hold(page: Page, address: str) -> list[Route]:
    """The next request to this address waits until it is let go; later ones pass."""
    held: list[Route] = []
    page.route(address, lambda route: route.continue_() if held else held.append(route))
    return held


def _news_begin(company: Company, title: str) -> Route:
    """Something is filed, the open list asks for it, and the answer is on its way."""
    held = _hold(company.page, "**/projects/WEB/list/?sort=key")
    with company.page.expect_request("**/projects/WEB/list/?sort=key"):
        company.add_task("WEB", title)
    return _held(company.page, held)


def _held(page: Page, held: list[Route]) -> Route:
    """The browser tells of a request before it asks what to do with it."""
    for _ in range(200):
        if held:
            return held[0]
        page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError("no request was held")


def _arrives(page: Page, answer: Route, part: str = "list", said: APIResponse | None = None) -> None:
    """Let the answer go, or the one that the server has `said` before, and wait until the page has decided about it."""
    page.evaluate(
        """part => { window.decided = false; document.addEventListener("htmx:afterRequest", ({ target }) => {
        if (target.id === part) setTimeout(() => { window.decided = true; }, 0); }); }""",
        part,
    )
    answer.fulfill(response=said) if said else answer.continue_()
    page.wait_for_function("() => window.decided")


def test_news_leave_the_editor_of_a_cell_open(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/list/?sort=key")
    expect(page.get_by_role("row", name="WEB-2")).to_be_visible()
    answer = _news_begin(company, "Filed while a cell is edited")
    page.get_by_role("button", name="Effort of WEB-1: change").click()
    field = page.get_by_label("Effort of WEB-1", exact=True)
    expect(field).to_be_focused()
    field.fill("3h")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    _arrives(page, answer)
    expect(field).to_have_value("3h")
    assert not page.get_by_text("Filed while a cell is edited").count()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="WEB-1")).to_contain_text("3 h")
    expect(page.get_by_text("Filed while a cell is edited")).to_be_visible()


def test_news_leave_a_menu_open(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/list/?sort=key")
    expect(page.get_by_role("row", name="WEB-2")).to_be_visible()
    answer = _news_begin(company, "Filed while a menu is open")
    page.evaluate("document.querySelector('#list').append(document.querySelector('#columns-menu'))")
    page.get_by_role("button", name="Columns").click()
    _arrives(page, answer)
    expect(page.locator("#columns-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Filed while a menu is open")).to_be_visible()


def test_whoever_stands_on_a_box_or_in_an_empty_line_sees_what_comes(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/list/?sort=key")
    box = page.get_by_role("checkbox", name="Choose WEB-2")
    box.check()
    expect(box).to_be_focused()
    company.add_task("WEB", "Filed while a box is chosen")
    expect(page.get_by_text("Filed while a box is chosen")).to_be_visible()
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    page.goto("/projects/WEB/")
    line = page.get_by_placeholder("New task").first
    line.click()
    company.add_task("WEB", "Filed while nothing is typed yet")
    expect(page.get_by_text("Filed while nothing is typed yet")).to_be_visible()
    expect(line).to_be_focused()
    line.fill("Half a title")
    company.add_task("WEB", "Filed while a title is typed")
    line.press("Enter")
    expect(page.get_by_role("heading", name="Half a title", exact=True)).to_be_visible()
    expect(page.get_by_text("Filed while a title is typed")).to_be_visible()


def test_the_table_behind_the_bars_does_not_flash(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    held = _hold(page, BARS)
    with page.expect_request(BARS):
        page.goto("/projects/WEB/timeline/")
    plain = page.get_by_role("region", name="Tasks with dates")
    expect(page.locator("#timeline-wait")).to_be_visible()
    expect(plain).to_be_hidden()
    _held(page, held).continue_()
    expect(page.locator(".tl-task").first).to_be_visible()
    expect(page.locator("#timeline-wait")).to_have_count(0)
    expect(plain).to_be_hidden()


def test_the_table_stands_in_when_the_bars_cannot_be_fetched(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.route(BARS, lambda route: route.abort())
    page.goto("/projects/WEB/timeline/")
    expect(page.get_by_role("region", name="Tasks with dates")).to_contain_text("Draw the price page")
    expect(page.get_by_role("group", name="Zoom")).to_be_hidden()


def test_without_scripts_the_timeline_is_a_table(
    visitor: Callable[..., Page], browser: Browser, server: Server
) -> None:
    company = open_company(visitor())
    _shop(company)
    state = company.page.context.storage_state()
    with browser.new_context(base_url=server.address, java_script_enabled=False, storage_state=state) as context:
        page = context.new_page()
        page.goto("/projects/WEB/timeline/")
        expect(page.get_by_role("region", name="Tasks with dates")).to_contain_text("Draw the price page")
        expect(page.get_by_role("group", name="Zoom")).to_be_hidden()


def test_news_that_come_while_a_card_is_held_do_not_tear_it_away(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/")
    answers = _hold(page, "**/projects/WEB/")
    with page.expect_request("**/projects/WEB/"):
        mine = company.add_task("WEB", "Filed while a card is held")
    held = page.locator("#card-WEB-1")
    box = held.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    held.evaluate("card => { window.held = card; }")
    _arrives(page, _held(page, answers), "board")
    assert page.evaluate("window.held.isConnected")
    assert not page.get_by_text(mine, exact=True).count()
    page.mouse.move(5, 5, steps=5)
    page.mouse.up()
    expect(page.get_by_text(mine, exact=True)).to_be_visible()


def test_news_from_before_a_move_do_not_take_it_back(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/")
    answers = _hold(page, "**/projects/WEB/")
    with page.expect_request("**/projects/WEB/"):
        company.add_task("WEB", "Filed before the move")
    held = _held(page, answers)
    before = held.fetch()
    mine = page.locator("#card-WEB-1")
    mine.focus()
    for key in ("Space", "ArrowRight"):
        page.keyboard.press(key)
    with page.expect_response("**/tasks/WEB-1/move/"):
        page.keyboard.press("Space")
    expect(mine).not_to_have_attribute("aria-busy", "true")
    there = page.evaluate("document.getElementById('card-WEB-1').closest('[data-status-id]').dataset.statusName")
    page.evaluate("addEventListener('htmx:afterSwap', () => { window.swapped = true; }, true)")
    _arrives(page, held, "board", before)
    assert not page.evaluate("window.swapped")
    expect(column(page, there).locator("#card-WEB-1")).to_be_focused()
    expect(page.get_by_text("Filed before the move")).to_be_visible()


def test_news_that_come_while_a_bar_is_pressed_do_not_tear_it_away(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    _shop(company)
    page = company.page
    page.goto("/projects/WEB/timeline/")
    bar = page.locator('.tl-task[data-task="WEB-1"]')
    expect(bar).to_be_visible()
    answers = _hold(page, BARS)
    with page.expect_request(BARS):
        mine = company.add_task("WEB", "Filed while a bar is pressed", release_at=day(1))
    box = bar.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.mouse.down()
    bar.evaluate("bar => { window.held = bar; }")
    with page.expect_response(BARS):
        _held(page, answers).continue_()
    page.wait_for_function("() => new Promise((soon) => setTimeout(() => soon(true), 100))")
    assert page.evaluate("window.held.isConnected")
    page.mouse.up()
    expect(page.locator(f'.tl-task[data-task="{mine}"]')).to_be_visible()
