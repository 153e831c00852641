"""Work is offered: a freelancer declines from the mail, the next one accepts in two taps; of 200 at once one wins."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from .company import Company, add_agent, open_company
from .conftest import Server
from .steps import link_in_mail, toast

pytestmark = pytest.mark.journey
CLIENTS = 200
PHONE: ViewportSize = {"width": 360, "height": 740}


def test_a_freelancer_declines_and_the_next_one_accepts(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    skill = company.add_skill("Illustration")
    mails = {name: f"{name.lower()}-{secrets.token_hex(3)}@example.com" for name in ("Finn", "Mia")}
    for name, level in (("Finn", 3), ("Mia", 5)):
        company.add_worker(name, {skill: level}, kind="freelancer", email=mails[name], rate="50", **_always())
    company.add_project("ART", "Artwork")
    key = company.add_task("ART", "Draw the cover", {"Illustration": 3})

    page = company.page
    page.goto(f"/tasks/{key}/")
    page.get_by_role("link", name="Why not ").click()
    told = page.get_by_role("dialog")
    expect(told).to_contain_text("is number 2 of 2 who could do")
    expect(told.get_by_role("heading", name="What would make")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("Offer it instead").click()
    page.get_by_label("Message").fill("The brief is in the task.")
    page.get_by_role("button", name="Offer", exact=True).first.click()
    expect(toast(page, f"{key} was offered to")).to_be_visible()
    first = "Finn" if "Finn" in toast(page, f"{key} was offered to").inner_text() else "Mia"
    second = {"Finn": "Mia", "Mia": "Finn"}[first]

    # on a phone, without an account; opening the link alone answers nothing
    phone = visitor()
    phone.set_viewport_size(PHONE)
    phone.goto(link_in_mail(server, to=mails[first], subject="is offered to you"))
    expect(phone.get_by_text("waits for an answer")).to_be_visible()
    expect(phone.get_by_text("The brief is in the task.")).to_be_visible()
    expect(phone.get_by_text("€200.00")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_text("Decline", exact=True).click()
    phone.get_by_role("button", name="Pay is too low").click()
    expect(phone.get_by_role("status").first).to_contain_text(f"You declined {key}. That costs you nothing.")

    other = visitor()
    other.set_viewport_size(PHONE)
    other.goto(link_in_mail(server, to=mails[second], subject="is offered to you"))
    other.get_by_role("button", name="Accept").click()
    expect(other.get_by_role("status").first).to_contain_text(f"{key} is yours.")

    # the first one comes too late
    phone.goto(link_in_mail(server, to=mails[first], subject="is offered to you"))
    expect(phone.get_by_role("button", name="Accept")).to_have_count(0)

    page.goto(f"/tasks/{key}/")
    expect(page.get_by_role("complementary")).to_contain_text(second)
    history = page.get_by_role("main")
    expect(history).to_contain_text(f"{first} declined the offer – Pay is too low")
    expect(history).to_contain_text(f"{second} accepted the offer")
    page.goto("/offers/")
    expect(page.get_by_role("heading", name="Nothing is being offered")).to_be_visible()

    # the decision can be explained and computed again
    page.goto(f"/tasks/{key}/why/")
    expect(page.get_by_role("main")).to_contain_text(f"offered {key}, and {second} accepted.")
    page.get_by_role("button", name="Compute it again").click()
    expect(page.get_by_role("status").first).to_contain_text("the same result, to the byte")


def _always() -> dict[str, str]:
    """Working hours around the clock, so that the journey does not depend on the time of day."""
    return {"week_hours": "168"}


def test_of_200_clients_who_accept_one_offer_one_wins(visitor: Callable[..., Page], server: Server) -> None:
    company = open_company(visitor())
    agent, token = add_agent(server, company, "Echo Agent")
    _hire(company, agent.name)
    company.add_project("RUN", "Runs")
    for _round in range(2):
        key = company.add_task("RUN", "Classify")
        company.send(f"/tasks/{key}/offer/", at_once=1, answer_min=240)
        (offer,) = _call(server, token, "GET", "/offers?state=open")[1]["items"]
        replies = _at_once(server, token, f"/offers/{offer['id']}/accept")
        assert Counter(status for status, _ in replies) == {200: 1, 409: CLIENTS - 1}
        assert {body["code"] for status, body in replies if status == 409} == {"offer-gone"}
        assert len({body["detail"] for status, body in replies if status == 409}) == 1
        assert _call(server, token, "GET", f"/tasks/{key}")[1]["assignee"]["name"] == agent.name


def _hire(company: Company, name: str) -> None:
    """The agent, in the directory, linked to its account."""
    company.page.goto("/people/new/")
    options = company.page.locator("select[name=user] option").evaluate_all("all => all.map(o => [o.value, o.text])")
    user = next(value for value, text in options if name in text)
    owner = next(value for value, text in options if "Alice" in text)
    company.add_worker(name, {}, kind="agent", user=user, owner=owner, lanes=3)


def _at_once(server: Server, token: str, path: str) -> list[tuple[int, dict[str, Any]]]:
    barrier = Barrier(CLIENTS)

    def client(_number: int) -> tuple[int, dict[str, Any]]:
        barrier.wait(60)
        return _call(server, token, "POST", path)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(client, range(CLIENTS)))


def _call(server: Server, token: str, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """One request of a program; the status and the reply."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    reply = httpx.request(method, f"{server.address}/api/v1{path}", headers=headers, timeout=120)
    return reply.status_code, reply.json()
