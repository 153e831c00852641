"""From a press or a key to the next paint (INP) on the demo's main pages, on a processor slowed down four times.

    python benchmarks/interactions.py --link http://127.0.0.1:8400/sign-in/link/… [--slower 4] [--runs 3]

`--link` is one of the links that `./fairlead demo` prints, best a manager's; it works once. Needs Chromium and the
packages for the tests. The browser itself tells how long each took (PerformanceEventTiming, whose durations are whole
steps of 8 ms; what took less than 16 ms it does not tell). Prints CSV: page, what was done, the slowest of the runs in
ms, the median.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from lighthouse import press_sign_in
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE: Final = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True}
DESK: Final = {"viewport": {"width": 1440, "height": 900}}
LISTEN: Final = """
window.slow = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (each.interactionId) window.slow = Math.max(window.slow, each.duration);
}).observe({type: 'event', durationThreshold: 16, buffered: true});
"""
LEAST_MS: Final = 16

Act = Callable[[Page], None]


def tap(where: str) -> Act:
    """Press the first of what the selector finds."""
    return lambda page: page.locator(where).first.click()


def keys(*pressed: str) -> Act:
    """Press keys one after the other."""

    def act(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)
            page.wait_for_timeout(150)

    return act


def typed(where: str, text: str) -> Act:
    """Type a text into the first of what the selector finds."""
    return lambda page: page.locator(where).first.press_sequentially(text, delay=120)


def held(where: str, *pressed: str) -> Act:
    """Give the focus to the first of what the selector finds, then press keys."""

    def act(page: Page) -> None:
        page.locator(where).first.focus()
        keys(*pressed)(page)

    return act


JOBS: Final[tuple[tuple[str, str, bool, Act], ...]] = (
    ("/my-work/", "open the menu", True, tap(".menu-button")),
    ("/my-work/", "open the palette and type", False, keys("Control+k", "c", "h", "e", "c")),
    ("/projects/WEB/", "open the palette and type", False, keys("Control+k", "c", "h", "e", "c")),
    ("/projects/WEB/", "take a card and carry it on", False, held("li.card", " ", "ArrowDown", "ArrowRight", "Escape")),
    ("/projects/WEB/", "type into the filter", False, typed("#filters input[name=q]", "page")),
    ("/projects/WEB/", "the sheet of keys", False, keys("?")),
    ("/tasks/", "select rows", False, tap("tbody input[type=checkbox]")),
    ("/tasks/", "type into the filter", False, typed("#filters input[name=q]", "page")),
    ("/tasks/WEB-16/", "write a comment", True, typed("textarea[name=body]", "Looks good to me")),
    ("/tasks/WEB-16/", "tick a criterion", True, tap("main .tick")),
)


def main() -> None:
    """Sign in with the link, then do each job in a browser of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--link", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--slower", type=int, default=4)
    given = parser.parse_args()
    site = "{0.scheme}://{0.netloc}".format(urlsplit(given.link))
    print("page,job,slowest_ms,median_ms")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        state = _sign_in(browser, given.link)
        for path, job, phone, act in JOBS:
            options = {**(PHONE if phone else DESK), "storage_state": state}
            took = [_took(browser.new_context(**options), site + path, act, given.slower) for _ in range(given.runs)]
            print(path, job, max(took), statistics.median(took), sep=",", flush=True)
        browser.close()


def _sign_in(browser: Browser, link: str) -> object:
    context = browser.new_context()
    press_sign_in(context.new_page(), link)
    return context.storage_state()


def _took(context: BrowserContext, address: str, act: Act, slower: int) -> float:
    """The slowest interaction of a job in ms, as the browser measured it; LEAST_MS where it has nothing to tell."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.add_init_script(LISTEN)
    page.goto(address, wait_until="networkidle")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.wait_for_timeout(500)
    page.evaluate("window.slow = 0")
    act(page)
    page.wait_for_timeout(1_000)
    found = float(page.evaluate("window.slow"))
    context.close()
    return max(found, LEAST_MS)


if __name__ == "__main__":
    main()
