"""Planning: bring the planned rows in step with what is due now. Safe to run any number of times, by anybody at once.

A part of the orders is one transaction, behind one lock: a planner that is killed leaves whole parts, the next run does
the rest. A part whose deadlines have not changed costs its reading alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from orders.domain.deadlines import Deadline, order_deadlines, supplier_deadlines
from orders.models import Order
from portal.common import clock
from portal.programmes.models import Programme
from portal.registry.models import Supplier
from portal.reminders.domain.cadence import Parties, fingerprint, wanted
from portal.reminders.models import TrackedDeadline
from portal.reminders.models.reminders import deadline_id
from portal.reminders.services.facts import OPEN, Surroundings, parties_of, read_orders, read_suppliers
from portal.reminders.services.store import Counts, Planned, store

PART = 3_000
_LOCK = 0x5E6032


def plan_reminders() -> Counts:
    """Plan every reminder; return what changed: all zeros on a second run."""
    around, total = Surroundings(clock.business_now()), Counts()
    for ids in _parts():
        total += _plan_orders(ids, around)
    for programme in Programme.objects.order_by("pk").values_list("pk", flat=True):
        total += _plan_suppliers(str(programme), around)
    return total


def _parts() -> Iterator[list[UUID]]:
    """The keys of every order in which something is due, or was when last planned, part by part."""
    tracked = TrackedDeadline.objects.filter(order=OuterRef("pk"), ended_at=None)
    orders = Order.objects.filter(Q(state__in=OPEN) | Exists(tracked)).order_by("pk")
    last = UUID(int=0)
    while ids := list(orders.filter(pk__gt=last).values_list("pk", flat=True)[:PART]):
        yield ids
        last = ids[-1]


@transaction.atomic
def _plan_orders(ids: list[UUID], around: Surroundings) -> Counts:
    _lock()
    planned = []
    for row in read_orders(Order.objects.filter(pk__in=ids).order_by("pk"), around, keys=ids):
        parties = parties_of(row, around)
        for deadline in order_deadlines(row.dates, around.book(row.programme), around.now):
            planned.append(_planned(deadline, parties, order_id=row.pk))
    return store(planned, TrackedDeadline.objects.filter(order__in=ids), around.now)


@transaction.atomic
def _plan_suppliers(programme: str, around: Surroundings) -> Counts:
    _lock()
    planned = []
    for supplier, dates in read_suppliers(Supplier.objects.all(), programme):
        parties = Parties(supplier=(supplier.organisation_id,))
        for deadline in supplier_deadlines(dates, around.book(programme).at(around.now), around.now):
            planned.append(_planned(deadline, parties, supplier_id=supplier.pk))
    known = TrackedDeadline.objects.filter(supplier__isnull=False, subject__startswith=f"{programme}:")
    return store(planned, known, around.now)


def _planned(
    deadline: Deadline, parties: Parties, *, order_id: UUID | None = None, supplier_id: UUID | None = None
) -> Planned:
    rows = tuple(wanted(deadline, parties))
    key = deadline_id(deadline.kind, deadline.subject)
    return Planned(key, deadline, order_id, supplier_id, rows, fingerprint(deadline, rows))


def _lock() -> None:
    # Lock first, then read: of two planners the second sees what the first wrote.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
