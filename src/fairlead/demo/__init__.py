"""A believable company to look around in, made through the same actions as real work."""

from fairlead.demo.company import run

__all__ = ["run"]
