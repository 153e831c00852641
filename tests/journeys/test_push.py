"""Somebody switches notifications on for their phone, gets one while the product is closed, and presses it. The push
service is a real one of ours: a browser without the internet has none, so that only its subscribing is replaced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from notices.push_service import PushService, running

from .company import Company, joins, open_company
from .steps import somebody, toast

pytestmark = pytest.mark.journey
BROWSER = """
(() => {
  const given = %s, name = "test-subscription";
  const unsubscribe = async () => { localStorage.removeItem(name); return true; };
  const held = () => localStorage.getItem(name) ? { ...given, options: {}, toJSON: () => given, unsubscribe } : null;
  if (!globalThis.PushManager) return;
  PushManager.prototype.getSubscription = async () => held();
  PushManager.prototype.subscribe = async () => { localStorage.setItem(name, "1"); return held(); };
})();
"""
SHOWN = """
async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((it) => [it.title, it.body])
"""
PRESS = """
async (action) => {
  const [shown] = await registration.getNotifications();
  const opened = new Promise((done) => { clients.openWindow = async (address) => done(address); });
  dispatchEvent(new NotificationEvent("notificationclick", { notification: shown, action }));
  return await opened;
}
"""


@pytest.fixture
def service() -> Iterator[PushService]:
    """The push service of the phone's browser."""
    with running() as made:
        yield made


@pytest.fixture
def bob(visitor: Callable[..., Page], service: PushService) -> tuple[Company, Page]:
    """A company, and the phone of a contributor who has switched notifications on."""
    company, phone = open_company(visitor()), visitor(width=360, height=740)
    joins(company, phone, somebody("Bob Builder"))
    company.add_project("WEB", "Web shop")
    given = service.subscription()
    keys = {"p256dh": given.p256dh, "auth": given.auth}
    phone.context.grant_permissions(["notifications"])
    phone.add_init_script(BROWSER % json.dumps({"endpoint": given.endpoint, "keys": keys}))
    phone.goto("/settings/notifications/")
    phone.get_by_role("button", name="Switch on").click()
    expect(phone.get_by_text("This one")).to_be_visible()
    return company, phone


def deliver(phone: Page, service: PushService) -> None:
    """What the push service got last reaches the service worker of the phone."""
    session = phone.context.new_cdp_session(phone)
    numbers: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: numbers.extend(_numbers(told)))
    session.send("ServiceWorker.enable")
    until(phone, lambda: bool(numbers))
    origin = phone.evaluate("location.origin")
    message = {"origin": origin, "registrationId": numbers[-1], "data": json.dumps(service.got[-1])}
    session.send("ServiceWorker.deliverPushMessage", message)


def _numbers(told: dict[str, Any]) -> list[str]:
    return [it["registrationId"] for it in told["registrations"] if not it["isDeleted"]]


def until(phone: Page, condition: Callable[[], bool]) -> None:
    """Wait for what comes over the network."""
    for _ in range(600):
        if condition():
            return
        phone.wait_for_timeout(100)
    raise AssertionError("it did not come")


def shown(phone: Page) -> list[list[str]]:
    """Title and text of what the phone shows."""
    found: list[list[str]] = phone.evaluate(SHOWN)
    return found


def press(phone: Page, action: str = "") -> str:
    """Press what is shown; the address that opens."""
    return str(phone.context.service_workers[0].evaluate(PRESS, action))


def test_a_task_rings_on_the_phone_and_a_press_leads_to_it(bob: tuple[Company, Page], service: PushService) -> None:
    company, phone = bob
    phone.get_by_role("button", name="Send a test").click()
    expect(toast(phone, "A test is on its way")).to_be_visible()
    until(phone, lambda: len(service.got) == 1)
    assert service.got[0]["title"] == "Notifications work here"

    key = company.add_task("WEB", "Mend the basket", effort_min="1h")
    company.send(f"/tasks/{key}/assign-best/")
    until(phone, lambda: len(service.got) == 2)
    deliver(phone, service)
    until(phone, lambda: bool(shown(phone)))
    assert shown(phone) == [["WEB-1 is yours: Mend the basket", ""]]
    expect(phone.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()
    address = press(phone)
    assert address.endswith("/tasks/WEB-1/")
    assert shown(phone) == []
    expect(phone.get_by_role("button", name="Notifications, 0 unread")).to_be_visible()  # on the page that is open
    phone.goto(address)
    expect(phone.get_by_label("Title")).to_have_value("Mend the basket")


def test_an_offer_is_answered_on_its_page_never_by_the_press_itself(
    bob: tuple[Company, Page], service: PushService
) -> None:
    company, phone = bob
    key = company.add_task("WEB", "Draw the price page", effort_min="1h")
    company.send(f"/tasks/{key}/offer/")
    until(phone, lambda: len(service.got) == 1)
    deliver(phone, service)
    until(phone, lambda: bool(shown(phone)))
    phone.goto(press(phone, "accept"))
    expect(phone.get_by_text("waits for an answer")).to_be_visible()
    accept = phone.get_by_role("button", name="Accept")
    expect(accept).to_be_focused()
    accept.press("Enter")
    expect(toast(phone, "WEB-1 is yours.")).to_be_visible()


def test_no_titles_on_the_locked_screen_and_off_again(bob: tuple[Company, Page], service: PushService) -> None:
    company, phone = bob
    phone.get_by_role("button", name="More about").click()
    phone.get_by_role("button", name="Show no titles").click()
    expect(phone.get_by_role("main")).to_contain_text("shows no titles")
    key = company.add_task("WEB", "The secret plan", effort_min="1h")
    company.send(f"/tasks/{key}/assign-best/")
    until(phone, lambda: len(service.got) == 1)
    assert "secret" not in service.got[0]["title"] + service.got[0]["body"]
    assert service.got[0]["body"] == "A task is given to me"
    phone.get_by_role("button", name="More about").click()
    phone.get_by_role("button", name="Remove").click()
    expect(phone.get_by_text("No device takes your notifications.")).to_be_visible()
    expect(phone.get_by_role("button", name="Switch on")).to_be_visible()
    assert phone.evaluate("localStorage.getItem('test-subscription')") is None
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_present_one_of_many_tabs_is_seen_on_a_phone(bob: tuple[Company, Page]) -> None:
    _, phone = bob
    phone.goto("/settings/tokens/")
    tabs = phone.get_by_role("navigation", name="Settings")
    assert tabs.evaluate("(it) => it.scrollWidth > it.clientWidth")
    expect(tabs.get_by_role("link", name="API tokens")).to_be_in_viewport(ratio=0.99)


def test_a_browser_that_blocks_says_what_to_do(visitor: Callable[..., Page]) -> None:
    page = open_company(visitor()).page
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.goto("/settings/notifications/")
    expect(page.get_by_text("Your browser blocks notifications of this address.")).to_be_visible()
    expect(page.get_by_role("button", name="Switch on")).to_be_hidden()
