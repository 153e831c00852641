"""Which jobs there are, what they follow and how often they come round. Knows no database and no queue library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

DEFAULT: Final = "default"
"""Short work and timers."""
SEND: Final = "send"
"""Whatever waits for somebody else's server: mail, webhooks, integrations."""
SOLVE: Final = "solve"
"""Minutes of computing; served by a process of its own."""
QUEUES: Final = (DEFAULT, SEND, SOLVE)

EVERYTHING: Final = "*"
"""The kind that stands for every kind."""

Around = Callable[[int], AbstractContextManager[None]]


class BadJob(TypeError):
    """A job is declared or enqueued in a way that could never run."""


@dataclass(frozen=True, eq=False)
class Job:
    """A background function. `retry` holds the seconds to wait before each further attempt; empty: only one attempt.

    `every_s` is above 0 for a job that comes round by itself; such a job belongs to no workspace. `once`: it looks at
    the whole workspace, so that one waiting run stands for all the events that it follows, and it is told of none.
    `whole`: what it does and the note that it is done are one transaction, so that it has its effect once although it
    runs twice; for jobs that only change rows, and would change them again.
    """

    name: str
    run: Callable[..., None]
    queue: str = DEFAULT
    retry: tuple[int, ...] = ()
    every_s: int = 0
    once: bool = False
    whole: bool = False

    def __call__(self, *, now: datetime, **ids: Any) -> None:
        """Run it here and now, as the worker would, but without opening the workspace."""
        self.run(now=now, **ids)


@dataclass
class _Registry:
    jobs: dict[str, Job] = field(default_factory=dict)
    follows: dict[str, list[str]] = field(default_factory=dict)
    around: Around | None = None


_registry = _Registry()


def job(
    *, queue: str = DEFAULT, retry: tuple[int, ...] = (), once: bool = False, whole: bool = False
) -> Callable[[Callable[..., None]], Job]:
    """Make a function a job. Its name is app and function, such as `allocation.expire_offer`."""
    if queue not in QUEUES:
        raise BadJob(f"There is no queue {queue!r}; the queues are {', '.join(QUEUES)}.")

    def declare(run: Callable[..., None]) -> Job:
        package = run.__module__.removesuffix(".jobs").rpartition(".")[2]
        name = f"{package}.{run.__name__}"
        return _add(Job(name=name, run=run, queue=queue, retry=retry, once=once, whole=whole))

    return declare


def follows(*kinds: str) -> Callable[[Job], Job]:
    """Run the job after each event of these kinds, with its `event_id` (see Job.once); "*" stands for every kind."""

    def declare(it: Job) -> Job:
        for kind in kinds:
            _registry.follows.setdefault(kind, []).append(it.name)
        return it

    return declare


def every(seconds: int) -> Callable[[Job], Job]:
    """Run the job once in each stretch of so many seconds (counted from 1970 in UTC), whatever the number of workers.

    What was missed while no worker ran is not made up for, except the present stretch.
    """
    if seconds < 1:
        raise BadJob("A job cannot come round more often than once a second.")

    def declare(it: Job) -> Job:
        return _add(Job(name=it.name, run=it.run, queue=it.queue, retry=it.retry, every_s=seconds), replacing=it)

    return declare


def _add(new: Job, *, replacing: Job | None = None) -> Job:
    if _registry.jobs.get(new.name) is not replacing:
        raise BadJob(f"Two jobs are called {new.name}; rename one of the functions.")
    _registry.jobs[new.name] = new
    return new


def followers(kind: str) -> list[Job]:
    """The jobs to run after an event of this kind, in the order of their declaration."""
    names = [*_registry.follows.get(kind, ()), *_registry.follows.get(EVERYTHING, ())]
    return [_registry.jobs[name] for name in dict.fromkeys(names)]


def all_jobs() -> list[Job]:
    """Every job of the modules that are loaded."""
    return list(_registry.jobs.values())


def configure(*, around: Around) -> None:
    """Say how a workspace is opened around each of its jobs: `with around(workspace_id): ...`."""
    _registry.around = around


@contextmanager
def opened(workspace_id: int) -> Iterator[None]:
    """The workspace of a job, open while it runs."""
    if _registry.around is None:
        raise BadJob("jobs.configure(around=...) has not been called, so no workspace can be opened.")
    with _registry.around(workspace_id):
        yield


@contextmanager
def declared_apart() -> Iterator[None]:
    """Declarations made inside the block are forgotten after it; for tests of the machinery itself."""
    before = (dict(_registry.jobs), {kind: list(names) for kind, names in _registry.follows.items()}, _registry.around)
    try:
        yield
    finally:
        _registry.jobs, _registry.follows, _registry.around = before
