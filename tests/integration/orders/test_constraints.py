"""What an order's row may not say, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from orders.models import CONTENT_FIELDS, Order, Slot
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, order_in
from tests.integration.refusals import check_deferred, refused_by_postgres

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)

# State of the order, what is written, the constraint that refuses it. « me »: the titulaire's id.
CHECKS: list[tuple[str, dict[str, Any], str]] = [
    ("draft", {"issued_at": TODAY}, "order_issue_pair"),
    ("draft", {"expires_at": TODAY}, "order_issue_pair"),
    ("issued", {"expires_at": None}, "order_issue_pair"),
    ("issued", {"issued_by": None}, "order_issue_pair"),
    ("issued", {"issued_at": None, "issued_by": None, "expires_at": None}, "order_issued_state"),
    ("issued", {"signed_at": TODAY}, "order_sign_pair"),
    ("issued", {"signed_by": "me"}, "order_sign_pair"),
    ("issued", {"signed_at": TODAY, "signed_by": "me"}, "order_sign_pair"),
    ("issued", {"signed_at": TODAY, "signed_by": "me", "counts_from": TODAY}, "order_unsigned_state"),
    ("issued", {"state": "signed_firm"}, "order_signed_state"),
    (
        "issued",
        {"state": "signed_conditional", "signed_at": TODAY, "counts_from": TODAY, "signed_by": "me"},
        "order_conditional_limit",
    ),
    (
        "issued",
        {
            "state": "signed_firm",
            "signed_at": TODAY,
            "counts_from": TODAY,
            "signed_by": "me",
            "conditional_until": TODAY,
        },
        "order_firm_no_limit",
    ),
    ("signed_conditional", {"state": "affirmed"}, "order_affirmed_pair"),
    ("signed_firm", {"state": "realised"}, "order_realised_pair"),
    ("signed_firm", {"realised_at": TODAY}, "order_realised_pair"),
    ("draft", {"ended_at": TODAY}, "order_ended_pair"),
    ("signed_firm", {"end_reason": "fraud"}, "order_ended_pair"),
    ("draft", {"state": "cancelled"}, "order_ended_pair"),
    ("issued", {"state": "declined", "ended_at": TODAY}, "order_ended_pair"),
    ("issued", {"issued_at": F("created_at") - SECOND}, "order_dates_in_order"),
    ("issued", {"signed_at": F("issued_at") - SECOND, "signed_by": "me"}, "order_(dates_in_order|unsigned_state)"),
    ("signed_conditional", {"affirmed_at": F("signed_at") - SECOND}, "order_dates_in_order"),
    (
        "signed_firm",
        {"state": "realised", "realised_at": F("signed_at") - SECOND},
        "order_dates_in_order",
    ),
    ("signed_firm", {"cancel_asked_by": "supplier"}, "order_cancel_request"),
    ("signed_firm", {"cancel_asked_at": TODAY}, "order_cancel_request"),
    ("signed_firm", {"cancel_asked_by": "nobody", "cancel_asked_at": TODAY}, "order_cancel_request"),
    (
        "draft",
        {
            "state": "issued",
            "issued_at": TODAY,
            "issued_by": "me",
            "expires_at": TODAY,
            "amount_ttc": Decimal("960.01"),
        },
        "order_amounts_add_up",
    ),
    (
        "draft",
        {"state": "issued", "issued_at": TODAY, "issued_by": "me", "expires_at": TODAY, "state_amount": Decimal(1)},
        "order_amounts_add_up",
    ),
]


@pytest.mark.parametrize(("state", "written", "constraint"), CHECKS)
def test_check(state: str, written: dict[str, Any], constraint: str) -> None:
    one = order_in(state)
    values = {name: one.titulaire.user_id if value == "me" else value for name, value in written.items()}
    with refused_by_postgres(constraint):
        Order.objects.filter(pk=one.pk).update(**values)


OTHER: dict[type, Any] = {str: "autre", bool: True, Decimal: Decimal("1.00")}


@pytest.mark.parametrize("state", ["issued", "signed_firm", "declined"])
def test_content_is_frozen_from_the_issue_on(state: str) -> None:
    one = order_in(state)
    for name in CONTENT_FIELDS:
        value = not getattr(one.order, name) if isinstance(getattr(one.order, name), bool) else None
        with refused_by_postgres("content_frozen"):
            Order.objects.filter(pk=one.pk).update(
                **{name: OTHER[type(getattr(one.order, name))] if value is None else value}
            )


def test_software_is_frozen_from_the_issue_on() -> None:
    one = order_in("issued")
    other = people.software(one.company, name="Autre", referenced=False)
    with refused_by_postgres("software_frozen"):
        Order.objects.filter(pk=one.pk).update(software_version=other)
    draft = order_in("draft")
    Order.objects.filter(pk=draft.pk).update(software_version=other)


def test_identity_is_frozen_from_the_start() -> None:
    one, other = order_in("draft"), order_in("draft")
    for name in ("number", "supplier_id", "pharmacy_id", "slot_id"):
        with refused_by_postgres("identity_frozen|violates"):
            value = "BC-1" if name == "number" else getattr(other.order, name)
            Order.objects.filter(pk=one.pk).update(**{name: value})


@pytest.mark.parametrize("state", ["signed_conditional", "realised", "cancelled"])
def test_a_signature_is_final(state: str) -> None:
    one = order_in(state)
    for name in ("signed_at", "counts_from", "issued_at"):
        with refused_by_postgres("signature_final"):
            Order.objects.filter(pk=one.pk).update(**{name: TODAY})
    with refused_by_postgres("signature_final"):
        Order.objects.filter(pk=one.pk).update(signed_by=one.supplier.user_id)
    with refused_by_postgres("signature_final"):
        Order.objects.filter(pk=one.pk).update(signed_at=None, signed_by=None)


def _slot(one: Dossier) -> Any:
    return Slot.objects.filter(pk=one.order.slot_id)


@pytest.mark.parametrize("state", ["draft", "issued", "declined", "expired", "lapsed", "cancelled"])
def test_only_a_live_order_holds_the_slot(state: str) -> None:
    one = order_in(state)
    with refused_by_postgres("held by an order that is not live"):
        _slot(one).update(holder=one.pk, held_since=TODAY)


def test_an_order_holds_its_own_slot_only() -> None:
    one, other = order_in("signed_firm"), order_in("draft")
    with refused_by_postgres("not live|violates"):
        _slot(other).update(holder=one.pk, held_since=TODAY)


@pytest.mark.parametrize("state", ["signed_conditional", "signed_firm", "affirmed", "realised"])
def test_a_live_order_holds_its_slot(state: str) -> None:
    one = order_in(state)
    assert _slot(one).get().holder_id == one.pk
    check_deferred()
    with refused_by_postgres("without its funding slot|still live"):
        _slot(one).update(holder=None, held_since=None)
        Order.objects.filter(pk=one.pk).update(version=F("version") + 1)


def test_the_slot_of_a_live_order_is_not_released() -> None:
    one = order_in("signed_firm")
    check_deferred()
    with refused_by_postgres("slot"):
        _slot(one).update(holder=None, held_since=None)


def test_slot_rows() -> None:
    one = order_in("signed_firm")
    with refused_by_postgres("slot_pair"):
        _slot(one).update(held_since=None)
    with refused_by_postgres("slot_pair"):
        _slot(one).update(holder=None)
    slot = _slot(one).get()
    with refused_by_postgres("slot_once"):
        Slot.objects.create(programme=slot.programme, lineage=slot.lineage)


def test_two_orders_of_a_lineage_share_the_slot() -> None:
    one = order_in("issued")
    rival = dossier(place=one.place)
    rival.draft()
    assert rival.order.slot_id == one.order.slot_id
