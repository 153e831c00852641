"""Fairlead: every task finds the right worker, and the product can say why."""

__version__ = "0.1.0"
