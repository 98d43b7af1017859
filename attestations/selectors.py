"""Reading VAs, scoped through their order."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from attestations.models import Attestation, Reserve
from orders.models import Order
from orders.selectors import visible_to
from portal.accounts.actors import Actor


def get_attestation(actor: Actor, pk: UUID) -> Attestation:
    """One VA of a visible order. Raises Http404 for a stranger."""
    attestation = (
        Attestation.objects.filter(pk=pk, order__in=visible_to(actor).values("pk"))
        .select_related(
            "order__supplier__organisation",
            "order__distributor__organisation",
            "order__pharmacy__organisation",
            "order__software_version__software",
            "order__rule_set",
            "order__installation",
        )
        .first()
    )
    if attestation is None:
        raise Http404
    return attestation


def current_attestation(order: Order) -> Attestation | None:
    """The last VA of an order, whatever became of it, with its statements."""
    return (
        Attestation.objects.filter(order=order)
        .select_related("signed_by")
        .prefetch_related("statements")
        .order_by("-prepared_at", "-number")
        .first()
    )


def open_reserves(attestation: Attestation) -> QuerySet[Reserve]:
    """The reserves that still wait for the supplier or for the pharmacist."""
    reserves = Reserve.objects.filter(statement__attestation=attestation, closed_at=None)
    return reserves.select_related("statement").order_by("statement__position")


def lifted_reserves(attestation: Attestation) -> list[Reserve]:
    """The lifted reserves whose boxes wait for the pharmacist's signature."""
    return list(open_reserves(attestation).exclude(lifted_at=None))
