"""How soon a malformed problem file is refused, and how long a sound one takes to read.

    python benchmarks/files.py [--tasks 50000] [--workers 3000] [--seed 1]

A sound problem is made up from a seed and broken in one way after the other. Prints CSV: kind of fault, seconds of
this process's processor from the bytes to the refusal and its message, faults found, and the path of the first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable
from typing import Any

from fairlead.engine import ProblemErrors, problem_from_bytes
from fairlead.engine.testing import CONTEXTS, DAY_MIN, SKILLS

Document = dict[str, Any]
Break = Callable[[Document], Any]


def sound(workers: int, tasks: int, seed: int) -> Document:
    """Four weeks; workers with 40 intervals and 6 skills, tasks with all kinds of rules."""
    rng = random.Random(seed)
    names = [f"w{number}" for number in range(workers)]
    return {
        "format": "fairlead.problem/1",
        "start": "2026-11-23T00:00:00+00:00",
        "horizon": 28 * DAY_MIN,
        "workers": [worker(rng, name) for name in names],
        "tasks": [task(rng, number, names) for number in range(tasks)],
        "setup": 15,
    }


def worker(rng: random.Random, name: str) -> Document:
    """One worker with two intervals on each working day."""
    days = [day * DAY_MIN + rng.randrange(420, 600, 30) for day in range(28) if day % 7 < 5]
    return {
        "id": name,
        "skills": {skill: rng.randint(1, 5) for skill in SKILLS},
        "calendar": [pair for at in days for pair in ([at, at + 240], [at + 285, at + 525])],
        "week_minutes": rng.choice((1200, 2400)),
        "rate": rng.uniform(20, 120),
        "speed": rng.choice((0.7, 1.0, 1.3)),
    }


def task(rng: random.Random, number: int, names: list[str]) -> Document:
    """One task: a quarter is held by somebody, some wait, exclude or restrict."""
    release = rng.randrange(20_000)
    rare = {
        "now": (0.25, rng.choice(names)),
        "never": (0.10, [rng.choice(names)]),
        "after": (0.12 if number else 0, [f"t{rng.randrange(number or 1)}"]),
        "only": (0.05, rng.sample(names, min(3, len(names)))),
    }
    return {
        "id": f"t{number}",
        "effort": rng.randint(15, 600),
        "needs": {skill: rng.randint(1, 3) for skill in rng.sample(SKILLS, rng.randint(1, 3))},
        "release": release,
        "due": release + rng.randrange(1_000, 10_000),
        "weight": rng.choice((0.5, 1.0, 2.0)),
        "context": rng.choice(CONTEXTS),
    } | {key: value for key, (share, value) in rare.items() if rng.random() < share}


def put(value: Any, *path: Any) -> Break:
    """A break that sets one value."""

    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def everywhere(key: str, value: Any) -> Break:
    """A break of every task."""

    def change(document: Document) -> None:
        for number, row in enumerate(document["tasks"]):
            row[key] = value(number) if callable(value) else value

    return change


def many_cycles(document: Document) -> None:
    """Every task waits for the next and for the first: each closes a cycle of thousands."""
    last = len(document["tasks"]) - 1
    for number, row in enumerate(document["tasks"]):
        row["after"] = [f"t{number + 1}", "t0"] if 0 < number < last else [f"t{1 if number == 0 else 0}"]


def dense_misfit(document: Document) -> None:
    """Sound, with 47 predictions for each task."""
    rng, names = random.Random(2), [row["id"] for row in document["workers"]]
    for row in document["tasks"]:
        row["misfit"] = {name: rng.randrange(100) / 10 for name in rng.sample(names, min(47, len(names)))}


LAST = -1
BREAKS: dict[str, Break] = {
    "nothing": lambda _: None,
    "unknown key at the top": put(1, "bogus"),
    "unknown key of the first task": put(1, "tasks", 0, "bogus"),
    "unknown key of the last task": put(1, "tasks", LAST, "bogus"),
    "unknown key of every task": everywhere("bogus", 1),
    "fifty thousand unknown keys in one task": lambda document: document["tasks"][LAST].update(
        {f"k{number}": 1 for number in range(50_000)}
    ),
    "missing key": lambda document: document["tasks"][LAST].pop("effort"),
    "last task is no object": put(3, "tasks", LAST),
    "tasks are no list": lambda document: document.update(tasks={row["id"]: row for row in document["tasks"]}),
    "wrong type": put("soon", "tasks", LAST, "due"),
    "wrong type in every task": everywhere("due", "soon"),
    "every field of every task wrong": lambda document: [
        everywhere(key, [7])(document) for key in ("effort", "needs", "release", "due", "weight", "context", "now")
    ],
    "not a number": put(float("nan"), "tasks", LAST, "weight"),
    "infinite number": put(float("inf"), "workers", LAST, "rate"),
    "negative number": put(-1, "tasks", LAST, "release"),
    "negative number in every task": everywhere("release", -1),
    "huge integer": put(10**4000, "tasks", LAST, "effort"),
    "integer of too many digits": put("HUGE", "tasks", LAST, "effort"),
    "id used twice": put("t0", "tasks", LAST, "id"),
    "one id for every task": everywhere("id", "t0"),
    "reference to nobody": put("zoe", "tasks", LAST, "now"),
    "reference to nothing in every task": everywhere("after", ["nothing"]),
    "waits for itself": lambda document: put([document["tasks"][LAST]["id"]], "tasks", LAST, "after")(document),
    "every task waits for itself": everywhere("after", lambda number: [f"t{number}"]),
    "cycle of two": lambda document: [
        put(["t1"], "tasks", 0, "after")(document), put(["t0"], "tasks", 1, "after")(document)
    ],
    "cycle of all tasks": lambda document: everywhere(
        "after", lambda number: [f"t{(number + 1) % len(document['tasks'])}"]
    )(document),
    "a cycle closed by every task": many_cycles,
    "one id fifty thousand times in a list": put(["t0"] * 50_000, "tasks", LAST, "after"),
    "interval out of order": put([[600, 540]], "workers", LAST, "calendar"),
    "every calendar out of order": lambda document: [row["calendar"].reverse() for row in document["workers"]],
    "fifty thousand intervals that overlap": put([[0, 60]] * 50_000, "workers", LAST, "calendar"),
    "dense misfit, nothing wrong": dense_misfit,
    "dense misfit, one negative": lambda document: [
        dense_misfit(document), document["tasks"][LAST]["misfit"].update(w0=-1)
    ],
    "dense misfit, a stranger in every task": lambda document: [
        dense_misfit(document), [row["misfit"].update(zoe=1.0) for row in document["tasks"]]
    ],
}  # fmt: skip
"""Ways to break the document."""

TEARS: dict[str, Callable[[bytes], bytes]] = {
    "packed, nothing": lambda raw: gzip.compress(raw, 6),
    "cut off": lambda raw: raw[:-2],
    "cut off in the middle": lambda raw: raw[: len(raw) // 2],
    "bad UTF-8 at the end": lambda raw: raw[:-20] + b"\xff" + raw[-20:],
    "packed and cut off": lambda raw: gzip.compress(raw, 6)[:-5],
    "packed with a wrong checksum": lambda raw: gzip.compress(raw, 6)[:-8] + bytes(8),
    "packed bomb of 1 GiB": lambda _: gzip.compress(bytes(1 << 30), 1),
    "100,000 brackets": lambda _: b"[" * 100_000,
    "900 brackets in a task": lambda raw: raw.replace(
        b'"weight": ', b'"only": ' + b"[" * 900 + b"]" * 900 + b', "weight": ', 1
    ),
    "key used twice": lambda raw: raw.replace(b'"effort"', b'"id": "x", "effort"', 1),
    "key used twice in every task": lambda raw: raw.replace(b'"effort"', b'"id": "x", "effort"'),
    "one key fifty thousand times": lambda raw: raw.replace(b'"effort"', b'"id": "x", ' * 50_000 + b'"effort"', 1),
}  # fmt: skip
"""Ways to break the bytes."""


def main() -> None:
    """Break the problem in every way and time each refusal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    whole = json.dumps(sound(given.workers, given.tasks, given.seed)).encode()
    print("fault,cpu_seconds,faults,first_path")
    for name, change in BREAKS.items():
        document = json.loads(whole)
        change(document)
        report(name, json.dumps(document).replace('"HUGE"', "9" * 5_000).encode())
    for name, tear in TEARS.items():
        report(name, tear(whole))


def report(name: str, raw: bytes) -> None:
    """One row."""
    begun, paths = time.process_time(), list[str]()
    try:
        problem_from_bytes(raw)
    except ProblemErrors as refused:
        str(refused)
        paths = [error.path for error in refused.errors]
    print(f'"{name}",{time.process_time() - begun:.2f},{len(paths)},{paths[0] if paths else "none"}', flush=True)


if __name__ == "__main__":
    main()
