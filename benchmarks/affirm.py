"""9,000 conditional orders affirmed by a référencement, and the preview of an arrêté over 20,500 orders.

Run with ``python manage.py shell -c "from benchmarks.affirm import main; main()"`` on a demonstration, in a database of
its own that is dropped afterwards, with the triggers of the copied tables put to sleep while the copies are made. The
affermissement runs as in the portal: jobs cut in parts, each carried out by a process of its own, a commit an order and
its wake-up; the documents are only asked for. Figures: seconds in all and milliseconds an order, beside the bare
``UPDATE`` of as many rows one by one. ``killed()`` kills those processes again and again, then counts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import connection

from benchmarks.scene import PROCESSES, play_cast, report, seconds, started
from orders.models import Order
from orders.services.deadlines import ask_to_follow
from orders.services.impact import preview
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.config.celery import app
from portal.demo.clock import DEMO_START
from portal.demo.services.scratch import elsewhere
from portal.documents.models import Document
from portal.outbox.models import OutboxMessage
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Status
from portal.registry.services.suppliers import record_status
from tests.integration.web.clones import clone_live_order

AFFIRMED, PREVIEWED, KILLS = 9_000, 20_500, 8


def main() -> None:
    """Print one line a measure."""
    _among(PREVIEWED, lambda order: report("preview of a longer window", seconds(lambda: _preview(order)), PREVIEWED))
    _among(AFFIRMED, _affirm)


def _among(copies: int, measure: Callable[[Order], None]) -> None:
    """Measure among so many copies of a conditional order."""
    with elsewhere(lambda: None), clock.frozen(business=DEMO_START):
        play_cast()
        order = Order.objects.select_related("pharmacy").filter(state="signed_conditional").latest("created_at")
        place = order.pharmacy
        clone_live_order(order.pk, place.pk, place.lineage_id, order.slot_id, copies)
        measure(order)
        app.control.purge()


def _affirm(order: Order) -> None:
    report("bare UPDATE, one by one", seconds(_touch), AFFIRMED)
    _reference(order)
    ask_to_follow(order.programme_id, order.software_version_id, cause="benchmark")
    connection.close()
    spent = seconds(_work)
    moved = AuditEvent.objects.filter(verb="affirm").count()
    report(f"affermissement of {moved} orders by {PROCESSES} processes", spent, AFFIRMED)


def killed() -> None:
    """The same, its processes killed (SIGKILL) again and again at any point: each order affirmed once all the same."""
    _among(AFFIRMED, _affirm_killed)


def _affirm_killed(order: Order) -> None:
    rng, machine = random.Random(9000), clock.machine_now()
    _reference(order)
    ask_to_follow(order.programme_id, order.software_version_id, cause="benchmark")
    for _ in range(KILLS):
        machine += timedelta(minutes=2)  # the heartbeat of the dead is stale by then
        connection.close()
        with clock.frozen(machine=machine):
            workers = started()
            time.sleep(rng.uniform(0.5, 6))
            for worker in workers:
                worker.kill()
                worker.join()
            print(f"killed after {AuditEvent.objects.filter(verb='affirm').count()} affermissements")
    connection.close()
    with clock.frozen(machine=machine + timedelta(minutes=2)):
        _work()
    _each_once(order)


def _each_once(order: Order) -> None:
    """Every order affirmed, with one event, one certificate and one message. Raises AssertionError otherwise."""
    followed = Order.objects.filter(software_version=order.software_version_id, affirmed_at__isnull=False)
    keys = sorted(str(pk) for pk in followed.values_list("pk", flat=True))
    events = AuditEvent.objects.filter(verb="affirm", object_id__in=keys)
    certificates = Document.objects.filter(kind="affirmation", subject_id__in=keys)
    told = OutboxMessage.objects.filter(topic="order.affirm").values_list("payload__id", flat=True)
    assert len(keys) > AFFIRMED
    assert sorted(events.values_list("object_id", flat=True)) == keys
    assert sorted(certificates.values_list("subject_id", flat=True)) == keys
    assert sorted(key for key in told if key in set(keys)) == keys
    print(f"{len(keys)} orders: one event, one certificate, one message each")


def _work() -> None:
    """The jobs that wait, by as many processes as the portal's worker has."""
    for worker in started():
        worker.join()


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
