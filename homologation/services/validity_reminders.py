"""Recalling the end of a decision: after a stop of the worker the last due reminder, not each that was missed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from homologation.catalogue import reviews
from homologation.domain.lifecycle import APPROVED
from homologation.domain.reviews import end_days, last_valid_day
from homologation.domain.steps import expiry_reminder
from homologation.models import ValidityReminder
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.reviews import approved
from portal.common import clock
from portal.common.clock import paris_date
from portal.outbox.services.publish import publish
from portal.workflow.execute import lock

TOPIC = "insi_validity.reminder"


def remind_ends() -> int:
    """Write the reminder that is due of each decision, once, and have it told; how many. Safe to repeat."""
    return sum(_remind(pk) for pk in list(approved().order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _remind(pk: UUID) -> bool:
    dossier, now = lock(HOMOLOGATIONS, pk), clock.business_now()
    if dossier.state != APPROVED or dossier.valid_until is None:
        return False
    today, last = paris_date(now), last_valid_day(dossier.valid_until)
    if dossier.pharmacy.closed_on is not None and dossier.pharmacy.closed_on <= today:
        return False
    days = end_days(dossier.valid_until, today, reviews(dossier.programme_id).remind_days)
    told = list(ValidityReminder.objects.filter(dossier=dossier).order_by("days").values_list("days", flat=True))
    due = expiry_reminder(last, today, days, told)
    if due is None:
        return False
    row = ValidityReminder.objects.create(dossier=dossier, days=due, sent_at=now)
    publish(TOPIC, {"id": row.pk}, dedup=f"{TOPIC}:{row.pk}")
    return True
