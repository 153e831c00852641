"""Request forms as plain data: questions, which of them are shown, what the answers are, and the task they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from fairlead.lib.speech import later, tr
from fairlead.work.drafts import MAX_LABEL, MAX_TEXT, MAX_TITLE, TaskDraft
from fairlead.work.models import RequestForm, Task

KINDS: Final = {
    "short": later("A line of text"),
    "long": later("A longer text"),
    "choice": later("One of several"),
    "multi": later("Any of several"),
    "date": later("A date"),
    "number": later("A number"),
}
TARGETS: Final = {
    "": later("The description"),
    "title": later("The title"),
    "labels": later("Labels"),
    "due": later("The due date"),
    "priority": later("The priority"),
}
FITTING: Final[Mapping[str, frozenset[str]]] = {
    "title": frozenset({"short"}),
    "labels": frozenset({"choice", "multi", "short"}),
    "due": frozenset({"date"}),
    "priority": frozenset({"choice"}),
}
"""Which kinds of questions can become what of the task."""
MOST_QUESTIONS: Final = 40
MOST_OPTIONS: Final = 30
MAX_QUESTION, MAX_OPTION, MAX_SHORT, MAX_LONG = 200, 100, 300, 10_000
DUE_HOUR: Final = 18
PRIORITIES: Final = {level.word.casefold(): level.value for level in Task.Priority}
Typed = Mapping[str, Sequence[str]]
"""What was typed, by the id of the question; several values for `multi`."""


@dataclass(frozen=True)
class Question:
    """One question. `when` is the id of an earlier one and `equals` the answer that makes this one appear."""

    id: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    target: str = ""
    when: str = ""
    equals: str = ""

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return {**self.__dict__, "options": list(self.options)}


def read_questions(document: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions of a stored form."""
    return tuple(Question(**{**row, "options": tuple(row.get("options", ()))}) for row in document)


def wrong_questions(questions: Sequence[Question]) -> dict[str, str]:
    """What is wrong with a form's questions: {question id, or "questions": what to do}."""
    if not questions:
        return {"questions": tr("Ask at least one question.")}
    if len(questions) > MOST_QUESTIONS:
        return {"questions": tr("A form has at most %(most_questions)s questions.", most_questions=MOST_QUESTIONS)}
    ids = [question.id for question in questions]
    if len(set(ids)) < len(ids) or not all(re.fullmatch(r"q[0-9]{1,4}", name) for name in ids):
        return {"questions": tr("Each question has an id of its own, from q1 on.")}
    wrong: dict[str, str] = {}
    earlier: dict[str, Question] = {}
    for question in questions:
        if text := _wrong_question(question, earlier):
            wrong[question.id] = text
        earlier[question.id] = question
    titles = [q for q in questions if q.target == "title"]
    if len(titles) > 1:
        wrong[titles[1].id] = tr("Only one question can become the title.")
    return wrong


def _wrong_question(question: Question, earlier: Mapping[str, Question]) -> str:
    if not question.label or len(question.label) > MAX_QUESTION:
        return tr("Write the question, in at most %(max_question)s characters.", max_question=MAX_QUESTION)
    if question.kind not in KINDS or question.target not in TARGETS:
        return tr("Choose what kind of answer it takes.")
    if question.kind in ("choice", "multi"):
        if not 2 <= len(question.options) <= MOST_OPTIONS or len(set(question.options)) < len(question.options):
            return tr(
                "Give 2 to %(most_options)s different answers to choose from, one a line.", most_options=MOST_OPTIONS
            )
        if any(len(option) > MAX_OPTION for option in question.options):
            return tr("An answer has at most %(max_option)s characters.", max_option=MAX_OPTION)
    if question.target and question.kind not in FITTING[question.target]:
        return tr("This kind of answer cannot become %(value)s.", value=TARGETS[question.target].lower())
    if not question.when:
        return ""
    before = earlier.get(question.when)
    if before is None:
        return tr("It can depend on an earlier question only.")
    if before.options and question.equals not in before.options:
        return f"“{question.equals}” is no answer of “{before.label}”."
    return "" if question.equals else tr("Say which answer makes this question appear.")


