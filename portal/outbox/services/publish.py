"""Putting work in the outbox."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection, transaction
from kombu.exceptions import OperationalError

from portal.common import clock
from portal.outbox.models import OutboxMessage
from portal.outbox.tasks import deliver

log = logging.getLogger(__name__)


def publish(topic: str, payload: dict[str, Any], *, dedup: str) -> None:
    """Add one effect to the current transaction; the same ``dedup`` twice is a no-op."""
    now = clock.machine_now()
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=topic, payload=payload, dedup=dedup, created_at=now, available_at=now)],
        ignore_conflicts=True,
    )
    # Once a transaction: nine thousand effects need one wake-up.
    if not any(callback[1] is _wake_worker for callback in connection.run_on_commit):
        transaction.on_commit(_wake_worker, robust=True)


def _wake_worker() -> None:
    # The sweep delivers it a minute later if the broker is down: a lost wake-up loses nothing.
    try:
        deliver.apply_async(retry=False)
    except OperationalError:
        log.warning("broker unreachable: the outbox sweep will deliver")
