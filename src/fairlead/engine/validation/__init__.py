"""Every rule a problem must meet before anything is computed from it; all faults are found together.

`faults.py` says what a fault is, `values.py` judges one value or a whole column of them, `references.py` what the ids
point at, and `fields.py` which rule each field has. Sound problems are checked column by column; only a stretch of a
column that is not plainly sound is walked value by value, so 50,000 tasks take a fraction of a second.
"""

from fairlead.engine.validation.faults import Fault, Place, ProblemError, ProblemErrors
from fairlead.engine.validation.fields import (
    OBJECTIVE_FIELDS,
    PROBLEM_FIELDS,
    TASK_FIELDS,
    WORKER_FIELDS,
    WORKER_KINDS,
    check_one,
    columns_of,
    errors_in,
    errors_in_columns,
    find_errors,
)
from fairlead.engine.validation.values import (
    LATEST_MIN,
    MOST_LANES,
    Check,
    IdList,
    Integer,
    Number,
    Optional,
    Text,
    is_integer,
    is_number,
)

__all__ = [
    "LATEST_MIN",
    "MOST_LANES",
    "OBJECTIVE_FIELDS",
    "PROBLEM_FIELDS",
    "TASK_FIELDS",
    "WORKER_FIELDS",
    "WORKER_KINDS",
    "Check",
    "Fault",
    "IdList",
    "Integer",
    "Number",
    "Optional",
    "Place",
    "ProblemError",
    "ProblemErrors",
    "Text",
    "check_one",
    "columns_of",
    "errors_in",
    "errors_in_columns",
    "find_errors",
    "is_integer",
    "is_number",
]
