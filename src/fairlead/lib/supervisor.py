"""A few child processes that are kept running and end together with their parent."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 30.0
"""A child that lived so long starts again without a pause."""
LOOK_EVERY_S = 0.2

Say = Callable[[str], None]


@dataclass
class Child:
    """One process: what it is called in messages, its command, and how often in a row it ended early."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    rests_until: float | None = None

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches only the parent, which then ends its children in order.
        self.process = subprocess.Popen(list(self.command), stdin=subprocess.DEVNULL, start_new_session=True)
        self.started = time.monotonic()
        self.rests_until = None

    @property
    def exit_status(self) -> int | None:
        return self.process.poll() if self.process else None

    @property
    def pause_s(self) -> float:
        """Seconds to rest before the next start: 1, 2, 4 … 30."""
        return min(2.0 ** (self.failures - 1), LONGEST_PAUSE_S) if self.failures else 0.0


@dataclass
class Supervisor:
    """Runs children until it is told to stop. `look` is called about every second, for whatever else needs care."""

    children: list[Child]
    say: Say
    look: Callable[[], None] = lambda: None
    _stop: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP ask for the end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def wait_until(self, ready: Callable[[], bool], *, child: Child, timeout_s: float) -> bool:
        """Wait for `ready`; False when asked to stop, when `child` has ended or when it takes too long."""
        give_up = time.monotonic() + timeout_s
        while not self._stop.wait(0.05) and child.exit_status is None and time.monotonic() < give_up:
            if ready():
                return True
        return False

    def run(self) -> None:
        """Start the children that do not run yet, and keep all running until asked to stop."""
        for child in self.children:
            if child.process is None and not self.stopping:
                child.start()
        next_look = time.monotonic()
        while not self._stop.wait(LOOK_EVERY_S):
            for child in self.children:
                self._revive(child)
            if time.monotonic() >= next_look:
                self.look()
                next_look = time.monotonic() + 1.0

    def _revive(self, child: Child) -> None:
        status, now = child.exit_status, time.monotonic()
        if status is None:
            return
        if child.rests_until is None:
            child.failures = 1 if now - child.started > HEALTHY_AFTER_S else child.failures + 1
            child.rests_until = now + child.pause_s
            self.say(f"The {child.name} ended ({_reason(status)}); it starts again in {child.pause_s:.0f} s")
        elif now >= child.rests_until:
            child.start()

    def stop(self, *, grace_s: float) -> None:
        """Ask every child to end, and end those that take longer than `grace_s` together."""
        self._stop.set()
        end_all((child.process for child in self.children if child.process), grace_s=grace_s)


def end_all(processes: Iterable[subprocess.Popen[bytes]], *, grace_s: float) -> None:
    """SIGTERM to all, then SIGKILL to those that are still there."""
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        process.terminate()
    give_up = time.monotonic() + grace_s
    for process in alive:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, give_up - time.monotonic()))
    for process in alive:
        if process.poll() is None:
            process.kill()
            process.wait()


def _reason(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
