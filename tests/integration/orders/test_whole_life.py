"""Any sequence of acts keeps the house in order: a stateful property test of the whole lifecycle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attestations.models import Attestation, Reserve
from attestations.services.prepare import retract_va
from orders.domain.lifecycle import LIVE
from orders.models import Installation, Order, Slot
from orders.services.cancel import cancel_order, keep_order
from orders.services.deadlines import apply_deadlines
from orders.services.issue import withdraw_order
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.dossiers import DRAFTED, Dossier, dossier
from tests.integration.refusals import check_deferred

ACTS: dict[str, Callable[[Dossier], Any]] = {
    "issue": lambda one: one.issue(clock.business_now()),
    "withdraw": lambda one: withdraw_order(order_id=one.pk, actor=one.supplier),
    "sign": lambda one: one.sign(clock.business_now()),
    "reference": lambda one: people.reference(one.version, complete=clock.business_now(), at=clock.business_now()),
    "plan": lambda one: one.plan(clock.business_now(), clock.business_now() + timedelta(days=3)),
    "fail": lambda one: one.fail(clock.business_now()),
    "declare": lambda one: one.declare(clock.business_now()),
    "reserve": lambda one: one.raise_reserve(clock.business_now()),
    "prepare": lambda one: one.prepare(clock.business_now()),
    "retract": lambda one: retract_va(attestation_id=one.va.pk, actor=one.supplier),
    "answer": lambda one: one.answer(clock.business_now()),
    "answer but one": lambda one: one.answer(clock.business_now(), refused=("mss",)),
    "refuse": lambda one: one.refuse_va(clock.business_now()),
    "lift": lambda one: one.lift("mss", clock.business_now()),
    "answer lifted": lambda one: one.answer_lifted(("mss",), clock.business_now()),
    "refuse lifted": lambda one: one.answer_lifted(("mss",), clock.business_now(), refused=("mss",)),
    "ask": lambda one: one.ask_cancel(),
    "keep": lambda one: keep_order(order_id=one.pk, actor=one.supplier),
    "cancel": lambda one: cancel_order(order_id=one.pk, actor=one.supplier),
    "sweep": lambda one: apply_deadlines(),
    "deliver": lambda one: deliver_pending(),
}
MISSING = (Installation.DoesNotExist, Attestation.DoesNotExist, Reserve.DoesNotExist)  # nothing to act upon
# Mostly forward, so that the far states are reached too.
FORWARD = ["issue", "sign", "plan", "declare", "prepare", "answer but one", "lift", "answer lifted"]
steps = st.lists(
    st.tuples(
        st.sampled_from([*ACTS, *FORWARD, *FORWARD]), st.integers(0, 1), st.sampled_from([0, 0, 1, 1, 9, 40, 130])
    ),
    min_size=6,
    max_size=25,
)


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps, referenced=st.booleans())
def test_whatever_people_do(steps: list[tuple[str, int, int]], referenced: bool) -> None:
    with transaction.atomic():
        one = dossier(referenced=referenced)
        pair = (one, dossier(place=one.place))
        now = DRAFTED
        for each in pair:
            each.draft(now)
        for verb, who, days in steps:
            now += timedelta(days=days, minutes=1)
            with clock.frozen(business=now):
                _attempt(verb, pair[who])
            _house_is_in_order(pair)
        transaction.set_rollback(True)


def _attempt(verb: str, one: Dossier) -> None:
    before = AuditEvent.objects.count(), OutboxMessage.objects.filter(topic__startswith="order").count()
    state = one.order.state
    try:
        with transaction.atomic():
            ACTS[verb](one)
    except (Refused, *MISSING):
        after = AuditEvent.objects.count(), OutboxMessage.objects.filter(topic__startswith="order").count()
        assert (after, one.order.state) == (before, state), verb


def _house_is_in_order(pair: tuple[Dossier, Dossier]) -> None:
    check_deferred()
    slot = Slot.objects.get(pk=pair[0].order.slot_id)
    live = list(Order.objects.filter(slot=slot, state__in=LIVE))
    assert live == ([slot.holder] if slot.holder else [])
    for one in pair:
        order = one.order
        assert not list(broken_events("orders_order", str(one.pk)))
        last = AuditEvent.objects.filter(object_id=str(one.pk)).latest("seq")
        assert (last.to_state, last.seq) == (order.state, order.version + 1)
        installation = Installation.objects.filter(order=order).first()
        assert (installation is not None) is (order.signed_at is not None)
        if order.state == "realised":
            assert installation is not None and installation.state == "validated" and one.va.state == "signed"
        if installation is not None and installation.va_state:
            assert installation.va_state == one.va.state
