"""Reminders of the 72 hours: after a stop of the worker the last due one, not each that was missed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from homologation.domain.breach_clock import reminder_to_send
from homologation.domain.breach_lifecycle import COUNTING
from homologation.models import Breach, BreachReminder
from homologation.services.breach_machine import BREACHES
from portal.common import clock
from portal.outbox.services.publish import publish
from portal.workflow.execute import lock

TOPIC = "breach.reminder"


def remind_breaches() -> int:
    """Write every reminder that is due, each once, and have it told; how many. Safe to repeat, by anybody at once."""
    running = Breach.objects.filter(state__in=COUNTING).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(pk) for pk in list(running))


@transaction.atomic
def _remind(pk: UUID) -> bool:
    breach, now = lock(BREACHES, pk), clock.business_now()
    if breach.state not in COUNTING or breach.aware_at is None:
        return False
    sent = BreachReminder.objects.filter(breach=breach, aware_at=breach.aware_at)
    due = reminder_to_send(breach.aware_at, now, list(sent.order_by("number").values_list("number", flat=True)))
    if due is None:
        return False
    row = BreachReminder.objects.create(
        breach=breach, aware_at=breach.aware_at, number=due.number, due_at=due.at, sent_at=now
    )
    publish(TOPIC, {"id": row.pk}, dedup=f"{TOPIC}:{row.pk}")
    return True
