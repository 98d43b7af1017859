"""Processes of their own over a test's database, to be killed, or to share the work."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tests.factories.gates import wait_for

WORKER = """
import sys, django
django.setup()
from datetime import datetime
from portal.common import clock
from portal.outbox.services.jobs import run_waiting
business, machine = (datetime.fromisoformat(text) for text in sys.argv[1:])
print("ready", flush=True)
sys.stdin.readline()
with clock.frozen(business=business, machine=machine):
    run_waiting()
"""


def started(script: str, *args: str, database: str, store: Path | None = None, limit: int = 0) -> subprocess.Popen[str]:
    """A process that has said « ready ». ``store``: its activity logs; ``limit``: how many bytes its files may have."""
    base, _, rest = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{database}" + (f"?{rest}" if rest else "")
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    if store is not None:
        environment |= {"ACTIVITY_FOLDER": str(store), "ACTIVITY_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", script, *args],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=(lambda: _limit(limit)) if limit else None,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def worker(database: str, business: datetime, machine: datetime, store: Path | None = None) -> subprocess.Popen[str]:
    """A worker of jobs that waits for ``go``."""
    return started(WORKER, business.isoformat(), machine.isoformat(), database=database, store=store)


def go(process: subprocess.Popen[str]) -> None:
    """Let a worker begin."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def ended(process: subprocess.Popen[str]) -> int:
    """Wait for a process; its exit status."""
    return told(process)[0]


def told(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The same, with what it still writes after « ready »."""
    words, _ = process.communicate(timeout=60)
    return process.returncode, words


def killed_in_the_middle(
    rng: random.Random, done: Callable[[], int], database: str, business: datetime, machine: datetime
) -> None:
    """Let a worker do one to three things more, as ``done`` counts them, then kill it at any point of the next."""
    process, enough = worker(database, business, machine), done() + rng.randint(1, 3)
    go(process)
    wait_for(lambda: done() >= enough, f"{enough} things done by a worker")
    kill(process, rng.uniform(0, 0.05))


def kill(process: subprocess.Popen[str], seconds: float = 0) -> None:
    """After so long, with no way to end in order."""
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
