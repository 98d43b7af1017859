"""What the succession of a pharmacy does to its right and to its orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from orders.domain.course import Due
from orders.domain.lifecycle import SIGNED
from orders.domain.limits import link_expiry
from orders.domain.reasons import PHARMACY_CLOSED
from orders.models import CONTENT_FIELDS, Order, Slot
from orders.services.deadlines import carry_out
from orders.services.documents import request_order_document
from orders.services.draft import client_defaults, next_number
from orders.services.issue import number_at
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.programmes.selectors import rules_of, version_for
from portal.registry.domain.succession import CLOSURE
from portal.registry.models import Pharmacy, Succession
from portal.registry.services.succession import SuccessionEvent, record_event
from portal.workflow.execute import Act, create, run


@transaction.atomic
def record_succession(*, event: SuccessionEvent, actor: Actor) -> Succession:
    """Record the event; the slots follow the lineage, the orders under way are offered to the successor or lapse.

    A closure ends the signed orders. A sale, transfer or merger proposes each of them to the successor's titulaire,
    whose signature takes it over with its original date; two rights already used before a merger are both kept.
    Raises ``Refused``.
    """
    _lock_slots(event)
    former = Pharmacy.objects.get(pk=event.pharmacy_id).lineage_id
    recorded = record_event(event=event, actor=actor)
    if recorded.successor is not None:
        _merge_slots(former, recorded.successor)
    for order in under_way(event.pharmacy_id):
        if event.kind == CLOSURE:
            _lapse(order, recorded)
        elif recorded.successor is not None:
            _hand_over(order, recorded.successor, actor)
    return recorded


def under_way(pharmacy_id: UUID) -> list[Order]:
    """The signed orders that an event of a pharmacy carries on or ends: its own, and those of the pharmacies it
    succeeded that nobody has taken over yet."""
    places, found = {pharmacy_id}, {pharmacy_id}
    while found:
        found = set(Succession.objects.filter(successor__in=found).values_list("pharmacy", flat=True)) - places
        places |= found
    orders = Order.objects.filter(pharmacy__in=places, state__in=SIGNED)
    return list(orders.select_related("supplier", "pharmacy", "software_version__software").order_by("pk"))


def _lock_slots(event: SuccessionEvent) -> None:
    """Lock first, as every act on an order does: the slots of both lineages, always in the same order."""
    keys = [key for key in (event.pharmacy_id, event.successor_id) if key]
    lineages = Pharmacy.objects.filter(pk__in=keys).values("lineage")
    slots = Slot.objects.filter(Q(lineage__in=lineages) | Q(merged_into__lineage__in=lineages))
    list(slots.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _merge_slots(former: UUID, successor: Pharmacy) -> None:
    """Bring the slots of the old lineage under those of the successor's, programme by programme."""
    if former == successor.lineage_id:
        return
    for slot in Slot.objects.select_for_update().filter(lineage=former).order_by("pk"):
        head, _ = Slot.objects.get_or_create(programme_id=slot.programme_id, lineage_id=successor.lineage_id)
        Slot.objects.filter(Q(pk=slot.pk) | Q(merged_into=slot)).update(merged_into=head.merged_into_id or head.pk)


def _lapse(order: Order, recorded: Succession) -> None:
    now = clock.business_now()
    rules = version_for(order.programme_id, now, now)
    carry_out(order.pk, Due("lapse", PHARMACY_CLOSED, now, recorded.source), str(rules))


def _hand_over(old: Order, successor: Pharmacy, actor: Actor) -> Order:
    """Propose an order to the successor's titulaire: the same content, its own client block, the old one as origin.

    It is for the very slot of the old order: a right that the successor already uses is another one, and is kept.
    """
    now = clock.business_now()
    rule_set = version_for(old.programme_id, now, now)
    order = Order(
        number=next_number(),
        programme_id=old.programme_id,
        rule_set=rule_set,
        supplier=old.supplier,
        distributor=old.distributor,
        pharmacy=successor,
        slot=old.slot,
        software_version=old.software_version,
        origin=old,
        origin_kind="transfer",
        referencing_number=number_at(old, now),
        created_at=now,
        created_by_id=actor.user_id,
    )
    order.fill({name: getattr(old, name) for name in CONTENT_FIELDS} | client_defaults(successor))
    order = create(ORDERS, order, Actor.system())
    order = _issue(order, link_expiry(now, rules_of(rule_set)), actor)
    request_order_document(order, kind="order")
    return order


def _issue(order: Order, expires_at: datetime, actor: Actor) -> Order:
    stamps = {"expires_at": expires_at, "issued_by_id": actor.user_id}
    return run(ORDERS, order.pk, Actor.system(), Act("hand_over", stamps))
