"""`fairlead plan | check | explain | rank | repair`: the engine on problem and plan files, without server or database.

The engine is imported when a command runs, so that `fairlead --help` starts at once.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from textwrap import indent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairlead import engine

OK, NEGATIVE, UNUSABLE = 0, 1, 2
"""Exit statuses: done; the plan breaks rules; the caller has to mend the input first."""

PROVE_SECONDS = 30.0
"""Enough for some fifty tasks to come within a few percent of the best possible."""

PROOFS = {
    "alone": "each task at its cheapest, alone in the world",
    "linear": "a linear program with parts of tasks",
    "whole": "a program with whole tasks",
}
"""How a bound was proven, in words."""

Command = Callable[[argparse.Namespace], int]


class Unusable(Exception):
    """Input that the caller has to mend; the message says how."""


def add_commands(subparsers: Any) -> None:
    """Add the five commands; each parser's `func` (and `run`) takes the arguments and returns the exit status."""
    made = command(subparsers, "plan", run=plan)
    made.add_argument("problem", help="problem file (.json or .json.gz)")
    made.add_argument("--seconds", type=positive_number, help="search this long (default 10 without --iterations)")
    made.add_argument("--iterations", type=count, help="search this many rounds: the same every time")
    made.add_argument("--seed", type=int, default=0, help="start of the random numbers (default 0)")
    made.add_argument("--threads", type=positive_count, default=1, help="search on so many threads (default 1)")
    made.add_argument("--warm", metavar="PLAN", help="plan to start from; the result is never worse")
    made.add_argument(
        "--prove",
        type=positive_number,
        nargs="?",
        const=PROVE_SECONDS,
        default=0.0,
        metavar="SECONDS",
        help=f"then prove how far from the best it can be, for so long (default {PROVE_SECONDS:g})",
    )
    made.add_argument("--out", help="write the plan here; without it, print a table")
    made = command(subparsers, "check", run=check)
    made.add_argument("problem")
    made.add_argument("plan")
    made = command(subparsers, "explain", run=explain)
    made.add_argument("problem")
    made.add_argument("plan")
    made.add_argument("--task", required=True, help="id of the task")
    made.add_argument("--worker", help="also: why (not) this worker, and what would change it")
    made.add_argument("--json", action="store_true", help="everything, as JSON")
    made = command(subparsers, "rank", run=rank)
    made.add_argument("problem")
    made.add_argument("plan", nargs="?", help="rank against this plan; without it, against an empty one")
    made.add_argument("--task", required=True, help="id of the task")
    made.add_argument("-k", type=count, default=10, help="show the best K (default 10)")
    made.add_argument("--json", action="store_true", help="everything, as JSON")
    add_repair(subparsers)


def add_repair(subparsers: Any) -> None:
    """Add `fairlead repair`."""
    made = command(subparsers, "repair", run=repair)
    made.add_argument("problem", help="problem file that the plan was made for")
    made.add_argument("plan", help="plan file")
    made.add_argument("--change", required=True, help="change file: what happened since")
    made.add_argument("--now", type=count, default=0, metavar="MIN", help="what starts before has begun (default 0)")
    made.add_argument("--frozen-until", type=count, default=0, metavar="MIN", help="what starts before keeps its place")
    made.add_argument("--most-moved", type=count, default=5, metavar="K", help="give at most K others away (default 5)")
    made.add_argument("--seconds", type=positive_number, help="search this long (default 10 without --iterations)")
    made.add_argument("--iterations", type=count, help="search this many rounds: the same every time")
    made.add_argument("--seed", type=int, default=0, help="start of the random numbers (default 0)")
    made.add_argument("--out", required=True, help="write the new plan here")
    made.add_argument("--out-problem", metavar="PROBLEM", help="write the changed problem here")


HELP = {
    "plan": "solve a problem file",
    "check": "judge a plan: feasible, and at what cost?",
    "explain": "why this worker, why not that one",
    "rank": "the best candidates for one task",
    "repair": "change a plan as little as possible after something happened",
}


def command(subparsers: Any, name: str, *, run: Command) -> argparse.ArgumentParser:
    """A subcommand whose faults in the input become one sentence and status 2."""

    def guarded(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except Unusable as error:
            print(f"fairlead {name}: {error}", file=sys.stderr)
            return UNUSABLE

    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=HELP[name], description=HELP[name])
    parser.set_defaults(func=guarded, run=guarded)
    return parser


def positive_number(text: str) -> float:
    """A number above 0."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def count(text: str) -> int:
    """A whole number of at least 0."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be at least 0")
    return value


