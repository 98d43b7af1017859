"""The titulaire answers the VA: signs it, wholly or with reserves, refuses it, then signs what was mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from attestations.domain.consent import CONSENT_VERSION, consent_text
from attestations.domain.filled import Filled, check_filled, filled_from
from attestations.domain.lifecycle import SIGNED, SIGNED_LATE
from attestations.domain.rules import (
    AttestationFacts,
    Decision,
    check_decisions,
    check_late,
    signature_verb,
)
from attestations.models import Attestation, Reserve, Statement
from attestations.selectors import boxes_to_answer, filled_document, lifted_reserves, open_reserves, papers_to_sign
from attestations.services.documents import SCAN, request_va
from attestations.services.machine import ATTESTATIONS
from orders.services.facts import current_rules
from orders.services.va import note_va_state, record_va
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, refuse
from portal.documents.domain.methods import HANDWRITTEN
from portal.documents.models import Document
from portal.documents.services.sign import Given, record_signature
from portal.workflow.execute import Act, lock, run


@dataclass(frozen=True)
class VaConsent:
    """What the signatory did on the screen: box ticked, filled VA shown."""

    given: bool
    document_sha256: str


@transaction.atomic
def sign_va(*, attestation_id: UUID, actor: Actor, consent: VaConsent, given: Given | None = None) -> Attestation:
    """Sign the VA as it was filled in. Every box attested: the order is realised. Some refused: reserves are set, the
    others stand. ``given``: what the signatory gave back in place of a fresh authentication.

    After the closing it is signed « hors délai », whole only, and realises nothing.
    Raises ``Refused``: not filled in today by this person, no consent, another document than shown.
    """
    attestation = lock(ATTESTATIONS, attestation_id)
    late, filled = is_late(attestation), _Filled.of(attestation)
    decisions = filled.decisions

    def check(facts: AttestationFacts) -> list[Refusal]:
        if refusals := filled.refusals(actor, consent, given):
            return refusals
        return check_decisions(decisions, facts.rules) + check_late(decisions, late=late)

    verb = signature_verb(decisions, late=late)
    data = {"refused": sorted(code for code, d in decisions.items() if not d.accepted)}
    attestation = run(ATTESTATIONS, attestation_id, actor, Act(verb, {"place": filled.place}, check=check, data=data))
    _keep_answers(attestation, decisions)
    _keep_evidence(attestation, actor, filled, given)
    _tell_order(attestation)
    return attestation


@dataclass(frozen=True)
class _Filled:
    """The VA filled in that waits for its signature, None where there is none."""

    document: Document | None
    said: Filled | None
    boxes: frozenset[str]

    @classmethod
    def of(cls, attestation: Attestation) -> _Filled:
        document = filled_document(papers_to_sign(attestation))
        boxes = frozenset(statement.code for statement in boxes_to_answer(attestation))
        return cls(document, filled_from(document.snapshot) if document else None, boxes)

    @property
    def decisions(self) -> Mapping[str, Decision]:
        return self.said.decisions if self.said else {}

    @property
    def place(self) -> str:
        return self.said.place if self.said else ""

    def refusals(self, actor: Actor, consent: VaConsent, given: Given | None) -> list[Refusal]:
        """Why this document is not to be signed by this person now, as they asked."""
        today = None if given else paris_date(clock.business_now())
        if stale := check_filled(self.said, boxes=self.boxes, today=today, signatory=actor.name):
            return stale
        if not consent.given:
            return [Refusal("no_consent", "Cochez la case pour confirmer que vous signez.", "consent")]
        if self.document is None or not self.document.sha256 or self.document.sha256 != consent.document_sha256:
            return [
                Refusal(
                    "other_document", "Le document n’est plus celui que la page affichait. Relisez-le avant de signer."
                )
            ]
        return []


def is_late(attestation: Attestation) -> bool:
    """Whether a signature of now would come after the closing of VAs."""
    now = clock.business_now()
    closes = current_rules(attestation.order, now).closes("va")
    return closes is not None and now >= closes


@transaction.atomic
def accept_late(order_id: UUID) -> None:
    """A rule set that reaches the late VA of an order makes it count; nothing to do where there is none."""
    late = Attestation.objects.filter(order=order_id, state=SIGNED_LATE).first()
    if late is not None:
        _tell_order(run(ATTESTATIONS, late.pk, Actor.system(), Act("accept_late")))


@transaction.atomic
def refuse_va(*, attestation_id: UUID, actor: Actor, reason: str) -> Attestation:
    """Refuse the whole VA: the installation stays to be mended, another VA will be prepared."""

    def check(facts: AttestationFacts) -> list[Refusal]:
        return (
            [] if reason.strip() else [Refusal("missing_field", "Dites en quelques mots ce qui ne va pas.", "reason")]
        )

    attestation = run(ATTESTATIONS, attestation_id, actor, Act("refuse", {"reason": reason.strip()}, check=check))
    note_va_state(order_id=attestation.order_id, state=str(attestation.state))
    return attestation


@transaction.atomic
def lift_reserve(*, attestation_id: UUID, reserve_id: int, actor: Actor, note: str) -> Reserve:
    """The supplier declares that what a refused box asked for is done."""
    run(ATTESTATIONS, attestation_id, actor, Act("lift", data={"reserve": reserve_id}))
    reserve = Reserve.objects.filter(
        pk=reserve_id, statement__attestation=attestation_id, lifted_at=None, closed_at=None
    ).first()
    if reserve is None:
        raise refuse("no_reserve", "Cette réserve est déjà levée.")
    if not note.strip():
        raise refuse("missing_field", "Dites en quelques mots ce qui a été fait.", "note")
    reserve.lifted_at, reserve.lifted_by_id, reserve.note = clock.business_now(), actor.user_id, note.strip()
    reserve.save(update_fields=["lifted_at", "lifted_by", "note"])
    return reserve


@transaction.atomic
def answer_lifted(*, attestation_id: UUID, actor: Actor, consent: VaConsent, given: Given | None = None) -> Attestation:
    """Sign the answers to the lifted reserves: an attested box closes its reserve, a refused one opens it again.

    Once no reserve is left the VA is wholly signed and the order realised. Raises ``Refused`` as ``sign_va``.
    """
    attestation = lock(ATTESTATIONS, attestation_id)
    filled = _Filled.of(attestation)
    lifted = {reserve.statement.code: reserve for reserve in lifted_reserves(attestation)}
    waiting = open_reserves(attestation).filter(lifted_at=None).exists()
    answers = {code: decision for code, decision in filled.decisions.items() if code in lifted}
    whole = not waiting and bool(answers) and all(d.accepted for d in answers.values())

    def check(facts: AttestationFacts) -> list[Refusal]:
        return filled.refusals(actor, consent, given)

    data = {"refused": sorted(code for code, d in answers.items() if not d.accepted)}
    verb = "complete" if whole else "confirm"
    attestation = run(ATTESTATIONS, attestation_id, actor, Act(verb, check=check, data=data))
    _close_reserves(attestation, lifted, answers)
    _keep_evidence(attestation, actor, filled, given)
    _tell_order(attestation)
    return attestation


def _keep_answers(attestation: Attestation, decisions: Mapping[str, Decision]) -> None:
    rules = ATTESTATIONS.facts(attestation, Actor.system(), clock.business_now()).rules
    now = clock.business_now()
    for statement in Statement.objects.filter(attestation=attestation):
        decision = decisions[statement.code]
        statement.accepted, statement.reason, statement.decided_at = decision.accepted, decision.reason.strip(), now
        statement.save(update_fields=["accepted", "reason", "decided_at"])
        if not decision.accepted:
            Reserve.objects.create(
                statement=statement,
                reason=statement.reason,
                due_on=paris_date(now) + timedelta(days=rules.va_reserve_days),
                raised_at=now,
            )


def _close_reserves(attestation: Attestation, lifted: Mapping[str, Reserve], answers: Mapping[str, Decision]) -> None:
    now = clock.business_now()
    rules = ATTESTATIONS.facts(attestation, Actor.system(), now).rules
    for code, reserve in lifted.items():
        statement, decision = reserve.statement, answers[code]
        reserve.closed_at = now
        reserve.save(update_fields=["closed_at"])
        statement.accepted, statement.reason, statement.decided_at = decision.accepted, decision.reason.strip(), now
        statement.save(update_fields=["accepted", "reason", "decided_at"])
        if not decision.accepted:
            due_on = paris_date(now) + timedelta(days=rules.va_reserve_days)
            Reserve.objects.create(statement=statement, reason=statement.reason, due_on=due_on, raised_at=now)


def _keep_evidence(attestation: Attestation, actor: Actor, filled: _Filled, given: Given | None) -> None:
    if filled.document is None:
        raise refuse("document_pending", "Le document à signer est en préparation.")
    signature = record_signature(
        document=filled.document,
        actor=actor,
        signed_at=clock.business_now(),
        consent_version=CONSENT_VERSION,
        consent_text=consent_text(),
        given=given,
    )
    request_va(attestation, kind="va_signed", signature=signature)
    if signature.method == HANDWRITTEN:
        request_va(attestation, kind=SCAN, signature=signature)


def _tell_order(attestation: Attestation) -> None:
    """The fact travels down: a VA wholly signed realises the order."""
    if attestation.state == SIGNED and attestation.signed_at:
        record_va(order_id=attestation.order_id, signed_at=attestation.signed_at)
    else:
        state, signed_at = str(attestation.state), attestation.signed_at
        note_va_state(order_id=attestation.order_id, state=state, signed_at=signed_at)
