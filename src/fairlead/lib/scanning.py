"""A look at a file by somebody else's virus scanner, before it is kept."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Final

import structlog

from fairlead.lib.errors import Refused
from fairlead.lib.speech import later, tr

TIMEOUT_S: Final = 120
FOUND: Final = 1
"""What clamscan and clamdscan end with when they have found something."""
log = structlog.get_logger("fairlead.scanning")


class Infected(Refused):
    """The scanner has found something in the file."""

    code = "infected"
    title = later("The file was refused")


class ScannerDown(Refused):
    """The scanner did not answer, so nothing is let in."""

    code = "scanner-down"
    status = 503
    title = later("Files cannot be checked now")


def scan(command: str, path: Path) -> None:
    """Run `command` with the path behind it; an empty command lets everything pass. Ending with 0 means clean.

    Raises Infected when it ends with 1, ScannerDown when it ends with anything else, cannot run or takes too long.
    """
    if not command.strip():
        return
    try:
        words = [*shlex.split(command), str(path)]
        done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        log.warning("the virus scanner could not run", error=type(error).__name__)
        raise ScannerDown(_DOWN) from error
    if done.returncode == FOUND:
        log.warning("a file was refused by the virus scanner", said=done.stdout[:300].decode(errors="replace"))
        raise Infected(
            tr("The virus scanner found something in this file, so it was not kept. Ask who sent it to you.")
        )
    if done.returncode != 0:
        log.warning("the virus scanner failed", code=done.returncode)
        raise ScannerDown(_DOWN)


_DOWN: Final = later(
    "The virus scanner does not answer, so no file is taken. Try again later, or tell your administrator."
)
