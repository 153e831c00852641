"""Whoever runs the product: it says that it is well, and what a team made comes back from a backup elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .company import open_company
from .conftest import Server, serving
from .steps import card, sign_in

pytestmark = pytest.mark.journey


def test_after_the_installation_it_says_that_it_is_well(server: Server, visitor: Callable[..., Page]) -> None:
    page = visitor()
    for address in ("/healthz", "/readyz"):
        answer = page.request.get(address)
        assert (address, answer.status) == (address, 200)
    told = server.command("doctor")
    assert "The tables are up to date" in told
    assert "The wall between workspaces stands on" in told
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


def test_what_a_team_made_comes_back_from_a_backup(
    server: Server, visitor: Callable[..., Page], tmp_path: Path
) -> None:
    company = open_company(visitor())
    company.add_project("SHOP", "Workshop")
    keys = [company.add_task("SHOP", f"Chair {n}") for n in range(3)]
    company.send(f"/tasks/{keys[0]}/comments/", body="The oak has come.")
    page = company.page
    before = _counts(page)
    copy = tmp_path / "copy.tar.gz"
    server.command("backup", str(copy))
    server.command("backup", "--verify", str(copy))
    company.send(f"/tasks/{keys[1]}/delete/")  # what comes after the backup is not in it

    with serving(f"restored_{os.getpid()}", tmp_path / "data", "restore", str(copy)) as restored:
        there = visitor(at=restored.address)
        sign_in(there, company.owner)  # whoever was signed in signs in again
        assert _counts(there) == before
        there.goto(f"/tasks/{keys[0]}/")
        expect(there.get_by_text("The oak has come.")).to_be_visible()
        there.goto("/activity/")
        there.get_by_role("button", name="Verify").click()
        expect(there.get_by_role("main")).to_contain_text("Chain verified.")
        there.goto("/projects/SHOP/")
        there.get_by_label("New task in Backlog").fill("Chair 4")
        there.keyboard.press("Enter")
        expect(card(there, "Chair 4")).to_be_visible()


def _counts(page: Page) -> list[str]:
    """How many tasks, people and events the pages name."""
    found = []
    for address in ("/tasks/?all=1", "/people/", "/activity/"):
        page.goto(address)
        found.append(" ".join(page.get_by_role("navigation", name="Pages").all_inner_texts()))
    return found
