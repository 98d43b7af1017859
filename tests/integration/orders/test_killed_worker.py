"""A worker killed in the middle of an affermissement: every order is affirmed once, whatever happened to the worker."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from orders.models import Order, Slot
from orders.services.deadlines import FOLLOW
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.documents.models import Document
from portal.outbox.models import Job, Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.drain import drain
from tests.conftest import MACHINE
from tests.factories import people
from tests.factories.dossiers import Dossier, order_in, paris
from tests.factories.workers import killed_in_the_middle
from tests.integration.web.clones import clone_live_order

COPIES, KILLS = 40, 4
NOW = paris("2022-12-01", 11)


@pytest.fixture
def waiting(committed_db: str) -> Dossier:
    """Many orders under condition, and the référencement that affirms them recorded, its job asked for."""
    one = order_in("signed_conditional")
    order = one.order
    clone_live_order(order.pk, order.pharmacy_id, order.pharmacy.lineage_id, order.slot_id, COPIES)
    people.reference(one.version, complete=paris("2022-11-20"), at=paris("2022-12-01"))
    with clock.frozen(business=NOW):
        deliver_pending()
    return one


def test_killed_at_any_point(waiting: Dossier, committed_db: str) -> None:
    rng, machine = random.Random(20221201), MACHINE
    for _ in range(KILLS):
        machine += timedelta(minutes=2)  # the dead worker's heartbeat is stale by then
        killed_in_the_middle(rng, _affirmed, committed_db, NOW, machine)
    killed = Job.objects.get(kind=FOLLOW, state="running")
    assert killed.attempts > 1
    assert KILLS <= _affirmed() < COPIES + 1
    with clock.frozen(business=NOW, machine=machine + timedelta(minutes=2)):
        drain()
    _each_once(waiting)
    before = AuditEvent.objects.count(), Document.objects.count(), Notice.objects.count()
    with clock.frozen(business=NOW, machine=machine + timedelta(minutes=9)):
        Job.objects.update(state="queued", finished_at=None)
        drain()
    assert (AuditEvent.objects.count(), Document.objects.count(), Notice.objects.count()) == before


def _affirmed() -> int:
    return AuditEvent.objects.filter(verb="affirm").count()


def _each_once(one: Dossier) -> None:
    orders = Order.objects.filter(software_version=one.version.pk)
    assert orders.count() == COPIES + 1
    assert set(orders.values_list("state", flat=True)) == {"affirmed"}
    keys = [str(pk) for pk in orders.values_list("pk", flat=True)]
    events = AuditEvent.objects.filter(object_id__in=keys, verb="affirm").values_list("object_id", flat=True)
    assert sorted(events) == sorted(keys)
    certificates = Document.objects.filter(kind="affirmation").values_list("subject_id", flat=True)
    assert sorted(certificates) == sorted(keys)
    told = OutboxMessage.objects.filter(topic="order.affirm")
    assert told.count() == len(keys) and not told.filter(delivered_at=None).exists()
    assert Slot.objects.filter(holder__in=orders).count() == len(keys)
    affirmed = Notice.objects.filter(user=one.titulaire.user_id, subject__endswith="affermi")
    assert affirmed.count() == 1
    grouped = Notice.objects.filter(user=one.supplier.user_id, subject__contains="affermies")
    assert [notice.subject for notice in grouped] == [f"{one.version} : {len(keys)} commandes affermies"]
