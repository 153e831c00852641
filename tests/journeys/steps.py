"""What people do in the browser, one function for each deed, and quick ways to the state where a journey begins."""

from __future__ import annotations

import email
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .conftest import Server

PASSWORD = "correct horse battery"
MAIL_S = 30
HOVER_PICTURES = 300


@dataclass(frozen=True)
class Person:
    """Somebody who has an account."""

    name: str
    email: str
    password: str = PASSWORD


def somebody(name: str) -> Person:
    """A new person, with an address that no other journey on this server has."""
    return Person(name, f"{name.split(maxsplit=1)[0].lower()}-{secrets.token_hex(4)}@example.com")


def day(after: int) -> str:
    """The day so many days from today, as a date field takes it."""
    return (datetime.now(UTC) + timedelta(days=after)).date().isoformat()


# with the pages


def sign_up(page: Page, person: Person, *, workspace: str) -> None:
    """A new account and an empty workspace, through the form; ends where the first project is made."""
    page.goto("/sign-up/")
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_label("Workspace").fill(workspace)
    page.get_by_label("Start with an example project").uncheck()
    page.get_by_role("button", name="Create account and workspace").click()
    expect(page.get_by_role("heading", name="New project", level=1)).to_be_visible()


def sign_in(page: Page, person: Person) -> None:
    """With the password; ends on the start page."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/sign-in/"))


def sign_out(page: Page) -> None:
    """Through the menu with one's name."""
    page.get_by_role("navigation", name="Main").get_by_role("button").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


def add_skill(page: Page, name: str) -> None:
    """To the list of skills."""
    page.goto("/skills/")
    page.get_by_role("banner").get_by_role("link", name="Add skill").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add skill").click()
    expect(page.get_by_role("row", name=name)).to_be_visible()


def column(page: Page, name: str) -> Locator:
    """A column of the open board."""
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, title: str) -> Locator:
    """The card of the open board that has this title."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title, exact=True))


def drag(what: Locator, into: Locator, *, refused: bool = False) -> None:
    """A card into a column with the mouse; ends when the server has answered."""
    page, key = what.page, what.get_attribute("data-task") or ""
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), into.bounding_box()
    assert start
    assert end
    x, y = end["x"] + end["width"] / 2, end["y"] + 60
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 14, steps=3)
    page.mouse.move(x, y, steps=12)
    _hover(page, x, y, until=into.get_by_text(key, exact=True))
    with page.expect_response("**/move/") as answer:
        page.mouse.up()
    assert answer.value.ok is not refused


def _hover(page: Page, x: float, y: float, *, until: Locator) -> None:
    """Move the mouse a little, picture by picture, as a hand does, until the column has made room for the card."""
    for picture in range(HOVER_PICTURES):
        if until.count():
            return
        page.mouse.move(x + picture % 5, y)
        page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError("the column made no room for the card")


def toast(page: Page, text: str) -> Locator:
    """What was just announced, at the edge of the page."""
    return page.get_by_role("status").last.get_by_text(text)


# with the mail


def link_in_mail(server: Server, *, to: str, subject: str) -> str:
    """The first link in the latest mail to this address whose subject holds these words; waits for its arrival."""
    words = mail_to(server, to=to, subject=subject).split()
    return next(str(word) for word in words if word.startswith(server.address))


def mail_to(server: Server, *, to: str, subject: str) -> str:
    """The latest mail to this address whose subject holds these words, as plain text; waits for its arrival."""
    folder = Path(server.environment["FAIRLEAD_DATA_DIR"]) / "mail"
    for _ in range(MAIL_S * 10):
        found = [m for m in _mails(folder) if to in m["To"] and subject in m["Subject"]]
        if found:
            plain = found[-1].get_body(("plain",))
            assert plain
            return str(plain.get_content())
        time.sleep(0.1)
    raise AssertionError(f"no mail “{subject}” to {to} within {MAIL_S} s")


def _mails(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=modern) for path in files]
