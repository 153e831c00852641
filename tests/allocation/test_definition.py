"""A policy's content: the same as fields, text and data, and refused with the path of each fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.allocation.routing import STRATEGIES, Definition, Step, from_dict, from_text, to_text
from fairlead.allocation.routing.definition import AUTONOMY, HOW, PICK, WEIGHTS
from fairlead.lib.errors import Invalid
from fairlead.web.policy_forms import definition_from, rearranged, typed_of

NAMES = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip).map(str.strip)
)
STEPS = st.builds(
    Step,
    name=NAMES,
    who=st.sampled_from(["", "worker.kind == 'agent'", "worker.skills['C\\\\x'] > 1\n&& worker.rate < 3"]),
    how=st.sampled_from(list(HOW)),
    strategy=st.sampled_from([it.name for it in STRATEGIES]),
    ask=st.integers(1, 20),
    answer_min=st.integers(1, 4800),
    lasts_min=st.integers(1, 9000),
    relax=st.integers(0, 4),
    waits=st.booleans(),
)
DEFINITIONS = st.builds(
    Definition,
    takes=st.sampled_from(["", "task.priority > 2", "task.title == \"it's\" && 'x' in task.labels"]),
    autonomy=st.sampled_from(list(AUTONOMY)),
    steps=st.lists(STEPS, min_size=1, max_size=8).map(tuple),
    age_h=st.integers(0, 8760),
    claims=st.integers(1, 50),
    pick=st.sampled_from(list(PICK)),
    weights=st.dictionaries(st.sampled_from(WEIGHTS), st.integers(0, 500)),
)


@settings(max_examples=150)
@given(DEFINITIONS)
def test_text_fields_and_data_say_the_same(found: Definition) -> None:
    same = from_dict(found.to_dict())
    assert from_text(to_text(same)) == same
    typed = typed_of(same)
    assert definition_from(typed, as_text=False) == same
    assert definition_from(typed, as_text=True) == same


@pytest.mark.parametrize(("data", "path", "told"), [
    ({"take": ""}, "take", "is not known here"),
    ({"autonomy": "full"}, "autonomy", "Choose one of suggest, approve, undo, auto."),
    ({"age_h": True}, "age_h", "This has to be a whole number."),
    ({"claims": 0}, "claims", "from 1 to 50"),
    ({"takes": "task.x > 1"}, "takes", "At character 1: There is nothing called task.x."),
    ({"steps": "all"}, "steps", "Steps are a list"),
    ({"steps": []}, "steps", "between 1 and 8 steps"),
    ({"steps": [{"name": "A"}, {"name": "B", "who": "worker.nope"}]}, "steps.2.who", "nothing called worker.nope"),
    ({"steps": [{"name": "A", "strategy": "luck"}]}, "steps.1.strategy", "Choose one of best"),
    ({"steps": [{"name": " "}]}, "steps.1.name", "Name the step"),
    ({"steps": [{"name": "A", "waits": True}]}, "steps.1.lasts_min", "needs to know how long"),
    ({"weights": {"luck": 5}}, "weights.luck", "There is no weight called luck"),
    ({"weights": {"labour": 501}}, "weights.labour", "from 0 to 500"),
])  # fmt: skip
def test_what_cannot_work_is_refused_with_its_path(data: dict[str, object], path: str, told: str) -> None:
    with pytest.raises(Invalid) as error:
        from_dict(data)
    assert told in error.value.fields[path]


def test_text_that_is_not_toml_is_refused_with_line_and_column() -> None:
    with pytest.raises(Invalid) as error:
        from_text('takes = "a"\nautonomy == 3')
    assert "line 2, column 11" in error.value.fields["text"]


def test_steps_are_added_dropped_and_moved_without_losing_what_was_typed() -> None:
    typed = typed_of(Definition(steps=(Step("One"), Step("Two"))))
    typed["steps"][0]["who"] = "half a cond"
    names = lambda it: [step["name"] for step in it["steps"]]  # noqa: E731  one line, four uses
    assert names(rearranged(typed, "add")) == ["One", "Two", "Step 3"]
    assert names(rearranged(typed, "up-2")) == ["Two", "One"]
    assert names(rearranged(typed, "drop-2")) == ["One"]
    assert rearranged(typed, "drop-2")["steps"][0]["who"] == "half a cond"
    assert names(rearranged(typed, "drop-9")) == names(rearranged(typed, "nonsense")) == ["One", "Two"]
