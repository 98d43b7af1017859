"""The supplier prepares a VA, or takes it back; the portal closes it when its order ends."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from attestations.domain.lifecycle import ALIVE, OPEN
from attestations.domain.rules import guard_prepare
from attestations.models import Attestation, Statement
from attestations.services.documents import request_va
from attestations.services.machine import ATTESTATIONS, OBJECT, preparation_facts
from orders.models import Order
from orders.services.facts import Reading, current_rules
from orders.services.machines import ORDERS, order_parties
from orders.services.va import note_va_state
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE
from portal.common import clock
from portal.common.refusals import Refusal, Refused, refuse
from portal.documents.selectors import latest
from portal.documents.services.void import void_document
from portal.workflow.execute import Act, create, lock, run


def refusals_to_prepare(order: Order, actor: Actor) -> list[Refusal]:
    """Why no VA can be prepared for an order now; empty when it can."""
    now = clock.business_now()
    if not order_parties(order, actor, now) & SUPPLIER_SIDE:
        return [Refusal("not_allowed", "C’est au fournisseur de préparer la VA.")]
    reading = Reading(order, now)
    if reading.installation and reading.installation.va_state in ALIVE:
        return [Refusal("va_exists", "Une VA existe déjà pour cette commande.")]
    return guard_prepare(preparation_facts(reading))


@transaction.atomic
def prepare_va(*, order_id: UUID, actor: Actor) -> Attestation:
    """Prepare the VA of an installed order: its five boxes, none ticked, and its PDF. Raises ``Refused``."""
    order = lock(ORDERS, order_id)
    if refusals := refusals_to_prepare(order, actor):
        raise Refused(refusals)
    if actor.user_id is None:
        raise refuse("not_allowed", "Une personne doit préparer la VA.")
    attempt = Attestation.objects.filter(order=order).count() + 1
    attestation = Attestation(
        order=order,
        number=f"VA-{order.number}" + (f"-{attempt}" if attempt > 1 else ""),
        prepared_at=clock.business_now(),
        prepared_by_id=actor.user_id,
    )
    attestation = create(ATTESTATIONS, attestation, actor)
    statements = current_rules(order, clock.business_now()).va_statements
    Statement.objects.bulk_create(
        Statement(attestation=attestation, position=position, code=s.code, heading=s.heading, text=s.text)
        for position, s in enumerate(statements, start=1)
    )
    note_va_state(order_id=order.pk, state=str(attestation.state))
    request_va(attestation, kind="va")
    return attestation


@transaction.atomic
def retract_va(*, attestation_id: UUID, actor: Actor) -> Attestation:
    """Take an unsigned VA back; its PDF is void and kept."""
    attestation = run(ATTESTATIONS, attestation_id, actor, Act("retract"))
    _close_document(attestation, "VA reprise par le fournisseur")
    return attestation


@transaction.atomic
def void_of_order(order_id: UUID) -> None:
    """Close the open VA of an order that left its live states."""
    attestation = Attestation.objects.filter(order=order_id, state__in=OPEN).first()
    if attestation is not None:
        attestation = run(
            ATTESTATIONS, attestation.pk, Actor.system(), Act("void", {"reason": "La commande a pris fin"})
        )
        _close_document(attestation, "La commande a pris fin")


def _close_document(attestation: Attestation, reason: str) -> None:
    note_va_state(order_id=attestation.order_id, state=str(attestation.state))
    document = latest("va", OBJECT, str(attestation.pk))
    if document is not None:
        void_document(document, at=clock.business_now(), reason=reason)
