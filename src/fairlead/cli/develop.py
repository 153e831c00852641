"""For developers and packagers: the tests, the settings page and the description of the API."""

from __future__ import annotations

import argparse
import subprocess
import sys

from fairlead.cli.database import say, set_up_django
from fairlead.config import CHECKOUT, choose_settings_module, config, reference, use
from fairlead.lib import embedded_pg


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    test = commands.add_parser("test", help="run the tests on a throw-away database", add_help=False)
    test.add_argument("arguments", nargs="*", help="handed on to pytest")
    test.set_defaults(run=_test)
    docs = commands.add_parser("settings-docs", help="print docs/settings.md")
    docs.add_argument("--write", action="store_true", help="write it to the file instead")
    docs.set_defaults(run=_settings_docs)
    openapi = commands.add_parser("openapi", help="print the description of the API")
    openapi.set_defaults(run=_openapi)


def _test(arguments: argparse.Namespace) -> int:
    choose_settings_module()
    words = arguments.arguments[1:] if arguments.arguments[:1] == ["--"] else arguments.arguments
    command = [sys.executable, "-m", "pytest", *words]
    if config().database_url:
        return subprocess.run(command, check=False).returncode
    with embedded_pg.throwaway() as server:
        say("Testing on a throw-away PostgreSQL")
        use(database_url=server.url)
        return subprocess.run(command, check=False).returncode


def _settings_docs(arguments: argparse.Namespace) -> int:
    if arguments.write:
        (CHECKOUT / "docs" / "settings.md").write_text(reference())
    else:
        print(reference(), end="")
    return 0


def _openapi(_: argparse.Namespace) -> int:
    import json

    set_up_django()
    from fairlead.api.v1 import api

    print(json.dumps(api.get_openapi_schema(), indent=2, default=str))
    return 0
