"""What the outbox itself does when told."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from portal.outbox.job_tasks import run_jobs

log = logging.getLogger(__name__)


def wake_jobs(payload: dict[str, Any]) -> None:
    """A job waits: wake a worker once the message is committed. A lost wake-up costs a minute, no more."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    try:
        run_jobs.apply_async(retry=False)
    except OperationalError:
        log.warning("broker unreachable: the minute's run will take the job up")
