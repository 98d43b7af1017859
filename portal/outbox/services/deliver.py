"""Delivering the outbox: oldest first, one transaction a message, failures put off and kept."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from portal.common import clock
from portal.outbox.models import OutboxMessage
from portal.outbox.registry import handlers_for

log = logging.getLogger(__name__)
MAX_DELAY = timedelta(hours=1)


def deliver_pending(limit: int = 500) -> int:
    """Deliver what is due, oldest first; return how many messages were delivered."""
    delivered = 0
    for _ in range(limit):
        outcome = _deliver_one()
        if outcome is None:
            break
        delivered += outcome
    return delivered


@transaction.atomic
def _deliver_one() -> int | None:
    """Deliver the oldest due message: 1 delivered, 0 failed and put off, None when nothing is due."""
    now = clock.machine_now()
    message = (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(delivered_at=None, available_at__lte=now)
        .order_by("available_at", "id")
        .first()
    )
    if message is None:
        return None
    try:
        with transaction.atomic():
            for handler in handlers_for(message.topic):
                handler(message.payload)
    except Exception as error:
        log.exception("outbox message %s (%s) failed", message.pk, message.topic)
        _put_off(message, error)
        return 0
    message.delivered_at = now
    message.error = ""
    message.attempts += 1
    message.save(update_fields=["delivered_at", "attempts", "error"])
    return 1


def _put_off(message: OutboxMessage, error: Exception) -> None:
    message.attempts = min(message.attempts + 1, 32_000)
    message.available_at = clock.machine_now() + min(timedelta(seconds=2 ** min(message.attempts, 12)), MAX_DELAY)
    message.error = f"{type(error).__name__}: {error}"[:2000]
    message.save(update_fields=["attempts", "available_at", "error"])
