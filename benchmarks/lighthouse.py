"""Lighthouse on the demo's main pages: signed in, with an empty browser cache, on its usual slow phone.

    npm install --prefix ../lighthouse lighthouse@12
    python benchmarks/lighthouse.py --link http://127.0.0.1:8400/sign-in/link/… [--runs 3]

`--link` is one of the links that `./fairlead demo` prints; it works once. Needs node, Chromium and the packages for
the tests. Each visit is a browser of its own, to which nothing else is attached: what a driver of the browser does
counts as work of the page. Prints CSV: page, performance, accessibility, first and largest contentful paint in s,
blocking time in ms, KiB, elements. The rows of a run are in results/lighthouse.csv.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

PAGES = ("/my-work/", "/projects/WEB/", "/tasks/", "/tasks/WEB-16/")


def main() -> None:
    """Sign in with the link, then look at each page in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--link", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lighthouse", default="../lighthouse/node_modules/.bin/lighthouse")
    parser.add_argument("--pages", nargs="*", default=PAGES)
    parser.add_argument("--reports", type=Path, help="a folder that keeps the report of each visit")
    given = parser.parse_args()
    site = "{0.scheme}://{0.netloc}".format(urlsplit(given.link))
    print("page,performance,accessibility,fcp_s,lcp_s,tbt_ms,kib,elements")
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        _sign_in(given.link, profile)
        for page in given.pages:
            for run in range(given.runs):
                report = (given.reports or Path(folder)) / f"{page.strip('/').replace('/', '-')}-{run}.json"
                print(_row(page, _look(given.lighthouse, site + page, report, profile)), flush=True)


def _sign_in(link: str, profile: Path) -> None:
    """Leave a browser profile in which the person is signed in whose link it is."""
    with sync_playwright() as browsers:
        context = browsers.chromium.launch_persistent_context(
            profile, executable_path=shutil.which("chromium"), headless=True, args=["--no-sandbox"]
        )
        press_sign_in(context.new_page(), link)
        context.close()


def press_sign_in(page: Page, link: str) -> None:
    """Open a link of the demo and come in as its person."""
    page.goto(link)
    button = page.get_by_role("button", name="Sign in")
    if button.count():
        button.first.click()
    page.wait_for_url("**/my-work/")


def _look(lighthouse: str, address: str, report: Path, profile: Path) -> dict[str, Any]:
    command = [lighthouse, address, "--quiet", "--output=json", f"--output-path={report}",
               f"--chrome-flags=--headless=new --no-sandbox --user-data-dir={profile}",
               "--only-categories=performance,accessibility"]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    for _ in range(3):  # now and then Chromium misses the beginning of its own recording
        done = subprocess.run(command, check=False, timeout=180, stderr=subprocess.PIPE, text=True, env=environment)
        if not done.returncode:
            break
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(report.read_text())
    if found["finalDisplayedUrl"] != address:
        sys.exit(f"{address} led to {found['finalDisplayedUrl']}.")
    return found


def _row(page: str, found: dict[str, Any]) -> str:
    of, audits = found["categories"], found["audits"]
    scores = [round(of[name]["score"] * 100) for name in ("performance", "accessibility")]
    paints = [f"{audits[f'{name}-contentful-paint']['numericValue'] / 1000:.1f}" for name in ("first", "largest")]
    rest = [
        round(audits["total-blocking-time"]["numericValue"]),
        round(audits["total-byte-weight"]["numericValue"] / 1024),
        round(audits["dom-size"]["numericValue"]),
    ]
    return ",".join(map(str, [page, *scores, *paints, *rest]))


if __name__ == "__main__":
    main()
