"""Hands that have a keyboard and nothing else: every stop is looked at, and no call may use the mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Mouse, Page, expect

MOST_TABS = 120
BY_MOUSE = {
    Page: ("click", "dblclick", "tap", "hover", "check", "uncheck", "fill", "type", "press", "select_option", "focus",
           "drag_and_drop", "set_checked"),
    Locator: ("click", "dblclick", "tap", "hover", "check", "uncheck", "fill", "type", "press", "select_option",
              "focus", "drag_to", "set_checked", "press_sequentially", "clear", "select_text", "dispatch_event"),
    Mouse: ("click", "dblclick", "down", "up", "move", "wheel"),
}  # fmt: skip
"""Also `fill` and `focus`: they set what a keyboard would have to reach first."""

SEEN = """() => {
  const it = document.activeElement;
  it.getAnimations({subtree: true}).forEach(one => one.finish());  // what stays, not what is on its way in or out
  const style = getComputedStyle(it);
  const name = it.getAttribute("aria-label") ?? it.textContent.trim().slice(0, 60);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const around = it.closest(".find, .palette-head, .cards, tr, .work-item") ?? it;
  const shaded = [it, around].some(one => getComputedStyle(one).boxShadow !== "none");
  const at = it.getBoundingClientRect();
  const inside = at.bottom > 0 && at.right > 0 && at.top < innerHeight && at.left < innerWidth;
  const seen = (outlined || shaded) && inside;
  return {name: `${it.tagName.toLowerCase()} “${name || it.id}”`, lost: it === document.body, seen};
}"""


def without_a_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every call that does what a keyboard cannot do fails."""

    def refuse(name: str) -> Any:
        def refused(*_: Any, **__: Any) -> None:
            raise AssertionError(f"{name} is no key")

        return refused

    for kind, names in BY_MOUSE.items():
        for name in names:
            monkeypatch.setattr(kind, name, refuse(name))


class Hands:
    """Two hands at the keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letter by letter, into what has the focus."""
        self.page.keyboard.type(text)

    def tab_to(self, wanted: Locator, *, back: bool = False) -> None:
        """Tab until this has the focus; it is seen at every stop on the way."""
        for _ in range(MOST_TABS):
            if self.stands_on(wanted):
                return
            self.press("Shift+Tab" if back else "Tab")
            self.looks()
        raise AssertionError(f"{MOST_TABS} times Tab did not reach {wanted}")

    def stands_on(self, wanted: Locator) -> bool:
        """Whether the focus is there."""
        return bool(wanted.count()) and bool(wanted.first.evaluate("it => it === document.activeElement"))

    def looks(self) -> str:
        """The name of what has the focus, which must be marked and in sight."""
        stop = self.page.evaluate(SEEN)
        assert stop["lost"] or stop["seen"], f"nobody sees that the focus is on {stop['name']}"
        return str(stop["name"])

    def keeps_its_place(self) -> None:
        """After an action on the page the focus still stands on something."""
        self.page.wait_for_function("() => document.activeElement !== document.body")
        self.looks()

    def returns_to(self, opener: Locator) -> None:
        """What was opened has closed; the focus is where it was opened from."""
        expect(opener).to_be_focused()
        self.looks()