def shown_questions(questions: Sequence[Question], typed: Typed) -> list[Question]:
    """Those that the answers so far make appear; one that depends on a hidden question is hidden, too."""
    found: list[Question] = []
    visible: set[str] = set()
    for question in questions:
        if not question.when or (question.when in visible and question.equals in typed.get(question.when, ())):
            found.append(question)
            visible.add(question.id)
    return found


def wrong_answers(questions: Sequence[Question], typed: Typed) -> dict[str, str]:
    """What is wrong with the answers to the questions that are shown: {question id: what to do}."""
    wrong = {}
    for question in shown_questions(questions, typed):
        values = _values(question, typed)
        if not values:
            if question.required:
                wrong[question.id] = tr("Please answer this.")
        elif text := _wrong_value(question, values):
            wrong[question.id] = text
    return wrong


def _values(question: Question, typed: Typed) -> list[str]:
    return [value.strip() for value in typed.get(question.id, ()) if value.strip()]


def _wrong_value(question: Question, values: Sequence[str]) -> str:
    if any("\0" in value for value in values):
        return tr("It has a character that cannot be stored.")
    most = {"short": MAX_SHORT, "long": MAX_LONG}.get(question.kind)
    if most is not None and len(values[0]) > most:
        return tr("At most %(most)s characters.", most=most)
    if question.options and set(values) - set(question.options):
        return tr("Choose from the list.")
    if question.kind == "date" and _day(values[0]) is None:
        return tr("Write the day like 2026-11-30.")
    if question.kind == "number" and not _is_number(values[0]):
        return tr("Write a number.")
    return ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2199 else None


def _is_number(text: str) -> bool:
    whole, _, part = text.replace(",", ".").lstrip("-").partition(".")
    return whole.isdecimal() and (not part or part.isdecimal()) and len(text) < 20


def answers_of(questions: Sequence[Question], typed: Typed) -> list[tuple[str, str]]:
    """(question, answer) of every shown question that was answered, as people read it."""
    rows = [(question.label, ", ".join(_values(question, typed))) for question in shown_questions(questions, typed)]
    return [(label, answer) for label, answer in rows if answer]


def draft_of(form: RequestForm, typed: Typed, *, zone: str, needs: Mapping[int, int]) -> TaskDraft:
    """The task that the answers ask for, with the form's own labels, priority and needs."""
    questions = shown_questions(read_questions(form.questions), typed)
    by_target: dict[str, list[tuple[Question, list[str]]]] = {}
    for question in questions:
        if values := _values(question, typed):
            by_target.setdefault(question.target, []).append((question, values))
    return TaskDraft(
        title=_title(form, by_target), description=_description(by_target.get("", ())), needs=needs,
        labels=_labels(form, by_target.get("labels", ())), due_at=_due(by_target.get("due", ()), zone),
        priority=_priority(form, by_target.get("priority", ())),
    )  # fmt: skip


Given = Sequence[tuple[Question, list[str]]]


def _title(form: RequestForm, by_target: Mapping[str, Given]) -> str:
    told = [values[0] for _, values in by_target.get("title", ())]
    first = [values[0] for question, values in by_target.get("", ()) if question.kind == "short"]
    text = told[0] if told else f"{form.name}: {first[0]}" if first else form.name
    return " ".join(text.split())[:MAX_TITLE]


def _description(given: Given) -> str:
    parts = []
    for question, values in given:
        answer = "\n".join(f"- {value}" for value in values) if question.kind == "multi" else values[0]
        parts.append(f"**{question.label}**\n\n{answer}")
    return "\n\n".join(parts)[:MAX_TEXT]


def _labels(form: RequestForm, given: Given) -> tuple[str, ...]:
    return (*form.labels, *(value[:MAX_LABEL] for _, values in given for value in values))


def _due(given: Given, zone: str) -> datetime | None:
    days = [day for _, values in given if (day := _day(values[0]))]
    return datetime.combine(days[0], time(DUE_HOUR), ZoneInfo(zone)) if days else None


def _priority(form: RequestForm, given: Given) -> int:
    found = [PRIORITIES[value.casefold()] for _, values in given for value in values if value.casefold() in PRIORITIES]
    return found[0] if found else form.priority
