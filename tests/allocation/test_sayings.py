"""Kept sentences are said in the language of whoever reads them."""

from __future__ import annotations

from fairlead.allocation.sayings import in_own_words
from fairlead.lib.sayings import Saying
from fairlead.lib.speech import mark, speaking

FAULT = Saying(mark("There is no skill called %(name)s in this workspace."), {"name": "Go"})
WHY = Saying(mark("The condition of “%(step)s” cannot be worked out: %(fault)s"), {"step": "Pool", "fault": FAULT})
ENGLISH = "The condition of “Pool” cannot be worked out: There is no skill called Go in this workspace."
GERMAN = (
    "Die Bedingung von „Pool“ lässt sich nicht auswerten: In diesem Arbeitsbereich gibt es keine Fähigkeit namens Go."
)


def test_a_kept_sentence_is_said_in_the_language_of_its_reader_with_all_that_is_in_it() -> None:
    assert str(WHY) == ENGLISH
    with speaking("de"):
        assert (str(WHY), WHY.english) == (GERMAN, ENGLISH)
        kept = WHY.kept()
        assert in_own_words(WHY.english, kept) == GERMAN
    assert in_own_words(WHY.english, kept) == ENGLISH


def test_what_was_kept_without_its_parts_is_said_as_it_is() -> None:
    with speaking("de"):
        assert in_own_words("Every step of its policy was tried.", {}) == "Every step of its policy was tried."
