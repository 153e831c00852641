"""Benchmarks: made-up companies and public instances, Fairlead beside other solvers, all scored by one judge."""


class Unusable(Exception):
    """Input that the caller has to mend; the message says how."""
