"""Any sequence of acts, decisions of the ANS, dates and new rules over several pharmacies and suppliers.

Whatever happened: never two live orders in a lineage that had one right, no state without its date and its event, and,
once the portal has done its daily work, no order stands elsewhere than where the rules put it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attestations.models import Attestation, Reserve
from orders.domain.course import Due, revival
from orders.domain.lifecycle import LIVE
from orders.models import Installation, Order, Slot
from orders.services.courses import courses
from orders.services.deadlines import apply_deadlines, strays
from orders.services.impact import preview
from orders.services.revival import apply_rules
from orders.services.sign import Consent, sign_order
from orders.services.succession import record_succession
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.outbox.services.drain import drain
from portal.outbox.services.jobs import Progress
from portal.programmes.domain.parse import parse
from portal.programmes.selectors import book_for, published
from portal.programmes.services.publish import next_number, publish_version
from portal.registry.domain.referencing import Status
from portal.registry.services.succession import SuccessionEvent
from tests.factories import people
from tests.factories.dossiers import DRAFTED, Dossier, dossier
from tests.integration.refusals import check_deferred

MISSING = (Installation.DoesNotExist, Attestation.DoesNotExist, Reserve.DoesNotExist, Order.DoesNotExist)


@dataclass
class Town:
    """Two suppliers and two pharmacies: the first pharmacy is courted by both."""

    orders: tuple[Dossier, ...]

    def sign(self, who: int) -> None:
        """Sign, replacing whatever the pharmacy had signed."""
        one = self.orders[who]
        held = Slot.objects.family_of(one.order.slot_id).exclude(holder=None).first()
        replaces = str(held.holder_id) if held else ""
        consent = Consent(True, one.shown(), replaces=replaces)
        sign_order(order_id=one.pk, actor=one.titulaire, consent=consent)

    def merge(self) -> None:
        """The second pharmacy joins the first."""
        first, second = self.orders[0].place, self.orders[2].place
        event = SuccessionEvent(second.pk, "merger", first.pk, paris_date(clock.business_now()), "Arrêté")
        record_succession(event=event, actor=people.administrator())


def _decide(status: Status, number: str = "") -> Callable[[Town, int], object]:
    return lambda town, who: people.say(town.orders[who].version, status, clock.business_now(), number=number)


def _reference(town: Town, who: int) -> None:
    version = town.orders[who].version
    people.say(version, Status.REFERENCED, clock.business_now(), number=f"N-{version.pk}")


def _new_rules(days: int, limit: int) -> Callable[[Town, int], None]:
    """An arrêté that moves every closing; one that shortens leaves earlier acts alone."""

    def publish(town: Town, who: int) -> None:
        now = clock.business_now()
        content = deepcopy(published(people.PROGRAMME)[0].content)
        content["conditional"]["limit_days"] = limit
        for row in content["calendar"]:
            if row["bound"] == "closes":
                row["day"] = (date.fromisoformat(row["day"]) + timedelta(days=days)).isoformat()
        if days < 0:
            content["applies_from"] = now.isoformat()
        candidate = parse({**content, "version": next_number(people.PROGRAMME), "known_from": now.isoformat()})
        expected = {row.order_id: row for row in preview(people.PROGRAMME, candidate, now).rows}
        publish_version(people.PROGRAMME, content, now)
        apply_rules({"programme": people.PROGRAMME}, Progress(uuid4()))
        drain()
        for order in Order.objects.all():
            row = expected.get(order.pk)
            assert row is None or row.to_state == order.state, (row, order.state)

    return publish


ACTS: dict[str, Callable[[Town, int], object]] = {
    "issue": lambda town, who: town.orders[who].issue(clock.business_now()),
    "sign": Town.sign,
    "complete": _decide(Status.COMPLETE),
    "reference": _reference,
    "refuse": _decide(Status.REFUSED),
    "suspend": _decide(Status.SUSPENDED),
    "withdraw": _decide(Status.WITHDRAWN),
    "plan": lambda town, who: town.orders[who].plan(clock.business_now(), clock.business_now() + timedelta(days=3)),
    "declare": lambda town, who: town.orders[who].declare(clock.business_now()),
    "prepare": lambda town, who: town.orders[who].prepare(clock.business_now()),
    "answer": lambda town, who: town.orders[who].answer(clock.business_now()),
    "ask": lambda town, who: town.orders[who].ask_cancel(),
    "longer": _new_rules(150, 200),
    "shorter": _new_rules(-30, 60),
    "merge": lambda town, who: town.merge(),
    "day": lambda town, who: apply_deadlines(),
    "deliver": lambda town, who: drain(),
}
FORWARD = ["issue", "sign", "complete", "reference", "plan", "declare", "prepare", "answer", "day", "day"]
STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTS, *FORWARD, *FORWARD]), st.integers(0, 2), st.sampled_from([0, 0, 1, 9, 40, 130])),
    min_size=8,
    max_size=26,
)


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS, referenced=st.booleans())
def test_whatever_happens(steps: list[tuple[str, int, int]], referenced: bool) -> None:
    with transaction.atomic():
        town = _town(referenced=referenced)
        now = DRAFTED
        for verb, who, days in steps:
            now += timedelta(days=days, minutes=1)
            with clock.frozen(business=now):
                _attempt(verb, town, who)
            check_deferred()
            _one_right_one_order()
        with clock.frozen(business=now + timedelta(minutes=1)):
            drain()
            apply_deadlines()
            apply_rules({"programme": people.PROGRAMME}, Progress(uuid4()))
            drain()
            _everything_stands_where_the_rules_put_it()
        transaction.set_rollback(True)


def _town(*, referenced: bool) -> Town:
    first = dossier(referenced=referenced)
    rival = dossier(place=first.place, titulaire=first.titulaire, referenced=referenced)
    other = dossier(company=first.company, referenced=False)  # the same software as the first
    town = Town((first, rival, other))
    for one in town.orders:
        one.draft(DRAFTED)
    return town


def _attempt(verb: str, town: Town, who: int) -> None:
    before = AuditEvent.objects.count()
    try:
        with transaction.atomic():
            ACTS[verb](town, who)
    except (Refused, *MISSING):
        assert AuditEvent.objects.count() == before, verb


def _one_right_one_order() -> None:
    held = dict(Slot.objects.exclude(holder=None).values_list("holder_id", "pk"))
    live = set(Order.objects.filter(state__in=LIVE).values_list("pk", flat=True))
    assert live == set(held), "a live order without its slot, or a slot held by an order that is not live"
    for order in Order.objects.all():
        assert not list(broken_events("orders_order", str(order.pk)))
        last = AuditEvent.objects.filter(object_id=str(order.pk)).latest("seq")
        assert (last.to_state, last.seq) == (order.state, order.version + 1)


def _everything_stands_where_the_rules_put_it() -> None:
    assert list(strays(people.PROGRAMME)) == []
    now = clock.business_now()
    book = book_for(people.PROGRAMME, now)
    for row in courses(people.PROGRAMME):
        if row.course.state in ("lapsed", "expired"):
            assert not isinstance(revival(row.course, book, now), Due), row.number
