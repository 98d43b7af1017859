"""A state changes by the executor alone: PostgreSQL refuses every other way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from attestations.models import Attestation
from orders.models import Installation, Order
from portal.audit.models import AuditEvent
from tests.conftest import TODAY
from tests.factories.dossiers import PLANNED_FOR, Dossier, dossier, installation_in, order_in, va_in
from tests.integration.refusals import check_deferred, refused_by_postgres, sql

UNDECLARED = [
    ("draft", "signed_firm"),
    ("draft", "realised"),
    ("issued", "realised"),
    ("signed_firm", "issued"),
    ("signed_firm", "draft"),
    ("signed_conditional", "signed_firm"),
    ("realised", "signed_firm"),
    ("realised", "cancelled"),
    ("declined", "issued"),
    ("expired", "signed_firm"),
    ("lapsed", "realised"),
    ("replaced", "issued"),
    ("transferred", "signed_firm"),
    ("cancelled", "draft"),
    ("draft", "nowhere"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "target"), UNDECLARED)
def test_undeclared_edge(state: str, target: str) -> None:
    one = order_in(state)
    with refused_by_postgres("(?i)transition|state"):
        Order.objects.filter(pk=one.pk).update(state=target)
    with refused_by_postgres("(?i)transition|state"):
        sql("UPDATE orders_order SET state = %s WHERE id = %s", target, one.pk)
    assert one.order.state == state


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "target"), [("to_plan", "installed"), ("installed", "planned"), ("validated", "installed")]
)
def test_undeclared_edge_of_an_installation(state: str, target: str) -> None:
    one = installation_in(state)
    with refused_by_postgres("(?i)transition"):
        Installation.objects.filter(order=one.pk).update(state=target, planned_for=PLANNED_FOR)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "target"), [("signed", "to_sign"), ("refused", "to_sign"), ("voided", "signed")])
def test_undeclared_edge_of_a_va(state: str, target: str) -> None:
    one = va_in(state)
    with refused_by_postgres("(?i)transition"):
        Attestation.objects.filter(order=one.pk).update(state=target)


ENDED: dict[str, Any] = {"state": "cancelled", "ended_at": TODAY, "end_reason": "discarded"}


@pytest.mark.django_db
def test_declared_edge_without_its_event() -> None:
    one = order_in("draft")
    check_deferred()
    with refused_by_postgres("without its audit event"):
        Order.objects.filter(pk=one.pk).update(**ENDED)


def test_declared_edge_is_refused_at_commit(committed_db: str) -> None:
    one = order_in("draft")
    events = AuditEvent.objects.count()
    with pytest.raises(DatabaseError, match="without its audit event"):
        Order.objects.filter(pk=one.pk).update(**ENDED)
    with pytest.raises(DatabaseError, match="without its audit event"), transaction.atomic():
        sql("UPDATE orders_order SET state='cancelled', ended_at=now(), end_reason='x' WHERE id=%s", one.pk)
    assert (one.order.state, AuditEvent.objects.count()) == ("draft", events)


def test_the_event_of_an_earlier_transaction_does_not_serve_again(committed_db: str) -> None:
    """draft → issued → draft was journaled; doing it again by hand is not."""
    one = order_in("issued")
    with pytest.raises(DatabaseError, match="without its audit event"):
        Order.objects.filter(pk=one.pk).update(state="draft", issued_at=None, issued_by=None, expires_at=None)
    stored = one.order
    Order.objects.filter(pk=one.pk).update(version=stored.version)  # what is no state is not guarded here
    with pytest.raises(DatabaseError, match="without its audit event"):
        Installation.objects.create(order=stored)
    assert one.order.state == "issued" and not Installation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["issued", "signed_firm", "realised", "cancelled"])
def test_nothing_is_born_elsewhere_than_at_the_start(state: str) -> None:
    born = dossier_row(order_in("draft"))
    with refused_by_postgres("initial state|violates"):
        Order.objects.bulk_create([Order(**born, state=state)])


@pytest.mark.django_db
def test_nothing_is_born_without_its_first_event() -> None:
    born = dossier_row(order_in("draft"))
    with refused_by_postgres("without its audit event"):
        Order.objects.bulk_create([Order(**born)])


def dossier_row(one: Dossier) -> dict[str, Any]:
    stored = one.order
    return {
        "number": "BC-2022-999999",
        "programme_id": stored.programme_id,
        "rule_set_id": stored.rule_set_id,
        "supplier_id": stored.supplier_id,
        "pharmacy_id": stored.pharmacy_id,
        "slot_id": stored.slot_id,
        "software_version_id": stored.software_version_id,
        "created_at": TODAY,
    }


@pytest.mark.django_db
def test_nothing_is_deleted() -> None:
    one = va_in("signed_with_reserves")
    for model in (Attestation, Installation, Order):
        with refused_by_postgres("(?i)cannot (update or )?delete|violates"):
            sql(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
    assert one.order.state == "signed_firm"


@pytest.mark.django_db
def test_python_refuses_too() -> None:
    one = dossier()
    stored = one.draft()
    with pytest.raises(AttributeError, match="Direct state modification"):
        stored.state = "issued"
    with pytest.raises(TransitionNotAllowed):
        stored.affirm(actor=one.supplier, at=TODAY)
    stored.refresh_from_db()
    stored.refresh_from_db(fields=["state"])
    assert stored.state == "draft"
