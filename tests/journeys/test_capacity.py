"""A lead looks at six weeks of load, sees what is too much, and approves a plan, of which those concerned are told."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .company import open_company
from .conftest import Server
from .steps import day, mail_to

pytestmark = pytest.mark.journey


def test_overload_is_red_and_a_plan_is_applied_whole(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    skill = company.add_skill("Carpentry")
    mails = {name: f"{name.lower()}-{secrets.token_hex(3)}@example.com" for name in ("Ana", "Max", "Zoe")}
    numbers = {name: company.add_worker(name, {skill: 4} if name != "Zoe" else {}, email=mails[name]) for name in mails}
    company.add_project("SHOP", "Workshop")
    for n in range(6):
        key = company.add_task("SHOP", f"Chair {n}", {"Carpentry": 3}, effort_min="20h", due_at=day(14))
        company.send(f"/tasks/{key}/assign/", worker=numbers["Ana"])

    page = company.page
    page.goto("/schedule/load/")
    table = page.get_by_role("table", name="Load by person and week")
    expect(table.get_by_role("columnheader")).to_have_count(7)
    ana = table.get_by_role("row").filter(has=page.get_by_role("link", name="Ana", exact=True))
    expect(ana.locator(".heat")).to_have_count(6)
    expect(ana.locator(".heat-over").first).to_contain_text("over")
    red = ana.locator(".heat-over").first.evaluate("it => getComputedStyle(it).boxShadow")
    assert red != "none"

    page.goto("/projects/SHOP/allocate/")
    page.get_by_role("button", name="Re-plan").click()
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible(timeout=60_000)
    moved = page.locator("section.plan-group", has=page.get_by_role("heading", name="Goes to somebody else"))
    count = moved.get_by_role("row").filter(has=page.get_by_role("checkbox")).count()
    assert count >= 1
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()

    # all of it is done, and whoever it does not concern hears nothing
    page.goto(f"/tasks/?assignee={numbers['Max']}&state=open")
    expect(page.get_by_role("link", name="Chair")).to_have_count(count)
    assert "new for you" in mail_to(server, to=mails["Max"], subject="Your list changed")
    assert "goes to somebody else" in mail_to(server, to=mails["Ana"], subject="Your list changed")
    folder = Path(server.environment["FAIRLEAD_DATA_DIR"]) / "mail"
    assert not [path for path in folder.glob("*.eml") if mails["Zoe"] in path.read_text()]