def positive_count(text: str) -> int:
    """A whole number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


# -- commands -------------------------------------------------------------------------------------------------


def plan(args: argparse.Namespace) -> int:
    """Solve and write or print the plan."""
    from fairlead import engine
    from fairlead.cli.watch import watched

    if args.prove and not engine.can_prove():
        raise Unusable("--prove needs scipy: pip install 'fairlead[bounds]'")
    problem = read(engine.read_problem, args.problem)
    warm = read(engine.read_plan, args.warm) if args.warm else None
    with watched(stop_rule(args)) as (stop, show):
        found = engine.solve(
            problem,
            stop=stop,
            seed=args.seed,
            threads=args.threads,
            warm_start=warm,
            on_progress=show,
            prove=args.prove,
        )
    if args.out:
        write(engine.write_plan, found, args.out)
    else:
        print_table(
            [["task", "worker", "lane", "start", "finish"], *(row(problem, item) for item in found.assignments)]
        )
    for left in found.unassigned:
        print(f"not assigned: {left.task}: {left.reason}." + (f" Fix: {left.fixes[0]}." if left.fixes else ""))
    print_summary(problem, found)
    return OK


def stop_rule(args: argparse.Namespace) -> engine.Stop:
    """From --seconds and --iterations; whichever comes first."""
    from fairlead import engine

    rules: list[engine.Stop] = []
    if args.iterations is not None:
        rules.append(engine.Iterations(args.iterations))
    if args.seconds is not None or not rules:
        rules.append(engine.Deadline(args.seconds or 10.0, time.monotonic))
    return rules[0] if len(rules) == 1 else engine.FirstOf(*rules)


def check(args: argparse.Namespace) -> int:
    """Print every violation and the true cost; status 1 when there is a violation."""
    from fairlead import engine
    from fairlead.engine import wording

    problem, judged = read(engine.read_problem, args.problem), read(engine.read_plan, args.plan)
    verdict = engine.check(problem, judged)
    for violation in verdict.violations:
        print(violation)
    if verdict.violations:
        print(wording.count(len(verdict.violations), "violation"))
    else:
        print("feasible: every rule is kept")
    print_cost(verdict.cost)
    return OK if verdict.ok else NEGATIVE


def explain(args: argparse.Namespace) -> int:
    """Print who has the task and why, all candidates, who is ruled out, and what would change it."""
    from fairlead import engine

    problem, judged = read(engine.read_problem, args.problem), read(engine.read_plan, args.plan)
    known(problem.task_index, args.task, what="task")
    if args.worker is not None:
        known(problem.worker_index, args.worker, what="worker")
    found = engine.explain(problem, judged, task_id=args.task, worker=args.worker)
    if args.json:
        print(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return OK
    print(found.sentence)
    if found.comparison is not None:
        print(found.comparison.sentence)
        for flip in found.comparison.flips:
            print(f"  {flip.said(args.worker)}")
        if not found.comparison.flips and found.comparison.place != 1:
            print(f"  No change of one rate, time, load, due date or rule alone would make {args.worker} first.")
    for fix in found.diagnosis.fixes if found.diagnosis else ():
        print(f"  Fix: {fix.sentence}.")
    print_ranking(problem, found.ranking)
    return OK


def rank(args: argparse.Namespace) -> int:
    """Print the best candidates with every cost part."""
    from fairlead import engine

    problem = read(engine.read_problem, args.problem)
    against = read(engine.read_plan, args.plan) if args.plan else None
    known(problem.task_index, args.task, what="task")
    ranking = engine.rank(problem, against, task_id=args.task, k=args.k)
    if args.json:
        print(json.dumps(ranking.to_dict(), indent=1, ensure_ascii=False))
    else:
        print_ranking(problem, ranking)
    return OK


def repair(args: argparse.Namespace) -> int:
    """Repair a plan, write it, and print every change with its reason."""
    from fairlead import engine
    from fairlead.cli.watch import watched

    problem, old = read(engine.read_problem, args.problem), read(engine.read_plan, args.plan)
    change = read(engine.read_changes, args.change)
    budget = engine.Budget(args.now, args.frozen_until, args.most_moved)
    try:
        with watched(stop_rule(args)) as (stop, show):
            found = engine.repair(
                problem, old, change=change, budget=budget, stop=stop, seed=args.seed, on_progress=show
            )
    except engine.ProblemErrors as error:
        raise Unusable(faults(args.change, error)) from None
    write(engine.write_plan, found.plan, args.out)
    if args.out_problem:
        write(engine.write_problem, found.problem, args.out_problem)
    print(found.headline)
    print_table([[f"  {move.kind}", move.task, move.reason] for move in found.moves])
    saved = found.cost_before.total - found.cost.total
    print(f"cost {found.cost.total:.1f}, {saved:.1f} less than with only what had to change")
    return OK


# -- reading and printing -------------------------------------------------------------------------------------


def read(reader: Callable[[str], Any], path: str) -> Any:
    """Read a file; whatever is wrong with it becomes Unusable."""
    from fairlead.engine import ProblemErrors

    try:
        return reader(path)
    except ProblemErrors as error:
        raise Unusable(faults(path, error)) from None
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror or error}") from None


def faults(path: str, error: engine.ProblemErrors) -> str:
    """Everything that is wrong with a file."""
    return f"{path} cannot be used:\n{indent(str(error), '  ')}"


def write(writer: Callable[[Any, str], None], content: Any, path: str) -> None:
    """Write a file; where it cannot be written becomes Unusable."""
    try:
        writer(content, path)
    except OSError as error:
        raise Unusable(f"cannot write {path}: {error.strerror}") from None


def known(ids: dict[str, int], wanted: str, *, what: str) -> None:
    """Refuse an id that the problem does not have."""
    if wanted not in ids:
        some = ", ".join(list(ids)[:5])
        raise Unusable(f"there is no {what} {wanted!r} in the problem; there is {some}{' …' if len(ids) > 5 else ''}")


def row(problem: engine.Problem, item: engine.Assignment) -> list[str]:
    """One line of the plan's table."""
    from fairlead.engine.wording import moment

    return [item.task, item.worker, str(item.lane), moment(problem, item.start), moment(problem, item.finish)]


