"""What is wrong with a field or parameter of a request, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fairlead.lib.speech import later

WRONG: Final = later("This value is not what is expected here.")
NUMBER: Final = later("A whole number is expected.")
LIST: Final = later("A list is expected.")
OBJECT: Final = later("An object is expected.")
MOMENT: Final = later("Write it as 2026-11-23T09:00:00Z, with a time zone.")
DAY: Final = later("Write it as 2026-11-23.")
SAID: Final[dict[str, str]] = {
    "missing": later("This field is needed."),
    "extra_forbidden": later("There is no such field here."),
    "string_type": later("A text is expected."),
    "string_too_short": later("At least %(min_length)s characters are expected."),
    "string_too_long": later("At most %(max_length)s characters are expected."),
    "string_pattern_mismatch": later("The text does not have the expected form: %(pattern)s"),
    "int_type": NUMBER,
    "int_parsing": NUMBER,
    "int_parsing_size": NUMBER,
    "int_from_float": NUMBER,
    "float_type": later("A number is expected."),
    "float_parsing": later("A number is expected."),
    "finite_number": later("A number is expected."),
    "bool_type": later("true or false is expected."),
    "bool_parsing": later("true or false is expected."),
    "list_type": LIST,
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "greater_than": later("A value greater than %(gt)s is expected."),
    "greater_than_equal": later("A value of at least %(ge)s is expected."),
    "less_than": later("A value less than %(lt)s is expected."),
    "less_than_equal": later("A value of at most %(le)s is expected."),
    "too_short": later("At least %(min_length)s are expected."),
    "too_long": later("At most %(max_length)s are expected."),
    "literal_error": later("One of these is expected: %(expected)s."),
    "enum": later("One of these is expected: %(expected)s."),
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
}
"""By the name that pydantic gives to what is wrong; values in brackets are those of its context."""


def wrong(found: Mapping[str, Any]) -> str:
    """One sentence about what pydantic found. Our own checks (`ValueError`) say theirs; what nobody has worded is
    only called wrong."""
    context = {name: _plain(value) for name, value in (found.get("ctx") or {}).items()}
    if found["type"] == "value_error":
        return context["error"]
    return str(SAID.get(found["type"], WRONG)) % context


def _plain(value: Any) -> str:
    """Pydantic lists choices as `'a', 'b' or 'c'`: without the word the list is the same in every language."""
    return str(value).replace(" or ", ", ")
