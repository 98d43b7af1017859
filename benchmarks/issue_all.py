"""A supplier issues its 9,000 drafts by one job, killed again and again: seconds, and each document asked for once.

Run with ``python manage.py shell -c "from benchmarks.issue_all import main; main()"`` on a demonstration, in a database
of its own that is dropped afterwards. The drafts are copies of one of the cast's; the job runs as in the portal, in a
process that is killed (SIGKILL) ``KILLS`` times and taken up again. Figures: milliseconds an order beside the bare
``UPDATE`` of as many rows one by one, and the documents that the worker then renders and seals in ``DOCUMENTS`` of
them (all of them: ``main(documents=9_000)``, about an hour of one core), with the memory of that process.
"""

from __future__ import annotations

import random
import resource
import time
from datetime import timedelta

from django.db import connection

from benchmarks.scene import play_cast, report, seconds, started
from orders.models import Order
from orders.services.issue_all import ISSUE_ALL, request_issue_all
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.config.celery import app
from portal.demo.clock import DEMO_START
from portal.demo.services.scratch import elsewhere
from portal.documents.models import Document
from portal.documents.services.render import render_document
from portal.documents.services.request import TOPIC
from portal.outbox.models import Job, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy
from tests.integration.web.clones import clone_order

DRAFTS, KILLS, DOCUMENTS = 9_000, 8, 200


def main(drafts: int = DRAFTS, documents: int = DOCUMENTS) -> None:
    """Print one line a measure. Raises AssertionError where an order has not one event and one document."""
    with elsewhere(lambda: None), clock.frozen(business=DEMO_START):
        play_cast()
        draft = Order.objects.filter(state="draft").latest("created_at")
        deliver_pending(100_000)
        clone_order(draft.pk, draft.pharmacy_id, drafts)
        _with_titulaires(draft.pharmacy)
        _measure(draft, drafts, documents)
        app.control.purge()


def _with_titulaires(place: Pharmacy) -> None:
    """Each copy of a pharmacy has an organisation of its own, of the same titulaire: an order must find who signs."""
    member = Membership.objects.get(organisation=place.organisation_id, role=Role.TITULAIRE.value)
    copies = list(Pharmacy.objects.filter(organisation=None, lineage=place.lineage_id))
    bodies = Organisation.objects.bulk_create(Organisation(kind="pharmacy", name=copy.name) for copy in copies)
    for copy, body in zip(copies, bodies, strict=True):
        copy.organisation = body
    Pharmacy.objects.bulk_update(copies, ["organisation"], batch_size=1_000)
    Membership.objects.bulk_create(
        Membership(user_id=member.user_id, organisation=body, role=member.role, since=member.since) for body in bodies
    )


def _measure(draft: Order, drafts: int, documents: int) -> None:
    report("bare UPDATE, one by one", seconds(lambda: _touch(drafts)), drafts)
    membership = Membership.objects.select_related("user", "organisation").get(
        user=draft.created_by_id, organisation=draft.supplier.organisation_id
    )
    job = request_issue_all(Actor.of(membership, "benchmark"))
    spent = seconds(lambda: _killed_again_and_again(drafts))
    report(f"{drafts} orders issued, {KILLS} kills between", spent, drafts)
    _each_once(job, drafts)
    report(f"{documents} of their documents rendered and sealed", seconds(lambda: _deliver(documents)), documents)
    made = Document.objects.filter(kind="order").exclude(sha256=None).count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{made} files in the register; {memory:.0f} MB at most")


def _touch(drafts: int) -> None:
    keys = list(Order.objects.filter(state="draft").values_list("pharmacy_id", flat=True)[:drafts])
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("UPDATE registry_pharmacy SET name = name WHERE id = %s", [key])


def _killed_again_and_again(drafts: int) -> None:
    rng, machine = random.Random(drafts), clock.machine_now()
    for _ in range(KILLS):
        machine += timedelta(minutes=2)  # the heartbeat of the dead is stale by then
        connection.close()
        with clock.frozen(machine=machine):
            workers = started()
            time.sleep(rng.uniform(0.5, drafts / 1000))
            for worker in workers:
                worker.kill()
                worker.join()
    connection.close()
    with clock.frozen(machine=machine + timedelta(minutes=2)):
        for worker in started():
            worker.join()


def _each_once(job: Job, drafts: int) -> None:
    """Every draft issued, with one event, one document and one message."""
    job.refresh_from_db()
    assert job.kind == ISSUE_ALL
    assert job.finished_at, job.error
    print(f"the job says: {job.result['issued']} issued, {job.result['kept']} kept")
    keys = sorted(str(pk) for pk in Order.objects.filter(number__startswith="BC-2022-9").values_list("pk", flat=True))
    assert len(keys) == drafts
    for found in (
        AuditEvent.objects.filter(verb="issue", object_id__in=keys).values_list("object_id", flat=True),
        Document.objects.filter(kind="order", subject_id__in=keys).values_list("subject_id", flat=True),
        OutboxMessage.objects.filter(topic="order.issue", payload__id__in=keys).values_list("payload__id", flat=True),
    ):
        assert sorted(found) == keys
    print(f"{drafts} orders: one event, one document asked for, one message each")


def _deliver(documents: int) -> None:
    """So many of the documents, as the worker makes them."""
    waiting = OutboxMessage.objects.filter(topic=TOPIC, delivered_at=None).values_list("payload__id", flat=True)
    for key in waiting[:documents]:
        render_document(key)
