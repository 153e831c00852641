"""Random problems and plans made in every way that there is, and what the judge says about them."""

from fairlead.engine.fuzzing.changes import changed_books, faults_of_changes
from fairlead.engine.fuzzing.faults import faults
from fairlead.engine.fuzzing.plans import plans
from fairlead.engine.fuzzing.problems import odd_problem

__all__ = ["changed_books", "faults", "faults_of_changes", "odd_problem", "plans"]
