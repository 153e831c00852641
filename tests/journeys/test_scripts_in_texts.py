"""Texts that try to be scripts stay texts, wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .company import Company, open_company

pytestmark = pytest.mark.journey

TRICKS = (
    "<script>window.hit = 1</script>",
    '"><script>window.hit = 1</script>',
    "</textarea><script>window.hit = 1</script>",
    "</title><script>window.hit = 1</script>",
    "<img src=x onerror=window.hit=1>",
    "<img src=x onerror=&#119;indow.hit=1>",
    "<svg onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<body onload=window.hit=1>",
    '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
    "<iframe src=javascript:parent.hit=1></iframe>",
    '<a href="javascript:window.hit=1">dead link</a>',
    "[dead link](javascript:window.hit=1)",
    "[dead link](JaVaScRiPt&colon;window.hit=1)",
    "[dead link](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0PTE8L3NjcmlwdD4=)",
    "<input autofocus onfocus=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<style onload=window.hit=1></style>",
    '" autofocus onfocus="window.hit=1" x="',
    '<b hx-get="/" hx-trigger="load" hx-on::load="window.hit=1">{{ 7 * 7 }}</b>',
)
LINKS = 'a[href^="javascript:" i], a[href^="data:" i]'
LIVE = f"{LINKS}, [onload], [onerror], [onfocus], [ontoggle], main iframe, main b[hx-get]"


def test_texts_that_try_to_be_scripts_stay_texts(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.on("dialog", lambda _: page.evaluate("window.hit = 1"))
    company = open_company(page)
    worker = _write_everywhere(company)
    page.goto("/projects/TRY/")
    assert page.get_by_role("heading", level=3).all_text_contents() == list(reversed(TRICKS))
    _is_harmless(page)
    page.goto("/tasks/?q=script")
    _is_harmless(page)
    for number, trick in enumerate(TRICKS, 1):
        page.goto(f"/tasks/TRY-{number}/")
        expect(page.get_by_role("textbox", name="Title")).to_have_value(trick)
        if number == 1:
            expect(page.get_by_role("region", name="Who should do it").get_by_role("link").first).to_be_visible()
        _is_harmless(page)
    for address in (
        "/people/", f"/people/{worker}/", "/skills/", "/projects/", "/projects/TRY/settings/", "/activity/",
        "/tasks/TRY-1/why/", company.send("/projects/TRY/allocate/").url,
    ):  # fmt: skip
        page.goto(address)
        _is_harmless(page)


def _write_everywhere(company: Company) -> int:
    """Each trick as title, description, label and criterion of a task; all in a comment, profiles and a project."""
    company.add_project("TRY", TRICKS[0], client=TRICKS[4], description="\n\n".join(TRICKS))
    skill = company.add_skill(TRICKS[6])
    for start in range(0, len(TRICKS), 5):
        some = TRICKS[start : start + 5]
        worker = company.add_worker(some[0], {skill: 3}, headline=some[1], about="\n\n".join(some))
    for trick in TRICKS:
        company.add_task("TRY", trick, description=trick, labels=trick[:40], criteria=trick)
    company.send("/tasks/TRY-1/comments/", body="\n\n".join(TRICKS), to="team")
    company.send("/tasks/TRY-1/assign/", worker=worker, reason=TRICKS[9])
    return worker


def _is_harmless(page: Page) -> None:
    assert page.evaluate("window.hit") is None, page.url
    assert page.locator(LIVE).count() == 0, page.url
    assert page.get_by_role("link", name="dead link", exact=True).count() == 0, page.url
