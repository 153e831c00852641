"""`fairlead bench`: how good and how fast the engine is, beside other solvers and published values.

Everything heavy is imported when a command runs, so that `fairlead --help` starts at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairlead.bench import Unusable

if TYPE_CHECKING:
    from fairlead.bench.instance import Instance

OK, UNUSABLE = 0, 2
OURS = ("fairlead", "fairlead+proof")

Command = Callable[[argparse.Namespace], int]


def add_commands(commands: Any) -> None:
    """Add `bench` and what is below it."""
    about = "measure the engine beside other solvers and published values"
    bench = commands.add_parser("bench", help=about, description=about)
    bench.add_argument("--list", action="store_true", help="show the solvers, and which are installed")
    bench.set_defaults(run=guarded(overview))
    below = bench.add_subparsers(metavar="<what>")
    add_company(below)
    add_set(below)
    add_generate(below)
    add_report(below)
    add_micro(below)


def add_company(below: Any) -> None:
    made = command(below, "company", company, "run solvers on made-up companies")
    made.add_argument("--tasks", type=positive, required=True)
    made.add_argument("--workers", type=positive, required=True)
    made.add_argument("--chains", action="store_true", help="some tasks wait for others")
    made.add_argument("--seeds", type=numbers, default=[1], help="such as 1-10 or 1,3,5 (default 1)")
    add_limits(made)


def add_set(below: Any) -> None:
    made = command(below, "set", public_set, "run solvers on a public set of instances")
    made.add_argument("kind", help="imopse, gap or assign")
    made.add_argument("folder", type=Path, help="folder with the instances; they are not part of Fairlead")
    made.add_argument("--best", type=Path, help="CSV file with the best published values")
    made.add_argument("--only", metavar="TEXT", default="", help="instances whose name contains this")
    made.add_argument("--seeds", type=numbers, default=[1], help="seeds of the search (default 1)")
    add_limits(made, solvers=OURS[0])


def add_limits(made: argparse.ArgumentParser, *, solvers: str = "") -> None:
    """What both kinds of runs have in common."""
    made.add_argument("--seconds", type=seconds, default=60.0, help="limit of the wall clock for each run (default 60)")
    made.add_argument(
        "--threads", type=positive, default=1, help="threads for the solvers that can use them (default 1)"
    )
    made.add_argument(
        "--solvers",
        default=solvers,
        help=f"names with commas between them (default {solvers or 'all that are installed'})",
    )
    made.add_argument("--again", action="store_true", help="also what the results file has already")
    made.add_argument("--out", type=Path, required=True, help="results file (.csv); rows are appended")


def add_generate(below: Any) -> None:
    made = command(below, "generate", generate, "write a made-up company as a problem file")
    made.add_argument("--tasks", type=positive, required=True)
    made.add_argument("--workers", type=positive, required=True)
    made.add_argument("--chains", action="store_true", help="some tasks wait for others")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--out", type=Path, required=True, help="problem file (.json or .json.gz)")


def add_report(below: Any) -> None:
    made = command(below, "report", report, "tables and pictures of a results file")
    made.add_argument("results", type=Path, help="results file (.csv)")
    made.add_argument("--out", type=Path, required=True, help="folder for report.md and the pictures")


def add_micro(below: Any) -> None:
    made = command(below, "micro", micro, "speed of the engine: first plan, search, ranking, cold start")
    made.add_argument("--tasks", type=positive, default=500)
    made.add_argument("--workers", type=positive, default=50)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--seconds", type=seconds, default=10.0, help="how long to search (default 10)")
    made.add_argument("--out", type=Path, required=True, help="results file (micro.csv); rows are appended")


def command(below: Any, name: str, run: Command, about: str) -> argparse.ArgumentParser:
    """A command whose faults in the input become one sentence and status 2."""
    parser: argparse.ArgumentParser = below.add_parser(name, help=about, description=about)
    parser.set_defaults(run=guarded(run))
    return parser


def guarded(run: Command) -> Command:
    """The command, with a sentence instead of a traceback for what the caller can mend."""

    def guarding(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except Unusable as error:
            return sorry(str(error))
        except OSError as error:
            return sorry(f"{error.filename}: {error.strerror}")
        except ModuleNotFoundError as error:
            return sorry(f"{error.name} is not installed: pip install fairlead[peers]")

    return guarding


def sorry(text: str) -> int:
    """Say what is wrong."""
    say(f"fairlead bench: {text}")
    return UNUSABLE


def say(text: str) -> None:
    """Progress and complaints."""
    print(text, file=sys.stderr, flush=True)


# -- values of options ----------------------------------------------------------------------------------------


def positive(text: str) -> int:
    """A whole number above 0."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def seconds(text: str) -> float:
    """A number above 0."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def numbers(text: str) -> list[int]:
    """Whole numbers: 1-10, 1,3,5 or both."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        found += range(int(first), int(last) + 1) if dash else [int(first)]
    if not found:
        raise argparse.ArgumentTypeError("must name at least one seed")
    return found


