"""Colours: how well they can be read on each other (WCAG 2.2), and the nearest one that can.

Between sRGB as `#rrggbb` and OKLCH (lightness 0 to 1, chroma, hue in degrees): B. Ottosson, "A perceptual color space
for image processing", 2020.
"""

from __future__ import annotations

import math
import re
from typing import Final

AA: Final = 4.5
"""The least contrast of text with what is behind it: WCAG 2.2, success criterion 1.4.3."""
PAPER: Final = "#f8f9fb"
"""The lightest page of the product in its light theme; what can be read on it can be read on white, too."""
STEP: Final = 0.005
HEX: Final = re.compile(r"#[0-9a-f]{6}")
Triple = tuple[float, float, float]


def is_colour(text: str) -> bool:
    """Whether the text is written like #2f5bd7."""
    return HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_readable(colour: str) -> bool:
    """Whether white text can be read on it, and it as text on paper."""
    return contrast(colour, PAPER) >= AA


def nearest_readable(colour: str) -> str:
    """The colour itself, or the lightest one of the same hue that is readable."""
    lightness, chroma, hue = oklch(colour)
    found = colour
    while not is_readable(found):
        lightness -= STEP
        found = from_oklch(lightness, chroma, hue)
    return found


def oklch(colour: str) -> Triple:
    """Lightness 0 to 1, chroma 0 to about 0.37, hue 0 to 360."""
    r, g, b = (_linear(part) for part in _parts(colour))
    lms = (
        0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
        0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
        0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    )
    el, em, es = (part ** (1 / 3) for part in lms)
    lightness = 0.2104542553 * el + 0.7936177850 * em - 0.0040720468 * es
    a = 1.9779984951 * el - 2.4285922050 * em + 0.4505937099 * es
    b_axis = 0.0259040371 * el + 0.7827717662 * em - 0.8086757660 * es
    return lightness, math.hypot(a, b_axis), math.degrees(math.atan2(b_axis, a)) % 360


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The colour, with less chroma where a screen cannot show as much."""
    while True:
        parts = _to_linear(lightness, chroma, hue)
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in parts):
            return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02x}" for part in parts)
        chroma = max(0.0, chroma - STEP)


def _to_linear(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    el = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    em = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    es = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * el - 3.3077115913 * em + 0.2309699292 * es,
        -1.2684380046 * el + 2.6097574011 * em - 0.3413193965 * es,
        -0.0041960863 * el - 0.7034186147 * em + 1.7076147010 * es,
    )


def _luminance(colour: str) -> float:
    r, g, b = (_linear(part) for part in _parts(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _parts(colour: str) -> Triple:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
