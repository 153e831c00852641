"""Why nobody can do a task, and what would free it: the engine's diagnosis in the words and links of the product."""

from __future__ import annotations

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.judgement import Judgement
from fairlead.allocation.naming import Faces
from fairlead.allocation.reading import Fix
from fairlead.allocation.snapshot import worker_number
from fairlead.lib.speech import tr

NEED = "needs."
OF_WORKER = (".max_tasks", ".calendar")
PLAN_LENGTH = "horizon"
"""A longer plan is no change that people make: the picture reaches as far as the work does."""


def examine(found: Judgement, faces: Faces) -> tuple[str, tuple[Fix, ...]]:
    """The exact reason, and the changes that were tried out and let somebody do the task, the smallest first."""
    problem = found.picture.problem
    if not problem.workers:
        return tr("Nobody is in this workspace yet who could do it"), (Fix(tr("Add a person"), kind="add_person"),)
    diagnosis = engine.explain(problem, snapshot.queue(problem), task_id=found.task_key).diagnosis
    if diagnosis is None:
        return "", ()
    fixes = tuple(_fix(found, fix, faces) for fix in diagnosis.fixes if fix.code != PLAN_LENGTH)
    return _sentence(faces.in_words(diagnosis.reason)), fixes


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
