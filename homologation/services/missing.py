"""SUP-04: telling a pharmacy, once for each month and in one message, which reports have not come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from homologation.domain.judgement import months_before
from homologation.domain.supervision import missing_report, next_month
from homologation.models import SupervisionReport
from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date, start_of_paris_day
from portal.outbox.models import OutboxMessage
from portal.outbox.services.publish import publish

MISSING = "supervision.missing"


@transaction.atomic
def tell_missing(now: datetime) -> int:
    """Publish one message for each equipped pharmacy that lacks a late report of which it was not told; how many.

    It lists every month that is missing since the supervision began, so that a stop of the worker hides none.
    """
    missing: dict[UUID, list[date]] = {}
    for month in _late_months(paris_date(now)):
        for pharmacy in _awaited(month):
            missing.setdefault(pharmacy, []).append(month)
    told = _told(missing)
    new = {pharmacy: months for pharmacy, months in missing.items() if set(months) - told.get(pharmacy, set())}
    for pharmacy, months in new.items():
        said = [month.isoformat() for month in months]
        key = f"{MISSING}:{pharmacy}:{sha256_of(said)[:16]}"
        publish(MISSING, {"pharmacy": str(pharmacy), "months": said}, dedup=key)
    return len(new)


def _late_months(today: date) -> list[date]:
    """From the month after the first VA of all to the last one whose report is due, in order."""
    first = Order.objects.filter(state__in=LIVE).aggregate(first=Min("realised_at"))["first"]
    if first is None:
        return []
    last = months_before(today, 1)[0]
    month, found = next_month(paris_date(first)), []
    while month <= last:
        if missing_report(month, today, received=False):
            found.append(month)
        month = next_month(month)
    return found


def _awaited(month: date) -> list[UUID]:
    """Pharmacies with a VA signed before the month, an order that holds, and no report of it."""
    said = SupervisionReport.objects.filter(pharmacy=OuterRef("pharmacy"), month=month)
    orders = Order.objects.filter(state__in=LIVE, realised_at__lt=start_of_paris_day(month)).exclude(Exists(said))
    return sorted(set(orders.values_list("pharmacy", flat=True)))


def _told(pharmacies: Iterable[UUID]) -> dict[UUID, set[date]]:
    """The months of which each was told: what left by the outbox is kept there."""
    keys = [str(one) for one in pharmacies]
    sent = OutboxMessage.objects.filter(topic=MISSING, payload__pharmacy__in=keys).values_list("payload", flat=True)
    found: dict[UUID, set[date]] = {}
    for payload in sent:
        found.setdefault(UUID(payload["pharmacy"]), set()).update(months_in(payload))
    return found


def months_in(payload: Mapping[str, Any]) -> list[date]:
    """The months of a message; those that left before they were grouped name one ``month``."""
    return [date.fromisoformat(one) for one in payload.get("months") or [payload["month"]]]
