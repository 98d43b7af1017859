"""Reading what decides the fate of many orders at once: one query for the orders, one for the référencements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from orders.domain.course import Course
from orders.domain.lifecycle import EXPIRED, ISSUED, LAPSED, SIGNED
from orders.models import Order, Slot
from portal.registry.domain.referencing import Change
from portal.registry.selectors import histories

JUDGED = (ISSUED, *SIGNED, EXPIRED, LAPSED)
"""States that time, référencement or a new rule set may move an order out of."""


@dataclass(frozen=True)
class OrderCourse:
    """One order as a list shows it, with the facts of its fate; ``slot`` heads its family of slots."""

    pk: UUID
    number: str
    supplier: str
    version: UUID
    pharmacy: str
    finess: str
    amount: Decimal
    slot: int
    stored_limit: datetime | None
    va_state: str
    course: Course


def courses(programme: str, orders: QuerySet[Order] | None = None) -> Iterator[OrderCourse]:
    """The orders of a programme that may still be moved, the latest signed first."""
    changes = histories(programme)
    holders = holders_of(programme)
    found = (Order.objects.all() if orders is None else orders).filter(programme=programme, state__in=JUDGED)
    rows = found.order_by(F("signed_at").desc(nulls_last=True), "number").annotate(
        slot_head=Coalesce("slot__merged_into_id", "slot_id")
    )
    for row in rows.values_list(*_COLUMNS, "slot_head", named=True).iterator(chunk_size=2000):
        yield _order_course(row, changes, holders)


def holders_of(programme: str) -> dict[int, set[UUID]]:
    """By head of a family of slots, the orders that hold one of them."""
    held: dict[int, set[UUID]] = defaultdict(set)
    slots = Slot.objects.filter(programme=programme, holder__isnull=False)
    for head, holder in slots.annotate(head=Coalesce("merged_into_id", "pk")).values_list("head", "holder_id"):
        held[head].add(holder)
    return held


_COLUMNS = (
    "pk",
    "number",
    "state",
    "end_reason",
    "issued_at",
    "expires_at",
    "signed_at",
    "counts_from",
    "conditional_until",
    "affirmed_at",
    "state_amount",
    "software_version_id",
    "supplier__name",
    "pharmacy__name",
    "pharmacy__finess",
    "pharmacy__closed_on",
    "installation__installed_at",
    "installation__va_signed_at",
    "installation__va_state",
)


def _order_course(row, changes: dict[UUID, tuple[Change, ...]], holders: dict[int, set[UUID]]) -> OrderCourse:  # type: ignore[no-untyped-def]
    course = Course(
        state=str(row.state),
        end_reason=row.end_reason,
        issued_at=row.issued_at,
        counts_from=row.counts_from,
        conditional=row.conditional_until is not None,
        affirmed=row.affirmed_at is not None,
        changes=changes.get(row.software_version_id, ()),
        installed_at=row.installation__installed_at,
        va_signed_at=row.installation__va_signed_at,
        pharmacy_closed=row.pharmacy__closed_on is not None,
        rival=bool(holders.get(row.slot_head, set()) - {row.pk}) and row.state in (EXPIRED, LAPSED),
    )
    return OrderCourse(
        pk=row.pk,
        number=row.number,
        supplier=row.supplier__name,
        version=row.software_version_id,
        pharmacy=row.pharmacy__name,
        finess=row.pharmacy__finess,
        amount=row.state_amount,
        slot=row.slot_head,
        stored_limit=row.expires_at if row.state == ISSUED else row.conditional_until,
        va_state=row.installation__va_state or "",
        course=course,
    )
