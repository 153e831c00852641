"""`fairlead token create`: an API token. `fairlead account create`: the first account of a closed server."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from fairlead.cli.database import database, say
from fairlead.config import config

EVERYTHING = "all"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = commands.add_parser("token", help="API tokens").add_subparsers(required=True, metavar="<what>")
    create = token.add_parser("create", help="make a token; prints its secret, which is not kept")
    create.add_argument("--user", required=True, help="the e-mail address of the member in whose name it acts")
    create.add_argument("--workspace", default="", help="the workspace's short name, where there are several")
    create.add_argument("--scopes", required=True, help=f"names with commas between, or {EVERYTHING}")
    create.add_argument("--days", type=int, default=90, help="how long it works; 0: until it is revoked")
    create.add_argument("--name", default="Made at the console", help="what it is for")
    create.set_defaults(run=_create_token)
    account = commands.add_parser("account", help="accounts").add_subparsers(required=True, metavar="<what>")
    first = account.add_parser("create", help="make a person with a workspace; prints a link that signs in once")
    first.add_argument("--email", required=True)
    first.add_argument("--name", required=True)
    first.add_argument("--workspace", required=True, help="the name of the new workspace")
    first.set_defaults(run=_create_account)


def _create_token(arguments: argparse.Namespace) -> int:
    with database():
        from fairlead.accounts.actions import create_token
        from fairlead.accounts.permissions import SCOPES
        from fairlead.cli.members import acting

        wanted = SCOPES if arguments.scopes == EVERYTHING else [s.strip() for s in arguments.scopes.split(",")]
        with acting(arguments.workspace, arguments.user) as actor:
            now = datetime.now(UTC)
            token, secret = create_token(arguments.name, wanted, actor=actor, now=now, days=arguments.days or None)
        until = f"until {token.expires_at:%d %b %Y}" if token.expires_at else "until it is revoked"
        say(f"The token acts as {actor.name}, {until}. Keep it: it cannot be shown again.")
        print(secret)
    return 0


def _create_account(arguments: argparse.Namespace) -> int:
    with database():
        from fairlead.accounts.actions import make_sign_in_link, sign_up

        now = datetime.now(UTC)
        owner = sign_up(arguments.email, arguments.name, None, arguments.workspace, now=now)
        secret = make_sign_in_link(owner.user, now=now, minutes=24 * 60)
        say("This link signs in once, within a day. A password can be set in the settings afterwards.")
        print(f"{config().base_url}/sign-in/link/{secret}/")
    return 0
