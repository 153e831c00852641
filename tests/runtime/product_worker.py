"""A worker of the product in a process of its own, on a host whose clock is wrong by so many seconds.

`python product_worker.py <seconds> <seconds after which the database ends a transaction in which nothing happens>`
"""

import sys
from datetime import UTC, datetime, timedelta

import time_machine

wrong_s, patience_s = float(sys.argv[1]), int(sys.argv[2])
time_machine.travel(datetime.now(UTC) + timedelta(seconds=wrong_s), tick=True).start()

from fairlead.cli.database import set_up_django  # noqa: E402  the clock is wrong from the beginning

set_up_django()

from django.db import connection  # noqa: E402  the product needs Django to be set up

from fairlead.jobs import QUEUES, worker  # noqa: E402
from fairlead.settings import RELEASE  # noqa: E402

options = connection.settings_dict["OPTIONS"]
shorter = f"{RELEASE.rpartition('=')[0]}={patience_s}s"
assert RELEASE in options["options"]
options["options"] = options["options"].replace(RELEASE, shorter)
sys.exit(worker.run(queues=QUEUES, concurrency=2, grace_s=2))
