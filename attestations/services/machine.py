"""How a VA is run by the one executor."""

from __future__ import annotations

from datetime import datetime

from attestations.domain import rules
from attestations.domain.lifecycle import ATTESTATION
from attestations.domain.rules import AttestationFacts
from attestations.models import Attestation, Reserve
from orders.models import Installation, Order
from orders.services.facts import current_rules
from orders.services.machines import order_parties
from portal.accounts.actors import Actor
from portal.documents.selectors import latest
from portal.workflow.execute import Machine

OBJECT = "attestations_attestation"


def attestation_facts(attestation: Attestation, actor: Actor, now: datetime) -> AttestationFacts:
    """Everything the VA's guards need."""
    document = latest("va", OBJECT, str(attestation.pk))
    open_reserves = Reserve.objects.filter(statement__attestation=attestation, closed_at=None)
    lifted = [reserve.lifted_at is not None for reserve in open_reserves]
    return preparation_facts(
        attestation.order,
        now,
        document_ready=document is not None and document.sha256 is not None,
        reserves_open=lifted.count(False),
        reserves_lifted=lifted.count(True),
    )


def preparation_facts(
    order: Order, now: datetime, *, document_ready: bool = False, reserves_open: int = 0, reserves_lifted: int = 0
) -> AttestationFacts:
    """The facts about the order and its installation, before or after the VA exists."""
    installation = Installation.objects.filter(order=order).first()
    return AttestationFacts(
        now=now,
        rules=current_rules(order, now),
        order_state=str(order.state),
        installation_state=str(installation.state) if installation else "",
        installed_at=installation.installed_at if installation else None,
        open_installation_reserves=installation.reserves.filter(lifted_at=None).count() if installation else 0,
        document_ready=document_ready,
        reserves_open=reserves_open,
        reserves_lifted=reserves_lifted,
    )


ATTESTATIONS: Machine[Attestation, AttestationFacts] = Machine(
    model=Attestation,
    lifecycle=ATTESTATION,
    parties=lambda attestation, actor, at: order_parties(attestation.order, actor, at),
    facts=attestation_facts,
    thread=lambda attestation: str(attestation.order_id),
    guards={
        "sign": rules.guard_sign,
        "sign_with_reserves": rules.guard_sign,
        "refuse": rules.guard_sign,
        "lift": rules.guard_lift,
        "confirm": rules.guard_answer_lifted,
        "complete": rules.guard_complete,
    },
    rule_set=lambda attestation: str(attestation.order.rule_set),
    audited=("prepared_at", "signed_at", "signed_by_id", "completed_at", "ended_at"),
    announces=frozenset({"create", "sign", "sign_with_reserves", "refuse", "lift", "confirm", "complete"}),
)
