"""The engine's sentences are English text that still knows what it was made of."""

from __future__ import annotations

import json
import pickle

import pytest

from fairlead.engine.saying import Row, both, parts, say
from fairlead.engine.wording import count, listing, points


def test_a_sentence_is_text_and_keeps_its_pattern_and_values() -> None:
    said = say("needs %(skill)s ≥ %(level)s", skill="50% of scala", level=3)
    assert said == "needs 50% of scala ≥ 3"
    assert parts(said) == {"text": "needs %(skill)s ≥ %(level)s", "values": {"skill": "50% of scala", "level": 3}}


def test_it_survives_the_way_out_of_the_process_that_solves() -> None:
    said = Row("; ", [both(["a", "b", "c"]), points(12.4), listing(["dana", "eric"]), count(2, "task")])
    again = pickle.loads(pickle.dumps(said))  # noqa: S301  our own words
    assert again == said == "a and b and c; 12.4 points; dana and eric; 2 tasks"
    assert parts(again) == parts(said)


def test_in_json_it_is_the_same_as_plain_text() -> None:
    assert json.dumps(say("%(task)s is new", task="t1")) == '"t1 is new"'


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.01, "next to nothing"),
        (1.0, "1 point"),
        (12.44, "12.4 points"),
        (9887.0, "9887 points"),
        (104_955.9, "about 105,000 points"),
        (-104_955.9, "about -105,000 points"),
    ],
)
def test_points_are_said_as_exactly_as_anybody_weighs_them(number: float, said: str) -> None:
    assert points(number) == said
