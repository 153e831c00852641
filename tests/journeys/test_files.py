"""Files from end to end: pasted, dropped, looked at, pinned, renewed, given out again; and hostile ones run nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from pictures import png

from .company import Company, add_client, open_company
from .conftest import Server
from .steps import sign_in

pytestmark = pytest.mark.journey

HOSTILE = {
    "logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>window.hacked = 1</script></svg>',
    "photo.png": "<!doctype html><script>window.hacked = 1; fetch('/settings/')</script>",
    "notes.txt": "<b>bold</b> <img src=x onerror=window.hacked=1>",
}
PASTE = """async (target) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 300 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#369";
  pen.fillRect(0, 0, 400, 300);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const given = new DataTransfer();
  given.items.add(new File([blob], "image.png", { type: "image/png" }));
  document.querySelector(target).dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true }));
}"""
DROP = """(files) => {
  const given = new DataTransfer();
  for (const [name, text] of Object.entries(files)) given.items.add(new File([text], name));
  const part = document.querySelector("#files-part");
  for (const type of ["dragover", "drop"])
    part.dispatchEvent(new DragEvent(type, { dataTransfer: given, bubbles: true, cancelable: true }));
}"""
HACKED = "window.hacked ?? 0"


def cards(page: Page) -> Locator:
    return page.locator("#files .file")


def a_task(page: Page) -> tuple[Company, str]:
    company = open_company(page)
    company.add_project("WEB", "Website", client="Northwind")
    return company, company.add_task("WEB", "Draw the logo")


def pin_at(page: Page, x: float, y: float, text: str) -> None:
    box = page.locator("[data-stage] img").bounding_box()
    assert box
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.get_by_label("What should change here?").fill(text)
    page.get_by_role("button", name="Set pin").click()
    expect(page.locator(".pin-thread").filter(has_text=text)).to_be_visible()


def test_a_screenshot_is_pasted_pinned_and_renewed_and_a_client_sees_what_is_for_them(
    visitor: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    page = visitor()
    company, task = a_task(page)
    clara = add_client(server, company, "Clara Voss", "WEB")
    page.goto(f"/tasks/{task}/")
    page.evaluate(PASTE, "#content")
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#files .file-thumb")).to_be_visible()
    name = page.locator("#files .file-name").inner_text()
    assert re.fullmatch(r"screenshot \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png", name)

    page.locator("#files .file-open").click()
    pin_at(page, 0.25, 0.5, "Bigger, please")
    expect(page.locator('.pin[data-pin="1"]')).to_be_visible()
    place = page.locator('svg.pin-at:has([data-pin="1"])')
    assert abs(float(str(place.get_attribute("x")).rstrip("%")) - 25) < 0.5
    ghost = page.locator("#ghost .ghost")
    ghost.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("#ghost").get_attribute("x") == "52%"
    assert page.locator("#ghost").get_attribute("y") == "55%"
    page.keyboard.press("Enter")
    expect(page.get_by_label("What should change here?")).to_be_focused()

    base = page.url.split("#")[0]
    first = f"{base}versions/1/"
    (tmp_path / "logo two.png").write_bytes(png("navy", 400, 300))
    page.get_by_label("New version").set_input_files(tmp_path / "logo two.png")
    page.get_by_role("button", name="Add version").click()
    expect(page.get_by_role("heading", name="logo two.png")).to_be_visible()
    expect(page.locator(".version")).to_have_count(2)
    expect(page.locator("[data-stage] img")).to_be_visible()
    expect(page.locator(".pin-thread")).to_have_count(0)
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator(".stage-image")).to_have_count(2)
    page.goto(first)
    expect(page.locator(".pin-thread")).to_have_count(1)

    page.goto(base)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Show to clients").click()
    expect(page.get_by_text("Northwind sees this file")).to_be_visible()

    guest = visitor()
    sign_in(guest, clara)
    guest.goto(f"/tasks/{task}/")
    expect(guest).to_have_url(re.compile(f"/portal/{task}/"))
    expect(guest.get_by_role("region", name="Files").get_by_role("link")).to_have_text(["logo two.png"])
    guest.goto(first)
    expect(guest.locator(".pin-thread")).to_have_count(0)
    pin_at(guest, 0.5, 0.5, "We love it")
    page.goto(first)
    expect(page.locator(".pin-thread").filter(has_text="We love it")).to_be_visible()


def test_hostile_files_are_dropped_and_nothing_of_them_runs(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _, task = a_task(page)
    page.goto(f"/tasks/{task}/")
    page.evaluate(DROP, HOSTILE)
    expect(cards(page)).to_have_count(3)
    addresses = [str(a.get_attribute("href")) for a in page.locator("#files .file-open").all()]
    for address in addresses:
        page.goto(address)
        assert page.evaluate(HACKED) == 0
        expect(page.locator(".stage")).to_have_count(0)
        with page.expect_download() as download:
            page.locator("main, .top").get_by_role("link", name="Download", exact=True).first.click()
        assert Path(download.value.path()).read_text() in HOSTILE.values()
        with page.expect_download():
            page.evaluate("(address) => { location.href = address }", f"{address}versions/1/download/")
        assert page.evaluate(HACKED) == 0
        page.evaluate(
            "(address) => { const frame = document.createElement('iframe'); frame.src = address;"
            " document.body.append(frame); }",
            f"{address}versions/1/download/",
        )
    page.goto(f"/tasks/{task}/")
    assert page.evaluate(HACKED) == 0


def test_a_large_file_goes_up_and_comes_down_in_parts(visitor: Callable[..., Page], tmp_path: Path) -> None:
    page = visitor()
    _, task = a_task(page)
    big = tmp_path / "film.bin"
    big.write_bytes(bytes(range(256)) * 4096 * 36)  # 36 MB, more than what a page may send
    page.goto(f"/tasks/{task}/")
    page.locator("#new-files").set_input_files(big)
    expect(cards(page)).to_have_count(1)
    expect(page.locator(".upload")).to_have_count(0)
    address = str(page.locator("#files a[download]").get_attribute("href"))
    part = page.request.get(address, headers={"Range": "bytes=37748730-"})
    assert (part.status, part.body()) == (206, bytes(range(250, 256)))
    assert part.headers["content-range"] == "bytes 37748730-37748735/37748736"
    assert "x-fairlead-send" not in part.headers
    with page.expect_download() as download:
        page.locator("#files a[download]").click()
    assert Path(download.value.path()).read_bytes() == big.read_bytes()
    missing = page.request.get(address, headers={"Range": "bytes=37748736-"})
    assert (missing.status, missing.body()) == (416, b"")


def test_a_comment_takes_a_pasted_picture_and_says_who_will_see_it(visitor: Callable[..., Page]) -> None:
    page = visitor()
    _, task = a_task(page)
    page.goto(f"/tasks/{task}/")
    page.get_by_label("Add a comment", exact=True).fill("See *here*")
    page.evaluate(PASTE, "#new-comment")
    expect(page.locator("[data-given]")).to_contain_text("screenshot")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.locator("#comment-preview em")).to_have_text("here")
    warning = page.get_by_text("Northwind will see this")
    expect(warning).to_be_hidden()
    page.locator("#comments select[name=to]").select_option("client")
    expect(warning).to_be_visible()
    page.get_by_role("button", name="Comment", exact=True).click()
    comment = page.locator(".comment").filter(has_text="See here")
    expect(comment.get_by_text("client can see")).to_be_visible()
    expect(comment.locator(".file-thumb")).to_have_count(0)
    expect(page.locator("#files .file-thumb")).to_be_visible()
    comment.get_by_role("button", name="Add a sign").click()
    page.get_by_role("button", name="party").click()
    expect(page.locator(".reaction")).to_contain_text("1")
    page.locator(".comment").get_by_role("button", name="More").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".comment")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".comment")).to_have_count(1)
