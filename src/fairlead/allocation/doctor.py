"""Why nobody can do a task, and what would free it: the engine's diagnosis in the words and links of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.judgement import Judgement
from fairlead.allocation.naming import Faces
from fairlead.allocation.reading import Fix
from fairlead.allocation.snapshot import worker_number
from fairlead.engine.saying import parts
from fairlead.lib.languages import ENGLISH
from fairlead.lib.sayings import Saying
from fairlead.lib.speech import mark, speaking, tr

NEED = "needs."
OF_WORKER = (".max_tasks", ".calendar")
NOBODY_YET: Final = mark("Nobody is in this workspace yet who could do it")
PLAN_LENGTH = "horizon"
"""A longer plan is no change that people make: the picture reaches as far as the work does."""


def examine(found: Judgement, faces: Faces) -> tuple[str, tuple[Fix, ...]]:
    """The exact reason, and the changes that were tried out and let somebody do the task, the smallest first."""
    if not found.picture.problem.workers:
        return tr(NOBODY_YET), (Fix(tr("Add a person"), kind="add_person"),)
    diagnosis = _diagnosis(found)
    if diagnosis is None:
        return "", ()
    fixes = tuple(_fix(found, fix, faces) for fix in diagnosis.fixes if fix.code != PLAN_LENGTH)
    return _sentence(faces.in_words(diagnosis.reason)), fixes


@dataclass(frozen=True)
class Reason:
    """Why nobody can do a task, as it is kept: in English, and as what that was made of."""

    english: str
    made_of: Mapping[str, Any]

    def kept(self) -> Mapping[str, Any]:
        """See `sayings.in_own_words`."""
        return self.made_of


def reason_of(found: Judgement, faces: Faces) -> Reason | Saying | None:
    """The exact reason, for keeping; None when somebody can do it."""
    if not found.picture.problem.workers:
        return Saying(NOBODY_YET)
    diagnosis = _diagnosis(found)
    if diagnosis is None:
        return None
    with speaking(ENGLISH):
        english = _sentence(faces.in_words(diagnosis.reason))
    made_of = faces.in_parts(parts(diagnosis.reason))
    return Reason(english, made_of if isinstance(made_of, Mapping) else {})


def _diagnosis(found: Judgement) -> engine.Diagnosis | None:
    problem = found.picture.problem
    return engine.explain(problem, snapshot.queue(problem), task_id=found.task_key).diagnosis


def _fix(found: Judgement, fix: engine.Fix, faces: Faces) -> Fix:
    sentence = _sentence(faces.in_words(fix.sentence))
    paths = list(fix.changes)
    if all(path.startswith(NEED) for path in paths):
        return Fix(sentence, kind="lower_needs", needs=_needs(found, fix))
    if len(paths) == 1 and paths[0].endswith(OF_WORKER):
        return Fix(sentence, kind="worker", worker_id=worker_number(paths[0].partition(".")[0]))
    return Fix(sentence, kind="edit")


def _needs(found: Judgement, fix: engine.Fix) -> tuple[tuple[int, int], ...]:
    """All needs of the task as (skill id, level) after the change."""
    rows = found.picture.rows
    before = rows.needs[found.picture.task_ids[found.task_key]]
    after = {skill: fix.changes.get(NEED + rows.skills[skill], level) for skill, level in before.items()}
    return tuple((skill, level) for skill, level in after.items() if level)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
