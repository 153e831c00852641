"""A child process that ends when its parent does, even when the parent was killed and could not say so."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LOOK_EVERY_S = 1.0
GRACE_S = 8.0
"""How long an orphan may take to end by itself: a graceful stop may wait for its parent's word, which never comes."""


def end_with_parent(parent: int) -> None:
    """From now on this process gets SIGTERM when the process `parent`, which started it, is gone, and then SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # Elsewhere there is no such call; and on Linux the parent may have ended before it was made.
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)
