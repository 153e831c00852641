"""The pictures of the documentation: every main page in the light, in the dark and on a phone.

Start `fairlead demo`, keep what it prints, and give it to this; names choose some of the pictures:

fairlead demo > said.txt &   python -m tests.journeys.screenshots said.txt [board list …]
"""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).parents[2] / "docs" / "images"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
MOST_BYTES, MOST_IN_ALL = 140_000, 5_000_000
QUALITY = 78
PATIENCE_MS = 60_000
LINK = re.compile(r"(\w+) [^\n]*?(https?://\S+/sign-in/link/\S+)")


@dataclass(frozen=True)
class Picture:
    """One page as somebody of the made-up company sees it. `then`: what is done before the picture is taken; `upper`:
    what stands at the top of the phone's picture."""

    name: str
    who: str
    address: str
    then: Callable[[Page], None] | None = None
    upper: str = ""


def _waiting(page: Page) -> None:
    """The page of the first open task that nobody has and several could do."""
    page.goto("/projects/WEB/list/?assignee=nobody&state=open&sort=-priority")
    for address in [link.get_attribute("href") for link in page.get_by_role("table").locator("a.title").all()]:
        page.goto(str(address))
        panel = page.get_by_role("region", name="Who should do it")
        expect(panel.get_by_role("heading").first).to_be_visible()
        if panel.get_by_role("button", name="Assign to").count() > 2 and "(needs" in panel.inner_text():
            return
    raise SystemExit("Nobody waits for an assignment in WEB; start the demo anew with --reset.")


def _first(selector: str) -> Callable[[Page], None]:
    """Follow the first link of this kind."""

    def follow(page: Page) -> None:
        page.goto(str(page.locator(selector).first.get_attribute("href")))

    return follow


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("price")
    expect(page.get_by_role("option", name=re.compile("WEB-")).first).to_be_visible()


def _held(page: Page) -> None:
    """A task that somebody has and that is talked about."""
    page.goto("/projects/WEB/")
    told = page.locator('.card:has([title="Comments"]):has(.card-match) .card-title a')
    page.goto(str(told.first.get_attribute("href")))


def _why(page: Page) -> None:
    _held(page)
    page.goto(page.url + "why/")


ALICE, OLGA, CLIENT = "Alice", "Olga", "client"
PICTURES = (
    Picture("board", ALICE, "/projects/WEB/"),
    Picture("list", ALICE, "/tasks/?state=open&sort=due&all=1"),
    Picture("task", ALICE, "/tasks/", _held),
    Picture("candidates", ALICE, "/tasks/", _waiting, "#candidates"),
    Picture("why", ALICE, "/tasks/", _why),
    Picture("my-work", ALICE, "/my-work/"),
    Picture("calendar", ALICE, "/projects/WEB/calendar/"),
    Picture("timeline", ALICE, "/projects/WEB/timeline/"),
    Picture("schedule", ALICE, "/schedule/"),
    Picture("load", ALICE, "/schedule/load/"),
    Picture("desk", ALICE, "/desk/"),
    Picture("policies", ALICE, "/policies/"),
    Picture("offers", ALICE, "/offers/"),
    Picture("people", ALICE, "/people/"),
    Picture("person", ALICE, "/people/", _first("main a.person[href^='/people/']")),
    Picture("fairness", ALICE, "/people/fairness/"),
    Picture("plan", ALICE, "/plans/", _first("main table a[href^='/plans/']")),
    Picture("planner", ALICE, "/planner/"),
    Picture("inbox", ALICE, "/inbox/"),
    Picture("time", "Priya", "/time/"),
    Picture("portal", CLIENT, "/portal/"),
    Picture("request", CLIENT, "/portal/", _first("main a[href^='/portal/']:not([href*='new'])")),
    Picture("search", ALICE, "/search/?q=price"),
    Picture("palette", ALICE, "/projects/", _palette),
    Picture("notifications", ALICE, "/notices/"),
    Picture("settings", OLGA, "/settings/members/"),
    Picture("fields", OLGA, "/settings/fields/"),
    Picture("import", ALICE, "/import/"),
    Picture("activity", ALICE, "/activity/"),
    Picture("styleguide", OLGA, "/styleguide/#states"),
)  # fmt: skip


def main(said: str, names: list[str]) -> None:
    """Sign everybody in with the links, which work once, and take the pictures."""
    links = dict(reversed([(found[1], found[2]) for found in LINK.finditer(said)]))
    links[CLIENT] = next(m[2] for m in LINK.finditer(said) if ", client" in m[0])
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages: dict[str, Page] = {}
        for picture in wanted:
            if picture.who not in pages:
                pages[picture.who] = _come_in(browser, links[picture.who])
            _take(pages[picture.who], picture)
        browser.close()
    _weigh()


def _come_in(browser: Browser, link: str) -> Page:
    parts = urlsplit(link)
    page = browser.new_page(base_url=f"{parts.scheme}://{parts.netloc}", locale="en-GB", timezone_id="Europe/Berlin")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    page.wait_for_url(re.compile("^(?!.*/sign-in/)"))
    return page


def _take(page: Page, picture: Picture) -> None:
    """Light, dark, phone."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(picture.address)
    if picture.then:
        picture.then(page)
    _keep(page, picture.name)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    _keep(page, f"{picture.name}-dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    if picture.then is not _palette:
        page.reload()
    _keep(page, f"{picture.name}-phone", picture.upper or ":target")


def _keep(page: Page, name: str, upper: str = ":target") -> None:
    for place in page.locator("[hx-trigger~=load], [hx-trigger~=intersect]").all():
        place.scroll_into_view_if_needed()
        expect(place.get_by_role("heading").first).to_be_visible()
    page.wait_for_function("() => !document.querySelector('#timeline-wait, .htmx-request, [data-requests]')")
    page.evaluate(f"scrollTo(0, 0); document.querySelector({upper!r})?.scrollIntoView()")
    page.evaluate("document.fonts.ready")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    path = FOLDER / f"{name}.webp"
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as image:
        image.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is larger than {MOST_BYTES // 1000} kB.")


def _weigh() -> None:
    sizes = [path.stat().st_size for path in FOLDER.glob("*.webp")]
    sys.stdout.write(
        f"{len(sizes)} pictures, {sum(sizes) // 1000} kB, {sum(sizes) // max(1, len(sizes)) // 1000} kB each\n"
    )
    if sum(sizes) > MOST_IN_ALL:
        raise SystemExit(f"All pictures together are larger than {MOST_IN_ALL // 1_000_000} MB.")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    main(Path(sys.argv[1]).read_text(), sys.argv[2:])
