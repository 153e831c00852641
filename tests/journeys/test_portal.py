"""A client comes in by one press, sees where things stand, asks through a form, sends work back, approves and rates."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from pictures import png

from .company import Company, open_company
from .conftest import Server
from .steps import link_in_mail, somebody, toast
from .test_files import pin_at

pytestmark = pytest.mark.journey
SECRET = "zqsecretqz"
PHONE: ViewportSize = {"width": 360, "height": 740}


def _furnish(company: Company) -> None:
    """Two projects, a task in work with words for the client and words that are not, and a form that branches."""
    company.add_project("WEB", "Web shop")
    company.add_project("SEC", SECRET)
    company.add_task("SEC", SECRET)
    company.add_task("WEB", "Draw the start page", description="Warm and quiet.")
    company.send("/tasks/WEB-1/start/")
    company.send("/tasks/WEB-1/comments/", body="The first draft is ready", to="client")
    company.send("/tasks/WEB-1/comments/", body=SECRET, to="team")
    form = {
        "name": "Report a fault", "question": ["q1", "q2", "q3"], "q1.label": "What happened?", "q1.kind": "short",
        "q1.target": "title", "q1.required": "1", "q2.label": "Where?", "q2.kind": "choice", "q2.options": "Shop\nApp",
        "q3.label": "Which phone?", "q3.kind": "short", "q3.required": "1", "q3.when": "q2", "q3.equals": "App",
        "labels": "fault", "priority": "3",
    }  # fmt: skip
    address = company.send("/projects/WEB/forms/new/", **form).url
    company.send(f"{address}publish/")
    company.send("/projects/WEB/revisions/", revision_limit="1")


def _comes_in(company: Company, page: Page, server: Server) -> str:
    """Clara by the link of her invitation; her user's number."""
    clara = somebody("Clara Client")
    company.send("/settings/members/invite/", email=clara.email, role="client")
    link = link_in_mail(server, to=clara.email, subject="invites you to your requests")
    scanner = page.context.request.get(link)
    assert scanner.ok
    page.goto(link)
    page.get_by_label("What may we call you?").fill(clara.name)
    page.get_by_role("button", name="Open my requests").click()
    expect(page.get_by_role("heading", name="Nothing is shared with you yet")).to_be_visible()
    owner = company.page
    owner.goto("/projects/WEB/settings/")
    owner.get_by_role("combobox", name="Client").select_option(clara.name)
    number = owner.get_by_role("combobox", name="Client").input_value()
    owner.get_by_role("button", name="Share").click()
    expect(owner.get_by_role("button", name="Stop sharing")).to_be_visible()
    return number


def test_a_client_follows_asks_sends_back_approves_and_rates(visitor: Callable[..., Page], server: Server) -> None:
    company, page = open_company(visitor()), visitor()
    _furnish(company)
    number = _comes_in(company, page, server)

    page.goto("/")
    page.get_by_role("link", name=re.compile("Draw the start page")).click()
    expect(page.get_by_text("The first draft is ready")).to_be_visible()
    expect(page.get_by_text("In progress", exact=True)).to_be_visible()
    assert SECRET not in page.content()
    page.get_by_label("Write to us").fill("Looking forward to it")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Looking forward to it")).to_be_visible()

    # what the team says comes while the page is open, and what the client has begun to write stays
    page.get_by_label("Write to us").fill("By the way")
    company.send("/tasks/WEB-1/comments/", body="It comes on Friday", to="client")
    expect(page.get_by_text("It comes on Friday")).to_be_visible()
    expect(page.get_by_label("Write to us")).to_have_value("By the way")

    _asks_by_form(page)
    company.page.goto("/tasks/WEB-2/")
    expect(company.page.get_by_role("main")).to_contain_text("A small one")
    expect(company.page.get_by_role("main")).to_contain_text("asked for it with the form Report a fault")
    _judges(company, page, number)

    # nothing else, by no address
    for address, status in {"/portal/SEC-1/": 404, "/tasks/SEC-1/": 404, "/people/": 403, "/desk/": 403}.items():
        answer = page.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, status)
        assert SECRET not in page.content()


def _asks_by_form(page: Page) -> None:
    """The question that depends on an answer comes with it, and a mistake loses nothing."""
    page.get_by_role("link", name="New request").click()
    page.get_by_role("link", name="Report a fault").click()
    expect(page.get_by_label("Which phone?")).to_be_hidden()
    page.get_by_label("What happened?").fill("The basket is empty")
    page.get_by_label("App", exact=True).check()
    expect(page.get_by_label("Which phone?")).to_be_visible()
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("alert")).to_contain_text("Which phone?: Please answer this.")
    expect(page.get_by_label("What happened?")).to_have_value("The basket is empty")
    page.get_by_label("Which phone?").fill("A small one")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("heading", name="The basket is empty", level=1)).to_be_visible()


