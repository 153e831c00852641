"""A child of a killed process ends, even one that does not heed the signal to stop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jobs.waiting import eventually
from runtime.test_serve import is_alive

CHILD = """
import os, signal, sys, time
from fairlead.lib import lifeline
signal.signal(signal.SIGTERM, signal.SIG_IGN)
lifeline.LOOK_EVERY_S, lifeline.GRACE_S = 0.05, 0.2
lifeline.end_with_parent(os.getppid())
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def test_an_orphan_that_ignores_the_signal_is_ended() -> None:
    source = Path(__file__).parents[2] / "src"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(source)}
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    eventually(lambda: not is_alive(child))
    parent.stdout.close()
