"""`fairlead audit verify`: is the event log what it was? `fairlead audit head`: what to write down elsewhere."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fairlead.cli.database import database, say


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="the event log").add_subparsers(required=True, metavar="<what>")
    verify = audit.add_parser("verify", help="recompute the chain of every workspace; exit with 1 when it was changed")
    verify.add_argument(
        "--heads", type=Path, help="a copy of the published heads; default: heads.jsonl in the data folder"
    )
    verify.set_defaults(run=_verify)
    head = audit.add_parser("head", help="print the last fingerprint of every workspace, one JSON object a line")
    head.set_defaults(run=_head)


def _verify(arguments: argparse.Namespace) -> int:
    with database():
        from django.conf import settings

        from fairlead.events.audit import ForgedHead, read_heads, verify
        from fairlead.events.jobs import heads_path
        from fairlead.events.tenancy import workspace_ids

        path = arguments.heads or heads_path()
        if arguments.heads and not path.exists():
            say(f"There is no file {path}.")
            return 2
        try:
            published = read_heads(path, key=settings.SECRET_KEY)
        except ForgedHead as error:
            print(f"FORGED  {error}")
            return 1
        verdicts = [verify(number, published=published) for number in workspace_ids()]
        known = {verdict.head.workspace_id for verdict in verdicts}
        gone = sorted({head.workspace_id for head in published} - known)
    for verdict in verdicts:
        state = "CHANGED" if verdict.problems else "ok"
        print(f"{state:<8}workspace {verdict.head.workspace_id}: {verdict.events} events")
        for problem in verdict.problems:
            print(f"        {problem}")
    for number in gone:
        print(f"CHANGED workspace {number}: its log was published and is gone")
    say(f"Compared with {len(published)} published heads of {path}.")
    return 1 if gone or any(verdict.problems for verdict in verdicts) else 0


def _head(_: argparse.Namespace) -> int:
    with database():
        from fairlead.events.models import Head
        from fairlead.events.tenancy import tenant, workspace_ids

        for number in workspace_ids():
            with tenant(number):
                last = Head.objects.filter(workspace_id=number).first()
            if last:
                print(json.dumps({"workspace": number, "seq": last.seq, "hash": bytes(last.hash).hex()}))
    return 0
