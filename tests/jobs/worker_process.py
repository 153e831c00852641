"""A worker in a process of its own that knows the sample jobs: `python worker_process.py <file for ticks> <grace>`."""

import sys
from pathlib import Path

from fairlead.cli.database import set_up_django

set_up_django()
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fairlead.jobs import DEFAULT, worker  # noqa: E402
from jobs import sample_jobs  # noqa: E402  # jobs need Django to be set up

sample_jobs.TICKS = Path(sys.argv[1])
sys.exit(worker.run(queues=[DEFAULT], concurrency=2, grace_s=float(sys.argv[2])))
