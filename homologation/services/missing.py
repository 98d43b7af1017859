"""SUP-04: telling a pharmacy, once, that the report of last month has not come."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from homologation.domain.judgement import months_before
from homologation.domain.supervision import missing_report
from homologation.models import SupervisionReport
from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.common.clock import paris_date, start_of_paris_day
from portal.outbox.services.publish import publish

MISSING = "supervision.missing"


@transaction.atomic
def tell_missing(now: datetime) -> int:
    """Publish one message for each equipped pharmacy without the report of last month, once it is late; how many."""
    today = paris_date(now)
    month = months_before(today, 1)[0]
    if not missing_report(month, today, received=False):
        return 0
    awaited = _awaited(month)
    for pharmacy in awaited:
        topic = f"{MISSING}:{pharmacy}:{month}"
        publish(MISSING, {"pharmacy": str(pharmacy), "month": month.isoformat()}, dedup=topic)
    return len(awaited)


def _awaited(month: date) -> list[UUID]:
    """Pharmacies with a VA signed before the month, an order that holds, and no report of it."""
    said = SupervisionReport.objects.filter(pharmacy=OuterRef("pharmacy"), month=month)
    orders = Order.objects.filter(state__in=LIVE, realised_at__lt=start_of_paris_day(month)).exclude(Exists(said))
    return sorted(set(orders.values_list("pharmacy", flat=True)))
