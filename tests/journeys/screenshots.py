"""The pictures of the README. Start `fairlead demo`, then run this with the sign-in link that it prints for Alice:

python -m tests.journeys.screenshots http://127.0.0.1:8400/sign-in/link/…/
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect, sync_playwright

FOLDER = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 250_000


def main(link: str) -> None:
    """Sign in with the link, which works once, and take every picture."""
    parts = urlsplit(link)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(
            base_url=f"{parts.scheme}://{parts.netloc}", viewport={"width": 1440, "height": 900}, color_scheme="light"
        )
        page.goto(link)
        page.get_by_role("button", name="Sign in as").click()
        page.goto("/projects/WEB/")
        _take(page, "board")
        _open_waiting_task(page)
        _take(page, "candidates")
        browser.close()


def _open_waiting_task(page: Page) -> None:
    """The page of the first open task that nobody has and several could do."""
    page.goto("/projects/WEB/list/?assignee=nobody&state=open")
    for address in [link.get_attribute("href") for link in page.get_by_role("table").locator("a.title").all()]:
        page.goto(str(address))
        panel = page.get_by_role("region", name="Who should do it")
        expect(panel.get_by_role("heading").first).to_be_visible()
        if panel.get_by_role("button", name="Assign to").count() > 2:
            return
    raise SystemExit("Nobody waits for an assignment in WEB; start the demo anew with --reset.")


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is larger than {MOST_BYTES // 1000} kB.")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    main(sys.argv[1])
