"""How a VA is run by the one executor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from attestations.domain import rules
from attestations.domain.lifecycle import ATTESTATION, TO_SIGN
from attestations.domain.rules import AttestationFacts
from attestations.models import Attestation, Reserve
from orders.services.facts import Reading
from orders.services.machines import lock_family, order_parties
from portal.accounts.actors import Actor
from portal.workflow.execute import Machine

OBJECT = "attestations_attestation"


def attestation_facts(
    attestation: Attestation,
    actor: Actor,
    now: datetime,
    reading: Reading | None = None,
    reserves: Sequence[Reserve] | None = None,
) -> AttestationFacts:
    """Everything the VA's guards need; ``reserves``: its open ones, where the caller has read them."""
    reading = reading or Reading(attestation.order, now)
    if reserves is None:
        reserves = list(Reserve.objects.filter(statement__attestation=attestation, closed_at=None))
    lifted = [reserve.lifted_at is not None for reserve in reserves]
    return preparation_facts(
        reading,
        document_ready=attestation.state == TO_SIGN and reading.ready("va", OBJECT, str(attestation.pk)),
        reserves_open=lifted.count(False),
        reserves_lifted=lifted.count(True),
        signed_at=attestation.signed_at,
    )


def preparation_facts(
    reading: Reading,
    *,
    document_ready: bool = False,
    reserves_open: int = 0,
    reserves_lifted: int = 0,
    signed_at: datetime | None = None,
) -> AttestationFacts:
    """The facts about the order and its installation, before or after the VA exists."""
    installation = reading.installation
    return AttestationFacts(
        now=reading.now,
        rules=reading.rules,
        order_state=str(reading.order.state),
        installation_state=str(installation.state) if installation else "",
        installed_at=installation.installed_at if installation else None,
        open_installation_reserves=reading.open_reserves,
        document_ready=document_ready,
        reserves_open=reserves_open,
        reserves_lifted=reserves_lifted,
        order_end_reason=reading.order.end_reason,
        signed_at=signed_at,
    )


def lock_slot_of_attestation(attestation_id: UUID) -> None:
    """Every act on a VA first locks its order's funding slot, as acts on the order do."""
    lock_family("(SELECT order_id FROM attestations_attestation WHERE id = %s)", attestation_id)


ATTESTATIONS: Machine[Attestation, AttestationFacts] = Machine(
    model=Attestation,
    lifecycle=ATTESTATION,
    parties=lambda attestation, actor, at: order_parties(attestation.order, actor, at),
    facts=attestation_facts,
    thread=lambda attestation: str(attestation.order_id),
    pre_lock=lock_slot_of_attestation,
    guards={
        "sign": rules.guard_sign,
        "sign_with_reserves": rules.guard_sign,
        "sign_late": rules.guard_sign_late,
        "accept_late": rules.guard_accept_late,
        "refuse": rules.guard_refuse,
        "retract": rules.guard_retract,
        "lift": rules.guard_lift,
        "confirm": rules.guard_answer_lifted,
        "complete": rules.guard_complete,
    },
    rule_set=lambda attestation: str(attestation.order.rule_set),
    audited=("prepared_at", "signed_at", "signed_by_id", "completed_at", "ended_at"),
    announces=frozenset(
        {"create", "sign", "sign_with_reserves", "sign_late", "accept_late", "refuse", "lift", "confirm", "complete"}
    ),
)