# -- commands -------------------------------------------------------------------------------------------------


def overview(args: argparse.Namespace) -> int:
    """The solvers, and which are installed."""
    from fairlead.bench import ours
    from fairlead.bench.peers import PEERS

    if not args.list:
        raise Unusable("say what to do: company, set, generate, report or micro; see fairlead bench --help")
    print(f"{ours.NAME:<15} {ours.VERSION:<18} this engine")
    print(f"{ours.WITH_PROOF:<15} {ours.VERSION:<18} this engine, most of the time for exact answers and the bound")
    for peer in PEERS:
        print(f"{peer.name:<15} {peer.version:<18} {peer.about}" + (f" ({peer.missing})" if peer.missing else ""))
    return OK


def company(args: argparse.Namespace) -> int:
    """Run solvers on made-up companies."""
    from fairlead.bench.instance import companies

    return run(args, companies([(args.tasks, args.workers)], args.seeds, chains=args.chains))


def public_set(args: argparse.Namespace) -> int:
    """Run solvers on the instances of a public set."""
    from fairlead.bench.instance import published
    from fairlead.bench.sets import SETS

    if args.kind not in SETS:
        raise Unusable(f"there is no set {args.kind!r}; there is {', '.join(SETS)}")
    instances = published(args.kind, args.folder, best=args.best, seeds=args.seeds)
    chosen = [instance for instance in instances if args.only in instance.name]
    if not chosen:
        raise Unusable(f"{args.folder} has no instances of the set {args.kind}{' with that name' * bool(args.only)}")
    return run(args, chosen)


def run(args: argparse.Namespace, instances: list[Instance]) -> int:
    """Each solver on each instance."""
    from fairlead.bench.peers import Limits
    from fairlead.bench.run import Job, run_all

    jobs = [
        Job(solver, instance, Limits(args.seconds, instance.seed, args.threads))
        for instance in instances
        for solver in solvers(args.solvers)
    ]
    run_all(jobs, args.out, again=args.again, now=lambda: datetime.now(UTC), say=say)
    return OK


def solvers(wanted: str) -> list[str]:
    """The named solvers that can run here; all of them when none is named. What is missing is said and skipped."""
    from fairlead.bench.peers import PEERS

    peers = {peer.name: peer for peer in PEERS}
    names = [name.strip() for name in wanted.split(",")] if wanted else [OURS[0], *peers]
    if unknown := [name for name in names if name not in OURS and name not in peers]:
        raise Unusable(f"there is no solver {unknown[0]!r}; there is {', '.join([*OURS, *peers])}")
    for name in names:
        if name in peers and peers[name].missing:
            say(f"{name}: {peers[name].missing}")
    found = [name for name in names if name in OURS or not peers[name].missing]
    if not found:
        raise Unusable("none of these solvers is installed")
    return found


def generate(args: argparse.Namespace) -> int:
    """Write a made-up company."""
    from fairlead.bench.generate import company as made
    from fairlead.engine import problem_digest, write_problem

    problem = made(args.tasks, args.workers, args.seed, chains=args.chains)
    write_problem(problem, args.out)
    say(f"{args.out}: {len(problem.tasks)} tasks, {len(problem.workers)} workers, digest {problem_digest(problem)}")
    return OK


def report(args: argparse.Namespace) -> int:
    """Write tables and pictures."""
    from fairlead.bench.report import write_report

    for path in write_report(args.results, args.out):
        say(f"wrote {path}")
    return OK


def micro(args: argparse.Namespace) -> int:
    """Measure the engine's speed."""
    from fairlead.bench.micro import measure_all

    size = (args.tasks, args.workers, args.seed)
    measure_all(size, args.out, seconds=args.seconds, now=lambda: datetime.now(UTC), say=say)
    return OK
