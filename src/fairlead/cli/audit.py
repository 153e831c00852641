"""`fairlead audit verify`: is the event log what it was? `head`: what to write down elsewhere. `replay`: does a
decision come out the same again?"""

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
    verify.add_argument("--file", type=Path, help="verify a log that was exported as JSON Lines, not the database")
    verify.set_defaults(run=_verify)
    head = audit.add_parser("head", help="print the last fingerprint of every workspace, one JSON object a line")
    head.set_defaults(run=_head)
    replay = audit.add_parser("replay", help="compute a decision again from its receipt; exit with 1 when it differs")
    replay.add_argument("receipt", type=int, help="the number of the receipt, as the page of the decision shows it")
    replay.set_defaults(run=_replay)


def _verify(arguments: argparse.Namespace) -> int:
    if arguments.file:
        return _verify_file(arguments.file, arguments.heads)
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
        from fairlead.archive.models import Removed

        removed = {row.number: row for row in Removed.objects.all()}
        known = {verdict.head.workspace_id for verdict in verdicts} | set(removed)
        gone = sorted({head.workspace_id for head in published} - known)
    for verdict in verdicts:
        state = "CHANGED" if verdict.problems else "ok"
        erased = f", names of people taken out of {verdict.redacted}" if verdict.redacted else ""
        print(f"{state:<8}workspace {verdict.head.workspace_id}: {verdict.events} events{erased}")
        for problem in verdict.problems:
            print(f"        {problem}")
    for number, row in sorted(removed.items()):
        print(
            f"{'removed':<8}workspace {number}: {row.events} events, at its owner's wish on {row.removed_at:%Y-%m-%d}"
        )
    for number in gone:
        print(f"CHANGED workspace {number}: its log was published and is gone")
    say(f"Compared with {len(published)} published heads of {path}.")
    return 1 if gone or any(verdict.problems for verdict in verdicts) else 0


def _verify_file(path: Path, heads: Path | None) -> int:
    from fairlead.config import config, secret_key
    from fairlead.events.audit import ForgedHead, read_heads, verify_lines

    if missing := [p for p in (path, heads) if p is not None and not p.exists()]:
        say(f"There is no file {missing[0]}.")
        return 2
    try:
        published = read_heads(heads, key=secret_key(config())) if heads else []
    except ForgedHead as error:
        print(f"FORGED  {error}")
        return 1
    with path.open(encoding="utf-8") as lines:
        verdict = verify_lines(lines, published=published)
    state = "CHANGED" if verdict.problems else "ok"
    print(f"{state:<8}workspace {verdict.head.workspace_id}: {verdict.events} events, the last is {verdict.head.seq}")
    for problem in verdict.problems:
        print(f"        {problem}")
    if verdict.skipped:
        say(f"The file is a selection: {verdict.skipped} events are not in it. Each that is was verified by itself.")
    return 1 if verdict.problems else 0


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


def _replay(arguments: argparse.Namespace) -> int:
    with database():
        from fairlead.allocation.models import Receipt
        from fairlead.allocation.queries import replay
        from fairlead.events.tenancy import tenant, workspace_ids

        for number in workspace_ids():
            with tenant(number):
                found = Receipt.objects.select_related("snapshot", "plan", "task__project")
                kept = found.filter(pk=arguments.receipt).first()
                if kept is None:
                    continue
                same, made_by = replay(kept), kept.engine_version
                print(f"{'same' if same else 'DIFFERS':<8}{kept}, engine {made_by}, data {kept.snapshot.digest[:12]}")
                return 0 if same else 1
        say(f"There is no receipt {arguments.receipt}.")
        return 2
