"""9,000 conditional orders affirmed by a référencement, and the preview of an arrêté over 20,500 orders.

Run with ``python manage.py shell -c "from benchmarks.affirm import main; main()"`` on an installation that holds the
demonstration's cast: in one transaction that is taken back, with the triggers of the copied tables put to sleep while
the copies are made. Not for an installation in use. Figures: seconds in all and milliseconds an order, beside the bare
``UPDATE`` of as many rows one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction

from orders.models import Order
from orders.services.deadlines import follow_referencing
from orders.services.impact import preview
from portal.common import clock
from portal.config.database import owned
from portal.outbox.services.jobs import Progress
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Status
from portal.registry.services.suppliers import record_status
from tests.integration.web.clones import clone_live_order

AFFIRMED, PREVIEWED = 9_000, 20_500


def main() -> None:
    """Print one line a measure."""
    _undone(PREVIEWED, lambda order: _report("preview of a longer window", _time(lambda: _preview(order)), PREVIEWED))
    _undone(AFFIRMED, _affirm)


def _undone(copies: int, measure: Callable[[Order], None]) -> None:
    """Measure among so many copies of a conditional order, then take everything back."""
    with owned(connection), transaction.atomic():  # triggers obey the owner of their table alone
        order = Order.objects.select_related("pharmacy").filter(state="signed_conditional").latest("created_at")
        place = order.pharmacy
        clone_live_order(order.pk, place.pk, place.lineage_id, order.slot_id, copies)
        measure(order)
        transaction.set_rollback(True)


def _affirm(order: Order) -> None:
    _report("bare UPDATE, one by one", _time(_touch), AFFIRMED)
    _reference(order)
    params = {"programme": order.programme_id, "version": str(order.software_version_id)}
    moved: list[object] = []
    spent = _time(lambda: moved.append(follow_referencing(params, Progress(order.pk))))
    _report(f"affermissement {moved}", spent, AFFIRMED)


def _preview(order: Order) -> None:
    now = clock.business_now()
    rules = book_for(order.programme_id, now).at(now)
    longer = replace(rules, version=rules.version + 1, conditional=replace(rules.conditional, limit_days=150))
    impact = preview(order.programme_id, longer, now)
    if len(impact.rows) < PREVIEWED:
        raise SystemExit(f"only {len(impact.rows)} orders would be redated")


def _reference(order: Order) -> None:
    now = clock.business_now()
    for status, number in ((Status.COMPLETE, ""), (Status.REFERENCED, "BENCH-0001")):
        record_status(
            programme=order.programme_id,
            version=order.software_version,
            status=status,
            effective_at=now - timedelta(minutes=1),
            source="benchmark",
            number=number,
        )


def _touch() -> None:
    with connection.cursor() as cursor:
        for n in range(1, AFFIRMED + 1):
            cursor.execute("UPDATE orders_slot SET held_since = held_since WHERE id = %s", [1_000_000 + n])


def _report(name: str, spent: float, count: int) -> None:
    print(f"{name:<44}{spent:>9.2f} s {spent / count * 1000:>9.3f} ms each")


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
