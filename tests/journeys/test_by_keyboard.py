"""The ten commonest jobs, done with the keyboard alone: the focus is seen at every stop and never lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, joins, open_company
from .hands import Hands, without_a_mouse
from .steps import Person, card, column, somebody, toast

pytestmark = pytest.mark.journey


@pytest.fixture
def company(visitor: Callable[..., Page]) -> Company:
    """Bob, who draws, and Mia, who draws better; two tasks of the shop wait for somebody."""
    made = open_company(visitor())
    skill = made.add_skill("Drawing")
    made.add_worker("Mia Meyer", {skill: 5}, rate="60")
    made.add_project("WEB", "Web shop")
    for title in ("Draw the price page", "Mend the basket", "Answer the survey"):
        made.add_task("WEB", title, {"Drawing": 2}, effort_min="2h")
    return made


@pytest.fixture
def bob(company: Company, visitor: Callable[..., Page]) -> tuple[Page, Person, int]:
    """A contributor with a browser of his own; he also has a number in the directory."""
    page, person = visitor(), somebody("Bob Builder")
    number = joins(company, page, person)
    skill = int(re.findall(r"/skills/(\d+)/", company.page.request.get("/skills/").text())[0])
    company.send(f"/people/{number}/skills/", skill=skill, level=3)
    return page, person, number


def test_signing_in(company: Company, visitor: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(visitor())
    page = hands.page
    page.goto("/sign-in/")
    hands.tab_to(page.get_by_label("E-mail"))
    hands.type(company.owner.email)
    hands.tab_to(page.get_by_label("Password"))
    hands.type(company.owner.password)
    hands.press("Enter")
    expect(page).not_to_have_url(re.compile("/sign-in/"))
    hands.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    hands.looks()
    hands.press("Enter")
    hands.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_task_is_written_found_and_given_to_somebody(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/projects/WEB/")
    hands.press("c")
    expect(page.get_by_label("Title")).to_be_focused()
    hands.type("Written with the keyboard alone")
    hands.tab_to(page.get_by_label("Skill 1"))
    hands.type("Drawing")
    hands.tab_to(page.get_by_role("button", name="Create task"))
    hands.press("Enter")
    expect(toast(page, "was created.")).to_be_visible()
    page.goto("/projects/")
    hands.press("/")
    expect(page.get_by_role("searchbox", name="Search tasks")).to_be_focused()
    hands.looks()
    hands.type("keyboard alone")
    hands.press("Enter")
    found = page.get_by_role("main").get_by_role("link", name=re.compile("Written with the"))
    expect(found).to_be_visible()
    hands.tab_to(found)
    hands.press("Enter")
    best = page.get_by_role("button", name="Assign Mia Meyer")
    expect(best).to_be_visible()
    hands.tab_to(best)
    hands.press("Enter")
    expect(toast(page, "Mia Meyer has WEB-4 now.")).to_be_visible()


def test_a_card_is_moved(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/projects/WEB/")
    mine = card(page, "Mend the basket")
    hands.tab_to(mine)
    hands.press("Space", "ArrowRight")
    hands.looks()
    with page.expect_response("**/move/"):
        hands.press("Space")
    expect(column(page, "Ready").get_by_role("heading", name="Mend the basket")).to_be_visible()
    expect(mine).to_be_focused()
    hands.press("m")
    menu = page.locator("#move-menu")
    expect(menu).to_be_visible()
    hands.keeps_its_place()
    hands.press("Escape")
    expect(menu).to_be_hidden()
    hands.keeps_its_place()
    hands.tab_to(mine, back=True)
    hands.press("m")
    expect(menu).to_be_visible()
    hands.tab_to(menu.get_by_role("button", name="Backlog"))
    with page.expect_response("**/move/"):
        hands.press("Enter")
    expect(column(page, "Backlog").get_by_role("heading", name="Mend the basket")).to_be_visible()
    hands.keeps_its_place()


def test_an_offer_is_accepted_and_its_time_is_logged(
    company: Company, bob: tuple[Page, Person, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _, number = bob
    company.send("/tasks/WEB-1/offer/", worker=number, answer_min=240, at_once=1)
    without_a_mouse(monkeypatch)
    hands = Hands(page)
    page.goto("/my-work/")
    hands.press("g", "o")
    expect(page.get_by_role("heading", name="Offers", level=1)).to_be_visible()
    accept = page.get_by_role("button", name="Accept").first
    expect(accept).to_be_visible()
    hands.tab_to(accept)
    hands.press("Enter")
    expect(toast(page, "WEB-1 is yours.")).to_be_visible()
    page.goto("/tasks/WEB-1/")
    expect(page.get_by_role("button", name="Start the timer", exact=True)).to_be_visible()
    hands.press("t")
    expect(toast(page, "The timer runs on WEB-1.")).to_be_visible()
    stop = page.get_by_role("region", name="Time", exact=True).get_by_role("button", name="Stop the timer")
    expect(stop).to_be_visible()
    hands.tab_to(stop)
    hands.press("Enter")
    expect(toast(page, "0:01 logged on WEB-1.")).to_be_visible()
    expect(page.get_by_role("button", name="Start the timer", exact=True)).to_be_visible()
    hands.keeps_its_place()
    log = page.get_by_role("region", name="Time", exact=True).get_by_role("link", name="Log time")
    hands.tab_to(log)
    hands.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    hands.keeps_its_place()
    hands.press("Escape")
    hands.returns_to(log)
    hands.press("Enter")
    expect(dialog).to_be_visible()
    hands.tab_to(dialog.get_by_label("Time", exact=True))
    hands.type("1h30")
    hands.press("Enter")
    expect(page.get_by_role("region", name="Time", exact=True)).to_contain_text("1.5 h")


def test_somebody_is_named_in_a_comment(
    company: Company, bob: tuple[Page, Person, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/tasks/WEB-2/")
    field = page.get_by_label("Add a comment", exact=True)
    hands.tab_to(field)
    hands.type("Please look, @Bo")
    expect(page.get_by_role("option", name="Bob Builder")).to_be_visible()
    hands.press("Enter")
    expect(field).to_have_value("Please look, @Bob Builder ")
    expect(field).to_be_focused()
    hands.type("it is short.")
    hands.tab_to(page.get_by_role("button", name="Comment", exact=True))
    hands.press("Enter")
    expect(page.get_by_role("article").filter(has_text="it is short.")).to_be_visible()
    hands.keeps_its_place()
    hands.tab_to(field, back=True)
    hands.type("Thank you!")
    hands.press("Control+Enter")
    expect(page.get_by_role("article").filter(has_text="Thank you!")).to_have_count(1)
    news = bob[0]
    news.goto("/notices/")
    expect(news.get_by_role("main")).to_contain_text("WEB-2")


def test_many_are_changed_at_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/projects/WEB/list/?sort=key")
    expect(page.get_by_role("row", name="WEB-3")).to_be_visible()
    hands.press("j")
    expect(page.get_by_role("link", name="Draw the price page")).to_be_focused()
    hands.looks()
    hands.press("x", "j", "j", "Shift+X")
    expect(page.get_by_text("3 chosen")).to_be_visible()
    hands.tab_to(page.get_by_label("New priority"))
    hands.type("Urgent")
    preview = page.get_by_role("button", name="Preview")
    hands.tab_to(preview)
    hands.press("Enter")
    expect(page.get_by_role("heading", name="3 tasks change")).to_be_visible()
    expect(page.get_by_role("button", name="Change 3 tasks")).to_be_focused()
    hands.press("Escape")
    hands.returns_to(preview)
    hands.press("Enter")
    expect(page.get_by_role("button", name="Change 3 tasks")).to_be_focused()
    hands.press("Enter")
    expect(toast(page, "3 tasks changed.")).to_be_visible()
    expect(page.get_by_role("row", name="WEB-3").get_by_role("img", name="Urgent priority")).to_be_visible()


def test_a_cell_is_edited_and_a_dialog_gives_the_focus_back(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/projects/WEB/list/?sort=key")
    cell = page.get_by_role("button", name="Effort of WEB-1: change")
    hands.tab_to(cell)
    hands.press("Enter")
    expect(page.get_by_label("Effort of WEB-1", exact=True)).to_be_focused()
    hands.looks()
    hands.press("Escape")
    hands.returns_to(cell)
    hands.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    hands.looks()
    hands.press("Escape")
    hands.returns_to(cell)
    hands.press("Control+k")
    palette = page.get_by_role("combobox", name="Go to, find or do")
    expect(palette).to_be_focused()
    for key in ("Tab", "Shift+Tab"):
        hands.press(key)
        expect(palette).to_be_focused()
    hands.press("Escape")
    expect(palette).to_be_hidden()
    hands.returns_to(cell)
    hands.tab_to(page.get_by_role("button", name="Columns"), back=True)
    hands.press("Enter", "ArrowDown")
    hands.looks()
    hands.press("Escape")
    hands.returns_to(page.get_by_role("button", name="Columns"))


def test_a_plan_is_made_read_and_applied(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    page.goto("/projects/WEB/")
    hands.tab_to(page.get_by_role("link", name="Allocate"))
    hands.press("Enter")
    hands.tab_to(page.get_by_role("button", name="Allocate all"))
    hands.press("Enter")
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible(timeout=60_000)
    include = page.get_by_role("checkbox", name="Include WEB-1")
    hands.tab_to(include)
    hands.press("Space")
    expect(include).not_to_be_checked()
    apply = page.get_by_role("button", name="Apply", exact=True)
    hands.tab_to(apply)
    hands.press("Enter")
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    page.goto("/tasks/WEB-2/")
    expect(page.get_by_role("complementary")).to_contain_text("Mia Meyer")


def test_work_is_approved_at_the_desk(
    company: Company, bob: tuple[Page, Person, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    says = {"name": "Draw", "takes": "task.key == 'WEB-3'", "autonomy": "approve", "steps": "1", "age_h": "24",
            "steps.1.name": "Best", "steps.1.how": "assign", "steps.1.strategy": "best", "claims": "2",
            "steps.1.ask": "1", "steps.1.answer_min": "1h", "pick": "next"}  # fmt: skip
    made = company.send("/policies/new/", **says).url
    company.send(made.rstrip("/") + "/resume/")
    without_a_mouse(monkeypatch)
    hands = Hands(company.page)
    page = hands.page
    approve = page.get_by_role("button", name=re.compile("^Approve"))
    for _ in range(30):
        page.goto("/desk/")
        if approve.count():
            break
        page.wait_for_timeout(1000)
    hands.tab_to(approve.first)
    hands.press("Enter")
    expect(toast(page, "WEB-3")).to_be_visible()
    page.goto("/tasks/WEB-3/")
    expect(page.get_by_role("complementary")).to_contain_text("Mia Meyer")
