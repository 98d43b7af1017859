"""What time does to orders: expiry of unsigned ones, lapse, affermissement. Safe to run any number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from orders.domain.lifecycle import FIRM, ISSUED, SIGNED_CONDITIONAL
from orders.models import Order
from orders.services.cancel import release_slot
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refused
from portal.programmes.selectors import ruleset_for
from portal.registry.domain.referencing import Status
from portal.registry.models import ReferencingEvent
from portal.workflow.execute import Act, run


def expire_order(order_id: UUID) -> Order:
    """Note that an unsigned order has expired."""
    return run(ORDERS, order_id, Actor.system(), Act("expire"))


@transaction.atomic
def lapse_order(order_id: UUID) -> Order:
    """Note that a signed order has lapsed, and free its slot."""
    conditional = Order.objects.get(pk=order_id).state == SIGNED_CONDITIONAL
    reason = "conditional_limit" if conditional else "closing"
    order = run(ORDERS, order_id, Actor.system(), Act("lapse", {"reason": reason}))
    release_slot(order)
    return order


def affirm_order(order_id: UUID) -> Order:
    """Affirm a conditional order whose software is now référencé."""
    return run(ORDERS, order_id, Actor.system(), Act("affirm"))


def apply_deadlines() -> int:
    """Carry out every expiry, affermissement and lapse that is due; return how many orders moved."""
    now = clock.business_now()
    moved = _each(Order.objects.filter(state=ISSUED, expires_at__lte=now), expire_order)
    moved += _each(_possibly_referenced(), affirm_order)
    moved += _each(Order.objects.filter(state=SIGNED_CONDITIONAL, conditional_until__lte=now), lapse_order)
    for programme in Order.objects.filter(state__in=FIRM).values_list("programme", flat=True).distinct().order_by():
        moved += _lapse_after_closing(programme, now)
    return moved


def affirm_dependents(programme: str, version_id: UUID) -> int:
    """Affirm every conditional order of a version that has just been référencé."""
    waiting = Order.objects.filter(programme=programme, software_version=version_id, state=SIGNED_CONDITIONAL)
    return _each(waiting, affirm_order)


def _possibly_referenced() -> QuerySet[Order]:
    """Conditional orders whose software was ever référencé: the guard decides, the query spares the others."""
    referenced = ReferencingEvent.objects.filter(
        referencing__programme=OuterRef("programme"),
        referencing__version=OuterRef("software_version"),
        status=Status.REFERENCED.value,
    )
    return Order.objects.filter(Exists(referenced), state=SIGNED_CONDITIONAL)


def _lapse_after_closing(programme: str, now: datetime) -> int:
    closes = ruleset_for(programme, now, now).closes("va")
    if closes is None or now < closes:
        return 0
    return _each(Order.objects.filter(programme=programme, state__in=FIRM), lapse_order)


def _each(orders: QuerySet[Order], act: Callable[[UUID], Order]) -> int:
    """One transaction an order; one that is not due is left as it is."""
    moved = 0
    ids: Iterable[UUID] = list(orders.order_by("pk").values_list("pk", flat=True))
    for order_id in ids:
        try:
            act(order_id)
        except Refused:
            continue
        moved += 1
    return moved
