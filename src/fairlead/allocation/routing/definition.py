"""What a policy says: which tasks it takes, in which steps it looks for somebody, and how much it may do by itself.

One content, three forms: the fields of the editor, text (TOML) for those who like to write and compare, and JSON.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from fairlead.allocation.models import PolicyVersion
from fairlead.allocation.routing.expressions import about_task, about_worker
from fairlead.allocation.routing.strategies import STRATEGIES
from fairlead.allocation.words import EVERYBODY
from fairlead.lib.cel import BadExpression
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import later, mark, tr

SUGGEST, APPROVE, UNDO, AUTO = "suggest", "approve", "undo", "auto"
AUTONOMY: Final = {
    SUGGEST: later("Suggest: people decide, the policy only says who would suit"),
    APPROVE: later("Approve first: the policy chooses, a manager says yes or no"),
    UNDO: later("Automatic with undo: the policy decides, and a manager can take it back from a list"),
    AUTO: later("Automatic"),
}
OFFER, ASSIGN, QUEUE = "offer", "assign", "queue"
HOW: Final = {
    OFFER: later("Offer it, they accept or decline"),
    ASSIGN: later("Assign it"),
    QUEUE: later("Put it into a queue, they claim it"),
}
ANY, NEXT = "any", "next"
PICK: Final = {NEXT: later("The next one, whatever it is"), ANY: later("Any that they can do")}
STEP: Final = mark("Step %(n)s")
"""How a step without a name is called."""
MOST_STEPS: Final = 8
MOST_ASKED: Final = 20
MOST_MIN: Final = 30 * 24 * 60
MOST_ANSWER_MIN: Final = 10 * 8 * 60
"""Ten working days."""
MOST_WEIGHT: Final = 500
WEIGHTS: Final = ("lateness", "labour", "misfit", "switch", "fairness")


@dataclass(frozen=True)
class Step:
    """One attempt: `who` (a condition; empty means everybody who can do it), in which order, and how they get it.
    `team`: only members of the team of this name; empty: of any, or of none.

    `answer_min` counts in each one's own working time; `lasts_min` on the clock, after which the next step begins, 0
    for as long as it takes. `relax`: levels by which needs are lowered. `waits`: when nobody is there the step is
    waited out instead of skipped.
    """

    name: str
    who: str = ""
    how: str = OFFER
    strategy: str = "best"
    ask: int = 1
    answer_min: int = 60
    lasts_min: int = 0
    relax: int = 0
    waits: bool = False
    team: str = ""


@dataclass(frozen=True)
class Definition:
    """A policy's content. `takes` is a condition; empty means every task. `age_h`: hours of waiting that count as one
    step of priority, so that nothing waits for ever; 0 for never. `weights` in percent of the workspace's own.
    `claims`: tasks that one worker may hold at once out of its queue. `pick`: what they may choose from it."""

    takes: str = ""
    autonomy: str = SUGGEST
    steps: tuple[Step, ...] = (Step(EVERYBODY),)
    age_h: int = 24
    claims: int = 2
    pick: str = NEXT
    weights: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; `from_dict` gives it back. A step that means no team says nothing of teams."""
        steps = [{name: it for name, it in asdict(step).items() if name != "team" or it} for step in self.steps]
        return {**asdict(self), "steps": steps, "weights": dict(self.weights)}


def from_dict(data: Mapping[str, Any]) -> Definition:
    """The checked definition. Raises Invalid with the path of each fault, such as `steps.2.who`."""
    wrong: dict[str, str] = {}
    given = _known(Definition, data, "", wrong)
    steps = given.pop("steps", None)
    if steps is not None:
        if not isinstance(steps, Sequence) or isinstance(steps, str) or not all(isinstance(s, Mapping) for s in steps):
            raise Invalid({"steps": tr("Steps are a list, each with a name.")})
        given["steps"] = tuple(
            Step(**{"name": STEP % {"n": n}, **_known(Step, step, f"steps.{n}.", wrong)})
            for n, step in enumerate(steps, 1)
        )
    if wrong:
        raise Invalid(wrong)
    found = Definition(**given)
    check(found)
    return tidy(found)


def tidy(found: Definition) -> Definition:
    """Without blanks around texts, and without weights that say nothing."""
    steps = tuple(
        replace(step, name=step.name.strip(), who=step.who.strip(), team=step.team.strip()) for step in found.steps
    )
    weights = {name: found.weights[name] for name in WEIGHTS if found.weights.get(name, 100) != 100}
    return replace(found, takes=found.takes.strip(), steps=steps, weights=weights)


