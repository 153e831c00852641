"""Problem and plan files: JSON, `.gz` accepted. Read strictly, every fault reported at once with its path.

Nothing is written unless what is to be written is sound. `problem_bytes` is the one canonical form of a problem:
equal problems have equal bytes, and `problem_digest` names them in receipts.
"""

from fairlead.engine.files.plans import plan_bytes, plan_from_bytes, plan_from_dict, read_plan, write_plan
from fairlead.engine.files.problems import (
    problem_bytes,
    problem_digest,
    problem_from_bytes,
    problem_from_dict,
    problem_to_dict,
    read_problem,
    write_problem,
)

__all__ = [
    "plan_bytes",
    "plan_from_bytes",
    "plan_from_dict",
    "problem_bytes",
    "problem_digest",
    "problem_from_bytes",
    "problem_from_dict",
    "problem_to_dict",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]
