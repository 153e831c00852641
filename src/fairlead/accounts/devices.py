"""What a browser says about itself, in words that its owner recognises. Nothing is decided by it."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 300
UNKNOWN: Final = "Unknown device"
# The first that is found wins: Edge and Opera also say Chrome, and Chrome also says Safari.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_name(agent: str) -> str:
    """Browser and system of a User-Agent, such as "Firefox on Linux"; "Unknown device" when it says neither."""
    browser = _first(BROWSERS, agent)
    system = _first(SYSTEMS, agent)
    return " on ".join(filter(None, (browser, system))) or UNKNOWN


def device_kind(agent: str) -> str:
    """ "phone", "tablet" or "computer"; "" when the browser says neither."""
    system = _first(SYSTEMS, agent)
    if system == "iPhone" or (system == "Android" and "Mobile" in agent[:LONGEST]):
        return "phone"
    if system in ("iPad", "Android"):
        return "tablet"
    return "computer" if system else ""


def key_kind(transports: list[str], *, synced: bool) -> str:
    """Where a passkey lives, in words: what its owner looks for to use it."""
    if synced:
        return "synced between your devices"
    if "internal" in transports:
        return "on one device only"
    if {"usb", "nfc", "ble", "smart-card"} & set(transports):
        return "on a security key"
    return "on a phone" if "hybrid" in transports else ""


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in table if mark in agent[:LONGEST]), "")
