"""Conditions: what they may say, and that a mistake is told at its place."""

from __future__ import annotations

import pytest

from fairlead.allocation.routing.expressions import about_task, about_worker, blanks
from fairlead.lib.cel import BadExpression

TASK = {
    "task.priority": 3, "task.labels": ["shop"], "task.title": "Fix it", "task.effort_h": 2.5,
    "task.needs": {"Python": 3, "SQL": 0}, "task.skills": ["Python"], "now.hour": 10,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [
    ("", True),
    ("task.priority >= priority.high && 'shop' in task.labels", True),
    ("task.effort_h > 2", True),
    ("task.effort_h < 2.5", False),
    ("task.needs['SQL'] > 0", False),
    ("task.skills.exists(s, s.startsWith('Py'))", True),
    ("task.title.contains('bug') || now.hour < 12", True),
    ("!(task.title == 'Fix it')", False),
])  # fmt: skip
def test_a_condition_holds_or_not(text: str, expected: bool) -> None:
    assert about_task(text).holds(TASK) is expected


@pytest.mark.parametrize(("text", "at", "told"), [
    ("task.prioriy > 2", 0, "There is nothing called task.prioriy. Did you mean task.priority?"),
    ("true && task.lables.size() > 0", 8, "There is nothing called task.lables.size. Did you mean task.labels?"),
    ("task.priority >", 15, "It ends too early: something is missing here."),
    ("task.title = 'x'", 11, "Write == to ask whether two things are equal."),
    ("task.title + 1 == 2", 11, "These two cannot be compared or combined: their kinds differ."),
    ("task.priority", 0, "This gives a value; a condition is yes or no, such as task.priority >= priority.high."),
    ("worker.kind == 'agent'", 0, "Which tasks a policy takes depends on the task alone"),
    ("now.hour > 9\n  && now.our < 17", 18, "There is nothing called now.our. Did you mean now.hour?"),
    ("x" * 2001, 2000, "A condition has at most 2000 characters."),
])  # fmt: skip
def test_a_mistake_is_told_at_its_character(text: str, at: int, told: str) -> None:
    with pytest.raises(BadExpression) as error:
        about_task(text)
    assert error.value.at == at
    assert str(error.value).startswith(f"At character {at + 1}: {told}")


@pytest.mark.parametrize(("text", "told"), [
    ("task.needs['Pyhton'] > 1", "There is no skill called Pyhton in this workspace."),
    ("1 / 0 == 1", "It cannot be worked out: divide by zero"),
    ("task.title.matches('(')", "It cannot be worked out"),
])  # fmt: skip
def test_what_shows_only_with_real_values_is_told_in_words(text: str, told: str) -> None:
    with pytest.raises(BadExpression, match=told):
        about_task(text).holds(TASK)


def test_a_loop_without_end_is_stopped() -> None:
    inner = "true"
    for name in "abcdefgh":
        inner = f"[0,1,2,3,4,5,6,7,8,9].all({name}, {inner})"
    with pytest.raises(BadExpression, match="Iteration budget exceeded"):
        about_task(inner).holds(TASK)


def test_a_step_speaks_of_worker_and_task_and_every_name_has_a_blank() -> None:
    values = blanks(["Python"])
    condition = about_worker("worker.skills['Python'] >= task.needs['Python'] && worker.rate < 80")
    assert condition.holds(values)
    assert not condition.holds({**values, "worker.rate": 80.0})