def print_table(rows: list[list[str]]) -> None:
    """Columns as wide as their longest cell; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    for cells in rows:
        shown = [
            cell.rjust(width) if is_figure(cell) else cell.ljust(width)
            for cell, width in zip(cells, widths, strict=True)
        ]
        print("  ".join(shown).rstrip())


def is_figure(cell: str) -> bool:
    """Cells that are numbers."""
    return cell.replace(".", "", 1).lstrip("-").isdigit()


def print_summary(problem: engine.Problem, found: engine.Plan) -> None:
    """How much is assigned, at what cost, how found."""
    print(f"{len(found.assignments)} of {len(problem.tasks)} tasks assigned", end="")
    ended = "cancelled" if found.stopped_by == "cancelled" else f"stopped by {found.stopped_by}"
    print(f" ({found.iterations} iterations, {ended}, seed {found.seed})")
    if found.cost is not None:
        print_cost(found.cost)
    if found.bound is not None:
        print(proof_sentence(found, found.bound))


def proof_sentence(found: engine.Plan, bound: float) -> str:
    """How far from the best possible plan this one can be."""
    below = f"no plan can cost less than {bound:.1f}"
    if found.bound_by == "optimal":
        return f"{below}: this is a best possible plan"
    if found.bound_by in ("", "alone") or found.cost is None or bound <= 0:
        return below
    gap = found.cost.total / bound - 1.0
    return f"at most {gap:.1%} above the best possible plan ({below}; proven by {PROOFS[found.bound_by]})".replace(
        "%", " %"
    )


def print_cost(cost: engine.Cost) -> None:
    """Total and parts, aligned."""
    from fairlead.engine.plan import PARTS

    lines = [["cost", f"{cost.total:.1f}"], *([f"  {name}", f"{getattr(cost, name):.1f}"] for name in PARTS)]
    print_table([line for line in lines if line[1] != "0.0" or line[0] == "cost"])


def print_ranking(problem: engine.Problem, ranking: engine.Ranking) -> None:
    """Candidates with their parts, then who is ruled out and why."""
    from fairlead.engine.plan import PARTS, tidy
    from fairlead.engine.wording import moment

    shown = [name for name in PARTS if any(abs(tidy(getattr(item.cost, name))) >= 0.05 for item in ranking.candidates)]
    if ranking.candidates:
        rows = [["", "worker", "points", *shown, "start", "finish"]]
        for item in ranking.candidates:
            parts = [f"{tidy(getattr(item.cost, name)):.1f}" for name in shown]
            times = [moment(problem, item.start), moment(problem, item.finish)]
            rows.append([str(item.rank), item.worker, f"{item.points:.1f}", *parts, *times])
        print_table(rows)
    else:
        print("nobody can do it")
    if ranking.eligible > len(ranking.candidates):
        print(f"and {ranking.eligible - len(ranking.candidates)} more")
    if ranking.ruled_out:
        print("ruled out:")
        print_table([[f"  {item.worker}", item.sentence] for item in ranking.ruled_out])
