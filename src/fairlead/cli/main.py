"""`fairlead <command>`: finds the module that has the command, runs it, and says in one sentence what went wrong.

A module of `MODULES` has `add_commands(subparsers)`; each of its parsers sets `run`, a function of the parsed
arguments that returns the exit status. Modules import Django only inside `run`, so that `--help` and the engine's
commands start at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from fairlead import __version__
from fairlead.config import SettingError
from fairlead.lib.pg_ground import NoDatabase

MODULES = (
    "demo",
    "serve",
    "worker",
    "database",
    "backup",
    "restore",
    "doctor",
    "tokens",
    "importing",
    "engine",
    "audit",
    "bench",
    "develop",
    "texts",
    "wheels",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a negative result, 2 something that the caller has to mend first."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["test"]:
        words.insert(1, "--")  # everything after it is for pytest, options too
    arguments = parser().parse_args(words)
    try:
        return int(arguments.run(arguments) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as head, has enough
        return 0
    except (SettingError, NoDatabase) as error:
        return _sorry(str(error))
    except Exception as error:  # a bug unless its kind says that somebody can act on it
        if (advice := _advice(error)) is None:
            raise
        return _sorry(advice)


def parser() -> argparse.ArgumentParser:
    """All commands."""
    top = argparse.ArgumentParser(
        prog="fairlead",
        description="Every task finds the right worker. Start with: fairlead demo",
        epilog="Settings are environment variables: see docs/settings.md. What is wrong here? fairlead doctor",
    )
    top.add_argument("--version", action="version", version=f"fairlead {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="<command>")
    for name in MODULES:
        import_module(f"fairlead.cli.{name}").add_commands(commands)
    return top


def _sorry(text: str) -> int:
    print(f"fairlead: {text}", file=sys.stderr)
    return 2


def _advice(error: Exception) -> str | None:
    """What to do about an error that is no bug, found by class without importing Django for those who do not use it."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if "fairlead.lib.errors.Refused" in names or "fairlead.lib.errors.Unavailable" in names:
        return str(error)
    if names & {"django.db.utils.OperationalError", "psycopg.OperationalError"}:
        return f"The database does not answer: {_first_line(error)}. Is it running, and is FAIRLEAD_DATABASE_URL right?"
    if "django.db.utils.ProgrammingError" in names and ("does not exist" in str(error)):
        return f"The database is not up to date ({_first_line(error)}). Run: fairlead migrate"
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
