"""`fairlead worker`: runs background jobs, on any host that reaches the database."""

from __future__ import annotations

import argparse

from fairlead.cli.database import database
from fairlead.config import SettingError, config


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    worker = commands.add_parser("worker", help="run background jobs")
    worker.add_argument("--queues", default="", help="names with commas between; default: every queue")
    worker.add_argument("--jobs", type=int, help="how many at once (FAIRLEAD_WORKER_JOBS)")
    worker.add_argument(
        "--grace", type=float, default=20, help="seconds to finish running jobs when stopped; later ones run again"
    )
    worker.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    worker.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from fairlead.jobs import QUEUES
    from fairlead.lib import lifeline

    queues = [name.strip() for name in arguments.queues.split(",") if name.strip()] or list(QUEUES)
    if unknown := sorted(set(queues) - set(QUEUES)):
        raise SettingError(f"There is no queue {', '.join(unknown)}; the queues are {', '.join(QUEUES)}.")
    if arguments.parent:
        lifeline.end_with_parent(arguments.parent)
    with database():
        from fairlead.jobs import worker

        return worker.run(queues=queues, concurrency=arguments.jobs or config().worker_jobs, grace_s=arguments.grace)
