"""`fairlead demo`: a believable company to look around in, and a link for each of its people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from fairlead.cli.database import STAMP, bring_up_to_date, database_server, say, set_up_django
from fairlead.cli.serve import add_address, choose_address, require_free_port, run_tree
from fairlead.config import config, given, use
from fairlead.lib.embedded_pg import Server
from fairlead.lib.pg_ground import NoDatabase


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser("demo", help="start with a made-up company to look around in")
    add_address(demo)
    demo.add_argument("--reset", action="store_true", help="remove what is in the embedded database and begin again")
    demo.add_argument("--prepare", action="store_true", help="do everything but serve")
    demo.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    choose_address(arguments)
    if not arguments.prepare:
        require_free_port("demo")
    if not given("log_level"):
        use(log_level="WARNING")  # the links are what people should see
    with database_server() as server:
        if arguments.reset:
            _reset(server)
        if arguments.prepare:
            _prepare()
            say("Ready. Start it with: fairlead demo")
            return 0
        return run_tree(server, workers=True, prepare=_prepare)


def _reset(server: Server | None) -> None:
    if server is None:
        raise NoDatabase("--reset empties the embedded database only; empty the one of FAIRLEAD_DATABASE_URL yourself.")
    if not server.used_by_nobody_else():
        raise NoDatabase("Another Fairlead works with this database. Stop it first, then use --reset.")
    say("Removing the old company")
    server.empty()
    (config().data_path / STAMP).unlink(missing_ok=True)


def _prepare() -> Callable[[], None]:
    """Bring the tables up to date and make the company unless it is there; returns how to welcome people."""
    set_up_django()
    bring_up_to_date()
    from fairlead import demo

    people: Sequence[tuple[str, str, str]] = demo.run(now=datetime.now(UTC), out=sys.stderr)
    return lambda: _welcome(people)


def _welcome(people: Sequence[tuple[str, str, str]]) -> None:
    """Print the address and the links on standard output."""
    width = max((len(f"{name}, {role}") for name, role, _ in people), default=0)
    print(f"\nFairlead runs at {config().base_url}  (stop it with Ctrl-C)\n\nSign in with one click as")
    for name, role, address in people:
        print(f"  {f'{name}, {role}':<{width}}  {address}")
    if not config().mail_url:
        print(f"\nMails are files in {config().data_path / 'mail'}")
    print(flush=True)