def _known(kind: type[Any], data: Mapping[str, Any], path: str, wrong: dict[str, str]) -> dict[str, Any]:
    """The values of the right kind; what is unknown or of another kind goes to `wrong`."""
    model = kind(name="") if kind is Step else kind()
    allowed = {it.name: getattr(model, it.name) for it in fields(kind)}
    found = {}
    for name, value in data.items():
        if name not in allowed:
            wrong[path + name] = tr(
                "“%(name)s” is not known here; there are %(names)s.", name=name, names=", ".join(allowed)
            )
        elif name == "steps":
            found[name] = value
        elif name == "weights":
            if isinstance(value, Mapping) and all(type(v) is int for v in value.values()):
                found[name] = dict(value)
            else:
                wrong[path + name] = tr("Weights are whole percents by name.")
        elif type(value) is not type(allowed[name]):
            wrong[path + name] = str(_KINDS[type(allowed[name])])
        else:
            found[name] = value
    return found


_KINDS = {
    str: later("This has to be a text."),
    int: later("This has to be a whole number."),
    bool: later("This has to be true or false."),
}


def check(found: Definition) -> None:
    """Raise Invalid for what cannot work."""
    wrong: dict[str, str] = {}
    _check_choice(wrong, "autonomy", found.autonomy, AUTONOMY)
    _check_choice(wrong, "pick", found.pick, PICK)
    _check_range(wrong, "age_h", found.age_h, 0, 24 * 365)
    _check_range(wrong, "claims", found.claims, 1, 50)
    _check_condition(wrong, "takes", found.takes, about_task)
    for name, value in found.weights.items():
        if name not in WEIGHTS:
            wrong[f"weights.{name}"] = tr(
                "There is no weight called %(name)s; there are %(names)s.", name=name, names=", ".join(WEIGHTS)
            )
        else:
            _check_range(wrong, f"weights.{name}", value, 0, MOST_WEIGHT)
    if not 1 <= len(found.steps) <= MOST_STEPS:
        wrong["steps"] = tr("A policy has between 1 and %(most)s steps.", most=MOST_STEPS)
    for number, step in enumerate(found.steps, 1):
        _check_step(wrong, f"steps.{number}.", step)
    if wrong:
        raise Invalid(wrong)


def _check_step(wrong: dict[str, str], path: str, step: Step) -> None:
    if not step.name.strip() or len(step.name) > 60:
        wrong[path + "name"] = tr("Name the step in at most %(most)s characters.", most=60)
    if len(step.team) > 80:
        wrong[path + "team"] = tr("The name of a team has at most %(most)s characters.", most=80)
    _check_choice(wrong, path + "how", step.how, HOW)
    _check_choice(wrong, path + "strategy", step.strategy, {it.name: it.title for it in STRATEGIES})
    _check_range(wrong, path + "ask", step.ask, 1, MOST_ASKED)
    _check_range(wrong, path + "answer_min", step.answer_min, 1, MOST_ANSWER_MIN)
    _check_range(wrong, path + "lasts_min", step.lasts_min, 0, MOST_MIN)
    _check_range(wrong, path + "relax", step.relax, 0, 4)
    _check_condition(wrong, path + "who", step.who, about_worker)
    if step.waits and not step.lasts_min:
        wrong[path + "lasts_min"] = tr("A step that waits when nobody is there needs to know how long.")


def _check_choice(wrong: dict[str, str], path: str, value: str, allowed: Mapping[str, str]) -> None:
    if value not in allowed:
        wrong[path] = tr("Choose one of %(names)s.", names=", ".join(allowed))


def _check_range(wrong: dict[str, str], path: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        wrong[path] = tr("Give a whole number from %(least)s to %(most)s.", least=least, most=most)


def _check_condition(wrong: dict[str, str], path: str, text: str, compiler: Any) -> None:
    try:
        compiler(text)
    except BadExpression as error:
        wrong[path] = str(error)


def to_text(found: Definition) -> str:
    """The definition as TOML; `from_text` gives it back. What is as usual is left out, except what one looks for."""
    usual, usual_step = Definition(), Step("")
    lines = [f"takes = {_quoted(found.takes)}", f"autonomy = {_quoted(found.autonomy)}"]
    lines += [f"{name} = {_value(getattr(found, name))}" for name in ("age_h", "claims", "pick")
              if getattr(found, name) != getattr(usual, name)]  # fmt: skip
    if found.weights:
        lines += ["", "[weights]", *(f"{name} = {value}" for name, value in found.weights.items())]
    for step in found.steps:
        lines += ["", "[[steps]]"]
        lines += [f"{it.name} = {_value(getattr(step, it.name))}" for it in fields(Step)
                  if it.name in ("name", "how") or getattr(step, it.name) != getattr(usual_step, it.name)]  # fmt: skip
    return "\n".join(lines) + "\n"


def _value(value: str | int | bool) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    if "'" in text or '"' not in text or any(ord(char) < 32 for char in text):
        return json.dumps(text, ensure_ascii=False)
    return f"'{text}'"


def from_text(text: str) -> Definition:
    """The checked definition of a TOML text. Raises Invalid; `text` says line and column of what cannot be read."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid({"text": tr("This is not read as TOML: %(what)s.", what=error)}) from None
    return from_dict(data)


def of_version(version: PolicyVersion) -> Definition:
    """What a version of a policy says. Raises Invalid for one that this Fairlead does not understand any more."""
    return from_dict(version.definition)
