"""The fields of a policy's editor: from what was typed to a definition, and back, without losing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from fairlead.allocation.routing import STRATEGIES, Definition, Step, from_dict, from_text, to_text
from fairlead.allocation.routing.definition import AUTONOMY, HOW, MOST_STEPS, PICK, STEP, WEIGHTS
from fairlead.lib.effort import parse_effort
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import later, tr

MINUTES: Final = ("answer_min", "lasts_min")
STEP_FIELDS: Final = ("name", "team", "who", "how", "strategy", "ask", "answer_min", "lasts_min", "relax", "waits")
WORDS: Final = {
    "lateness": later("Being on time"),
    "labour": later("Cost"),
    "misfit": later("Fit: skills, wishes, experience"),
    "switch": later("Few changes between projects"),
    "fairness": later("Fair shares of work"),
}


def options() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, by field: (value, what it says)."""
    return {
        "autonomy": list(AUTONOMY.items()),
        "how": list(HOW.items()),
        "strategy": [(it.name, f"{it.title}: {it.help[0].lower()}{it.help[1:]}") for it in STRATEGIES],
        "pick": list(PICK.items()),
    }


def typed_of(definition: Definition) -> dict[str, Any]:
    """A definition as the fields show it."""
    steps = [_step_typed(step) for step in definition.steps]
    weights = {name: str(definition.weights.get(name, 100)) for name in WEIGHTS}
    return {
        "takes": definition.takes, "autonomy": definition.autonomy, "age_h": str(definition.age_h),
        "claims": str(definition.claims), "pick": definition.pick, "steps": steps, "weights": weights,
        "text": to_text(definition),
    }  # fmt: skip


def _step_typed(step: Step) -> dict[str, Any]:
    return {**{name: str(value) for name, value in asdict(step).items()}, "waits": step.waits,
            "answer_min": _written(step.answer_min), "lasts_min": _written(step.lasts_min)}  # fmt: skip


def _written(minutes: int) -> str:
    """Minutes as people type them; a day on the clock has 24 hours, so no days are used."""
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return ""
    return f"{hours}h" if hours and not rest else f"{minutes}m"


def typed_from(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a form sent, as the fields show it again."""
    count = min(MOST_STEPS, int(text) if (text := sent.get("steps", "1")).isdecimal() and len(text) < 3 else 1)
    steps = [
        {**{name: sent.get(f"steps.{n}.{name}", "") for name in STEP_FIELDS}, "waits": f"steps.{n}.waits" in sent}
        for n in range(1, count + 1)
    ]
    plain = {name: sent.get(name, "") for name in ("takes", "autonomy", "age_h", "claims", "pick", "text")}
    return {**plain, "steps": steps, "weights": {name: sent.get(f"weights.{name}", "100") for name in WEIGHTS}}


def rearranged(typed: dict[str, Any], order: str) -> dict[str, Any]:
    """The fields with a step more (`add`), without one (`drop-2`) or with one earlier (`up-2`)."""
    verb, _, text = order.partition("-")
    steps, n = list(typed["steps"]), int(text) - 1 if text.isdecimal() and len(text) < 3 else -1
    if verb == "add" and len(steps) < MOST_STEPS:
        steps.append(_step_typed(Step(tr(STEP, n=len(steps) + 1))))
    elif verb == "drop" and 0 <= n < len(steps) > 1:
        steps.pop(n)
    elif verb == "up" and 0 < n < len(steps):
        steps[n - 1], steps[n] = steps[n], steps[n - 1]
    return {**typed, "steps": steps}


def definition_from(typed: Mapping[str, Any], *, as_text: bool) -> Definition:
    """The definition that was typed. Raises Invalid with the name of each field that needs another look."""
    return from_text(typed["text"]) if as_text else from_dict(_data(typed))


def _data(typed: Mapping[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    data: dict[str, Any] = {name: typed[name] for name in ("takes", "autonomy", "pick")}
    for name in ("age_h", "claims"):
        data[name] = _whole(typed[name], name, wrong)
    data["weights"] = {name: _whole(text, f"weights.{name}", wrong) for name, text in typed["weights"].items()}
    data["steps"] = [_step_data(step, f"steps.{n}.", wrong) for n, step in enumerate(typed["steps"], 1)]
    if wrong:
        raise Invalid(wrong)
    return data


def _step_data(step: Mapping[str, Any], path: str, wrong: dict[str, str]) -> dict[str, Any]:
    found = {name: step[name] for name in ("name", "team", "who", "how", "strategy", "waits")}
    for name in ("ask", "relax"):
        found[name] = _whole(step[name] or "0", path + name, wrong)
    for name in MINUTES:
        found[name] = _minutes(step[name], path + name, wrong)
    return found


def _whole(text: str, path: str, wrong: dict[str, str]) -> int:
    if text.strip().isdecimal() and len(text) < 9:
        return int(text)
    wrong[path] = tr("Give a whole number.")
    return 0


def _minutes(text: str, path: str, wrong: dict[str, str]) -> int:
    """Minutes of "45m", "2h" or "1h 30m"; nothing is 0."""
    if not text.strip():
        return 0
    try:
        found = parse_effort(text)
    except ValueError:
        found = None
    if found is None:
        wrong[path] = tr("Give a time such as 45m or 2h.")
        return 0
    return found
