"""Icons: one path for all parts of a drawing, and the same picture as the parts."""

from xml.etree import ElementTree

import pytest
from lucide import IconDoesNotExist

from fairlead.web.icons import icon, outline


@pytest.mark.parametrize(
    ("shape", "form", "path"),
    [
        ("path", {"d": "M8 2v4"}, "M8 2v4"),
        ("path", {"d": "m9 12 2 2 4-4"}, "M0 0m9 12 2 2 4-4"),
        ("line", {"x1": "3", "y1": "4", "x2": "21", "y2": "4.5"}, "M3 4L21 4.5"),
        ("polyline", {"points": "3 7 12 13"}, "M3 7 12 13"),
        ("polygon", {"points": "3 7 12 13 5 5"}, "M3 7 12 13 5 5Z"),
        ("circle", {"cx": "12", "cy": "13", "r": "10"}, "M2 13a10 10 0 1 0 20 0a10 10 0 1 0 -20 0Z"),
        ("ellipse", {"cx": "12", "cy": "5", "rx": "9", "ry": "3"}, "M3 5a9 3 0 1 0 18 0a9 3 0 1 0 -18 0Z"),
        ("rect", {"x": "1", "y": "2", "width": "5", "height": "4"},
         "M1 2h5a0 0 0 0 1 0 0v4a0 0 0 0 1 0 0h-5a0 0 0 0 1 0 0v-4a0 0 0 0 1 0 0Z"),
        ("rect", {"x": "3", "y": "4", "width": "18", "height": "16", "rx": "2"},
         "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2Z"),
        ("rect", {"width": "6", "height": "4", "rx": "9", "ry": "1"},
         "M3 0h0a3 1 0 0 1 3 1v2a3 1 0 0 1 -3 1h0a3 1 0 0 1 -3 -1v-2a3 1 0 0 1 3 -1Z"),
    ],
)  # fmt: skip
def test_a_shape_as_a_path(shape, form, path):
    assert outline(shape, form).replace("-0", "0") == path


def test_the_parts_of_an_icon_are_one_path():
    svg = ElementTree.fromstring(icon("calendar-x", 20))  # noqa: S314  our own
    assert [part.tag for part in svg] == ["path"]
    assert svg.attrib["width"] == "20"
    assert svg.attrib["aria-hidden"] == "true"


def test_a_dot_that_is_filled_stays_by_itself():
    svg = ElementTree.fromstring(icon("palette"))  # noqa: S314  our own
    assert [part.tag for part in svg] == ["path", "circle", "circle", "circle", "circle"]
    assert svg[1].attrib["fill"] == "currentColor"


def test_a_slip_in_a_name_shows():
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")
