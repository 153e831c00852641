"""Every page of the product, for everybody who may see it: nothing that axe finds by WCAG 2.2 AA, nothing wider than a
phone, no text cut off. Which pages there are is read from the addresses; what is left out says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .house import Place, Residence, furnish
from .look import EXCUSED, arm, look
from .steps import PASSWORD

pytestmark = pytest.mark.journey

REDIRECTS = range(300, 400)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
STAFF, WORKER, CLIENT, NOBODY = "owner", "holder", "client", "anonymous"
LEFT_OUT = {
    "/": "leads on to one's start page",
    "/manifest.webmanifest": "data for the browser",
    "/sw.js": "a script",
    "/calendar/<secret>/work.ics": "a file for calendar programs",
    "/desk/overrides/<policy_id>/": "leads back while no other weight is suggested, which takes weeks of decisions",
    "/files/<attachment_id>/versions/<number>/download/": "a file",
    "/files/<attachment_id>/versions/<number>/image/": "an image",
    "/files/<attachment_id>/versions/<number>/pages/<page_number>/image/": "an image",
    "/files/<attachment_id>/versions/<number>/pages/<page_number>/thumb/": "an image",
    "/files/<attachment_id>/versions/<number>/thumb/": "an image",
    "/here/board/<key>/": "a piece of the board's head",
    "/here/task/<key>/": "a piece of the task's head",
    "/needs/second-factor/": "leads on whoever has one",
    "/needs/stronger-sign-in/": "leads on whoever signed in as the workspace asks",
    "/notices/count/": "a piece of the bell",
    "/notices/recent/": "a piece of the menu of the bell",
    "/people/export.csv": "a file",
    "/people/members/": "choices of a field",
    "/people/names/": "choices of a field",
    "/portal/brand/<digest>/<version>/logo/": "an image",
    "/portal/brand/<digest>/<version>/sheet/": "a style sheet",
    "/schedule/data/": "data for the schedule",
    **dict.fromkeys(
        (
            "/scim/v2/Groups",
            "/scim/v2/Groups/<group_number>",
            "/scim/v2/ResourceTypes",
            "/scim/v2/ResourceTypes/<name>",
            "/scim/v2/Schemas",
            "/scim/v2/Schemas/<name>",
            "/scim/v2/ServiceProviderConfig",
            "/scim/v2/Users",
            "/scim/v2/Users/<member_number>",
        ),
        "data for the directory of a company",
    ),
    "/settings/data/exports/<number>/": "a file",
    "/settings/data/people/<number>/": "a file",
    "/settings/devices/key/": "data for the browser's push service",
    "/sign-in/sso/<key>/back/": "leads back from the other service",
    "/sign-in/sso/<key>/go/": "leads to the other service",
    "/static/css/page.css": "a style sheet",
    "/static/js/page.js": "a script",
    "/tasks/<key>/mentions/": "a piece of the comment's field",
    "/tasks/<key>/price/": "data for the schedule",
    "/tasks/export.csv": "a file",
    "/tasks/table.csv": "a file",
    "/time/export/": "a file",
    "/timeline/data/": "data for the timeline",
}
"""Addresses of no page, with the reason. One that turns out to be a page fails the test."""
FURTHER = (
    (STAFF, "/tasks/?deleted=1"),
    (STAFF, "/tasks/?group=week&cols=title,project,labels&all=1"),
    (STAFF, "/tasks/?priority=4&label=none&all=1"),
    (STAFF, "/tasks/{decision}/"),
    (STAFF, "/tasks/{queued}/"),
    (STAFF, "/tasks/{proposed}/"),
    (STAFF, "/tasks/{finished}/"),
    (STAFF, "/tasks/{offered}/"),
    (STAFF, "/calendar/?view=week"),
    (STAFF, "/projects/WEB/calendar/?view=agenda"),
    (STAFF, "/search/?q=copy"),
    (STAFF, "/search/?q=colour:red"),
    (STAFF, "/import/{board}/"),
    (STAFF, "/plans/{applied}/"),
    (STAFF, "/plans/{making}/"),
    (WORKER, "/planner/?view=week"),
    (CLIENT, "/portal/{asked}/"),
    (CLIENT, "/portal/{approved}/"),
    (STAFF, "/api/v1/docs"),
    (STAFF, "/nothing/is/here/"),
    (NOBODY, "/nothing/is/here/"),
    (NOBODY, "/sign-in/link/none/"),
)
"""Pages that show something else behind a further word of the address, or about another object."""
ALIKE = ".api-section ~ .api-section"
"""The sections of the API reference come from one template: the first stands for all of them."""
TO_SCALE = (".block", ".day-block")
"""Work on the schedule and in the planner is as large as it lasts; its words stand in its label, too, and the same
tasks can be reached in the list."""


@dataclass(frozen=True)
class Visit:
    """One page as one person sees it."""

    who: str
    url: str
    address: str


@pytest.fixture(scope="module")
def residence(server: Server) -> Residence:
    """A company with something behind every address."""
    return furnish(server.environment)


def _visits(residence: Residence) -> Iterator[Visit]:
    for place in residence.places:
        if place.address in LEFT_OUT:
            continue
        if place.public:
            yield Visit(NOBODY, place.url, place.address)
        staff = STAFF if STAFF in place.who else next(iter(place.who), "")
        for who in dict.fromkeys((staff, WORKER, CLIENT)):
            if who in place.who:
                yield Visit(who, place.url, place.address)
    for who, url in FURTHER:
        yield Visit(who, re.sub(r"\{(\w+)\}", lambda name: residence.names[name[1]], url), url)


def test_every_page_can_be_used_by_everybody(visitor: Callable[..., Page], residence: Residence) -> None:
    """On a desk in the light, then the same page in the dark on a phone."""
    findings, seen, excused = [], set(), set()
    for who, visits in _by_person(_visits(residence)):
        page = visitor()
        arm(page)
        _come_in(page, residence, who)
        for visit in visits:
            if _open(page, visit):
                seen.add(visit.address)
                for found in _looks(page, who):
                    if EXCUSED in found:
                        excused.add(found.split(EXCUSED)[1])
                    else:
                        findings.append(f"{who} {visit.url} {found}")
        page.close()
    missing = {p.address for p in residence.places} - seen - set(LEFT_OUT)
    needless = {ALIKE, *TO_SCALE} - excused
    assert (
        findings
        + [f"{selector} needs no excuse" for selector in needless]
        + [f"nobody saw {address}" for address in sorted(missing)]
        == []
    )


def _by_person(visits: Iterable[Visit]) -> list[tuple[str, list[Visit]]]:
    found: dict[str, list[Visit]] = {}
    for visit in visits:
        found.setdefault(visit.who, []).append(visit)
    return list(found.items())


def _come_in(page: Page, residence: Residence, who: str) -> None:
    """With the session of this person; a visitor is somebody who has typed the password and owes the code."""
    if who == NOBODY:
        page.goto("/sign-in/")
        page.get_by_label("E-mail").fill("dana@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/sign-in/second/")
        return
    address = page.request.get("/healthz").url.removesuffix("/healthz")
    page.context.add_cookies([{"name": residence.cookie, "value": residence.sessions[who], "url": address}])
    if who == STAFF:
        page.goto("/projects/WEB/as-client/")
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url("**/as-client/*/")


def _open(page: Page, visit: Visit) -> bool:
    """Whether the address is a page of its own for this person; waits for what arrives later."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    # Only what is a page is opened: browsers draw files with styles of their own, which their policy refuses.
    asked = page.request.get(visit.url, max_redirects=0)
    if asked.status in REDIRECTS or "text/html" not in asked.headers.get("content-type", ""):
        return False
    page.goto(visit.url)
    for place in page.locator("[hx-trigger~=load]").all():
        expect(place.get_by_role("heading").first).to_be_visible()
    return bool(page.locator("html[lang]").count())


def _looks(page: Page, who: str) -> Iterator[str]:
    """On a phone in the dark; what staff and visitors see also on a desk in the light."""
    if who in (STAFF, NOBODY):
        for found in look(page, without=(ALIKE,), scaled=TO_SCALE):
            yield f"(desk) {found}"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for found in look(page, without=(ALIKE,), scaled=TO_SCALE):
        yield f"(phone) {found}"


def test_what_is_left_out_is_no_page(visitor: Callable[..., Page], residence: Residence) -> None:
    places = {place.address: place for place in residence.places}
    assert set(LEFT_OUT) - set(places) == set()
    page = visitor()
    for address, reason in LEFT_OUT.items():
        assert not _is_page(page, residence, places[address]), f"{address} is a page, not {reason}"


def _is_page(page: Page, residence: Residence, place: Place) -> bool:
    page.context.clear_cookies()
    if not place.public and place.who:
        _come_in(page, residence, place.who[0])
    answer = page.request.get(place.url, max_redirects=0)
    html = answer.ok and "text/html" in answer.headers.get("content-type", "")
    return html and "<html lang" in answer.text()[:400]