def _judges(company: Company, page: Page, number: str) -> None:
    """Handed over, sent back, handed over again, approved and rated."""
    owner = company.page
    _hand_over(company, number)
    page.goto("/")
    expect(page.get_by_role("region", name=re.compile("Waits for your approval"))).to_contain_text(
        "Draw the start page"
    )
    page.get_by_role("link", name=re.compile("Draw the start page")).click()
    page.get_by_text("Ask for changes").click()
    page.get_by_label("What should be different?").fill("Warmer, please")
    page.get_by_role("button", name="Send").first.click()
    expect(toast(page, "The team goes back to work")).to_be_visible()
    owner.goto("/tasks/WEB-1/")
    expect(owner.get_by_role("region", name="Client")).to_contain_text("revision 1 of 1")
    expect(owner.get_by_role("region", name="Client")).to_contain_text("Warmer, please")
    _hand_over(company, number)
    page.goto("/portal/WEB-1/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()
    page.get_by_label("4, very good").check()
    page.get_by_label("A word about it").fill("Quick")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("4 of 5: Quick")).to_be_visible()
    owner.goto("/tasks/WEB-1/")
    client = owner.get_by_role("region", name="Client")
    expect(client).to_contain_text("Rated 4 of 5")
    client.get_by_text("How was it to work with").click()
    client.get_by_label("5, great").check()
    client.get_by_label("A word about it").fill("Answers quickly")
    client.get_by_role("button", name="Send rating").click()
    expect(toast(owner, "Your rating is kept.")).to_be_visible()
    expect(client).to_contain_text("Working with the client: 5 of 5")
    page.reload()
    expect(page.get_by_text("Working with you: 5 of 5: Answers quickly")).to_be_visible()


def _hand_over(company: Company, number: str) -> None:
    company.send("/tasks/WEB-1/submit/")
    company.send("/tasks/WEB-1/ask-client/", users=number, message="Please look", remind_days="3")


def test_the_portal_has_the_companys_name_and_a_pin_on_the_proof_is_sent_back_as_a_revision(
    visitor: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    company, page = open_company(visitor()), visitor()
    _furnish(company)
    company.send("/settings/branding/", name="Studio Acme", accent="#1d4ed8", welcome="Good to see you")
    number = _comes_in(company, page, server)
    page.goto("/portal/")
    expect(page.get_by_role("banner").get_by_role("link", name="Studio Acme")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Good to see you")
    expect(page).to_have_title(re.compile("Studio Acme$"))

    owner = company.page
    owner.goto("/tasks/WEB-1/")
    (tmp_path / "start page.png").write_bytes(png("navy", 400, 300))
    owner.get_by_label("Who sees the files").select_option("Clients see them too")
    owner.get_by_label("Files to add").set_input_files(tmp_path / "start page.png")
    expect(owner.locator("#files .file-name")).to_have_text("start page.png")
    _hand_over(company, number)

    page.goto("/portal/WEB-1/")
    page.get_by_role("region", name="Files").get_by_role("link", name="start page.png").first.click()
    pin_at(page, 0.5, 0.5, "Warmer here")
    page.goto("/portal/WEB-1/")
    page.get_by_text("Ask for changes").click()
    page.get_by_label("What should be different?").fill("See my pin")
    page.get_by_role("button", name="Send").first.click()
    expect(toast(page, "The team goes back to work")).to_be_visible()
    owner.goto("/tasks/WEB-1/")
    expect(owner.get_by_role("region", name="Client")).to_contain_text("revision 1 of 1")
    owner.locator("#files .file-open").click()
    expect(owner.locator(".pin-thread")).to_contain_text("Warmer here")


def test_on_a_phone_a_mail_leads_straight_to_what_waits(visitor: Callable[..., Page], server: Server) -> None:
    company, page = open_company(visitor()), visitor()
    _furnish(company)
    number = _comes_in(company, page, server)
    _hand_over(company, number)
    clara = company.page.request.get("/projects/WEB/settings/").text()
    address = re.findall(r"clara-[0-9a-f]{8}@example\.com", clara)[0]
    phone = visitor(dark=True)
    phone.set_viewport_size(PHONE)
    phone.goto(link_in_mail(server, to=address, subject="please look at"))
    phone.get_by_role("button", name="Sign in as Clara Client").click()
    expect(phone.get_by_role("heading", name="Please look at this")).to_be_visible()
    assert phone.url.endswith("/portal/WEB-1/")
    for place in ("/portal/", "/portal/new/", "/portal/new/WEB/", "/portal/WEB-1/"):
        phone.goto(place)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360, place
    phone.get_by_role("button", name="Approve").click()
    expect(phone.get_by_role("heading", name="How was it?")).to_be_visible()
