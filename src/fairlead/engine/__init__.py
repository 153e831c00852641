"""The allocation engine: who does each task, when, and why. Pure: data in, data out, no clock, no database.

`solve` makes a plan, `repair` changes one as little as possible after an event, `rank` orders the candidates for one
task, `explain` says why, `check` judges. README.md in this folder has sets, variables, objective and units on one page.
"""

from fairlead.engine.change import (
    Change,
    EarlyFinish,
    NewTask,
    Overrun,
    TaskChanged,
    TaskGone,
    WorkerAway,
    WorkerChanged,
    changed_problem,
)
from fairlead.engine.change_file import changes_from_dict, read_changes
from fairlead.engine.check import Verdict, Violation, check
from fairlead.engine.doctor import Diagnosis, Fix, diagnose
from fairlead.engine.effort import minutes_needed
from fairlead.engine.explain import Comparison, Explanation, explain
from fairlead.engine.files import (
    plan_bytes,
    plan_from_bytes,
    plan_from_dict,
    problem_bytes,
    problem_digest,
    problem_from_bytes,
    problem_from_dict,
    problem_to_dict,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from fairlead.engine.flip import Flip
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.features import Factor
from fairlead.engine.match.rank import Candidate, Ranker, Ranking, RuledOut, rank, score_of
from fairlead.engine.move import Move
from fairlead.engine.plan import Assignment, Cost, Plan, Unassigned
from fairlead.engine.problem import WEEK_MIN, Objective, Pin, Problem, Task, Worker
from fairlead.engine.repair import Repair, repair
from fairlead.engine.search.bound.program import can_prove
from fairlead.engine.search.bound.quality import Proof, prove
from fairlead.engine.search.carry import Budget
from fairlead.engine.search.improve import Progress
from fairlead.engine.search.solve import solve
from fairlead.engine.search.stop import CONSTRUCT_ONLY, Cancel, Deadline, FirstOf, Iterations, Stop
from fairlead.engine.validation import ProblemError, ProblemErrors

ENGINE_VERSION = "4"
"""Stored in receipts: raised whenever the same problem, seed and iterations may give another plan."""

__all__ = [
    "CONSTRUCT_ONLY",
    "ENGINE_VERSION",
    "WEEK_MIN",
    "Assignment",
    "Budget",
    "Cancel",
    "Candidate",
    "Change",
    "Comparison",
    "Cost",
    "Deadline",
    "Diagnosis",
    "EarlyFinish",
    "Explanation",
    "Factor",
    "FirstOf",
    "Fix",
    "Flip",
    "Iterations",
    "Move",
    "NewTask",
    "Objective",
    "Obstacle",
    "Overrun",
    "Pin",
    "Plan",
    "Problem",
    "ProblemError",
    "ProblemErrors",
    "Progress",
    "Proof",
    "Ranker",
    "Ranking",
    "Repair",
    "RuledOut",
    "Stop",
    "Task",
    "TaskChanged",
    "TaskGone",
    "Unassigned",
    "Verdict",
    "Violation",
    "Worker",
    "WorkerAway",
    "WorkerChanged",
    "can_prove",
    "changed_problem",
    "changes_from_dict",
    "check",
    "diagnose",
    "explain",
    "minutes_needed",
    "plan_bytes",
    "plan_from_bytes",
    "plan_from_dict",
    "problem_bytes",
    "problem_digest",
    "problem_from_bytes",
    "problem_from_dict",
    "problem_to_dict",
    "prove",
    "rank",
    "read_changes",
    "read_plan",
    "read_problem",
    "repair",
    "score_of",
    "solve",
    "write_plan",
    "write_problem",
]
