"""A worker of jobs as a process of its own, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime

WORKER = """
import sys, django
django.setup()
from datetime import datetime
from portal.common import clock
from portal.outbox.services.jobs import run_waiting
business, machine = (datetime.fromisoformat(text) for text in sys.argv[1:])
print("ready", flush=True)
with clock.frozen(business=business, machine=machine):
    run_waiting()
"""


def killed_after(seconds: float, database: str, business: datetime, machine: datetime) -> None:
    """Let a worker run for so long, then kill it with no way to end in order."""
    worker = _started(database, business, machine)
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert worker.stdout is not None
    worker.stdout.close()


def _started(database: str, business: datetime, machine: datetime) -> subprocess.Popen[str]:
    base, _, rest = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{database}" + (f"?{rest}" if rest else "")
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, business.isoformat(), machine.isoformat()],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    return worker
