"""Soft rules: what a plan costs in points. One file per term of the objective; total.py adds them up."""
