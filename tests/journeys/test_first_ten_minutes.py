"""A stranger opens an account and, ten minutes later, has work that is matched, assigned, moved and done."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .steps import (
    Person,
    add_skill,
    card,
    column,
    day,
    drag,
    link_in_mail,
    sign_in,
    sign_out,
    sign_up,
    somebody,
    toast,
)

pytestmark = pytest.mark.journey

FIRST, IMPOSSIBLE = "Import the old orders", "Move the price feed to Scala"
FACTORS = ("Skills", "Free before due", "Load", "Preference", "Cost", "Familiarity")
FIX = "Do this: Lower Scala from 4 to 3: Ada Employee could do it"
RULED_OUT = "needs Python ≥ 3; has none"
PLANNED = {"WEB-2": "Finn Freelance", "WEB-3": "Vega Agent", "WEB-5": "Ada Employee"}
TASKS = (
    # title, (skill, level) needed, likely effort, days until due, criteria
    (FIRST, ("Python", 3), "6h", 10, "All 400 orders are there\nTotals agree with the old system"),
    ("Draw the price page", ("Design", 3), "4h", 8, "Works at 360 pixels"),
    ("Write the autumn newsletter", ("Writing", 2), "2h", 6, "Fits one screen"),
    (IMPOSSIBLE, ("Scala", 4), "8h", 12, "The feed is quicker than before"),
    ("Mend the Scala build", ("Scala", 3), "1h", 5, "The build is green"),
)
PEOPLE = (
    # kind, name, cost per hour, levels
    ("Employee", "Ada Employee", "40", (("Python", 5), ("Scala", 3))),
    ("Freelancer", "Finn Freelance", "90", (("Design", 4), ("Python", 3))),
    ("AI agent", "Vega Agent", "2", (("Writing", 3),)),
)


def test_from_sign_up_to_done_work_in_one_sitting(visitor: Callable[..., Page], server: Server) -> None:
    page, alice = visitor(), somebody("Alice Adler")
    sign_up(page, alice, workspace="Acme")
    _is_taught(page)
    _creates_a_project(page)
    _adds_people(page)
    _creates_tasks(page)
    _assigns_the_best(page)
    _reads_why_nobody_can(page)
    _drags_a_card(page)
    _moves_a_card_by_keyboard(page)
    _is_refused_done_until_criteria_are_met(page)
    _allocates_the_rest_and_undoes(page)
    _deletes_and_undoes(page)
    _reads_the_history(page)
    _comes_back(page, alice, server)


def _is_taught(page: Page) -> None:
    page.get_by_role("link", name="Projects", exact=True).first.click()
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Your first project")).to_be_visible()
    expect(main).to_contain_text("each shows who should do it and why")
    page.get_by_role("link", name="People", exact=True).click()
    expect(main.get_by_role("heading", name="Who does the work?")).to_be_visible()
    page.get_by_role("link", name="All tasks", exact=True).click()
    expect(main.get_by_role("heading", name="No tasks yet")).to_be_visible()


def _creates_a_project(page: Page) -> None:
    page.get_by_role("link", name="Projects", exact=True).first.click()
    page.get_by_role("main").get_by_role("link", name="New project").click()
    page.get_by_label("Name").fill("Web shop")
    page.get_by_label("Key optional").fill("WEB")
    page.get_by_label("Client").fill("Helio Ltd")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name="Web shop", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Add the first task.")


def _adds_people(page: Page) -> None:
    for skill in ("Python", "Scala", "Design", "Writing"):
        add_skill(page, skill)
    for kind, name, rate, skills in PEOPLE:
        page.goto("/people/")
        page.get_by_role("banner").get_by_role("link", name="Add", exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label(kind).check()
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_label("Cost per hour").fill(rate)
        dialog.get_by_role("button", name="Add").click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        for skill, level in skills:
            page.get_by_label("Skill", exact=True).select_option(skill)
            page.get_by_label("Level", exact=True).select_option(str(level))
            page.get_by_role("button", name="Add", exact=True).click()
            expect(page.get_by_role("link", name=f"Edit {skill}")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_role("row")).to_have_count(1 + len(PEOPLE))
    expect(page.get_by_role("row", name="Vega Agent")).to_contain_text("AI agent")


def _creates_tasks(page: Page) -> None:
    page.goto("/tasks/new/?project=WEB")
    for title, need, effort, due, criteria in TASKS:
        expect(page.get_by_label("Title")).to_be_empty()
        page.get_by_label("Title").fill(title)
        page.get_by_label("Effort, likely").fill(effort)
        page.get_by_label("Due").fill(day(due))
        page.get_by_label("Acceptance criteria").fill(criteria)
        page.get_by_label("Skill 1", exact=True).fill(need[0])
        page.get_by_label("Level of skill 1").select_option(str(need[1]))
        page.get_by_role("button", name="Create and add another").click()
        expect(toast(page, "was created")).to_be_visible()
    page.goto("/projects/WEB/")
    expect(column(page, "Backlog").get_by_role("heading", level=3)).to_have_count(len(TASKS))


def _assigns_the_best(page: Page) -> None:
    card(page, FIRST).get_by_role("link", name=FIRST).click()
    panel = page.get_by_role("region", name="Who should do it")
    ranked = panel.get_by_role("button", name="Assign to")
    expect(ranked).to_have_count(2)
    assert [button.get_attribute("aria-label") for button in ranked.all()] == [
        "Assign to Ada Employee",
        "Assign to Finn Freelance",
    ]
    best = panel.get_by_role("listitem").filter(has=page.get_by_role("button", name="Assign to Ada Employee"))
    expect(best.get_by_role("listitem")).to_have_count(len(FACTORS))
    for factor, bar in zip(FACTORS, best.get_by_role("listitem").all(), strict=True):
        expect(bar).to_contain_text(factor)
        expect(bar).to_contain_text("of 100")
    expect(best).to_contain_text("Python 5 (needs 3)")
    panel.get_by_text("Ruled out (1)").click()
    vega = panel.get_by_role("listitem").filter(has=page.get_by_role("link", name="Vega Agent"))
    expect(vega).to_contain_text(RULED_OUT)
    panel.get_by_role("button", name="Assign Ada Employee").click()
    expect(toast(page, "Ada Employee has WEB-1 now.")).to_be_visible()
    page.get_by_role("link", name="Why?").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        "Alice Adler gave WEB-1 to Ada Employee. Ada Employee was the best of 2 who could do it"
    )
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def _reads_why_nobody_can(page: Page) -> None:
    page.goto("/tasks/WEB-4/")
    panel = page.get_by_role("region", name="Who should do it")
    expect(panel.get_by_role("heading", name="Nobody can do this yet")).to_be_visible()
    expect(panel).to_contain_text("Needs Scala ≥ 4; the highest here is 3.")
    expect(panel.get_by_role("button", name=FIX)).to_be_visible()
    expect(panel.get_by_text("Ruled out (3)")).to_be_visible()


def _drags_a_card(page: Page) -> None:
    page.goto("/projects/WEB/")
    drag(card(page, FIRST), column(page, "In progress"))
    page.reload()
    expect(column(page, "In progress").get_by_role("heading", name=FIRST)).to_be_visible()
    expect(card(page, FIRST).get_by_role("img", name="Ada Employee")).to_be_visible()


def _moves_a_card_by_keyboard(page: Page) -> None:
    said, title = page.get_by_role("status").first, "Write the autumn newsletter"
    card(page, title).focus()
    page.keyboard.press("Space")
    expect(said).to_have_text(f"Lifted WEB-3 {title}. Use the arrow keys, then space to drop.")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Ready, place 1 of 1.")
    with page.expect_response("**/tasks/WEB-3/move/") as answer:
        page.keyboard.press("Space")
    assert answer.value.status == 200
    expect(said).to_have_text("Dropped in Ready, place 1.")
    page.reload()
    expect(column(page, "Ready").get_by_role("heading", name=title)).to_be_visible()


def _is_refused_done_until_criteria_are_met(page: Page) -> None:
    why = "Not done yet: All 400 orders are there; Totals agree with the old system."
    for _ in range(2):
        drag(card(page, FIRST), column(page, "Done"), refused=True)
        expect(toast(page, why)).to_be_visible()
        expect(column(page, "In progress").get_by_role("heading", name=FIRST)).to_be_visible()
    expect(column(page, "Done").get_by_role("heading", level=3)).to_have_count(0)
    card(page, FIRST).get_by_role("link", name=FIRST).click()
    for criterion in ("All 400 orders are there", "Totals agree with the old system"):
        page.get_by_role("checkbox", name=criterion).click()
        expect(page.get_by_role("checkbox", name=criterion)).to_be_checked()
    page.goto("/projects/WEB/")
    drag(card(page, FIRST), column(page, "Done"))
    page.reload()
    expect(column(page, "Done").get_by_role("heading", name=FIRST)).to_be_visible()


def _allocates_the_rest_and_undoes(page: Page) -> None:
    page.get_by_role("banner").get_by_role("link", name="Allocate").click()
    expect(page.get_by_role("heading", name="4 tasks wait for somebody")).to_be_visible()
    page.get_by_role("button", name="Allocate all").click()
    plan = page.get_by_role("table", name="Finds somebody")
    expect(plan.get_by_role("row")).to_have_count(1 + len(PLANNED))
    for key, worker in PLANNED.items():
        expect(plan.get_by_role("row", name=f"Include {key}")).to_contain_text(worker)
    expect(page.get_by_role("heading", name="1 stays open")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("needs Scala ≥ 4; the highest here is 3")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(toast(page, "3 tasks assigned.")).to_be_visible()
    page.goto("/projects/WEB/")
    for title, worker in (("Draw the price page", "Finn Freelance"), ("Mend the Scala build", "Ada Employee")):
        expect(card(page, title).get_by_role("img", name=worker)).to_be_visible()
    page.go_back()
    page.get_by_role("banner").get_by_role("button", name="Undo").click()
    expect(toast(page, "3 tasks taken back.")).to_be_visible()
    page.goto("/projects/WEB/")
    expect(card(page, "Draw the price page").get_by_role("img", name="Nobody yet")).to_be_visible()


def _deletes_and_undoes(page: Page) -> None:
    title = "Draw the price page"
    card(page, title).get_by_role("link", name=title).click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete").click()
    expect(toast(page, "WEB-2 is in the trash.")).to_be_visible()
    expect(card(page, title)).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(toast(page, "WEB-2 is back in Backlog.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Title")).to_have_value(title)


def _reads_the_history(page: Page) -> None:
    history = page.get_by_role("list").filter(has_text="Alice Adler created it")
    expect(history.get_by_role("listitem")).to_have_text([
        re.compile(r"^Alice Adler took it out of the trash"),
        re.compile(r"^Alice Adler put it into the trash"),
        re.compile(r"^Alice Adler took it back from Finn Freelance – the plan was undone"),
        re.compile(r"^Alice Adler Engine assigned it to Finn Freelance"),
        re.compile(r"^Alice Adler created it"),
    ])  # fmt: skip


def _comes_back(page: Page, alice: Person, server: Server) -> None:
    page.goto(link_in_mail(server, to=alice.email, subject="Welcome"))
    page.get_by_role("button", name="Confirm").click()
    expect(toast(page, "your address is confirmed")).to_be_visible()
    sign_out(page)
    page.goto("/projects/WEB/")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    sign_in(page, alice)
    sign_out(page)
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_role("button", name="Mail me a link instead").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(link_in_mail(server, to=alice.email, subject="link to sign in"))
    page.get_by_role("button", name="Sign in as Alice Adler").click()
    expect(page.get_by_role("heading", name="Web shop")).to_be_visible()
