"""Reading orders: every list is scoped to the actor; another tenant's order does not exist."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from orders.domain.lifecycle import DRAFT, LIVE
from orders.models import Installation, InstallationReserve, Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, Role
from portal.audit.models import AuditEvent
from portal.audit.selectors import thread_events
from portal.common import clock
from portal.registry.models import Pharmacy
from portal.registry.selectors import suppliers_served

_RELATED = (
    "supplier__organisation",
    "distributor__organisation",
    "pharmacy__organisation",
    "software_version__software",
    "installation",
    "rule_set",
)


def visible_to(actor: Actor | None) -> QuerySet[Order]:
    """The orders the actor may see. A pharmacy never sees what was not issued to it.

    A distributor sees those it drafted, and only while its mandate from their supplier is in force.
    """
    orders = Order.objects.select_related(*_RELATED)
    if actor is None or actor.organisation_id is None:
        return orders.none()
    if actor.role is Role.SUPPLIER:
        return orders.filter(supplier__organisation=actor.organisation_id)
    if actor.role is Role.DISTRIBUTOR:
        served = suppliers_served(actor, clock.business_now())
        return orders.filter(distributor__organisation=actor.organisation_id, supplier__in=served)
    if actor.role in PHARMACY_SIDE:
        return orders.filter(pharmacy__organisation=actor.organisation_id).exclude(state=DRAFT).exclude(issued_at=None)
    return orders if actor.role in ADMINISTRATION else orders.none()


def get_order(actor: Actor, pk: UUID) -> Order:
    """One visible order. Raises Http404 for a stranger."""
    order = visible_to(actor).filter(pk=pk).first()
    if order is None:
        raise Http404
    return order


def get_installation(actor: Actor, order_pk: UUID) -> Installation:
    """The installation of a visible order. Raises Http404 for a stranger or before the signature."""
    order = get_order(actor, order_pk)
    installation = Installation.objects.select_related(*(f"order__{name}" for name in _RELATED)).filter(order=order)
    found = installation.first()
    if found is None:
        raise Http404
    return found


def has_rival(pharmacy: Pharmacy, programme: str, order: Order | None = None) -> bool:
    """Whether another order holds the pharmacy's slot (only that may be told to a supplier, never who)."""
    live = Order.objects.filter(slot__lineage=pharmacy.lineage_id, programme=programme, state__in=LIVE)
    return live.exclude(pk=order.pk).exists() if order else live.exists()


def reserves_of(order: Order) -> list[InstallationReserve]:
    """The reserves of the order's installation; none are read before anything is installed."""
    installation = getattr(order, "installation", None)
    return list(installation.reserves.all()) if installation is not None and installation.installed_at else []


def timeline(order: Order) -> QuerySet[AuditEvent]:
    """Every event of the order's life, oldest first: order, installation, VA."""
    return thread_events(str(order.pk))
