"""Whatever a problem file holds: it is read and comes back as the same bytes, or it is refused at a place it has."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.engine import (
    Objective,
    Problem,
    ProblemErrors,
    Task,
    Worker,
    plan_bytes,
    plan_from_bytes,
    plan_from_dict,
    problem_bytes,
    problem_from_bytes,
    problem_from_dict,
    solve,
)
from fairlead.engine.files import document
from fairlead.engine.testing import START, Shape, random_problem
from fairlead.engine.validation import OBJECTIVE_FIELDS, PROBLEM_FIELDS, TASK_FIELDS, WORKER_FIELDS, Check

PROBLEMS = [random_problem(seed, Shape(workers=3, tasks=6)) for seed in range(12)]
DOCUMENTS: list[Any] = [json.loads(problem_bytes(of)) for of in PROBLEMS]
PLANS: list[Any] = [json.loads(plan_bytes(solve(of))) for of in PROBLEMS[:4]]

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 3, 7, 2**53 + 1, 10**12, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "w0", "t1", "zoe", "\ud800", "fairlead.problem/1", "2026-11-23T00:00:00Z", "2026-11-23"),
    *("0001-01-01T00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "2026-W48-1T00+00"),
    *([], ["t0"], ["t0", "t0"], ["w1", None], [[0, 60]], [[60, 0]], [[0, 60], [59, 90]], [[0, 1, 2]], [[[0]]], [1, 2]),
    *({}, {"w0": 3}, {"zoe": 1}, {"": 1}, {"\udc00": 1}, {"w0": -1}, {"worker": "w0"}, {"worker": "w1", "start": -1}),
    json.loads("[" * 300 + "]" * 300),
]  # fmt: skip
"""Values with which files went wrong before, or could."""

KEYS = sorted({"bogus", "a.b", "", "workers", "tasks", "start", *TASK_FIELDS, *WORKER_FIELDS, *OBJECTIVE_FIELDS})
values = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container below this value with each of its keys or positions."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@st.composite
def mutations(draw: st.DrawFn, documents: list[Any]) -> Any:
    """A sound document with one to four places changed."""
    changed = copy.deepcopy(draw(st.sampled_from(documents)))
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(changed))
        if not found:
            break
        parent, key = draw(st.sampled_from(found))
        change = draw(st.sampled_from(("replace", "delete", "double", "add")))
        if change == "delete":
            del parent[key]
        elif change == "double" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        elif change == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(values))
        else:
            parent[key] = copy.deepcopy(draw(values))
    return changed


def leads_somewhere(value: Any, path: str) -> bool:
    """Whether the path ends at a value of the document, at one of its keys, or at a key that is missing there."""
    if path in ("", " (key)", "(key)"):
        return True
    if isinstance(value, list) and path.startswith("["):
        position, _, rest = path[1:].partition("]")
        return int(position) < len(value) and leads_somewhere(value[int(position)], rest)
    path = path.removeprefix(".")
    if isinstance(value, dict):
        names = {document.key_path(name): item for name, item in value.items()}
        if any(path.startswith(name) and leads_somewhere(names[name], path[len(name) :]) for name in names):
            return True
    return path.isidentifier()


def faults(read: Callable[[Any], Any], value: Any) -> list[str]:
    """Paths at which the value is refused; none when it is read. Any other exception is a bug."""
    try:
        read(value)
    except ProblemErrors as refused:
        assert str(refused).encode(), "the message can be printed"  # noqa: PT017 - it is read or refused
        return [error.path for error in refused.errors]
    return []


@settings(max_examples=300)
@given(mutations(DOCUMENTS))
def test_a_changed_document_is_read_or_refused_where_it_is_wrong(changed: Any) -> None:
    paths = faults(problem_from_dict, changed)
    assert [path for path in paths if not path or not leads_somewhere(changed, path)] == []
    if not paths:
        raw = problem_bytes(problem_from_dict(changed))
        assert problem_bytes(problem_from_bytes(raw)) == raw


@settings(max_examples=150)
@given(mutations(PLANS))
def test_a_changed_plan_is_read_or_refused_where_it_is_wrong(changed: Any) -> None:
    paths = faults(plan_from_dict, changed)
    assert [path for path in paths if not path or not leads_somewhere(changed, path)] == []
    if not paths:
        raw = plan_bytes(plan_from_dict(changed))
        assert plan_bytes(plan_from_bytes(raw)) == raw


@settings(max_examples=200)
@given(st.sampled_from(PROBLEMS), st.booleans(), st.integers(0, 10**6), st.integers(0, 5), st.binary(max_size=5))
def test_changed_bytes_are_read_or_refused(of: Problem, packed: bool, at: int, less: int, more: bytes) -> None:
    raw = gzip.compress(problem_bytes(of), mtime=0) if packed else problem_bytes(of)
    at %= len(raw)
    assert all(faults(problem_from_bytes, raw[:at] + more + raw[at + less :]))


CHECKS = [*PROBLEM_FIELDS.values(), *WORKER_FIELDS.values(), *TASK_FIELDS.values(), *OBJECTIVE_FIELDS.values()]
SOUND = ("w0", 3, 0.5, {"w0": 1}, {"w0": 0.5}, ("w0", "w1"), ((0, 60), (60, 90)), None, START)


@settings(max_examples=300)
@given(st.sampled_from(CHECKS), st.lists(st.sampled_from(SOUND) | values, max_size=3))
def test_a_column_is_called_sound_only_when_each_value_is(check: Check, column: list[Any]) -> None:
    assert not check.all_sound(column) or not any(check.faults(value) for value in column)


# -- single faults that were or could be trouble --------------------------------------------------------------


def refused(raw: Any) -> list[str]:
    """Paths at which this document is refused."""
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict(raw)
    return [error.path for error in found.value.errors]


def with_tasks(*tasks: Any) -> dict[str, Any]:
    """A document of two workers and these tasks."""
    workers = [{"id": "w0"}, {"id": "w1"}]
    return {"format": "fairlead.problem/1", "start": START.isoformat(), "workers": workers, "tasks": list(tasks)}


def test_a_row_that_is_no_object_does_not_move_the_places_of_those_after_it() -> None:
    assert refused(with_tasks(3, {"id": "a", "effort": -1}, None, {"id": "b", "effort": 5, "now": "zoe"})) == [
        "tasks[0]",
        "tasks[2]",
        "tasks[1].effort",
        "tasks[3].now",
    ]


def test_lists_nested_too_deep_for_recursion_are_refused() -> None:
    nested = json.loads("[" * 800 + "]" * 800)
    assert refused(with_tasks({"id": "a", "effort": 5, "after": nested, "only": nested, "context": nested})) == [
        "tasks[0].after[0]",
        "tasks[0].context",
        "tasks[0].only[0]",
    ]


def test_half_a_surrogate_pair_is_refused_because_no_file_could_hold_it() -> None:
    raw = with_tasks({"id": "a\ud800", "effort": 5, "needs": {"\udc00": 9}, "\ud800": 1})
    with pytest.raises(ProblemErrors) as found:
        problem_from_dict(raw)
    assert str(found.value).encode().decode().splitlines()[1:] == [
        "tasks[0].id: 'a\\ud800' is not allowed; allowed: a text without half a surrogate pair",
        "tasks[0].needs (key): '\\udc00' is not allowed; allowed: a text without half a surrogate pair",
        "tasks[0].needs.\\udc00: 9 is not allowed; allowed: an integer from 1 to 5",
    ]


def test_an_object_with_a_repeated_key_is_no_list() -> None:
    raw = json.dumps(with_tasks({"id": "a", "effort": 5, "after": {"t": 1}})).replace('{"t": 1}', '{"t": 1, "t": 2}')
    with pytest.raises(ProblemErrors) as found:
        problem_from_bytes(raw.encode())
    assert [str(error) for error in found.value.errors] == [
        "tasks[0].after: {'t': 2} is not allowed; allowed: a list of ids"
    ]


def test_a_packed_file_may_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_UNPACKED_BYTES", 1 << 20)
    with pytest.raises(ProblemErrors, match="more than 1 MiB unpacked"):
        problem_from_bytes(gzip.compress(b" " * (1 << 20) + b"{}"))


def test_a_number_too_long_to_be_written_is_described() -> None:
    with pytest.raises(ProblemErrors, match="horizon: an integer of 33220 bits is not allowed"):
        Problem(START, (), (), horizon=10**10_000)


def test_costs_whose_sum_is_no_number_are_refused() -> None:
    cost = {"total": 1.0, **dict.fromkeys(Objective.__dataclass_fields__, 1.7e308)}
    with pytest.raises(ProblemErrors) as found:
        plan_from_dict({"format": "fairlead.plan/1", "assignments": [], "cost": cost})
    assert [error.path for error in found.value.errors] == ["cost.total"]


# -- as many as there may be ----------------------------------------------------------------------------------

MANY = 50_000


def many(**changes: Any) -> list[Task]:
    """So many sound tasks, the last of them with changes."""
    return [
        *(Task(f"t{number}", 60) for number in range(MANY - 1)),
        Task(**{"id": f"t{MANY - 1}", "effort": 60} | changes),
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"due": "soon"}, ".due"),
        ({"id": "t0"}, ".id"),
        ({"now": "zoe"}, ".now"),
        ({"after": ("t49999",)}, ".after"),
        ({"after": ("t0", "t0")}, ".after[1]"),
        ({"misfit": {"w0": float("nan")}}, ".misfit.w0"),
    ],
)
def test_one_fault_among_many_tasks_is_found(change: dict[str, Any], path: str) -> None:
    with pytest.raises(ProblemErrors) as found:
        Problem(START, (Worker("w0"),), tuple(many(**change)))
    assert [error.path for error in found.value.errors] == [f"tasks[{MANY - 1}]{path}"]


def test_a_fault_in_each_of_many_tasks_is_reported_and_the_first_are_shown() -> None:
    rows = [{"id": f"t{number}", "effort": 60, "due": -1, "never": ["zoe"]} for number in range(MANY)]
    with pytest.raises(ProblemErrors) as found:
        problem_from_bytes(json.dumps(with_tasks(*rows)).encode())
    assert len(found.value.errors) == 2 * MANY
    lines = str(found.value).splitlines()
    assert lines[0] == "tasks[0].due: -1 is not allowed; allowed: an integer from 0 to 53000000"
    assert (len(lines), lines[-1]) == (51, "and 99,950 more")


def test_a_cycle_of_many_tasks_is_one_fault_that_names_some() -> None:
    ring = tuple(Task(f"t{number}", 60, after=(f"t{(number + 1) % MANY}",)) for number in range(MANY))
    with pytest.raises(ProblemErrors) as found:
        Problem(START, (), ring)
    assert [error.path for error in found.value.errors] == [f"tasks[{MANY - 1}].after"]
    assert "(cycle: t0 → t1 → t2 →" in str(found.value)
    assert "→ t9 → … 49,980 more … → t49990 →" in str(found.value)
    assert str(found.value).endswith("→ t49999 → t0)")


def test_a_long_cycle_closed_by_every_task_is_reported_edge_by_edge() -> None:
    ring = [Task(f"t{number}", 60, after=(f"t{(number + 1) % MANY}", "t0")) for number in range(1, MANY - 1)]
    tasks = (Task("t0", 60, after=("t1",)), *ring, Task(f"t{MANY - 1}", 60, after=("t0",)))
    with pytest.raises(ProblemErrors) as found:
        Problem(START, (), tasks)
    assert len(found.value.errors) == MANY - 1
