"""Every text can be read in both themes, and nothing in the pages needs an inline style or script."""

import json
import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src/fairlead/web"
SHEET = (WEB / "static/css/tokens.css").read_text()
SURFACES = ("bg", "side", "panel", "raise")
Rgb = tuple[float, float, float]


def linear(lightness: float, chroma: float, hue: float) -> Rgb:
    """Oklch to linear sRGB, clipped to what a screen can show (Ottosson 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    return red, green, blue


def parse(text: str) -> Rgb:
    lightness, chroma, hue = re.match(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)", text).groups()  # type: ignore[union-attr]
    return linear(float(lightness) / 100, float(chroma), float(hue))


def tokens(theme: int) -> dict[str, Rgb]:
    """Every colour token; theme 0 = light, 1 = dark."""
    found = {}
    for name, value in re.findall(r"--([\w-]+): ((?:light-dark\()?oklch\(.*);", SHEET):
        colours = re.findall(r"oklch\([\d.]+% [\d.]+ [\d.]+\)", value)
        if colours:
            found[name] = parse(colours[theme if len(colours) > 1 else 0])
    return found


def luminance(colour: Rgb) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2 contrast ratio, 1..21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def encoded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def over(colour: Rgb, alpha: float, ground: Rgb) -> Rgb:
    """A translucent colour on a ground, as a browser composes it."""
    red, green, blue = (
        decoded(alpha * encoded(c) + (1 - alpha) * encoded(g)) for c, g in zip(colour, ground, strict=True)
    )
    return red, green, blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
def test_text_is_readable_on_every_surface(theme: int, surface: str) -> None:
    colours = tokens(theme)
    ink, ground = colours["ink"], colours[surface]
    hovered = over(ink, 0.1, ground)
    for name in ("ink", "soft", "mute", "link", "ok-ink", "warn-ink", "bad-ink", "info-ink", "agent-ink"):
        assert contrast(colours[name], ground) >= 4.5, name
    for name in ("ink", "soft"):
        assert contrast(colours[name], hovered) >= 4.5, f"{name} on hover"
    assert contrast(colours["mute"], over(ink, 0.05, ground)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_badges_buttons_and_avatars_are_readable(theme: int) -> None:
    colours = tokens(theme)
    for ground in (colours["panel"], colours["bg"], colours["raise"]):
        for tone in ("ok", "warn", "bad", "info", "agent"):
            assert contrast(colours[f"{tone}-ink"], over(colours[tone], 0.15, ground)) >= 4.5, tone
    for fill in ("accent", "accent-hover"):
        assert contrast(colours["on-accent"], colours[fill]) >= 4.5, fill
    for number, hue, chroma in re.findall(r"\.c(\d+) \{ --ch: (\d+); --cc: ([\d.]+); \}", SHEET):
        assert contrast((1.0, 1.0, 1.0), linear(0.53, float(chroma), float(hue))) >= 4.5, f"c{number}"
        tint = over(linear(0.53, float(chroma), float(hue)), 0.15, colours["panel"])
        ink = linear(0.42, float(chroma), float(hue)) if theme == 0 else linear(0.84, float(chroma) * 0.6, float(hue))
        assert contrast(ink, tint) >= 4.5, f"ink of c{number}"


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_shapes_that_carry_meaning_stand_out(theme: int) -> None:
    colours = tokens(theme)
    for name in ("control", "focus", "ok", "warn", "bad", "info", "agent", "idle", "accent"):
        assert contrast(colours[name], colours["panel"]) >= 3, name


def test_no_template_has_an_inline_style_or_handler() -> None:
    for template in (WEB / "templates").rglob("*.jinja"):
        text = template.read_text()
        assert not re.search(
            r"\sstyle=|\son(click|change|submit|input|load)=|<style|<script(?! src| type=.application/json)", text
        ), template


def test_the_lock_of_the_browser_files_pins_hashes_and_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all(entry["integrity"] for name, entry in packages.items() if name)


def test_own_scripts_stay_small() -> None:
    sizes = {path.name: len(path.read_text().splitlines()) for path in (WEB / "static/js").glob("*.js")}
    assert {name: size for name, size in sizes.items() if size > 250} == {}
    assert sum(sizes.values()) <= 2400
