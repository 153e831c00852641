"""`fairlead import`: a team's people and tasks from files, with the same actions as the page; or a whole workspace."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.events.actor import Actor
    from fairlead.integrations.models import Import
    from fairlead.integrations.queries import Report


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kinds = commands.add_parser("import", help="bring people and tasks in from files").add_subparsers(
        dest="kind", required=True, metavar="<kind>"
    )
    csv = kinds.add_parser("csv", help="people and tasks from CSV files")
    csv.add_argument("--people", type=Path, help="CSV file with one person in each row")
    csv.add_argument("--tasks", type=Path, help="CSV file with one task in each row")
    csv.add_argument("--project", default="", help="key of the project for the tasks; created when it is not there")
    csv.add_argument("--workspace", default="", help="slug of the workspace; not needed when there is only one")
    csv.add_argument("--user", default="", help="address of the member in whose name it is done; the owner by default")
    csv.add_argument("--unit-min", type=int, default=30, help="minutes for one unit of effort without a unit (30)")
    csv.add_argument(
        "--level", type=int, default=2, choices=range(1, 6), help="level of a needed skill that names none"
    )
    csv.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    csv.set_defaults(run=_import_csv)
    whole = kinds.add_parser("workspace", help="everything of another workspace, from its export")
    whole.add_argument("file", type=Path, help="the archive that its owner has downloaded")
    whole.add_argument("--workspace", default="", help="slug of the workspace that it goes into")
    whole.add_argument("--user", default="", help="address of the owner in whose name it is done")
    whole.add_argument("--without-files", action="store_true", help="leave out what is attached")
    whole.set_defaults(run=_import_workspace)


def _import_workspace(arguments: argparse.Namespace) -> int:
    from fairlead.cli.database import database

    with database():
        from fairlead.archive.actions import open_workspace
        from fairlead.cli.members import acting

        with acting(arguments.workspace, arguments.user) as actor:
            done = open_workspace(
                arguments.file,
                actor=actor,
                now=datetime.now(UTC),
                with_files=not arguments.without_files,
                on_file=lambda count, total: _progress(count, total, "files"),
            )
    for kind in sorted({*done.new, *done.known, *done.left}):
        told = f"{done.new[kind]} new, {done.known[kind]} here already"
        print(f"{kind}: {told}" + (f", {done.left[kind]} left out" if done.left[kind] else ""))
    print(f"{done.files} files came with their bytes.")
    for reason, count in sorted(done.lost.items()):
        print(f"left out: {count} versions of files {reason}")
    print(f"{done.assigned} open tasks went to who had them there.")
    return 0


def _import_csv(arguments: argparse.Namespace) -> int:
    from fairlead.cli.database import database

    texts = {name: _read(getattr(arguments, name)) for name in ("people", "tasks")}
    with database():
        from fairlead.cli.members import acting
        from fairlead.integrations.actions import create_import, run_import
        from fairlead.integrations.queries import preview

        with acting(arguments.workspace, arguments.user) as actor:
            now = datetime.now(UTC)
            run = create_import(
                people_file=texts["people"],
                tasks_file=texts["tasks"],
                project_key=arguments.project,
                actor=actor,
                now=now,
            )
            _apply_options(run, arguments, actor)
            report = preview(run) if arguments.dry_run else run_import(run, actor=actor, now=now, on_progress=_progress)
            _print(report, tried=arguments.dry_run)
    return 0


def _read(path: Path | None) -> tuple[str, str]:
    from fairlead.integrations.kinds.csv.inbound import decode

    return (path.name, decode(path.read_bytes())) if path else ("", "")


def _apply_options(run: Import, arguments: argparse.Namespace, actor: Actor) -> None:
    from fairlead.accounts.models import Workspace
    from fairlead.integrations.actions import change_mapping
    from fairlead.integrations.kinds.csv.inbound import Options

    zone = Workspace.objects.get(pk=actor.workspace_id).time_zone
    options = Options(time_zone=zone, unit_min=arguments.unit_min, level=arguments.level)
    change_mapping(run, {"people": run.mapping["people"], "tasks": run.mapping["tasks"]}, options, actor=actor)


def _progress(done: int, total: int, what: str = "rows") -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total} {what}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _print(report: Report, *, tried: bool) -> None:
    for name, counts in (("people", report.people), ("tasks", report.tasks)):
        if counts:
            print(f"{name}: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items())))
    if report.new_skills:
        print(f"skills: {len(report.new_skills)} new ({', '.join(report.new_skills)})")
    for row in report.refused:
        print(f"refused: {row.file}, line {row.line}, {row.label}: it {row.why}")
    if tried:
        print("Nothing was written; leave --dry-run out to import.")
